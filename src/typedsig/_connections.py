"""What a send calls: the connections of one signal as sends, mutes and questions see them.

The first send after a write builds one list under the lock, which nobody changes and all later sends read without. A
connection *is* the weak reference to its receiver, so a send calls it to get the receiver and asks nobody else.
"""

from operator import attrgetter
from typing import Any

from ._bucket import NO_ONE, Bucket, Resolved, Snapshot
from ._connection import NOTHING, Connection, TwinConnection
from ._lock import LOCK
from ._muting import Mute
from ._receiver import ReceiverKey
from ._sender import SenderKey, sender_key
from ._table import Table
from ._types import ANY

_by_place = attrgetter("place")


def _serve(snapshot: Snapshot) -> None:
    # A loop of its own: see `_lock`.
    for connection in snapshot:
        if connection.code is not None and connection() is not None:
            connection.served()


class Connections(Table):
    """The table of one signal, and what is made of it."""

    __slots__ = ()

    # Sending

    def _resolve(self, sender: object) -> Snapshot:
        """What a send from this sender calls, in order, where neither ``_snapshot`` nor ``_resolved`` tells."""
        everyone = self._for_everyone
        if everyone is not None and self._buckets and not self._dead:
            key = sender_key(sender)
            if key not in self._buckets and everyone is self._for_everyone:  # nobody wrote between the two
                return everyone
            found = self._resolved.get(key)  # a value: its id is not its key
            if found is not None:
                return found
        return self._rebuild(sender)

    def _rebuild(self, sender: object) -> Snapshot:
        if self._dead:
            self._settle()
        key = sender_key(sender)
        with LOCK:
            while True:
                self._built = built = object()
                snapshot = self._build(key, sender)
                if self._built is built:
                    break
                self._stale()
            _serve(snapshot)
        return snapshot

    def _build(self, key: SenderKey, sender: object) -> Snapshot:
        """The connections for a sender, kept for the next send where they depend on nothing but the sender."""
        mutes = list(self._mutes or ())
        if any(mute.selective for mute in mutes):
            return self._in_order(self._bucket(sender), [mute for mute in mutes if mute.applies(key)])
        if not self._buckets:
            unfiltered = self._in_order(None, mutes)
            self._snapshot = unfiltered
            return unfiltered
        everyone = self._for_everyone
        if everyone is None:
            everyone = self._for_everyone = self._in_order(None, mutes)
        bucket = self._bucket(sender)
        if bucket is None:
            return everyone
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._in_order(bucket, mutes)
            if bucket.held is None:
                latest = Resolved(sender, NOTHING)
                latest.snapshot = found
                self._latest = latest
        return found

    def _in_order(self, bucket: Bucket | None, mutes: list[Mute]) -> Snapshot:
        found = self._matching(bucket)
        for mute in mutes:
            if mute.receiver is None:
                return NO_ONE
            found.pop(mute.receiver, None)
        return sorted(found.values(), key=_by_place)

    def _matching(self, bucket: Bucket | None) -> dict[ReceiverKey, Connection]:
        """The connections that a send from a sender with this bucket calls, by receiver.

        A receiver connected both for this sender and for every sender is called once, in its earlier place.
        """
        found: dict[ReceiverKey, Connection] = {} if self._everyone is None else self._everyone.copy()
        if bucket is not None:
            for receiver, connection in bucket.connections.copy().items():
                other = found.get(receiver)
                found[receiver] = connection if other is None else TwinConnection.of(other, connection)
        return found

    # Muting

    def _mute(self, mute: Mute, on: bool) -> None:
        if on and self._dead:
            self._settle()
        with LOCK:
            if self._mutes is None:
                made: dict[Mute, None] = {}  # rule 2 of `_table`
                self._mutes = made if self._mutes is None else self._mutes  # type: ignore[redundant-expr]  # rule 2
            if on:
                self._mutes[mute] = None
            else:
                self._mutes.pop(mute, None)
            self._stale()
        if not on and self._dead:
            self._settle()

    def _is_muted(self, sender: SenderKey | None) -> bool:
        return any(mute.receiver is None and mute.applies(sender) for mute in list(self._mutes or ()))

    # Asking

    def _alive(self, sender: object) -> list[Any]:
        """The live receivers in order, muted or not: those a send from this sender calls, or with `ANY` all."""
        connections = self._first_of_each() if sender is ANY else self._for(sender)
        found = sorted(connections.values(), key=_by_place)
        return [receiver for connection in found if (receiver := connection.receiver()) is not None]

    def _for(self, sender: object) -> dict[ReceiverKey, Connection]:
        with LOCK:
            return self._matching(self._bucket(sender))

    def _first_of_each(self) -> dict[ReceiverKey, Connection]:
        found: dict[ReceiverKey, Connection] = {}
        for connection in self._all():
            if connection.place < found.setdefault(connection.key, connection).place:
                found[connection.key] = connection
        return found

    def _any_alive(self, sender: object) -> bool:
        """Whether `_alive` finds anybody, without looking at everybody."""
        while self._everyone or self._buckets:
            if self._dead:
                self._settle()
            with LOCK:
                if self._dead:  # as another thread settles, one by one
                    continue
                if self._everyone or sender is ANY:
                    return bool(self._everyone or self._buckets)
                bucket = self._bucket(sender)
                return bucket is not None and bool(bucket.connections)
        return False
