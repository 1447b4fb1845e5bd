"""What a receiver is: when two are the same, how one is held weakly, whether calling it makes a coroutine."""

import functools
import sys
from collections.abc import Callable
from types import (
    BuiltinFunctionType,
    BuiltinMethodType,
    FunctionType,
    GeneratorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any, Final, Protocol, TypeAlias, TypeGuard

from ._sender import VALUE_TYPES, sender_key

AnyReceiver: TypeAlias = Callable[..., object]
"""A receiver of any signal."""

ReceiverKey: TypeAlias = int | tuple[int, object]

CO_COROUTINE: Final = 0x80  # inspect.CO_COROUTINE, without importing inspect
_CO_ITERABLE_COROUTINE: Final = 0x100


def receiver_key(receiver: object) -> ReceiverKey:
    """What identifies a receiver for as long as it is alive.

    A bound method is a new object at every access, so it is known by its owner and its function; and a bound signal is
    one, too, so a method of it is known by signal, sender and method.
    """
    if type(receiver) is FunctionType:
        return id(receiver)
    if type(receiver) is MethodType:
        bound = bound_signal_of(receiver)
        if bound is not None:
            return id(bound._signal), (sender_key(bound._sender), id(receiver.__func__))
        return id(receiver.__self__), id(receiver.__func__)
    if is_builtin_method(receiver):
        return id(receiver.__self__), receiver.__name__
    return id(receiver)


def is_builtin_method(receiver: object) -> TypeGuard[BuiltinMethodType]:
    """Is this a method of an object implemented in C, such as ``deque.append``, rather than a function of a module?"""
    if type(receiver) is not BuiltinMethodType and type(receiver) is not MethodWrapperType:
        return False
    owner = receiver.__self__
    return owner is not None and not issubclass(_class_of(owner), ModuleType)


class BuiltinFunction:
    """A builtin method without its owner, to be called with the owner first as the function of a method is."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, owner: object, /, *args: object, **kwargs: object) -> object:
        return getattr(owner, self.name)(*args, **kwargs)

    def bind(self, owner: object) -> Any:
        return getattr(owner, self.name)


class Seen:
    """A signal seen from one sender. Made at every access, it lives as long as anybody looks at it."""

    __slots__ = ("_sender", "_signal")

    _sender: Any
    _signal: Any


def bound_signal_of(receiver: MethodType) -> Seen | None:
    """The bound signal, if this is ``document.changed.emit`` or its like: what listens then is the document."""
    owner: Any = receiver.__self__
    return owner if issubclass(_class_of(owner), Seen) else None


class BoundSignalFunction:
    """A method of a bound signal without the sender, to be called with the sender first as the function of a method is."""

    __slots__ = ("function", "signal")

    def __init__(self, signal: Any, function: Callable[..., object]) -> None:
        self.signal = signal
        self.function = function

    def __call__(self, sender: object, /, *args: object, **kwargs: object) -> object:
        return self.bind(sender)(*args, **kwargs)

    def bind(self, sender: object) -> Any:
        return MethodType(self.function, self.signal._bind(sender))


def is_coroutine_function(receiver: Any) -> bool:
    """Does calling this receiver make a coroutine?

    Coroutine functions, their bound methods and partials, objects whose ``__call__`` is one, and objects that are marked,
    as by `inspect.markcoroutinefunction` or `unittest.mock.AsyncMock`.
    """
    kind = _class_of(receiver)
    if kind is FunctionType:
        # A plain function that was marked, or that wraps a coroutine function, is found out by what it returns.
        return bool(receiver.__code__.co_flags & CO_COROUTINE)
    if issubclass(kind, functools.partial):
        return is_coroutine_function(receiver.func)
    if kind is MethodType:
        return is_coroutine_function(receiver.__func__)
    if _is_marked(receiver):
        return True
    call = next((base.__dict__["__call__"] for base in kind.__mro__ if "__call__" in base.__dict__), None)
    if type(call) is staticmethod or type(call) is classmethod:
        call = call.__func__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # of any type
    return type(call) is FunctionType and is_coroutine_function(call)  # pyright: ignore[reportUnknownArgumentType]  # ditto


class Labelled(Protocol):
    """What messages can name."""

    @property
    def _label(self) -> str: ...


def check_receiver(receiver: object, of: Labelled, *, instead: str | None) -> None:
    """Refuse what no signal can call and, where it cannot await, coroutine functions, for which one would do ``instead``."""
    if not callable(receiver):
        raise TypeError(f"{of._label} cannot connect {describe(receiver)}: a receiver is callable")
    if instead is not None and is_coroutine_function(receiver):
        raise TypeError(
            f"{of._label} cannot connect {describe(receiver)}: it is a coroutine function, which a synchronous "
            f"signal cannot await. Use a plain function, or {instead}."
        )


def check_is_sender(sender: object, of: Labelled) -> None:
    """Refuse the function below a decorator that forgot its parentheses."""
    if type(sender) in (FunctionType, staticmethod, classmethod):
        raise TypeError(
            f"{of._label}.connect_via() takes a sender, not the function {describe(sender)}: write "
            f"@connect_via(sender) above it, or @connect to hear every sender"
        )


def _is_marked(receiver: object) -> bool:
    inspect = sys.modules.get("inspect")  # whoever marked the object has imported it
    try:
        return inspect is not None and inspect.iscoroutinefunction(receiver)
    except Exception:  # noqa: BLE001  # an object that fails when asked for a mark has none
        return False


def is_awaitable(value: object) -> bool:
    """`inspect.isawaitable`, without importing inspect. Asks the value's class only: a mock has every attribute."""
    if type(value) is GeneratorType:
        return bool(value.gi_code.co_flags & _CO_ITERABLE_COROUTINE)
    return hasattr(type(value), "__await__")


def _class_of(thing: object) -> type[Any]:
    # Not isinstance(), which asks an object's own __class__: a proxy's may be anything.
    return type(thing)


def describe(thing: Any) -> str:
    """Name a receiver or sender for a message, without running code of its own (its ``__repr__`` may fail)."""
    kind = _class_of(thing)
    if issubclass(kind, functools.partial):
        return f"functools.partial({describe(thing.func)})"
    if kind is FunctionType or issubclass(kind, type):
        return f"{thing.__module__}.{thing.__qualname__}"
    if kind is MethodType:
        return describe(thing.__func__)
    if is_builtin_method(thing):
        return f"{describe(type(thing.__self__))}.{thing.__name__}"
    if kind is BuiltinFunctionType or kind is BuiltinMethodType:  # one class to CPython, two to PyPy
        return str(thing.__qualname__)
    if thing is None or id(kind) in VALUE_TYPES:
        return repr(thing)
    return f"a {kind.__module__}.{kind.__qualname__} object"
