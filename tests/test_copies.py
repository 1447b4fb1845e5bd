"""Copying and pickling: importable signals are themselves, all others are fresh and unconnected."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from typedsig import ANY, AsyncSignal, Signal


@Signal
def saved(sender: object, *, path: str) -> object:
    """Sent after something was saved."""


@AsyncSignal
async def loaded(sender: object, *, path: str) -> object:
    """Sent after something was loaded."""


class Document:
    """A sender with a signal of its own."""

    def __init__(self) -> None:
        self.path = ["a"]

    @Signal.method
    def changed(self, *, path: str) -> object:
        """Sent after the document was saved."""

    class Page:
        """A class in a class."""

        @Signal.method
        def turned(self) -> object:
            """Sent after the page was turned."""


class Window:
    """An owner whose signal is made with it."""

    def __init__(self) -> None:
        self.resized = Signal["Window", [int]](name="resized")
        self.also_resized = self.resized


class Loud(Signal[Any, ..., Any]):
    """A subclass with attributes."""

    level = 1

    def __init__(self, prototype: Any = None, /, **options: Any) -> None:
        super().__init__(prototype, **options)
        self.history: list[str] = []


class Slotted(Signal[Any, ..., Any]):
    """A subclass with slots, one of them private, one never filled."""

    __slots__ = ("__level", "empty", "history")

    def __init__(self, prototype: Any = None, /) -> None:
        super().__init__(prototype)
        self.history: list[str] = []
        self.__level = 3

    @property
    def level(self) -> int:
        return self.__level


class OneSlot(Signal[Any, ..., Any]):
    """A subclass whose slots are written as one string."""

    __slots__ = "history"  # it is allowed


def receiver(sender: object, *args: object, **kwargs: object) -> None: ...


def listener(signal: object, /, **payload: object) -> None: ...


every_copy = pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))  # of our own making


@pytest.mark.parametrize("signal", [saved, loaded, Document.changed, Document.Page.turned])
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_importable_signals_copy_as_themselves(signal: Signal[Any, ..., Any], copied: Callable[[Any], Any]) -> None:
    """Those found by module and qualified name."""
    assert copied(signal) is signal


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_importable_signals_pickle_in_every_protocol(protocol: int) -> None:
    assert pickle.loads(pickle.dumps([saved, Document.changed], protocol)) == [
        saved,
        Document.changed,
    ]  # of our own making


@every_copy
def test_copy_of_a_signal_is_fresh_and_unconnected(copied: Callable[[Any], Any]) -> None:
    def prototype(sender: object, *, path: str) -> object:
        """Say what."""

    signals: list[Any] = [Signal(prototype, name="other"), Signal(name="plain"), Signal(), AsyncSignal(name="plain")]
    for signal in signals:
        signal.connect(receiver)
        signal.receiver_connected.connect(listener)
        with signal.muted():
            fresh = copied(signal)
        assert fresh is not signal
        assert (fresh.receivers, fresh.is_muted, fresh.receiver_connected.receivers) == ([], False, [])
        assert type(fresh) is type(signal)
        for name in ("name", "signature", "__doc__", "__name__", "__qualname__", "__module__"):
            assert getattr(fresh, name) == getattr(signal, name)
        fresh.connect(receiver, "me")
        assert signal.receivers_for("me") == [receiver]


@every_copy
def test_copy_of_a_signal_checks_arguments(copied: Callable[[Any], Any]) -> None:
    @Signal
    def local(sender: object, *, path: str) -> object: ...

    fresh = copied(local)
    assert fresh.send(None, path="a") == []
    with pytest.raises(TypeError, match=r"local\.send\(\) .*'pth'"):
        fresh.send(None, pth="a")


def test_deep_copy_of_an_owner_gives_its_own_signals_fresh() -> None:
    window = Window()
    window.resized.connect(receiver)
    fresh = copy.deepcopy(window)
    assert fresh.resized is not window.resized
    assert fresh.resized is fresh.also_resized
    assert fresh.resized.receivers == []
    assert window.resized.receivers == [receiver]


def test_deep_copy_of_an_owner_is_a_sender_of_its_own() -> None:
    document = Document()
    document.changed.connect(receiver)
    fresh = copy.deepcopy(document)
    assert fresh.changed.receivers == []
    assert document.changed.receivers == [receiver]
    document.changed.disconnect(receiver)


@pytest.mark.parametrize("kind", [Loud, Slotted])
def test_copy_of_a_subclass_keeps_what_it_holds(kind: Any) -> None:
    signal = kind()
    signal.history.append("made")
    shallow, deep = copy.copy(signal), copy.deepcopy(signal)
    assert type(shallow) is type(deep) is type(signal)
    assert shallow.history is signal.history
    assert deep.history == ["made"]
    assert deep.history is not signal.history
    assert shallow.level == deep.level == signal.level
    assert not hasattr(deep, "empty")


def test_copy_of_a_subclass_with_one_slot_keeps_what_it_holds() -> None:
    signal: Any = OneSlot()
    assert not hasattr(copy.copy(signal), "history")
    signal.history = "made"
    assert copy.copy(signal).history == "made"


def test_deep_copy_of_a_signal_that_holds_itself_ends() -> None:
    signal: Any = Loud()
    signal.history.append(signal)
    fresh = copy.deepcopy(signal)
    assert fresh.history[0] is fresh


@pytest.mark.parametrize(
    ("signal", "label"),
    [
        (Signal(), "the unnamed typedsig.Signal"),
        (Signal(name="plain"), "typedsig.Signal 'plain'"),
        (AsyncSignal(name="plain"), "typedsig.AsyncSignal 'plain'"),
        (Loud(), f"the unnamed {__name__}.Loud"),
    ],
)
def test_signals_that_cannot_be_found_are_not_pickled(signal: object, label: str) -> None:
    with pytest.raises(TypeError, match=rf"cannot pickle .*{label}: only a signal that can be found by module and"):
        pickle.dumps(signal)


def test_bound_signals_copy_with_their_sender() -> None:
    document = Document()
    assert copy.copy(document.changed) == document.changed
    deep = copy.deepcopy(document.changed)
    assert deep.signal is Document.changed
    assert deep.sender is not document
    assert deep.sender.path == ["a"]
    fresh, changed = copy.deepcopy((document, document.changed))
    assert changed == fresh.changed


def test_bound_signals_pickle_with_their_sender() -> None:
    document, changed = pickled((document := Document(), document.changed))
    assert changed == document.changed
    with pytest.raises(TypeError, match="cannot pickle"):
        pickled(Signal().bind("me"))


def test_any_stays_the_only_one() -> None:
    assert copy.deepcopy(ANY) is pickled(ANY) is ANY
