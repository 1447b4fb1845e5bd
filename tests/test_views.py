"""Typed views: a view and its untyped signal are one signal, of real blinker as well as of `typedsig.blinker`."""

# The signals are of either module, and so Any:
# mypy: disallow-subclassing-any=False
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import copy
import gc
import importlib
import inspect
import pickle
import sys
import weakref
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import blinker
import pytest

import typedsig.blinker
from typedsig import ANY, Signal
from typedsig._view import TypedAsyncDecorator, TypedDecorator
from typedsig.blinker import SignalView, typed, typed_async
from typedsig.testing import record


@pytest.fixture(params=[blinker, typedsig.blinker], ids=["blinker", "typedsig"])
def untyped(request: pytest.FixtureRequest) -> Any:
    """A signal to view."""
    return request.param.NamedSignal("user-saved")


@pytest.fixture
def saved(untyped: Any) -> SignalView[object, ..., object]:
    """Its view."""
    return typed(untyped)(user_saved)


def user_saved(sender: object, *, path: str, size: int = 1) -> object:
    """Sent after a user was saved."""


def receive(sender: object, *, path: str, size: int = 7) -> object:
    return sender, path, size


def other(sender: object, *, path: str, size: int = 7) -> object:
    return "other"


async def later(sender: object, *, path: str, size: int = 7) -> object:
    await asyncio.sleep(0)
    return "later"


class AsyncCallable:
    async def __call__(self, sender: object, *, path: str, size: int = 7) -> object:
        return "called"


def answers(sent: list[tuple[Any, Any]]) -> list[object]:
    return sorted((answer for _, answer in sent), key=repr)


def test_connected_through_the_view_called_by_the_untyped_signal(untyped: Any, saved: Any) -> None:
    assert saved.connect(receive) is receive
    assert untyped.send("a", path="p", size=2) == [(receive, ("a", "p", 2))]
    saved.disconnect(receive)
    assert untyped.send("a", path="p", size=2) == []


def test_connected_to_the_untyped_signal_called_through_the_view(untyped: Any, saved: Any) -> None:
    untyped.connect(receive)
    assert saved.send("a", path="p", size=2) == [(receive, ("a", "p", 2))]
    untyped.disconnect(receive)
    assert saved.send("a", path="p", size=2) == []


def test_views_are_of_one_signal_however_many(untyped: Any, saved: Any) -> None:
    @typed(untyped)
    def narrower(sender: object, *, path: str) -> object: ...

    saved.connect(receive)
    assert narrower.send("a", path="p") == [(receive, ("a", "p", 7))]
    assert narrower.untyped is saved.untyped is untyped
    narrower.disconnect(receive)
    assert not saved.has_receivers


def test_a_subclass_of_the_signal_keeps_its_own_ways(untyped: Any) -> None:
    sent: list[object] = []

    class Loud(type(untyped)):  # type: ignore[misc]  # either module's class
        def send(self, *args: Any, **kwargs: Any) -> Any:
            sent.append(args)
            return super().send(*args, **kwargs)

    typed(Loud("x"))(user_saved).send("a", path="p")
    assert sent == [("a",)]


@pytest.mark.parametrize("by_name", [False, True])
def test_connect_for_one_sender(untyped: Any, saved: Any, by_name: bool) -> None:
    if by_name:
        saved.connect(receive, sender="a", weak=False)
    else:
        saved.connect(receive, "a")
    assert len(untyped.send("a", path="p", size=2)) == 1
    assert untyped.send("b", path="p", size=2) == []
    assert saved.has_receivers_for("a")
    assert not saved.has_receivers_for("b")
    assert saved.receivers_for("a") == [receive]
    saved.connect(receive, "c")
    saved.disconnect(receive, "a")
    assert untyped.send("a", path="p", size=2) == []
    assert len(untyped.send("c", path="p", size=2)) == 1


def test_any_means_every_sender(untyped: Any, saved: Any) -> None:
    saved.connect(receive, ANY)
    assert len(untyped.send("b", path="p", size=2)) == 1
    saved.disconnect(receive, ANY)
    saved.connect_via(ANY)(receive)
    with saved.connected_to(other, ANY):
        assert len(untyped.send("b", path="p", size=2)) == 2
    untyped.connect(other, "a")
    saved.disconnect(other, ANY)
    assert len(untyped.send("a", path="p", size=2)) == 1


