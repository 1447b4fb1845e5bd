"""Testing what was sent: `record`, and assertions that are checked and completed as the sends are.

::

    from typedsig.testing import record

    with record(user_created) as recorder:
        sign_up(app, "Ada")
    recorder.assert_sent_once_with(app, user_id=1, name="Ada")

Any test runner will do. For pytest, this package brings two fixtures: ``record_signal`` records until the end of the
test (annotate it with `RecordSignal`), and ``no_receivers_left`` fails a test after which the signals it was called
with have receivers that they did not have before (annotate it with `NoReceiversLeft`).
"""

import itertools
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from inspect import Parameter, Signature
from operator import itemgetter
from typing import Any, Final, Generic, Literal, NoReturn, Protocol, final, overload

from ._base import BaseSignal
from ._bound import BaseBound
from ._receiver import describe
from ._sender import SenderKey, sender_key
from ._types import ANY, AnySender, P, Q, R, S, SenderT
from ._view import AsyncSignalView, BaseView, unproxied

__all__ = ["BoundRecorder", "Call", "NoReceiversLeft", "RecordSignal", "Recorder", "in_order", "record"]

# One for all recorders, so that what they recorded can be put in order.
_next_place: Final = itertools.count().__next__

# Before everybody who connected, because a receiver that fails ends the send.
_FIRST: Final = -1


@final
class Call(Generic[SenderT]):
    """One send: the signal, its sender and its payload.

    Calls compare equal if they are of one signal and one sender, told apart as signals do, and their payloads are
    equal. How an argument was passed, by position, by name or by its default, makes no difference where a prototype
    tells its name.
    """

    __slots__ = ("args", "kwargs", "sender", "signal")

    signal: BaseSignal[Any, ..., Any] | BaseView[Any, ..., Any]
    """What was sent."""
    sender: SenderT
    """Who sent it."""
    args: tuple[Any, ...]
    """The payload's positional arguments, as receivers get them: all that are not keyword-only in the prototype."""
    kwargs: dict[str, Any]
    """The payload's keyword arguments, as receivers get them."""

    def __init__(
        self,
        signal: BaseSignal[Any, ..., Any] | BaseView[Any, ..., Any],
        sender: SenderT,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.signal = signal
        self.sender = sender
        self.args = args
        self.kwargs = kwargs

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Call):
            return NotImplemented
        return (
            self.signal is other.signal
            and self._is_of_sender(other._sender_key())
            and self.args == other.args
            and self.kwargs == other.kwargs
        )

    def _sender_key(self) -> SenderKey | None:
        """None: of every sender."""
        return None if self.sender is ANY else sender_key(self.sender)

    def _is_of_sender(self, key: SenderKey | None) -> bool:
        own = self._sender_key()
        return own is None or key is None or own == key

    def __repr__(self) -> str:
        shown = [_show(self.sender), *map(_show, self.args)]
        shown += [f"{name}={_show(value)}" for name, value in self.kwargs.items()]
        return f"{self.signal.name or 'Signal'}({', '.join(shown)})"


