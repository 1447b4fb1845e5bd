"""One receiver connected for one sender: a weak reference that a send calls to get the receiver."""

from collections.abc import Callable
from types import CodeType
from typing import Any, Final
from weakref import ref

from ._receiver import ReceiverKey, describe
from ._sender import SenderKey


class Connection(ref[Any]):
    """One receiver connected for one sender: a weak reference to what is called.

    A send calls the connection, which gives None once the receiver is dead or disconnected, and calls what it gives or,
    where there is a ``function``, that function with it: a bound method is held as its owner, weakly, and its function,
    because a weak reference to the method object itself would die at once.
    """

    __slots__ = ("code", "first", "function", "instruction", "key", "name", "place", "rebind", "sender_key", "strong")

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
    code: CodeType | None
    """Who connected it, as long as losing it would be a mistake."""
    instruction: int
    """Where in that code. Which line that is takes longer to find out than all the rest of a connect."""
    name: str
    """What a warning calls the receiver."""
    first: "Connection | None"
    """The connection whose three of these count for this one: if a receiver has several, the first of them."""

    def receiver(self) -> Any:
        """The receiver as it was connected; None if it is dead."""
        target = self()
        return None if target is None else self.rebound(target)

    def rebound(self, target: Any) -> Any:
        """The receiver as it was connected, made from what the reference gave."""
        return target if self.function is None else self.rebind(self.function, target)

    def described(self) -> str:
        """Name the receiver for a message, also if it has been disconnected since it was called."""
        target = super().__call__()  # not that of RemovedConnection
        return "a function that is gone" if target is None else describe(self.rebound(target))

    def served(self) -> None:
        """Losing the receiver is no mistake from now on."""
        self.code = None
        if self.first is not None:
            self.first.code = None

    def remove(self) -> None:
        """Reach nobody any more, also in sends that hold this connection in their snapshot.

        Under the lock, which is safe as whoever has a receiver removed holds it meanwhile.
        """
        self.strong = None
        # As another class, the connection answers as a dead one does, so sends need not ask whether it was removed.
        self.__class__ = RemovedConnection  # pyright: ignore[reportAttributeAccessIssue]  # of the same layout


class RemovedConnection(Connection):
    __slots__ = ()

    def __call__(self) -> None:
        return None


NOTHING: Final = id
"""The callback of weak references that need none: CPython before 3.13 crashes where one without is destroyed together with
what it refers to, by that very destruction, if that has other weak references."""


class TwinConnection(Connection):
    """Stands in a snapshot for two connections of one receiver, and reaches it until both are removed."""

    __slots__ = ("_one", "_other")

    _one: Connection
    _other: Connection

    @staticmethod
    def of(one: Connection, other: Connection) -> Connection:
        target = one()
        if target is None:
            return other
        twin = TwinConnection(target, NOTHING)
        twin._one, twin._other = one, other
        twin.key, twin.function = one.key, one.function
        twin.first = one.first or one
        twin.code = twin.first.code
        if one.function is not None:
            twin.rebind = one.rebind
        twin.place = min(one.place, other.place)
        return twin

    def __call__(self) -> Any:
        target = self._one()
        return self._other() if target is None else target


class Holder:
    """Keeps what cannot be weakly referenced, so that connections to it can be like all others."""

    __slots__ = ("__weakref__", "held")

    def __init__(self, held: Any) -> None:
        self.held = held


def call_held(holder: Holder, /, *args: object, **kwargs: object) -> object:
    return holder.held(*args, **kwargs)


def held(function: object, holder: Holder) -> Any:
    return holder.held
