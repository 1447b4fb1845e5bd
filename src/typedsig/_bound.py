"""A signal seen from one sender: what `BoundSignal` and `BoundAsyncSignal` have in common, everything but the sends."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, TypeVar, overload

from ._base import BaseSignal
from ._declared import Declarable, bound_class_of
from ._receiver import Seen, describe
from ._sender import sender_key
from ._types import P, ReturnT, Scope, SenderT

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from inspect import Signature

SignalT = TypeVar("SignalT", bound=BaseSignal[Any, ..., Any])
BoundT = TypeVar("BoundT")


class BaseBound(Seen, Declarable, Generic[SenderT, P, ReturnT]):
    """A signal seen from one sender: the members that `BoundSignal` and `BoundAsyncSignal` share."""

    __slots__ = ("__weakref__",)

    _sender: SenderT
    _signal: BaseSignal[SenderT, P, ReturnT]

    @property
    def sender(self) -> SenderT:
        """Who sends."""
        return self._sender

    def connect(
        self, receiver: Callable[Concatenate[SenderT, P], ReturnT], /, *, weak: bool = True
    ) -> Callable[Concatenate[SenderT, P], ReturnT]:
        """Have a receiver called when this sender sends; for the rest as `Signal.connect`."""
        return self._signal.connect(receiver, self._sender, weak=weak)

    def connected_to(
        self, receiver: Callable[Concatenate[SenderT, P], ReturnT], /
    ) -> "AbstractContextManager[None, None]":
        """Connect for this sender during a ``with`` block, as `Signal.connected_to`."""
        return self._signal.connected_to(receiver, self._sender)

    def disconnect(self, receiver: Callable[..., object], /) -> bool:
        """Disconnect a receiver from this sender, as `Signal.disconnect`. Connected for every sender, it stays so."""
        return self._signal.disconnect(receiver, self._sender)

    def muted(
        self, *, receiver: Callable[..., object] | None = None, scope: Scope = "process"
    ) -> "AbstractContextManager[None, None]":
        """Mute what this sender sends, as `Signal.muted`."""
        return self._signal.muted(sender=self._sender, receiver=receiver, scope=scope)

    @property
    def is_muted(self) -> bool:
        """Whether the signal is muted for this sender, here and now."""
        return self._signal._is_muted(sender_key(self._sender))

    @property
    def receivers(self) -> list[Callable[Concatenate[SenderT, P], ReturnT]]:
        """The live receivers that this sender's sends would call, in order, muted or not."""
        return self._signal.receivers_for(self._sender)

    @property
    def has_receivers(self) -> bool:
        """Whether this sender's sends would call anybody if nothing were muted."""
        return self._signal.has_receivers_for(self._sender)

    @property
    def name(self) -> str | None:
        """The signal's name."""
        return self._signal.name

    @property
    def signature(self) -> "Signature | None":
        """The signal's signature, sender included."""
        return self._signal.signature

    @property
    def _docstring(self) -> str | None:
        return self._signal.__doc__

    @property
    def _home(self) -> str:
        return self._signal.__module__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BaseBound) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[int, object]:
        return id(self._signal), sender_key(self._sender)

    def __repr__(self) -> str:
        return f"<{self._signal._shown(len(self.receivers))}, of {describe(self._sender)}>"

    def __reduce__(self) -> tuple[Callable[[Any, Any], Any], tuple[object, object]]:
        return _bound, (self._signal, self._sender)


def _bound(signal: BaseSignal[SenderT, P, ReturnT], sender: SenderT) -> object:
    return signal._bind(sender)


class BaseSignalMethod(Generic[SignalT, BoundT, SenderT]):
    """What `SignalMethod` and `AsyncSignalMethod` share: on a class the signal, on an instance the signal bound to it."""

    __slots__ = ("_bound_class", "_signal")

    def __init__(self, signal: SignalT) -> None:
        self._signal = signal
        self._bound_class: Any = None  # known once the signal has a class of its own

    # The owner is no more than an object, since to pyright that of an enum's member is no type.
    @overload
    def __get__(self, instance: None, owner: object, /) -> SignalT: ...
    @overload
    def __get__(self, instance: SenderT, owner: object = None, /) -> BoundT: ...
    def __get__(self, instance: Any, owner: Any = None, /) -> Any:
        signal = self._signal
        if instance is None:
            return signal
        bound_class = self._bound_class
        if bound_class is None:
            bound_class = self._bound_class = bound_class_of(signal)
        bound = bound_class()  # without an __init__, which would cost as much as all the rest
        bound._sender = instance
        bound._signal = signal
        return bound
