"""Asynchronous signals: one after another on any event loop or none, all at once with anyio."""

import asyncio
import contextlib
import contextvars
import gc
import inspect
import subprocess
import sys
import types
import warnings
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any
from unittest.mock import MagicMock, Mock

import anyio
import anyio.lowlevel
import pytest

from typedsig import AsyncSignal, BoundAsyncSignal, Raised, Returned, Signal

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

pytestmark = pytest.mark.anyio

current: contextvars.ContextVar[str] = contextvars.ContextVar("current", default="outside")


class App:
    """A sender."""

    @AsyncSignal.method
    async def opened(self, *, path: str) -> object:
        """Sent after something was opened."""


@AsyncSignal
async def saved(sender: object, *, path: str) -> object:
    """Sent after something was saved."""


@pytest.fixture
def signal() -> AsyncSignal[Any, ..., Any]:
    """Take anything from anybody."""
    return AsyncSignal(name="signal")


every_send = pytest.mark.parametrize("send", ["send_async", "emit_async", "send_robust_async", "send_concurrently"])
sequential = pytest.mark.parametrize("send", ["send_async", "emit_async", "send_robust_async"])


def answers_of(sent: Any) -> list[object]:
    """Tell what receivers answered, whichever way it was sent."""
    return [getattr(answer, "value", None) or answer[1] for answer in sent]


async def coroutine_function(sender: object, **payload: object) -> str:
    await anyio.lowlevel.checkpoint()
    return "coroutine"


def plain(sender: object, **payload: object) -> str:
    return "plain"


def returns_coroutine(sender: object, **payload: object) -> Coroutine[Any, Any, str]:
    return coroutine_function(sender, **payload)


class Later:
    """An awaitable that is no coroutine."""

    def __await__(self) -> Generator[Any, Any, str]:
        return coroutine_function(None).__await__()


def returns_awaitable(sender: object, **payload: object) -> Awaitable[str]:
    return Later()


@types.coroutine
def generator_coroutine(sender: object, **payload: object) -> Generator[Any, Any, str]:
    yield from coroutine_function(sender).__await__()
    return "generator"


class Owner:
    async def method(self, sender: object, **payload: object) -> str:
        return await coroutine_function(sender)

    async def __call__(self, sender: object, **payload: object) -> str:
        return await coroutine_function(sender)


class Fail(Exception):
    pass


def failing_with(errors: list[weakref.ref[Fail]]) -> Callable[[object], Coroutine[Any, Any, None]]:
    """A receiver whose errors are noted, and kept by nobody here."""

    async def failing(sender: object) -> None:
        error = Fail()
        errors.append(weakref.ref(error))
        try:
            raise error
        finally:
            del error

    return failing


# What receivers return


