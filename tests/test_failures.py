"""When receivers fail: visible, named, and never wrapped beyond recognition."""

import functools
import gc
import sys
import traceback
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any
from unittest.mock import ANY

import pytest

from typedsig import Outcome, Raised, Returned, Signal, unwrap

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

notes = pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions take notes since Python 3.11")


@Signal
def saved(sender: object, *, path: str) -> object:
    """Sent after something was saved."""


def declared(sender: object) -> object:
    """Declare a signal that sends nothing else."""


@pytest.fixture
def signal() -> Signal[Any, ..., Any]:
    """Take anything from anybody."""
    return Signal(name="signal")


def fail(sender: object, **payload: object) -> None:
    raise ValueError("failed")


def fail_too(sender: object, **payload: object) -> None:
    raise KeyError("failed, too")


def notes_of(error: BaseException) -> list[str]:
    notes: list[str] = getattr(error, "__notes__", [])
    return notes


def fine(sender: object, **payload: object) -> str:
    return "fine"


class Owner:
    def fail(self, sender: object, **payload: object) -> None:
        raise ValueError("failed")

    def __call__(self, sender: object, **payload: object) -> None:
        raise ValueError("failed")


# send and emit


@pytest.mark.parametrize("send", ["send", "emit"])
def test_exception_of_a_receiver_ends_the_send(signal: Signal[Any, ..., Any], send: str) -> None:
    """With its type, and its traceback first."""
    called: list[object] = []
    signal.connect(called.append, weak=False)
    signal.connect(fail)
    signal.connect(fine)
    signal.connect(called.append, "me", weak=False)
    with pytest.raises(ValueError, match="failed") as caught:
        getattr(signal, send)("me")
    assert caught.traceback[-1].name == "fail"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert called == ["me"]


@pytest.mark.parametrize("send", ["send", "emit", "send_robust"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_is_no_exception_always_ends_the_send(
    signal: Signal[Any, ..., Any], send: str, error: type[BaseException]
) -> None:
    def interrupt(sender: object) -> None:
        raise error

    called: list[object] = []
    signal.connect(interrupt)
    signal.connect(called.append, weak=False)
    with pytest.raises(error):
        getattr(signal, send)(None)
    assert called == []


def refuses(sender: object) -> None:
    """Take no payload."""


@pytest.mark.parametrize("send", ["send", "emit"])
@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "leaves"])
@pytest.mark.parametrize("others", [0, 2])
def test_type_error_is_not_taken_for_the_death_of_a_receiver(
    signal: Signal[Any, ..., Any], others: int, leaves: bool, send: str
) -> None:
    """A send calls what the reference to a plain function gives, and None, of a dead one, cannot be called."""
    nothing: Any = None

    def mistaken(sender: object, **payload: object) -> None:
        if leaves:
            signal.disconnect(mistaken)
        nothing()

    def first(sender: object, **payload: object) -> None:
        signal.disconnect(then)

    def then(sender: object, **payload: object) -> None: ...

    for other in (first, then)[:others]:  # one that is gone stands before
        signal.connect(other)
    signal.connect(mistaken)
    signal.connect(fine)
    with pytest.raises(TypeError, match="'NoneType' object is not callable") as caught:
        getattr(signal, send)(None, path="a")
    assert caught.traceback[-1].name == "mistaken"
    assert caught.value.__context__ is None
    if sys.version_info >= (3, 11):
        assert len(notes_of(caught.value)) == 1
        assert "mistaken" in notes_of(caught.value)[0]


