"""`AsyncSignal`: the twin of `Signal` whose receivers may be coroutine functions."""

from collections.abc import Awaitable, Callable
from typing import Concatenate, Generic

from ._base import BaseSignal
from ._bound import BaseBound, BaseSignalMethod
from ._declared import generated
from ._failures import Outcome
from ._signal import Announcement
from ._types import P, Q, R, ResultT, S, SenderT


class AsyncSignal(BaseSignal[SenderT, P, ResultT | Awaitable[ResultT]], Generic[SenderT, P, ResultT]):
    """A signal whose receivers are coroutine functions or plain functions, and which is sent with ``await``.

    Declared like `Signal`, with an ``async def`` prototype, or with `AsyncSignal.method`, or with type parameters::

        @AsyncSignal
        async def user_created(sender: App, *, user_id: int) -> None: ...

        await user_created.send_async(app, user_id=1)

    `send_async`, `emit_async` and `send_robust_async` await one receiver after another, in the caller's task and
    context, on any event loop or none. What a receiver returns decides: an awaitable is awaited, anything else is its
    result. `send_concurrently` awaits all at once and needs the extra ``typedsig[anyio]``.

    Which receivers are called is settled when the send begins to run; one disconnected while the send is suspended
    is not called any more.

    Args:
        prototype: A function defined with ``async def``. It is never called.
        name: The signal's name, if not its prototype's.
        doc: Its docstring, if not its prototype's.

    Raises:
        TypeError: The prototype is no function, is defined with plain ``def``, or has no parameter for the sender.
    """

    __module__ = "typedsig"
    __slots__ = ()

    _methods = ("send_async", "emit_async", "send_robust_async", "send_concurrently")
    _asynchronous = True

    def __init__(
        self,
        prototype: Callable[Concatenate[SenderT, P], Awaitable[ResultT]] | None = None,
        /,
        *,
        name: str | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(prototype, name=name, doc=doc)

    @staticmethod
    def method(prototype: Callable[Concatenate[S, Q], Awaitable[R]], /) -> "AsyncSignalMethod[S, Q, R]":
        """Declare an asynchronous signal in a class body, as `Signal.method` does a synchronous one."""
        return AsyncSignalMethod(AsyncSignal(prototype))

    @generated
    async def send_async(
        self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT | Awaitable[ResultT]], ResultT]]:
        """Call and await the receivers one after another, in the order in which they were connected.

        Returns:
            Pairs of receiver and what it returned.

        Raises:
            TypeError: The arguments do not fit the prototype. Raised by the call itself, before the ``await``.
            Exception: Whatever a receiver raises, at once, with a note that names signal and receiver.
        """
        raise AssertionError("written by typedsig._dispatch")

    @generated
    async def emit_async(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """`send_async` without collecting what is returned, which is faster."""
        raise AssertionError("written by typedsig._dispatch")

    @generated
    async def send_robust_async(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> list[Outcome[ResultT]]:
        """Call and await all receivers one after another, even if some fail.

        Returns:
            For each a `Returned` or a `Raised`. Only an `Exception` is caught: cancellation goes through.
        """
        raise AssertionError("written by typedsig._dispatch")

    @generated
    async def send_concurrently(
        self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT | Awaitable[ResultT]], ResultT]]:
        """Call and await all receivers at once, each in a task and with a copy of the context of its own.

        A failure does not disturb the others: all run to their end. Cancelling the send cancels all that still run.
        Needs anyio, the extra ``typedsig[anyio]``, and so asyncio or trio.

        Returns:
            Pairs of receiver and what it returned, in the order in which they were connected.

        Raises:
            ExceptionGroup: Of everything that receivers raised, in connection order, even if it is a single error. Where
                a receiver cancels itself, its cancellation is raised instead, and the group, if any, is its ``__cause__``.
            ImportError: anyio is not installed. Nobody was called then.
        """
        raise AssertionError("written by typedsig._dispatch")

    def bind(self, sender: SenderT, /) -> "BoundAsyncSignal[SenderT, P, ResultT]":
        """This signal seen from one sender, whom it keeps alive: with `send` and the other members, but no sender to give.

        Raises:
            TypeError: The sender is `ANY`.
        """
        bound: BoundAsyncSignal[SenderT, P, ResultT] = self._bind(sender)
        return bound

    @Announcement
    def receiver_connected(
        self: "AsyncSignal[SenderT, P, ResultT]", *, receiver: Callable[..., object], sender: object, weak: bool
    ) -> object:
        """Sent by this signal after a new connection was made. If a receiver raises, the connection is undone."""

    @Announcement
    def receiver_disconnected(
        self: "AsyncSignal[SenderT, P, ResultT]", *, receiver: Callable[..., object], sender: object
    ) -> object:
        """Sent by this signal after `disconnect` removed a connection; not when a receiver or sender died."""


class BoundAsyncSignal(BaseBound[SenderT, P, ResultT | Awaitable[ResultT]], Generic[SenderT, P, ResultT]):
    """An `AsyncSignal` seen from one sender. Two are equal if they are of one signal and one sender."""

    __module__ = "typedsig"
    __slots__ = ()

    _methods = ("send_async", "emit_async", "send_robust_async", "send_concurrently")

    @property
    def signal(self) -> AsyncSignal[SenderT, P, ResultT]:
        """The signal, of all senders."""
        return self._signal  # type: ignore[return-value]  # which made this

    @generated
    async def send_async(
        self, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT | Awaitable[ResultT]], ResultT]]:
        """`AsyncSignal.send_async` from this sender."""
        raise AssertionError("written by typedsig._dispatch")

    @generated
    async def emit_async(self, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """`AsyncSignal.emit_async` from this sender."""
        raise AssertionError("written by typedsig._dispatch")

    @generated
    async def send_robust_async(self, /, *args: P.args, **kwargs: P.kwargs) -> list[Outcome[ResultT]]:
        """`AsyncSignal.send_robust_async` from this sender."""
        raise AssertionError("written by typedsig._dispatch")

    @generated
    async def send_concurrently(
        self, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT | Awaitable[ResultT]], ResultT]]:
        """`AsyncSignal.send_concurrently` from this sender."""
        raise AssertionError("written by typedsig._dispatch")


AsyncSignal._bound_class = BoundAsyncSignal


class AsyncSignalMethod(
    BaseSignalMethod[AsyncSignal[SenderT, P, ResultT], BoundAsyncSignal[SenderT, P, ResultT], SenderT],
    Generic[SenderT, P, ResultT],
):
    """What `AsyncSignal.method` puts into a class: on the class the signal, on an instance the signal bound to it."""

    __slots__ = ()
