"""Connecting and disconnecting: who listens, in which place, how strongly."""

import _thread
import functools
import inspect
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock
from weakref import ref

import pytest

from typedsig import ANY, AsyncSignal, Signal, _lost, _table


@Signal
def saved(sender: object, *, path: str) -> object:
    """Sent after something was saved."""


class Log(list[str]):
    """A receiver that can be weakly referenced, and by method and call as well."""

    def note(self, sender: object, *, path: str) -> None:
        self.append(path)


@pytest.fixture
def signal() -> Signal[Any, ..., Any]:
    """Take anything from anybody."""
    return Signal(name="signal")


def first(sender: object, **payload: object) -> str:
    return "first"


def second(sender: object, **payload: object) -> str:
    return "second"


def third(sender: object, **payload: object) -> str:
    return "third"


def answers(signal: Signal[Any, ..., Any], sender: object = None) -> list[object]:
    return [answer for _, answer in signal.send(sender)]


def test_connect_returns_the_receiver(signal: Signal[Any, ..., Any]) -> None:
    """So it is the decorator."""
    assert signal.connect(first) is first
    assert signal.connect(second, "me") is second

    @signal.connect
    def decorated(sender: object) -> str:
        return "decorated"

    assert answers(signal) == ["first", "decorated"]


def test_receivers_are_called_in_the_order_of_connection(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(second)
    signal.connect(third)
    signal.connect(first)
    assert answers(signal) == ["second", "third", "first"]


def test_order_holds_whatever_the_mixture_of_senders(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(second, "me")
    signal.connect(first)
    signal.connect(third, sender="me")
    assert answers(signal, "me") == ["second", "first", "third"]
    assert answers(signal, "you") == ["first"]


def test_sender_may_be_given_by_position_or_by_keyword(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first, "me")
    signal.connect(second, sender="me")
    signal.connect(third, sender=ANY)
    assert answers(signal, "me") == ["first", "second", "third"]


def test_connecting_again_is_one_connection_in_its_old_place(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first)
    signal.connect(second)
    signal.connect(first)
    signal.connect(first, ANY)
    assert answers(signal) == ["first", "second"]
    assert signal.disconnect(first)
    assert answers(signal) == ["second"]


def test_reconnecting_after_a_disconnect_goes_to_the_end(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first)
    signal.connect(second)
    signal.disconnect(first)
    signal.connect(first)
    assert answers(signal) == ["second", "first"]


@pytest.mark.parametrize("senders", [("me", ANY), (ANY, "me")])
def test_receiver_of_every_sender_and_of_one_is_called_once_in_its_earlier_place(
    signal: Signal[Any, ..., Any], senders: tuple[object, object]
) -> None:
    signal.connect(first, senders[0])
    signal.connect(second)
    signal.connect(first, senders[1])
    assert answers(signal, "me") == ["first", "second"]
    assert signal.receivers == signal.receivers_for("me") == [first, second]
    assert answers(signal, "you") == (["second", "first"] if senders[1] is ANY else ["first", "second"])


def test_connect_via_is_the_decorator_for_one_sender(signal: Signal[Any, ..., Any]) -> None:
    @signal.connect_via("me")
    def decorated(sender: object) -> str:
        return "mine"

    assert answers(signal, "me") == ["mine"]
    assert answers(signal, "you") == []


def test_connect_via_holds_the_receiver_unless_told_otherwise(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    keep: Callable[[Callable[[object], str]], object] = signal.connect_via("me")
    keep(lambda sender: "kept")
    collect()
    assert answers(signal, "me") == ["kept"]

    def weak(sender: object) -> str:
        return "weak"

    signal.connect_via("me", weak=True)(weak)
    assert answers(signal, "me") == ["kept", "weak"]
    del weak
    collect()
    assert answers(signal, "me") == ["kept"]


# Disconnecting


def test_disconnect_says_whether_anything_was_connected(signal: Signal[Any, ..., Any]) -> None:
    assert not signal.disconnect(first)
    signal.connect(first)
    assert not signal.disconnect(second)
    assert not signal.disconnect(first, "me")
    signal.connect(second, "me")
    assert not signal.disconnect(first, "me")
    assert signal.disconnect(first)
    assert not signal.disconnect(first)


def test_disconnect_from_one_sender_leaves_the_others(signal: Signal[Any, ..., Any]) -> None:
    for sender in ("me", "you", ANY):
        signal.connect(first, sender)
    assert signal.disconnect(first, "me")
    assert signal.receivers_for("me") == [first]  # as for everybody
    assert signal.disconnect(first, "you")
    assert signal.disconnect(first)
    assert not signal.has_receivers


def test_disconnect_without_a_sender_is_from_all(signal: Signal[Any, ..., Any]) -> None:
    for sender in ("me", ANY, "you"):
        signal.connect(first, sender)
    signal.connect(second, "me")
    assert signal.disconnect(first)
    assert signal.receivers == [second]
    assert answers(signal, "me") == ["second"]


def test_disconnect_takes_a_method_that_was_made_anew() -> None:
    log = Log()
    saved.connect(log.note)
    saved.send(None, path="a")
    assert saved.disconnect(log.note)
    saved.send(None, path="b")
    assert log == ["a"]


# connected_to


def test_connected_to_connects_during_the_block(signal: Signal[Any, ..., Any]) -> None:
    with signal.connected_to(first):
        assert answers(signal) == ["first"]
    assert answers(signal) == []


def test_connected_to_holds_the_receiver(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    with signal.connected_to(functools.partial(first)):
        collect()
        assert answers(signal) == ["first"]
    assert not signal.has_receivers


def test_connected_to_holds_a_receiver_that_was_weakly_connected(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    def receiver(sender: object) -> str:
        return "held"

    signal.connect(receiver)
    with signal.connected_to(receiver):
        del receiver
        collect()
        assert answers(signal) == ["held"]
    collect()
    assert not signal.has_receivers


def test_connected_to_disconnects_when_the_block_fails(signal: Signal[Any, ..., Any]) -> None:
    with pytest.raises(KeyError), signal.connected_to(first):
        raise KeyError
    assert not signal.has_receivers


def test_connected_to_gives_back_the_old_place(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first)
    signal.connect(second)
    with signal.connected_to(first):
        assert answers(signal) == ["first", "second"]
        signal.disconnect(first)
        signal.connect(first)
        assert answers(signal) == ["second", "first"]
    assert answers(signal) == ["first", "second"]


def test_connected_to_gives_back_a_connection_that_was_dropped_in_the_block(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first)
    signal.connect(second)
    with signal.connected_to(first):
        signal.disconnect(first)
        assert answers(signal) == ["second"]
    assert answers(signal) == ["first", "second"]


def test_no_listener_can_keep_connected_to_from_giving_back_a_connection(signal: Signal[Any, ..., Any]) -> None:
    def refuse(_: object, **payload: object) -> None:
        raise PermissionError

    signal.connect(first)
    block = signal.connected_to(first)
    block.__enter__()
    signal.disconnect(first)
    signal.receiver_connected.connect(refuse)
    with pytest.raises(PermissionError):
        block.__exit__(None, None, None)
    assert answers(signal) == ["first"]


def test_connected_to_does_not_mind_that_its_connection_was_dropped_in_the_block(signal: Signal[Any, ..., Any]) -> None:
    with signal.connected_to(first):
        assert signal.disconnect(first)
    assert not signal.has_receivers


@pytest.mark.parametrize("weak", [True, False])
@pytest.mark.parametrize("changed", [True, False])
def test_connected_to_gives_back_the_old_strength(
    signal: Signal[Any, ..., Any], collect: Callable[[], None], weak: bool, changed: bool
) -> None:
    log = Log()
    signal.connect(log.note, weak=weak)
    with signal.connected_to(log.note):
        if changed:
            signal.disconnect(log.note)
            signal.connect(log.note, weak=not weak)
        signal.send(None, path="inside")
    signal.send(None, path="after")
    assert log == ["inside", "after"]
    del log
    collect()
    assert signal.has_receivers is not weak


@pytest.mark.parametrize("changed", [True, False])
def test_connected_to_gives_back_the_old_strength_of_a_function(
    signal: Signal[Any, ..., Any], collect: Callable[[], None], changed: bool
) -> None:
    def weak(sender: object) -> str:
        return "weak"

    def strong(sender: object) -> str:
        return "strong"

    signal.connect(weak)
    signal.connect(strong, weak=False)
    with signal.connected_to(weak), signal.connected_to(strong):
        if changed:
            signal.connect(weak, weak=False)
        assert answers(signal) == ["weak", "strong"]
    del weak, strong
    collect()
    assert answers(signal) == ["strong"]


@pytest.mark.refcounts
def test_what_a_block_makes_strong_again_for_one_sender_dies_with_that_sender(signal: Signal[Any, ..., Any]) -> None:
    class Document:
        """A sender."""

    def strong(sender: object) -> str:
        return "strong"

    document: Document | None = Document()
    signal.connect(strong, document, weak=False)
    with signal.connected_to(strong, document):
        signal.disconnect(strong, document)
        signal.connect(strong, document)
    alive = ref(strong)
    del strong
    assert answers(signal, document) == ["strong"]
    document = None
    assert alive() is None


def test_connected_to_leaves_connections_for_single_senders_alone(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first, "me")
    with signal.connected_to(first):
        assert answers(signal, "you") == ["first"]
    assert answers(signal, "you") == []
    assert answers(signal, "me") == ["first"]


def test_connected_to_for_one_sender_leaves_the_connection_for_everybody_alone(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first)
    with signal.connected_to(first, "me"):
        assert answers(signal, "me") == ["first"]
    assert answers(signal, "me") == answers(signal, "you") == ["first"]
    with signal.connected_to(second, sender="me"):
        assert answers(signal, "me") == ["first", "second"]
        assert answers(signal, "you") == ["first"]
    assert answers(signal, "me") == ["first"]


def test_connected_to_nests(signal: Signal[Any, ..., Any]) -> None:
    with signal.connected_to(first):
        with signal.connected_to(first):
            assert answers(signal) == ["first"]
        assert answers(signal) == ["first"]
    assert answers(signal) == []


@pytest.mark.parametrize("connected", [True, False])
def test_connected_to_overlaps(signal: Signal[Any, ..., Any], connected: bool) -> None:
    """Blocks of two tasks need not end in the order in which they began."""
    if connected:
        signal.connect(first)
    one, two = signal.connected_to(first), signal.connected_to(first)
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    assert answers(signal) == ["first"]
    two.__exit__(None, None, None)
    assert answers(signal) == (["first"] if connected else [])


def test_connected_to_gives_its_place_back_to_what_was_connected_anew_in_the_block(
    signal: Signal[Any, ..., Any],
) -> None:
    """It never ceases to be connected then, so nobody is told that it did."""
    told: list[object] = []

    def tell(of: object, **event: object) -> None:
        told.append(event)

    signal.connect(first, "me")
    signal.connect(second, "me")
    with signal.connected_to(first, "me"):
        signal.disconnect(first)
        signal.connect(first, "me", weak=False)
        assert signal.receivers == [second, first]
        signal.receiver_connected.connect(tell)
        signal.receiver_disconnected.connect(tell)
    assert signal.receivers == [first, second]
    assert [receiver for receiver, _ in signal.send("me")] == [first, second]
    assert told == []


def test_blocks_of_different_receivers_overlap(signal: Signal[Any, ..., Any]) -> None:
    blocks = [
        signal.connected_to(first),
        signal.connected_to(second),
        signal.connected_to(first, "me"),
        signal.connected_to(first, "you"),
    ]
    for block in blocks:
        block.__enter__()
    left: list[object] = []
    for block in blocks:
        block.__exit__(None, None, None)
        left.append((answers(signal, "me"), answers(signal, "you")))
    assert left == [(["second", "first"], ["second", "first"]), (["first"], ["first"]), ([], ["first"]), ([], [])]


def test_connected_to_is_entered_once_at_a_time(signal: Signal[Any, ..., Any]) -> None:
    block = signal.connected_to(first)
    with block, pytest.raises(RuntimeError, match="on already"), block:
        pass
    assert not signal.has_receivers
    with block:
        assert answers(signal) == ["first"]
    assert not signal.has_receivers


def test_connected_to_that_is_not_on_leaves_connections_alone(signal: Signal[Any, ..., Any]) -> None:
    block = signal.connected_to(first)
    signal.connect(first)
    block.__exit__(None, None, None)
    assert answers(signal) == ["first"]
    with block:
        pass
    signal.connect(second)
    block.__exit__(None, None, None)
    assert answers(signal) == ["first", "second"]


def test_block_leaves_a_builtin_method_weakly_connected_that_was_connected_anew_in_it(
    signal: Signal[Any, ..., Any],
) -> None:
    heard: deque[object] = deque()
    signal.connect(heard.append)
    with signal.connected_to(heard.append):
        signal.disconnect(heard.append)
        signal.connect(heard.append, weak=False)
    assert signal.receivers == [heard.append]
    signal.emit("sender")
    assert list(heard) == ["sender"]


def test_connected_to_that_cannot_connect_leaves_nothing(signal: Signal[Any, ..., Any]) -> None:
    def refuse(signal: object, **payload: object) -> None:
        raise PermissionError

    signal.receiver_connected.connect(refuse)
    block = signal.connected_to(first)
    with pytest.raises(PermissionError), block:
        raise AssertionError
    assert not signal.has_receivers
    signal.receiver_connected.disconnect(refuse)
    with block:
        assert answers(signal) == ["first"]
    assert not signal.has_receivers


def test_a_connection_made_by_a_listener_that_refuses_another_stays(signal: Signal[Any, ..., Any]) -> None:
    def replace(_: object, *, receiver: Any, **payload: object) -> None:
        if replacing:
            replacing.clear()
            signal.disconnect(receiver)
            signal.connect(receiver)
            raise PermissionError

    signal.receiver_connected.connect(replace)
    replacing = [True]
    with pytest.raises(PermissionError):
        signal.connect(first)
    assert answers(signal) == ["first"]


@pytest.mark.threads
def test_connect_may_be_called_by_no_python_code(
    signal: Signal[Any, ..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `atexit` and embedding programs do."""
    connected = threading.Event()
    signal.receiver_connected.connect(lambda signal, **payload: connected.set(), weak=False)
    _thread.start_new_thread(signal.connect, (first,))
    assert connected.wait(30)
    assert answers(signal) == ["first"]
    # The same where coverage sees it: it follows no such thread.
    assert _lost.caller(1_000_000) is not None
    monkeypatch.setattr(_table, "_getframe", lambda depth: sys._getframe(1_000_000))
    signal.connect(second)
    assert answers(signal) == ["first", "second"]


# What is refused


async def coroutine_function(sender: object, **payload: object) -> None: ...


class AsyncCallable:
    async def __call__(self, sender: object, **payload: object) -> None: ...

    async def method(self, sender: object, **payload: object) -> None: ...

    @classmethod
    async def of_class(cls, sender: object, **payload: object) -> None: ...


class AsyncCallableByItself:
    @staticmethod
    async def __call__(sender: object, **payload: object) -> None: ...


class AsyncCallableByItsClass:
    @classmethod
    async def __call__(cls, sender: object, **payload: object) -> None: ...


@functools.wraps(first)
async def wrapped(*args: object, **kwargs: object) -> None: ...


coroutine_functions = pytest.mark.parametrize(
    "receiver",
    [
        coroutine_function,
        AsyncCallable().method,
        AsyncCallable.of_class,
        AsyncCallable(),
        AsyncCallableByItself(),
        AsyncCallableByItsClass(),
        functools.partial(coroutine_function),
        functools.partial(functools.partial(AsyncCallable().method, path="")),
        functools.partial(AsyncCallable()),
        wrapped,
        AsyncMock(),
    ],
    ids=[
        "function",
        "method",
        "classmethod",
        "object",
        "object without self",
        "object of its class",
        "partial",
        "nested partial",
        "partial object",
        "wrapped",
        "mock",
    ],
)


@coroutine_functions
def test_coroutine_functions_are_refused_by_a_signal(receiver: Any) -> None:
    signal = Signal(name="signal")
    for connect in (signal.connect, signal.connected_to, signal.connect_via("me"), signal.bind("me").connect):
        with pytest.raises(TypeError, match=r"typedsig\.Signal 'signal' .*is a coroutine function.*AsyncSignal"):
            connect(receiver)
    assert not signal.has_receivers


def test_coroutine_functions_are_refused_also_where_nobody_imported_inspect(
    signal: Signal[Any, ..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "inspect")
    for receiver in (coroutine_function, AsyncCallable().method, AsyncCallable()):
        with pytest.raises(TypeError, match="is a coroutine function"):
            signal.connect(receiver)


@coroutine_functions
def test_coroutine_functions_are_welcome_to_an_async_signal(receiver: Any) -> None:
    signal: AsyncSignal[Any, ..., Any] = AsyncSignal()
    assert signal.connect(receiver) is receiver


@pytest.mark.skipif(sys.version_info < (3, 12), reason="inspect.markcoroutinefunction is new in Python 3.12")
def test_objects_marked_as_coroutine_functions_are_refused_by_a_signal(signal: Signal[Any, ..., Any]) -> None:
    class Receiver:
        def __call__(self, sender: object) -> object:
            return coroutine_function(sender)

    receiver: Any = getattr(inspect, "markcoroutinefunction")(Receiver())  # noqa: B009  # unknown before Python 3.12
    with pytest.raises(TypeError, match="is a coroutine function"):
        signal.connect(receiver)


@pytest.mark.parametrize(
    ("receiver", "name"),
    [
        (None, "None"),
        (3, "3"),
        ("name", "'name'"),
        ([first], "a builtins.list object"),
        (..., "a builtins.ellipsis object"),
    ],
)
@pytest.mark.parametrize("kind", [Signal, AsyncSignal])
def test_what_is_not_callable_is_refused(kind: Any, receiver: Any, name: str) -> None:
    signal = kind(name="mine")
    for connect in (signal.connect, signal.connected_to, signal.connect_via("me"), signal.bind("me").connect):
        with pytest.raises(TypeError, match=rf"'mine' cannot connect {name}: a receiver is callable"):
            connect(receiver)
    assert not signal.has_receivers


@pytest.mark.parametrize(
    ("other", "cure"), [(Signal(), "connect its emit"), (AsyncSignal().bind("me"), "connect a function that does so")]
)
def test_signals_are_no_receivers_but_their_methods_are(signal: Signal[Any, ..., Any], other: Any, cure: str) -> None:
    with pytest.raises(TypeError, match=f"a receiver is callable. To have that signal sent, {cure}$"):
        signal.connect(other)

    with pytest.raises(TypeError, match=r"To have that signal sent, connect its emit_async$"):
        AsyncSignal[Any, ..., Any]().connect(AsyncSignal[Any, ..., Any]())  # type: ignore[call-overload]

    class CallableSignal(Signal[Any, ..., Any]):
        def __call__(self, sender: object) -> object:
            return "called"

    signal.connect(receiver := CallableSignal())
    assert answers(signal) == ["called"]
    signal.disconnect(receiver)


def test_connect_via_without_parentheses_is_refused(signal: Signal[Any, ..., Any]) -> None:
    """Which would have made the receiver the sender, and connected nobody."""
    with pytest.raises(
        TypeError, match=r"connect_via\(\) takes a sender, not the function .*first: write @connect_via"
    ):
        signal.connect_via(first)


class Slotted:
    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls: list[object] = []

    def __call__(self, sender: object) -> None:
        self.calls.append(sender)

    def method(self, sender: object) -> None:
        self.calls.append(sender)


@pytest.mark.parametrize(
    ("receiver", "name"),
    [
        pytest.param(Slotted(), rf"a {__name__}\.Slotted object", marks=pytest.mark.refcounts, id="object"),
        pytest.param(Slotted().method, rf"{__name__}\.Slotted\.method", marks=pytest.mark.refcounts, id="method"),
        pytest.param(list[object]().append, r"builtins\.list\.append", marks=pytest.mark.refcounts, id="builtin"),
    ],
)
def test_what_cannot_be_held_weakly_is_refused_with_the_cure(receiver: Any, name: str) -> None:
    told = rf"cannot hold {name} weakly: a .* object cannot be weakly referenced. Connect it with weak=False"
    with pytest.raises(TypeError, match=told):
        saved.connect(receiver)
    assert not saved.has_receivers


def test_what_cannot_be_held_weakly_is_connected_strongly(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    slotted, senders = Slotted(), list[object]()
    signal.connect(slotted, weak=False)
    signal.connect(slotted.method, weak=False)
    signal.connect(senders.append, weak=False)
    assert signal.receivers == [slotted, slotted.method, senders.append]
    calls = slotted.calls
    del slotted
    collect()
    assert [receiver for receiver, _ in signal.send("me")] == signal.receivers
    assert (calls, senders) == (["me", "me"], ["me"])


def test_what_cannot_be_held_weakly_is_connected_for_a_block(signal: Signal[Any, ..., Any]) -> None:
    slotted = Slotted()
    with signal.connected_to(slotted):
        signal.send("inside")
    signal.send("after")
    assert slotted.calls == ["inside"]


def test_what_cannot_be_held_weakly_stays_when_connected_again(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    slotted = Slotted()
    signal.connect(slotted, weak=False)
    signal.connect(slotted, weak=False)
    with signal.connected_to(slotted):
        pass
    collect()
    signal.send("me")
    assert slotted.calls == ["me"]
    assert signal.disconnect(slotted)
    signal.send("you")
    assert slotted.calls == ["me"]


def test_strength_belongs_to_the_connection(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    """Connecting again weakly neither weakens nor strengthens; connecting again strongly strengthens."""

    def one(sender: object) -> str:
        return "one"

    def two(sender: object) -> str:
        return "two"

    def three(sender: object) -> str:
        return "three"

    signal.connect(one, weak=False)
    signal.connect(one)
    signal.connect(two)
    signal.connect(two, weak=False)
    signal.connect(three)
    signal.connect(three)
    assert answers(signal) == ["one", "two", "three"]
    del one, two, three
    collect()
    assert answers(signal) == ["one", "two"]


def test_strength_is_per_sender(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    log = Log()
    signal.connect(log.note, "me", weak=False)
    signal.connect(log.note, "you")
    signal.disconnect(log.note, "me")
    del log
    collect()
    assert not signal.has_receivers
