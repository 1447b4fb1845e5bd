"""The loops that call receivers, as texts, which are completed for each payload and compiled by `_dispatch`.

``send`` and its kin exist once, here. Completed with the declared parameters, as `dataclasses` writes an ``__init__``, they
build no ``**kwargs`` dictionary for the call nor unpack one for each receiver (which costs four to five times as much as
a call that spells its arguments out), and Python itself checks the arguments, even when nobody listens.
"""

from types import CoroutineType
from typing import Any, Final, Literal, TypeAlias

from ._concurrently import gather
from ._failures import Returned, called_none, explain, raised, refuse_coroutine
from ._prototype import UNDECLARED, Shape, free_name
from ._receiver import is_awaitable

# Fragments first.

# Most sends find that nobody is connected (or all are muted), and return at once; not looping over nothing spares 50 ns
# on CPython 3.13.
_SNAPSHOT: Final = """\
    connections = signal._snapshot
    if not connections:
        if connections is not None:
            {nobody}
        else:
            latest = signal._latest
            if latest() is sender and sender is not None and not signal._dead:
                connections = latest.snapshot
            else:
                latest = None  # which may be of another sender
                # In this order: another thread may take a dead sender whose id this one has off the list in between.
                connections = None if signal._dead else signal._resolved.get(id(sender))
                if connections is None:
                    connections = signal._resolve(sender)
            if not connections:
                {nobody}
"""

# Of a method the connection gives the owner. Making the method again for the results takes 55 to 85 ns.
_CALL: Final = """\
function = connection.function
if function is None:
    value = receiver(sender{arguments})
    {judge}
else:
    value = function(receiver, sender{arguments})
    {judge}
    {send}receiver = connection.rebind(function, receiver)
"""

# Calls that unpack take longer even if there is nothing to unpack.
_CALL_UNPACKING: Final = """\
function = connection.function
if function is None:
    if args:
        value = receiver(sender, *args, **kwargs)
    elif kwargs:
        value = receiver(sender, **kwargs)
    else:
        value = receiver(sender)
    {judge}
else:
    value = function(receiver, sender, *args, **kwargs)
    {judge}
    {send}receiver = connection.rebind(function, receiver)
"""

_REFUSE_COROUTINE: Final = """\
if value is not None and type(value) is CoroutineType:
    refuse_coroutine(value, signal, connection)
"""

_AWAIT: Final = """\
if value is not None and (type(value) is CoroutineType or is_awaitable(value)):
    value = await value
"""

# Keeping the receiver in a variable would make an emit a fourteenth slower.
_CALL_PLAIN: Final = """\
{send}receiver = connection()
{send}value = receiver(sender{arguments})
{emit}value = connection()(sender{arguments})
{judge}
"""

# What a plain receiver returns need not be looked at by an asynchronous signal: it is a coroutine (see `_plain`).
_AWAIT_PLAIN: Final = """\
{send}receiver = connection()
{send}value = await receiver(sender{arguments})
{emit}await connection()(sender{arguments})
"""

# Without a prototype the arguments come as a tuple and a dictionary. From the second receiver on, unpacking them for
# each costs more than a loop that spells them out, which is made for each number and set of names.
_SPREAD: Final = """\
    if args or kwargs:
        loop = spreads["{name}"][(len(args), *kwargs) if args else tuple(kwargs)]
        return loop(signal, connections, sender, args, kwargs)
"""

_EXPLAIN: Final = """\
except Exception as error:
    explain(error, signal, connection)
    raise
"""

# Not looping for a single receiver spares an eighth of its send, and ``match`` finds out sooner than ``len`` does.
_ONE: Final = """\
    match connections:
        case [connection]:
            receiver = connection()
            if receiver is None:
                signal._snapshot = None
                {nobody}
            try:
                {call one}
            {explain}
            {send}return [(receiver, value)]
            {emit}return
"""

# The first exception of a receiver ends the send. Plain receivers are called without asking their connections for a
# function first, nor whether they are still there, which spares a fifth.
_SEND: Final = """\
{definition}
{snapshot}
{one}
{spread}
    {send}results = []
    connection = None
    if signal._plain:
        rest = iter(connections)
        while True:
            try:
                for connection in rest:
                    # Of a receiver that is gone a connection gives None, and calling that ends in the handler below.
                    {call plain}
                    {send}results.append((receiver, value))
                {send}return results
                {emit}return
            except Exception as error:
                if not called_none(error, connection):
                    explain(error, signal, connection)
                    raise
                signal._snapshot = None  # that receiver is gone; on with the rest
    try:
        for connection in connections:
            receiver = connection()
            if receiver is None:
                signal._snapshot = None
                continue
            {call}
            {send}results.append((receiver, value))
    {explain}
    {send}return results
"""

# An error keeps this frame alive, through its traceback, so the frame must let go of the list that keeps the error.
_SEND_ROBUST: Final = """\
{definition}
{snapshot}
    outcomes = []
    for connection in connections:
        receiver = connection()
        if receiver is None:
            signal._snapshot = None
            continue
        try:
            {call}
        except Exception as error:
            explain(error, signal, connection)
            outcomes.append(raised(error, connection, receiver))
        else:
            outcomes.append(Returned(receiver, value))
    try:
        return outcomes
    finally:
        del outcomes
"""

