"""A signal seen from one sender."""

import functools
import inspect
import sys
import types
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from typedsig import ANY, AsyncSignal, BoundAsyncSignal, BoundSignal, Raised, Returned, Signal


class Document:
    """A sender with signals of its own."""

    @Signal.method
    def changed(self, *, path: str) -> object:
        """Sent after the document was saved."""

    @Signal.method
    def renamed(self, *, path: str) -> object:
        """Sent after the document was renamed."""


def receiver(document: Document, *, path: str) -> str:
    return path


def other(document: Document, *, path: str) -> str:
    return path.upper()


@pytest.fixture
def document() -> Document:
    """Have a document of one's own."""
    return Document()


def test_connect_is_for_this_sender(document: Document) -> None:
    assert document.changed.connect(receiver) is receiver
    assert document.changed.send(path="a") == [(receiver, "a")]
    assert Document().changed.send(path="b") == []
    assert document.changed.disconnect(receiver)
    assert not document.changed.disconnect(receiver)


def test_connect_may_hold_the_receiver(document: Document, collect: Callable[[], None]) -> None:
    document.changed.connect(functools.partial(receiver), weak=False)
    collect()
    assert [answer for _, answer in document.changed.send(path="a")] == ["a"]


def test_receivers_of_every_sender_are_called_too(document: Document) -> None:
    document.changed.connect(receiver)
    with Document.changed.connected_to(other):
        assert document.changed.send(path="a") == [(receiver, "a"), (other, "A")]
        assert document.changed.receivers == [receiver, other]


def test_disconnect_leaves_receivers_of_every_sender(document: Document) -> None:
    with Document.changed.connected_to(other):
        assert not document.changed.disconnect(other)
        assert document.changed.has_receivers


def test_connected_to_is_for_this_sender(document: Document) -> None:
    with document.changed.connected_to(receiver):
        assert document.changed.has_receivers
        assert not Document().changed.has_receivers
    assert not document.changed.has_receivers


def test_all_three_sends_are_from_the_sender(document: Document) -> None:
    senders: list[Document] = []

    def failing(document: Document, *, path: str) -> None:
        senders.append(document)
        if path == "fail":
            raise ValueError

    document.changed.connect(failing)
    document.changed.emit(path="a")
    assert document.changed.send_robust(path="b") == [Returned(failing, None)]
    assert isinstance(document.changed.send_robust(path="fail")[0], Raised)
    assert document.changed.send(path="c") == [(failing, None)]
    assert senders == [document] * 4


def test_muted_is_for_this_sender(document: Document) -> None:
    with Document.changed.connected_to(receiver):
        with document.changed.muted():
            assert [document.changed.is_muted, Document.changed.is_muted] == [True, False]
            assert document.changed.send(path="a") == []
            assert Document().changed.send(path="b") != []
        with document.changed.muted(receiver=receiver, scope="context"):
            assert [document.changed.is_muted] == [False]
            assert document.changed.send(path="a") == []
        with Document.changed.muted():
            assert [document.changed.is_muted] == [True]
        assert document.changed.send(path="a") == [(receiver, "a")]


def test_muted_refuses_what_the_signal_refuses(document: Document) -> None:
    scope: Any = "thread"
    with pytest.raises(ValueError, match=r"Document.changed.muted\(\): scope"):
        document.changed.muted(scope=scope)


def test_bound_signal_knows_signal_and_sender(document: Document) -> None:
    changed = document.changed
    assert (changed.signal, changed.sender) == (Document.changed, document)
    assert (changed.name, changed.signature) == ("changed", Document.changed.signature)
    assert isinstance(changed, BoundSignal)
    assert isinstance(AsyncSignal().bind(document), BoundAsyncSignal)


def test_bound_signal_is_documented_as_the_signal_is(document: Document) -> None:
    assert document.changed.__doc__ == "Sent after the document was saved."
    assert document.renamed.__doc__ == "Sent after the document was renamed."
    assert document.changed.__module__ == __name__


def test_bound_signals_are_equal_by_signal_and_sender(document: Document) -> None:
    assert document.changed == document.changed == Document.changed.bind(document)
    assert len({document.changed, document.changed, document.renamed, Document().changed}) == 3
    assert document.changed != document.renamed
    assert document.changed != Document().changed
    assert document.changed != "changed"


