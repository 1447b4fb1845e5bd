"""Typed views of blinker-style signals: the types are ours, all the rest is done by the signal itself.

A view uses nothing of a signal but blinker's own methods, so real blinker's signals will do.
"""

import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Final, Generic, Literal, Protocol, final, overload

from ._copies import Copied
from ._dispatch import compiled
from ._prototype import Shape, check, free_name, shape_of, signature_of, take_after
from ._receiver import bound_signal_of, check_is_sender, check_receiver, describe, is_awaitable
from ._types import ANY, AnySender, P, Q, R, ResultT, ReturnT, S, SenderT

if TYPE_CHECKING:
    from inspect import Signature

_RESERVED: Final = ("_async_wrapper", "_sync_wrapper")  # blinker's own keywords


class BlinkerSignal(Protocol):
    """What `typed` and `typed_async` take: a signal of real blinker, of `typedsig.blinker`, or one just like them."""

    @property
    def ANY(self) -> Any:  # noqa: N802  # blinker's name
        """Every sender."""

    @property
    def receivers(self) -> Any:
        """True if there are any."""

    @property
    def is_muted(self) -> bool:
        """Whether sends call nobody."""
        ...

    def connect(self, receiver: Any, sender: Any = ..., weak: bool = ...) -> Any:
        """Have a receiver called."""

    def connected_to(self, receiver: Any, sender: Any = ...) -> AbstractContextManager[None]:
        """Connect during a block."""
        ...

    def disconnect(self, receiver: Any, sender: Any = ...) -> None:
        """Disconnect a receiver."""

    def muted(self) -> AbstractContextManager[None]:
        """Call nobody during a block."""
        ...

    def has_receivers_for(self, sender: Any) -> bool:
        """Whether anybody would be called."""
        ...

    def receivers_for(self, sender: Any) -> Any:
        """Who would be called; iterable."""

    def send(self, sender: Any = ..., /, **kwargs: Any) -> Any:
        """Call the receivers."""

    def send_async(self, sender: Any = ..., /, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        """Call and await the receivers."""
        ...


def unproxied(sender: Any) -> Any:
    """Flask's ``current_app`` and other proxies of werkzeug stand for a sender; blinker would take them for another."""
    local = sys.modules.get("werkzeug.local")
    if local is not None and type(sender) is local.LocalProxy:
        return sender._get_current_object()
    return sender


def in_place(receiver: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Make a plain function awaitable without a thread."""

    async def call(sender: Any, /, **payload: Any) -> Any:
        value = receiver(sender, **payload)
        return await value if is_awaitable(value) else value

    return call


def _send(shape: Shape, prototype: FunctionType, name: str) -> FunctionType:
    """Write ``send`` or ``send_async`` with the declared parameters, so that Python checks them and fills in defaults.

    That is half a millisecond once, and half the time of each send.
    """
    words = ("view", "sender", "unproxied", "in_place")
    view, sender, unproxy, wrapper = (free_name(word, shape.names) for word in words)
    if name == "send":
        define, call, option = "def", "return", ""
    else:
        define, call, option = "async def", "return await", f", _sync_wrapper={wrapper}"
    source = (
        f"{define} {name}({view}, {sender}, {shape.parameters}):\n"
        f"    {call} {view}._untyped.{name}({unproxy}({sender}){option}{shape.arguments})\n"
    )
    code = compiled(name, source, f"<typedsig view {name}({shape.parameters})>")
    function = FunctionType(code, {unproxy: unproxied, wrapper: in_place, "__name__": __name__}, name)
    function.__qualname__ = f"{prototype.__qualname__}.{name}"  # this is how Python's own argument errors begin
    take_after(prototype, function, sender=sender)
    return function


class BaseView(Copied, Generic[SenderT, P, ReturnT]):
    # The members that both views share. ``ReturnT`` is what a receiver returns.

    _method: ClassVar[str]
    """The name of the method that sends."""
    _no_pickle = "it cannot be found by module and qualified name"
    __name__: str
    __qualname__: str

    def __init__(self, untyped: BlinkerSignal, prototype: Any) -> None:
        function = check(prototype, asynchronous=self._asynchronous(), makers=("typed", "typed_async"))
        shape = shape_of(function)
        if shape.parameters != "/" and not shape.parameters.startswith(("/, *, ", "/, **")):
            raise TypeError(
                f"the prototype {describe(function)} has positional parameters after the sender, but receivers of a "
                f"blinker signal take keywords: write '*' after the sender"
            )
        for name in _RESERVED:
            if name in shape.names:
                raise TypeError(f"the prototype {describe(function)} has a parameter {name!r}, which blinker reserves")
        self._untyped: Any = untyped
        self._prototype: Any = function
        vars(self).update(
            __doc__=function.__doc__,
            __module__=function.__module__,
            __name__=function.__name__,
            __qualname__=function.__qualname__,
        )
        vars(self)[self._method] = MethodType(_send(shape, function, self._method), self)

    @classmethod
    def _asynchronous(cls) -> bool:
        return cls._method == "send_async"

    @property
    def untyped(self) -> Any:
        """The signal that this is a view of."""
        return self._untyped

    @property
    def name(self) -> str:
        """The signal's name if it has one, else the prototype's."""
        name = getattr(self._untyped, "name", None)
        return name if isinstance(name, str) else self.__name__

    @property
    def signature(self) -> "Signature":
        """The prototype's signature."""
        return signature_of(self._prototype)

    @property
    def _label(self) -> str:
        return f"{self.__module__}.{self.__qualname__}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.__qualname__} of {self._untyped!r}>"

    def _copy_to(self, fresh: Any, copied: Callable[[Any], Any]) -> None:
        type(self).__init__(fresh, copied(self._untyped), self._prototype)
        for name, value in list(vars(self).items()):
            if name not in fresh.__dict__:
                fresh.__dict__[name] = copied(value)

    @overload
    def connect(
        self,
        receiver: Callable[Concatenate[SenderT, P], ReturnT],
        /,
        sender: Literal[AnySender.ANY] = ANY,
        *,
        weak: bool = True,
    ) -> Callable[Concatenate[SenderT, P], ReturnT]: ...
    @overload
    def connect(
        self, receiver: Callable[Concatenate[S, P], ReturnT], /, sender: S, *, weak: bool = True
    ) -> Callable[Concatenate[S, P], ReturnT]: ...
    def connect(self, receiver: Callable[..., Any], /, sender: object = ANY, *, weak: bool = True) -> Any:
        """Have a receiver called by every later send, or by those from one sender. Works as a decorator.

        Args:
            receiver: Takes the sender and the payload as keywords.
            sender: Call it for this sender only. A proxy, such as ``flask.current_app``, means what it stands for now.
            weak: Do not keep the receiver alive: it is disconnected when it dies.

        Returns:
            The receiver.

        Raises:
            TypeError: The receiver is not callable, is a coroutine function on a synchronous view, or cannot be weakly
                referenced and ``weak`` is true; or it is a bound signal's method and the signal is of blinker itself.
                Nothing is connected then.
            RuntimeError: The sender is a proxy that stands for nothing now.
        """
        self._check(receiver)
        if _would_not_know(self._untyped, receiver):
            raise TypeError(
                f"{self._label} cannot connect {describe(receiver)}: a signal of blinker would not know it again, as a "
                f"method of a bound signal is a new object each time. Connect a function that calls it."
            )
        self._untyped.connect(receiver, self._sender(sender), weak)
        return receiver

    @overload
    def connect_via(
        self, sender: Literal[AnySender.ANY], /, *, weak: bool = False
    ) -> Callable[[Callable[Concatenate[SenderT, P], ReturnT]], Callable[Concatenate[SenderT, P], ReturnT]]: ...
    @overload
    def connect_via(
        self, sender: S, /, *, weak: bool = False
    ) -> Callable[[Callable[Concatenate[S, P], ReturnT]], Callable[Concatenate[S, P], ReturnT]]: ...
    def connect_via(self, sender: Any, /, *, weak: bool = False) -> Any:
        """`connect` for one sender, as a decorator. Unlike there, the receiver is kept alive unless ``weak`` is true.

        Raises:
            TypeError: The sender is a function, as it is where the parentheses were forgotten. Use `connect` for that.
        """
        check_is_sender(sender, self)

        def decorate(receiver: Callable[..., Any]) -> Any:
            return self.connect(receiver, sender, weak=weak)

        return decorate

    @overload
    def connected_to(
        self, receiver: Callable[Concatenate[SenderT, P], ReturnT], /, sender: Literal[AnySender.ANY] = ANY
    ) -> AbstractContextManager[None]: ...
    @overload
    def connected_to(
        self, receiver: Callable[Concatenate[S, P], ReturnT], /, sender: S
    ) -> AbstractContextManager[None]: ...
    def connected_to(self, receiver: Callable[..., Any], /, sender: object = ANY) -> AbstractContextManager[None]:
        """Connect during a ``with`` block, as the signal's own ``connected_to`` does.

        A signal of real blinker disconnects the receiver altogether at the end of the block.
        """
        self._check(receiver)
        block: AbstractContextManager[None] = self._untyped.connected_to(receiver, self._sender(sender))
        return block

    def disconnect(self, receiver: Callable[..., object], /, sender: object = ANY) -> None:
        """Disconnect a receiver from one sender, or from all. It need not be connected."""
        self._untyped.disconnect(receiver, self._sender(sender))

    def muted(self) -> AbstractContextManager[None]:
        """Call nobody during a ``with`` block, neither when the view nor when the untyped signal is sent."""
        block: AbstractContextManager[None] = self._untyped.muted()
        return block

    @property
    def is_muted(self) -> bool:
        """Whether sends call nobody."""
        return bool(self._untyped.is_muted)

    @property
    def has_receivers(self) -> bool:
        """Whether anybody is connected, for any sender."""
        return bool(self._untyped.receivers)

    def has_receivers_for(self, sender: SenderT, /) -> bool:
        """Whether a send from this sender would call anybody if nothing were muted."""
        return bool(self._untyped.has_receivers_for(self._sender(sender)))

    def receivers_for(self, sender: SenderT, /) -> list[Callable[Concatenate[SenderT, P], ReturnT]]:
        """The live receivers that a send from this sender would call if nothing were muted."""
        return list(self._untyped.receivers_for(self._sender(sender)))

    def _sender(self, sender: object) -> Any:
        return self._untyped.ANY if sender is ANY else unproxied(sender)

    def _check(self, receiver: object) -> None:
        check_receiver(receiver, self, instead=None if self._asynchronous() else "make the view with typed_async")


@final
class SignalView(BaseView[SenderT, P, ResultT], Generic[SenderT, P, ResultT]):
    """A blinker-style signal with types, made by `typed`. It *is* that signal: it keeps no connections of its own."""

    _method = "send"

    def send(
        self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT], ResultT]]:
        """Send the signal.

        Returns:
            Pairs of receiver and what it returned.

        Raises:
            TypeError: The arguments do not fit the prototype. Nobody was called then.
            RuntimeError: A coroutine function was connected to the untyped signal.
            Exception: Whatever a receiver raises.
        """
        raise AssertionError("written by typedsig._view")


