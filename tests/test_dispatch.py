"""The methods written out for each declaration: what they are called, what they accept, what tracebacks show."""

import inspect
import linecache
import re
import subprocess
import sys
import traceback
import typing
from collections.abc import Callable
from typing import Any, TypedDict

import pytest

from typedsig import AsyncSignal, BoundSignal, Signal, _dispatch

if sys.version_info >= (3, 11):
    from typing import Unpack
else:
    from typing_extensions import Unpack

SENDS = ("send", "emit", "send_robust")
ASYNC_SENDS = ("send_async", "emit_async", "send_robust_async", "send_concurrently")


class App:
    """A sender."""


@Signal
def everything(
    sender: App, a: int, b: str = "b", /, c: float = 1.0, *more: int, d: int, e: str = "e", **rest: bytes
) -> object:
    """Use every kind of parameter."""


def call_all(signal: Any, sender: object, /, *args: object, **kwargs: object) -> None:
    """Send in every way there is."""
    bound = signal.bind(sender)
    if hasattr(signal, "send"):
        for name in SENDS:
            getattr(signal, name)(sender, *args, **kwargs)
            getattr(bound, name)(*args, **kwargs)
    else:
        for name in ASYNC_SENDS[:3]:
            for coroutine in (getattr(signal, name)(sender, *args, **kwargs), getattr(bound, name)(*args, **kwargs)):
                with pytest.raises(StopIteration):
                    coroutine.send(None)


# Signatures


def test_signature_of_a_send_is_the_declared_one() -> None:
    payload = "a: int, b: str = 'b', /, c: float = 1.0, *more: int, d: int, e: str = 'e', **rest: bytes"
    assert str(inspect.signature(everything.send)) == f"(sender: {__name__}.App, {payload}) -> list"
    assert str(inspect.signature(everything.emit)) == f"(sender: {__name__}.App, {payload}) -> None"
    assert str(inspect.signature(everything.bind(App()).send_robust)) == f"({payload}) -> list"
    assert set(everything.bind(App()).send_robust.__annotations__) == {*"abcde", "more", "rest", "return"}


def test_signature_of_an_undeclared_send_takes_anything() -> None:
    assert str(inspect.signature(Signal().send)) == "(sender, /, *args, **kwargs)"
    assert str(inspect.signature(Signal[App, [int]]().bind(App()).emit)) == "(*args, **kwargs)"


def test_sender_is_positional_only() -> None:
    """So a payload may have a parameter of that name."""

    @Signal
    def sold(shop: App, sender: str, *, price: int) -> object: ...

    parameters = inspect.signature(sold.send).parameters
    assert [parameter.kind.description for parameter in parameters.values()] == [
        "positional-only",
        "positional or keyword",
        "keyword-only",
    ]
    assert list(parameters)[1:] == ["sender", "price"]


def test_methods_have_names_and_docstrings() -> None:
    for name in SENDS:
        method = getattr(everything, name)
        assert (method.__name__, method.__qualname__) == (name, f"everything.{name}")
        assert method.__doc__ == getattr(Signal, name).__doc__
    for name in ASYNC_SENDS:
        assert inspect.iscoroutinefunction(getattr(AsyncSignal, name))
        assert getattr(AsyncSignal(), name).__doc__


def test_type_hints_of_a_send_are_the_declared_ones() -> None:
    hints = typing.get_type_hints(everything.send)
    assert (hints["a"], hints["rest"], hints["sender"]) == (int, bytes, App)
    assert set(hints) == {"sender", "a", "b", "c", "more", "d", "e", "rest", "return"}


# Payloads


def test_every_kind_of_parameter_arrives() -> None:
    got: list[object] = []

    def receiver(*args: object, **kwargs: object) -> None:
        got.append((args, kwargs))

    app = App()
    with everything.connected_to(receiver):
        call_all(everything, app, 1, d=2)
        assert got == [((app, 1, "b", 1.0), {"d": 2, "e": "e"})] * 6
        got.clear()
        call_all(everything, app, 1, "two", 3.0, 4, 5, d=6, e="seven", f=b"8", a=b"9")
        assert got == [((app, 1, "two", 3.0, 4, 5), {"d": 6, "e": "seven", "f": b"8", "a": b"9"})] * 6


