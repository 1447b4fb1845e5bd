"""Who is measured: one small adapter for each way of sending. Here ours and the bare loops; `peers` has the others."""

import functools
import itertools
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any, ClassVar, NamedTuple

from typedsig import AsyncSignal, Signal

_numbers = itertools.count()


@functools.lru_cache(maxsize=512)
def _template(parameters: str, body: str, asynchronous: bool) -> FunctionType:
    scope: dict[str, Any] = {}
    exec(f"{'async ' if asynchronous else ''}def function({parameters}):\n    {body}", scope)
    made: FunctionType = scope["function"]
    return made


def function(
    parameters: str, body: str = "pass", *, asynchronous: bool = False, scope: dict[str, Any] | None = None
) -> FunctionType:
    """A function with a code object of its own, as functions of a real program have.

    Receivers that share one would be called through the same specialised instructions, which flatters every loop.
    """
    code = _template(parameters, body, asynchronous).__code__
    name = f"function_{next(_numbers)}"
    return FunctionType(code.replace(co_name=name), {} if scope is None else scope, name)


class Sender:
    """A plain object, as most senders are."""


class Payload(NamedTuple):
    """What is sent besides the sender."""

    names: tuple[str, ...] = ()
    positional: bool = False

    @property
    def declared(self) -> str:
        """As a prototype has it after the sender."""
        return ", *" * (not self.positional and bool(self.names)) + self.received

    @property
    def received(self) -> str:
        """As a receiver has it after the sender."""
        return "".join(f", {name}" for name in self.names)

    def sent(self, *values: str) -> str:
        """As a call has it after the sender."""
        pairs = zip(self.names, values or self.names, strict=True)
        return "".join(f", {value}" if self.positional else f", {name}={value}" for name, value in pairs)


LACKS = {
    "s": "holds receivers strongly only",
    "f": "holds functions strongly",
    "r": "returns no results",
    "k": "hands on no keywords",
    "c": "compiled",
}


class Subject:
    """One signal of one implementation."""

    name: ClassVar[str]
    lacks: ClassVar[str] = ""
    """What it cannot do, in the letters of `LACKS`; its ``c`` says how it is made."""
    module: ClassVar[str | None] = None
    """What a program imports."""
    positional: ClassVar[bool] = False
    """Does it hand on positional arguments besides the sender?"""
    filters: ClassVar[bool] = False
    """Can receivers be connected for one sender?"""
    most: ClassVar[int | None] = None
    """More connections than this take very long to make, since each looks at all before."""
    asynchronous: ClassVar[bool] = False
    sending: ClassVar[str]
    """The call as it stands in a user's program; ``{arguments}`` is the payload."""
    receiving: ClassVar[str] = "sender{parameters}"
    """The receivers' parameters."""

    signal: Any

    def __init__(self, payload: Payload) -> None:
        raise NotImplementedError

    def connect(self, receiver: Any, sender: object = None) -> None:
        """Connect weakly, where that is possible."""
        if sender is None:
            self.signal.connect(receiver)
        else:
            self.signal.connect(receiver, sender)

    def disconnect(self, receiver: Any) -> None:
        self.signal.disconnect(receiver)

    def mute(self) -> object:
        """Mute the signal for good; what is returned must be kept meanwhile."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Called when all receivers are connected."""

    def names(self, sender: object) -> dict[str, Any]:
        """What the text of the call refers to."""
        return {"signal": self.signal, "sender": sender}

    @classmethod
    def call(cls, payload: Payload, *values: str) -> str:
        arguments = payload.sent(*values)
        return cls.sending.replace("({arguments}", "(" + arguments.removeprefix(", ")).format(arguments=arguments)

    @classmethod
    def can(cls, payload: Payload) -> bool:
        return not payload.names or (cls.positional if payload.positional else "k" not in cls.lacks)


# The bare loops


def loop(functions: Iterable[Callable[..., object]], sender: object) -> None:
    for receiver in functions:
        receiver(sender)


def loop_arguments(functions: Iterable[Callable[..., object]], sender: object, /, *args: object) -> None:
    for receiver in functions:
        receiver(sender, *args)


