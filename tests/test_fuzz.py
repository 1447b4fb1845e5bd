"""Arbitrary objects at every door: they are refused with a TypeError or ValueError that names them, or they work.

And prototypes that are not what they seem: names of parameters become source text, so they must not break out of it.
"""

from __future__ import annotations

import builtins
import keyword
import os
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from typedsig import ANY, AsyncSignal, Namespace, Signal
from typedsig._receiver import describe

LONG = "TYPEDSIG_LONG" in os.environ
BOUNDED = settings(
    max_examples=20_000 if LONG else 300,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=[*HealthCheck],  # pyright: ignore[reportArgumentType]  # its metaclass misleads
)


class Hostile:
    """Fails whatever it is asked."""

    __hash__ = None  # type: ignore[assignment]  # that is the point

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return object.__getattribute__(self, name)
        raise RuntimeError(f"asked for {name}")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("compared")

    def __bool__(self) -> bool:
        raise RuntimeError("tested")

    def __len__(self) -> int:
        raise RuntimeError("measured")

    def __repr__(self) -> str:
        raise RuntimeError("shown")


class HostileCallable(Hostile):
    def __call__(self, *args: object, **kwargs: object) -> object:
        return "called"


class FakeClass:
    """Says that it is of another class."""

    @property  # type: ignore[misc]  # that is the point
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return FunctionType


class HostileMeta(type):
    def __hash__(cls) -> int:
        raise RuntimeError("hashed")

    def __eq__(cls, other: object) -> bool:
        raise RuntimeError("compared")

    def __repr__(cls) -> str:
        raise RuntimeError("shown")


class HostileClass(metaclass=HostileMeta):
    pass


class HostileStr(str):
    """A string that is none."""

    __slots__ = ()

    def __hash__(self) -> int:
        raise RuntimeError("hashed")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("compared")


plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.decimals(),
    st.datetimes(),
    st.uuids(),
    st.fractions(),
)
ODD: tuple[Any, ...] = (
    Hostile, HostileClass, object(), Hostile(), HostileCallable(), FakeClass(), HostileClass(), HostileStr("x"), print, len,
    [].append, int, type, Signal, Signal(), AsyncSignal(), ANY, Ellipsis, NotImplemented, range(3), memoryview(b"x"),
    pytest, builtins, (lambda: None), (lambda sender, **payload: None), "".join, object.__init__, (1).__add__,
    iter([]), staticmethod(print), classmethod(print), property(),
)  # fmt: skip


