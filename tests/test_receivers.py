"""Which receivers there are: every kind is connected, called, found again, and let go."""

import functools
from collections import deque
from collections.abc import Callable
from typing import Any, NoReturn
from unittest.mock import Mock

import pytest

from typedsig import Signal

calls: list[object] = []


@pytest.fixture(autouse=True)
def no_calls() -> None:
    """Begin with no calls."""
    calls.clear()


@pytest.fixture
def signal() -> Signal[Any, ..., Any]:
    """Take anything from anybody."""
    return Signal(name="signal")


def make_function() -> Callable[..., object]:
    def function(sender: object) -> None:
        calls.append(sender)

    return function


def make_lambda() -> Callable[[object], object]:
    return lambda sender: calls.append(sender)  # a lambda is the point


class Owner:
    def method(self, sender: object) -> None:
        calls.append(sender)

    @classmethod
    def of_class(cls, sender: object) -> None:
        calls.append(sender)

    @staticmethod
    def static(sender: object) -> None:
        calls.append(sender)

    def __call__(self, sender: object) -> None:
        calls.append(sender)


class Taken:
    """Calling the class makes an instance."""

    def __init__(self, sender: object) -> None:
        calls.append(sender)


class Logged(list[object]):
    """A subclass of a builtin, which can be weakly referenced."""

    def append(self, sender: object, /) -> None:
        super().append(sender)
        calls.append(sender)


class Queue(deque[object]):
    """Its inherited methods are builtin."""


kinds: dict[str, Callable[[], Any]] = {
    "function": make_function,
    "lambda": make_lambda,
    "partial": lambda: functools.partial(make_function()),
    "partial of a method": lambda: functools.partial(Owner().method),
    "callable object": Owner,
    "method": lambda: Owner().method,
    "method of a builtin's subclass": lambda: Logged().append,
    "mock": lambda: Mock(side_effect=calls.append),
}

every_kind = pytest.mark.parametrize("make", kinds.values(), ids=kinds)


@every_kind
def test_every_kind_is_called_found_and_disconnected(signal: Signal[Any, ..., Any], make: Callable[[], Any]) -> None:
    receiver = make()
    assert signal.connect(receiver) is receiver
    assert [got for got, _ in signal.send(1)] == signal.receivers == [receiver]
    signal.emit(2)
    signal.send_robust(3)
    assert calls == [1, 2, 3]
    assert signal.disconnect(receiver)
    signal.send(4)
    assert calls == [1, 2, 3]


@every_kind
def test_every_kind_is_held_weakly(
    signal: Signal[Any, ..., Any], make: Callable[[], Any], collect: Callable[[], None]
) -> None:
    receiver = make()
    owner = getattr(receiver, "__self__", receiver)
    signal.connect(receiver)
    del receiver
    signal.send(1)
    assert calls == [1]
    del owner
    collect()
    signal.send(2)
    assert calls == [1]
    assert signal.receivers == []


@every_kind
def test_every_kind_is_held_strongly_when_told_so(
    signal: Signal[Any, ..., Any], make: Callable[[], Any], collect: Callable[[], None]
) -> None:
    signal.connect(make(), weak=False)
    collect()
    signal.send(1)
    assert calls == [1]


@every_kind
def test_two_of_a_kind_are_two_receivers(signal: Signal[Any, ..., Any], make: Callable[[], Any]) -> None:
    """By identity, never by equality or name."""
    one, two = make(), make()
    signal.connect(one)
    signal.connect(two)
    assert len(signal.receivers) == 2
    signal.send(1)
    assert calls == [1, 1]
    assert signal.disconnect(two)
    assert signal.receivers == [one]


@pytest.mark.parametrize(
    "receiver", [Taken, Owner.of_class, Owner.static], ids=["class", "classmethod", "staticmethod"]
)
def test_what_lives_as_long_as_its_class_stays(
    signal: Signal[Any, ..., Any], receiver: Any, collect: Callable[[], None]
) -> None:
    signal.connect(receiver)
    collect()
    signal.send(1)
    assert calls == [1]
    assert signal.disconnect(receiver)