@pytest.mark.parametrize("send", ["send_async", "send_robust_async", "send_concurrently"])
async def test_whatever_is_awaitable_is_awaited(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    owner = Owner()
    receivers: list[Callable[..., Any]] = [
        coroutine_function,
        plain,
        returns_coroutine,
        returns_awaitable,
        generator_coroutine,
        owner.method,
        owner,
    ]
    for receiver in receivers:
        signal.connect(receiver)
    sent = await getattr(signal, send)(None, path="a")
    assert answers_of(sent) == [
        "coroutine", "plain", "coroutine", "coroutine", "generator", "coroutine", "coroutine",
    ]  # fmt: skip
    assert [answer.receiver if isinstance(answer, Returned) else answer[0] for answer in sent] == receivers


@pytest.mark.parametrize("send", ["send_async", "send_robust_async", "send_concurrently"])
async def test_what_has_every_attribute_is_no_awaitable_for_that(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    """Such as a mock, or a proxy that fails when it is asked."""

    class Proxy:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(name)

    mock, magic = Mock(), MagicMock()
    proxied = Mock(return_value=Proxy())
    for receiver in (mock, magic, proxied):
        signal.connect(receiver)
    assert answers_of(await getattr(signal, send)(None)) == [mock(), magic(), proxied()]


async def test_emit_async_awaits_and_collects_nothing(signal: AsyncSignal[Any, ..., Any]) -> None:
    done: list[str] = []

    async def receiver(sender: object) -> str:
        await anyio.lowlevel.checkpoint()
        done.append("done")
        return "collected by nobody"

    owner = Owner()
    for each in (receiver, owner.method, owner):
        signal.connect(each)
    emitted: object = await getattr(signal, "emit_async")(None)  # noqa: B009  # checkers know that it gives nothing
    assert emitted is None
    assert done == ["done"]


async def test_send_async_returns_pairs_of_receiver_and_result() -> None:
    with saved.connected_to(coroutine_function), saved.connected_to(plain):
        assert await saved.send_async(None, path="a") == [(coroutine_function, "coroutine"), (plain, "plain")]


@every_send
async def test_nobody_listening_is_no_trouble(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    assert await getattr(signal, send)(None) in ([], None)


async def test_bound_async_signal_sends_from_its_sender() -> None:
    app, senders = App(), list[object]()

    async def receiver(sender: App, *, path: str) -> str:
        senders.append(sender)
        return path

    app.opened.connect(receiver)
    assert isinstance(app.opened, BoundAsyncSignal)
    assert app.opened.signal is App.opened
    assert await app.opened.send_async(path="a") == [(receiver, "a")]
    assert await app.opened.send_robust_async(path="b") == [Returned(receiver, "b")]
    assert await app.opened.send_concurrently(path="c") == [(receiver, "c")]
    await app.opened.emit_async(path="d")
    assert await App().opened.send_async(path="e") == []
    assert senders == [app] * 4
    assert str(inspect.signature(app.opened.send_async)) == "(*, path: str) -> list"


# When things happen


@every_send
async def test_arguments_are_checked_by_the_call_itself(send: str) -> None:
    """Before the ``await``, and so at the line that is wrong."""
    with pytest.raises(TypeError, match=rf"saved\.{send}\(\) .*'pth'"):
        getattr(saved, send)(None, pth="a")


@every_send
async def test_nobody_is_called_before_the_await(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    called: list[object] = []
    late: list[object] = []
    append: Callable[[object], None] = called.append
    signal.connect(append, weak=False)
    sending = getattr(signal, send)("me")
    assert called == []
    signal.disconnect(append)
    signal.connect(late.append, weak=False)
    await sending
    assert (called, late) == ([], ["me"])


@sequential
async def test_receivers_run_one_after_another_in_the_callers_context(
    signal: AsyncSignal[Any, ..., Any], send: str
) -> None:
    seen: list[str] = []

    async def first(sender: object) -> None:
        current.set("first")
        await anyio.sleep(0.001)
        seen.append("first")

    async def second(sender: object) -> None:
        seen.append(current.get())
        current.set("second")

    signal.connect(first)
    signal.connect(second)
    await getattr(signal, send)(None)
    assert (seen, current.get()) == (["first", "first"], "second")


async def test_concurrent_receivers_run_at_once_each_in_its_own_context(signal: AsyncSignal[Any, ..., Any]) -> None:
    met = [anyio.Event(), anyio.Event()]

    async def meet(mine: int) -> str:
        before = current.get()
        current.set(f"receiver {mine}")
        met[mine].set()
        with anyio.fail_after(10):
            await met[1 - mine].wait()
        return f"{before}, then {current.get()}"

    async def first(sender: object) -> str:
        return await meet(0)

    async def second(sender: object) -> str:
        return await meet(1)

    signal.connect(first)
    signal.connect(second)
    current.set("sender")
    assert await signal.send_concurrently(None) == [
        (first, "sender, then receiver 0"),
        (second, "sender, then receiver 1"),
    ]
    assert current.get() == "sender"


async def test_concurrent_results_are_in_connection_order(signal: AsyncSignal[Any, ..., Any]) -> None:
    finished: list[str] = []

    async def slow(sender: object) -> str:
        await anyio.sleep(0.02)
        finished.append("slow")
        return "slow"

    async def fast(sender: object) -> str:
        finished.append("fast")
        return "fast"

    for receiver in (slow, plain, fast):
        signal.connect(receiver)
    assert answers_of(await signal.send_concurrently(None)) == ["slow", "plain", "fast"]
    assert finished == ["fast", "slow"]


# Without an event loop


def drive(coroutine: Coroutine[Any, Any, Any]) -> object:
    """Run a coroutine by hand, answering whatever it yields with None."""
    for _ in range(100):
        try:
            coroutine.send(None)
        except StopIteration as stop:  # noqa: PERF203  # this is how a coroutine returns
            return stop.value
    raise AssertionError


@sequential
def test_no_event_loop_is_needed(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    done: list[str] = []

    @types.coroutine
    def pause() -> Generator[None, None, None]:
        yield

    async def receiver(sender: object) -> str:
        await pause()
        done.append("done")
        return "async"

    signal.connect(receiver)
    signal.connect(plain)
    sent = drive(getattr(signal, send)(None))
    assert done == ["done"]
    assert sent is None or answers_of(sent) == ["async", "plain"]


@pytest.mark.processes
def test_anyio_is_imported_only_when_it_is_used() -> None:
    program = """\
import sys
from typedsig import AsyncSignal

signal = AsyncSignal()
signal.connect(print, weak=False)
for coroutine in (signal.send_async("sent"), signal.emit_async("emitted"), signal.send_robust_async("robust")):
    try:
        coroutine.send(None)
    except StopIteration:
        pass
print([name for name in ("anyio", "asyncio", "trio") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["sent", "emitted", "robust", "[]"]


async def test_without_anyio_a_clear_error_names_the_extra(
    signal: AsyncSignal[Any, ..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    signal.connect(called.append, weak=False)
    monkeypatch.setitem(sys.modules, "anyio", None)
    with pytest.raises(ImportError, match=r"needs anyio: install typedsig\[anyio\], or use send_async\(\)") as caught:
        await signal.send_concurrently(None)
    assert caught.value.name == "anyio"
    assert called == []
    signal.disconnect(called.append)
    with pytest.raises(ImportError, match="needs anyio"):  # before it matters
        await signal.send_concurrently(None)


# Failures


async def fail_late(sender: object) -> None:
    await anyio.sleep(0.001)
    raise KeyError("late")


async def fail_soon(sender: object) -> None:
    raise ValueError("soon")


def fail_in_place(sender: object) -> None:
    raise OSError("in place")


@pytest.mark.parametrize("send", ["send_async", "emit_async"])
async def test_first_failure_ends_a_sequential_send(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    called: list[object] = []
    signal.connect(fail_late)
    signal.connect(called.append, weak=False)
    with pytest.raises(KeyError, match="late") as caught:
        await getattr(signal, send)(None)
    assert caught.traceback[-1].name == "fail_late"
    assert called == []


async def test_robust_send_goes_on_and_tells_all(signal: AsyncSignal[Any, ..., Any]) -> None:
    for receiver in (fail_late, coroutine_function, fail_soon, fail_in_place):
        signal.connect(receiver)
    late, returned, soon, in_place = await signal.send_robust_async(None)
    assert returned == Returned(coroutine_function, "coroutine")
    for outcome, receiver, error in (
        (late, fail_late, KeyError),
        (soon, fail_soon, ValueError),
        (in_place, fail_in_place, OSError),
    ):
        assert isinstance(outcome, Raised)
        assert outcome.receiver is receiver
        assert type(outcome.error) is error


async def test_concurrent_failures_disturb_nobody_and_come_as_a_group(signal: AsyncSignal[Any, ..., Any]) -> None:
    """In connection order, not in that of failing."""
    done: list[str] = []

    async def slow(sender: object) -> None:
        await anyio.sleep(0.02)
        done.append("slow")

    for receiver in (fail_late, slow, fail_soon, fail_in_place):
        signal.connect(receiver)
    with pytest.raises(ExceptionGroup, match="3 of 4 receivers failed") as caught:
        await signal.send_concurrently(None)
    assert [type(error) for error in caught.value.exceptions] == [KeyError, ValueError, OSError]
    assert done == ["slow"]


async def test_one_concurrent_failure_is_a_group_too(signal: AsyncSignal[Any, ..., Any]) -> None:
    async def fail_manifold(sender: object) -> None:
        raise ExceptionGroup("inner", [ValueError("a"), KeyError("b")])

    signal.connect(fail_manifold)
    with pytest.raises(ExceptionGroup, match="1 of 1 receivers failed") as caught:
        await signal.send_concurrently(None)
    (inner,) = caught.value.exceptions
    assert isinstance(inner, ExceptionGroup)
    assert inner.message == "inner"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions take notes since Python 3.11")
@every_send
async def test_failures_name_signal_and_receiver(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    signal.connect(fail_late)
    error: BaseException
    try:
        sent = await getattr(signal, send)(None)
        error = sent[0].error
    except ExceptionGroup as group:
        error = group.exceptions[0]
    except KeyError as raised:
        error = raised
    assert getattr(error, "__notes__", None) == [
        f"raised by {__name__}.fail_late, a receiver of typedsig.AsyncSignal 'signal'"
    ]


# Cancellation


@every_send
async def test_cancellation_from_outside_is_never_swallowed(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    """It cancels what runs, and what is sequential goes no further."""
    started, ended, never = list[str](), list[str](), list[str]()

    async def wait(name: str) -> None:
        started.append(name)
        try:
            await anyio.sleep(10)
            never.append(name)
        finally:
            ended.append(name)

    async def first(sender: object) -> None:
        await wait("first")

    async def second(sender: object) -> None:
        await wait("second")

    signal.connect(first)
    signal.connect(second)
    with anyio.move_on_after(0.05) as scope:
        await getattr(signal, send)(None)
        never.append("send")
    assert scope.cancelled_caught
    assert never == []
    assert sorted(started) == sorted(ended) == (["first", "second"] if send == "send_concurrently" else ["first"])


@every_send
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_cancelling_the_task_cancels_the_send(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    async def wait(sender: object) -> None:
        await asyncio.sleep(10)

    signal.connect(wait)
    signal.connect(coroutine_function)
    task = asyncio.get_running_loop().create_task(getattr(signal, send)(None))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


@every_send
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_receiver_that_is_cancelled_by_itself_is_not_swallowed(
    signal: AsyncSignal[Any, ..., Any], send: str
) -> None:
    """As when it awaits a task that somebody cancelled; concurrent ones run to their end first."""
    done: list[str] = []

    async def await_cancelled(sender: object) -> None:
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    async def other(sender: object) -> None:
        await asyncio.sleep(0.01)
        done.append("other")

    signal.connect(other)
    signal.connect(await_cancelled)
    with pytest.raises(asyncio.CancelledError):
        await getattr(signal, send)(None)
    assert done == ["other"]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_failures_beside_a_cancellation_are_its_cause(signal: AsyncSignal[Any, ..., Any]) -> None:
    failure = ValueError("failed")

    async def cancel_oneself(sender: object) -> None:
        raise asyncio.CancelledError

    async def fail(sender: object) -> None:
        raise failure

    signal.connect(cancel_oneself)
    signal.connect(fail)
    with pytest.raises(asyncio.CancelledError) as caught:
        await signal.send_concurrently(None)
    assert isinstance(caught.value.__cause__, ExceptionGroup)
    assert caught.value.__cause__.exceptions == (failure,)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_receiver_that_cancels_itself_may_have_its_reasons(signal: AsyncSignal[Any, ..., Any]) -> None:
    reason = ValueError("why")

    async def cancel_oneself(sender: object) -> None:
        raise asyncio.CancelledError from reason

    signal.connect(cancel_oneself)
    with pytest.raises(asyncio.CancelledError) as caught:
        await signal.send_concurrently(None)
    assert caught.value.__cause__ is reason


@pytest.mark.refcounts
@pytest.mark.parametrize("cancelled", [False, True])
async def test_failures_of_concurrent_receivers_are_in_no_reference_cycle(
    signal: AsyncSignal[Any, ..., Any], cancelled: bool
) -> None:
    errors: list[weakref.ref[Fail]] = []
    fail = failing_with(errors)

    async def wait(sender: object) -> None:
        if cancelled:
            await anyio.sleep(60)

    signal.connect(fail)
    signal.connect(wait)
    with anyio.move_on_after(0.01):
        with contextlib.suppress(ExceptionGroup):
            await signal.send_concurrently(None)
    gc.disable()
    try:
        await anyio.sleep(0)
        assert [reference() for reference in errors] == [None]
    finally:
        gc.enable()


@every_send
async def test_receivers_may_clean_up_when_they_are_cancelled(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    async def careful(sender: object) -> None:
        try:
            await anyio.sleep(10)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.001)
                done.append("cleaned up")

    done: list[str] = []
    signal.connect(careful)
    with anyio.CancelScope() as scope:
        scope.cancel()
        await getattr(signal, send)(None)
        raise AssertionError
    assert done == ["cleaned up"]


# As for synchronous signals, also while the send is suspended


class Suspended:
    """A receiver that waits in the middle of a send until it is let go."""

    def __init__(self) -> None:
        self.reached, self.go_on = anyio.Event(), anyio.Event()

    async def __call__(self, sender: object) -> str:
        self.reached.set()
        with anyio.fail_after(10):
            await self.go_on.wait()
        return "suspended"


async def changed_meanwhile(
    signal: AsyncSignal[Any, ..., Any], send: str, change: Callable[[], object]
) -> list[object]:
    """Send, change something while the send is suspended, and tell what was answered."""
    got: list[object] = []
    suspended = Suspended()

    async def run() -> None:
        got.extend(answers_of(await getattr(signal, send)(None)))

    with signal.connected_to(suspended):
        for receiver in signal.receivers:
            if receiver is not suspended:  # to the end
                signal.disconnect(receiver)
                signal.connect(receiver, weak=False)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            await suspended.reached.wait()
            change()
            suspended.go_on.set()
    return got


suspending = pytest.mark.parametrize("send", ["send_async", "send_robust_async"])


@suspending
async def test_receiver_disconnected_while_suspended_is_not_called(
    signal: AsyncSignal[Any, ..., Any], send: str
) -> None:
    signal.connect(coroutine_function)
    signal.connect(plain)
    assert await changed_meanwhile(signal, send, lambda: signal.disconnect(coroutine_function)) == [
        "suspended",
        "plain",
    ]


@suspending
async def test_receiver_connected_while_suspended_waits_for_the_next_send(
    signal: AsyncSignal[Any, ..., Any], send: str
) -> None:
    assert await changed_meanwhile(signal, send, lambda: signal.connect(plain)) == ["suspended"]
    assert answers_of(await getattr(signal, send)(None)) == ["plain"]


@suspending
async def test_receiver_that_dies_while_suspended_is_skipped(
    signal: AsyncSignal[Any, ..., Any], send: str, collect: Callable[[], None]
) -> None:
    owners, suspended = [Owner()], Suspended()

    async def die(sender: object) -> str:
        await suspended(sender)
        owners.clear()
        collect()
        return "killer"

    signal.connect(die)
    signal.connect(owners[0].method)
    signal.connect(plain)
    suspended.go_on.set()
    assert answers_of(await getattr(signal, send)(None)) == ["killer", "plain"]


@pytest.mark.parametrize("send", ["send_async", "emit_async"])
@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "leaves"])
async def test_type_error_is_not_taken_for_the_death_of_a_receiver(
    signal: AsyncSignal[Any, ..., Any], leaves: bool, send: str
) -> None:
    """Of coroutine functions, which are called without asking first whether they are there."""
    called: list[str] = []

    async def first(sender: object) -> None:
        await anyio.lowlevel.checkpoint()
        signal.disconnect(gone)

    async def gone(sender: object) -> None:
        called.append("gone")

    async def mistaken(sender: object) -> None:
        await anyio.lowlevel.checkpoint()
        called.append("mistaken")
        if leaves:
            signal.disconnect(mistaken)
        raise TypeError("mistaken")

    for receiver in (first, gone, mistaken, coroutine_function):
        signal.connect(receiver)
    with pytest.raises(TypeError, match="mistaken") as caught:
        await getattr(signal, send)(None)
    assert caught.traceback[-1].name == "mistaken"
    assert caught.value.__context__ is None
    assert called == ["mistaken"]


@pytest.mark.filterwarnings("ignore:Assigning a code object of non-matching type:DeprecationWarning")
async def test_receiver_that_became_a_plain_one_is_told(signal: AsyncSignal[Any, ..., Any]) -> None:
    async def turned(sender: object) -> object:
        return signal

    def leave(sender: object) -> object:
        receiver: Any = signal.receivers[0]
        signal.disconnect(receiver)
        return 5

    signal.connect(turned)
    signal.connect(coroutine_function)
    turned.__code__ = leave.__code__
    with pytest.raises(TypeError, match="await"):
        await signal.send_async(None)


@suspending
async def test_muting_while_suspended_does_not_stop_the_send(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    signal.connect(plain)
    mute = signal.muted()
    assert await changed_meanwhile(signal, send, mute.__enter__) == ["suspended", "plain"]
    assert await getattr(signal, send)(None) == []
    mute.__exit__(None, None, None)
    assert answers_of(await getattr(signal, send)(None)) == ["plain"]


@every_send
async def test_muting_and_filtering_hold(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    called: list[str] = []

    async def mine(sender: object) -> None:
        called.append(f"mine {sender}")

    async def everybodys(sender: object) -> None:
        called.append(f"everybodys {sender}")

    signal.connect(mine, "me")
    signal.connect(everybodys)
    await getattr(signal, send)("you")
    with signal.muted():
        await getattr(signal, send)("me")
    with signal.muted(receiver=everybodys):
        await getattr(signal, send)("me")
    with signal.muted(sender="me"):
        await getattr(signal, send)("me")
    assert called == ["everybodys you", "mine me"]


@every_send
async def test_dead_receivers_are_not_called(
    signal: AsyncSignal[Any, ..., Any], send: str, collect: Callable[[], None]
) -> None:
    owner = Owner()
    signal.connect(owner.method)
    del owner
    collect()
    assert await getattr(signal, send)(None) in ([], None)


async def test_concurrent_receiver_disconnected_before_its_turn_is_not_called(
    signal: AsyncSignal[Any, ..., Any],
) -> None:
    """Whichever begins first disconnects the other."""
    called: list[str] = []

    async def one(sender: object) -> None:
        called.append("one")
        signal.disconnect(two)

    async def two(sender: object) -> None:
        called.append("two")
        signal.disconnect(one)

    signal.connect(one)
    signal.connect(two)
    assert len(await signal.send_concurrently(None)) == len(called) == 1


async def test_context_muting_is_for_the_task_and_those_it_starts(signal: AsyncSignal[Any, ..., Any]) -> None:
    heard: list[str] = []

    async def listen(sender: str) -> None:
        heard.append(sender)

    async def send(name: str) -> None:
        await signal.send_async(name)

    async def mute() -> None:
        with signal.muted(scope="context"):
            await send("muted")
            muted.set()
            async with anyio.create_task_group() as children:
                children.start_soon(send, "child")
            await signal.send_concurrently("muted too")
            with anyio.fail_after(10):
                await sent.wait()
        await send("afterwards")

    async def other() -> None:
        with anyio.fail_after(10):
            await muted.wait()
        await send("other")
        assert not signal.is_muted
        sent.set()

    muted, sent = anyio.Event(), anyio.Event()
    signal.connect(listen)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(mute)
        tasks.start_soon(other)
    assert heard == ["other", "afterwards"]


async def test_task_that_outlives_a_context_muting_hears_again(signal: AsyncSignal[Any, ..., Any]) -> None:
    heard: list[str] = []

    async def child() -> None:
        await signal.send_async("during")
        with anyio.fail_after(10):
            await over.wait()
        await signal.send_async("after")

    over = anyio.Event()
    signal.connect(heard.append, weak=False)
    async with anyio.create_task_group() as tasks:
        with signal.muted(scope="context"):
            tasks.start_soon(child)
            await anyio.wait_all_tasks_blocked()
        over.set()
    assert heard == ["after"]


# What a send leaves behind


@pytest.mark.refcounts
async def test_thousand_sends_leave_nothing_behind(
    signal: AsyncSignal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    """No task, no coroutine that nobody awaited, no reference to arguments."""

    async def failing(sender: object, **payload: object) -> None:
        raise ValueError

    for receiver in (coroutine_function, returns_awaitable, plain, failing):
        signal.connect(receiver)
    argument = App()
    watched = weakref.ref(argument)
    tasks = {task.id for task in anyio.get_running_tasks()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(250):
            await signal.send_robust_async(argument, argument=argument)
            with pytest.raises(ValueError):  # noqa: PT011  # whatever it says
                await signal.send_async(argument, argument=argument)
            with pytest.raises(ValueError):  # noqa: PT011  # whatever it says
                await signal.emit_async(argument, argument=argument)
            with pytest.raises(ExceptionGroup):
                await signal.send_concurrently(argument, argument=argument)
        del argument
        collect()
    assert [str(warning.message) for warning in caught] == []
    assert watched() is None
    assert {task.id for task in anyio.get_running_tasks()} == tasks
    left = [
        thing for thing in gc.get_objects() if inspect.iscoroutine(thing) and "typedsig" in thing.cr_code.co_filename
    ]
    assert left == []


@every_send
@pytest.mark.refcounts
async def test_failing_send_makes_no_cycles(signal: AsyncSignal[Any, ..., Any], send: str) -> None:
    """The error keeps frames alive, which must not keep the error."""
    errors: list[weakref.ref[Fail]] = []
    failing = failing_with(errors)
    signal.connect(failing)
    gc.collect()
    gc.disable()
    try:
        with contextlib.suppress(Fail, ExceptionGroup):
            await getattr(signal, send)(None)
        await anyio.lowlevel.checkpoint()
        if send != "send_concurrently":  # task groups make cycles of their own
            assert errors[0]() is None
    finally:
        gc.enable()


def test_coroutines_nobody_awaits_are_pythons_business(signal: AsyncSignal[Any, ..., Any]) -> None:
    """A forgotten ``await`` is told as for any coroutine function."""
    coroutine = signal.send_async(None)
    assert inspect.iscoroutine(coroutine)
    assert inspect.iscoroutinefunction(saved.send_async)
    assert not hasattr(Signal(), "send_async")
    coroutine.close()
