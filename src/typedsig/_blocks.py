"""``with signal.connected_to(...)``: connected during the block, and afterwards exactly what was there before."""

from collections.abc import Sequence
from types import TracebackType
from typing import final

from ._connection import Connection
from ._connections import Connections
from ._lock import LOCK
from ._receiver import AnyReceiver, receiver_key
from ._sender import sender_key
from ._types import ANY


@final
class ConnectedBlock:
    """One such block, to be entered once at a time. It holds receiver and sender strongly."""

    __slots__ = ("_before", "_receiver", "_sender", "_table", "_what")

    _before: tuple[Connection, bool] | None
    """The connection that was there before, and whether it was strong."""

    def __init__(self, table: Connections, receiver: AnyReceiver, sender: object) -> None:
        self._table = table
        self._receiver = receiver
        self._sender = sender
        self._what = receiver_key(receiver), None if sender is ANY else sender_key(sender)

    def __enter__(self) -> None:
        table = self._table
        if table._dead:
            table._settle()
        with LOCK:
            if table._blocks is None:
                made: dict[ConnectedBlock, None] = {}  # rule 2 of `_table`
                table._blocks = made if table._blocks is None else table._blocks  # type: ignore[redundant-expr]  # rule 2
            if self in table._blocks:
                raise RuntimeError(f"this block of {table._label} is on already: call connected_to() once for each")
            found = table._find(self._what[0], self._sender)
            self._before = None if found is None else (found, found.strong is not None)
            new = table._add(self._receiver, self._sender, weak=False, settle=False) if found is None else None
            table._blocks[self] = None
        if new is not None:
            try:
                table._added(new, self._receiver, self._sender, weak=False)
            except BaseException:
                table._blocks.pop(self, None)
                raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        table = self._table
        # Looking, handing over and restoring are one step, or a block that begins meanwhile takes the connection that
        # is being removed for one that was there before.
        with LOCK:
            if table._blocks is None or self not in table._blocks:
                return
            alike = self._alike()
            later = alike[alike.index(self) + 1 :]
            del table._blocks[self]
            if later:  # a block that began in this one is still on; it now stands for both
                later[0]._before = self._before
                return
            before, strong = self._before or (None, False)
            found = table._find(self._what[0], self._sender)
            if before is not None and found is not None:
                if strong:
                    table._hold(found)
                else:
                    found.strong = None
                if found is not before:  # disconnected during the block, and connected again
                    found.place = before.place
                    table._stale()
                return
            removed: Sequence[object] = ()
            new = None
            if before is None:
                removed = table._remove(self._what[0], self._sender, settle=False)
            else:  # disconnected during the block
                new = table._add(self._receiver, self._sender, weak=not strong, place=before.place, settle=False)
        table._removed(self._receiver, removed)
        if new is not None:  # which, being there before, no listener may undo
            table._announce("receiver_connected", receiver=self._receiver, sender=self._sender, weak=not strong)
        if table._dead:
            table._settle()

    def _alike(self) -> "list[ConnectedBlock]":
        """The blocks of this receiver and sender that are on."""
        # A loop of its own: see `_lock`.
        return [block for block in list(self._table._blocks or ()) if block._what == self._what]