def test_defaults_are_the_very_objects() -> None:
    default: list[int] = []

    @Signal
    def prototype(sender: object, positional: list[int] = default, *, keyword: list[int] = default) -> object: ...

    got: list[object] = []

    def receiver(sender: object, positional: object, *, keyword: object) -> None:
        got.extend((positional, keyword))

    prototype.connect(receiver)  # type: ignore[arg-type, unused-ignore]  # it has no defaults and needs none
    call_all(prototype, None)
    assert len(got) == 12
    assert all(each is default for each in got)


@pytest.mark.parametrize(
    ("args", "kwargs", "complaint"),
    [
        ((), {"d": 1}, "'a'"),
        ((1,), {}, "'d'"),
        ((), {"a": 1, "d": 2}, "'a'"),
    ],
)
def test_arguments_are_checked_by_every_method(args: tuple[Any, ...], kwargs: dict[str, Any], complaint: str) -> None:
    app = App()
    for name in SENDS:
        with pytest.raises(TypeError, match=rf"everything\.{name}\(\) missing .*{complaint}"):
            getattr(everything, name)(app, *args, **kwargs)
        with pytest.raises(TypeError, match=rf"everything\.{name}\(\) missing .*{complaint}"):
            getattr(everything.bind(app), name)(*args, **kwargs)


NAMES = """
    self sender signal bound args kwargs out type id function results connections connection target value error
    outcomes receiver call loop Exception gather explain CoroutineType Raised Returned is_awaitable refuse_coroutine
    latest spread spreads unpacking len list tuple dict type_ results_ sender_ name names parameters arguments definition judge
    snapshot connect send emit p0 k0 match case _ __class__ print
""".split()  # noqa: SIM905  # so many names


@pytest.mark.parametrize("kind", [Signal, AsyncSignal])
def test_payload_may_have_any_names(kind: Any) -> None:
    """Those that the generated code uses itself give way."""
    scope: dict[str, Any] = {}
    define = "def" if kind is Signal else "async def"
    exec(f"{define} prototype(first, second, /, {', '.join(NAMES)}): ...", scope)  # so many names
    signal = kind(scope["prototype"])
    got: list[object] = []

    def receiver(first: object, second: object, /, *args: object) -> None:
        got.append((first, second, args))

    signal.connect(receiver)
    payload = {name: index for index, name in enumerate(NAMES)}
    call_all(signal, "me", 2, **payload)
    assert got == [("me", 2, tuple(range(len(NAMES))))] * 6


@pytest.mark.parametrize("name", NAMES)
def test_payload_may_have_any_name_for_the_keywords_it_collects(name: str) -> None:
    scope: dict[str, Any] = {}
    exec(f"def prototype(first, /, **{name}): ...", scope)
    signal: Signal[Any, ..., Any] = Signal(scope["prototype"])
    got: list[object] = []

    def receiver(sender: object, /, **kwargs: object) -> None:
        got.append((sender, kwargs))

    signal.connect(receiver)
    call_all(signal, "me", **{name: 1}, other=2)
    assert got == [("me", {name: 1, "other": 2})] * 6


@pytest.mark.anyio
async def test_concurrent_payload_may_have_any_names() -> None:
    @AsyncSignal
    async def prototype(
        first: object, *, call: int, connection: int, gather: int, connections: int, value: int, sender: int
    ) -> object: ...

    got: list[dict[str, int]] = []

    async def receiver(first: object, /, **payload: int) -> None:
        got.append(payload)

    prototype.connect(receiver)
    await prototype.send_concurrently("me", call=1, connection=2, gather=3, connections=4, value=5, sender=6)
    await prototype.bind("me").send_concurrently(call=1, connection=2, gather=3, connections=4, value=5, sender=6)
    assert got == [{"call": 1, "connection": 2, "gather": 3, "connections": 4, "value": 5, "sender": 6}] * 2


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("kind", [Signal, AsyncSignal])
def test_undeclared_payload_may_have_any_names(kind: Any, count: int) -> None:
    """Names that are no identifiers, too: they never become source text."""
    signal = kind()
    got: list[object] = []

    def make() -> Callable[..., None]:
        def receiver(*args: object, **kwargs: object) -> None:
            got.append((args, kwargs))

        return receiver

    receivers = [make() for _ in range(count)]
    for receiver in receivers:
        signal.connect(receiver)
    for args, kwargs in (
        ((), {}),
        ((1,), {}),
        ((1, 2, 3), {"a": 1}),
        ((), dict.fromkeys(NAMES, 1)),
        ((0,), {"no name": 1, "class": 2, "'); fail(": 3, "": 4}),
        ((), {"b": 1, "a": 2}),
        ((), {"a": 1, "b": 2}),
        ((1,), {"k1": 2, "k0": 3, "p0": 4, "args": 5, "kwargs": 6}),
    ):
        got.clear()
        call_all(signal, "me", *args, **kwargs)
        assert got == [(("me", *args), kwargs)] * count * 6


