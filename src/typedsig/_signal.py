"""`Signal`: declared once, connected to and sent with the types it was declared with."""

from collections.abc import Callable
from typing import Any, Concatenate, Generic, overload

from ._base import BaseSignal
from ._bound import BaseBound, BaseSignalMethod
from ._declared import generated
from ._failures import Outcome
from ._lock import LOCK
from ._types import P, Q, R, ResultT, S, SenderT


class Announcement(Generic[SenderT, P, ResultT]):
    # A signal that a signal sends about itself, declared by a prototype and made when it is first asked for. (A
    # docstring here would hide the prototype's.)
    __slots__ = ("__doc__", "_prototype")

    def __init__(self, prototype: Callable[Concatenate[SenderT, P], ResultT], /) -> None:
        self._prototype = prototype
        self.__doc__ = prototype.__doc__

    @overload
    def __get__(self, instance: None, owner: type, /) -> "Announcement[SenderT, P, ResultT]": ...
    @overload
    def __get__(self, instance: SenderT, owner: type | None = None, /) -> "Signal[SenderT, P, ResultT]": ...
    def __get__(self, instance: Any, owner: Any = None, /) -> Any:
        if instance is None:
            return self
        name = self._prototype.__name__
        with LOCK:
            if instance._listeners is None:
                made: dict[str, Any] = {}  # rule 2 of `_table`
                instance._listeners = made if instance._listeners is None else instance._listeners  # type: ignore[redundant-expr]  # rule 2
            if name not in instance._listeners:
                announcement = Signal(self._prototype)
                instance._listeners.setdefault(name, announcement)
            return instance._listeners[name]


class Signal(BaseSignal[SenderT, P, ResultT], Generic[SenderT, P, ResultT]):
    """A signal: receivers connect to it, and whoever sends it calls them.

    Declare it with a prototype function, whose first parameter is the sender and whose other parameters are what is
    sent; the return annotation is what receivers must return::

        @Signal
        def user_created(sender: App, *, user_id: int, name: str) -> None:
            \"\"\"Sent after a user row is committed.\"\"\"

    or with type parameters, the payload being positional then: ``Signal[Window, [int, int]]()``. A bare ``Signal()``
    takes anything from anybody. In a class body use `Signal.method`: a plain signal there is one signal for all
    instances, and wants its sender in `send`.

    All members may be used from any thread, also from within a receiver. No lock is held while receivers run.

    A signal both takes senders (in `send`) and gives them (to receivers), so checkers hold it invariant: a
    ``Signal[App]`` is no ``Signal[object]``.

    Args:
        prototype: A function defined with ``def``. It is never called.
        name: The signal's name, if not its prototype's.
        doc: Its docstring, if not its prototype's.

    Raises:
        TypeError: The prototype is no function, is defined with ``async def``, or has no parameter for the sender.
    """

    __module__ = "typedsig"
    __slots__ = ()

    _methods = ("send", "emit", "send_robust")
    _asynchronous = False

    def __init__(
        self,
        prototype: Callable[Concatenate[SenderT, P], ResultT] | None = None,
        /,
        *,
        name: str | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(prototype, name=name, doc=doc)

    @staticmethod
    def method(prototype: Callable[Concatenate[S, Q], R], /) -> "SignalMethod[S, Q, R]":
        """Declare a signal in a class body, by a prototype whose first parameter is ``self``, the sender.

        ::

            class Document:
                @Signal.method
                def changed(self, *, path: str) -> None: ...

            document.changed.send(path="a.txt")     # document is the sender
            document.changed.connect(f)             # of this document only
            Document.changed.connect(f)             # of every document

        An instance costs nothing until somebody connects to it. This makes a `Signal` even when it is called on a
        subclass.
        """
        return SignalMethod(Signal(prototype))

    @generated
    def send(
        self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT], ResultT]]:
        """Call the receivers in the order in which they were connected.

        Returns:
            Pairs of receiver and what it returned.

        Raises:
            TypeError: The arguments do not fit the prototype. Nobody was called then.
            Exception: Whatever a receiver raises, at once, with a note that names signal and receiver. Those after it
                are not called.
        """
        raise AssertionError("written by typedsig._dispatch")

    @generated
    def emit(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """`send` without collecting what is returned, which is faster."""
        raise AssertionError("written by typedsig._dispatch")

    @generated
    def send_robust(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> list[Outcome[ResultT]]:
        """Call all receivers, even if some fail.

        Returns:
            For each a `Returned` or a `Raised`. Only an `Exception` is caught: not `KeyboardInterrupt` and its like.

        Raises:
            TypeError: The arguments do not fit the prototype. Nobody was called then.
        """
        raise AssertionError("written by typedsig._dispatch")

    def bind(self, sender: SenderT, /) -> "BoundSignal[SenderT, P, ResultT]":
        """This signal seen from one sender, whom it keeps alive: with `send` and the other members, but no sender to give.

        Raises:
            TypeError: The sender is `ANY`.
        """
        bound: BoundSignal[SenderT, P, ResultT] = self._bind(sender)
        return bound

    # Here self has its type written out because ty, in a generic class, does not infer it for a decorated method.
    @Announcement
    def receiver_connected(
        self: "Signal[SenderT, P, ResultT]", *, receiver: Callable[..., object], sender: object, weak: bool
    ) -> object:
        """Sent by this signal after a new connection was made. If a receiver raises, the connection is undone."""

    @Announcement
    def receiver_disconnected(
        self: "Signal[SenderT, P, ResultT]", *, receiver: Callable[..., object], sender: object
    ) -> object:
        """Sent by this signal after `disconnect` removed a connection; not when a receiver or sender died."""


class BoundSignal(BaseBound[SenderT, P, ResultT], Generic[SenderT, P, ResultT]):
    """A `Signal` seen from one sender. Two are equal if they are of one signal and one sender."""

    __module__ = "typedsig"
    __slots__ = ()

    _methods = ("send", "emit", "send_robust")

    @property
    def signal(self) -> Signal[SenderT, P, ResultT]:
        """The signal, of all senders."""
        return self._signal  # type: ignore[return-value]  # which made this

    @generated
    def send(
        self, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT], ResultT]]:
        """`Signal.send` from this sender."""
        raise AssertionError("written by typedsig._dispatch")

    @generated
    def emit(self, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """`Signal.emit` from this sender."""
        raise AssertionError("written by typedsig._dispatch")

    @generated
    def send_robust(self, /, *args: P.args, **kwargs: P.kwargs) -> list[Outcome[ResultT]]:
        """`Signal.send_robust` from this sender."""
        raise AssertionError("written by typedsig._dispatch")


Signal._bound_class = BoundSignal


class SignalMethod(
    BaseSignalMethod[Signal[SenderT, P, ResultT], BoundSignal[SenderT, P, ResultT], SenderT],
    Generic[SenderT, P, ResultT],
):
    """What `Signal.method` puts into a class: on the class the signal, on an instance the signal bound to it."""

    __slots__ = ()
