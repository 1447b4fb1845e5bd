"""When two senders are the same.

Senders are identified by identity, and no code of theirs (``__eq__``, ``__hash__``, ``__bool__``) ever runs. Values
of exactly these types have no useful identity, so they are compared by type and value: ``1``, ``True`` and ``1.0``
are three senders, and an `int` never meets the `id` of another object.
"""

from typing import Final, TypeAlias

SenderKey: TypeAlias = int | tuple[type, object]
"""An `id` for an object, type and value for a value: the two never meet."""

# By ``id``, because hashing a class may run its metaclass's code. These five live as long as the interpreter.
VALUE_TYPES: Final = frozenset(map(id, (str, int, bytes, bool, float)))


def sender_key(sender: object) -> SenderKey:
    """What identifies a sender for as long as it is alive."""
    kind = type(sender)
    if id(kind) in VALUE_TYPES:
        return kind, sender
    return id(sender)
