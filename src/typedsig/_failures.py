"""When receivers fail: the note on what they raised, and the outcomes `send_robust` gives."""

import sys
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, final

from ._connection import Connection
from ._connections import Connections
from ._receiver import describe
from ._types import ValueT

if TYPE_CHECKING and sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup


class _Outcome:
    """What the two outcomes share. They are written out because importing `dataclasses` costs as much as all of us."""

    __slots__ = ("_receiver",)

    def __init__(self, receiver: Callable[..., object]) -> None:
        self._receiver = receiver

    @property
    def receiver(self) -> Callable[..., object]:
        """Who answered, as it was connected."""
        return self._receiver

    def _answer(self) -> object:
        raise AssertionError("each subclass has its own")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.receiver == other.receiver and self._answer() == other._answer()

    def __hash__(self) -> int:
        return hash((self.receiver, self._answer()))

    def __repr__(self) -> str:
        return f"typedsig.{type(self).__name__}({self.receiver!r}, {self._answer()!r})"


@final
class Returned(_Outcome, Generic[ValueT]):
    """A receiver returned ``value``.

    Example:
        >>> from typedsig import Returned
        >>> match Returned(print, 3):
        ...     case Returned(receiver, value):
        ...         value
        3
    """

    __module__ = "typedsig"
    __slots__ = ("_value",)
    __match_args__ = ("receiver", "value")

    def __init__(self, receiver: Callable[..., object], value: ValueT) -> None:
        super().__init__(receiver)
        self._value = value

    @property
    def value(self) -> ValueT:
        """What it returned."""
        return self._value

    def _answer(self) -> object:
        return self._value


@final
class Raised(_Outcome):
    """A receiver raised ``error``."""

    __module__ = "typedsig"
    __slots__ = ("_error",)
    __match_args__ = ("receiver", "error")

    def __init__(self, receiver: Callable[..., object], error: Exception) -> None:
        super().__init__(receiver)
        self._error = error

    @property
    def error(self) -> Exception:
        """What it raised, with its traceback."""
        return self._error

    def _answer(self) -> object:
        return self._error


Outcome: TypeAlias = Returned[ValueT] | Raised
"""What became of one receiver in a `send_robust`."""


def unwrap(outcomes: Iterable[Outcome[ValueT]], /) -> list[ValueT]:
    """The returned values, in order, if no receiver raised.

    Raises:
        ExceptionGroup: of everything that was raised, in order, if anything was.
    """
    returned: list[ValueT] = []
    errors: list[Exception] = []
    for outcome in outcomes:
        if isinstance(outcome, Raised):
            errors.append(outcome.error)
        elif isinstance(outcome, Returned):  # pyright: ignore[reportUnnecessaryIsInstance]  # without a checker
            returned.append(outcome.value)
        else:
            raise TypeError(f"unwrap() takes what send_robust() or send_robust_async() gives, not {describe(outcome)}")
    if errors:
        try:
            raise failures(errors, len(errors) + len(returned))
        finally:
            del errors, returned, outcomes  # the error keeps this frame, so the frame must not keep the error
    return returned


def failures(errors: list[Exception], receivers: int) -> "ExceptionGroup[Exception]":
    """Everything that went wrong in one send, as one exception."""
    if sys.version_info >= (3, 11):
        group = ExceptionGroup
    else:
        import exceptiongroup  # here, because that takes as long as importing all of us

        group = exceptiongroup.ExceptionGroup
    return group(f"{len(errors)} of {receivers} receivers failed", errors)


def _of_calling_none() -> tuple[Any, ...]:
    """What Python's error of calling None is made of, which no documentation tells."""
    args: Any = None
    try:
        args = args()
    except TypeError as error:
        args = error.args
    return tuple(args)


_CALLED_NONE: Final = _of_calling_none()


def called_none(error: Exception, connection: Connection | None) -> bool:
    """Was this raised by calling what the connection of a receiver that is gone gives, None? Or by a receiver?"""
    if connection is None or connection() is not None:
        return False
    traceback = error.__traceback__
    return traceback is not None and traceback.tb_next is None and error.args == _CALLED_NONE


def raised(error: Exception, connection: Connection, target: Any) -> Raised:
    """The outcome of a receiver that failed: as it was connected or, if not even that can be made again, its owner."""
    try:
        return Raised(connection.rebound(target), error)
    except Exception:  # noqa: BLE001  # of the owner, which is asked for its method
        return Raised(target, error)


def explain(error: BaseException, signal: Connections, connection: Connection | None) -> None:
    """Note on an error which receiver of which signal raised it, once, and only where that works."""
    if connection is None:  # raised by nobody: a signal handler did, or a recursion went too deep
        return
    try:
        note = f"raised by {connection.described()}, a receiver of {signal._label}"
        add_note: Callable[[str], None] | None = getattr(error, "add_note", None)  # since Python 3.11
        if add_note is not None and note not in getattr(error, "__notes__", ()):
            add_note(note)
    except Exception:  # noqa: BLE001, S110  # what the receiver raised must reach the user, also where it takes no notes
        pass


def refuse_coroutine(value: Coroutine[Any, Any, Any], signal: Connections, connection: Connection) -> None:
    """A synchronous signal does not await: close the coroutine, so that it does not go unnoticed, and say so."""
    value.close()
    raise TypeError(
        f"{connection.described()} returned a coroutine, which {signal._label} cannot await: connect a plain function, "
        f"or declare the signal as an AsyncSignal"
    )