@final
class AsyncSignalView(BaseView[SenderT, P, ResultT | Awaitable[ResultT]], Generic[SenderT, P, ResultT]):
    """A blinker-style signal with types for its ``send_async``, made by `typed_async`."""

    _method = "send_async"

    async def send_async(
        self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT | Awaitable[ResultT]], ResultT]]:
        """Send the signal, awaiting one receiver after another. Plain functions are called in place.

        Returns:
            Pairs of receiver and what it returned.

        Raises:
            TypeError: The arguments do not fit the prototype. Raised by the call itself, before the ``await``.
            Exception: Whatever a receiver raises.
        """
        raise AssertionError("written by typedsig._view")


def _checked(untyped: BlinkerSignal, name: str) -> BlinkerSignal:
    if issubclass(type(untyped), type) or not hasattr(untyped, "connect") or not hasattr(untyped, "ANY"):
        raise TypeError(f"{name}() takes a signal of blinker or typedsig.blinker, not {describe(untyped)}")
    return untyped


def _would_not_know(untyped: BlinkerSignal, receiver: Any) -> bool:
    """Real blinker knows methods by their objects, and takes a bound signal, made at every access, for one."""
    if type(receiver) is not MethodType or bound_signal_of(receiver) is None:
        return False
    ours = sys.modules.get("typedsig.blinker")  # whoever has such a signal has imported it
    return ours is None or not isinstance(untyped, ours.Signal)


