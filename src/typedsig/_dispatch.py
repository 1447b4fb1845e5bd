"""The loops that call receivers, written out for each payload.

``send`` and its kin exist once, as the texts below. For each shape of payload a text is completed with the declared
parameters and compiled, as `dataclasses` writes an ``__init__``. So no ``**kwargs`` dictionary is built for the call
nor unpacked for each receiver (which costs four to five times as much as a call that spells its arguments out), and
Python itself checks the arguments, even when nobody listens. That takes about half a millisecond, when a method is
first asked for. The completed text is what tracebacks show and debuggers step through.
"""

import builtins
import functools
import os
import sys
from types import CodeType, CoroutineType, FunctionType
from typing import Any, Final, Literal, TypeAlias

from ._concurrently import gather
from ._failures import Raised, Returned, explain, refuse_coroutine
from ._prototype import UNDECLARED, Shape, annotations_of, defaults_of
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
            connections = signal._resolved.get(id(sender))
            if connections is None or signal._dead:
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


class _Loops(dict[tuple[int | str, ...], FunctionType]):
    """The loops of one method of undeclared signals, by the number of positional arguments, if any, and the keywords."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __missing__(self, key: tuple[Any, ...]) -> FunctionType:
        if len(self) >= 1024:
            self.clear()
        count, keywords = (key[0], key[1:]) if key and type(key[0]) is int else (0, key)
        return self.setdefault(key, _spread(self.name, count, keywords))


spreads: Final = {name: _Loops(name) for name in ("send", "emit", "send_async", "emit_async")}


def _spread(name: str, count: int, keywords: tuple[str, ...]) -> FunctionType:
    """Make the loop of one method for so many positional arguments and these keywords."""
    # CPython compiles calls with more than 15 keywords in another way, into which their names could not be put; nor are
    # so many positional arguments worth a loop for each number of them.
    if count + len(keywords) > 15:
        code, scope = _code(name, Shape("", ", *args, **kwargs"), "spread")
        return FunctionType(code, scope, name)
    names = [f"k{index}" for index in range(len(keywords))]
    positional = [f"p{index}" for index in range(count)]
    passed = [*positional, *(f"{name}={name}" for name in names)]
    unpacking = f"[{', '.join(positional)}] = args; [{', '.join(names)}] = kwargs.values()"
    code, scope = _code(name, Shape(unpacking, "".join(f", {argument}" for argument in passed)), "spread")
    # Keywords come from the call and may be any string. They stay data: a constant of the code, never source text.
    consts = tuple(keywords if const == tuple(names) and names else const for const in code.co_consts)
    return FunctionType(code.replace(co_consts=consts), scope, name)


_GLOBALS: Final[dict[str, Any]] = {
    "CoroutineType": CoroutineType,
    "Exception": Exception,
    "Raised": Raised,
    "Returned": Returned,
    "__builtins__": builtins,
    "__name__": __name__,
    "__package__": __package__,
    "explain": explain,
    "gather": gather,
    "id": id,
    "is_awaitable": is_awaitable,
    "refuse_coroutine": refuse_coroutine,
    "len": len,
    "spreads": spreads,
    "tuple": tuple,
    "type": type,
}

# Names of the texts, which give way where a payload has a parameter of the same name.
_NAMES: Final = (
    "bound", "call", "connection", "connections", "error", "function", "latest", "loop", "outcomes", "receiver", "results",
    "sender", "signal", "target", "value", *(name for name in _GLOBALS if not name.startswith("__")),
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


if hasattr(os, "register_at_fork"):  # not on Windows and WebAssembly
    # Before a fork what `_code` imports is imported, or awaited: of an import that another thread is in the middle of, a
    # child inherits the lock, which nobody will release.
    os.register_at_fork(before=functools.partial(__import__, "linecache"))


@functools.lru_cache(maxsize=4096)
def _code(name: str, shape: Shape, kind: Kind) -> tuple[CodeType, dict[str, Any]]:
    """Compile one method for one shape of payload: its code, and the globals it needs."""
    source, renamed = text(name, shape, kind)
    filename = f"<typedsig {kind} {name}({shape.parameters})>"
    scope = _GLOBALS if not renamed else {**_GLOBALS, **{new: _GLOBALS.get(old) for old, new in renamed.items()}}
    module: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), scope, module)  # noqa: S102  # our text, and checked names of parameters
    try:
        import linecache
    except ImportError:  # at interpreter exit, and nobody will read it then
        pass
    else:
        linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename
    return module[name].__code__, scope


def method(
    name: str, shape: Shape, kind: Kind, *, prototype: FunctionType | None, label: str, doc: str | None
) -> FunctionType:
    """Make one method: ``name`` for payloads of this shape, with the defaults and annotations of the prototype."""
    code, scope = _code(name, shape, kind)
    function = FunctionType(code, scope, name)
    function.__qualname__ = f"{label}.{name}"  # this is how Python's own argument errors begin
    function.__doc__ = doc
    if prototype is not None:
        function.__defaults__, function.__kwdefaults__ = defaults_of(prototype)
        sender = code.co_varnames[1] if kind == "signal" else None
        if sys.version_info >= (3, 14):
            function.__annotate__ = functools.partial(annotations_of, prototype, sender, name)
        else:
            function.__annotations__ = annotations_of(prototype, sender, name)
    return function
