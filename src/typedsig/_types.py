"""The type parameters of a signal, and the sentinel for "every sender"."""

import enum
import sys
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

# ``typing`` has the defaults of type parameters (PEP 696) since Python 3.13. Before, only checkers have them, who bring
# typing_extensions along; at run time `Declarable` fills them in, and nobody has to install or import that.
if sys.version_info >= (3, 13):
    from typing import ParamSpec, TypeVar
elif TYPE_CHECKING:
    from typing_extensions import ParamSpec, TypeVar
else:
    import typing

    def TypeVar(name: str, *, default: object = None, covariant: bool = False) -> object:  # noqa: N802
        return typing.TypeVar(name, covariant=covariant)

    def ParamSpec(name: str, *, default: object = None) -> object:  # noqa: N802
        return typing.ParamSpec(name)


SenderT = TypeVar("SenderT", default=Any)
"""What sends the signal, and what receivers get as their first argument."""

P = ParamSpec("P", default=...)
"""The payload: the parameters after the sender."""

ResultT = TypeVar("ResultT", default=object)
"""What one receiver answers."""

ReturnT = TypeVar("ReturnT", default=object)
"""What a receiver, as it stands, returns: for an asynchronous signal a result or an awaitable of one."""

ValueT = TypeVar("ValueT", covariant=True, default=object)
"""What a receiver returned, as an outcome tells it."""

# Those below belong to one function each. They have no defaults, because three of six checkers refuse
# a function that mixes defaulted and undefaulted parameters.
S = TypeVar("S")
Q = ParamSpec("Q")
R = TypeVar("R")


class AnySender(enum.Enum):
    """The type of `ANY`. It has this one member, so checkers can tell `ANY` from every other value."""

    __module__ = "typedsig"

    ANY = "ANY"

    def __repr__(self) -> str:
        return "typedsig.ANY"


ANY: Literal[AnySender.ANY] = AnySender.ANY
"""Every sender. It equals nothing but itself, so no value of yours can be mistaken for it."""

Scope: TypeAlias = Literal["process", "context"]
"""How far muting reaches: every thread and task, or the current one and what it starts meanwhile."""