class Box:
    """One object, behind what Hypothesis may hash and show."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __repr__(self) -> str:
        return object.__repr__(self.thing)


objects = st.one_of(
    plain.map(Box),
    st.lists(plain, max_size=3).map(Box),
    st.dictionaries(st.text(), plain, max_size=3).map(Box),
    st.tuples(plain, plain).map(Box),
    st.integers(0, len(ODD) - 1).map(lambda index: Box(ODD[index])),
)


def refuse_or_work(act: Callable[[], object], *named: object, or_says: str = "\0") -> bool:
    """Do it; if it is refused, does the message name one of these?"""
    try:
        act()
    except (TypeError, ValueError) as error:
        message = str(error)
        assert or_says in message or any(describe(name) in message for name in named), message
        return False
    return True


@BOUNDED
@given(receiver=objects, sender=objects, weak=st.booleans(), asynchronous=st.booleans())
def test_connect_refuses_or_connects_and_leaves_nothing_half_done(
    receiver: Box, sender: Box, weak: bool, asynchronous: bool
) -> None:
    check_connect(receiver.thing, sender.thing, weak, asynchronous)


def check_connect(receiver: Any, sender: Any, weak: bool, asynchronous: bool) -> None:
    signal: Any = AsyncSignal() if asynchronous else Signal()
    if refuse_or_work(lambda: signal.connect(receiver, sender, weak=weak), receiver):
        assert len(signal.receivers) == 1
        assert signal.has_receivers
        if sender is not ANY:
            assert len(signal.receivers_for(sender)) == 1
            assert signal.has_receivers_for(sender)
        repr(signal)
        assert signal.disconnect(receiver, sender)
    assert signal.receivers == []
    assert not signal.has_receivers
    assert not signal.disconnect(receiver, sender)


@BOUNDED
@given(sender=objects, args=st.lists(objects, max_size=3), kwargs=st.dictionaries(st.text(), objects, max_size=3))
def test_send_hands_on_anything_untouched(sender: Box, args: list[Box], kwargs: dict[str, Box]) -> None:
    check_send(sender.thing, [box.thing for box in args], {name: box.thing for name, box in kwargs.items()})


def check_send(sender: Any, args: list[Any], kwargs: dict[str, Any]) -> None:
    signal: Any = Signal()
    heard: list[Any] = []

    def receiver(*args: Any, **kwargs: Any) -> None:
        heard.append((args, kwargs))

    signal.connect(receiver)
    if sender is not ANY:
        signal.connect(receiver, sender)
    for send in (signal.send, signal.emit, signal.send_robust, lambda *a, **k: signal.bind(sender).send(*a[1:], **k)):
        if sender is ANY:
            break
        heard.clear()
        send(sender, *args, **kwargs)
        ((got_args, got_kwargs),) = heard
        assert len(got_args) == 1 + len(args)
        assert all(got is given for got, given in zip(got_args, [sender, *args], strict=True))
        assert list(got_kwargs) == list(kwargs)
        assert all(got_kwargs[name] is kwargs[name] for name in kwargs)


@BOUNDED
@given(name=objects, prototype=objects, asynchronous=st.booleans())
def test_namespace_refuses_or_makes_a_signal_and_leaves_nothing_half_done(
    name: Box, prototype: Box, asynchronous: bool
) -> None:
    check_namespace(name.thing, prototype.thing, asynchronous)


def check_namespace(name: Any, prototype: Any, asynchronous: bool) -> None:
    namespace = Namespace()
    make = namespace.async_signal if asynchronous else namespace.signal
    if refuse_or_work(lambda: make(name, prototype), name, prototype, or_says="must not be empty"):
        assert list(namespace) == [str.__str__(name)]
    elif prototype is not None:
        assert not namespace


@BOUNDED
@given(prototype=objects, asynchronous=st.booleans())
def test_declaring_refuses_or_works(prototype: Box, asynchronous: bool) -> None:
    check_declaring(prototype.thing, asynchronous)


def check_declaring(prototype: Any, asynchronous: bool) -> None:
    kind: Any = AsyncSignal if asynchronous else Signal
    refuse_or_work(lambda: kind(prototype), prototype)
    if prototype is not None:
        refuse_or_work(lambda: kind.method(prototype), prototype)


@BOUNDED
@given(thing=objects)
def test_the_other_doors(thing: Box) -> None:
    check_other_doors(thing.thing)


def check_other_doors(thing: Any) -> None:
    signal: Any = Signal()
    refuse_or_work(lambda: signal.muted(receiver=thing), thing)
    refuse_or_work(lambda: signal.connected_to(thing), thing)
    refuse_or_work(lambda: signal.bind(thing), thing, or_says="not ANY")
    refuse_or_work(lambda: Namespace().add(thing), thing, or_says="Signal(name=...)")
    with signal.muted(sender=thing):
        assert signal.receivers_for(thing) == []


@BOUNDED
@given(scope=plain | st.sampled_from(["process", "context"]))
def test_a_scope_is_known_or_refused(scope: Any) -> None:
    signal: Any = Signal()
    if refuse_or_work(lambda: signal.muted(scope=scope), or_says=f"not {scope!r}"):
        assert scope in ("process", "context")


# Breaking out of the generated text

PWNED: list[object] = []
"""What hostile names try to write to."""

builtins_before = {name for name in vars(builtins) if name != "_"}

HOSTILE_NAMES = [
    "x=__import__('os').abort()",
    "x): pass\n__import__('os').abort()\ndef y(",
    "x, y",
    "*x",
    "**x",
    "x=1",
    "x: print()",
    "x\n",
    "\nx",
    " x",
    "x#",
    "x\\",
    "x;y",
    "'",
    '"""',
    "",
    ".0",
    "1x",
    "{x}",
    "{arguments}",
    "<parameters>",
    "\\g<0>",
    "x\x00",
    "\N{MATHEMATICAL SCRIPT SMALL X}",
    "ﬁ",
    "class",
    "None",
    "async",
    "lambda",
    "\ud800",
    "x\u2028",
]


def prototype_with(names: list[str], keyword_only: int = 0, flags: int = 0) -> FunctionType:
    """A function whose parameters have these names, which no ``def`` would allow."""

    def template(sender: object) -> None: ...

    count = len(names) + 1
    extra = bool(flags & 0x04) + bool(flags & 0x08)
    code: CodeType = template.__code__.replace(
        co_varnames=("sender", *names),
        co_nlocals=count,
        co_argcount=count - keyword_only - extra,
        co_kwonlyargcount=keyword_only,
        co_flags=template.__code__.co_flags | flags,
    )
    return FunctionType(code, {}, "hostile")


def is_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
@pytest.mark.parametrize("kind", ["positional", "keyword", "args", "kwargs"])
def test_a_hostile_parameter_name_is_refused_and_named(name: str, kind: str) -> None:
    flags = {"args": 0x04, "kwargs": 0x08}.get(kind, 0)
    prototype = prototype_with([name], keyword_only=kind == "keyword", flags=flags)
    for declare in (Signal, Signal.method, lambda given: Namespace().signal("named", given)):
        with pytest.raises(TypeError, match="is not a name") as caught:
            declare(prototype)
        assert repr(name) in str(caught.value)