def test_method_of_a_collection_is_known_by_owner_and_name(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    queue: deque[object] = deque()
    other: deque[object] = deque()
    signal.connect(queue.append)
    signal.connect(queue.append)
    signal.connect(queue.appendleft)
    signal.connect(other.append)
    collect()
    assert [receiver for receiver, _ in signal.send("a")] == [queue.append, queue.appendleft, other.append]
    assert (list(queue), list(other)) == (["a", "a"], ["a"])
    assert signal.disconnect(queue.append)
    signal.emit("b")
    assert (list(queue), list(other)) == (["b", "a", "a"], ["a", "b"])
    del queue, other
    collect()
    assert not signal.has_receivers


def test_method_wrapper_of_an_object_is_known_by_owner_and_name(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    queue = Queue()
    signal.connect(queue.__contains__)
    assert signal.send(1) == [(queue.__contains__, False)]
    assert signal.disconnect(queue.__contains__)
    signal.connect(queue.append)
    del queue
    collect()
    assert not signal.has_receivers


def test_builtin_functions_are_receivers(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(len)
    signal.connect(repr)
    assert signal.send("four") == [(len, 4), (repr, "'four'")]
    assert signal.disconnect(len)


@pytest.mark.refcounts
def test_static_methods_of_builtin_types_are_as_many_receivers(signal: Signal[Any, ..., Any]) -> None:
    """They have one name and no owner, and still are two."""
    assert str.maketrans.__self__ is bytes.maketrans.__self__ is None  # type: ignore[attr-defined]
    signal.connect(str.maketrans)
    signal.connect(bytes.maketrans)
    assert signal.receivers == [str.maketrans, bytes.maketrans]


def test_methods_of_equal_owners_are_two_receivers(signal: Signal[Any, ..., Any]) -> None:
    class Alike(Owner):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]  # as dataclasses have it

    one, two = Alike(), Alike()
    signal.connect(one.method)
    signal.connect(two.method)
    signal.connect(one)
    signal.connect(two)
    signal.send(1)
    assert calls == [1, 1, 1, 1]
    assert signal.disconnect(two.method)
    signal.send(2)
    assert calls[4:] == [2, 2, 2]


def test_two_methods_of_one_owner_are_two_receivers(signal: Signal[Any, ..., Any]) -> None:
    class Two(Owner):
        def other(self, sender: object) -> None:
            calls.append("other")

    owner = Two()
    signal.connect(owner.method)
    signal.connect(owner.other)
    signal.disconnect(owner.method)
    signal.send(1)
    assert calls == ["other"]


def test_receivers_are_never_asked_for_hash_equality_or_truth(signal: Signal[Any, ..., Any]) -> None:
    class Fiend:
        def __fail(self, *args: object) -> NoReturn:
            raise AssertionError

        __eq__ = __ne__ = __hash__ = __bool__ = __len__ = __repr__ = __fail

        def __call__(self, sender: object) -> None:
            calls.append(sender)

        def method(self, sender: object) -> None:
            calls.append(sender)

    fiend = Fiend()
    for receiver in (fiend, fiend.method):
        signal.connect(receiver)
        signal.connect(receiver)
        with signal.connected_to(receiver), signal.muted(receiver=receiver):
            signal.send(0)
        signal.send(1)
        signal.send_robust(2)
        assert signal.disconnect(receiver)
    assert calls == [1, 2, 1, 2]


def test_receivers_that_fail_when_asked_what_they_are_are_called_all_the_same(signal: Signal[Any, ..., Any]) -> None:
    """As proxies do whose object is not there yet."""

    class Proxy:
        def __fail(self) -> NoReturn:
            raise LookupError

        __class__: Any = property(__fail)

        def __call__(self, sender: object) -> str:
            return "called"

    proxy: Any = Proxy()
    signal.connect(proxy)
    assert [answer for _, answer in signal.send(None)] == ["called"]


def test_method_of_an_object_that_fails_when_asked_what_it_is_is_known_by_owner_and_name(
    signal: Signal[Any, ..., Any],
) -> None:
    class Queue(deque[object]):
        def __fail(self) -> NoReturn:
            raise LookupError

        __class__: Any = property(__fail)

    queue: Any = Queue()
    signal.connect(queue.append)
    signal.emit("sender")
    assert list(queue) == ["sender"]
    assert signal.disconnect(queue.append)


def test_failing_receiver_of_any_kind_is_named(signal: Signal[Any, ..., Any]) -> None:
    """Without asking it for its repr."""

    class Fiend:
        def __repr__(self) -> str:
            raise AssertionError

    fiend: Any = Fiend()
    with pytest.raises(TypeError, match=r"cannot connect a .*Fiend object: a receiver is callable"):
        signal.connect(fiend)


def heir_of(key: int) -> Callable[[object], object]:
    """A new function, with this id if it can be had."""
    # Not always the next one gets it: on Python 3.14 its annotations, themselves a function, are made before it.
    others = make_lambda(), make_function(), make_lambda(), make_function()
    return next((other for other in others if id(other) == key), others[0])


@pytest.mark.refcounts
def test_recycled_id_of_a_receiver_is_a_new_receiver_also_in_a_block(signal: Signal[Any, ..., Any]) -> None:
    recycled = 0
    for _ in range(200):
        receiver = make_function()
        signal.connect(receiver)
        signal.send("old")
        key = id(receiver)
        del receiver
        receiver = heir_of(key)
        recycled += id(receiver) == key
        with signal.connected_to(receiver):
            signal.send("new")
        signal.send("nobody")
        assert calls == ["old", "new"]
        calls.clear()
    assert recycled


@pytest.mark.refcounts
def test_recycled_id_of_a_receiver_is_a_new_receiver(signal: Signal[Any, ..., Any]) -> None:
    recycled = 0
    for number in range(200):
        receiver = make_function()
        signal.connect(receiver)
        signal.send(number)
        key = id(receiver)
        del receiver
        receiver = heir_of(key)
        recycled += id(receiver) == key
        assert not signal.disconnect(receiver)
        signal.send("nobody")
        signal.connect(receiver)
        signal.send(number)
        assert calls == [number, number]
        calls.clear()
        signal.disconnect(receiver)
    assert recycled
