"""The loops that call receivers, written out for each payload.

``send`` and its kin exist once, as the texts below. For each shape of payload a text is completed with the declared
parameters and compiled, as `dataclasses` writes an ``__init__``. So no ``**kwargs`` dictionary is built for the call
nor unpacked for each receiver (which costs four to five times as much as a call that spells its arguments out), and
Python itself checks the arguments, even when nobody listens. That takes about half a millisecond, when a method is
first asked for. The completed text is what tracebacks show and debuggers step through.
"""

import builtins
import functools
import re
import sys
from types import CodeType, CoroutineType, FunctionType
from typing import Any, Final

from ._concurrently import gather
from ._connections import disconnected
from ._failures import Raised, Returned, explain, refuse_coroutine
from ._prototype import Shape, annotations_of, defaults_of
from ._receiver import is_awaitable

# Fragments first. An empty snapshot means nobody is connected or all is muted; testing for it before looping spares
# 50 ns on CPython 3.13.
_SNAPSHOT: Final = """\
    connections = signal._snapshot
    if connections is None:
        connections = signal._resolve(sender)
"""

_REFUSE_COROUTINE: Final = """\
if value is not None and type(value) is CoroutineType:
    refuse_coroutine(value, signal, connection)
"""

_AWAIT: Final = """\
if value is not None and (type(value) is CoroutineType or is_awaitable(value)):
    value = await value
"""

# The first exception of a receiver ends the send.
_SEND: Final = """\
{definition}
{snapshot}
    if not connections:
        return []
    results = []
    try:
        for connection in connections:
            target = connection()
            if target is None:
                signal._snapshot = None
                continue
            function = connection.function
            if function is None:
                value = target(sender{arguments})
                receiver = target
            elif function is disconnected:
                continue
            else:
                value = function(target, sender{arguments})
                receiver = connection.rebind(function, target)
            {judge}
            results.append((receiver, value))
    except Exception as error:
        explain(error, signal, connection, target)
        raise
    return results
"""

# The same without results. ``disconnected`` may as well be called.
_EMIT: Final = """\
{definition}
{snapshot}
    if not connections:
        return
    try:
        for connection in connections:
            target = connection()
            if target is None:
                signal._snapshot = None
                continue
            function = connection.function
            if function is None:
                value = target(sender{arguments})
            else:
                value = function(target, sender{arguments})
            {judge}
    except Exception as error:
        explain(error, signal, connection, target)
        raise
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
        function = connection.function
        if function is disconnected:
            continue
        receiver = target if function is None else connection.rebind(function, target)
        try:
            if function is None:
                value = target(sender{arguments})
            else:
                value = function(target, sender{arguments})
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
        function = connection.function
        if target is None or function is disconnected:
            return None
        receiver = target if function is None else connection.rebind(function, target)
        try:
            if function is None:
                value = target(sender{arguments})
            else:
                value = function(target, sender{arguments})
            {judge}
        except Exception as error:
            explain(error, signal, connection, target)
            raise
        return receiver, value

    return await gather(connections, call)
"""

_TEXTS: Final = {
    "send": (_SEND, _REFUSE_COROUTINE),
    "emit": (_EMIT, _REFUSE_COROUTINE),
    "send_robust": (_SEND_ROBUST, _REFUSE_COROUTINE),
    "send_async": (_SEND, _AWAIT),
    "emit_async": (_EMIT, _AWAIT),
    "send_robust_async": (_SEND_ROBUST, _AWAIT),
    "send_concurrently": (_SEND_CONCURRENTLY, _AWAIT),
}

_GLOBALS: Final[dict[str, Any]] = {
    "CoroutineType": CoroutineType,
    "Exception": Exception,
    "Raised": Raised,
    "Returned": Returned,
    "__builtins__": builtins,
    "__name__": __name__,
    "__package__": __package__,
    "disconnected": disconnected,
    "explain": explain,
    "gather": gather,
    "is_awaitable": is_awaitable,
    "refuse_coroutine": refuse_coroutine,
    "type": type,
}

# Names of the texts, which give way where a payload has a parameter of the same name. Not the attributes after a dot.
_NAMES: Final = (
    "bound", "call", "connection", "connections", "error", "function", "outcomes", "receiver", "results", "sender",
    "signal", "target", "value", *(name for name in _GLOBALS if not name.startswith("__")),
)  # fmt: skip


def text(name: str, shape: Shape, bound: bool) -> tuple[str, dict[str, str]]:
    """The source of one method for one shape of payload, and the names that had to give way in it."""
    template, judge = _TEXTS[name]
    define = "async def" if judge is _AWAIT else "def"
    if bound:
        definition = (
            f"{define} {name}(bound, <parameters>):\n    sender = bound._sender\n    signal = bound._signal"
        )
    else:
        definition = f"{define} {name}(signal, sender, <parameters>):"
    source = template.replace("{definition}", definition).replace("{snapshot}\n", _SNAPSHOT)
    source = re.sub(
        r"( *)\{judge\}\n", lambda found: "".join(found[1] + line for line in judge.splitlines(True)), source
    )
    renamed = {}
    for clash in set(_NAMES).intersection(shape.names):
        other = clash
        while other in _NAMES or other in shape.names:
            other += "_"
        renamed[clash] = other
        source = re.sub(rf"(?<![\w.]){clash}\b", other, source)
    return source.replace("<parameters>", shape.parameters).replace("{arguments}", shape.arguments), renamed


@functools.lru_cache(maxsize=4096)
def _code(name: str, shape: Shape, bound: bool) -> tuple[CodeType, dict[str, Any]]:
    """Compile one method for one shape of payload: its code, and the globals it needs."""
    import linecache

    source, renamed = text(name, shape, bound)
    filename = f"<typedsig {'bound ' if bound else ''}{name}({shape.parameters})>"
    scope = _GLOBALS if not renamed else {**_GLOBALS, **{new: _GLOBALS.get(old) for old, new in renamed.items()}}
    module: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), scope, module)  # noqa: S102  # of our text and checked parameter names
    linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename
    return module[name].__code__, scope


def method(
    name: str, shape: Shape, bound: bool, *, prototype: FunctionType | None, label: str, doc: str | None
) -> FunctionType:
    """Make one method: ``name`` for payloads of this shape, with the defaults and annotations of the prototype."""
    code, scope = _code(name, shape, bound)
    function = FunctionType(code, scope, name)
    function.__qualname__ = f"{label}.{name}"  # this is how Python's own argument errors begin
    function.__module__ = __name__
    function.__doc__ = doc
    if prototype is not None:
        function.__defaults__, function.__kwdefaults__ = defaults_of(prototype)
        sender = None if bound else code.co_varnames[1]
        if sys.version_info >= (3, 14):
            function.__annotate__ = functools.partial(annotations_of, prototype, sender, name)
        else:
            function.__annotations__ = annotations_of(prototype, sender, name)
    return function
