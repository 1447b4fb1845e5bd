"""The methods of signals made from the texts in `_loops`: one for each shape of payload.

That takes about half a millisecond, when a method is first asked for. The completed text is what tracebacks show and
debuggers step through.
"""

import builtins
import functools
import os
from types import CodeType, FunctionType
from typing import Any, Final

from ._loops import GLOBALS, Kind, text
from ._prototype import Shape, take_after


class _Loops(dict[tuple[int | str, ...], FunctionType]):
    """The loops of one method of undeclared signals, by the number of positional arguments, if any, and the keywords."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __missing__(self, key: tuple[Any, ...]) -> FunctionType:
        if len(self) >= 1024:  # keywords may come from data, without an end
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
    passed = [*positional, *(f"{keyword}={keyword}" for keyword in names)]
    unpacking = [f"[{', '.join(positional)}] = args"] if positional else []
    # One by one, which takes 10 ns for one, and taking values() apart 59.
    unpacking += [f"{keyword} = kwargs['{keyword}']" for keyword in names]
    code, scope = _code(name, Shape("; ".join(unpacking), "".join(f", {argument}" for argument in passed)), "spread")
    # Keywords come from the call and may be any string. They stay data: constants of the code, never source text.
    real: dict[object, object] = {tuple(names): keywords, **dict(zip(names, keywords, strict=True))}
    consts = tuple(real.get(const, const) for const in code.co_consts)
    return FunctionType(code.replace(co_consts=consts), scope, name)


_GLOBALS: Final[dict[str, Any]] = {
    **GLOBALS,
    "__builtins__": builtins,
    "__name__": __name__,
    "__package__": __package__,
    "spreads": spreads,
}

if hasattr(os, "register_at_fork"):  # not on Windows and WebAssembly
    # Before a fork what `compiled` imports is imported, or awaited: of an import that another thread is in the middle of, a
    # child inherits the lock, which nobody will release.
    os.register_at_fork(before=functools.partial(__import__, "linecache"))


@functools.lru_cache(maxsize=4096)  # more shapes than any program has, but for those that make them without an end
def _code(name: str, shape: Shape, kind: Kind) -> tuple[CodeType, dict[str, Any]]:
    """Compile one method for one shape of payload: its code, and the globals it needs."""
    source, renamed = text(name, shape, kind)
    scope = _GLOBALS if not renamed else {**_GLOBALS, **{new: _GLOBALS.get(old) for old, new in renamed.items()}}
    return compiled(name, source, f"<typedsig {kind} {name}({shape.parameters})>"), scope


def compiled(name: str, source: str, filename: str) -> CodeType:
    """Compile one function whose source, made of our texts and checked names of parameters, tracebacks can show."""
    module: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), {}, module)  # noqa: S102
    try:
        import linecache
    except ImportError:  # at interpreter exit, and nobody will read it then
        pass
    else:
        linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename
    code: CodeType = module[name].__code__
    return code


def method(
    name: str, shape: Shape, kind: Kind, *, prototype: FunctionType | None, label: str, doc: str | None
) -> FunctionType:
    """Make one method: ``name`` for payloads of this shape, with the defaults and annotations of the prototype."""
    code, scope = _code(name, shape, kind)
    function = FunctionType(code, scope, name)
    function.__qualname__ = f"{label}.{name}"  # this is how Python's own argument errors begin
    function.__doc__ = doc
    function.__module__ = "typedsig"
    if prototype is not None:
        take_after(prototype, function, sender=code.co_varnames[1] if kind == "signal" else None)
    return function