def loop_keywords(functions: Iterable[Callable[..., object]], sender: object, /, **kwargs: object) -> None:
    for receiver in functions:
        receiver(sender, **kwargs)


async def loop_async(functions: Iterable[Callable[..., Any]], sender: object) -> None:
    for receiver in functions:
        await receiver(sender)


class Loop(Subject):
    """What everything is measured against: ``for f in functions: f(sender, **kwargs)`` over a tuple."""

    name = "bare loop"
    lacks = "sr"
    positional = filters = True
    sending = "loop(functions, sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.payload = payload
        self.everyone: tuple[Any, ...] = ()
        self.of: dict[object, tuple[Any, ...]] = {}

    def connect(self, receiver: Any, sender: object = None) -> None:
        if sender is None:
            self.everyone += (receiver,)
        else:
            self.of[sender] = (*self.of.get(sender, ()), receiver)

    def disconnect(self, receiver: Any) -> None:
        self.everyone = tuple(one for one in self.everyone if one is not receiver)

    def mute(self) -> object:
        self.everyone = ()
        return None

    def loop(self) -> Callable[..., Any]:
        if not self.payload.names:
            return loop
        return loop_arguments if self.payload.positional else loop_keywords

    def names(self, sender: object) -> dict[str, Any]:
        return {"loop": self.loop(), "functions": self.everyone, "of": self.of, "sender": sender}

    @classmethod
    def filtered(cls) -> type[Subject]:
        """A loop over the functions of one sender has to find them."""
        return type(cls.__name__, (cls,), {"sending": cls.sending.replace("functions", "of[sender]")})


class SpelledLoop(Loop):
    """A loop written by hand for its one payload: ``for f in functions: f(sender, path=path)``."""

    name = "loop, spelled out"

    def loop(self) -> Callable[..., Any]:
        body = f"for receiver in functions: receiver(sender{self.payload.sent()})"
        return function(f"functions, sender{self.payload.declared}", body)


class AsyncLoop(Loop):
    asynchronous = True
    sending = "await loop(functions, sender{arguments})"

    def loop(self) -> Callable[..., Any]:
        return loop_async


# typedsig


class DeclaredSend(Subject):
    name = "send"
    module = "typedsig"
    positional = filters = True
    sending = "signal.send(sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.signal = Signal(function("sender" + payload.declared))

    def mute(self) -> object:
        mute = self.signal.muted()
        mute.__enter__()
        return mute


class DeclaredEmit(DeclaredSend):
    name = "emit"
    sending = "signal.emit(sender{arguments})"


class UndeclaredSend(DeclaredSend):
    name = "undeclared send"

    def __init__(self, payload: Payload) -> None:
        self.signal = Signal()


class UndeclaredEmit(UndeclaredSend):
    name = "undeclared emit"
    sending = "signal.emit(sender{arguments})"


class BoundSend(DeclaredSend):
    """``document.changed.send(...)``: the sender is not written, and the signal is looked up on the object."""

    sending = "document.changed.send({arguments})"

    def __init__(self, payload: Payload) -> None:
        document: Any = type("Document", (), {"changed": Signal.method(function("self" + payload.declared))})
        self.signal = document.changed
        self.make = document

    def names(self, sender: object) -> dict[str, Any]:
        return {"document": self.make()}


class BoundEmit(BoundSend):
    name = "emit"
    sending = "document.changed.emit({arguments})"


class AsyncDeclaredSend(DeclaredSend):
    asynchronous = True
    sending = "await signal.send_async(sender{arguments})"

    def __init__(self, payload: Payload) -> None:
        self.signal = AsyncSignal(function("sender" + payload.declared, asynchronous=True))


class AsyncDeclaredEmit(AsyncDeclaredSend):
    name = "emit"
    sending = "await signal.emit_async(sender{arguments})"


class AsyncUndeclaredSend(AsyncDeclaredSend):
    name = "undeclared send"

    def __init__(self, payload: Payload) -> None:
        self.signal = AsyncSignal()


class AsyncUndeclaredEmit(AsyncUndeclaredSend):
    name = "undeclared emit"
    sending = "await signal.emit_async(sender{arguments})"
