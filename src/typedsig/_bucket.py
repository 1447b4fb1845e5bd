"""The connections for one sender, known by a weak reference to it."""

from typing import Any, Final, TypeAlias
from weakref import ref

from ._connection import Connection, Holder
from ._receiver import ReceiverKey
from ._sender import SenderKey

Snapshot: TypeAlias = tuple[Connection, ...]
"""What one send calls, in order."""


class Bucket(ref[Any]):
    """The connections for one sender: a weak reference to the sender, which tells the table when it dies."""

    __slots__ = ("connections", "held", "home", "key")

    key: SenderKey
    home: ref[Any]
    """The table that this is in."""
    connections: dict[ReceiverKey, Connection]
    held: Holder | None
    """Keeps a sender that is a value or cannot be weakly referenced."""

    def sender(self) -> object:
        return self() if self.held is None else self.held.held


class Resolved(ref[Any]):
    """What a send from one sender calls: a weak reference to the sender, by which a send knows its own."""

    __slots__ = ("snapshot",)

    snapshot: Snapshot


_nobody: Final = Holder(None)
NOBODY: Final = Resolved(_nobody)
"""Of a sender that never sends."""
