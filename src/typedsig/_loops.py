"""The loops that call receivers, as texts, which are completed for each payload and compiled by `_dispatch`.

``send`` and its kin exist once, here. Completed with the declared parameters, as `dataclasses` writes an ``__init__``, they
build no ``**kwargs`` dictionary for the call nor unpack one for each receiver (which costs four to five times as much as
a call that spells its arguments out), and Python itself checks the arguments, even when nobody listens.
"""

from types import CoroutineType
from typing import Any, Final, Literal, TypeAlias

from ._concurrently import gather
from ._failures import Raised, Returned, explain, refuse_coroutine
from ._prototype import UNDECLARED, Shape
from ._receiver import is_awaitable

# Fragments first.

_SNAPSHOT: Final = """\
    connections = signal._snapshot
    if connections is None:
        latest = signal._latest
        if latest() is sender and sender is not None and not signal._dead:
            connections = latest.snapshot
        else:
            latest = None  # which may be of another sender
            # In this order: another thread may take a dead sender whose id this one has off the list in between.
            connections = None if signal._dead else signal._resolved.get(id(sender))
            if connections is None:
                connections = signal._resolve(sender)
"""

_CALL: Final = """\
function = connection.function
if function is None:
    receiver = target
    value = target(sender{arguments})
else:
    receiver = connection.rebind(function, target)
    value = function(target, sender{arguments})
"""

# Calls that unpack take longer even if there is nothing to unpack.
_CALL_UNPACKING: Final = """\
function = connection.function
if function is not None:
    receiver = connection.rebind(function, target)
    value = function(target, sender, *args, **kwargs)
else:
    receiver = target
    if args:
        value = target(sender, *args, **kwargs)
    elif kwargs:
        value = target(sender, **kwargs)
    else:
        value = target(sender)
"""

_REFUSE_COROUTINE: Final = """\
if value is not None and type(value) is CoroutineType:
    refuse_coroutine(value, signal, connection, target)
"""

# What a plain receiver returns need not be looked at by an asynchronous signal: it is a coroutine (see `_plain`).
_CALL_PLAIN: Final = """\
value = target(sender{arguments})
{judge}
"""

_CALL_PLAIN_AWAITING: Final = """\
value = await target(sender{arguments})
"""

_AWAIT: Final = """\
if value is not None and (type(value) is CoroutineType or is_awaitable(value)):
    value = await value
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
    explain(error, signal, connection, target)
    raise
"""

# Testing for an empty snapshot (nobody connected, or all muted) before looping spares 50 ns on CPython 3.13, and not
# looping for a single receiver an eighth of its send.
_SEND_FEW: Final = """\
    if not connections:
        return []
    if len(connections) == 1:
        [connection] = connections
        target = connection()
        if target is None:
            signal._snapshot = None
            return []
        try:
            {call one}
            {judge}
        {explain}
        return [(receiver, value)]
"""

# The first exception of a receiver ends the send. Where all receivers are plain, not asking each connection for a
# function spares a seventh, and not looking at what is awaited another.
_SEND: Final = """\
{definition}
{snapshot}
{few}
{spread}
    results = []
    connection = target = None
    try:
        if signal._plain:
            for connection in connections:
                target = connection()
                if target is None:
                    signal._snapshot = None
                    continue
                {call plain}
                results.append((target, value))
        else:
            for connection in connections:
                target = connection()
                if target is None:
                    signal._snapshot = None
                    continue
                {call}
                {judge}
                results.append((receiver, value))
    {explain}
    return results
"""

# The same without results, and so without making bound methods again (55 to 85 ns each).
_EMIT_FEW: Final = """\
    if not connections:
        return
    if len(connections) == 1:
        [connection] = connections
        target = connection()
        if target is None:
            signal._snapshot = None
            return
        try:
            {call one}
            {judge}
        {explain}
        return
"""

