"""``with signal.muted(...)``: for a while, calling nobody, or nobody for one sender, or all but one receiver."""

from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import final

from ._receiver import AnyReceiver, ReceiverKey, describe, receiver_key
from ._sender import SenderKey, sender_key
from ._types import ANY


class _Token:
    """Stands for a mute in contexts, which may outlive the block, and so must not keep what is muted."""

    __slots__ = ("on",)

    def __init__(self) -> None:
        self.on = True


@final
class Mute:
    """One ``with signal.muted(...)`` block, to be entered once at a time."""

    __slots__ = ("_context", "_label", "_of", "_switch", "_token", "receiver", "selective", "sender")

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
        self._token: _Token | None = None
        self.sender = None if sender is ANY else sender_key(sender)
        self.receiver = None if receiver is None else receiver_key(receiver)
        self.selective = self._context or self.sender is not None

    def __enter__(self) -> None:
        if self._token is not None:
            raise RuntimeError(f"this muting of {self._label} is on already: call muted() once for each block")
        try:
            self._token = _Token()
            self._switch(self, True)
            if self._context:
                _in_context.set((*(token for token in _in_context.get() if token.on), self._token))
        except BaseException:  # a Ctrl-C, or a `LostReceiverWarning` as an error: no block begins that could end
            self.__exit__(None, None, None)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._token is not None:
            self._token.on = False
            self._token = None
        if self._context:
            # Without the variable's own token, since a block may end in another context than it began in.
            _in_context.set(tuple(token for token in _in_context.get() if token.on))
        self._switch(self, False)

    def applies(self, sender: SenderKey | None) -> bool:
        """Does this mute sends from this sender in the current context? None: from senders in general."""
        return (self.sender is None or self.sender == sender) and (
            not self._context or any(token is self._token for token in _in_context.get())
        )


_in_context: ContextVar[tuple[_Token, ...]] = ContextVar("typedsig.muted", default=())
