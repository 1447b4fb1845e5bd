"""``with signal.muted(...)``: for a while, calling nobody, or nobody for one sender, or all but one receiver."""

from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import final

from ._receiver import AnyReceiver, ReceiverKey, describe, receiver_key
from ._sender import SenderKey, sender_key
from ._types import ANY


@final
class Mute:
    """One ``with signal.muted(...)`` block, to be entered once at a time."""

    __slots__ = ("_active", "_context", "_label", "_of", "_switch", "receiver", "selective", "sender")

    sender: SenderKey | None
    """Whose sends are muted; None: everybody's."""
    receiver: ReceiverKey | None
    """Which receiver is muted; None: all."""
    selective: bool
    """Does it take the sender or the context to say whether this applies?"""

    def __init__(
        self,
        label: str,
        switch: "Callable[[Mute, bool], None]",
        sender: object,
        receiver: AnyReceiver | None,
        scope: object,
    ) -> None:
        if receiver is not None and not callable(receiver):
            raise TypeError(f"{label}.muted(): {describe(receiver)} is not callable, so it cannot be a receiver")
        if scope not in ("process", "context"):
            raise ValueError(f"{label}.muted(): scope must be 'process' or 'context', not {scope!r}")
        self._label = label
        self._switch = switch
        self._of = sender, receiver  # kept alive, so that meanwhile their keys mean nobody else
        self._context = scope == "context"
        self._active = False
        self.sender = None if sender is ANY else sender_key(sender)
        self.receiver = None if receiver is None else receiver_key(receiver)
        self.selective = self._context or self.sender is not None

    def __enter__(self) -> None:
        if self._active:
            raise RuntimeError(f"this muting of {self._label} is on already: call muted() once for each block")
        self._active = True
        if self._context:
            _in_context.set((*_in_context.get(), self))
        self._switch(self, True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._active = False
        self._switch(self, False)
        if self._context:
            # Without a token, since a block may end in another context than it began in. A context that inherited
            # this mute still holds it, but the signal no longer asks for it.
            _in_context.set(tuple(mute for mute in _in_context.get() if mute._active))

    def applies(self, sender: SenderKey | None) -> bool:
        """Does this mute sends from this sender in the current context? None: from senders in general."""
        return (self.sender is None or self.sender == sender) and (
            not self._context or any(mute is self for mute in _in_context.get())
        )


_in_context: ContextVar[tuple[Mute, ...]] = ContextVar("typedsig.muted", default=())
