"""Who listens to whom, in which order: the table of one signal, and every edit of it.

Writers edit ordered dictionaries under one lock and declare stale the snapshots that sends read (see `_connections`).

Destructors and signal handlers may run between any two lines below, in this very thread, in the middle of a critical
section, and may write to the same table (the lock is reentrant). These rules keep that harmless:

1. Every edit is one dictionary operation. What it depended on is looked at again afterwards.
2. A container is made on one line, and on the next put in its place if that is still empty, because making it may run a
   destructor that needs one, too. Between looking and putting nothing is called, since destructors and handlers run when
   a call returns. (Checkers think that the place must be empty still.)
3. Snapshots are declared stale before an edit, because a signal handler may raise right after it, and once more after
   an insertion, where a destructor may have sent in between. (After a removal there is no need: what is removed reaches
   nobody in whichever snapshot it is.)
4. What a death does at once is one ``list.append``, which takes no lock and cannot be broken off.
5. Receivers are let go after the lock, because their destructors are not ours. (Whoever has one removed holds it
   meanwhile.)
"""

import itertools
from collections.abc import Callable, Sequence
from sys import _getframe
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ._bucket import NO_ONE, NOBODY, Bucket, Resolved, Snapshot
from ._connection import NOTHING, Connection, Holder, RemovedConnection, call_held, held
from ._lock import LOCK
from ._lost import caller, warn
from ._muting import Mute
from ._receiver import (
    CO_COROUTINE,
    AnyReceiver,
    BoundSignalFunction,
    BuiltinFunction,
    ReceiverKey,
    bound_signal_of,
    describe,
    is_builtin_method,
    receiver_key,
)
from ._sender import SenderKey, sender_key
from ._types import ANY

if TYPE_CHECKING:
    from ._blocks import ConnectedBlock

EVERYONE: Final = (ANY,)

_next_place = itertools.count().__next__

# Of all signals without connections for one sender; never written to.
UNRESOLVED: Final[dict[SenderKey, Snapshot]] = {}


def _strike(last: Connection | Bucket, dead: list[Connection | Bucket]) -> None:
    """Take the last off the list, if it still is the last."""
    # On one line, since a signal handler that raises after the pop would have another's death forgotten.
    if dead and dead[-1] is last and (popped := dead.pop()) is not last:
        dead.append(popped)  # died since the test


def _living(bucket: Bucket) -> list[Connection]:
    """The connections of a bucket, if its sender is alive."""
    return [] if bucket.is_dead() else list(bucket.connections.values())