_SEND_CONCURRENTLY: Final = """\
{definition}
{snapshot}
    async def call(connection):
        receiver = connection()
        if receiver is None:
            return None
        try:
            {call}
        except Exception as error:
            explain(error, signal, connection)
            raise
        return receiver, value

    return await gather(connections, call)
"""

_TEXTS: Final = {
    "send": _SEND,
    "emit": _SEND,
    "send_robust": _SEND_ROBUST,
    "send_async": _SEND,
    "emit_async": _SEND,
    "send_robust_async": _SEND_ROBUST,
    "send_concurrently": _SEND_CONCURRENTLY,
}

GLOBALS: Final[dict[str, Any]] = {
    "CoroutineType": CoroutineType,
    "Exception": Exception,
    "Returned": Returned,
    "called_none": called_none,
    "explain": explain,
    "gather": gather,
    "id": id,
    "is_awaitable": is_awaitable,
    "iter": iter,
    "len": len,
    "raised": raised,
    "refuse_coroutine": refuse_coroutine,
    "tuple": tuple,
    "type": type,
}
"""What the texts refer to, and ``spreads``."""

# Names of the texts, which give way where a payload has a parameter of the same name.
_NAMES: Final = (
    "bound", "call", "connection", "connections", "error", "function", "latest", "loop", "outcomes", "receiver",
    "rest", "results", "sender", "signal", "spreads", "value", *GLOBALS,
)  # fmt: skip

Kind: TypeAlias = Literal["signal", "bound", "spread"]
"""Whose method: a signal's, a bound signal's, or the loop that an undeclared signal's goes on with."""

_HEADS: Final[dict[Kind, str]] = {
    "signal": "def {name}(signal, sender, {parameters}):",
    "bound": "def {name}(bound, {parameters}):\n    sender = bound._sender\n    signal = bound._signal",
    "spread": "def {name}(signal, connections, sender, args, kwargs):\n    {parameters}",
}


def text(name: str, shape: Shape, kind: Kind) -> tuple[str, dict[str, str]]:
    """The source of one method for one shape of payload, and which of its names had to give way."""
    template = _TEXTS[name]
    emits = name.startswith("emit")
    awaits = name.endswith("_async") or template is _SEND_CONCURRENTLY
    fragments = {
        "{definition}": ("async " if awaits else "") + _HEADS[kind] + "\n",
        "{snapshot}": _SNAPSHOT,
        "{nobody}": "return\n" if emits else "return []\n",
        "{one}": _ONE,
        "{call}": _CALL,
        "{call one}": _CALL,
        "{call plain}": _AWAIT_PLAIN if awaits else _CALL_PLAIN,
        "{spread}": "",
        "{judge}": _AWAIT if awaits else _REFUSE_COROUTINE,
        "{explain}": _EXPLAIN,
    }
    if template is _SEND_CONCURRENTLY:
        fragments["{nobody}"] = "pass  # not before gather() has looked for anyio\n"
    arguments = shape.arguments
    if kind == "spread":
        fragments |= {"{snapshot}": "", "{one}": ""}
    elif template is _SEND and shape == UNDECLARED:
        fragments |= {"{call one}": _CALL_UNPACKING, "{spread}": _SPREAD}
        if awaits:
            fragments["{spread}"] = _SPREAD.replace("return loop", "return await loop")
        arguments = ""
    source = _only("{emit}" if emits else "{send}", _filled(template, fragments))
    renamed: dict[str, str] = {}
    for clash in set(_NAMES).intersection(shape.names):
        other = free_name(clash, _NAMES, shape.names)
        renamed[clash] = other
        source = _rename(source, clash, other)
    source = source.replace("{name}", name).replace("{parameters}", shape.parameters).replace("{arguments}", arguments)
    return source, renamed


def _only(mark: str, source: str) -> str:
    """Take off this mark, and leave out the lines that have the other: an emit is a send without its results."""
    kept = (line.replace(mark, "", 1) for line in source.splitlines(keepends=True))
    return "".join(line for line in kept if not line.lstrip().startswith(("{send}", "{emit}")))


def _filled(text: str, fragments: dict[str, str]) -> str:
    """Put fragments, which may name others, in the place of the lines that name them, as far indented."""
    filled = ""
    for line in text.splitlines(keepends=True):
        fragment = fragments.get(line.strip())
        if fragment is None:
            filled += line
        else:
            indent = line[: -len(line.lstrip())]
            filled += "".join(indent + inner for inner in _filled(fragment, fragments).splitlines(keepends=True))
    return filled


def _rename(source: str, name: str, other: str) -> str:
    """Rename a variable, but no attribute and nothing in braces; without ``re``, which cannot be imported at interpreter exit."""
    first, *rest = source.split(name)
    renamed = first
    for part in rest:
        before, after = renamed[-1:], part[:1]
        is_variable = not (before.isalnum() or before in "_.{" or after.isalnum() or after == "_")
        renamed += (other if is_variable else name) + part
    return renamed
