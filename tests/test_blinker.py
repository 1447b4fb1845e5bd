"""One behaviour, two modules: what blinker does, `typedsig.blinker` does. Where it does not, on purpose, a test shows both."""

# Whatever comes from ``mod`` is Any:
# mypy: disallow-subclassing-any=False, disallow-untyped-decorators=False
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import copy
import enum
import functools
import gc
import inspect
import pickle
import threading
import weakref
from abc import ABC
from collections import UserDict, deque
from collections.abc import Callable, Generator, Iterator, MutableMapping, MutableSequence
from contextlib import nullcontext, suppress
from types import MethodType
from typing import Any, Generic, TypeVar
from unittest.mock import AsyncMock, Mock

import blinker
import pytest

import typedsig.blinker

T = TypeVar("T")


@pytest.fixture(params=[blinker, typedsig.blinker], ids=["blinker", "typedsig"])
def mod(request: pytest.FixtureRequest) -> Any:
    """Both modules, which each test is run with."""
    return request.param


def differs(mod: Any, *, theirs: object, ours: object) -> object:
    """What to expect where the modules differ on purpose."""
    assert theirs != ours
    return theirs if mod is blinker else ours


class Sender:
    """Can be weakly referenced, has no equality or truth."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")

    __hash__ = None  # type: ignore[assignment]  # on purpose

    def __bool__(self) -> bool:
        raise AssertionError("tested for truth")


class Log:
    """Receives by method."""

    def __init__(self) -> None:
        self.received: list[tuple[object, dict[str, object]]] = []

    def receive(self, sender: object, /, **payload: object) -> str:
        self.received.append((sender, payload))
        return "received"


def first(sender: object, /, **payload: object) -> str:
    return "first"


def second(sender: object, /, **payload: object) -> str:
    return "second"


async def later(sender: object, /, **payload: object) -> str:
    await asyncio.sleep(0)
    return "later"


def answers(signal: Any, *sender: object, **payload: object) -> list[str]:
    return sorted(str(answer) for _, answer in signal.send(*sender, **payload))


def signature(function: Callable[..., object]) -> list[tuple[str, object, object]]:
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


# Names


def test_all_public_names_are_there() -> None:
    assert set(blinker.__all__) <= set(typedsig.blinker.__all__)
    for name in blinker.__all__:
        assert callable(getattr(typedsig.blinker, name)) == callable(getattr(blinker, name)), name


@pytest.mark.parametrize("name", ["Signal", "NamedSignal", "Namespace"])
def test_classes_have_the_public_members_of_blinker(name: str) -> None:
    theirs: Any = getattr(blinker, name)
    ours: Any = getattr(typedsig.blinker, name)
    arguments = () if name == "Namespace" else ("x",)
    public = {member for member in dir(theirs(*arguments)) if not member.startswith("_")}
    assert public <= set(dir(ours(*arguments)))
    for member in {*public, "__init__"} - set(dir(dict)):
        method = getattr(theirs, member, None)
        if inspect.isfunction(method):
            difference = [
                (mine, his)
                for mine, his in zip(signature(getattr(ours, member)), signature(method), strict=True)
                if mine != his and (mine[2], his[2]) != (typedsig.blinker.ANY, blinker.ANY)
            ]
            assert not difference, member


def test_signal_has_any_and_set_class(mod: Any) -> None:
    assert mod.Signal.ANY is mod.ANY
    assert mod.Signal().ANY is mod.ANY
    assert mod.Signal.set_class is set


def test_any_survives_copies(mod: Any) -> None:
    assert copy.deepcopy(mod.ANY) is pickle.loads(pickle.dumps(mod.ANY)) is mod.ANY


def test_doc_is_the_signals_own(mod: Any) -> None:
    assert mod.Signal("doc").__doc__ == mod.Signal(doc="doc").__doc__ == "doc"
    assert mod.NamedSignal("name", "doc").__doc__ == "doc"
    assert mod.Signal().__doc__ == mod.Signal.__doc__


def test_named_signal_shows_its_name(mod: Any) -> None:
    signal = mod.NamedSignal("saved")
    assert signal.name == "saved"
    assert repr(signal).endswith("; 'saved'>")
    assert "NamedSignal object at 0x" in repr(signal)


def test_namespace_makes_each_signal_once(mod: Any) -> None:
    namespace = mod.Namespace()
    signal = namespace.signal("saved", "doc")
    assert isinstance(signal, mod.NamedSignal)
    assert (signal.name, signal.__doc__) == ("saved", "doc")
    assert namespace.signal("saved", doc="other") is signal
    assert signal.__doc__ == "doc"
    assert isinstance(namespace, dict)
    assert namespace == {"saved": signal}
    assert mod.Namespace().signal("saved") is not signal


def test_namespace_subclass_keeps_its_own_ways(mod: Any) -> None:
    kept: list[str] = []

    class Loud(mod.Namespace):
        def __setitem__(self, name: str, signal: object) -> None:
            kept.append(name)
            super().__setitem__(name, signal)

    namespace = Loud()
    assert namespace.signal("a") is namespace.signal("a") is namespace["a"]
    assert kept == ["a"]


def test_namespace_gives_what_another_thread_made_meanwhile(mod: Any) -> None:
    class Busy(mod.Namespace):
        def __contains__(self, name: object) -> bool:
            found = super().__contains__(name)
            self.setdefault(name, mod.NamedSignal(name))
            return bool(found)

    namespace = Busy()
    made = namespace.signal("a")
    assert (made is namespace["a"], made.name) == (True, "a")


def test_default_namespace_makes_the_signals_of_signal(mod: Any) -> None:
    assert mod.signal("of test_blinker") is mod.default_namespace["of test_blinker"]
    assert mod.default_namespace.signal("of test_blinker") is mod.signal("of test_blinker")


@pytest.mark.threads
def test_threads_get_one_signal_of_a_name() -> None:
    """Only ours says so."""
    for _ in range(50):
        namespace = typedsig.blinker.Namespace()
        barrier = threading.Barrier(4)
        made: list[object] = []

        def make(namespace: Any = namespace, barrier: Any = barrier, made: Any = made) -> None:
            barrier.wait()
            made.append(namespace.signal("x"))

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(map(id, made))) == 1
        assert len(made) == 4


# Sending


def test_send_calls_and_pairs(mod: Any) -> None:
    signal = mod.Signal()
    log = Log()
    sender = object()
    signal.connect(log.receive)
    assert signal.send(sender, a=1, b=2) == [(log.receive, "received")]
    assert log.received == [(sender, {"a": 1, "b": 2})]


def test_send_needs_no_sender(mod: Any) -> None:
    signal = mod.Signal()
    log = Log()
    signal.connect(log.receive)
    signal.send()
    signal.send(None)
    signal.send(a=1)
    assert log.received == [(None, {}), (None, {}), (None, {"a": 1})]


def test_payload_may_be_called_as_the_parameters_are(mod: Any) -> None:
    """``self`` and ``sender`` are positional only in `send`."""

    def receive(*args: object, **payload: object) -> object:
        return args, payload

    signal = mod.Signal()
    signal.connect(receive)
    assert signal.send(1, sender=2, self=3) == [(receive, ((1,), {"sender": 2, "self": 3}))]
    assert signal.send(sender=2) == [(receive, ((None,), {"sender": 2}))]


def test_send_takes_one_positional_argument(mod: Any) -> None:
    for receivers in ([], [first]):
        signal = mod.Signal()
        for receiver in receivers:
            signal.connect(receiver)
        with pytest.raises(TypeError, match="positional"):
            signal.send(1, 2)


def test_send_without_receivers_gives_a_list_of_ones_own(mod: Any) -> None:
    signal = mod.Signal()
    signal.send().append("mine")
    assert signal.send() == []
    signal.connect(first)
    signal.disconnect(first)
    signal.send().append("mine")
    assert signal.send() == []


def test_error_of_a_receiver_propagates(mod: Any) -> None:
    signal = mod.Signal()
    error = KeyError("mine")

    def fail(sender: object) -> None:
        raise error

    signal.connect(fail)
    with pytest.raises(KeyError) as caught:
        signal.send()
    assert caught.value is error


@pytest.mark.refcounts
def test_receivers_are_called_in_order_of_connection(mod: Any) -> None:
    """Blinker's order is that of a set, unless its `set_class` is an ordered one."""

    class OrderedSet(dict[Any, None]):
        """Just enough of a set."""

        def add(self, item: object) -> None:
            self[item] = None

        def discard(self, item: object) -> None:
            self.pop(item, None)

        def __or__(self, other: Any) -> Any:
            return OrderedSet({**self, **other})

        def copy(self) -> "OrderedSet":
            return OrderedSet(self)

    class Ordered(mod.Signal):
        set_class = OrderedSet

    logs = [Log() for _ in range(50)]
    for cls in (Ordered, mod.Signal):
        signal = cls()
        for log in logs:
            signal.connect(log.receive)
        called = [receiver.__self__ for receiver, _ in signal.send()]
        assert len(called) == len(logs)
        if cls is Ordered:
            assert called == logs
        else:
            assert (called == logs) is differs(mod, theirs=False, ours=True)


