"""The names and the behaviour of blinker 1.9, over the connections of this package: leave blinker by changing one import.

::

    from typedsig.blinker import Namespace      # was: from blinker import Namespace

    signals = Namespace()
    user_created = signals.signal("user-created")

and then, one signal at a time, give it a type with `typed` or `typed_async`. Connections and sends through the typed
view and through the untyped signal reach each other, so senders and receivers can follow in any order. Real blinker's
signals can be viewed as well, which gives types to signals that somebody else owns.

What this package does otherwise, such as calling receivers in the order in which they were connected, is listed in
docs/migrating-from-blinker.md, under "Differences".
"""

from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping
from contextlib import contextmanager
from inspect import (
    iscoroutinefunction,  # blinker's own test, to which an object with an async __call__ is a plain receiver
)
from types import MethodType
from typing import Any, Final, Literal, TypeVar
from weakref import WeakMethod, ref

from ._blocks import ConnectedBlock
from ._bucket import Snapshot
from ._connection import NOTHING, Connection
from ._connections import Connections
from ._lock import LOCK
from ._muting import Mute
from ._receiver import ReceiverKey, check_receiver, describe, is_builtin_method, receiver_key
from ._types import ANY, AnySender
from ._view import AsyncSignalView, BlinkerSignal, SignalView, typed, typed_async

__all__ = [
    "ANY",
    "AsyncSignalView",
    "BlinkerSignal",
    "NamedSignal",
    "Namespace",
    "Signal",
    "SignalView",
    "default_namespace",
    "signal",
    "typed",
    "typed_async",
]

ReceiverT = TypeVar("ReceiverT", bound=Callable[..., Any])

_TABLE: Final = "_Signal__connections"


class _WeakMethod(ref[Any]):
    # `weakref.WeakMethod` for what that cannot take: builtin methods, and those of bound signals.
    __slots__ = ("receiver",)
    __eq__ = object.__eq__  # not by what is referred to, which two methods may share
    __hash__ = object.__hash__

    receiver: Callable[[], Any]

    def __call__(self) -> Any:
        return self.receiver()


class _Receivers(Connections, Mapping[ReceiverKey, Any]):
    """The connections of one signal, and what ``signal.receivers`` shows of them."""

    __slots__ = ("announcements", "coroutines", "owner")

    _tells_lost = False  # code written for blinker is not warned of receivers lost by mistake

    owner: "ref[Signal]"
    coroutines: bool
    """Was a coroutine function ever connected?"""
    announcements: "dict[str, Signal]"
    """The owner's `receiver_connected` and `receiver_disconnected`, once somebody asked for them."""

    def __init__(self, owner: "Signal") -> None:
        super().__init__()
        self.owner = ref(owner)
        self.coroutines = False
        self.announcements = {}

    @property
    def _label(self) -> str:
        owner = self.owner()
        name = getattr(owner, "__dict__", {}).get("name")
        return f"signal {name!r}" if type(name) is str else describe(owner)

    def _parts(self, receiver: Any) -> tuple[Any, Callable[..., object] | None, Callable[[Any, Any], Any]]:
        if is_builtin_method(receiver):
            try:
                ref(receiver.__self__)
            except TypeError:
                # Of a list, for instance. The method object itself can be weakly referenced, and whoever connects it
                # to blinker keeps it.
                return receiver, None, MethodType
        return super()._parts(receiver)

    def announcement(self, event: str) -> "Signal":
        """The signal of this name that the owner sends about itself."""
        found = self.announcements.get(event)
        if found is None:
            made = Signal(f"Sent after a receiver was {event.removeprefix('receiver_')}.")
            found = self.announcements.setdefault(event, made)
        return found

    def _announce(self, event: str, **payload: Any) -> None:
        owner, announcement = self.owner(), self.announcements.get(event)
        if owner is not None and announcement is not None:
            announcement.send(owner, **payload)

    def unmuted(self, sender: object) -> Snapshot:
        """What a send from this sender would call if nothing were muted."""
        if self._mutes:
            with LOCK:
                return self._in_order(self._bucket(sender), [])
        snapshot = self._snapshot
        return self._resolve(sender) if snapshot is None else snapshot

    def clear(self) -> None:
        """Disconnect everybody."""
        for receiver in self._alive(ANY):
            self._remove(receiver_key(receiver), ANY, True)

    def _connections(self) -> dict[ReceiverKey, Connection]:
        found: dict[ReceiverKey, Connection] = {}
        for connection in self._all():
            if connection() is not None:
                found.setdefault(connection.key, connection)
        return found

    def __getitem__(self, key: ReceiverKey) -> Any:
        """The receiver, or a weak reference to it."""
        connection = self._connections()[key]
        if connection.strong is not None:
            return connection.receiver()
        target = connection()
        if connection.function is None or target is None:
            return connection
        if connection.rebind is MethodType:
            return WeakMethod(connection.rebound(target))
        method = _WeakMethod(target, NOTHING)
        method.receiver = connection.receiver
        return method

    def __iter__(self) -> Iterator[ReceiverKey]:
        return iter(self._connections())

    def __len__(self) -> int:
        return len(self._connections())

    def __bool__(self) -> bool:
        return self._any_alive(ANY)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(None), ()  # copies of the signal make connections of their own when they need them


