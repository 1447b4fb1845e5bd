"""What a prototype declares: the parameters that follow the sender."""

import functools
import keyword
import sys
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ._receiver import describe, is_coroutine_function

if TYPE_CHECKING:
    from inspect import Signature

_CO_VARARGS: Final = 0x04  # as in inspect, without importing it
_CO_VARKEYWORDS: Final = 0x08
_CO_ANY_GENERATOR: Final = 0x20 | 0x200


class Shape(NamedTuple):
    """Names, kinds and presence of defaults of a payload: signals of one shape share their code."""

    parameters: str
    """As after the sender in a ``def``; a default is written ``...``, its value is put in later."""
    arguments: str
    """As after the sender in a call that hands the parameters on."""
    names: tuple[str, ...] = ()


UNDECLARED: Final = Shape("/, *args, **kwargs", ", *args, **kwargs", ("args", "kwargs"))
"""The payload of a signal without a prototype: anything, as the type parameters cannot be asked at run time."""


def check(
    prototype: object, *, asynchronous: bool, makers: tuple[str, str] = ("Signal", "AsyncSignal")
) -> FunctionType:
    """Refuse what cannot be a prototype. ``makers`` are what makes something of plain ones and of ``async def`` ones."""
    maker, other = reversed(makers) if asynchronous else makers
    if type(prototype) is not FunctionType:
        raise TypeError(f"{maker}: a prototype is a function defined with 'def', not {describe(prototype)}")
    if prototype.__code__.co_flags & _CO_ANY_GENERATOR:
        raise TypeError(f"{maker}: the prototype {describe(prototype)} is a generator function: leave out the 'yield'")
    if getattr(prototype, "__isabstractmethod__", False):
        raise TypeError(
            f"{maker}: the prototype {describe(prototype)} is abstract, but nobody has to implement a signal: leave out "
            f"@abstractmethod"
        )
    if is_coroutine_function(prototype) != asynchronous:
        wrong, right = ("plain 'def'", "'async def'") if asynchronous else ("'async def'", "plain 'def'")
        raise TypeError(
            f"{maker}: the prototype {describe(prototype)} is defined with {wrong}: use {other}, or {right}"
        )
    return prototype


def checked_name(name: Any) -> str:
    """The name as a plain string, with which no code of a subclass runs; what cannot name a signal is refused."""
    if not issubclass(type(name), str):
        raise TypeError(f"a signal's name is a string, not {describe(name)}")
    plain = str.__str__(name)
    if not plain:
        raise ValueError("a signal's name must not be empty")
    return plain


def shape_of(prototype: FunctionType) -> Shape:
    """Read the payload's parameters off a prototype."""
    # From the code object: inspect.signature costs ten times as much, and evaluates annotations on Python 3.14.
    function = _unwrapped(prototype)
    code = function.__code__
    count, positional_only = code.co_argcount, code.co_posonlyargcount
    if not count:
        raise TypeError(f"the prototype {describe(prototype)} has no parameter for the sender; it comes first")
    end = count + code.co_kwonlyargcount
    names = list(code.co_varnames[1:end])
    first_default = count - len(function.__defaults__ or ())
    declared: list[str] = [] if positional_only > 1 else ["/"]
    passed: list[str] = []
    for index, name in enumerate(code.co_varnames[1:count], start=1):
        declared.append(f"{name}=..." if index >= first_default else name)
        passed.append(name)
        if index == positional_only - 1:
            declared.append("/")
    if code.co_flags & _CO_VARARGS:
        names.append(code.co_varnames[end])
        declared.append(f"*{code.co_varnames[end]}")
        passed.append(f"*{code.co_varnames[end]}")
        end += 1
    elif code.co_kwonlyargcount:
        declared.append("*")
    defaults = function.__kwdefaults__ or {}
    for name in code.co_varnames[count : count + code.co_kwonlyargcount]:
        declared.append(f"{name}=..." if name in defaults else name)
        passed.append(f"{name}={name}")
    if code.co_flags & _CO_VARKEYWORDS:
        names.append(code.co_varnames[end])
        declared.append(f"**{code.co_varnames[end]}")
        passed.append(f"**{code.co_varnames[end]}")
    for name in names:
        _check_parameter(prototype, name)
    return Shape(", ".join(declared), "".join(f", {argument}" for argument in passed), tuple(names))


def _unwrapped(prototype: FunctionType) -> FunctionType:
    """The function whose parameters a decorated prototype shows, as `inspect.signature` has it."""
    seen: list[FunctionType] = []
    function = prototype
    while type(inner := getattr(function, "__wrapped__", None)) is FunctionType and inner not in seen:
        seen.append(inner)
        function = inner
    return function


def _check_parameter(prototype: FunctionType, name: str) -> None:
    # ``def`` gives nothing but normalised identifiers, but code objects can be made by hand, and these names become
    # source text.
    if name.isidentifier() and not keyword.iskeyword(name) and name != "__debug__":
        if name.isascii():
            return
        import unicodedata

        if unicodedata.normalize("NFKC", name) == name:
            return
    raise TypeError(f"the prototype {describe(prototype)} has a parameter {name!r}, which is not a name")


def free_name(word: str, *taken: Iterable[str]) -> str:
    """A name of ours, made another where it is taken, as by a parameter."""
    while any(word in names for names in taken):
        word += "_"
    return word


def defaults_of(prototype: FunctionType) -> tuple[tuple[Any, ...] | None, dict[str, Any] | None]:
    """The values of the payload's defaults, positional ones and those of keyword-only parameters."""
    function = _unwrapped(prototype)
    defaults = function.__defaults__
    if defaults is not None and len(defaults) == function.__code__.co_argcount:
        defaults = defaults[1:]  # a default for the sender
    return defaults, function.__kwdefaults__


def signature_of(prototype: Callable[..., object]) -> "Signature":
    """The prototype's signature; on Python 3.14 annotations that cannot be evaluated (yet) stay forward references."""
    import inspect

    if sys.version_info >= (3, 14):
        from annotationlib import Format

        return inspect.signature(prototype, annotation_format=Format.FORWARDREF)
    else:  # noqa: RET505  # else mypy calls it unreachable on 3.14
        return inspect.signature(prototype)


def take_after(prototype: FunctionType, method: FunctionType, *, sender: str | None) -> None:
    """Give a method made from this prototype its module, defaults and annotations. ``sender`` is what it calls the sender."""
    method.__module__ = prototype.__module__
    method.__defaults__, method.__kwdefaults__ = defaults_of(prototype)
    if sys.version_info >= (3, 14):
        method.__annotate__ = functools.partial(_annotations, prototype, sender, method.__name__)
    else:
        method.__annotations__ = _annotations(prototype, sender, method.__name__)


def _annotations(prototype: FunctionType, sender: str | None, method: str, form: int = 1) -> dict[str, Any]:
    """The annotations of such a method; ``form`` as in Python 3.14's ``annotationlib``."""
    function = _unwrapped(prototype)
    if sys.version_info >= (3, 14):
        import annotationlib

        declared = annotationlib.get_annotations(function, format=annotationlib.Format(form))
    else:
        declared = dict(function.__annotations__)
    of_sender = function.__code__.co_varnames[0]
    annotations = {name: value for name, value in declared.items() if name not in (of_sender, "return")}
    if sender is not None and of_sender in declared:
        annotations[sender] = declared[of_sender]
    annotations["return"] = None if method.startswith("emit") else list
    return annotations
