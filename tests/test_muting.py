"""Muting: for a while, calling nobody, or nobody for one sender, or all but one receiver."""

import contextvars
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Literal

import pytest

from typedsig import ANY, Signal


@pytest.fixture
def signal() -> Signal[Any, ..., Any]:
    """Have a signal with two receivers, one of them for "me" only."""
    signal: Signal[Any, ..., Any] = Signal(name="signal")
    signal.connect(everybody)
    signal.connect(mine, "me")
    return signal


def everybody(sender: object) -> str:
    return "everybody"


def mine(sender: object) -> str:
    return "mine"


def is_muted(signal: Signal[Any, ..., Any], *senders: object) -> list[bool]:
    """Is the signal muted, and as seen from these senders?"""
    return [signal.is_muted, *(signal.bind(sender).is_muted for sender in senders)]


def answers(signal: Signal[Any, ..., Any], sender: object = "me") -> list[object]:
    """Send in all three ways, and see them agree."""
    answers = [answer for _, answer in signal.send(sender)]
    assert [getattr(outcome, "value", None) for outcome in signal.send_robust(sender)] == answers
    return answers


both_scopes = pytest.mark.parametrize("scope", ["process", "context"])


@both_scopes
def test_muted_signal_calls_nobody(signal: Signal[Any, ..., Any], scope: Literal["process", "context"]) -> None:
    assert is_muted(signal) == [False]
    with signal.muted(scope=scope):
        assert is_muted(signal, "me") == [True, True]
        assert answers(signal) == answers(signal, "you") == []
        signal.emit("me")
    assert is_muted(signal, "me") == [False, False]
    assert answers(signal) == ["everybody", "mine"]


@both_scopes
def test_muting_one_sender_leaves_the_others(
    signal: Signal[Any, ..., Any], scope: Literal["process", "context"]
) -> None:
    with signal.muted(sender="me", scope=scope):
        assert answers(signal) == []
        assert answers(signal, "you") == ["everybody"]
        assert is_muted(signal, "me", "you") == [False, True, False]
    assert answers(signal) == ["everybody", "mine"]


@both_scopes
def test_muting_one_receiver_leaves_the_others(
    signal: Signal[Any, ..., Any], scope: Literal["process", "context"]
) -> None:
    with signal.muted(receiver=everybody, scope=scope):
        assert answers(signal) == ["mine"]
        assert answers(signal, "you") == []
        assert is_muted(signal, "me") == [False, False]
    assert answers(signal) == ["everybody", "mine"]


@both_scopes
def test_muting_one_receiver_for_one_sender(
    signal: Signal[Any, ..., Any], scope: Literal["process", "context"]
) -> None:
    with signal.muted(receiver=everybody, sender="me", scope=scope):
        assert answers(signal) == ["mine"]
        assert answers(signal, "you") == ["everybody"]
    assert answers(signal) == ["everybody", "mine"]


def test_muting_any_sender_is_muting_the_signal(signal: Signal[Any, ..., Any]) -> None:
    with signal.muted(sender=ANY):
        assert signal.is_muted
        assert answers(signal) == []


def test_muting_a_method_made_anew(signal: Signal[Any, ..., Any]) -> None:
    class Owner:
        def method(self, sender: object) -> str:
            return "method"

    owner = Owner()
    signal.connect(owner.method)
    with signal.muted(receiver=owner.method):
        assert answers(signal, "you") == ["everybody"]
    assert answers(signal, "you") == ["everybody", "method"]


def test_muting_a_receiver_that_is_connected_later(signal: Signal[Any, ..., Any]) -> None:
    def late(sender: object) -> str:
        return "late"

    with signal.muted(receiver=late):
        signal.connect(late)
        assert answers(signal, "you") == ["everybody"]
    assert answers(signal, "you") == ["everybody", "late"]


@both_scopes
def test_muting_nests(signal: Signal[Any, ..., Any], scope: Literal["process", "context"]) -> None:
    with signal.muted(scope=scope):
        with signal.muted(scope=scope), signal.muted(sender="me", scope=scope):
            assert answers(signal) == []
        assert signal.is_muted
        assert answers(signal) == []
    assert answers(signal) == ["everybody", "mine"]


@both_scopes
def test_muting_overlaps(signal: Signal[Any, ..., Any], scope: Literal["process", "context"]) -> None:
    """Blocks of two tasks need not end in the order in which they began."""
    one, two = signal.muted(scope=scope), signal.muted(scope=scope)
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    assert signal.is_muted
    assert answers(signal) == []
    two.__exit__(None, None, None)
    assert answers(signal) == ["everybody", "mine"]


def test_muting_ends_when_the_block_fails(signal: Signal[Any, ..., Any]) -> None:
    with pytest.raises(KeyError), signal.muted():
        raise KeyError
    assert not signal.is_muted


@both_scopes
def test_muting_block_is_entered_once_at_a_time(
    signal: Signal[Any, ..., Any], scope: Literal["process", "context"]
) -> None:
    block = signal.muted(scope=scope)
    with block, pytest.raises(RuntimeError, match=r"this muting of .*Signal.* is on already"), block:
        pass
    assert is_muted(signal) == [False]
    with block:
        assert is_muted(signal) == [True]
    assert is_muted(signal) == [False]