class Table:
    """The connections of one signal. Its members are private: `Signal` and its kin are what users see."""

    _tells_lost: ClassVar[bool] = True
    """Whether a receiver that died before it served is worth a `LostReceiverWarning`."""
    _asynchronous: ClassVar[bool] = False
    """Whether a send awaits what receivers return."""

    # An idle signal should be small and quick to make, so containers are made when they are first needed.
    __slots__ = (
        "__weakref__",
        "_blocks",
        "_buckets",
        "_built",
        "_dead",
        "_died",
        "_everyone",
        "_for_everyone",
        "_latest",
        "_mutes",
        "_places",
        "_plain",
        "_resolved",
        "_snapshot",
    )

    _snapshot: Snapshot | None
    """What every send calls, whoever sends. The only thing an unfiltered send reads."""
    _resolved: dict[SenderKey, Snapshot]
    """With ``_snapshot`` None: what sends from some senders call. For others ask `_resolve`."""
    _latest: Resolved
    """The last of those to be added: programs often have but one sender."""
    _everyone: dict[ReceiverKey, Connection] | None
    """The connections for `ANY`."""
    _for_everyone: Snapshot | None
    """``_everyone`` in order, less muted ones; None: stale, or what is muted depends on sender or context."""
    _buckets: dict[SenderKey, Bucket] | None
    """The connections for one sender each."""
    _places: dict[ReceiverKey, dict[SenderKey, Bucket]] | None
    """In which buckets a receiver is, so that removing it looks at no others."""
    _dead: list[Connection | Bucket] | None
    """What died since the last look."""
    _died: Any
    """The callback of all weak references: the ``append`` of that list, made once."""
    _plain: bool
    """Was every receiver so far a plain function, and of an asynchronous signal a coroutine function?

    Asked when it is connected, so nobody notices when its ``__code__`` is replaced later by that of another kind.
    """
    _mutes: dict[Mute, None] | None
    _blocks: "dict[ConnectedBlock, None] | None"
    """The `connected_to` blocks that are on, oldest first."""
    _built: object
    """Stands for the last snapshot to be built; None where one may be stale."""

    def __init__(self) -> None:
        self._snapshot = NO_ONE
        self._everyone = self._buckets = self._places = self._dead = self._mutes = self._blocks = None
        self._for_everyone = self._built = self._died = None
        self._resolved = UNRESOLVED
        self._latest = NOBODY
        self._plain = True

    @property
    def _label(self) -> str:
        """How messages name this signal."""
        raise AssertionError("each subclass has its own")

    # Writing

    def _added(self, connection: Connection | None, receiver: AnyReceiver, sender: object, *, weak: bool) -> None:
        """Tell of a connection that was made, without the lock. Where a listener raises, it is undone if it is new."""
        try:
            self._announce("receiver_connected", receiver=receiver, sender=sender, weak=weak)
        except BaseException:
            if connection is not None:
                with LOCK:
                    if self._find(connection.key, sender) is connection:
                        self._remove(connection.key, sender, settle=False)
            raise

    def _announce(self, event: str, **payload: object) -> None:
        """Have this signal send the signal about itself that has this name, if anybody asked for it."""
        raise AssertionError("each subclass has its own")

    def _removed(self, receiver: AnyReceiver, senders: Sequence[object]) -> None:
        """Called after connections were removed, without the lock."""

    def _add(
        self, receiver: AnyReceiver, sender: object, weak: bool, place: int | None = None, *, settle: bool = True
    ) -> Connection | None:
        """Connect, and return the connection if it is a new one. Those who hold the lock settle before or after."""
        if settle and self._dead:
            self._settle()
        everyone = self._everyone
        if everyone is None:
            everyone = self._begin()
        if type(receiver) is FunctionType:  # most are, so the least is done for them
            if self._asynchronous and not receiver.__code__.co_flags & CO_COROUTINE:
                self._plain = False
            connection = Connection(receiver, self._died)
            connection.key = id(receiver)
            connection.function = connection.strong = None
        else:
            connection = self._refer(receiver, weak)
        connection.sender_key = None
        connection.place = _next_place() if place is None else place
        connection.code = connection.first = None
        if connection.function is None and self._tells_lost:
            frame = caller(3)  # of connect or its like, which called this
            connection.code = frame.f_code
            connection.instruction = frame.f_lasti
            connection.name = receiver.__qualname__ if type(receiver) is FunctionType else describe(receiver)
        with LOCK:
            if sender is not ANY or self._places is not None:
                self._share_first(connection, weak)
            if sender is ANY:
                self._stale()
                found = everyone.setdefault(connection.key, connection)
                if self._built is not None:
                    self._stale()
            else:
                connection.sender_key = sender_key(sender)
                found = self._insert(connection, sender)
            if not weak:  # strength belongs to the connection, which keeps its place
                self._hold(found)
            return connection if found is connection else None

    def _add_plain(self, receiver: Any) -> Connection | None:
        """`_add` for a plain function, weakly and for every sender: most are connected so, and this takes a fifth less."""
        if self._dead:
            self._settle()
        everyone = self._everyone
        if everyone is None:
            everyone = self._begin()
        connection = Connection(receiver, self._died)
        connection.key = id(receiver)
        connection.function = connection.strong = connection.sender_key = connection.first = None
        connection.place = _next_place()
        try:
            frame = _getframe(2)  # of no function of ours: those connect for one sender, or strongly
        except ValueError:
            frame = caller(2)
        connection.code = frame.f_code
        connection.instruction = frame.f_lasti
        connection.name = receiver.__qualname__
        with LOCK:
            self._built = self._snapshot = None
            if self._resolved is not UNRESOLVED:
                self._share_first(connection, True)
                self._stale()
            found = everyone.setdefault(connection.key, connection)
            if self._built is not None:
                self._stale()  # type: ignore[unreachable]  # a destructor may have sent
            return connection if found is connection else None

    def _begin(self) -> dict[ReceiverKey, Connection]:
        """Make what the first connection needs."""
        with LOCK:
            dead: list[Connection | Bucket] = []
            everyone: dict[ReceiverKey, Connection] = {}
            self._dead = dead if self._dead is None else self._dead
            self._died = self._dead.append
            self._everyone = everyone if self._everyone is None else self._everyone
            return self._everyone

    def _refer(self, receiver: Any, weak: bool) -> Connection:
        """Make a connection to anything but a function, weak if it can be, and in no table yet."""
        self._plain = False
        died = self._died
        holder: Holder | None = None
        target, function, rebind = self._parts(receiver)
        try:
            connection = Connection(target, died)
        except TypeError:
            if weak:
                raise TypeError(
                    f"{self._label} cannot hold {describe(receiver)} weakly: {describe(target)} cannot be weakly "
                    f"referenced. Connect it with weak=False."
                ) from None
            holder = Holder(receiver)
            function, rebind = call_held, held
            connection = Connection(holder, died)
        connection.key = receiver_key(receiver)
        connection.function = function
        connection.strong = holder
        connection.rebind = rebind
        return connection

    def _parts(self, receiver: Any) -> tuple[Any, Callable[..., object] | None, Callable[[Any, Any], Any]]:
        """What to refer to, and if that is an owner, the function and how to make the receiver of both again."""
        if type(receiver) is MethodType:
            bound = bound_signal_of(receiver)
            if bound is not None:
                function = BoundSignalFunction(bound._signal, receiver.__func__)
                return bound._sender, function, BoundSignalFunction.bind
            return receiver.__self__, receiver.__func__, MethodType
        if is_builtin_method(receiver):
            return receiver.__self__, BuiltinFunction(receiver.__name__), BuiltinFunction.bind
        return receiver, None, MethodType

    def _share_first(self, connection: Connection, weak: bool) -> None:
        """A receiver is lost or served as one, whichever of its connections is the first to serve."""
        other = None if self._everyone is None else self._everyone.get(connection.key)
        if other is None and self._places:
            bucket = next(reversed(self._places.get(connection.key, {}).values()), None)
            other = None if bucket is None else bucket.connections.get(connection.key)
        if other is not None:
            connection.first = first = other.first or other
            if weak and other.strong is not None and connection.code is not None and first.code is not None:
                # A strong one may be the one to serve, but never the one that is lost.
                first.code, first.instruction = connection.code, connection.instruction
            connection.code = first.code

    def _insert(self, connection: Connection, sender: object) -> Connection:
        """Put a connection for one sender into the table unless there is one like it; return the one that is there."""
        key, of = connection.key, connection.sender_key
        assert of is not None
        if self._buckets is None or self._places is None or self._resolved is UNRESOLVED:
            buckets: dict[SenderKey, Bucket] = {}
            places: dict[ReceiverKey, dict[SenderKey, Bucket]] = {}
            resolved: dict[SenderKey, Snapshot] = {}
            self._resolved = resolved if self._resolved is UNRESOLVED else self._resolved
            self._places = places if self._places is None else self._places
            self._buckets = buckets if self._buckets is None else self._buckets
        found = connection
        self._stale_for(of)
        while type(connection) is not RemovedConnection:
            bucket = self._buckets.setdefault(of, self._bucket(sender) or self._new_bucket(of, sender))
            found = bucket.connections.setdefault(key, connection)
            inside = self._places.setdefault(key, {})
            inside[of] = bucket
            # A destructor that disconnects may have run meanwhile.
            if (
                type(found) is not RemovedConnection
                and self._buckets.get(of) is bucket
                and self._places.get(key) is inside
            ):
                break
            if key not in bucket.connections:
                self._unplace(key, bucket)
        if found is connection:
            self._stale_for(of)
            if connection.strong is not None:  # put into another bucket by `_take`
                self._hold(connection)
        return found

    def _bucket(self, sender: object) -> Bucket | None:
        bucket = None if self._buckets is None else self._buckets.get(sender_key(sender))
        return bucket if bucket is not None and bucket.is_of(sender) else None

    def _new_bucket(self, key: SenderKey, sender: object) -> Bucket:
        """A bucket that is not in the table yet, where there is room for it."""
        assert self._buckets is not None
        other = self._buckets.get(key)
        if other is not None and not other.is_of(sender):
            self._drop(other)
        held = None
        try:
            bucket = Bucket(sender, self._died)
        except TypeError:  # slotted, or a value
            held = Holder(sender)
            bucket = Bucket(held, NOTHING)
        bucket.key = key
        bucket.connections = {}
        bucket.held = held
        bucket.release = None
        return bucket

    def _drop(self, bucket: Bucket) -> bool:
        """Take a bucket out of the table. Was it there?"""
        if self._buckets is not None and self._buckets.get(bucket.key) is bucket:
            found = self._buckets.pop(bucket.key, None)
            if found is not None and found is not bucket:  # made by a destructor since the test
                self._buckets.setdefault(bucket.key, found)
            return found is bucket
        return False

    def _hold(self, connection: Connection) -> None:
        """Keep a connection's receiver alive, as long as there is the sender that it is connected for."""
        connection.strong = connection()
        if connection.sender_key is not None and self._buckets is not None:
            bucket = self._buckets.get(connection.sender_key)
            if bucket is not None:
                bucket.release_with_sender()

    def _remove(
        self, key: ReceiverKey, sender: object, everywhere: bool = False, *, settle: bool = True
    ) -> Sequence[object]:
        """Remove a receiver's connection for one sender or for `ANY`, or all it has; return for whom there were any."""
        if settle and self._dead:
            self._settle()
        removed: Sequence[object] = ()
        with LOCK:
            if sender is not ANY:
                bucket = self._bucket(sender)
                if bucket is not None:
                    self._unplace(key, bucket)
                    removed = self._take(key, bucket)
                return removed
            everyone = self._everyone
            if everyone is not None and key in everyone:
                self._stale()
                found = everyone.pop(key, None)
                if found is not None:
                    found.remove()
                    removed = EVERYONE
            if everywhere and self._places is not None:
                for bucket in self._places.pop(key, {}).values():
                    removed = [*removed, *self._take(key, bucket)]
        return removed

    def _take(self, key: ReceiverKey, bucket: Bucket, only: Connection | None = None) -> list[object]:
        """Remove a receiver from one sender's bucket, and the bucket if that was its last; return that sender."""
        self._stale_for(bucket.key)
        sender = bucket.sender()
        found = bucket.connections.pop(key, None)
        if only is not None and found is not None and found is not only:  # connected by a destructor meanwhile
            self._insert(found, sender)
            return []
        if not bucket.connections and self._drop(bucket):
            for late in list(bucket.connections.values()):  # connected by a destructor since the test
                self._insert(late, sender)
        self._stale_for(bucket.key)
        if key not in bucket.connections:
            self._unplace(key, bucket)  # where a destructor connected it for a while
        if found is None:
            return []
        found.remove()
        return [] if bucket.is_dead() else [sender]

    def _unplace(self, key: ReceiverKey, bucket: Bucket) -> None:
        """Forget that a receiver is in this bucket."""
        places = None if self._places is None else self._places.get(key)
        if places is None or self._places is None or places.get(bucket.key) is not bucket:
            return
        places.pop(bucket.key, None)
        if not places:
            late = self._places.pop(key, None)
            if late:  # connected by a destructor since the test
                self._places.setdefault(key, {}).update(late)

    def _all(self) -> list[Connection]:
        """All connections, those for living senders and those for `ANY`, of receivers dead or alive."""
        with LOCK:
            found = [list((self._everyone or {}).values()), *map(_living, list((self._buckets or {}).values()))]
        return list(itertools.chain.from_iterable(found))

    def _find(self, key: ReceiverKey, sender: object) -> Connection | None:
        """The connection of a receiver for one sender, or for `ANY`."""
        if sender is ANY:
            table = self._everyone
        else:
            bucket = self._bucket(sender)
            table = None if bucket is None else bucket.connections
        found = None if table is None else table.get(key)
        return None if found is None or found() is None else found

    def _stale(self) -> None:
        """Have the next send of every sender build its snapshot anew."""
        self._built = self._snapshot = None
        if self._resolved is not UNRESOLVED:
            self._for_everyone = None
            self._resolved = {}
            self._latest = NOBODY

    def _stale_for(self, sender: SenderKey) -> None:
        """Have the next send of one sender build its snapshot anew."""
        self._built = None
        self._resolved.pop(sender, None)
        self._latest = NOBODY
        self._snapshot = None

    def _settle(self) -> None:
        """Take what died out of the table, and warn of what was lost by mistake."""
        dead = self._dead
        while dead:
            gone: list[object] = []  # to be let go after the lock
            with LOCK:
                last = next(reversed(dead), None)
                if last is None:  # a destructor came here since the test
                    return
                gone.append(last)
                # It stays on the list until it is out of the table, so that a destructor that connects meanwhile
                # buries it first: the receiver may have inherited its id.
                lost = self._bury(last, gone)
                _strike(last, dead)
                last = None
            if lost is not None and lost.code is not None:
                warn(lost, self._label)
            lost = None  # or the next round would let it go under the lock

    def _bury(self, dead: Connection | Bucket, gone: list[object]) -> Connection | None:
        """Take it out of the table; return who may be lost. What goes with it is kept in ``gone``."""
        if isinstance(dead, Bucket):
            self._stale_for(dead.key)
            self._drop(dead)
            for key in list(dead.connections):
                self._unplace(key, dead)
            return None
        if dead.sender_key is None:
            if self._everyone is None or self._everyone.get(dead.key) is not dead:
                return None
            found = self._everyone.pop(dead.key, None)
            if found is not None and found is not dead:  # connected by a destructor since the test
                self._everyone.setdefault(dead.key, found)
            self._stale()
        else:
            bucket = None if self._buckets is None else self._buckets.get(dead.sender_key)
            if bucket is None or bucket.is_dead() or bucket.connections.get(dead.key) is not dead:
                return None  # nobody misses a receiver that listened to the dead
            gone.append(bucket)
            self._unplace(dead.key, bucket)
            self._take(dead.key, bucket, dead)
        return dead.first or dead
