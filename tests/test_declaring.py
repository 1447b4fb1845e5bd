"""Declaring a signal: by prototype, by type parameters, by method, or not at all."""

import abc
import dataclasses
import enum
import functools
import inspect
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from types import FunctionType
from typing import Any, Generic

import pytest

from typedsig import AsyncSignal, BoundAsyncSignal, BoundSignal, Signal

if sys.version_info >= (3, 13):
    from typing import ParamSpec, TypeVar
else:
    from typing_extensions import ParamSpec, TypeVar

T = TypeVar("T")
Payload = ParamSpec("Payload")


class App:
    """A sender."""


@Signal
def user_created(sender: App, *, user_id: int, name: str = "nobody") -> None:
    """Sent after a user row is committed."""


@AsyncSignal
async def user_deleted(sender: App, *, user_id: int) -> None:
    """Sent after a user row is gone."""


class Document:
    """A sender with signals of its own."""

    @Signal.method
    def changed(self, *, path: str) -> None:
        """Sent after the document was saved."""

    @AsyncSignal.method
    async def closed(self, *, saved: bool) -> None:
        """Sent when the document goes."""


class Draft(Document):
    """A subclass, which inherits the signals."""


class Own(Signal[App, Payload], Generic[Payload]):
    """A signal class of a user, with the payload still open."""


# By prototype


@pytest.mark.parametrize("signal", [user_created, user_deleted])
def test_signal_takes_names_and_docstring_from_its_prototype(
    signal: Signal[Any, ..., Any] | AsyncSignal[Any, ..., Any],
) -> None:
    name = "user_created" if signal is user_created else "user_deleted"
    assert (signal.name, signal.__name__, signal.__qualname__, signal.__module__) == (name, name, name, __name__)
    assert inspect.getdoc(signal) in ("Sent after a user row is committed.", "Sent after a user row is gone.")


def test_name_and_docstring_can_be_given() -> None:
    def prototype(sender: App) -> None:
        """Say something."""

    signal = Signal(prototype, name="other", doc="Say something else.")
    assert (signal.name, signal.__doc__) == ("other", "Say something else.")
    assert Signal(prototype).__doc__ == "Say something."
    assert Signal(name="plain", doc="Said plainly.").__doc__ == "Said plainly."


def test_signal_with_another_name_than_its_prototype_is_told_by_both() -> None:
    @functools.partial(Signal, name="other")
    def prototype(sender: App, *, a: int) -> None: ...

    assert "prototype 'other'(" in repr(prototype)
    with pytest.raises(TypeError, match="prototype 'other' cannot connect 3"):
        prototype.connect(3)  # type: ignore[call-overload]  # that is the point
    with pytest.raises(TypeError, match=r"^other\.send\(\) missing 1 required"):
        prototype.send(App())


def test_unnamed_signals_are_called_as_their_class() -> None:
    assert (Signal().name, Signal().__name__) == (None, "Signal")
    assert (AsyncSignal().name, AsyncSignal().__name__) == (None, "AsyncSignal")


def test_signature_is_that_of_the_prototype() -> None:
    assert str(user_created.signature) == f"(sender: {__name__}.App, *, user_id: int, name: str = 'nobody') -> None"


def test_signature_is_none_without_a_prototype() -> None:
    """Type parameters leave nothing to check at run time."""
    assert Signal[App, [int]]().signature is None
    assert Signal().signature is None


def test_prototype_is_never_called() -> None:
    @Signal
    def explosive(sender: object) -> None:
        raise AssertionError

    explosive.send(None)
    explosive.emit(None)


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        (Signal(), "<typedsig.Signal, 0 receivers>"),
        (Signal(name="saved"), "<typedsig.Signal saved, 0 receivers>"),
        (AsyncSignal(), "<typedsig.AsyncSignal, 0 receivers>"),
        (
            user_created,
            (
                f"<typedsig.Signal user_created(sender: {__name__}.App, *, user_id: int, name: str = 'nobody') -> None,"
                " 0 receivers>"
            ),
        ),
        (
            Document.changed,
            "<typedsig.Signal Document.changed(self, *, path: str) -> None, 0 receivers>",
        ),
    ],
)
def test_repr_tells_name_signature_and_number_of_receivers(signal: object, expected: str) -> None:
    assert repr(signal) == expected