def test_undeclared_payload_may_have_any_number_of_different_names() -> None:
    signal: Signal[Any, ..., Any] = Signal()
    got: list[object] = []

    def one(sender: object, **kwargs: object) -> None:
        got.append(kwargs)

    def other(sender: object, **kwargs: object) -> None:
        got.append(kwargs)

    signal.connect(one)
    signal.connect(other)
    for number in range(3000):
        signal.emit(None, **{f"name {number}": number})
        assert got == [{f"name {number}": number}] * 2
        got.clear()
    assert len(_dispatch.spreads["emit"]) <= 1024  # of all signals together, for the rest of the process


def test_undeclared_arguments_that_fit_no_receiver_are_the_receivers_error() -> None:
    def receiver(sender: object, *, path: str) -> None: ...

    signal: Signal[Any, ..., Any] = Signal()
    for other in (receiver, call_all):
        signal.connect(other)
        with pytest.raises(TypeError, match=r"receiver\(\) got an unexpected keyword argument 'pth'"):
            signal.send(None, pth="a")


def test_payload_may_be_a_typed_dict() -> None:
    class Options(TypedDict, total=False):
        path: str
        size: int

    @Signal
    def saved(sender: App, **options: Unpack[Options]) -> object: ...

    sent: list[object] = []

    def receiver(sender: App, **options: Unpack[Options]) -> None:
        sent.append(options)

    app = App()
    saved.connect(receiver)
    saved.send(app, path="a", size=3)
    saved.bind(app).emit(path="b")
    assert sent == [{"path": "a", "size": 3}, {"path": "b"}]


def test_annotations_need_not_be_evaluated() -> None:
    """Their names may be imported for checkers only."""
    scope: dict[str, Any] = {"Signal": Signal}
    exec("@Signal\ndef saved(sender: 'Missing', *, path: 'Gone') -> 'Never': ...", scope)  # checkers know better
    saved = scope["saved"]
    assert saved.send(App(), path="a") == saved.bind(App()).send(path="a") == []
    assert "saved(sender: 'Missing', *, path: 'Gone') -> 'Never'" in repr(saved)
    assert str(inspect.signature(saved.emit)) == "(sender: 'Missing', /, *, path: 'Gone') -> None"


# Code


def fail(*args: object, **kwargs: object) -> None:
    raise ValueError("failed")


@pytest.mark.parametrize("send", SENDS)
@pytest.mark.parametrize("bound", [False, True])
def test_traceback_shows_the_generated_line(send: str, bound: bool) -> None:
    app = App()
    method = getattr(everything.bind(app), send) if bound else getattr(everything, send)
    args = (1,) if bound else (app, 1)
    with everything.connected_to(fail):
        try:
            error = method(*args, d=2)[0].error
        except ValueError as raised:
            error = raised
    ours, receivers = traceback.extract_tb(error.__traceback__)[-2:]
    assert (ours.name, ours.line) == (send, "value = receiver(sender, a, b, c, *more, d=d, e=e, **rest)")
    assert receivers.name == "fail"
    linecache.checkcache()
    assert linecache.getline(ours.filename, ours.lineno or 0).strip() == ours.line


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("send", SENDS)
def test_traceback_of_an_undeclared_signal_shows_the_generated_line(send: str, count: int) -> None:
    signal: Signal[Any, ..., Any] = Signal()
    signal.connect(fail)
    if count == 2:
        signal.connect(call_all)
    try:
        error = getattr(signal, send)(None, 1, two=2)[0].error
    except ValueError as raised:
        error = raised
    lines = [
        frame.line for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith("<typedsig")
    ]
    assert lines
    assert all(lines)
    assert re.match(r"value = (receiver|connection\(\))\(sender, ", str(lines[-1]))