def test_bound_signals_tell_senders_apart_as_signals_do() -> None:
    signal: Signal[Any, ..., Any] = Signal()
    assert signal.bind(1) == signal.bind(1)
    assert signal.bind(1) != signal.bind(True)
    assert signal.bind((1, 2)) != signal.bind(tuple([1, 2]))  # noqa: C409  # a literal would be one constant
    assert len({signal.bind([]), signal.bind([])}) == 2


def test_bound_signal_is_not_of_every_sender() -> None:
    with pytest.raises(TypeError, match=r"bind\(\): a bound signal has one sender, not ANY"):
        Signal().bind(ANY)


def test_argument_errors_name_the_signal(document: Document) -> None:
    send: Any = document.changed.send
    with pytest.raises(TypeError, match=r"Document\.changed\.send\(\) .*'pth'"):
        send(pth="a")
    with pytest.raises(TypeError, match=r"Document\.changed\.send\(\) .*'path'"):
        send()


def test_signature_has_no_sender(document: Document) -> None:
    assert str(inspect.signature(document.changed.send)) == "(*, path: str) -> list"
    assert str(inspect.signature(document.changed.emit)) == "(*, path: str) -> None"


def test_undeclared_bound_signal_takes_anything() -> None:
    signal: Signal[Any, ..., Any] = Signal()
    sent: list[object] = []

    def anything(*args: object, **kwargs: object) -> None:
        sent.append((args, kwargs))

    signal.connect(anything)
    bound = signal.bind("me")
    bound.send(1, sender=2)
    bound.emit(bound=3)
    bound.send_robust()
    assert sent == [(("me", 1), {"sender": 2}), (("me",), {"bound": 3}), (("me",), {})]


def test_repr_names_signal_and_sender(document: Document) -> None:
    text = repr(document.changed)
    assert text.startswith("<typedsig.")
    assert "Document.changed(self, *, path: str) -> object" in text
    assert text.endswith("of a tests.test_bound.Document object>".replace("tests.test_bound", __name__))
    assert "of 'me'" in repr(Signal().bind("me"))


def test_repr_counts_the_receivers_of_this_sender(document: Document) -> None:
    another = Document()

    def receive(sender: Document, *, path: str) -> None: ...

    document.changed.connect(receive)
    assert ", 1 receiver, of" in repr(document.changed)
    assert ", 0 receivers, of" in repr(another.changed)
    assert repr(Document.changed).endswith(", 1 receiver>")


# A bound signal as a receiver: one signal sends another


class Folder:
    """Sends what its documents send."""

    @Signal.method
    def child_changed(self, child: Document, *, path: str) -> object:
        """Sent after a document in the folder was saved."""

    @AsyncSignal.method
    async def child_saved(self, child: Document, *, path: str) -> object:
        """Sent after a document in the folder was saved."""


def test_signal_may_be_sent_by_another(document: Document) -> None:
    folder, other_folder = Folder(), Folder()
    heard: list[object] = []

    def hear(sender: Folder, child: Document, *, path: str) -> None:
        heard.append((sender, child, path))

    folder.child_changed.connect(hear)
    document.changed.connect(folder.child_changed.emit)
    document.changed.connect(other_folder.child_changed.emit)
    document.changed.emit(path="a")
    assert heard == [(folder, document, "a")]


@pytest.mark.parametrize("sender", [ANY, "document"])
def test_bound_signal_is_the_same_receiver_at_every_access(sender: Any) -> None:
    """It is an object of its own each time."""
    signal: Signal[Any, ..., Any] = Signal()
    folder, other_folder = Folder(), Folder()
    signal.connect(folder.child_changed.emit, sender)
    signal.connect(folder.child_changed.emit, sender)
    assert [getattr(receiver, "__self__", None) for receiver in signal.receivers] == [folder.child_changed]
    assert not signal.disconnect(other_folder.child_changed.emit, sender)
    assert not signal.disconnect(folder.child_changed.send, sender)
    assert not signal.disconnect(folder.child_saved.emit_async, sender)
    with signal.muted(receiver=folder.child_changed.emit):
        assert signal.send("document", document, path="a") == []
    assert len(signal.send("document", path="a")) == 1
    assert signal.disconnect(folder.child_changed.emit, sender)
    assert signal.receivers == []