_EMIT: Final = """\
{definition}
{snapshot}
{few}
{spread}
    connection = target = None
    try:
        if signal._plain:
            for connection in connections:
                target = connection()
                if target is None:
                    signal._snapshot = None
                    continue
                {call plain}
        else:
            for connection in connections:
                target = connection()
                if target is None:
                    signal._snapshot = None
                    continue
                {call}
                {judge}
    {explain}
"""

# An error keeps this frame alive, through its traceback, so the frame must let go of the list that keeps the error.
_SEND_ROBUST: Final = """\
{definition}
{snapshot}
    outcomes = []
    for connection in connections:
        target = connection()
        if target is None:
            signal._snapshot = None
            continue
        receiver = target
        try:
            {call}
            {judge}
        except Exception as error:
            explain(error, signal, connection, target)
            outcomes.append(Raised(receiver, error))
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
        target = connection()
        if target is None:
            return None
        try:
            {call}
            {judge}
        except Exception as error:
            explain(error, signal, connection, target)
            raise
        return receiver, value

    return await gather(connections, call)
"""

_TEXTS: Final = {
    "send": (_SEND, _SEND_FEW, _REFUSE_COROUTINE),
    "emit": (_EMIT, _EMIT_FEW, _REFUSE_COROUTINE),
    "send_robust": (_SEND_ROBUST, "", _REFUSE_COROUTINE),
    "send_async": (_SEND, _SEND_FEW, _AWAIT),
    "emit_async": (_EMIT, _EMIT_FEW, _AWAIT),
    "send_robust_async": (_SEND_ROBUST, "", _AWAIT),
    "send_concurrently": (_SEND_CONCURRENTLY, "", _AWAIT),
}

GLOBALS: Final[dict[str, Any]] = {
    "CoroutineType": CoroutineType,
    "Exception": Exception,
    "Raised": Raised,
    "Returned": Returned,
    "explain": explain,
    "gather": gather,
    "id": id,
    "is_awaitable": is_awaitable,
    "refuse_coroutine": refuse_coroutine,
    "len": len,
    "tuple": tuple,
    "type": type,
}
"""What the texts refer to, and ``spreads``."""

# Names of the texts, which give way where a payload has a parameter of the same name.
_NAMES: Final = (
    "bound", "call", "connection", "connections", "error", "function", "latest", "loop", "outcomes", "receiver", "results",
    "sender", "signal", "spreads", "target", "value", *GLOBALS,
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
    template, few, judge = _TEXTS[name]
    fragments = {
        "{definition}": _HEADS[kind] + "\n",
        "{snapshot}": _SNAPSHOT,
        "{few}": few,
        "{call}": _CALL,
        "{call one}": _CALL,
        "{call plain}": _CALL_PLAIN_AWAITING if judge is _AWAIT else _CALL_PLAIN,
        "{spread}": "",
        "{judge}": judge,
        "{explain}": _EXPLAIN,
    }
    arguments = shape.arguments
    if kind == "spread":
        fragments |= {"{snapshot}": "", "{few}": ""}
    elif few and shape == UNDECLARED:
        fragments |= {"{call one}": _CALL_UNPACKING, "{spread}": _SPREAD}
        arguments = ""
    if judge is _AWAIT:
        fragments["{definition}"] = "async " + fragments["{definition}"]
        fragments["{spread}"] = fragments["{spread}"].replace("return loop", "return await loop")
    if template is _EMIT:
        for call in ("{call}", "{call one}"):
            fragments[call] = _without_receiver(fragments[call])
    source = _filled(template, fragments)
    renamed: dict[str, str] = {}
    for clash in set(_NAMES).intersection(shape.names):
        other = clash
        while other in _NAMES or other in shape.names:
            other += "_"
        renamed[clash] = other
        source = _rename(source, clash, other)
    source = source.replace("{name}", name).replace("{parameters}", shape.parameters).replace("{arguments}", arguments)
    return source, renamed


def _without_receiver(call: str) -> str:
    return "".join(line for line in call.splitlines(keepends=True) if "receiver =" not in line)


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