def test_muting_keeps_whom_it_mutes(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    """Or another, with the same id, might be muted in their stead."""

    class Mortal:
        def __call__(self, sender: object) -> None: ...

    sender, receiver = Mortal(), Mortal()
    lives = weakref.ref(sender), weakref.ref(receiver)
    block = signal.muted(sender=sender, receiver=receiver)
    with block:
        del sender, receiver
        collect()
        assert None not in (lives[0](), lives[1]())
    del block
    collect()
    assert (lives[0](), lives[1]()) == (None, None)


def test_muting_that_has_ended_stays_ended(signal: Signal[Any, ..., Any]) -> None:
    block = signal.muted(scope="context")
    with block:
        block.__exit__(None, None, None)
        assert answers(signal) == ["everybody", "mine"]
    assert answers(signal) == ["everybody", "mine"]


def test_muting_does_not_stop_a_send_that_is_running() -> None:
    signal: Signal[Any, ..., Any] = Signal()
    with ExitStack() as stack:

        def mute(sender: object) -> str:
            stack.enter_context(signal.muted())
            return "muting"

        signal.connect(mute)
        signal.connect(everybody)
        assert [answer for _, answer in signal.send(None)] == ["muting", "everybody"]
        assert signal.send(None) == []


def test_connections_may_change_while_muted(signal: Signal[Any, ..., Any]) -> None:
    def other(sender: object) -> str:
        return "other"

    with signal.muted():
        signal.connect(other)
        signal.disconnect(everybody)
        assert answers(signal) == []
    assert answers(signal) == ["mine", "other"]


# Process and context


def in_thread(call: Callable[[], object]) -> object:
    """Call in another thread, which has a context of its own."""
    got: list[object] = []

    def run() -> None:
        got.append(contextvars.Context().run(call))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    return got[0]


@pytest.mark.threads
def test_process_muting_is_for_all_threads(signal: Signal[Any, ..., Any]) -> None:
    with signal.muted():
        assert in_thread(lambda: answers(signal)) == []
        assert in_thread(lambda: signal.is_muted)


@pytest.mark.parametrize("which", [{}, {"sender": "me"}, {"receiver": everybody}])
@pytest.mark.threads
def test_context_muting_is_for_the_current_context_only(signal: Signal[Any, ..., Any], which: dict[str, Any]) -> None:
    with signal.muted(scope="context", **which):
        assert "everybody" not in answers(signal)
        assert in_thread(lambda: answers(signal)) == ["everybody", "mine"]
        assert not in_thread(lambda: signal.is_muted or signal.bind("me").is_muted)


def test_contexts_copied_in_the_block_inherit_the_muting(signal: Signal[Any, ..., Any]) -> None:
    with signal.muted(scope="context"):
        context = contextvars.copy_context()
        assert context.run(answers, signal) == []
    assert context.run(answers, signal) == ["everybody", "mine"]


def test_context_muting_ends_whoever_ends_it(signal: Signal[Any, ..., Any]) -> None:
    """As when a generator is finalised in another context than it was started in: tokens would fail there."""

    def generator() -> Iterator[None]:
        with signal.muted(scope="context"):
            yield

    one, two = contextvars.copy_context(), contextvars.copy_context()
    running = generator()
    one.run(next, running)
    assert one.run(answers, signal) == []
    assert two.run(answers, signal) == ["everybody", "mine"]
    inherited = one.copy()
    two.run(next, running, None)
    for context in (one, two, inherited):
        assert context.run(answers, signal) == ["everybody", "mine"]


def test_context_muting_of_two_contexts_at_once(signal: Signal[Any, ..., Any]) -> None:
    one, two = contextvars.copy_context(), contextvars.copy_context()
    of_one, of_two = signal.muted(scope="context"), signal.muted(scope="context", receiver=mine)
    one.run(of_one.__enter__)
    two.run(of_two.__enter__)
    assert (one.run(answers, signal), two.run(answers, signal)) == ([], ["everybody"])
    one.run(of_one.__exit__, None, None, None)
    assert (one.run(answers, signal), two.run(answers, signal)) == (["everybody", "mine"], ["everybody"])
    two.run(of_two.__exit__, None, None, None)
    assert two.run(answers, signal) == ["everybody", "mine"]


def test_process_and_context_muting_overlap(signal: Signal[Any, ..., Any]) -> None:
    with signal.muted(scope="context", sender="you"):
        with signal.muted(receiver=everybody):
            assert (answers(signal), answers(signal, "you")) == (["mine"], [])
        assert (answers(signal), answers(signal, "you")) == (["everybody", "mine"], [])


def test_muting_one_signal_leaves_the_others(signal: Signal[Any, ..., Any]) -> None:
    other: Signal[Any, ..., Any] = Signal()
    other.connect(everybody)
    with signal.muted(), signal.muted(scope="context"):
        assert answers(other) == ["everybody"]
        assert not other.is_muted


# What is refused


@pytest.mark.parametrize("scope", ["thread", None, 1, []])
def test_unknown_scope_is_refused(signal: Signal[Any, ..., Any], scope: Any) -> None:
    with pytest.raises(ValueError, match=r"typedsig.Signal 'signal'.muted\(\): scope must be 'process' or 'context'"):
        signal.muted(scope=scope)


def test_receiver_that_is_not_callable_is_refused(signal: Signal[Any, ..., Any]) -> None:
    receiver: Any = "everybody"
    with pytest.raises(TypeError, match=r"'signal'.muted\(\): 'everybody' is not callable"):
        signal.muted(receiver=receiver)
    assert not signal.is_muted