def test_connect_via_keeps_the_receiver(untyped: Any, saved: SignalView[object, ..., object]) -> None:
    @saved.connect_via("a")
    def kept(sender: object, *, path: str, size: int) -> object:
        return "kept"

    @saved.connect_via("a", weak=True)
    def lost(sender: object, *, path: str, size: int) -> object:
        return "lost"

    assert lost("a", path="p", size=2) == "lost"
    del kept, lost
    gc.collect()
    assert answers(untyped.send("a", path="p", size=2)) == ["kept"]
    assert untyped.send("b", path="p", size=2) == []


@pytest.mark.parametrize("weak", [True, False])
def test_weak_is_the_signals(untyped: Any, saved: Any, weak: bool) -> None:
    def local(sender: object, *, path: str, size: int) -> object:
        return "local"

    ghost = weakref.ref(local)
    saved.connect(local, weak=weak)
    del local
    gc.collect()
    assert (ghost() is None) is weak
    assert saved.has_receivers is not weak
    assert bool(untyped.receivers) is not weak


def test_blocks_are_the_signals(untyped: Any, saved: Any) -> None:
    with saved.connected_to(receive), saved.connected_to(other, "a"):
        assert len(untyped.send("a", path="p", size=2)) == 2
        with saved.muted():
            assert untyped.is_muted
            assert saved.is_muted
            assert untyped.send("a", path="p", size=2) == saved.send("a", path="p") == []
        with untyped.muted():
            assert saved.is_muted
            assert saved.send("a", path="p") == []
        assert not saved.is_muted
    assert saved.send("a", path="p") == []


# Arguments


def test_send_is_checked_although_nobody_listens(saved: Any) -> None:
    with pytest.raises(TypeError, match=r"user_saved\.send\(\) got an unexpected keyword argument 'file'"):
        saved.send("a", path="p", file="f")
    with pytest.raises(TypeError, match=r"missing 1 required keyword-only argument: 'path'"):
        saved.send("a")
    with pytest.raises(TypeError, match="positional"):
        saved.send("a", "p")
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        saved.send(path="p")


def test_defaults_are_sent(saved: Any) -> None:
    saved.connect(receive)
    assert saved.send("a", path="p") == [(receive, ("a", "p", 1))]
    assert saved.send("a", path="p", size=5) == [(receive, ("a", "p", 5))]


def test_send_shows_its_parameters(saved: Any) -> None:
    parameters = inspect.signature(saved.send).parameters.values()
    assert [(p.name, p.kind, p.default) for p in parameters] == [
        ("sender", inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.empty),
        ("path", inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty),
        ("size", inspect.Parameter.KEYWORD_ONLY, 1),
    ]
    assert str(inspect.signature(saved.send)) == "(sender: object, /, *, path: str, size: int = 1) -> list"
    assert saved.send.__module__ == __name__


def test_names_of_the_payload_do_not_meet_ours(untyped: Any) -> None:
    @typed(untyped)
    def awkward(
        me: object, /, *, sender: int, view: int, view_: int, unproxied: int, in_place: int, self: int
    ) -> object: ...

    def answer(me: object, /, **payload: int) -> object:
        return me, payload

    payload = {"sender": 1, "view": 2, "view_": 3, "unproxied": 4, "in_place": 5, "self": 6}
    awkward.connect(answer)
    assert awkward.send("a", **payload) == [(answer, ("a", payload))]

    @typed_async(untyped)
    async def awkward_async(
        me: object, /, *, sender: int, view: int, view_: int, unproxied: int, in_place: int, self: int
    ) -> object: ...

    assert asyncio.run(awkward_async.send_async("a", **payload)) == [(answer, ("a", payload))]


def test_extra_keywords_go_through(untyped: Any) -> None:
    @typed(untyped)
    def loose(sender: object, /, **payload: int) -> object: ...

    def answer(sender: object, /, **payload: int) -> object:
        return payload

    loose.connect(answer)
    assert loose.send("a", x=1) == [(answer, {"x": 1})]

    @typed(untyped)
    def bare(sender: object) -> object: ...

    assert bare.send("a") == [(answer, {})]