class _BaseRecorder(Generic[SenderT]):
    """What was recorded, and what is the same whether or not the sender is given in each assertion."""

    def __init__(
        self,
        signal: BaseSignal[SenderT, ..., Any] | BaseView[SenderT, ..., Any],
        sender: SenderT | Literal[AnySender.ANY],
        answer: object,
    ) -> None:
        self._signal = signal
        self._sender = sender
        self._answer = answer
        self._recorded: list[tuple[int, Call[SenderT]]] = []

    def _receive(self, sender: SenderT, /, *args: Any, **kwargs: Any) -> Any:
        self._recorded.append((_next_place(), self._call(sender, args, kwargs)))
        return self._answer

    async def _receive_async(self, sender: SenderT, /, *args: Any, **kwargs: Any) -> Any:
        """For an untyped signal, whose ``send_async`` may refuse a plain function."""
        return self._receive(sender, *args, **kwargs)

    @property
    def calls(self) -> list[Call[SenderT]]:
        """What was sent, in order. Compare it with what `call` makes, or look at sender, args and kwargs."""
        return [call for _, call in self._recorded]

    def assert_not_sent(self) -> None:
        """Assert that nothing was sent."""
        __tracebackhide__ = True  # pytest shows the test's line, not ours
        if self._recorded:
            self._fail("was sent", "nothing")

    def _expect(self, sender: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call[SenderT]:
        """A call as a receiver would get it, with parameters that can be passed by name in their places."""
        __tracebackhide__ = True
        signature = self._signal.signature
        if signature is not None:
            payload = Signature(list(signature.parameters.values())[1:])
            try:
                bound = payload.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{self._signal._label} cannot be sent with these arguments: {error}") from None
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        return self._call(sender, args, kwargs)

    def _call(self, sender: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call[SenderT]:
        """A call of this signal. To a view a proxy is what it stands for."""
        return Call(self._signal, unproxied(sender) if isinstance(self._signal, BaseView) else sender, args, kwargs)

    def _assert_once(self, expected: Call[SenderT]) -> None:
        __tracebackhide__ = True
        if self.calls != [expected]:
            self._fail("was not sent once as expected", repr(expected), expected)

    def _assert_some(self, expected: Call[SenderT]) -> None:
        __tracebackhide__ = True
        if expected not in self.calls:
            self._fail("was not sent as expected", repr(expected), expected)

    def _fail(self, what: str, wanted: str, expected: Call[SenderT] | None = None) -> NoReturn:
        __tracebackhide__ = True
        calls = self.calls
        shown = "\n            ".join(map(repr, calls)) or "nothing"
        lines = [f"{self._signal._label} {what}", f"  expected: {wanted}", f"  actual:   {shown}"]
        if expected is not None and len(calls) == 1:
            lines += [f"  differs:  {difference}" for difference in _differences(expected, calls[0])]
        raise AssertionError("\n".join(lines))


@final
class Recorder(_BaseRecorder[SenderT], Generic[SenderT, P]):
    """What `record` gives for a signal. `typedsig.ANY` in place of the sender stands for every sender."""

    def __init__(self, signal: BaseSignal[SenderT, ..., Any] | BaseView[SenderT, ..., Any], answer: object) -> None:
        if not isinstance(signal, BaseSignal | BaseView):  # pyright: ignore[reportUnnecessaryIsInstance]  # without a checker
            raise TypeError(f"record() takes a signal, not {describe(signal)}{hint(signal)}")
        super().__init__(signal, ANY, answer)

    def call(self, sender: SenderT | Literal[AnySender.ANY], /, *args: P.args, **kwargs: P.kwargs) -> Call[SenderT]:
        """A `Call` to compare with those in `calls` or `in_order`."""
        return self._expect(sender, args, kwargs)

    def assert_sent_once_with(
        self, sender: SenderT | Literal[AnySender.ANY], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Assert that the signal was sent exactly once, by this sender and with these arguments."""
        __tracebackhide__ = True
        self._assert_once(self._expect(sender, args, kwargs))

    def assert_sent_with(self, sender: SenderT | Literal[AnySender.ANY], /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Assert that the signal was sent at least once by this sender with these arguments, whatever else was sent."""
        __tracebackhide__ = True
        self._assert_some(self._expect(sender, args, kwargs))


@final
class BoundRecorder(_BaseRecorder[SenderT], Generic[SenderT, P]):
    """What `record` gives for a bound signal, such as ``document.changed``: the sends of its sender."""

    def __init__(self, bound: BaseBound[SenderT, ..., Any], answer: object) -> None:
        super().__init__(bound._signal, bound.sender, answer)

    def call(self, /, *args: P.args, **kwargs: P.kwargs) -> Call[SenderT]:
        """A `Call` to compare with those in `calls` or `in_order`."""
        return self._expect(self._sender, args, kwargs)

    def assert_sent_once_with(self, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Assert that the sender sent the signal exactly once, with these arguments."""
        __tracebackhide__ = True
        self._assert_once(self._expect(self._sender, args, kwargs))

    def assert_sent_with(self, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Assert that the sender sent the signal at least once with these arguments, whatever else it sent."""
        __tracebackhide__ = True
        self._assert_some(self._expect(self._sender, args, kwargs))


@overload
def record(signal: BaseSignal[S, Q, R], /, *, answer: R | None = None) -> AbstractContextManager[Recorder[S, Q]]: ...
@overload
def record(signal: BaseView[S, Q, R], /, *, answer: R | None = None) -> AbstractContextManager[Recorder[S, Q]]: ...
@overload
def record(
    signal: BaseBound[S, Q, R], /, *, answer: R | None = None
) -> AbstractContextManager[BoundRecorder[S, Q]]: ...
def record(signal: Any, /, *, answer: Any = None) -> AbstractContextManager[Any]:
    """Record the sends of a signal, or of one sender, during a ``with`` block.

    The recorder is a receiver, called before all others, so that it sees even what fails later; and like any receiver
    it is not called while the signal is muted. Payloads are kept, not copied. Through a typed view of a
    blinker-style signal, such as ``typedsig.flask.template_rendered``, it is called when that signal calls it, with what
    the untyped signal is sent, without the prototype's defaults; of an asynchronous view it is a coroutine function.

    Args:
        signal: A signal, or one seen from one sender, such as ``document.changed``, or a typed view.
        answer: What the recorder returns to the sender, for signals whose results are used.

    Example:
        >>> from typedsig import Signal
        >>> from typedsig.testing import record
        >>> @Signal
        ... def saved(sender: str, *, path: str, size: int = 0) -> None: ...
        >>> with record(saved) as recorder:
        ...     saved.emit("editor", path="a.txt")
        >>> recorder.assert_sent_once_with("editor", path="a.txt")
        >>> recorder.calls
        [saved('editor', path='a.txt', size=0)]
    """
    return recording(signal, answer)


@contextmanager
def recording(signal: Any, answer: Any) -> Generator[Any, None, None]:
    """`record`, untyped."""
    make: Any = BoundRecorder if isinstance(signal, BaseBound) else Recorder
    recorder: _BaseRecorder[Any] = make(signal, answer)
    connected, receive, sender = recorder._signal, recorder._receive, recorder._sender
    if isinstance(connected, BaseView):
        if isinstance(connected, AsyncSignalView):
            receive = recorder._receive_async
        connected.connect(receive, weak=False)
    else:
        connection = connected._add(receive, sender, weak=False, place=_FIRST)
        assert connection is not None  # nobody else has this receiver
        connected._added(connection, receive, sender, weak=False)
    try:
        yield recorder
    finally:
        connected.disconnect(receive, sender)


def hint(thing: object) -> str:
    """What to do with a signal that has no types, for a message."""
    return ": give it types first, with typedsig.blinker.typed" if hasattr(type(thing), "receiver_connected") else ""


def in_order(*recorders: Recorder[Any, ...] | BoundRecorder[Any, ...]) -> list[Call[Any]]:
    """What several recorders recorded, in the order in which it was sent.

    Example:
        >>> from typedsig import Signal
        >>> from typedsig.testing import in_order, record
        >>> opened, closed = Signal[str, []](name="opened"), Signal[str, []](name="closed")
        >>> with record(opened) as opening, record(closed) as closing:
        ...     opened.emit("door")
        ...     closed.emit("door")
        >>> in_order(opening, closing) == [opening.call("door"), closing.call("door")]
        True
    """
    recorded = itertools.chain.from_iterable(recorder._recorded for recorder in recorders)
    return [call for _, call in sorted(recorded, key=itemgetter(0))]


class RecordSignal(Protocol):
    """The type of the pytest fixture ``record_signal``: as `record`, but until the end of the test."""

    @overload
    def __call__(self, signal: BaseSignal[S, Q, R], /, *, answer: R | None = None) -> Recorder[S, Q]: ...
    @overload
    def __call__(self, signal: BaseView[S, Q, R], /, *, answer: R | None = None) -> Recorder[S, Q]: ...
    @overload
    def __call__(self, signal: BaseBound[S, Q, R], /, *, answer: R | None = None) -> BoundRecorder[S, Q]: ...


class NoReceiversLeft(Protocol):
    """The type of the pytest fixture ``no_receivers_left``."""

    def __call__(self, *signals: BaseSignal[Any, ..., Any] | BaseView[Any, ..., Any]) -> None:
        """Fail this test if, at its end, one of these signals has receivers that it does not have now."""


def _show(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001  # a failing repr must not hide why the test fails
        return describe(value)


def _differences(expected: Call[Any], actual: Call[Any]) -> Iterator[str]:
    """Where two calls of one signal differ, an argument a line."""
    if not expected._is_of_sender(actual._sender_key()):
        yield _difference("sender", expected.sender, actual.sender)
    missing: Final = _Missing()
    for index, (one, other) in enumerate(itertools.zip_longest(expected.args, actual.args, fillvalue=missing)):
        if one != other:
            yield _difference(_position(expected.signal, index), one, other)
    for name in {**expected.kwargs, **actual.kwargs}:
        one, other = expected.kwargs.get(name, missing), actual.kwargs.get(name, missing)
        if one != other:
            yield _difference(name, one, other)


def _difference(name: str, expected: object, actual: object) -> str:
    return f"{name}: expected {_show(expected)}, got {_show(actual)}"


def _position(signal: BaseSignal[Any, ..., Any] | BaseView[Any, ..., Any], index: int) -> str:
    """How a positional argument is called: by its name, where there is one."""
    parameters = [] if signal.signature is None else list(signal.signature.parameters.values())[1:]
    if index < len(parameters) and parameters[index].kind is not Parameter.VAR_POSITIONAL:
        return parameters[index].name
    return f"argument {index + 1}"


class _Missing:
    def __repr__(self) -> str:
        return "nothing"