@BOUNDED
@given(
    names=st.lists(
        st.one_of(
            st.text(max_size=8),
            st.sampled_from([
                *HOSTILE_NAMES, "self", "sender", "signal", "connections", "connection", "target", "function", "value",
                "receiver", "results", "error", "type", "explain", "args", "kwargs", "__builtins__", "__debug__",
                "__class__", "Exception", "CoroutineType", "bound", "outcomes", "print", "__import__", "match", "_",
                "disconnected", "call", "gather", "len", "spread", "__name__", "sender_", "signal_", "value_",
            ]),
            st.from_regex(r"\A[a-z_]{1,12}\Z"),
        ),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    keyword_only=st.integers(0, 4),
    flags=st.sampled_from([0, 0x04, 0x08, 0x0C]),
)  # fmt: skip
def test_any_names_at_all_are_either_refused_or_mean_themselves(
    names: list[str], keyword_only: int, flags: int
) -> None:
    """Whatever a declared parameter is called, its value reaches the receiver under that name, and nothing else runs."""
    extra = bool(flags & 0x04) + bool(flags & 0x08)
    if extra > len(names):
        return
    keyword_only = min(keyword_only, len(names) - extra)
    prototype = prototype_with(names, keyword_only, flags)
    heard: list[Any] = []

    def receiver(*args: Any, **kwargs: Any) -> None:
        heard.append((args, kwargs))

    try:
        signal: Any = Signal(prototype)
    except TypeError as error:
        assert "is not a name" in str(error)  # noqa: PT017  # whether it raises depends on the names
        assert not all(is_name(name) and name.isascii() and name not in ("sender", "__debug__") for name in names)
        return
    assert all(map(is_name, names))
    signal.connect(receiver)
    signal.connect(receiver, "another sender")
    positional = names[: len(names) - keyword_only - extra]
    keywords = names[len(positional) : len(positional) + keyword_only]
    values = {name: object() for name in names}
    for send, sender in (
        (signal.send, ("a sender",)),
        (signal.emit, ("a sender",)),
        (signal.send_robust, ("another sender",)),
        (signal.bind("a sender").send, ()),
    ):
        heard.clear()
        send(*sender, *(values[name] for name in positional), **{name: values[name] for name in keywords})
        ((got_args, got_kwargs),) = heard
        assert got_args == (got_args[0], *(values[name] for name in positional))
        assert got_kwargs == {name: values[name] for name in keywords}
        if not flags:
            with pytest.raises(TypeError):
                send(*sender, *([None] * (len(positional) + 1)))
    assert {name for name in vars(builtins) if name != "_"} == builtins_before  # doctests leave a _


class HostileDefault:
    def __repr__(self) -> str:
        return "__import__('os').abort()"


def test_defaults_and_annotations_are_values_not_text() -> None:
    """Their repr is never executed, nor does it show up where text is compiled."""
    default = HostileDefault()

    def prototype(sender: object, a: object = default, *, b: object = default) -> None: ...

    prototype.__annotations__.update(sender=default, a=default, b="__import__('os').abort()")

    signal: Any = Signal(prototype)
    heard: list[object] = []

    def receiver(sender: object, a: object, *, b: object) -> None:
        heard.extend((a, b))

    signal.connect(receiver)
    signal.emit(None)
    assert heard == [default, default]


@pytest.mark.parametrize("attribute", ["__name__", "__qualname__", "__module__", "__doc__"])
def test_names_of_prototypes_and_signals_are_values_not_text(attribute: str) -> None:
    def prototype(sender: object, *, path: str) -> None: ...

    hostile = "x(): pass\n__import__('os').abort()\ndef y"
    setattr(prototype, attribute, hostile)
    signal: Any = Signal(prototype, name=hostile)
    signal.connect(lambda sender, *, path: None, weak=False)
    signal.send(None, path="a")
    signal.bind(1).emit(path="a")
    repr(signal)
    with pytest.raises(TypeError):
        signal.send(None)


def test_keyword_names_of_an_undeclared_send_are_values_not_text() -> None:
    signal: Any = Signal()
    heard: list[dict[str, object]] = []

    def receiver(sender: object, **payload: object) -> None:
        heard.append(payload)

    def other(sender: object, **payload: object) -> None:
        heard.append(payload)

    signal.connect(receiver)
    signal.connect(other)
    for name in HOSTILE_NAMES:
        for _ in range(3):
            heard.clear()
            signal.send(None, **{name: 1, "path": 2})
            assert heard == [{name: 1, "path": 2}] * 2