def test_repr_counts_each_live_receiver_once() -> None:
    signal: Signal[Any, ..., Any] = Signal()
    assert "0 receivers" in repr(signal)
    signal.connect(print)
    signal.connect(print, sender="somebody")
    assert "1 receiver>" in repr(signal)
    signal.connect(repr)
    assert "2 receivers" in repr(signal)


def test_repr_survives_a_default_whose_repr_fails() -> None:
    class Unprintable:
        def __repr__(self) -> str:
            raise RuntimeError

    nothing = Unprintable()

    @Signal
    def prototype(sender: App, thing: Unprintable = nothing) -> None: ...

    assert "prototype(...), 0 receivers>" in repr(prototype)


def test_prototype_may_be_decorated() -> None:
    """What `functools.wraps` shows counts, as for `inspect.signature`."""

    def logged(function: Callable[[App, int], None]) -> Callable[[App, int], None]:
        @functools.wraps(function)
        def wrapper(*args: Any) -> None:
            function(*args)

        return wrapper

    @Signal
    @logged
    def resized(sender: App, width: int) -> None: ...

    assert str(inspect.signature(resized.send)) == f"(sender: {__name__}.App, /, width: int) -> list"


def test_prototype_may_be_wrapped_by_itself() -> None:
    def prototype(sender: App, *, a: int) -> object: ...

    def decorated(sender: App, *, a: int) -> object: ...

    prototype.__wrapped__ = decorated  # type: ignore[attr-defined]
    decorated.__wrapped__ = prototype  # type: ignore[attr-defined]
    assert Signal(prototype).send(App(), a=1) == []


def test_prototype_may_have_a_default_for_the_sender() -> None:
    @Signal
    def started(sender: object = None, level: int = 3) -> object: ...

    sent: list[tuple[object, int]] = []

    def receiver(sender: object, level: int = 0) -> None:
        sent.append((sender, level))

    started.connect(receiver)
    started.send("me")
    assert sent == [("me", 3)]
    call: Any = started.send
    with pytest.raises(TypeError, match="sender"):
        call()


def _no_parameter() -> None: ...


def _keyword_sender(*, sender: App) -> None: ...


def _rest(*senders: App) -> None: ...


async def _coroutine(sender: App) -> None: ...


def _plain(sender: App) -> None: ...


def _plain_too(sender: App) -> None: ...


def _generator(sender: App) -> Iterator[int]:
    yield 1


async def _async_generator(sender: App) -> AsyncIterator[int]:
    yield 1


class _Callable:
    def __call__(self, sender: App) -> None: ...