@pytest.mark.refcounts
def test_bound_signal_listens_as_long_as_there_is_its_sender(document: Document) -> None:
    folder = Folder()
    document.changed.connect(folder.child_changed.emit)
    assert document.changed.has_receivers
    del folder
    assert not document.changed.has_receivers


def test_bound_signal_connected_strongly_keeps_its_sender(document: Document, collect: Callable[[], None]) -> None:
    folder = Folder()
    reference = weakref.ref(folder)
    document.changed.connect(folder.child_changed.emit, weak=False)
    del folder
    collect()
    kept = reference()
    assert kept is not None
    assert document.changed.disconnect(kept.child_changed.emit)
    del kept
    collect()
    assert reference() is None


def test_bound_signal_of_a_value_can_only_be_connected_strongly() -> None:
    signal: Signal[Any, ..., Any] = Signal(name="one")
    another: Signal[Any, ..., Any] = Signal(name="another")
    with pytest.raises(TypeError, match=r"another.*'me' cannot be weakly referenced\. Connect it with weak=False"):
        another.connect(signal.bind("me").emit)
    another.connect(signal.bind("me").emit, weak=False)
    another.connect(signal.bind("me").emit, weak=False)
    assert len(another.receivers) == 1
    assert another.disconnect(signal.bind("me").emit)


async def send_both(document: Document, folder: Folder) -> list[object]:
    saved: AsyncSignal[Document, ..., object] = AsyncSignal()
    saved.connect(folder.child_saved.send_async)
    saved.connect(folder.child_changed.send)
    return [value for _, value in await saved.send_async(document, path="a")]


@pytest.mark.anyio
async def test_async_bound_signal_is_a_coroutine_function(document: Document) -> None:
    folder = Folder()

    async def hear_late(sender: Folder, child: Document, *, path: str) -> str:
        return path

    def hear(sender: Folder, child: Document, *, path: str) -> str:
        return path

    folder.child_saved.connect(hear_late)
    folder.child_changed.connect(hear)
    assert await send_both(document, folder) == [[(hear_late, "a")], [(hear, "a")]]
    with pytest.raises(TypeError, match=r"child_saved\.send_async.*it is a coroutine function"):
        document.changed.connect(folder.child_saved.send_async)


def test_failure_behind_a_bound_signal_names_both(document: Document) -> None:
    folder = Folder()

    def fail(sender: Folder, child: Document, *, path: str) -> None:
        raise ValueError("failed")

    folder.child_changed.connect(fail)
    document.changed.connect(folder.child_changed.emit)
    (outcome,) = document.changed.send_robust(path="a")
    assert isinstance(outcome, Raised)
    assert getattr(outcome.receiver, "__self__", None) == folder.child_changed
    if sys.version_info >= (3, 11):
        assert outcome.error.__notes__ == [
            f"raised by {fail.__module__}.{fail.__qualname__}, a receiver of {__name__}.Folder.child_changed",
            f"raised by {__name__}.Folder.child_changed.emit, a receiver of {__name__}.Document.changed",
        ]


class Counting(Signal[Any, ..., Any]):
    """Overrides one of its sends."""

    emitted = 0

    def emit(self, sender: Any, /, *args: Any, **kwargs: Any) -> None:
        self.emitted += 1
        super().emit(sender, *args, **kwargs)


def test_overridden_sends_are_receivers_of_their_own(document: Document) -> None:
    counting = Counting()
    document.changed.connect(counting.bind(document).emit)
    document.changed.connect(counting.bind(document).emit)
    document.changed.connect(counting.bind(document).send)
    assert len(document.changed.send(path="a")) == 2
    assert counting.emitted == 1
    assert document.changed.disconnect(counting.bind(document).emit)
    assert len(document.changed.receivers) == 1
    assert counting.bind(document).emit.__qualname__ == "Counting.emit"


def test_functions_of_ones_own_bound_to_a_bound_signal_are_told_apart(document: Document) -> None:
    called: list[int] = []
    folder = Folder()

    def make(number: int) -> Callable[..., object]:
        def relay(bound: object, sender: Document, *, path: str) -> None:
            called.append(number)

        return relay

    for function in (make(1), make(2), functools.partial(make(3))):
        document.changed.connect(types.MethodType(function, folder.child_changed))
    assert len(document.changed.receivers) == 3
    document.changed.emit(path="a")
    assert called == [1, 2, 3]
