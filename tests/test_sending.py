"""Sending: what receivers get, what `send` returns, and what may change while it runs."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from typedsig import ANY, Signal


@Signal
def asked(sender: object, *, question: str) -> object:
    """Sent to whoever may know."""


def declared(sender: object, *, path: str) -> object:
    raise AssertionError("a prototype is never called")


@pytest.fixture
def signal() -> Signal[Any, ..., Any]:
    """Take anything from anybody."""
    return Signal(name="signal")


def test_send_returns_pairs_of_receiver_and_answer() -> None:
    class Oracle:
        def answer(self, sender: object, *, question: str) -> int:
            return 42

    def echo(sender: object, *, question: str) -> str:
        return question

    oracle = Oracle()
    with asked.connected_to(oracle.answer), asked.connected_to(echo):
        assert asked.send(None, question="why") == [(oracle.answer, 42), (echo, "why")]


def test_send_without_receivers_returns_an_empty_list_of_its_own() -> None:
    nothing = asked.send(None, question="why")
    assert nothing == []
    assert nothing is not asked.send(None, question="why")


def test_emit_calls_the_same_and_collects_nothing() -> None:
    questions: list[str] = []

    class Oracle:
        def answer(self, sender: object, *, question: str) -> str:
            questions.append(question)
            return "collected by nobody"

    def echo(sender: object, *, question: str) -> str:
        questions.append(question)
        return "nor this"

    oracle = Oracle()
    with asked.connected_to(oracle.answer), asked.connected_to(echo):
        emitted: object = asked.emit(None, question="why")
    assert emitted is None
    assert questions == ["why", "why"]


def test_receivers_get_the_very_objects_that_were_sent(signal: Signal[Any, ..., Any]) -> None:
    got: list[object] = []

    def receiver(sender: object, /, *args: object, **kwargs: object) -> None:
        got.extend((sender, *args, *kwargs.values()))

    sent = [object() for _ in range(4)]
    signal.connect(receiver)
    signal.send(*sent[:3], last=sent[3])
    assert all(one is other for one, other in zip(got, sent, strict=True))


def test_payload_may_have_an_argument_called_sender(signal: Signal[Any, ..., Any]) -> None:
    got: list[object] = []

    def receiver(of: object, /, **kwargs: object) -> None:
        got.append((of, kwargs))

    signal.connect(receiver)
    signal.send("me", sender="you", self="it", signal=1)
    assert got == [("me", {"sender": "you", "self": "it", "signal": 1})]


@pytest.mark.parametrize("listening", [False, True])
@pytest.mark.parametrize("method", ["send", "emit", "send_robust"])
@pytest.mark.parametrize(
    ("args", "kwargs", "complaint"),
    [
        ((None,), {}, "missing 1 required keyword-only argument: 'question'"),
        ((None,), {"questoin": "why"}, "unexpected keyword argument 'questoin'"),
        ((None, "why"), {}, "takes 2 positional arguments but 3"),
        ((), {"question": "why"}, "missing 1 required positional argument: 'sender'"),
        ((), {"sender": None, "question": "why"}, "'sender'"),
    ],
)
def test_arguments_are_checked_before_anybody_is_called(
    listening: bool, method: str, args: tuple[object, ...], kwargs: dict[str, object], complaint: str
) -> None:
    """The error names signal and argument, even when nobody listens."""
    called: list[object] = []

    def receiver(*args: object, **kwargs: object) -> None:
        called.append(args)

    block = asked.connected_to(receiver) if listening else contextlib.nullcontext()
    with block, pytest.raises(TypeError, match=rf"asked\.{method}\(\) .*{complaint}"):
        getattr(asked, method)(*args, **kwargs)
    assert called == []


# During a send


def test_receiver_disconnected_during_a_send_is_not_called_any_more(signal: Signal[Any, ..., Any]) -> None:
    called: list[str] = []

    class Owner:
        def method(self, sender: object) -> None:
            called.append("method")

    def plain(sender: object) -> None:
        called.append("plain")

    def held(sender: object) -> None:
        called.append("held")

    def last(sender: object) -> None:
        called.append("last")

    def remover(sender: object) -> None:
        called.append("remover")
        for receiver in (owner.method, plain, held, remover):
            signal.disconnect(receiver)

    owner = Owner()
    for receiver in (remover, owner.method, plain, last):
        signal.connect(receiver)
    signal.connect(held, weak=False)
    for send in (signal.send, signal.emit, signal.send_robust):
        send(None)
        assert called == ["remover", "last"]
        called.clear()
        signal.disconnect(last)
        for receiver in (remover, owner.method, plain, held, last):
            signal.connect(receiver)


@pytest.mark.parametrize("lost", [ANY, "sender"])
@pytest.mark.parametrize("for_sender_first", [True, False])
@pytest.mark.parametrize("method", [True, False])
def test_receiver_that_lost_one_of_two_connections_during_a_send_is_not_skipped(
    signal: Signal[Any, ..., Any], lost: Any, for_sender_first: bool, method: bool
) -> None:
    """It is connected for every sender, and for this one: it is called while either lasts."""
    called: list[str] = []

    class Owner:
        def react(self, sender: object) -> None:
            called.append("twice")

    owner = Owner()
    twice: Any = owner.react if method else lambda sender: called.append("twice")

    def first(sender: object) -> None:
        assert signal.disconnect(twice, lost) is (called == [])

    signal.connect(first)
    for sender in ["sender", ANY] if for_sender_first else [ANY, "sender"]:
        signal.connect(twice, sender)
    signal.emit("sender")
    assert called == ([] if lost is ANY else ["twice"])  # disconnected from ANY, it is from every sender


def test_receiver_of_a_block_that_ended_during_a_send_is_not_skipped_if_connected_otherwise(
    signal: Signal[Any, ..., Any],
) -> None:
    called: list[str] = []

    def twice(sender: object) -> None:
        called.append("twice")

    def first(sender: object) -> None:
        block.__exit__(None, None, None)

    signal.connect(first)
    signal.connect(twice, "sender")
    block = signal.connected_to(twice)
    block.__enter__()
    signal.emit("sender")
    assert called == ["twice"]


def test_receiver_connected_during_a_send_is_called_from_the_next_on(signal: Signal[Any, ..., Any]) -> None:
    called: list[str] = []

    def late(sender: object) -> None:
        called.append("late")

    def connector(sender: object) -> None:
        called.append("connector")
        signal.connect(late)

    signal.connect(connector)
    signal.send(None)
    assert called == ["connector"]
    signal.send(None)
    assert called == ["connector", "connector", "late"]


def test_receiver_taken_off_and_on_again_during_a_send_waits_for_the_next(signal: Signal[Any, ..., Any]) -> None:
    called: list[str] = []

    def target(sender: object) -> None:
        called.append("target")

    def switch(sender: object) -> None:
        signal.disconnect(target)
        signal.connect(target)

    signal.connect(switch)
    signal.connect(target)
    signal.send(None)
    assert called == []
    signal.disconnect(switch)
    signal.send(None)
    assert called == ["target"]


def test_nobody_is_skipped_when_each_disconnects_itself(signal: Signal[Any, ..., Any]) -> None:
    called: list[int] = []

    class Once:
        def __init__(self, number: int) -> None:
            self.number = number

        def __call__(self, sender: object) -> None:
            called.append(self.number)
            signal.disconnect(self)

    receivers = [Once(number) for number in range(5)]
    for receiver in receivers:
        signal.connect(receiver)
    signal.send(None)
    signal.send(None)
    assert called == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("make", [lambda: Signal(declared), Signal], ids=["declared", "undeclared"])
@pytest.mark.parametrize("send", ["send", "emit", "send_robust"])
def test_functions_disconnected_during_a_send_are_skipped_wherever_they_stand(
    make: Callable[[], Signal[Any, ..., Any]], send: str
) -> None:
    signal = make()
    called: list[int] = []

    def make_function(number: int) -> Callable[..., object]:
        def function(sender: object, *, path: str) -> int:
            called.append(number)
            if number == 0:
                for other in (1, 2, 5):
                    signal.disconnect(functions[other])
            return number

        return function

    functions = [make_function(number) for number in range(6)]
    for function in functions:
        signal.connect(function)
    sent = getattr(signal, send)(None, path="a")
    assert called == [0, 3, 4]
    if send == "send":
        assert sent == [(functions[number], number) for number in called]
    called.clear()
    getattr(signal, send)(None, path="a")
    assert called == [0, 3, 4]


@pytest.mark.refcounts
def test_receiver_that_dies_during_a_send_is_skipped(signal: Signal[Any, ..., Any]) -> None:
    called: list[str] = []

    class Owner:
        def method(self, sender: object) -> None:
            called.append("method")

    def killer(sender: object) -> None:
        owners.clear()

    for send in (signal.send, signal.emit, signal.send_robust):
        owners = [Owner()]
        signal.connect(killer)
        signal.connect(owners[0].method)
        send(None)
        assert called == []
        assert signal.receivers == [killer]


def test_signal_may_be_sent_by_its_receivers(signal: Signal[Any, ..., Any]) -> None:
    depths: list[int] = []

    def again(sender: int) -> int:
        if sender:
            signal.send(sender - 1)
        depths.append(sender)
        return sender

    signal.connect(again)
    assert signal.send(3) == [(again, 3)]
    assert depths == [0, 1, 2, 3]


@pytest.mark.threads
def test_no_lock_is_held_while_receivers_run(signal: Signal[Any, ..., Any]) -> None:
    """Another thread may connect, disconnect, mute and send meanwhile."""

    def other(sender: object) -> str:
        return "other"

    def meanwhile() -> None:
        signal.connect(other)
        with signal.muted():
            signal.send("thread")
        signal.disconnect(other)
        done.append(True)

    def receiver(sender: object) -> None:
        if sender != "thread":
            thread = threading.Thread(target=meanwhile)
            thread.start()
            thread.join(timeout=30)

    done: list[bool] = []
    signal.connect(receiver)
    signal.send("me")
    assert done == [True]


@pytest.mark.threads
def test_any_thread_may_write_while_others_send(signal: Signal[Any, ..., Any]) -> None:
    """A receiver that stays connected gets every send of every thread."""
    counts: dict[int, int] = {}

    def counter(sender: int) -> None:
        counts[sender] = counts.get(sender, 0) + 1

    def work(number: int) -> None:
        def passing(sender: object) -> None: ...

        barrier.wait(timeout=30)
        for _ in range(200):
            signal.connect(passing)
            signal.connect(passing, number)
            signal.send(number)
            signal.disconnect(passing)

    signal.connect(counter)
    barrier = threading.Barrier(4)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert counts == dict.fromkeys(range(4), 200)
    assert signal.receivers == [counter]