def test_methods_can_be_made_where_nothing_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """As at interpreter exit. Tracebacks lack their lines then."""
    monkeypatch.setitem(sys.modules, "linecache", None)

    @Signal
    def prototype(sender: App, *, of_a_shape_that_no_other_signal_has: int) -> object: ...

    assert prototype.send(App(), of_a_shape_that_no_other_signal_has=1) == []


def test_inspect_finds_the_source() -> None:
    """So debuggers step through it."""
    source = inspect.getsource(everything.emit)
    assert source.startswith("def emit(signal, sender, a, b=..., /, c=..., *more, d, e=..., **rest):")


def test_code_is_shared_by_all_signals_of_a_shape() -> None:
    @Signal
    def one(sender: App, *, a: int, b: str = "x") -> object: ...

    @Signal
    def other(sender: str, *, a: bytes, b: float = 3.0) -> None: ...

    assert _code(one.send) is _code(other.send)
    assert _code(one.send) is not _code(one.emit)
    assert _code(one.send) is not _code(everything.send)
    assert _code(Signal().send) is _code(Signal[App, [int]]().send)


def _code(method: Any) -> object:
    return method.__func__.__code__


def test_signals_of_one_prototype_share_a_class() -> None:
    """As those made in a loop or a function."""

    def make(default: object) -> Signal[Any, ..., Any]:
        @Signal
        def prototype(sender: App, *, a: object = default) -> object: ...

        assert prototype.send(App()) == []
        return prototype

    def make_positional(default: object) -> Signal[Any, ..., Any]:
        @Signal
        def prototype(sender: App, a: object = default) -> object: ...

        assert prototype.send(App()) == []
        return prototype

    assert type(make_positional(1)) is not type(make_positional("1"))
    assert inspect.signature(make_positional("1").send).parameters["a"].default == "1"
    assert type(make(None)) is type(make(None))
    assert type(make(1)) is not type(make("1"))
    assert inspect.signature(make(1).send).parameters["a"].default == 1
    assert inspect.signature(make("1").send).parameters["a"].default == "1"


def test_signals_that_were_never_sent_share_a_class() -> None:
    """Programs declare far more signals than they send, and a class takes over a thousand bytes."""

    @Signal
    def one(sender: App, *, a: int) -> object:
        """The one."""

    @Signal
    def other(sender: App, *, b: str) -> object:
        """The other."""

    def classes() -> list[object]:
        return [type(one), type(other)]

    def told() -> list[object]:
        return [one.__doc__, other.__doc__, type(one).__doc__, one.__module__, type(one).__module__]

    before = classes()
    assert before[0] is before[1]
    assert told() == ["The one.", "The other.", Signal.__doc__, __name__, "typedsig"]
    assert type(one).send is Signal.send  # of the class, not of one of its signals
    assert one.send.__qualname__.endswith("one.send")
    assert classes() == [type(one), before[1]] != before
    assert type(one).emit(one, App(), a=1) is None  # as a function, too
    assert type(one).emit is not Signal.emit
    assert told() == ["The one.", "The other.", Signal.__doc__, __name__, "typedsig"]


def test_classes_of_signals_do_not_pile_up(collect: Callable[[], None]) -> None:
    def make() -> None:
        @Signal
        def prototype(sender: App, *, a: object = object()) -> object: ...

        prototype.send(App(), a=1)
        prototype.bind(App()).send(a=1)

    make()
    collect()
    before = len(Signal.__subclasses__()), len(BoundSignal.__subclasses__())
    for _ in range(50):
        make()
    collect()
    assert (len(Signal.__subclasses__()), len(BoundSignal.__subclasses__())) == before


@pytest.mark.processes
def test_methods_are_made_when_they_are_first_asked_for() -> None:
    """Declaring a hundred signals compiles nothing."""
    program = """\
import builtins
compiled = []
compile_it = compile
builtins.compile = lambda *args, **kwargs: compiled.append(args[1]) or compile_it(*args, **kwargs)

from typedsig import Signal

compiled.clear()

def prototype(sender, *, a): ...

signal = Signal(prototype)
bound = signal.bind(1)
print(compiled)
signal.send(1, a=2)
signal.send(1, a=2)
print(compiled)
bound.emit(a=2)
print(compiled)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    first, second, third = done.stdout.splitlines()
    assert first == "[]"
    assert second.count("typedsig") == 1
    assert third.count("typedsig") == 2
