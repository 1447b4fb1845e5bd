"""Who listens to whom, in which order: the table of one signal, and the snapshots that sends read.

Writers (connect, disconnect, mute) edit ordered dictionaries under one lock and declare the snapshots stale; the
first send after a write builds one immutable tuple under the lock, and all later sends read it without. A connection
*is* the weak reference to its receiver, so a send calls it to get the receiver and asks nobody else.

Destructors and signal handlers may run between any two steps below, in this very thread, in the middle of a critical
section, and may write to the same table (the lock is reentrant). Three rules keep that harmless: every edit is one
dictionary operation, and what it depended on is looked at again afterwards; death callbacks take no lock, they only
pop from a dictionary and append to a list; receivers are let go after the lock.
"""

import itertools
import os
from _thread import RLock
from collections.abc import Callable
from operator import attrgetter
from types import MethodType
from typing import Any, Final, TypeAlias
from weakref import ref

from ._lost import Origin, origin, warn_lost
from ._muting import Mute
from ._receiver import (
    AnyReceiver,
    BuiltinFunction,
    ReceiverKey,
    describe,
    is_builtin_method,
    receiver_key,
)
from ._sender import VALUE_TYPES, SenderKey, sender_key
from ._types import ANY

# One lock for all signals. With a lock each, two threads inside two critical sections, each running a destructor that
# writes to the other signal, would wait for each other for ever. Writes are short; sends do not take it.
LOCK: Final = RLock()

if hasattr(os, "register_at_fork"):  # not on Windows and WebAssembly
    # A child must not inherit a table that another thread was in the middle of editing, nor a lock nobody will release.
    os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)

_next_place = itertools.count().__next__
_by_place = attrgetter("place")
_STALE: Final = object()


def disconnected(*args: object, **kwargs: object) -> None:
    """What a removed connection calls, so that a send that still holds it in its snapshot reaches nobody."""


class Connection(ref[Any]):
    """One receiver connected for one sender: a weak reference to what is called.

    A send does ``target = connection()``, which is None once the receiver is dead, and then ``target(sender, ...)``
    or, where there is a ``function``, ``function(target, sender, ...)``: a bound method is held as its owner, weakly,
    and its function, because a weak reference to the method object itself would die at once.
    """

    __slots__ = ("function", "key", "origin", "place", "rebind", "sender_key", "strong")

    function: Callable[..., object] | None
    rebind: Callable[[Any, Any], Any]
    """Makes the receiver as it was connected from ``function`` and target."""
    key: ReceiverKey
    sender_key: SenderKey | None
    """None: connected for every sender."""
    place: int
    """Its place in the order of connections."""
    strong: object
    """The receiver, if it is held strongly."""
    origin: Origin | None
    """Where it was connected, as long as losing it would be news."""

    def receiver(self) -> Any:
        """The receiver as it was connected; None if it is dead."""
        target = self()
        function = self.function
        if target is None or function is disconnected:
            return None
        return target if function is None else self.rebind(function, target)


class _Holder:
    """Keeps what cannot be weakly referenced, so that connections to it can be like all others."""

    __slots__ = ("__weakref__", "held")

    def __init__(self, held: Any) -> None:
        self.held = held


def _call_held(holder: _Holder, /, *args: object, **kwargs: object) -> object:
    return holder.held(*args, **kwargs)


def _held(function: object, holder: _Holder) -> Any:
    return holder.held


Snapshot: TypeAlias = tuple[Connection, ...]


class _Bucket(ref[Any]):
    """The connections for one sender: a weak reference to the sender, which leaves the table when the sender dies."""

    __slots__ = ("based_on", "connections", "held", "home", "key", "merged")

    key: SenderKey
    home: "ref[Connections]"
    connections: dict[ReceiverKey, Connection]
    held: "_Holder | None"
    """Keeps a sender that is a value or cannot be weakly referenced."""
    merged: Snapshot
    """What a send from this sender calls, valid while ``based_on`` is the table's ``_base``."""
    based_on: object

    def sender(self) -> object:
        return self() if self.held is None else self.held.held


def _sender_died(bucket: _Bucket) -> None:
    # Without the lock, since this may run anywhere. The bucket leaves the table before the sender's memory can be used
    # again, so nobody who inherits its id meets it; the index is put right by the next write.
    table = bucket.home()
    if table is not None and table._buckets is not None and table._dead is not None:
        table._buckets.pop(bucket.key, None)
        for connection in bucket.connections.copy().values():
            connection.strong = None
        table._dead.append(bucket)