class Signal:
    """Receivers connect to it, and whoever sends it calls them.

    Programs mix this class with `dict`, `abc.ABC`, `Generic` and what not, and hang attributes on its instances.

    Args:
        doc: The docstring of this signal.
    """

    # So it has no metaclass and no slots, sets no attribute but in ``__dict__``, and its instances are never hashed,
    # compared or tested for truth. An instance that nobody connected to has nothing at all.
    __connections: _Receivers | None = None

    ANY: Literal[AnySender.ANY] = ANY
    """`typedsig.blinker.ANY`"""

    set_class: type[set[Any]] = set
    """Has no effect here, since receivers are called in the order in which they were connected."""

    def __init__(self, doc: str | None = None) -> None:
        if doc:
            self.__doc__ = doc

    def __table(self) -> _Receivers:
        table = self.__connections
        if table is None:
            made, state = _Receivers(self), vars(self)  # rule 2 of `_table`
            with LOCK:
                table = state[_TABLE] = made if self.__connections is None else self.__connections
        return table

    @property
    def receivers(self) -> Mapping[ReceiverKey, Any]:
        """The live receivers, or weak references to them, by keys of no meaning. Made for ``if signal.receivers:``."""
        return self.__table()

    @property
    def receiver_connected(self) -> "Signal":
        """Sent by this signal at the end of `connect`, with `connect`'s arguments ``receiver``, ``sender``, ``weak``.

        When a receiver raises, the connection is undone.
        """
        return self.__table().announcement("receiver_connected")

    @property
    def receiver_disconnected(self) -> "Signal":
        """Sent by this signal at the end of `disconnect`, with its arguments ``receiver`` and ``sender``.

        Not sent when a receiver or a sender dies.
        """
        return self.__table().announcement("receiver_disconnected")

    def connect(self, receiver: ReceiverT, sender: Any = ANY, weak: bool = True) -> ReceiverT:
        """Have a receiver called by every later send, or by those from one sender.

        Args:
            receiver: Called with the sender and the keyword arguments of the send.
            sender: Call it for this sender only. May be any object.
            weak: Do not keep the receiver alive: it is disconnected when it dies.

        Returns:
            The receiver.

        Raises:
            TypeError: The receiver is not callable, or cannot be weakly referenced and ``weak`` is true.
        """
        table = self.__table()
        check_receiver(receiver, table, instead=None)
        if iscoroutinefunction(receiver):
            table.coroutines = True
        table._added(table._add(receiver, sender, weak), receiver, sender, weak=weak)
        return receiver

    def connect_via(self, sender: Any, weak: bool = False) -> Callable[[ReceiverT], ReceiverT]:
        """`connect` for one sender, as a decorator. Unlike there, the receiver is kept alive unless ``weak`` is true."""

        def decorate(receiver: ReceiverT) -> ReceiverT:
            self.connect(receiver, sender, weak)
            return receiver

        return decorate

    @contextmanager
    def connected_to(self, receiver: Callable[..., Any], sender: Any = ANY) -> Generator[None, None, None]:
        """Connect during a ``with`` block, keeping the receiver alive. Afterwards it is connected as it was before."""
        if type(self).connect is Signal.connect and type(self).disconnect is Signal.disconnect:
            table = self.__table()
            before = table._find(receiver_key(receiver), sender)
            try:
                with ConnectedBlock(table, receiver, sender):
                    yield
            finally:
                if before is None:
                    table._announce("receiver_disconnected", receiver=receiver, sender=sender)
            return
        self.connect(receiver, sender, False)  # a subclass's own
        try:
            yield
        finally:
            self.disconnect(receiver, sender)

    @contextmanager
    def muted(self) -> Generator[None, None, None]:
        """Call nobody during a ``with`` block. Blocks nest and overlap."""
        table = self.__table()
        with Mute(table._label, table._mute, ANY, None, "process"):
            yield

    @property
    def is_muted(self) -> bool:
        """Whether sends call nobody. May be set: true mutes until it is set to false, which ends all muting."""
        table = self.__connections
        return table is not None and bool(table._mutes)

    @is_muted.setter
    def is_muted(self, muted: bool) -> None:
        table = self.__table()
        if not muted:
            for mute in list(table._mutes or ()):
                table._mute(mute, False)
        elif not table._mutes:
            Mute(table._label, table._mute, ANY, None, "process").__enter__()

    def send(
        self,
        sender: Any = None,
        /,
        *,
        _async_wrapper: Callable[[Callable[..., Coroutine[Any, Any, Any]]], Callable[..., Any]] | None = None,
        **kwargs: Any,
    ) -> list[tuple[Callable[..., Any], Any]]:
        """Call the receivers of this sender and those of `ANY`, in the order in which they were connected.

        Args:
            sender: Their first argument.
            _async_wrapper: Makes a plain function of a receiver that is a coroutine function.
            **kwargs: Their keyword arguments.

        Returns:
            Pairs of receiver and what it returned.

        Raises:
            RuntimeError: A receiver is a coroutine function, and there is no ``_async_wrapper``. Nobody was called then.
            Exception: Whatever a receiver raises. Those after it are not called.
        """
        # In real programs 95 of 100 sends end in the next line.
        table = self.__connections
        if table is None:
            return []
        connections = table._snapshot
        if not connections and (connections is not None or not table._resolve(sender)):
            return []
        results: list[tuple[Callable[..., Any], Any]] = []
        if not table.coroutines:
            # Not a comprehension, which would make ``sender`` a cell and so slow down all sends on Python 3.11.
            for receiver in self.receivers_for(sender):
                results.append((receiver, receiver(sender, **kwargs)))  # noqa: PERF401
            return results
        if _async_wrapper is None:
            for receiver in self.receivers_for(sender):
                if iscoroutinefunction(receiver):
                    raise RuntimeError(
                        f"{table._label} cannot send to the coroutine function {describe(receiver)}: use send_async(), "
                        f"or send(_async_wrapper=...)"
                    )
        for receiver in self.receivers_for(sender):
            if _async_wrapper is not None and iscoroutinefunction(receiver):
                results.append((receiver, _async_wrapper(receiver)(sender, **kwargs)))
            else:
                results.append((receiver, receiver(sender, **kwargs)))
        return results

    async def send_async(
        self,
        sender: Any = None,
        /,
        *,
        _sync_wrapper: Callable[[Callable[..., Any]], Callable[..., Coroutine[Any, Any, Any]]] | None = None,
        **kwargs: Any,
    ) -> list[tuple[Callable[..., Any], Any]]:
        """Call and await the receivers of this sender and those of `ANY`, one after another.

        Args:
            sender: Their first argument.
            _sync_wrapper: Makes a coroutine function of a receiver that is a plain function.
            **kwargs: Their keyword arguments.

        Returns:
            Pairs of receiver and what it returned.

        Raises:
            RuntimeError: A receiver is a plain function, and there is no ``_sync_wrapper``. Nobody was called then.
            Exception: Whatever a receiver raises. Those after it are not called.
        """
        table = self.__connections
        if table is None or table._mutes:
            return []
        if _sync_wrapper is None:
            for receiver in self.receivers_for(sender):
                if not iscoroutinefunction(receiver):
                    raise RuntimeError(
                        f"{table._label} cannot await the plain function {describe(receiver)}: use send(), or "
                        f"send_async(_sync_wrapper=...)"
                    )
        results: list[tuple[Callable[..., Any], Any]] = []
        for receiver in self.receivers_for(sender):
            if _sync_wrapper is None or iscoroutinefunction(receiver):
                results.append((receiver, await receiver(sender, **kwargs)))
            else:
                results.append((receiver, await _sync_wrapper(receiver)(sender, **kwargs)))
        return results

    def has_receivers_for(self, sender: Any) -> bool:
        """Whether a send from this sender would call anybody if nothing were muted; with `ANY`, whether anybody is connected for all."""
        table = self.__connections
        if table is None or not table._any_alive(sender):
            return False
        return sender is not ANY or bool(table._everyone)

    def receivers_for(self, sender: Any) -> Generator[Callable[..., Any], None, None]:
        """The live receivers that a send from this sender would call if nothing were muted, in order."""
        table = self.__connections
        if table is not None:
            for connection in table.unmuted(sender):
                receiver = connection.receiver()
                if receiver is not None:
                    yield receiver

    def disconnect(self, receiver: Callable[..., Any], sender: Any = ANY) -> None:
        """Disconnect a receiver from one sender, or from all. It need not be connected."""
        table = self.__connections
        if table is None:
            return
        key = receiver_key(receiver)
        table._remove(key, sender, sender is ANY)
        table._announce("receiver_disconnected", receiver=receiver, sender=sender)

    def _clear_state(self) -> None:
        # Not public in blinker, but known to test suites.
        if self.__connections is not None:
            self.__connections.clear()


class NamedSignal(Signal):
    """A signal with a name, as `Namespace.signal` makes it.

    Args:
        name: The name.
        doc: The docstring of this signal.
    """

    def __init__(self, name: str, doc: str | None = None) -> None:
        super().__init__(doc)
        self.name: str = name
        """The name it was made with."""

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__qualname__} object at {id(self):#x}; {self.name!r}>"


class Namespace(dict[str, NamedSignal]):
    """A dictionary from names to signals, each made when it is first asked for."""

    def signal(self, name: str, doc: str | None = None) -> NamedSignal:
        """The signal of this name, made if there is none yet.

        Args:
            name: The name.
            doc: The docstring of a new signal.
        """
        if name not in self:
            made = NamedSignal(name, doc)  # rule 2 of `_table`
            with LOCK:
                self[name] = self[name] if name in self else made  # noqa: SIM401  # get() would be a call: rule 2
        return self[name]


default_namespace: Final = Namespace()
"""The namespace of `signal`, shared by the whole process, but not with `typedsig.default_namespace`."""

signal: Final = default_namespace.signal
"""``default_namespace.signal``."""