@pytest.mark.parametrize(
    ("kind", "prototype", "complaint"),
    [
        (Signal, _no_parameter, "_no_parameter has no parameter for the sender"),
        (Signal, _keyword_sender, "_keyword_sender has no parameter for the sender"),
        (Signal, _rest, "_rest has no parameter for the sender"),
        (Signal, _coroutine, r"_coroutine is defined with 'async def': use AsyncSignal"),
        (Signal, print, r"^Signal: a prototype is a function defined with 'def', not print"),
        (Signal, 3, r"^Signal: a prototype is a function defined with 'def', not 3"),
        (Signal, ..., r"^Signal: a prototype is a function defined with 'def', not a builtins.ellipsis object"),
        (Signal, App, r"'def', not .*App"),
        (Signal, _Callable(), r"'def', not a .*_Callable object"),
        (Signal, functools.partial(_plain), r"'def', not functools.partial\(.*_plain\)"),
        (AsyncSignal, _plain, r"_plain is defined with plain 'def': use Signal, or 'async def'"),
        (Signal, _generator, r"^Signal: .*_generator is a generator function: leave out the 'yield'"),
        (AsyncSignal, _async_generator, r"^AsyncSignal: .*_async_generator is a generator function"),
        (Signal, abc.abstractmethod(_plain_too), r"_plain_too is abstract, but nobody has to implement a signal"),
        (AsyncSignal, [], r"AsyncSignal: a prototype is a function defined with 'def', not a builtins.list object"),
    ],
)
def test_wrong_prototypes_are_refused_at_declaration(kind: Any, prototype: object, complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        kind(prototype)


@pytest.mark.parametrize(("kind", "method"), [(Signal, _coroutine), (AsyncSignal, _plain), (Signal, _no_parameter)])
def test_wrong_prototypes_are_refused_in_a_class_body(kind: Any, method: object) -> None:
    with pytest.raises(TypeError, match="prototype"):
        kind.method(method)


@pytest.mark.parametrize("name", ["a, b", "class", "__debug__", "1", "\N{LATIN SMALL LIGATURE FI}"])
def test_parameters_that_are_no_names_are_refused(name: str) -> None:
    """Only code objects made by hand can have them, and they would become source text."""

    def prototype(sender: App, x: int) -> None: ...

    prototype.__code__ = prototype.__code__.replace(co_varnames=("sender", name))
    with pytest.raises(TypeError, match=f"has a parameter {re.escape(repr(name))}, which is not a name"):
        Signal(prototype)


def test_parameters_may_have_any_name_python_allows() -> None:
    @Signal
    def grown(sender: App, *, größe: int) -> None: ...  # that is the point

    sent: list[int] = []

    @grown.connect
    def receiver(sender: App, *, größe: int) -> None:  # as declared
        sent.append(größe)

    grown.send(App(), größe=3)
    assert sent == [3]


def test_name_must_be_a_string() -> None:
    name: Any = 3
    with pytest.raises(TypeError, match="name"):
        Signal(name=name)


# By type parameters


def test_payload_of_type_parameters_is_positional() -> None:
    resized = Signal[App, [int, int]]()
    sent: list[tuple[int, int]] = []

    @resized.connect
    def receiver(sender: App, width: int, height: int) -> None:
        sent.append((width, height))

    resized.send(App(), 3, 4)
    assert sent == [(3, 4)]


def test_bare_signal_takes_anything() -> None:
    signal = Signal()
    sent: list[object] = []

    @signal.connect
    def receiver(*args: object, **kwargs: object) -> None:
        sent.append((args, kwargs))

    signal.send(None)
    signal.send("me", 1, two=2)
    assert sent == [((None,), {}), (("me", 1), {"two": 2})]


@pytest.mark.parametrize("kind", [Signal, AsyncSignal, BoundSignal, BoundAsyncSignal])
def test_type_parameters_after_the_first_may_be_left_out(kind: Any) -> None:
    assert kind[App] == kind[App, ...] == kind[App, ..., object]
    assert kind[App, [int]] == kind[App, [int], object]
    assert kind[App, [int], str] != kind[App, [int]]


@pytest.mark.parametrize("kind", [Signal, AsyncSignal, BoundSignal, BoundAsyncSignal])
def test_too_many_type_parameters_are_refused(kind: Any) -> None:
    with pytest.raises(
        TypeError, match=f"{kind.__name__} has three type parameters, sender, payload and result, not 4"
    ):
        kind[App, [int], str, bytes]
    with pytest.raises(TypeError, match="not 0"):
        kind[()]


def test_type_parameters_make_signals() -> None:
    for kind in (Signal[App], Signal[App, [int]], Signal[App, [int], str], Own[[int]], Own[int, str]):
        signal: Any = kind()
        assert type(signal) in (Signal, Own)
        assert signal.send(App(), 1) == []


def test_subclass_with_an_open_payload_is_declared_by_prototype_too() -> None:
    @Own
    def renamed(sender: App, *, name: str) -> object: ...

    assert type(renamed).__mro__[1:].count(Own) == 1
    send: Any = renamed.send
    with pytest.raises(TypeError, match="'nam'"):
        send(App(), nam="x")


# By method


def test_method_signal_is_bound_to_the_instance() -> None:
    document = Document()
    sent: list[tuple[Document, str]] = []

    def receiver(document: Document, *, path: str) -> None:
        sent.append((document, path))

    document.changed.connect(receiver)
    document.changed.send(path="a.txt")
    Document().changed.send(path="b.txt")
    assert sent == [(document, "a.txt")]
    assert document.changed == Document.changed.bind(document)


def test_method_signal_on_the_class_is_that_of_every_instance() -> None:
    sent: list[tuple[Document, str]] = []

    def receiver(document: Document, *, path: str) -> None:
        sent.append((document, path))

    one, two = Document(), Draft()
    with Document.changed.connected_to(receiver):
        one.changed.send(path="one")
        two.changed.send(path="two")
    assert sent == [(one, "one"), (two, "two")]


def test_method_signal_of_a_subclass_is_the_very_same() -> None:
    assert Draft.changed is Document.changed
    assert Draft.closed is Document.closed


def test_method_signal_is_named_after_its_place() -> None:
    assert (Document.changed.name, Document.changed.__qualname__) == ("changed", "Document.changed")
    assert inspect.getdoc(Document.changed) == "Sent after the document was saved."
    assert isinstance(Document.closed, AsyncSignal)


def test_method_signal_needs_nothing_of_the_instance() -> None:
    """No ``__dict__``, no ``__weakref__``, no hash, no truth value."""

    @dataclasses.dataclass
    class Repo(Generic[T]):
        __slots__ = ("items",)
        items: list[T]

        @Signal.method
        def added(self, item: T) -> None: ...

        def __len__(self) -> int:
            return 0

    added: list[object] = []

    def receiver(repo: Repo[Any], item: object) -> None:
        added.append(item)

    repo, other = Repo[int]([]), Repo[int]([])
    repo.added.connect(receiver)
    repo.added.send(1)
    other.added.send(2)
    assert added == [1]


def test_members_of_an_enum_have_signals() -> None:
    class Color(enum.Enum):
        RED = 1

        @Signal.method
        def picked(self, *, by: str) -> object: ...

    def receive(sender: Color, *, by: str) -> object:
        return sender, by

    assert list(Color) == [Color.RED]
    Color.picked.connect(receive)
    assert Color.RED.picked.send(by="me") == [(receive, (Color.RED, "me"))]


def test_instance_costs_nothing_until_somebody_connects() -> None:
    document = Document()
    document.changed.send(path="a.txt")
    assert vars(document) == {}


def test_signal_as_class_attribute_is_one_for_all_instances() -> None:
    """It wants its sender in `send`, unlike `Signal.method`."""

    class Window:
        resized = Signal["Window", [int, int]]()

    sent: list[Window] = []

    def receiver(window: Window, width: int, height: int) -> None:
        sent.append(window)

    window = Window()
    window.resized.connect(receiver)
    window.resized.send(window, 3, 4)
    assert sent == [window]
    assert window.resized is Window.resized


def test_private_parameters_of_a_method_are_mangled_as_python_does() -> None:
    class Safe:
        @Signal.method
        def opened(self, *, __code: int) -> None: ...

    sent: list[dict[str, object]] = []

    def receiver(safe: object, **payload: object) -> None:
        sent.append(payload)

    opened: Any = Safe.opened  # checkers know no mangling
    opened.connect(receiver)
    opened.send(Safe(), _Safe__code=3)
    assert sent == [{"_Safe__code": 3}]


def test_prototype_stays_usable() -> None:
    """Declaring a signal changes nothing about the function."""

    def prototype(sender: App, *, a: int = 1) -> None:
        """Do nothing."""

    before = prototype.__code__, prototype.__kwdefaults__, dict(prototype.__annotations__), prototype.__doc__
    Signal(prototype).send(App())
    assert isinstance(prototype, FunctionType)
    assert before == (prototype.__code__, prototype.__kwdefaults__, prototype.__annotations__, prototype.__doc__)
