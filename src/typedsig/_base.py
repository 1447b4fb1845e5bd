"""What synchronous and asynchronous signals have in common: everything but the sends."""

from collections.abc import Callable, Sequence
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, Literal, overload

from ._blocks import ConnectedBlock
from ._connections import Connections
from ._copies import Copied
from ._declared import Declarable, bound_class_of, declared_class, documented_class, own_class
from ._lock import LOCK
from ._muting import Mute
from ._prototype import check, checked_name, shape_of, signature_of
from ._receiver import CO_COROUTINE, AnyReceiver, check_is_sender, check_receiver, describe, receiver_key
from ._table import EVERYONE, UNRESOLVED
from ._types import ANY, AnySender, P, ReturnT, S, Scope, SenderT

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from inspect import Signature


class BaseSignal(Connections, Declarable, Copied, Generic[SenderT, P, ReturnT]):
    """The members that `Signal` and `AsyncSignal` share. ``ReturnT`` is what a receiver returns."""

    __slots__ = ("__name__", "__qualname__", "_doc", "_listeners", "_name", "_prototype")

    __name__: str
    __qualname__: str
    _name: str | None
    _prototype: Any
    """A `FunctionType` or None. (Checkers take a function that is an attribute for a method.)"""
    _doc: str | None
    """The docstring it was given."""
    _listeners: dict[str, Any] | None
    """`receiver_connected` and `receiver_disconnected`, once somebody asked for them."""
    _asynchronous: ClassVar[bool]
    _no_pickle = (
        "only a signal that can be found by module and qualified name can be pickled. Declare it in a module, or in a class "
        "body with Signal.method."
    )

    def __init__(self, prototype: Any = None, /, *, name: str | None = None, doc: str | None = None) -> None:
        super().__init__()
        if name is not None:
            name = checked_name(name)
        self._listeners = self._prototype = None
        self._doc = doc
        self._name = name
        self.__name__ = self.__qualname__ = name or type(self).__name__
        if prototype is not None:
            self._declare(prototype)
        elif doc is not None:
            self.__class__ = documented_class(type(self))

    def _declare(self, prototype: object) -> None:
        """Give this signal its prototype."""
        function = check(prototype, asynchronous=self._asynchronous)
        shape_of(function)  # refused now, though it is needed later
        self._prototype = function
        self._name = self._name or function.__name__
        self.__name__ = function.__name__
        self.__qualname__ = function.__qualname__
        self.__class__ = declared_class(own_class(type(self)))

    # What it is

    @property
    def name(self) -> str | None:
        """The name it was given, else its prototype's."""
        return self._name

    @property
    def signature(self) -> "Signature | None":
        """The prototype's signature. None without a prototype: type parameters leave nothing to check at run time."""
        return None if self._prototype is None else signature_of(self._prototype)

    @property
    def _label(self) -> str:
        if self._prototype is None:
            return f"the unnamed {self._kind()}" if self._name is None else f"{self._kind()} {self._name!r}"
        return f"{self.__module__}.{self.__qualname__}{self._other_name()}"

    def _other_name(self) -> str:
        return "" if self._name in (None, self.__name__) else f" {self._name!r}"

    @property
    def _docstring(self) -> str | None:
        return self._doc or self._prototype.__doc__

    @property
    def _home(self) -> str:
        module: str = self._prototype.__module__
        return module

    @classmethod
    def _kind(cls) -> str:
        """``typedsig.Signal``, or the subclass's name."""
        own = own_class(cls)
        return f"{own.__module__}.{own.__qualname__}"

    def __repr__(self) -> str:
        return f"<{self._shown(len(self._alive(ANY)))}>"

    def _shown(self, count: int) -> str:
        what = "" if self._name is None else f" {self.__qualname__}{self._other_name()}"
        try:
            what += "" if self.signature is None else str(self.signature)
        except Exception:  # noqa: BLE001  # annotations may be anything, and their repr may fail
            what += "(...)"
        return f"{self._kind()}{what}, {count} receiver{'' if count == 1 else 's'}"

    # Connecting

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
        """Have a receiver called by every later send, or by those from one sender.

        Works as a decorator. The same receiver connected again for the same sender is one connection and keeps its
        place; connected both for a sender and for every sender, it is called once, in the earlier place. Safe in any
        thread; a send that is running does not call the new receiver yet.

        Args:
            receiver: Takes the sender and the payload. A bound method is known by its object and function, everything
                else by identity.
            sender: Call it for this sender only. Senders are told apart by identity; strings, bytes, bools, ints and
                floats by type and value. ``None`` is a sender like any other; `ANY` is every sender.
            weak: Do not keep the receiver alive: it is disconnected when it dies, with a `LostReceiverWarning` if it
                never received anything. A bound method lives as long as its object. With ``weak=False`` the signal
                keeps it alive, and with it whatever it refers to: if that is the sender, both stay for as long as the
                signal.

        Returns:
            The receiver.

        Raises:
            TypeError: The receiver is not callable, is a coroutine function on a synchronous signal, or cannot be
                weakly referenced and ``weak`` is true. Nothing is connected then.
        """
        plain = type(receiver) is FunctionType and not receiver.__code__.co_flags & CO_COROUTINE
        if not plain:
            self._check(receiver)
        if plain and sender is ANY and weak and not self._asynchronous:
            connection = self._add_plain(receiver)
        else:
            connection = self._add(receiver, sender, weak)
        if connection is not None and self._listeners is not None:
            self._added(connection, receiver, sender, weak=weak)
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
        return partial(self.connect, sender=sender, weak=weak)

    @overload
    def connected_to(
        self, receiver: Callable[Concatenate[SenderT, P], ReturnT], /, sender: Literal[AnySender.ANY] = ANY
    ) -> "AbstractContextManager[None, None]": ...
    @overload
    def connected_to(
        self, receiver: Callable[Concatenate[S, P], ReturnT], /, sender: S
    ) -> "AbstractContextManager[None, None]": ...
    def connected_to(
        self, receiver: Callable[..., Any], /, sender: object = ANY
    ) -> "AbstractContextManager[None, None]":
        """Connect during a ``with`` block, holding the receiver strongly.

        On leaving, the receiver is connected exactly if and as it was before: not at all, or in its old place, weakly
        or strongly.

        Raises:
            TypeError: As `connect`.
            RuntimeError: The same block is entered while it is on: call this once for each block.
        """
        self._check(receiver)
        return ConnectedBlock(self, receiver, sender)

    def disconnect(self, receiver: Callable[..., object], /, sender: object = ANY) -> bool:
        """Disconnect a receiver from one sender, or from all it was connected for.

        A send that is under way does not call it any more, except for a call that another thread is making just now.

        Returns:
            Whether anything was connected.

        Raises:
            Exception: Whatever a receiver of `receiver_disconnected` raises. The receiver is disconnected all the same.
        """
        key = id(receiver) if type(receiver) is FunctionType else receiver_key(receiver)
        if self._dead:
            self._settle()
        with LOCK:
            if sender is not ANY or self._resolved is not UNRESOLVED:
                removed = self._remove(key, sender, sender is ANY, settle=False)
            elif self._everyone is None or key not in self._everyone:
                return False
            else:  # as `_remove` does it, but that call would take a twelfth of a connect and a disconnect
                self._snapshot = None
                found = self._everyone.pop(key, None)
                removed = () if found is None else EVERYONE
                if found is not None:
                    found.remove()
        if self._listeners is not None:
            self._removed(receiver, removed)
        return bool(removed)

    def _check(self, receiver: object) -> None:
        kind: type[Any] = type(receiver)
        if issubclass(kind, Declarable) and not callable(receiver):
            emit = kind._methods[1]
            cure = (
                f", connect its {emit}" if self._asynchronous or emit == "emit" else ", connect a function that does so"
            )
            raise TypeError(
                f"{self._label} cannot connect {describe(receiver)}: a receiver is callable. To have that signal sent{cure}"
            )
        check_receiver(receiver, self, instead=None if self._asynchronous else "declare the signal as an AsyncSignal")

    def _removed(self, receiver: AnyReceiver, senders: Sequence[object]) -> None:
        for sender in senders:
            self._announce("receiver_disconnected", receiver=receiver, sender=sender)

    def _announce(self, event: str, **payload: object) -> None:
        listeners = self._listeners
        if listeners is not None and event in listeners:
            listeners[event].emit(self, **payload)

    # Muting

    def muted(
        self,
        *,
        sender: SenderT | Literal[AnySender.ANY] = ANY,
        receiver: Callable[..., object] | None = None,
        scope: Scope = "process",
    ) -> "AbstractContextManager[None, None]":
        """Mute during a ``with`` block: the whole signal, what one sender sends, or one receiver.

        Blocks nest and overlap. A send that is under way is not stopped.

        Args:
            sender: Mute only what this sender sends.
            receiver: Mute only this receiver.
            scope: ``"process"`` mutes for all threads and tasks, ``"context"`` for the current thread or task and
                those that copy its context during the block (tasks do, threads by default do not).

        Raises:
            TypeError: ``receiver`` is not callable.
            ValueError: The scope is unknown.
            RuntimeError: The same block is entered while it is on: call this once for each block.
        """
        return Mute(self._label, self._mute, sender, receiver, scope)

    @property
    def is_muted(self) -> bool:
        """Whether the whole signal is muted, here and now."""
        return self._is_muted(None)

    # Asking

    @property
    def receivers(self) -> list[Callable[Concatenate[SenderT, P], ReturnT]]:
        """All live receivers, each once, in the order of connection, muted or not."""
        return self._alive(ANY)

    def receivers_for(self, sender: SenderT, /) -> list[Callable[Concatenate[SenderT, P], ReturnT]]:
        """The live receivers that a send from this sender would call, in order, muted or not."""
        return self._alive(sender)

    @property
    def has_receivers(self) -> bool:
        """Whether anybody is connected, for any sender. Cheaper than `receivers`, however many there are."""
        return self._any_alive(ANY)

    def has_receivers_for(self, sender: SenderT, /) -> bool:
        """Whether a send from this sender would call anybody if nothing were muted. Cheaper than `receivers_for`."""
        return self._any_alive(sender)

    def _bind(self, sender: object) -> Any:
        if sender is ANY:
            raise TypeError(f"{self._label}.bind(): a bound signal has one sender, not ANY")
        bound = bound_class_of(self)()
        bound._sender = sender
        bound._signal = self
        return bound

    # Copying

    def _copy_to(self, fresh: Any, copied: Callable[[Any], Any]) -> None:
        # With no connections.
        Connections.__init__(fresh)
        fresh._listeners = None
        for slot in ("_doc", "_name", "_prototype", "__name__", "__qualname__"):
            setattr(fresh, slot, getattr(self, slot))
        for name, value in self._own_state():
            object.__setattr__(fresh, name, copied(value))

    def _own_state(self) -> list[tuple[str, Any]]:
        """What a subclass keeps in its instances."""
        own = type(self).__mro__[: type(self).__mro__.index(BaseSignal)]
        slots = {name: base for base in own for name in _slots(base)}
        found = [(name, getattr(self, name)) for name in slots if hasattr(self, name)]
        return [*found, *getattr(self, "__dict__", {}).items()]


def _slots(cls: type) -> list[str]:
    slots = cls.__dict__.get("__slots__", ())
    names = [slots] if isinstance(slots, str) else slots
    # Private names are mangled in the class that has them.
    return [
        f"_{cls.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
        for name in names
        if name not in ("__dict__", "__weakref__")
    ]
