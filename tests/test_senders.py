"""When two senders are the same."""

import enum
import gc
import pathlib
import uuid
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import pytest

from typedsig import ANY, AnySender, Signal


class Number(enum.IntEnum):
    """A value that equals an int."""

    ONE = 1


class Text(str):
    """A value that equals a string."""

    __slots__ = ()


@dataclass
class Plain:
    """Equal by value and not hashable."""

    name: str = "plain"


class Fiend:
    """Nobody may look at this but by identity."""

    def __fail(self, *args: object) -> NoReturn:
        raise AssertionError

    __eq__ = __ne__ = __hash__ = __bool__ = __len__ = __repr__ = __str__ = __getattr__ = __fail


class Slotted:
    """Cannot be weakly referenced."""

    __slots__ = ()


@pytest.fixture
def signal() -> Signal[Any, ..., Any]:
    """Take anything from anybody."""
    return Signal(name="signal")


def receiver(sender: object) -> None: ...


def reaches(signal: Signal[Any, ..., Any], sender: object) -> bool:
    called = bool(signal.send(sender))
    assert called == signal.has_receivers_for(sender) == bool(signal.receivers_for(sender))
    return called


ordinary_senders = pytest.mark.parametrize(
    "sender",
    [0, 1, False, True, None, "", b"", 0.0, (), [], {}, Plain(), Fiend(), Slotted(), object, Fiend, AnySender, "ANY"],
    ids=lambda sender: type(sender).__name__,
)


@ordinary_senders
def test_any_never_equals_a_users_value(signal: Signal[Any, ..., Any], sender: object) -> None:
    """``0``, ``False``, ``None`` and classes are senders like any other."""
    signal.connect(receiver, sender)
    assert reaches(signal, sender)
    assert not reaches(signal, "somebody else")
    assert not reaches(signal, object())
    assert signal.disconnect(receiver, sender)
    assert not signal.has_receivers


@ordinary_senders
def test_every_sender_reaches_receivers_for_any(signal: Signal[Any, ..., Any], sender: object) -> None:
    signal.connect(receiver, ANY)
    assert reaches(signal, sender)
    assert not signal.disconnect(receiver, sender)
    assert reaches(signal, sender)


@pytest.mark.parametrize(
    "make",
    [
        lambda: 1,
        lambda: True,
        lambda: 1.0,
        lambda: 10**30,
        lambda: str(b"sender", "ascii"),
        lambda: bytes(bytearray(b"sender")),
    ],
)
def test_values_are_the_same_sender_when_type_and_value_are(
    signal: Signal[Any, ..., Any], make: Callable[[], object]
) -> None:
    signal.connect(receiver, make())
    assert reaches(signal, make())
    assert signal.bind(make()) == signal.bind(make())
    assert signal.disconnect(receiver, make())


@pytest.mark.parametrize(
    "make",
    [
        lambda: (1, 2),
        lambda: pathlib.Path("a"),
        lambda: uuid.UUID(int=1),
        lambda: frozenset({1, 2}),
        lambda: 1j,
        lambda: Text("text"),
        Plain,
        Slotted,
        object,
    ],
    ids=["tuple", "path", "uuid", "frozenset", "complex", "str subclass", "dataclass", "slots", "object"],
)
def test_everything_else_is_itself_only(signal: Signal[Any, ..., Any], make: Callable[[], object]) -> None:
    """Tuples and paths too, though another may equal them."""
    arguments = [1, 2]
    sender, other = make(), make()
    if sender is other:  # a constant of the compiler's
        sender, other = tuple(arguments), tuple(arguments)
    signal.connect(receiver, sender)
    assert reaches(signal, sender)
    assert not reaches(signal, other)


def test_equal_values_of_other_types_are_other_senders(signal: Signal[Any, ..., Any]) -> None:
    senders = [1, True, 1.0, Number.ONE, "1", b"1", Text("1")]
    for sender in senders:
        signal.connect(receiver, sender)
        assert [other for other in senders if reaches(signal, other)] == [sender]
        signal.disconnect(receiver, sender)


def test_int_never_meets_another_objects_id(signal: Signal[Any, ..., Any]) -> None:
    sender = Plain()
    signal.connect(receiver, sender)
    assert not reaches(signal, id(sender))
    signal.connect(receiver, id(signal))
    assert not reaches(signal, signal)


def test_senders_are_never_asked_for_hash_equality_or_truth(signal: Signal[Any, ..., Any]) -> None:
    """Nor for their repr, except by the user."""
    fiend, other = Fiend(), Fiend()
    signal.connect(receiver, fiend)
    with signal.muted(sender=other), signal.connected_to(receiver, other):
        assert len(signal.send(fiend)) == 1
        assert signal.send(other) == []
    assert signal.bind(fiend) == signal.bind(fiend)
    assert signal.bind(fiend) != signal.bind(other)
    assert "Fiend object" in repr(signal.bind(fiend))
    assert signal.disconnect(receiver, fiend)