class Connections:
    """The table of one signal. Its members are private: `Signal` and its kin are what users see."""

    # An idle signal should be small and quick to make, so containers are made when they are first needed.
    __slots__ = (
        "__weakref__",
        "_base",
        "_blocks",
        "_buckets",
        "_dead",
        "_everyone",
        "_for_everyone",
        "_mutes",
        "_places",
        "_snapshot",
        "_version",
    )

    _snapshot: Snapshot | None
    """What every send calls, whoever sends; None: ask `_resolve`. The only thing an unfiltered send reads."""
    _everyone: dict[ReceiverKey, Connection] | None
    """The connections for `ANY`."""
    _for_everyone: Snapshot | None
    """``_everyone`` in order, less muted ones; None: stale, or what is muted depends on sender or context."""
    _buckets: dict[SenderKey, _Bucket] | None
    """The connections for one sender each."""
    _places: dict[ReceiverKey, dict[SenderKey, _Bucket]] | None
    """In which buckets a receiver is, so that removing it looks at no others."""
    _dead: list[Connection | _Bucket] | None
    """What died since the last look. Death callbacks append here."""
    _mutes: dict[Mute, None] | None
    _blocks: dict[object, None] | None
    """The `connected_to` blocks that are on, oldest first."""
    _version: object
    """Replaced by every write, so that a snapshot built meanwhile is known to be stale."""
    _base: object
    """Replaced by every write that is not about one sender, so that all buckets' snapshots are known to be stale."""

    def __init__(self) -> None:
        self._snapshot = self._for_everyone = ()
        self._everyone = self._buckets = self._places = self._dead = self._mutes = self._blocks = None
        self._version = self._base = None

    @property
    def _label(self) -> str:
        """How messages name this signal."""
        return type(self).__qualname__

    # Writing

    def _attach(self, receiver: AnyReceiver, sender: object, *, weak: bool, place: int | None = None) -> None:
        """Connect."""
        self._add(receiver, sender, weak, place)

    def _detach(self, receiver: AnyReceiver, sender: object) -> bool:
        """Disconnect; was anything connected?"""
        removed = self._remove(receiver_key(receiver), sender)
        for connection, _ in removed:
            connection.strong = None
        return bool(removed)

    def _add(self, receiver: AnyReceiver, sender: object, weak: bool, place: int | None = None) -> Connection | None:
        """Connect, and return the connection if it is a new one."""
        if self._dead:
            self._settle()
        with LOCK:
            connection = self._refer(receiver, weak)
            if sender is not ANY:
                connection.sender_key = sender_key(sender)
            if place is not None:
                connection.place = place
            found = self._insert(connection, sender)
            if found is not connection and not weak:
                # Strength belongs to the connection, which keeps its place.
                found.strong = receiver
                found.origin = None
        return connection if found is connection else None

    def _refer(self, receiver: AnyReceiver, weak: bool) -> Connection:
        """Make a connection that holds the receiver, weakly or strongly, and is in no table yet."""
        if self._dead is None:
            self._dead = []
        target: object = receiver
        function: Callable[..., object] | None = None
        rebind: Callable[[Any, Any], Any] = MethodType
        lost: Origin | None = None
        if weak:
            if type(receiver) is MethodType:
                target, function = receiver.__self__, receiver.__func__
            elif is_builtin_method(receiver):
                target, function, rebind = receiver.__self__, BuiltinFunction(receiver.__name__), BuiltinFunction.bind
            else:
                lost = origin(receiver)
        try:
            connection = Connection(target, self._dead.append)
        except TypeError:
            if weak:
                raise TypeError(
                    f"{self._label} cannot hold {describe(receiver)} weakly: {describe(target)} cannot be weakly "
                    f"referenced. Connect it with weak=False."
                ) from None
            target, function, rebind = _Holder(receiver), _call_held, _held
            connection = Connection(target, self._dead.append)
        connection.function = function
        connection.rebind = rebind
        connection.key = receiver_key(receiver)
        connection.sender_key = None
        connection.place = _next_place()
        connection.strong = None if weak else target
        connection.origin = lost
        return connection

    def _insert(self, connection: Connection, sender: object) -> Connection:
        """Put a connection into the table unless there is one like it; return the one that is there now."""
        key = connection.key
        if connection.sender_key is None:
            if self._everyone is None:
                self._everyone = {}
            found = self._everyone.setdefault(key, connection)
            self._stale()
            return found
        if self._buckets is None or self._places is None:
            self._buckets, self._places = {}, {}
        bucket = self._bucket(connection.sender_key, sender)
        while True:
            found = bucket.connections.setdefault(key, connection)
            places = self._places.setdefault(key, {})
            places[bucket.key] = bucket
            # A destructor that disconnects may just have emptied these two and dropped them from the table.
            now = self._buckets.setdefault(bucket.key, bucket)
            if now is bucket and self._places.get(key) is places:
                break
            bucket = now
        bucket.based_on = _STALE
        self._stale(everyone=False)
        return found

    def _bucket(self, key: SenderKey, sender: object) -> _Bucket:
        """The sender's bucket; a new one is not in the table yet."""
        bucket = None if self._buckets is None else self._buckets.get(key)
        if bucket is not None and (bucket.held is not None or bucket() is sender):
            return bucket
        held = None
        try:
            if type(key) is tuple:
                raise TypeError("a value")
            bucket = _Bucket(sender, _sender_died)
        except TypeError:
            held = _Holder(sender)
            bucket = _Bucket(held)
        bucket.key = key
        bucket.home = ref(self)
        bucket.connections = {}
        bucket.held = held
        bucket.merged = ()
        bucket.based_on = _STALE
        return bucket

    def _remove(self, key: ReceiverKey, sender: object) -> list[tuple[Connection, object]]:
        """Disconnect from one sender, or with `ANY` from all; return what was removed, and from which sender.

        The caller lets the receivers go, by ``connection.strong = None``, after the lock.
        """
        if self._dead:
            self._settle()
        removed: list[tuple[Connection, object]] = []
        with LOCK:
            buckets = list[_Bucket]()
            if sender is not ANY:
                bucket = None if self._buckets is None else self._buckets.get(sender_key(sender))
                if bucket is not None:
                    self._unplace(key, bucket)
                    buckets.append(bucket)
            else:
                found = None if self._everyone is None else self._everyone.pop(key, None)
                if found is not None:
                    found.function = disconnected
                    removed.append((found, ANY))
                    self._stale()
                if self._places is not None:
                    buckets.extend(self._places.pop(key, {}).values())
            for bucket in buckets:
                found = self._take(key, bucket)
                if found is not None:
                    removed.append((found, bucket.sender()))
        return removed

    def _take(self, key: ReceiverKey, bucket: _Bucket) -> Connection | None:
        """Remove a receiver from one sender's bucket, and the bucket if that was its last."""
        found = bucket.connections.pop(key, None)
        if found is not None:
            found.function = disconnected
        bucket.based_on = _STALE
        if not bucket.connections and self._buckets is not None:
            self._buckets.pop(bucket.key, None)
            for late in list(bucket.connections.values()):  # connected by a destructor since the test
                self._insert(late, bucket.sender())
        self._stale(everyone=False)
        return found

    def _unplace(self, key: ReceiverKey, bucket: _Bucket) -> None:
        """Forget that a receiver is in this bucket."""
        places = None if self._places is None else self._places.get(key)
        if places is None or self._places is None or places.get(bucket.key) is not bucket:
            return
        places.pop(bucket.key, None)
        if not places:
            late = self._places.pop(key, None)
            if late:  # connected by a destructor since the test
                self._places.setdefault(key, {}).update(late)

    def _stale(self, everyone: bool = True) -> None:
        """Have the next send build its snapshot anew."""
        self._version = token = object()
        if everyone:
            self._base = token
            self._for_everyone = None
        self._snapshot = None

    def _settle(self) -> None:
        """Take what died out of the table, and warn of what was lost by mistake."""
        dead = self._dead
        while dead:
            lost = None
            with LOCK:
                if dead:
                    lost = self._bury(dead.pop())
            if lost is not None:
                warn_lost(self._label, lost)

    def _bury(self, dead: Connection | _Bucket) -> Origin | None:
        if isinstance(dead, _Bucket):
            for key in list(dead.connections):
                self._unplace(key, dead)
            return None
        if dead.sender_key is None:
            if self._everyone is None or self._everyone.get(dead.key) is not dead:
                return None
            self._everyone.pop(dead.key)
            self._stale()
        else:
            bucket = None if self._buckets is None else self._buckets.get(dead.sender_key)
            if bucket is None or bucket.connections.get(dead.key) is not dead:
                return None
            self._unplace(dead.key, bucket)
            self._take(dead.key, bucket)
        return dead.origin

    # Sending

    def _resolve(self, sender: object) -> Snapshot:
        """What a send from this sender calls, in order."""
        buckets = self._buckets
        if buckets is not None and not self._dead:
            bucket = buckets.get(id(sender))
            if bucket is None and id(type(sender)) in VALUE_TYPES:
                bucket = buckets.get((type(sender), sender))
            if bucket is None:
                everyone = self._for_everyone
                if everyone is not None:
                    return everyone
            elif bucket.based_on is self._base and (bucket() is sender or bucket.held is not None):
                return bucket.merged
        return self._rebuild(sender)

    def _rebuild(self, sender: object) -> Snapshot:
        if self._dead:
            self._settle()
        key = sender_key(sender)
        with LOCK:
            while True:
                version = self._version
                snapshot = self._build(key)
                if version is self._version:
                    break
                self._stale()
        for connection in snapshot:
            if connection.origin is not None and connection() is not None:
                connection.origin = None  # it serves, so losing it from now on is no mistake
        return snapshot

    def _build(self, key: SenderKey) -> Snapshot:
        """The connections for a sender, kept for the next send where they depend on nothing but the sender."""
        base = self._base
        mutes = list(self._mutes or ())
        if any(mute.selective for mute in mutes):
            return self._in_order(key, [mute for mute in mutes if mute.applies(key)])
        everyone = self._for_everyone
        if everyone is None:
            everyone = self._for_everyone = self._in_order(None, mutes)
        if not self._buckets:
            self._snapshot = everyone
            return everyone
        bucket = self._buckets.get(key)
        if bucket is None:
            return everyone
        if bucket.based_on is not base:
            bucket.merged = self._in_order(key, mutes)
            bucket.based_on = base
        return bucket.merged

    def _in_order(self, key: SenderKey | None, mutes: list[Mute]) -> Snapshot:
        if any(mute.receiver is None for mute in mutes):
            return ()
        found = self._matching(key)
        for mute in mutes:
            found.pop(mute.receiver, None)
        return tuple(sorted(found.values(), key=_by_place))

    def _matching(self, key: SenderKey | None) -> dict[ReceiverKey | None, Connection]:
        """The connections that a send from this sender (None: from one with no bucket) calls, by receiver.

        A receiver connected both for this sender and for every sender is called once, in its earlier place.
        """
        found: dict[ReceiverKey | None, Connection] = {}
        if self._everyone is not None:
            found.update(self._everyone)
        bucket = None if key is None or self._buckets is None else self._buckets.get(key)
        if bucket is not None:
            for receiver, connection in list(bucket.connections.items()):
                other = found.get(receiver)
                if other is None or connection.place < other.place:
                    found[receiver] = connection
        return found

    # Muting

    def _mute(self, mute: Mute, on: bool) -> None:
        with LOCK:
            if self._mutes is None:
                self._mutes = {}
            if on:
                self._mutes[mute] = None
            else:
                self._mutes.pop(mute, None)
            self._stale()
        if self._dead:
            self._settle()

    def _is_muted(self, sender: SenderKey | None) -> bool:
        return any(mute.receiver is None and mute.applies(sender) for mute in list(self._mutes or ()))

    # Asking

    def _find(self, key: ReceiverKey, sender: object) -> Connection | None:
        """The connection of a receiver for one sender, or for `ANY`."""
        if sender is ANY:
            table = self._everyone
        else:
            bucket = None if self._buckets is None else self._buckets.get(sender_key(sender))
            table = None if bucket is None else bucket.connections
        found = None if table is None else table.get(key)
        return None if found is None or found() is None else found

    def _alive(self, sender: object) -> list[Any]:
        """The live receivers in order, muted or not: those a send from this sender calls, or with `ANY` all."""
        with LOCK:
            if sender is not ANY:
                found = self._matching(sender_key(sender))
            else:
                found = self._matching(None)
                for bucket in list((self._buckets or {}).values()):
                    for receiver, connection in list(bucket.connections.items()):
                        other = found.get(receiver)
                        if other is None or connection.place < other.place:
                            found[receiver] = connection
            connections = sorted(found.values(), key=_by_place)
        return [receiver for connection in connections if (receiver := connection.receiver()) is not None]

    def _any_alive(self, sender: object) -> bool:
        """Whether `_alive` finds anybody, without looking at everybody."""
        if self._everyone is None and self._buckets is None:
            return False
        if self._dead:
            self._settle()
        if self._everyone:
            return True
        if sender is ANY:
            return bool(self._buckets)
        bucket = None if self._buckets is None else self._buckets.get(sender_key(sender))
        return bucket is not None and bool(bucket.connections)
