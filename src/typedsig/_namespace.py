"""Named signals: one signal per name."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Concatenate, Final, TypeAlias, TypeVar, overload

from ._async_signal import AsyncSignal
from ._lock import LOCK
from ._prototype import check, checked_name, shape_of, signature_of
from ._receiver import describe
from ._signal import Signal
from ._types import Q, R, S

AnySignal: TypeAlias = Signal[Any, ..., Any] | AsyncSignal[Any, ..., Any]
"""A signal of any type."""

SignalT = TypeVar("SignalT", bound=AnySignal)


class Namespace(Mapping[str, AnySignal]):
    """A read-only mapping from names to signals. `signal` and `async_signal` make one when it is first asked for.

    Any thread may use it.

    Example:
        >>> from typedsig import Namespace
        >>> signals = Namespace()
        >>> signals.signal("saved") is signals.signal("saved")
        True
    """

    __module__ = "typedsig"

    def __init__(self) -> None:
        self._signals: dict[str, AnySignal] = {}

    @overload
    def signal(self, name: str, prototype: None = None) -> Signal[Any, ..., Any]: ...
    @overload
    def signal(self, name: str, prototype: Callable[Concatenate[S, Q], R]) -> Signal[S, Q, R]: ...
    def signal(self, name: str, prototype: Any = None) -> Any:
        """The synchronous signal of this name, made if there is none yet.

        Without a prototype it takes anything. With one it is typed; a signal that was first asked for without takes on
        the prototype.

        Raises:
            TypeError: The signal has another prototype, which differs in names, kinds or presence of defaults of its
                parameters; or it is asynchronous; or the prototype is none.
            ValueError: The name is empty.
        """
        return self._get(Signal, name, prototype)

    @overload
    def async_signal(self, name: str, prototype: None = None) -> AsyncSignal[Any, ..., Any]: ...
    @overload
    def async_signal(self, name: str, prototype: Callable[Concatenate[S, Q], Awaitable[R]]) -> AsyncSignal[S, Q, R]: ...
    def async_signal(self, name: str, prototype: Any = None) -> Any:
        """The asynchronous signal of this name, as `signal` does for synchronous ones."""
        return self._get(AsyncSignal, name, prototype)

    def _get(self, kind: type[AnySignal], name: str, prototype: object) -> AnySignal:
        name = checked_name(name)
        if prototype is not None:
            shape_of(check(prototype, asynchronous=kind is AsyncSignal))  # refused before anything is made
        with LOCK:
            found = self._signals.get(name)
            if found is None:
                found = self._signals.setdefault(name, kind(name=name))
            if not isinstance(found, kind):
                other = "signal()" if kind is AsyncSignal else "async_signal()"
                raise TypeError(
                    f"{name!r} is the name of {found!r}, which is no {kind.__name__}: use {other}, or another name"
                )
            if prototype is not None:
                if found._prototype is None:
                    found._declare(prototype)
                _check_alike(name, found, prototype)
            return found

    def add(self, signal: SignalT, /) -> SignalT:
        """Register a signal under its name; works as a decorator above ``@Signal``.

        Returns:
            The signal; when one with the same module and qualified name is registered already, as after a reload of
            the module, that one.

        Raises:
            TypeError: It is no signal, has no name, or was declared before with other parameters.
            ValueError: Another signal has this name.
        """
        if not _is_signal(signal):
            raise TypeError(f"Namespace.add() takes a signal, not {describe(signal)}")
        if signal.name is None:
            raise TypeError(
                "Namespace.add() takes a signal with a name: give it one by Signal(name=...) or a prototype"
            )
        with LOCK:
            found = self._signals.setdefault(signal.name, signal)
        if found is signal:
            return signal
        if found._prototype is None and signal._prototype is not None:
            raise ValueError(
                f"{signal.name!r} was asked for before it was declared: declare it with "
                f"signal({signal.name!r}, prototype), which keeps the receivers that {found!r} has"
            )
        if signal._prototype is None or _home(found) != _home(signal) or type(found)._kind() != type(signal)._kind():
            raise ValueError(f"{signal.name!r} is the name of {found!r} already: another signal needs another name")
        _check_alike(signal.name, found, signal._prototype)
        return found  # type: ignore[return-value]  # of the same class

    # A namespace is itself, whatever it holds.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __getitem__(self, name: str) -> AnySignal:
        return self._signals[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._signals.copy())

    def __len__(self) -> int:
        return len(self._signals)

    def __repr__(self) -> str:
        return f"<typedsig.Namespace of {', '.join(self._signals) or 'no signals'}>"


def _is_signal(value: object) -> bool:
    return isinstance(value, Signal | AsyncSignal)


def _home(signal: AnySignal) -> tuple[str, str]:
    return signal.__module__, signal.__qualname__


def _check_alike(name: str, found: AnySignal, prototype: Any) -> None:
    if shape_of(found._prototype) != shape_of(prototype):
        raise TypeError(
            f"{name!r} is declared twice, as {name}{found.signature} and as {name}{signature_of(prototype)}: names, "
            f"kinds and presence of defaults of the parameters must agree"
        )


default_namespace: Final = Namespace()
"""The namespace of `signal`, shared by the whole process."""

signal: Final = default_namespace.signal
"""``default_namespace.signal``."""