def test_metaclass_code_of_a_sender_is_never_run(signal: Signal[Any, ..., Any]) -> None:
    class Meta(type):
        __eq__ = __hash__ = __call__ = Fiend.__hash__  # type: ignore[assignment]  # fails when it is called

    sender = Meta("Sender", (), {})
    signal.connect(receiver, sender)
    assert len(signal.send(sender)) == 1
    assert signal.disconnect(receiver, sender)


def test_connection_for_a_sender_does_not_keep_it_alive(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    sender = Plain()
    signal.connect(receiver, sender, weak=False)
    del sender
    collect()
    assert not signal.has_receivers
    assert signal.receivers == []


@pytest.mark.refcounts
def test_sender_that_cannot_be_weakly_referenced_is_kept(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    """So that its id is nobody else's."""
    key = id(sender := Slotted())
    signal.connect(receiver, sender)
    del sender
    collect()
    assert signal.has_receivers
    others = [Slotted() for _ in range(1000)]
    assert key not in map(id, others)
    assert not any(reaches(signal, other) for other in others)
    assert signal.disconnect(receiver)
    assert not signal.has_receivers


@pytest.mark.refcounts
def test_recycled_id_of_a_sender_reaches_nobody(signal: Signal[Any, ..., Any]) -> None:
    keep = [Plain() for _ in range(100)]

    def other_receiver(sender: object) -> None: ...

    signal.connect(other_receiver, keep[0])
    recycled = 0
    for _ in range(200):
        sender = Plain()
        signal.connect(receiver, sender)
        signal.send(sender)
        key = id(sender)
        del sender
        other = Plain()
        recycled += id(other) == key
        assert not reaches(signal, other)
        assert not reaches(signal, other)  # also once the death was dealt with
        assert not signal.disconnect(receiver, other)
        assert not signal.disconnect(receiver)
    assert signal.receivers_for(keep[0]) == [other_receiver]
    assert recycled


def test_none_is_not_taken_for_a_sender_that_is_dying(signal: Signal[Any, ..., Any]) -> None:
    """A weak reference to the dead answers with None as well."""
    answers: list[object] = []
    sender = Plain()
    signal.connect(receiver, sender)
    assert reaches(signal, sender)
    # Called before the signal hears of the death, since it was made later.
    late = weakref.ref(sender, lambda _: answers.append(signal.send(None)))
    del sender
    gc.collect()
    assert late() is None
    assert answers == [[]]


def test_sends_of_one_sender_after_another_call_their_own_receivers(signal: Signal[Any, ..., Any]) -> None:
    one, other, nobody = Plain("one"), Plain("other"), Plain("nobody")
    heard: list[tuple[str, object]] = []

    def first(sender: object) -> None:
        heard.append(("first", sender))

    def second(sender: object) -> None:
        heard.append(("second", sender))

    signal.connect(first, one)
    signal.connect(second, other)
    for sender in (one, one, other, one, nobody, None, other, other):
        signal.send(sender)
    expected = [("first", one), ("first", one), ("second", other), ("first", one), ("second", other), ("second", other)]
    assert [name for name, _ in heard] == [name for name, _ in expected]
    assert all(sender is wanted for (_, sender), (_, wanted) in zip(heard, expected, strict=True))


@pytest.mark.refcounts
def test_nothing_is_disconnected_from_a_sender_that_died(signal: Signal[Any, ..., Any]) -> None:
    told: list[object] = []

    def listen(of: object, *, receiver: object, sender: object) -> None:
        told.append(sender)

    signal.receiver_disconnected.connect(listen)
    signal.connect(receiver, Plain())
    assert not signal.disconnect(receiver)
    assert told == []


@pytest.mark.refcounts
def test_receivers_for_a_sender_are_gone_with_it_whatever_is_asked_first(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(receiver, Plain())
    assert signal.receivers == []
    signal.connect(receiver, Plain())
    assert "0 receivers" in repr(signal)
    signal.connect(receiver, Plain())
    assert not signal.has_receivers
    signal.connect(receiver, Plain())
    assert not signal.disconnect(receiver)


def test_sender_may_connect_to_itself_again_while_it_dies(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    class Clinging:
        def __del__(self) -> None:
            signal.connect(receiver, self)

    sender = Clinging()
    signal.connect(receiver, sender)
    del sender
    collect()
    assert not signal.has_receivers


def test_any_is_the_only_one_of_its_type() -> None:
    assert list(AnySender) == [ANY]
    assert repr(ANY) == "typedsig.ANY"
