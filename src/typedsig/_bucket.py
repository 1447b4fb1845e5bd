"""The connections for one sender, known by a weak reference to it."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias
from weakref import ref

from ._connection import Connection, Holder
from ._receiver import ReceiverKey
from ._sender import SenderKey

Snapshot: TypeAlias = Sequence[Connection]
"""What one send calls, in order: a list that nobody ever changes. With tuples an empty send takes a tenth longer on CPython
3.13, which has no quick way to ask whether one is empty."""

NO_ONE: Final[Snapshot] = []


class Bucket(ref[Any]):
    """The connections for one sender: a weak reference to the sender, which tells the table when it dies."""

    __slots__ = ("connections", "held", "key", "release")

    key: SenderKey
    connections: dict[ReceiverKey, Connection]
    held: Holder | None
    """Keeps a sender that is a value or cannot be weakly referenced."""
    release: "_Release | None"
    """What lets go of the receivers when the sender dies; made when one is held strongly."""

    def is_dead(self) -> bool:
        return self.held is None and self() is None

    def sender(self) -> object:
        return self() if self.held is None else self.held.held

    def is_of(self, sender: object) -> bool:
        """Is this the bucket of that sender, rather than of a dead one whose ``id`` it has?"""
        return self.held is not None or self() is sender

    def release_with_sender(self) -> None:
        """Have the sender's death let go of all that is held strongly here."""
        if self.held is None and self.release is None:
            release = _Release(self(), _let_go)
            release.connections = self.connections
            self.release = release


class _Release(ref[Any]):
    __slots__ = ("connections",)

    connections: dict[ReceiverKey, Connection]


def _let_go(release: _Release) -> None:
    for connection in release.connections.copy().values():
        connection.strong = None


class Resolved(ref[Any]):
    """What a send from one sender calls: a weak reference to the sender, by which a send knows its own."""

    __slots__ = ("snapshot",)

    snapshot: Snapshot


_nobody: Final = Holder(None)
NOBODY: Final = Resolved(_nobody)
"""Of a sender that never sends."""
