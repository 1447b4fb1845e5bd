"""Classes of one's own: their methods stay in charge, and the declared ones stay behind them."""

import abc
import enum
from collections.abc import Callable
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar

import pytest

from typedsig import AsyncSignal, BoundSignal, Signal

SenderT = TypeVar("SenderT")
ResultT = TypeVar("ResultT")
P = ParamSpec("P")


class App:
    """A sender."""


def prototype(sender: App, *, user_id: int) -> object:
    """Sent after a user row is committed."""


async def async_prototype(sender: App, *, user_id: int) -> object:
    """Sent after a user row is committed."""


def receiver(sender: App, *, user_id: int) -> int:
    return user_id


class Logged(Signal[SenderT, P, ResultT]):
    """A signal that writes down what is sent."""

    def __init__(self, prototype: Any = None, /, *, log: list[object] | None = None, **options: Any) -> None:
        super().__init__(prototype, **options)
        self.log: list[object] = [] if log is None else log

    def send(
        self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs
    ) -> list[tuple[Callable[Concatenate[SenderT, P], ResultT], ResultT]]:
        """Send and write it down."""
        self.log.append(("send", sender, args, kwargs))
        return super().send(sender, *args, **kwargs)

    def emit(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Emit and write it down."""
        self.log.append(("emit", sender, args, kwargs))
        super().emit(sender, *args, **kwargs)


class MoreLogged(Logged[SenderT, P, ResultT]):
    """A subclass of the subclass, with nothing of its own."""


class LoggedAsync(AsyncSignal[SenderT, P, ResultT]):
    """The asynchronous twin."""

    log: ClassVar[list[object]] = []

    async def send_async(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Send and write it down."""
        self.log.append(sender)
        return await super().send_async(sender, *args, **kwargs)


@pytest.fixture(params=[Logged, MoreLogged])
def logged(request: pytest.FixtureRequest) -> Any:
    """Have a declared signal of a class with a ``send`` of its own."""
    return request.param(prototype)


def test_own_send_is_never_replaced(logged: Any) -> None:
    app = App()
    logged.connect(receiver)
    assert logged.send(app, user_id=1) == [(receiver, 1)]
    logged.emit(app, user_id=2)
    assert logged.log == [("send", app, (), {"user_id": 1}), ("emit", app, (), {"user_id": 2})]


def test_own_send_is_in_charge_before_the_arguments_are_checked(logged: Any) -> None:
    """Super's are the declared ones, which check them."""
    for send in (logged.send, logged.emit):
        with pytest.raises(TypeError, match=r"prototype\.(send|emit)\(\) .*'usr_id'"):
            send(App(), usr_id=1)
    assert len(logged.log) == 2


def test_methods_that_are_not_overridden_are_the_declared_ones(logged: Any) -> None:
    app = App()
    logged.connect(receiver)
    assert logged.send_robust(app, user_id=1)[0].value == 1
    with pytest.raises(TypeError, match=r"prototype\.send_robust\(\) .*'usr_id'"):
        logged.send_robust(app, usr_id=1)
    assert logged.log == []


def test_methods_that_are_not_overridden_are_made_once(logged: Any) -> None:
    assert logged.send_robust.__func__ is logged.send_robust.__func__


def test_bound_signal_uses_the_subclass_own_send(logged: Any) -> None:
    app = App()
    logged.connect(receiver)
    bound = logged.bind(app)
    assert isinstance(bound, BoundSignal)
    assert bound.send(user_id=1) == [(receiver, 1)]
    bound.emit(user_id=2)
    assert logged.log == [("send", app, (), {"user_id": 1}), ("emit", app, (), {"user_id": 2})]
    with pytest.raises(TypeError, match=r"prototype\.send\(\) .*'usr_id'"):
        bound.send(usr_id=1)


@pytest.mark.parametrize("declared", [True, False])
def test_bound_signal_of_a_subclass_without_own_sends(declared: bool) -> None:
    class Plain(Signal[SenderT, P, ResultT]):
        pass

    app = App()
    kind: Any = Plain
    signal = kind(prototype if declared else None)
    signal.connect(receiver)
    assert signal.bind(app).send(user_id=1) == [(receiver, 1)]
    assert signal.bind(app) == signal.bind(app)


@pytest.mark.parametrize("kind", [Logged, MoreLogged])
def test_own_send_of_an_undeclared_signal_is_used(kind: Any) -> None:
    signal = kind()
    signal.send(1, 2, three=3)
    signal.bind(1).emit(2, three=3)
    assert signal.log == [("send", 1, (2,), {"three": 3}), ("emit", 1, (2,), {"three": 3})]


@pytest.mark.anyio
async def test_own_async_send_is_used() -> None:
    signal = LoggedAsync(async_prototype)
    app = App()
    signal.connect(receiver)
    assert await signal.send_async(app, user_id=1) == [(receiver, 1)]
    assert await signal.bind(app).send_async(user_id=2) == [(receiver, 2)]
    assert signal.log == [app, app]
    signal.log.clear()
    sending: Any = signal.send_async
    with pytest.raises(TypeError, match="'usr_id'"):
        await sending(app, usr_id=1)
    signal.log.clear()


def test_own_init_may_take_options() -> None:
    log: list[object] = []
    kind: Any = Logged
    signal = kind(prototype, log=log, name="mine")
    assert (signal.log, signal.name) == ([], "mine")
    assert signal.log is log


def test_repr_and_errors_name_the_subclass(logged: Any) -> None:
    kind = type(logged).__mro__[2].__name__
    assert repr(logged).startswith(f"<{__name__}.{kind} prototype(")
    assert isinstance(logged, Logged)
    assert Logged(name="x").__name__ == "x"
    assert Logged().__name__ == "Logged"


def test_own_init_subclass_hears_of_own_subclasses_only() -> None:
    class Registered(Signal[SenderT, P, ResultT]):
        registered: ClassVar[list[str]] = []

        def __init_subclass__(cls, *, tag: str, **options: Any) -> None:
            super().__init_subclass__(**options)
            cls.registered.append(tag)

    class Tagged(Registered[SenderT, P, ResultT], tag="mine"):
        pass

    signal: Any = Tagged(prototype)
    signal.connect(receiver)
    assert signal.send(App(), user_id=1) == [(receiver, 1)]
    assert Registered.registered == ["mine"]


def test_own_slots_stay_slots() -> None:
    class Compact(Signal[SenderT, P, ResultT]):
        __slots__ = ("note",)

        note: str

    signal = Compact(prototype)
    signal.note = "a"
    assert not hasattr(signal, "__dict__")
    assert signal.send(App(), user_id=1) == []
    with pytest.raises(AttributeError):
        signal.other = "b"  # type: ignore[attr-defined]  # that is the point


def test_signals_have_no_attributes_but_their_own() -> None:
    for signal in (Signal(), Signal(prototype), AsyncSignal(), Signal().bind(1)):
        with pytest.raises(AttributeError):
            signal.note = "a"  # type: ignore[union-attr]  # that is the point


def test_mixins_may_come_before_and_after() -> None:
    class Before:
        def send(self, sender: App, /, *args: Any, **kwargs: Any) -> Any:
            calls.append("before")
            return super().send(sender, *args, **kwargs)  # type: ignore[misc]  # there is one in a signal

    class After:
        extra = 3

    class Mixed(Before, Signal[App, P, ResultT], After, Generic[P, ResultT]):
        pass

    calls: list[str] = []
    signal: Any = Mixed(prototype)
    signal.connect(receiver)
    assert signal.send(App(), user_id=1) == [(receiver, 1)]
    assert (calls, signal.extra) == (["before"], 3)
    with pytest.raises(TypeError, match="'usr_id'"):
        signal.send(App(), usr_id=1)


def test_abstract_base_classes_may_be_mixed_in() -> None:
    class Store(abc.ABC):
        @abc.abstractmethod
        def store(self) -> str: ...

    class Stored(Signal[SenderT, P, ResultT], Store):
        def store(self) -> str:
            return "stored"

    class Unfinished(Signal[SenderT, P, ResultT], Store):
        pass

    signal = Stored(prototype)
    assert signal.store() == "stored"
    assert isinstance(signal, Store)
    assert signal.send(App(), user_id=1) == []
    kind: Any = Unfinished
    with pytest.raises(TypeError, match="abstract"):
        kind(prototype)


def test_own_metaclass_is_kept() -> None:
    class Meta(type):
        pass

    class Own(Signal[SenderT, P, ResultT], metaclass=Meta):
        pass

    signal = Own(prototype)
    assert type(type(signal)) is Meta
    assert signal.send(App(), user_id=1) == []


def test_subclass_may_be_a_decorator_and_a_base_of_a_class_attribute() -> None:
    class Kind(enum.Enum):
        LOUD = 1

    class Leveled(Signal[SenderT, P, ResultT]):
        kind = Kind.LOUD

    class Shop:
        @Leveled
        def sold(self, *, price: int) -> object: ...

    prices: list[int] = []

    def on_sold(shop: object, *, price: int) -> None:
        prices.append(price)

    shop = Shop()
    Shop.sold.connect(on_sold)
    Shop.sold.send(shop, price=3)
    assert (prices, Shop.sold.kind) == ([3], Kind.LOUD)