def test_errors_show_the_line_that_sent(saved: Any) -> None:
    def fail(sender: object, *, path: str, size: int) -> object:
        raise KeyError(path)

    saved.connect(fail)
    with pytest.raises(KeyError) as caught:
        saved.send("a", path="p")
    assert "view._untyped.send(unproxied(sender), path=path, size=size)" in [
        str(entry.statement).strip().removeprefix("return ") for entry in caught.traceback
    ]


# What it is


def test_a_view_tells_what_it_is(untyped: Any, saved: Any) -> None:
    assert (saved.name, saved.__name__, saved.__qualname__) == ("user-saved", "user_saved", "user_saved")
    assert saved.__doc__ == "Sent after a user was saved."
    assert saved.__module__ == __name__
    assert saved.signature == inspect.signature(user_saved)
    assert repr(saved) == f"<SignalView user_saved of {untyped!r}>"
    assert typed(type(untyped)("x"))(user_saved).name == "x"
    assert typed(typedsig.blinker.Signal())(user_saved).name == "user_saved"


@pytest.mark.parametrize(
    ("prototype", "message"),
    [
        (lambda sender, path: None, "positional parameters after the sender"),
        (lambda sender, path, /, *, size: None, "positional parameters after the sender"),
        (lambda sender, *paths: None, "positional parameters after the sender"),
        (lambda *, path: None, "no parameter for the sender"),
        (lambda sender, *, _async_wrapper: None, "_async_wrapper"),
        (lambda sender, *, _sync_wrapper=None: None, "_sync_wrapper"),
        (later, "^typed: the prototype .* is defined with 'async def': use typed_async, or plain 'def'"),
        (print, "function defined with 'def'"),
        (None, "function defined with 'def'"),
    ],
)
def test_prototypes_that_cannot_be(untyped: Any, prototype: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        typed(untyped)(prototype)


def test_plain_prototypes_are_no_asynchronous_ones(untyped: Any) -> None:
    with pytest.raises(TypeError, match=r"^typed_async: .* is defined with plain 'def': use typed, or 'async def'"):
        typed_async(untyped)(user_saved)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("signal", [Signal(), None, "user-saved", SignalView, user_saved, ANY, blinker, blinker.Signal])
@pytest.mark.parametrize("make", [typed, typed_async])
def test_only_blinkers_signals_are_viewed(signal: Any, make: Callable[[Any], object]) -> None:
    """As soon as one is given, so that ``@typed`` without one does not go unnoticed."""
    with pytest.raises(TypeError, match=rf"^{make.__name__}\(\) takes a signal of blinker or typedsig\.blinker, not"):
        make(signal)


@pytest.mark.parametrize("make", [typed, typed_async])
def test_stand_ins_of_blinkers_signals_are_viewed(make: Callable[[Any], Any]) -> None:
    """Such as mocks, whose class says nothing."""

    class Proxy:
        def __init__(self, signal: object) -> None:
            self.signal = signal

        def __getattr__(self, name: str) -> Any:
            return getattr(self.signal, name)

    assert isinstance(make(Mock(spec=blinker.Signal)), TypedDecorator | TypedAsyncDecorator)
    signal = blinker.Signal()
    make(Proxy(signal))(user_saved if make is typed else later).connect(other)
    assert signal.has_receivers_for("a")


def test_never_asks_a_signal_for_its_truth_or_equality(untyped: Any) -> None:
    base: Any = type(untyped)

    class Empty(base, dict[str, int]):
        def __init__(self) -> None:
            base.__init__(self, "empty")

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

        __hash__ = None

    signal = Empty()
    view = typed(signal)(user_saved)
    view.connect(other)
    assert answers(view.send(signal, path="p")) == ["other"]


# Receivers


@pytest.mark.parametrize("receiver", [later, AsyncCallable()], ids=["function", "object"])
@pytest.mark.parametrize("how", ["connect", "connect_via", "connected_to"])
def test_coroutine_functions_are_refused(untyped: Any, saved: Any, receiver: Any, how: str) -> None:
    connect: Callable[[Any], object] = {
        "connect": saved.connect,
        "connect_via": saved.connect_via("a"),
        "connected_to": saved.connected_to,
    }[how]
    with pytest.raises(TypeError, match="coroutine function"):
        connect(receiver)
    assert not untyped.receivers


@pytest.mark.parametrize("how", ["connect", "connect_via", "connected_to"])
def test_what_is_not_callable_is_refused(untyped: Any, saved: Any, how: str) -> None:
    connect: Callable[[Any], object] = {
        "connect": saved.connect,
        "connect_via": saved.connect_via("a"),
        "connected_to": saved.connected_to,
    }[how]
    with pytest.raises(TypeError, match="callable"):
        connect(3)
    assert not untyped.receivers


class Folder:
    """Has a signal of its own."""

    @Signal.method
    def child_saved(self, sender: object, *, path: str, size: int) -> None: ...


@pytest.mark.refcounts
def test_methods_of_bound_signals_are_heard_or_refused(untyped: Any, saved: Any) -> None:
    """To blinker they live as long as the method object, which is gone at once."""
    folder = Folder()
    if isinstance(untyped, blinker.Signal):
        with pytest.raises(
            TypeError, match=r"user_saved cannot connect .*child_saved\.emit.*Connect a function that calls it"
        ):
            saved.connect(folder.child_saved.emit)
        with pytest.raises(TypeError, match="Connect a function that calls it"):
            saved.connect(folder.child_saved.emit, weak=False)
        assert not untyped.receivers
        return
    saved.connect(folder.child_saved.emit)
    with record(folder.child_saved) as recorder:
        saved.send("a", path="p")
    recorder.assert_sent_once_with("a", path="p", size=1)
    (held,) = untyped.receivers.values()
    assert held().__self__ == folder.child_saved
    kept = weakref.ref(folder)
    del folder, recorder
    assert kept() is None
    assert held() is None


def test_methods_of_bound_signals_are_heard_in_blocks(untyped: Any, saved: Any) -> None:
    folder = Folder()
    with record(folder.child_saved) as recorder, saved.connected_to(folder.child_saved.emit):
        saved.send("a", path="p")
    recorder.assert_sent_once_with("a", path="p", size=1)
    assert not untyped.receivers


def test_a_coroutine_function_connected_past_the_view_is_blinkers_error(untyped: Any, saved: Any) -> None:
    untyped.connect(later)
    with pytest.raises(RuntimeError):
        saved.send("a", path="p")


# Asynchronous


async def user_stored(sender: object, *, path: str, size: int = 1) -> object:
    """Sent after a user was stored."""


def test_asynchronous_views_await_and_call_in_place(untyped: Any) -> None:
    stored = typed_async(untyped)(user_stored)
    called = AsyncCallable()
    for receiver in (receive, later, called):
        stored.connect(receiver)
    sent = asyncio.run(stored.send_async("a", path="p"))
    assert dict(sent) == {receive: ("a", "p", 1), later: "later", called: "called"}
    assert stored.receivers_for("b") == list(untyped.receivers_for("b"))


def test_asynchronous_views_share_the_connections(untyped: Any, saved: Any) -> None:
    stored = typed_async(untyped)(user_stored)
    saved.connect(other)
    stored.connect(later, "a")
    assert answers(asyncio.run(stored.send_async("a", path="p"))) == ["later", "other"]
    assert answers(asyncio.run(stored.send_async("b", path="p"))) == answers(saved.send("b", path="p")) == ["other"]
    stored.disconnect(later)
    assert answers(saved.send("a", path="p")) == ["other"]


def test_asynchronous_send_is_checked_before_it_is_awaited(untyped: Any) -> None:
    stored = typed_async(untyped)(user_stored)
    with pytest.raises(TypeError, match=r"user_stored\.send_async\(\) got an unexpected keyword argument 'file'"):
        stored.send_async("a", path="p", file="f")  # type: ignore[call-arg, unused-coroutine]  # on purpose


importable = typed(blinker.Signal())(user_saved)
importable_later = typed_async(typedsig.blinker.Signal())(later)


@pytest.fixture(params=[importable, importable_later], ids=["typed", "typed_async"])
def placed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A view that can be found by module and qualified name, as one made by a decorator can."""
    monkeypatch.setattr(sys.modules[__name__], request.param.__qualname__, request.param)
    return request.param


def test_a_view_that_can_be_imported_is_itself_when_it_is_copied_or_pickled(placed: Any) -> None:
    assert copy.copy(placed) is placed
    assert copy.deepcopy([placed])[0] is placed
    assert pickle.loads(pickle.dumps(placed)) is placed


def test_another_view_is_copied_with_its_signal_and_not_pickled(untyped: Any, saved: Any) -> None:
    twin = copy.copy(saved)
    assert twin is not saved
    assert twin.untyped is untyped
    assert twin.send("a", path="p") == []
    saved.mine = ["mine"]
    assert copy.copy(saved).mine is saved.mine
    untyped.view = saved
    another = copy.deepcopy(saved)
    assert another.untyped is not untyped
    assert another.untyped.view is another
    assert another.mine == ["mine"]
    assert another.mine is not saved.mine
    with pytest.raises(TypeError, match=r"cannot pickle .*user_saved: it cannot be found by module and qualified name"):
        pickle.dumps(saved)


def test_connect_via_without_parentheses_is_refused(saved: Any) -> None:
    with pytest.raises(TypeError, match=r"user_saved\.connect_via\(\) takes a sender, not the function .*other"):
        saved.connect_via(other)


def test_a_view_may_be_an_attribute_of_what_is_copied(untyped: Any) -> None:
    view = typed(type(untyped)("x"))(user_saved)
    twin = copy.deepcopy(view)
    twin.connect(other)
    assert not view.has_receivers
    assert answers(twin.send("a", path="p")) == ["other"]


# Testing


def test_view_is_recorded(untyped: Any, saved: Any) -> None:
    """Whichever of the two is sent."""
    with record(saved) as recorder:
        saved.send("a", path="p")
        untyped.send("b", path="q", size=2)
    saved.send("c", path="r")
    assert recorder.calls == [recorder.call("a", path="p"), recorder.call("b", path="q", size=2)]
    assert recorder.calls[0].signal is saved
    with pytest.raises(AssertionError) as failed:
        recorder.assert_sent_once_with("a", path="q")
    assert str(failed.value).splitlines() == [
        f"{__name__}.user_saved was not sent once as expected",
        "  expected: user-saved('a', path='q', size=1)",
        "  actual:   user-saved('a', path='p', size=1)",
        "            user-saved('b', path='q', size=2)",
    ]
    assert not saved.has_receivers


def test_view_is_recorded_with_an_answer(saved: Any) -> None:
    with record(saved, answer=42):
        assert answers(saved.send("a", path="p")) == [42]


def test_asynchronous_view_is_recorded(untyped: Any) -> None:
    @typed_async(untyped)
    async def fetched(sender: object, *, path: str, size: int = 1) -> object: ...

    with record(fetched) as recorder:
        asyncio.run(fetched.send_async("a", path="p"))
        asyncio.run(untyped.send_async("b", path="q", size=1))
    assert recorder.calls == [recorder.call("a", path="p"), recorder.call("b", path="q")]
    assert not fetched.has_receivers


def test_only_views_of_untyped_signals_are_recorded(untyped: Any) -> None:
    with pytest.raises(TypeError, match=r"takes a signal, not .*: give it types first, with typedsig\.blinker\.typed"):
        record(untyped).__enter__()


# Migrating


@pytest.mark.parametrize("state", ["before", "halfway", "after"])
def test_the_example_does_the_same_in_all_states_of_its_migration(state: str) -> None:
    program: Any = importlib.import_module(f"examples.blinker_migration.{state}")
    site, other_site = program.Site({"home": "a & b", "about": "us"}), program.Site({"x": "y"})
    log = program.Log(site)
    site.build()
    other_site.build()
    assert site.written == {"home": "<h1>home</h1><p>a &amp; b</p>", "about": "<h1>about</h1><p>us</p>"}
    assert log.lines == ["built about, home"]
    assert program.preview(site) == {"home": "<p>a &amp; b</p>", "about": "<p>us</p>"}
    assert len(log.lines) == 2
    del log
    gc.collect()
    site.build()


def test_a_plugin_written_for_blinker_is_heard_halfway() -> None:
    program: Any = importlib.import_module("examples.blinker_migration.halfway")

    def shout(site: object, html: str, **extra: object) -> str:
        return html.upper()

    site = program.Site({"a": "b"})
    with program.signals.signal("page-rendered").connected_to(shout):
        site.build()
    assert site.written == {"a": "<P>B</P>"}