@pytest.mark.parametrize("kind", ["mix", "instance"])
def test_set_class_can_be_replaced(mod: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs do so to have receivers called in order."""

    class MySet(set[Any]):
        pass

    if kind == "mix":
        cls = type("Mine", (mod.Signal,), {"set_class": MySet})
    else:
        monkeypatch.setattr(mod.Signal, "set_class", MySet)
        cls = mod.Signal
    signal = cls()
    signal.connect(first)
    signal.connect(second, sender="a")
    assert answers(signal, "a") == ["first", "second"]


def test_a_receiver_connected_twice_is_called_once(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first)
    signal.connect(first)
    signal.connect(first, sender="a")
    assert answers(signal, "a") == ["first"]
    assert answers(signal, "b") == ["first"]


def test_receivers_may_connect_and_disconnect_during_a_send(mod: Any) -> None:
    signal = mod.Signal()

    def once(sender: object) -> str:
        signal.disconnect(once)
        signal.connect(first)
        return "once"

    signal.connect(once)
    assert answers(signal) == ["once"]
    assert answers(signal) == ["first"]


def test_a_receiver_disconnected_from_its_sender_during_a_send_is_not_called(mod: Any) -> None:
    """Blinker calls it once more."""
    signal = mod.Signal()

    def one(sender: object) -> None:
        signal.disconnect(two, "a")

    def two(sender: object) -> None:
        signal.disconnect(one, "a")

    signal.connect(one, "a")
    signal.connect(two, "a")
    assert len(signal.send("a")) == differs(mod, theirs=2, ours=1)


def test_a_receiver_that_dies_during_a_send_is_not_called(mod: Any) -> None:
    signal = mod.Signal()
    owners = [Log(), Log()]

    def forget(sender: object) -> None:
        owners.clear()
        gc.collect()

    signal.connect(forget)
    signal.connect(owners[0].receive)
    signal.connect(owners[1].receive)
    assert len(signal.send()) <= 3, "blinker may call it before"
    assert [receiver for receiver, _ in signal.send()] == [forget]


# Connecting


@pytest.mark.parametrize("weak", [True, False])
def test_connect_takes_its_arguments_by_position_and_by_name(mod: Any, weak: bool) -> None:
    signal = mod.Signal()
    assert signal.connect(first, "a", weak) is first
    assert signal.connect(receiver=second, sender="a", weak=weak) is second
    assert answers(signal, "a") == ["first", "second"]
    assert answers(signal, "b") == []
    signal.disconnect(first, "a")
    signal.disconnect(receiver=second, sender="a")
    assert answers(signal, "a") == []


def test_connect_is_a_decorator(mod: Any) -> None:
    signal = mod.Signal()

    @signal.connect
    def receive(sender: object) -> str:
        return "decorated"

    assert answers(signal) == ["decorated"]
    assert receive(None) == "decorated"


def test_connect_via_is_a_decorator_for_one_sender(mod: Any) -> None:
    signal = mod.Signal()

    def connect() -> "weakref.ref[Any]":
        @signal.connect_via("a")
        def receive(sender: object) -> str:
            return "decorated"

        assert receive(None) == "decorated"
        return weakref.ref(receive)

    function = connect()
    gc.collect()
    assert answers(signal, "a") == ["decorated"], "it is kept alive"
    assert answers(signal, "b") == []
    signal.disconnect(function())
    gc.collect()
    assert function() is None, "and let go"


@pytest.mark.parametrize("call", ["position", "name"])
def test_connect_via_can_be_weak(mod: Any, call: str) -> None:
    signal = mod.Signal()

    def connect() -> None:
        decorate = signal.connect_via("a", True) if call == "position" else signal.connect_via(sender="a", weak=True)
        decorate(lambda sender: "lost")

    connect()
    gc.collect()
    assert answers(signal, "a") == []


def test_connect_via_any_is_for_everybody(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect_via(mod.ANY)(first)
    assert answers(signal, "a") == answers(signal) == ["first"]


def test_what_a_subclass_does_on_connect_is_always_done(mod: Any) -> None:
    calls: list[object] = []

    class Loud(mod.Signal):
        def connect(self, receiver: Any, sender: Any = mod.ANY, weak: bool = True) -> Any:
            calls.append(receiver)
            return super().connect(receiver, sender, weak)

        def disconnect(self, receiver: Any, sender: Any = mod.ANY) -> None:
            calls.append(receiver)
            super().disconnect(receiver, sender)

    signal = Loud()
    signal.connect_via("a")(first)
    with signal.connected_to(second):
        assert calls == [first, second]
        assert answers(signal, "a") == ["first", "second"]
    assert calls == [first, second, second]


def test_a_subclass_may_choose_the_receivers(mod: Any) -> None:
    class Reversed(mod.Signal):
        def receivers_for(self, sender: Any) -> Iterator[Any]:
            yield from sorted(super().receivers_for(sender), key=lambda receiver: str(receiver.__name__), reverse=True)

    signal = Reversed()
    signal.connect(first)
    signal.connect(second)
    assert [receiver for receiver, _ in signal.send()] == [second, first]


def test_disconnect_from_one_sender_leaves_others(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first, "a")
    signal.connect(first, "b")
    assert signal.disconnect(first, "a") is None
    assert (answers(signal, "a"), answers(signal, "b")) == ([], ["first"])
    signal.disconnect(first)
    assert answers(signal, "b") == []


def test_disconnecting_what_is_not_connected_does_nothing(mod: Any) -> None:
    signal = mod.Signal()
    signal.disconnect(first)
    signal.connect(first)
    signal.disconnect(second)
    signal.disconnect(second, "a")
    signal.disconnect(first, "a")
    assert answers(signal) == ["first"]


def test_disconnect_by_an_equal_bound_method(mod: Any) -> None:
    signal = mod.Signal()
    log, other = Log(), Log()
    signal.connect(log.receive)
    signal.connect(other.receive)
    signal.disconnect(log.receive)
    assert [receiver.__self__ for receiver, _ in signal.send()] == [other]


def test_receivers_are_told_apart_by_identity(mod: Any) -> None:
    class Equal:
        def __init__(self, name: str) -> None:
            self.name = name

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

        __hash__ = None  # type: ignore[assignment]  # on purpose

        def __call__(self, sender: object) -> str:
            return self.name

    one, two = Equal("one"), Equal("two")
    partials = [functools.partial(first), functools.partial(first)]
    signal = mod.Signal()
    for receiver in (one, two, *partials):
        signal.connect(receiver)
    assert answers(signal) == ["first", "first", "one", "two"]
    signal.disconnect(one)
    signal.disconnect(partials[0])
    assert answers(signal) == ["first", "two"]


# Senders


def test_senders_are_told_apart_by_identity(mod: Any) -> None:
    signal = mod.Signal()
    here, there = Sender(), Sender()
    signal.connect(first, here)
    signal.connect(second)
    assert answers(signal, here) == ["first", "second"]
    assert answers(signal, there) == ["second"]
    assert signal.has_receivers_for(here)
    assert [r.__name__ for r in signal.receivers_for(there)] == ["second"]


def test_unhashable_senders(mod: Any) -> None:
    signal = mod.Signal()
    senders: list[list[object]] = [[], []]
    signal.connect(first, senders[0])
    assert answers(signal, senders[0]) == ["first"]
    assert answers(signal, senders[1]) == []


@pytest.mark.parametrize(
    ("connected", "sent"), [("a.b", ".".join(["a", "b"])), (10**20, 10**19 * 10), (-1, int("-1"))], ids=str
)
def test_equal_strings_and_ints_are_one_sender(mod: Any, connected: object, sent: object) -> None:
    signal = mod.Signal()
    signal.connect(first, connected)
    assert connected is not sent or isinstance(connected, int)
    assert answers(signal, sent) == ["first"]
    assert signal.has_receivers_for(sent)
    assert not signal.has_receivers_for("other")
    signal.disconnect(first, sent)
    assert answers(signal, connected) == []


def test_none_is_a_sender(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first, None)
    assert answers(signal) == answers(signal, None) == ["first"]
    assert answers(signal, "a") == []


def test_a_class_and_a_signal_are_senders(mod: Any) -> None:
    class EmptyDict(mod.Signal, dict[str, str]):
        pass

    sender = EmptyDict()
    signal = mod.Signal()
    signal.connect(first, EmptyDict)
    signal.connect(second, sender)
    assert answers(signal, EmptyDict) == ["first"]
    assert answers(signal, sender) == ["second"]
    assert answers(signal, EmptyDict()) == []


@pytest.mark.parametrize("sender", [0, False], ids=str)
def test_zero_is_a_sender_like_any_other(mod: Any, sender: object) -> None:
    """Blinker takes it for `ANY`, then fails (not with ``python -O``), and stays connected."""
    signal = mod.Signal()
    with suppress(AssertionError) if mod is blinker else nullcontext():
        signal.connect(first, sender=sender)
    assert answers(signal, sender) == ["first"]
    assert answers(signal, "somebody else") == differs(mod, theirs=["first"], ours=[])


class Number(enum.IntEnum):
    ONE = 1


@pytest.mark.parametrize("other", [True, 1.0, Number.ONE], ids=repr)
def test_equal_values_of_other_types_are_other_senders(mod: Any, other: object) -> None:
    """Blinker takes them for one, except floats, which it never finds again."""
    signal = mod.Signal()
    signal.connect(first, 1)
    found = answers(signal, other) == ["first"]
    assert found is (mod is blinker and type(other) is not float)


@pytest.mark.refcounts
def test_equal_floats_and_bytes_are_one_sender(mod: Any) -> None:
    signal = mod.Signal()
    number, data = float("1.5"), bytes([1, 2])
    signal.connect(first, number)
    signal.connect(second, data)
    assert (answers(signal, number), answers(signal, data)) == (["first"], ["second"])
    assert answers(signal, float("1.5")) == differs(mod, theirs=[], ours=["first"])
    assert answers(signal, bytes([1, 2])) == differs(mod, theirs=[], ours=["second"])


def test_a_number_is_not_the_object_of_that_id(mod: Any) -> None:
    """To blinker, it is."""
    signal = mod.Signal()
    sender = object()
    signal.connect(first, id(sender))
    assert answers(signal, sender) == differs(mod, theirs=["first"], ours=[])


@pytest.mark.refcounts
def test_nobody_inherits_the_receivers_of_a_dead_sender(mod: Any) -> None:
    """Blinker knows a sender that cannot be weakly referenced by its id, which may be used again."""
    signal = mod.Signal()
    signal.connect(first, object())
    kept = []
    inherited = False
    for _ in range(1000):
        kept.append(object())
        inherited = inherited or signal.has_receivers_for(kept[-1])
    assert inherited is differs(mod, theirs=True, ours=False)


@pytest.mark.refcounts
def test_receivers_do_not_show_the_dead(mod: Any) -> None:
    signal = mod.Signal()

    def receiver(sender: object) -> None:
        """Hear nothing."""

    signal.connect(receiver)
    del receiver
    assert len(signal.receivers) == 0
    assert not signal.receivers


@pytest.mark.refcounts
def test_connections_to_a_sender_go_with_it(mod: Any) -> None:
    signal = mod.Signal()
    sender, log = Sender(), Log()
    signal.connect(first, sender)
    signal.connect(log.receive, sender, weak=False)
    ghost, listener = weakref.ref(sender), weakref.ref(log)
    del sender, log
    gc.collect()
    assert ghost() is None, "connecting does not keep the sender"
    assert answers(signal) == []
    assert len(signal.receivers) == differs(mod, theirs=2, ours=0), "blinker keeps what nobody can call any more"
    assert (listener() is None) is differs(mod, theirs=False, ours=True)


# Lifetime


def test_receivers_are_held_weakly(mod: Any) -> None:
    signal = mod.Signal()
    log = Log()

    def receive(sender: object) -> None: ...

    class Called:
        def __call__(self, sender: object) -> None: ...

    called, partial = Called(), functools.partial(first)
    for receiver in (log.receive, receive, called, partial):
        signal.connect(receiver)
    assert len(signal.receivers) == 4
    del log, receive, called, partial, receiver
    gc.collect()
    assert (signal.send(), len(signal.receivers), bool(signal.receivers)) == ([], 0, False)
    assert list(signal.receivers_for("a")) == []


@pytest.mark.parametrize("sender", ["all", "one"])
def test_receivers_can_be_held_strongly(mod: Any, sender: str) -> None:
    signal = mod.Signal()
    log = Log()
    ghost = weakref.ref(log)
    signal.connect(log.receive, mod.ANY if sender == "all" else "one", weak=False)
    del log
    gc.collect()
    assert answers(signal, "one") == ["received"]
    strong = ghost()
    assert strong is not None
    signal.disconnect(strong.receive)
    del strong
    gc.collect()
    assert ghost() is None


def test_strength_belongs_to_a_connection(mod: Any) -> None:
    """To blinker, the last `connect` decides for all."""
    signal = mod.Signal()

    def receive(sender: object) -> str:
        return "kept"

    signal.connect(receive, "a", weak=False)
    signal.connect(receive, "b")
    del receive
    gc.collect()
    assert answers(signal, "a") == differs(mod, theirs=[], ours=["kept"])


def test_a_receiver_disconnected_from_its_sender_is_let_go(mod: Any) -> None:
    """Blinker keeps it, and counts it, until it is disconnected from all."""
    signal = mod.Signal()
    log = Log()
    ghost = weakref.ref(log)
    signal.connect(log.receive, "a", weak=False)
    signal.disconnect(log.receive, "a")
    assert answers(signal, "a") == []
    assert len(signal.receivers) == differs(mod, theirs=1, ours=0)
    assert signal.has_receivers_for("a") is differs(mod, theirs=True, ours=False)
    del log
    gc.collect()
    assert (ghost() is None) is differs(mod, theirs=False, ours=True)


def test_lost_receivers_are_no_news(mod: Any) -> None:
    """Warnings are errors in these tests."""
    signal = mod.Signal()
    signal.connect(lambda sender: None)
    signal.connect(functools.partial(first), "a")
    gc.collect()
    assert signal.send("a") == []


class Slotted:
    """Cannot be weakly referenced."""

    __slots__ = ()

    def __call__(self, sender: object) -> str:
        return "slotted"

    def method(self, sender: object) -> str:
        return "method of slotted"


@pytest.mark.refcounts
def test_what_cannot_be_weakly_referenced_is_a_type_error(mod: Any) -> None:
    signal = mod.Signal()
    receiver = Slotted()
    for attempt in (receiver, receiver.method):
        with pytest.raises(TypeError):
            signal.connect(attempt)
        assert not signal.receivers
    signal.connect(receiver, weak=False)
    signal.connect(receiver.method, weak=False)
    assert answers(signal) == ["method of slotted", "slotted"]


def test_what_is_not_callable_is_refused(mod: Any) -> None:
    """By blinker when it is called."""
    signal = mod.Signal()
    with pytest.raises(TypeError):
        signal.connect("first")
    try:
        signal.connect(Sender(), weak=False)
    except TypeError:
        refused = True
    else:
        refused = False
        with pytest.raises(TypeError):
            signal.send()
    assert refused is differs(mod, theirs=False, ours=True)


@pytest.mark.refcounts
def test_methods_of_builtin_types_live_as_long_as_their_object(mod: Any) -> None:
    """To blinker they live as long as the method object, which is gone at once."""
    signal = mod.Signal()
    seen: deque[object] = deque()
    signal.connect(seen.append)
    signal.send("a")
    assert list(seen) == differs(mod, theirs=[], ours=["a"])
    held = list(signal.receivers.values())
    assert [reference() for reference in held] == differs(mod, theirs=[], ours=[seen.append])
    signal.disconnect(seen.append)
    assert not signal.receivers
    assert [reference() for reference in held] == differs(mod, theirs=[], ours=[None])


def test_methods_of_builtin_types_that_somebody_keeps(mod: Any) -> None:
    signal = mod.Signal()
    seen: list[object] = []
    append = seen.append
    signal.connect(append)
    assert [receiver for receiver, _ in signal.send("a")] == [append]
    assert seen == ["a"]
    assert len(signal.receivers) == 1
    del append
    gc.collect()
    signal.send("b")
    assert seen == ["a"]


# Asking


def test_receivers_can_be_counted_and_tested(mod: Any) -> None:
    signal = mod.Signal()
    receivers = signal.receivers
    assert (len(receivers), bool(receivers)) == (0, False)
    signal.connect(first)
    signal.connect(first, "a")
    signal.connect(second, "a")
    assert (len(receivers), bool(receivers)) == (2, True)
    signal.disconnect(first)
    signal.disconnect(second)
    assert (len(receivers), bool(receivers)) == (0, False)


@pytest.mark.refcounts
def test_references_to_methods_of_one_object_are_told_apart(mod: Any) -> None:
    class Owner(deque[object]):
        def __hash__(self) -> int:  # type: ignore[override]  # a reference to a method has its owner's
            return id(self)

        def one(self, sender: object) -> None: ...

        def other(self, sender: object) -> None: ...

    signal = mod.Signal()
    owner = Owner()
    for receiver in (owner.one, owner.other, owner.append, owner.appendleft):
        signal.connect(receiver)
    del receiver
    references = list(signal.receivers.values())
    assert len(set(references)) == len(references) == differs(mod, theirs=2, ours=4)
    assert sum(isinstance(reference, weakref.WeakMethod) for reference in references) == 2


def test_receivers_is_a_mapping_to_references(mod: Any) -> None:
    signal = mod.Signal()
    log = Log()
    signal.connect(first)
    signal.connect(log.receive)
    signal.connect(second, "a", weak=False)
    found = [value() if isinstance(value, weakref.ref) else value for value in signal.receivers.values()]
    assert sorted(found, key=repr) == sorted([first, log.receive, second], key=repr)
    assert sum(isinstance(value, weakref.ref) for value in signal.receivers.values()) == 2
    assert id(first) in signal.receivers
    assert signal.receivers[id(first)]() is first
    assert signal.receivers[id(second)] is second
    assert id(log) not in signal.receivers
    assert list(signal.receivers) == list(signal.receivers.keys()) == [key for key, _ in signal.receivers.items()]
    with pytest.raises(KeyError):
        signal.receivers[0]


def test_receivers_can_be_cleared(mod: Any) -> None:
    """As test suites do between tests."""
    signal = mod.Signal()
    signal.connect(first)
    signal.connect(second, "a", weak=False)
    signal.receivers.clear()
    assert (answers(signal, "a"), len(signal.receivers)) == ([], 0)
    signal.connect(first)
    signal._clear_state()
    assert (answers(signal, "a"), len(signal.receivers)) == ([], 0)
    mod.Signal()._clear_state()


def test_receivers_for_is_an_iterator(mod: Any) -> None:
    signal = mod.Signal()
    assert list(signal.receivers_for("a")) == []
    signal.connect(first, "a")
    assert next(signal.receivers_for("a")) is first
    assert next(signal.receivers_for("b"), None) is None
    with signal.muted():
        assert list(signal.receivers_for("a")) == [first], "muted or not"


def test_receivers_for_any_are_those_of_everybody(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first)
    signal.connect(second, "a")
    assert list(signal.receivers_for(mod.ANY)) == [first]
    with signal.muted():
        assert list(signal.receivers_for(mod.ANY)) == [first]


def test_has_receivers_for(mod: Any) -> None:
    signal = mod.Signal()
    assert not signal.has_receivers_for("a")
    assert not signal.has_receivers_for(mod.ANY)
    signal.connect(first, "a")
    asked = [signal.has_receivers_for(sender) for sender in ("a", "b", mod.ANY)]
    assert asked == [True, False, False]
    signal.connect(second)
    asked = [signal.has_receivers_for(sender) for sender in ("a", "b", mod.ANY)]
    assert asked == [True, True, True]


# Blocks


def test_muted_calls_nobody(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first)
    assert not signal.is_muted
    with signal.muted() as entered:
        assert entered is None
        assert bool(signal.is_muted)
        assert signal.send() == []
        assert asyncio.run(signal.send_async()) == []
        signal.connect(second)
    assert not signal.is_muted
    assert answers(signal) == ["first", "second"]


def test_muted_ends_with_an_error(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first)
    with suppress(KeyError), signal.muted():
        raise KeyError
    assert answers(signal) == ["first"]


def test_muted_blocks_nest(mod: Any) -> None:
    """In blinker the inner one unmutes."""
    signal = mod.Signal()
    signal.connect(first)
    with signal.muted():
        with signal.muted():
            pass
        assert answers(signal) == differs(mod, theirs=["first"], ours=[])
    assert answers(signal) == ["first"]


def test_muted_blocks_overlap(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first)
    one, two = signal.muted(), signal.muted()
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    assert answers(signal) == differs(mod, theirs=["first"], ours=[])
    two.__exit__(None, None, None)
    assert answers(signal) == ["first"]


def test_is_muted_can_be_set(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first)
    signal.is_muted = True
    signal.is_muted = True
    assert (signal.is_muted, answers(signal)) == (True, [])
    signal.is_muted = False
    assert (signal.is_muted, answers(signal)) == (False, ["first"])
    with signal.muted():
        signal.is_muted = False
        assert answers(signal) == ["first"]
    assert answers(signal) == ["first"]


def test_muting_a_signal_does_not_mute_others(mod: Any) -> None:
    one, two = mod.Signal(), mod.Signal()
    two.connect(first)
    with one.muted():
        assert answers(two) == ["first"]


def test_connected_to_connects_during_the_block(mod: Any) -> None:
    signal = mod.Signal()
    with signal.connected_to(first) as entered:
        assert entered is None
        assert answers(signal, "a") == ["first"]
    with signal.connected_to(second, "a"):
        assert (answers(signal, "a"), answers(signal, "b")) == (["second"], [])
    with signal.connected_to(receiver=first, sender="b"):
        assert (answers(signal, "a"), answers(signal, "b")) == ([], ["first"])
    assert answers(signal, "a") == answers(signal, "b") == []


def test_connected_to_keeps_the_receiver_and_lets_go(mod: Any) -> None:
    signal = mod.Signal()
    log = Log()
    ghost = weakref.ref(log)
    with signal.connected_to(log.receive):
        del log
        gc.collect()
        assert answers(signal) == ["received"]
    gc.collect()
    assert ghost() is None


def test_connected_to_disconnects_after_an_error(mod: Any) -> None:
    signal = mod.Signal()
    with suppress(KeyError), signal.connected_to(first):
        raise KeyError
    assert answers(signal) == []


@pytest.mark.parametrize("before", ["all", "a"])
@pytest.mark.parametrize("during", ["all", "a"])
def test_connected_to_leaves_what_was_there(mod: Any, before: str, during: str) -> None:
    """Blinker leaves nothing."""
    signal = mod.Signal()
    signal.connect(first, mod.ANY if before == "all" else before)
    with signal.connected_to(first, mod.ANY if during == "all" else during):
        assert answers(signal, "a") == ["first"]
    assert answers(signal, "a") == differs(mod, theirs=[], ours=["first"])
    assert answers(signal, "b") == ([] if before == "a" or mod is blinker else ["first"])


def test_connected_to_does_not_make_a_weak_connection_strong(mod: Any) -> None:
    signal = mod.Signal()

    def receive(sender: object) -> str:
        return "received"

    signal.connect(receive)
    with signal.connected_to(receive):
        pass
    assert answers(signal) == differs(mod, theirs=[], ours=["received"])
    del receive
    gc.collect()
    assert answers(signal) == []


# Coroutine functions


def test_send_refuses_coroutine_functions(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(later)
    with pytest.raises(RuntimeError, match=r"(?i)cannot send to .*coroutine function"):
        signal.send()
    signal.disconnect(later)
    assert signal.send() == []


def test_send_that_cannot_call_all_calls_nobody(mod: Any) -> None:
    """Blinker calls those that it comes across before."""

    class Ordered(dict[Any, None]):
        add = dict.setdefault

        def copy(self) -> "Ordered":
            return Ordered(self)

    cls = type("Mine", (mod.Signal,), {"set_class": Ordered})
    log = Log()
    signal = cls()
    signal.connect(log.receive)
    signal.connect(later)
    with pytest.raises(RuntimeError):
        signal.send()
    assert len(log.received) == differs(mod, theirs=1, ours=0)
    log.received.clear()

    async def receive(sender: object) -> None:
        log.received.append((sender, {}))

    signal = cls()
    signal.connect(receive)
    signal.connect(first)
    with pytest.raises(RuntimeError):
        asyncio.run(signal.send_async())
    assert len(log.received) == differs(mod, theirs=1, ours=0)


def run(receiver: Callable[..., Any]) -> Callable[..., Any]:
    """An ``_async_wrapper``, as asgiref's ``async_to_sync`` is one."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return asyncio.run(receiver(*args, **kwargs))

    return call


def test_async_wrapper_is_for_coroutine_functions_only(mod: Any) -> None:
    signal = mod.Signal()
    wrapped: list[object] = []

    def wrapper(receiver: Callable[..., Any]) -> Callable[..., Any]:
        wrapped.append(receiver)
        return run(receiver)

    signal.connect(first)
    assert [answer for _, answer in signal.send(_async_wrapper=wrapper)] == ["first"]
    assert wrapped == []
    signal.connect(later, "a")
    sent = signal.send("a", _async_wrapper=wrapper, x=1)
    assert dict(sent) == {first: "first", later: "later"}
    assert wrapped == [later]


def test_async_wrapper_is_given_sender_and_payload(mod: Any) -> None:
    async def receive(*args: object, **payload: object) -> object:
        return args, payload

    signal = mod.Signal()
    signal.connect(receive)
    assert signal.send("a", _async_wrapper=run, x=1) == [(receive, (("a",), {"x": 1}))]


def test_send_async_awaits(mod: Any) -> None:
    async def receive(*args: object, **payload: object) -> object:
        return args, payload

    signal = mod.Signal()
    assert asyncio.run(signal.send_async("a")) == []
    signal.connect(receive)
    signal.connect(later, "b")
    assert asyncio.run(signal.send_async("a", x=1)) == [(receive, (("a",), {"x": 1}))]
    assert asyncio.run(signal.send_async()) == [(receive, ((None,), {}))]
    sent = asyncio.run(signal.send_async("b"))
    assert dict(sent) == {receive: (("b",), {}), later: "later"}


def test_send_async_refuses_plain_functions(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first)
    with pytest.raises(RuntimeError):
        asyncio.run(signal.send_async())


def test_sync_wrapper_is_for_plain_functions_only(mod: Any) -> None:
    signal = mod.Signal()
    wrapped: list[object] = []

    def wrapper(receiver: Callable[..., Any]) -> Callable[..., Any]:
        wrapped.append(receiver)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return "wrapped", receiver(*args, **kwargs)

        return call

    signal.connect(first)
    signal.connect(later, "a")
    sent = asyncio.run(signal.send_async("a", _sync_wrapper=wrapper, x=1))
    assert dict(sent) == {first: ("wrapped", "first"), later: "later"}
    assert wrapped == [first]


def test_send_async_does_nothing_until_awaited(mod: Any) -> None:
    signal = mod.Signal()
    called: list[object] = []

    async def receive(sender: object) -> None:
        called.append(sender)

    signal.connect(receive)
    coroutine = signal.send_async("a")
    assert called == []
    asyncio.run(coroutine)
    assert called == ["a"]


def test_send_async_awaits_one_after_another(mod: Any) -> None:
    signal = mod.Signal()
    running: list[str] = []

    def receiver(name: str) -> Any:
        async def receive(sender: object) -> None:
            assert running == []
            running.append(name)
            await asyncio.sleep(0)
            assert running == [name]
            running.clear()

        return receive

    receivers = [receiver("one"), receiver("two")]
    for each in receivers:
        signal.connect(each)
    assert len(asyncio.run(signal.send_async())) == 2


class AsyncCallable:
    async def __call__(self, sender: object) -> str:
        return "called"

    async def method(self, sender: object) -> str:
        return "method"


def test_what_counts_as_coroutine_function(mod: Any) -> None:
    """What `inspect.iscoroutinefunction` says: not an object that has an asynchronous ``__call__``."""
    owner = AsyncCallable()
    receivers = [owner.method, functools.partial(later)]
    mock = AsyncMock(return_value="mock")
    if inspect.iscoroutinefunction(mock):
        receivers.append(mock)
    for receiver in receivers:
        signal = mod.Signal()
        signal.connect(receiver)
        with pytest.raises(RuntimeError):
            signal.send()
        ((_, answer),) = asyncio.run(signal.send_async())
        assert answer in {"method", "later", "mock"}

    signal = mod.Signal()
    signal.connect(owner)
    ((_, coroutine),) = signal.send()
    assert asyncio.run(coroutine) == "called"
    with pytest.raises(RuntimeError):
        asyncio.run(signal.send_async())


# Announcements


def test_receiver_connected_is_sent_with_the_arguments_of_connect(mod: Any) -> None:
    signal = mod.Signal()
    log = Log()
    assert signal.receiver_connected is signal.receiver_connected
    assert isinstance(signal.receiver_connected, mod.Signal)
    signal.receiver_connected.connect(log.receive, sender=signal)
    signal.connect(first)
    signal.connect(second, "a", weak=False)
    signal.connect(second, "a", weak=False)
    again = {"receiver": second, "sender": "a", "weak": False}
    assert log.received == [
        (signal, {"receiver": first, "sender": mod.ANY, "weak": True}),
        (signal, again),
        (signal, again),
    ]


def test_receiver_disconnected_is_sent_with_the_arguments_of_disconnect(mod: Any) -> None:
    signal = mod.Signal()
    log = Log()
    signal.connect(first, "a")
    signal.connect(first, "b")
    signal.connect(lambda sender: None)
    gc.collect()
    assert signal.receiver_disconnected is signal.receiver_disconnected
    signal.receiver_disconnected.connect(log.receive)
    signal.disconnect(first, sender="a")
    signal.disconnect(first)
    signal.disconnect(second)
    assert log.received == [
        (signal, {"receiver": first, "sender": "a"}),
        (signal, {"receiver": first, "sender": mod.ANY}),
        (signal, {"receiver": second, "sender": mod.ANY}),
    ]


def test_connected_to_is_announced(mod: Any) -> None:
    signal = mod.Signal()
    connected, disconnected = Log(), Log()
    signal.receiver_connected.connect(connected.receive)
    signal.receiver_disconnected.connect(disconnected.receive)
    with signal.connected_to(first):
        pass
    assert connected.received == [(signal, {"receiver": first, "sender": mod.ANY, "weak": False})]
    assert disconnected.received == [(signal, {"receiver": first, "sender": mod.ANY})]


def test_connected_to_announces_what_it_disconnects() -> None:
    """Also where the receiver stays connected otherwise, which it does not in blinker."""
    signal = typedsig.blinker.Signal()
    log = Log()
    signal.connect(first, "a")
    signal.receiver_disconnected.connect(log.receive)
    with signal.connected_to(first):
        pass
    assert log.received == [(signal, {"receiver": first, "sender": typedsig.blinker.ANY})]
    assert answers(signal, "a") == ["first"]


@pytest.mark.parametrize("error", [TypeError, ValueError])
def test_connect_is_undone_when_its_announcement_fails(mod: Any, error: type[Exception]) -> None:
    """By blinker only after a TypeError."""
    signal = mod.Signal()

    def refuse(sender: object, /, **payload: object) -> None:
        raise error

    signal.receiver_connected.connect(refuse)
    with pytest.raises(error):
        signal.connect(first)
    assert bool(signal.receivers) is (mod is blinker and error is ValueError)


@pytest.mark.parametrize("error", [TypeError, ValueError])
def test_connected_to_is_undone_when_its_announcement_fails(mod: Any, error: type[Exception]) -> None:
    """By blinker only after a TypeError."""
    signal = mod.Signal()

    def refuse(sender: object, /, **payload: object) -> None:
        raise error

    signal.receiver_connected.connect(refuse)
    with pytest.raises(error), signal.connected_to(first):
        raise AssertionError
    assert bool(signal.receivers) is (mod is blinker and error is ValueError)


def test_connect_that_fails_leaves_earlier_connections(mod: Any) -> None:
    """Of the same receiver; blinker leaves none."""
    signal = mod.Signal()
    signal.connect(first, "a")

    def refuse(sender: object, /, **payload: object) -> None:
        raise TypeError

    signal.receiver_connected.connect(refuse)
    for sender in ("a", mod.ANY):
        with pytest.raises(TypeError):
            signal.connect(first, sender)
    assert answers(signal, "a") == differs(mod, theirs=[], ours=["first"])


def test_what_a_failing_announcement_connected_itself_stays(mod: Any) -> None:
    signal = mod.Signal()

    def replace(sender: object, /, *, receiver: Any, **payload: object) -> None:
        signal.receiver_connected.disconnect(replace)
        signal.disconnect(receiver)
        signal.connect(receiver)
        raise TypeError

    signal.receiver_connected.connect(replace)
    with pytest.raises(TypeError):
        signal.connect(first)
    assert answers(signal, "a") == differs(mod, theirs=[], ours=["first"])


# Subclasses and copies


def mixed(mod: Any) -> Generator[type[Any]]:
    """Subclasses as real programs have them."""
    signal: Any = mod.Signal

    class DictFirst(dict[str, int], signal):
        def __init__(self) -> None:
            dict.__init__(self)
            signal.__init__(self)

    class SignalFirst(signal, dict[str, int]):
        pass

    class User(signal, UserDict[str, int]):
        def __init__(self) -> None:
            signal.__init__(self)
            UserDict.__init__(self)

    class Mapping(signal, MutableMapping[str, int]):
        def __init__(self) -> None:
            signal.__init__(self)
            self.items_: dict[str, int] = {}

        def __getitem__(self, key: str) -> int:
            return self.items_[key]

        def __setitem__(self, key: str, value: int) -> None:
            self.items_[key] = value

        def __delitem__(self, key: str) -> None:
            del self.items_[key]

        def __iter__(self) -> Iterator[str]:
            return iter(self.items_)

        def __len__(self) -> int:
            return len(self.items_)

    class Sequence(signal, MutableSequence[int]):
        def __init__(self) -> None:
            signal.__init__(self)
            self.items_: list[int] = []

        def __getitem__(self, index: Any) -> Any:
            return self.items_[index]

        def __setitem__(self, index: Any, value: Any) -> None:
            self.items_[index] = value

        def __delitem__(self, index: Any) -> None:
            del self.items_[index]

        def __len__(self) -> int:
            return len(self.items_)

        def insert(self, index: int, value: int) -> None:
            self.items_.insert(index, value)

    class Abstract(signal, ABC):
        pass

    class Parametrised(signal, Generic[T]):
        pass

    class Slots(signal):
        __slots__ = ("extra",)

    class Frozen(signal):
        def __setattr__(self, name: str, value: object) -> None:
            if name == "locked" or "locked" in self.__dict__:
                raise AttributeError(name)
            super().__setattr__(name, value)

        def __init__(self) -> None:
            super().__init__()
            self.__dict__["locked"] = True

    class Jealous(signal):
        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

        def __hash__(self) -> int:
            raise AssertionError("hashed")

        def __bool__(self) -> bool:
            raise AssertionError("tested for truth")

        def __len__(self) -> int:
            raise AssertionError("counted")

    yield from (DictFirst, SignalFirst, User, Mapping, Sequence, Abstract, Parametrised, Slots, Jealous, Frozen)


def test_subclasses_that_are_something_else_too(mod: Any) -> None:
    for cls in mixed(mod):
        signal = cls()
        log = Log()
        assert signal.send(signal) == []
        assert not signal.receivers
        signal.connect(log.receive, signal)
        signal.connect(first)
        assert answers(signal, signal, x=1) == ["first", "received"], cls
        assert answers(signal, "else") == ["first"]
        with signal.connected_to(second, "else"):
            assert answers(signal, "else") == ["first", "second"]
        if cls.__name__ != "Frozen":  # blinker sets its attribute
            with signal.muted():
                assert signal.send(signal) == []
        signal.disconnect(log.receive)
        signal.disconnect(first)
        assert signal.send(signal) == []
        assert isinstance(signal, mod.Signal)


def test_the_class_has_no_layout_and_no_metaclass() -> None:
    """So that it can be mixed with any other."""
    assert type(typedsig.blinker.Signal) is type
    assert "__slots__" not in vars(typedsig.blinker.Signal)
    assert vars(typedsig.blinker.Signal()) == {}


def test_instances_take_attributes_and_methods(mod: Any) -> None:
    signal = mod.Signal()
    signal.ask = MethodType(lambda self, x: self.send(x), signal)
    signal.note = "mine"
    signal.connect(first)
    assert [answer for _, answer in signal.ask("a")] == ["first"]
    signal.send = Mock(return_value=[])
    signal.send("a")
    signal.send.assert_called_once_with("a")


def test_subclass_that_does_not_initialise(mod: Any) -> None:
    """To blinker it is no signal."""

    class Careless(mod.Signal):
        def __init__(self) -> None:
            pass

    signal = Careless()
    try:
        signal.connect(first)
        works = answers(signal) == ["first"]
    except AttributeError:
        works = False
    assert works is differs(mod, theirs=False, ours=True)


def test_copies_of_a_signal_that_nobody_connected_to(mod: Any) -> None:
    signal = mod.NamedSignal("name", "doc")
    for twin in (copy.copy(signal), copy.deepcopy(signal), pickle.loads(pickle.dumps(signal))):
        assert (twin.name, twin.__doc__) == ("name", "doc")
        twin.send()
        assert twin.connect(first) is first
        assert answers(twin) == ["first"]
        twin.disconnect(first)


def test_shallow_copies_share_the_connections(mod: Any) -> None:
    signal = mod.Signal()
    signal.connect(first)
    twin = copy.copy(signal)
    assert answers(twin) == ["first"]
    del signal
    gc.collect()
    with twin.connected_to(second):
        assert answers(twin) == ["first", "second"]
    assert answers(twin) == ["first"]


def test_deep_copies_have_no_receivers(mod: Any) -> None:
    """In blinker a deep copy has them, or fails, and a pickled one always fails."""
    signal = mod.NamedSignal("name")
    signal.connect(first, "a")
    twin = copy.deepcopy(signal)
    assert answers(twin, "a") == differs(mod, theirs=["first"], ours=[])
    twin.connect(second)
    assert answers(signal, "a") == ["first"]
    try:
        twin = pickle.loads(pickle.dumps(signal))
    except TypeError:
        pickled = False
    else:
        pickled = True
        assert (twin.name, answers(twin, "a"), len(twin.receivers)) == ("name", [], 0)
    assert pickled is differs(mod, theirs=False, ours=True)