@final
class TypedDecorator:
    """What `typed` gives: makes a view of a prototype."""

    def __init__(self, untyped: BlinkerSignal) -> None:
        self._untyped = _checked(untyped, "typed")

    def __call__(self, prototype: Callable[Concatenate[S, Q], R], /) -> SignalView[S, Q, R]:
        """Make the view."""
        return SignalView(self._untyped, prototype)


@final
class TypedAsyncDecorator:
    """What `typed_async` gives: makes a view of an ``async def`` prototype."""

    def __init__(self, untyped: BlinkerSignal) -> None:
        self._untyped = _checked(untyped, "typed_async")

    def __call__(self, prototype: Callable[Concatenate[S, Q], Awaitable[R]], /) -> AsyncSignalView[S, Q, R]:
        """Make the view."""
        return AsyncSignalView(self._untyped, prototype)


def typed(untyped: BlinkerSignal, /) -> TypedDecorator:
    """Give types to a signal of blinker or of `typedsig.blinker`, by a prototype function.

    ::

        @typed(signals.signal("user-created"))
        def user_created(sender: App, *, user_id: int) -> None:
            \"\"\"Sent after a user row is committed.\"\"\"

    What is connected through the view is called by a send through the untyped signal, and the other way round.

    The prototype's first parameter is the sender; those after it are keyword-only, since blinker sends keywords. Its
    return annotation is what receivers must return. It is never called.

    Raises:
        TypeError: ``untyped`` is no such signal; or the prototype is no function, is defined with ``async def``, or has
            parameters that blinker cannot send.
    """
    return TypedDecorator(untyped)


def typed_async(untyped: BlinkerSignal, /) -> TypedAsyncDecorator:
    """`typed` for a signal that is sent by ``send_async``, with an ``async def`` prototype.

    Receivers are coroutine functions or plain functions.
    """
    return TypedAsyncDecorator(untyped)