class Forgets:
    """Leaves an error without a traceback, so that it seems to come from the caller."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, tb: object) -> None:
        if error is not None:
            error.__traceback__ = None


@pytest.mark.parametrize("send", ["send", "emit"])
@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "leaves"])
def test_error_without_a_traceback_is_not_taken_for_the_death_of_a_receiver(
    signal: Signal[Any, ..., Any], leaves: bool, send: str
) -> None:
    thing: Any = 5 if leaves else None

    def mistaken(sender: object) -> None:
        if leaves:
            signal.disconnect(mistaken)
        with Forgets():
            thing()

    signal.connect(mistaken)
    signal.connect(fine)
    with pytest.raises(TypeError, match="object is not callable"):
        getattr(signal, send)(None)


class Uncomparable:
    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")

    __hash__ = None  # type: ignore[assignment]  # as for what is unhashable


@pytest.mark.parametrize("send", ["send", "emit"])
@pytest.mark.parametrize("kind", [TypeError, ValueError])
@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "leaves"])
def test_what_an_exception_was_made_of_is_left_alone(
    signal: Signal[Any, ..., Any], leaves: bool, kind: type[Exception], send: str
) -> None:
    """Arrays, for instance, cannot be compared for true or false."""

    def failing(sender: object) -> None:
        if leaves:
            signal.disconnect(failing)
        raise kind(Uncomparable())

    signal.connect(failing)
    signal.connect(fine)
    with pytest.raises(kind) as caught:
        getattr(signal, send)(None)
    assert type(caught.value.args[0]) is Uncomparable
    assert caught.value.__context__ is None


@pytest.mark.parametrize("send", ["send", "emit"])
def test_receiver_that_does_not_take_what_is_sent_is_told(signal: Signal[Any, ..., Any], send: str) -> None:
    signal.connect(fine)
    signal.connect(refuses)
    signal.connect(fail)
    with pytest.raises(TypeError, match=r"refuses\(\).*path") as caught:
        getattr(signal, send)(None, path="a")
    if sys.version_info >= (3, 11):
        assert notes_of(caught.value) == [f"raised by {__name__}.refuses, a receiver of typedsig.Signal 'signal'"]


def test_signal_is_usable_after_a_failure(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(fail)
    signal.connect(fine)
    with pytest.raises(ValueError, match="failed"):
        signal.send(None)
    signal.disconnect(fail)
    assert signal.send(None) == [(fine, "fine")]


# Notes


@notes
@pytest.mark.parametrize(
    ("receiver", "name"),
    [
        (fail, f"{__name__}.fail"),
        (Owner().fail, f"{__name__}.Owner.fail"),
        (Owner(), f"a {__name__}.Owner object"),
        (functools.partial(fail), f"functools.partial({__name__}.fail)"),
        (functools.partial(Owner().fail, more=1), f"functools.partial({__name__}.Owner.fail)"),
    ],
    ids=["function", "method", "object", "partial", "partial method"],
)
@pytest.mark.parametrize("send", ["send", "emit", "send_robust"])
def test_note_names_signal_and_receiver(receiver: Any, name: str, send: str) -> None:
    with saved.connected_to(receiver):
        try:
            (outcome,) = getattr(saved, send)(None, path="a")
            error = outcome.error
        except ValueError as raised:
            error = raised
    assert notes_of(error) == [f"raised by {name}, a receiver of {__name__}.saved"]


@notes
def test_note_is_made_once_for_each_send_it_passes(signal: Signal[Any, ..., Any]) -> None:
    outer: Signal[Any, ..., Any] = Signal(name="outer")

    def relay(sender: object) -> None:
        signal.send(sender)

    signal.connect(fail)
    outer.connect(relay)
    with pytest.raises(ValueError, match="failed") as caught:
        outer.send(None)
    assert notes_of(caught.value) == [
        f"raised by {__name__}.fail, a receiver of typedsig.Signal 'signal'",
        f"raised by {relay.__module__}.{relay.__qualname__}, a receiver of typedsig.Signal 'outer'",
    ]


@notes
def test_note_is_not_repeated_when_the_same_exception_is_raised_again(signal: Signal[Any, ..., Any]) -> None:
    error = ValueError("always the same")

    def fail_alike(sender: object) -> None:
        raise error

    signal.connect(fail_alike)
    for _ in range(3):
        with pytest.raises(ValueError, match="always"):
            signal.send(None)
    assert len(notes_of(error)) == 1


@notes
def test_note_names_a_receiver_that_has_just_disconnected_itself(signal: Signal[Any, ..., Any]) -> None:
    class Once:
        def receive(self, sender: object) -> None:
            signal.disconnect(self.receive)
            raise ValueError("failed")

    once = Once()
    signal.connect(once.receive)
    with pytest.raises(ValueError, match="failed") as caught:
        signal.send(None)
    assert "Once.receive, a receiver of" in notes_of(caught.value)[0]


@pytest.mark.parametrize("send", ["send", "emit", "send_robust"])
def test_exception_that_takes_no_notes_reaches_the_user(signal: Signal[Any, ..., Any], send: str) -> None:
    class Sealed(Exception):
        __notes__: Any = 3

        def add_note(self, note: str, /) -> None:
            raise RuntimeError

    def fail_sealed(sender: object) -> None:
        raise Sealed

    signal.connect(fail_sealed)
    error: BaseException
    try:
        (outcome,) = getattr(signal, send)(None)
        error = outcome.error
    except Sealed as raised:
        error = raised
    assert type(error) is Sealed
    assert error.__cause__ is error.__context__ is None


# send_robust


def test_robust_send_calls_all_and_tells_of_each(signal: Signal[Any, ..., Any]) -> None:
    owner, partial = Owner(), functools.partial(fail)
    receivers: list[Callable[..., Any]] = [fail, fine, owner.fail, owner, partial, fail_too]
    for receiver in receivers:
        signal.connect(receiver)
    outcomes = signal.send_robust(None)
    assert [outcome.receiver for outcome in outcomes] == receivers
    assert [type(outcome) for outcome in outcomes] == [Raised, Returned, Raised, Raised, Raised, Raised]
    assert outcomes[1] == Returned(fine, "fine")
    for outcome in outcomes:
        if isinstance(outcome, Raised):
            assert type(outcome.error) is (KeyError if outcome.receiver is fail_too else ValueError)


def test_robust_send_without_receivers_is_an_empty_list() -> None:
    assert saved.send_robust(None, path="a") == []


def test_robust_send_tells_a_returned_exception_from_a_raised_one(signal: Signal[Any, ..., Any]) -> None:
    error = ValueError("returned")

    def give(sender: object) -> ValueError:
        return error

    signal.connect(give)
    assert signal.send_robust(None) == [Returned(give, error)]


def test_robust_send_assumes_nothing_about_a_receiver(signal: Signal[Any, ..., Any]) -> None:
    class Bare:
        """No name, no module, a repr that fails."""

        def __getattribute__(self, name: str) -> object:
            raise AttributeError(name)

        def __repr__(self) -> str:
            raise RuntimeError

        def __call__(self, sender: object) -> None:
            raise LookupError

    bare = Bare()
    signal.connect(bare, weak=False)
    (outcome,) = signal.send_robust(None)
    assert isinstance(outcome, Raised)
    assert outcome.receiver is bare
    assert type(outcome.error) is LookupError


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="the methods of PyPy's own types are plain methods")
def test_robust_send_tells_of_a_method_that_is_gone_with_its_owner(signal: Signal[Any, ..., Any]) -> None:
    class Inbox(deque[object]):
        def __getattribute__(self, name: str) -> object:
            if name == "append" and closed:
                raise LookupError(name)
            return super().__getattribute__(name)

    closed = False
    inbox = Inbox()
    signal.connect(fine)
    signal.connect(inbox.append)
    closed = True
    returned, raised = signal.send_robust(None)
    assert returned == Returned(fine, "fine")
    assert isinstance(raised, Raised)
    assert type(raised.error) is LookupError
    assert raised.receiver == inbox


def test_raised_error_has_its_traceback(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(fail)
    (outcome,) = signal.send_robust(None)
    assert isinstance(outcome, Raised)
    assert [frame.name for frame in traceback.extract_tb(outcome.error.__traceback__)] == ["send_robust", "fail"]


def test_errors_keep_no_cycle_alive(signal: Signal[Any, ..., Any]) -> None:
    """They are let go as soon as their outcomes are, without the help of the garbage collector."""

    class Fail(Exception):
        pass

    def fail(sender: object) -> None:
        raise Fail

    signal.connect(fail)
    gc.collect()
    gc.disable()
    try:
        outcomes = signal.send_robust(None)
        assert isinstance(outcomes[0], Raised)
        watched = weakref.ref(outcomes[0].error)
        with pytest.raises(ExceptionGroup) as caught:
            unwrap(outcomes)
        del outcomes, caught
        if sys.implementation.name == "cpython":
            assert watched() is None
    finally:
        gc.enable()


# Outcomes


def test_outcomes_read_well_in_match() -> None:
    def tell(outcome: Outcome[object]) -> str:
        match outcome:
            case Returned(receiver, value):
                return f"{getattr(receiver, '__name__', '')} returned {value}"
            case Raised(receiver, ValueError() as error):
                return f"{getattr(receiver, '__name__', '')} raised {error}"
            case Raised(error=error):
                return f"something else: {error!r}"

    with saved.connected_to(fine), saved.connected_to(fail), saved.connected_to(fail_too):
        told = [tell(outcome) for outcome in saved.send_robust(None, path="a")]
    assert told == ["fine returned fine", "fail raised failed", "something else: KeyError('failed, too')"]


def test_outcomes_are_equal_by_receiver_and_answer() -> None:
    error = ValueError("failed")
    assert Returned(fine, 1) == Returned(fine, 1)
    assert Returned(fine, 1) != Returned(fail, 1)
    assert Returned(fine, 1) != Returned(fine, 2)
    assert (Returned(fine, 1) == 1) is False
    assert Returned(fine, 1) == ANY  # others may have their say
    assert Raised(fail, error) == Raised(fail, error)
    assert Raised(fail, error) != Raised(fail, ValueError("failed"))
    assert Returned(fail, error) != Raised(fail, error)
    assert len({Returned(fine, 1), Returned(fine, 1), Raised(fail, error), Raised(fail, error)}) == 2


def test_outcomes_are_unchangeable_and_small() -> None:
    for outcome in (Returned(fine, 1), Raised(fail, ValueError())):
        for name in ("receiver", "value", "error", "other"):
            with pytest.raises(AttributeError):
                setattr(outcome, name, 2)
        assert not hasattr(outcome, "__dict__")


def test_outcomes_say_who_answered_what() -> None:
    assert repr(Returned(len, 3)) == "typedsig.Returned(<built-in function len>, 3)"
    assert repr(Raised(len, ValueError(3))) == "typedsig.Raised(<built-in function len>, ValueError(3))"


def test_unwrap_gives_what_was_returned() -> None:
    assert unwrap([Returned(fine, 1), Returned(fine, 2)]) == [1, 2]
    assert unwrap([]) == []
    assert unwrap(iter([Returned(fine, 1)])) == [1]


def test_unwrap_takes_outcomes_only(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(fine)
    sent: Any = signal.send(None)
    with pytest.raises(
        TypeError, match=r"unwrap\(\) takes what send_robust\(\) .* gives, not a builtins\.tuple object"
    ):
        unwrap(sent)


def test_unwrap_raises_everything_that_was_raised(signal: Signal[Any, ..., Any]) -> None:
    for receiver in (fail, fine, fail_too):
        signal.connect(receiver)
    with pytest.raises(ExceptionGroup, match="2 of 3 receivers failed") as caught:
        unwrap(signal.send_robust(None))
    assert [type(error) for error in caught.value.exceptions] == [ValueError, KeyError]


# Coroutines on a synchronous signal


async def coroutine_function(sender: object, **payload: object) -> None: ...


def returns_coroutine(sender: object, **payload: object) -> Coroutine[Any, Any, None]:
    return coroutine_function(sender, **payload)


class Wraps:
    @functools.wraps(coroutine_function)
    def method(self, *args: object, **kwargs: object) -> object:
        return coroutine_function(*args, **kwargs)


@pytest.mark.parametrize("send", ["send", "emit"])
@pytest.mark.parametrize("receiver", [returns_coroutine, Wraps().method], ids=["function", "method"])
@pytest.mark.parametrize("other", ["function", "method", "nobody"])
def test_returned_coroutine_is_closed_and_refused(
    signal: Signal[Any, ..., Any], receiver: Any, other: str, send: str
) -> None:
    """As if the receiver had raised it."""
    called: list[object] = []
    signal.connect(receiver)
    if other != "nobody":
        signal.connect(called.append if other == "method" else lambda sender: called.append(sender), weak=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(TypeError, match=r"coroutine.*AsyncSignal") as caught:
            getattr(signal, send)(None)
        gc.collect()
    assert "'signal'" in str(caught.value)
    if sys.version_info >= (3, 11):
        assert notes_of(caught.value) != []
    assert called == []


def test_refusal_of_a_coroutine_names_the_receiver(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(returns_coroutine)
    with pytest.raises(TypeError) as caught:
        signal.send(None)
    assert "returns_coroutine" in str(caught.value)


@pytest.mark.parametrize("make", [Signal, lambda: Signal(declared)], ids=["undeclared", "declared"])
def test_coroutine_of_a_receiver_that_leaves_by_its_call_is_refused_by_name(
    make: Callable[[], Signal[Any, ..., Any]],
) -> None:
    signal = make()

    async def wait() -> None: ...

    class Slotted:
        __slots__ = ()

        def __call__(self, sender: object) -> object:
            signal.disconnect(self)
            return wait()

    signal.connect(Slotted(), weak=False)
    with pytest.raises(TypeError, match=r"^a .*\.Slotted object returned a coroutine"):
        signal.send(None)


@pytest.mark.refcounts
def test_coroutine_of_a_receiver_that_dies_by_its_call_is_refused(signal: Signal[Any, ..., Any]) -> None:
    async def wait() -> None: ...

    def vanish(sender: object) -> object:
        functions.clear()
        return wait()

    functions = [vanish]
    del vanish
    signal.connect(fine)
    signal.connect(functions[0])
    with pytest.raises(TypeError, match="a function that is gone returned a coroutine"):
        signal.emit(None)


def test_returned_coroutine_is_one_failure_among_others(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(returns_coroutine)
    signal.connect(fine)
    refused, returned = signal.send_robust(None)
    assert isinstance(refused, Raised)
    assert refused.receiver is returns_coroutine
    assert type(refused.error) is TypeError
    assert returned == Returned(fine, "fine")


def test_other_awaitables_are_results(signal: Signal[Any, ..., Any]) -> None:
    class Awaitable:
        def __await__(self) -> None: ...

    awaitable = Awaitable()

    def give(sender: object) -> object:
        return awaitable

    async def generator(sender: object) -> Any:
        yield sender

    signal.connect(give)
    signal.connect(generator)
    given, generated = signal.send(1)
    assert given == (give, awaitable)
    assert type(generated[1]).__name__ == "async_generator"
