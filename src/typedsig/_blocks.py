"""``with signal.connected_to(...)``: connected during the block, and afterwards exactly what was there before."""

from types import TracebackType
from typing import final

from ._connections import LOCK, Connection, Connections
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
        with LOCK:
            if table._blocks is None:
                table._blocks = {}
            if self in table._blocks:
                raise RuntimeError(f"this block of {table._label} is on already: call connected_to() once for each")
            found = table._find(self._what[0], self._sender)
            self._before = None if found is None else (found, found.strong is not None)
            table._blocks[self] = None
        if found is None:
            try:
                table._attach(self._receiver, self._sender, weak=False)
            except BaseException:
                table._blocks.pop(self, None)
                raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        table = self._table
        with LOCK:
            blocks = list(table._blocks or ())
            later = blocks[blocks.index(self) + 1 :]
            if table._blocks is not None:
                table._blocks.pop(self, None)
            for block in later:
                if isinstance(block, ConnectedBlock) and block._what == self._what:
                    # A block that began in this one is still on. It now stands for both.
                    block._before = self._before
                    return
        self._restore()

    def _restore(self) -> None:
        table = self._table
        if self._before is None:
            table._detach(self._receiver, self._sender)
            return
        before, strong = self._before
        with LOCK:
            if table._find(self._what[0], self._sender) is before:
                before.strong = before() if strong else None
                return
        # It was disconnected during the block, and maybe connected again.
        table._detach(self._receiver, self._sender)
        table._attach(self._receiver, self._sender, weak=not strong, place=before.place)
