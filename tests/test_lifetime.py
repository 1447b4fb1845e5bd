"""What lives how long, and what is told about it when it dies too early."""

import collections
import functools
import gc
import inspect
import subprocess
import sys
import time
import types
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from typedsig import ANY, LostReceiverWarning, Signal


@pytest.fixture
def signal() -> Signal[Any, ..., Any]:
    """Take anything from anybody."""
    return Signal(name="signal")


class Owner:
    def method(self, sender: object) -> None: ...

    def __call__(self, sender: object) -> None: ...


def receiver(sender: object) -> None: ...


def line() -> int:
    """Tell the line of the caller."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def make_function() -> Callable[..., object]:
    def function(sender: object) -> None: ...

    return function


# What is released


def test_receiver_is_gone_after_its_object_dies(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    owner = Owner()
    signal.connect(owner.method)
    assert len(signal.send(None)) == 1
    del owner
    collect()
    assert signal.send(None) == []


def test_receiver_in_a_cycle_is_gone_after_collection(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    class Knot(Owner):
        def __init__(self) -> None:
            self.knot = self

    signal.connect(Knot().method)
    collect()
    assert not signal.has_receivers


def test_last_disconnect_releases_everything(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    owner, sender = Owner(), Owner()
    watched = weakref.ref(owner), weakref.ref(sender)
    for of in (sender, "value", (1, 2)):
        signal.connect(owner.method, of, weak=False)
        signal.send(of)
    signal.disconnect(owner.method)
    del owner, sender, of
    collect()
    assert [reference() for reference in watched] == [None, None]


def test_death_of_the_sender_releases_its_receivers(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    owner, sender = Owner(), Owner()
    watched = weakref.ref(owner)
    signal.connect(owner.method, sender, weak=False)
    signal.send(sender)
    del owner, sender
    collect()
    assert watched() is None


def test_death_of_one_receiver_leaves_those_of_other_senders(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    owner = Owner()
    signal.connect(receiver, "me")
    signal.connect(owner.method, "you")
    for sender in ("me", "you"):
        signal.send(sender)
    del owner
    collect()
    assert signal.send("me") == [(receiver, None)]
    assert signal.send("you") == []


def test_death_of_the_signal_releases_everything(collect: Callable[[], None]) -> None:
    signal: Signal[Any, ..., Any] = Signal()
    owner = Owner()
    watched = weakref.ref(owner), weakref.ref(signal)
    signal.connect(owner.method, owner, weak=False)
    signal.connect(owner.method, weak=False)
    signal.send(owner)
    del owner, signal
    collect()
    assert [reference() for reference in watched] == [None, None]


def test_senders_may_die_with_the_signal(collect: Callable[[], None]) -> None:
    """Such as one that only a receiver for another sender kept, which only the signal kept."""
    signal: Signal[Any, ..., Any] = Signal()
    one, other = Owner(), Owner()
    told = weakref.ref(other)
    signal.connect(functools.partial(lambda kept, sender: None, other), one, weak=False)
    signal.connect(receiver, other)
    del other
    collect()
    assert told() is not None
    del signal
    collect()
    assert told() is None


def test_blocks_release_everything_when_they_end(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    owner, sender = Owner(), Owner()
    watched = weakref.ref(owner), weakref.ref(sender)
    with signal.connected_to(owner.method, sender), signal.muted(sender=sender), signal.muted(receiver=owner.method):
        signal.send(sender)
    with signal.muted(sender=sender, receiver=owner, scope="context"):
        signal.send(sender)
    del owner, sender
    collect()
    assert [reference() for reference in watched] == [None, None]


def test_send_keeps_no_arguments(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    argument = Owner()
    watched = weakref.ref(argument)

    def failing(sender: object, **payload: object) -> None:
        raise ValueError

    signal.connect(failing)
    for _ in range(10):
        signal.send_robust(argument, argument=argument)
        with pytest.raises(ValueError):  # noqa: PT011  # whatever it says
            signal.send(argument, argument=argument)
    del argument
    collect()
    assert watched() is None


def _turn(signal: Signal[Any, ..., Any], count: int) -> None:
    for _ in range(count):
        owner = Owner()
        signal.connect(owner.method)
        signal.connect(owner.method, owner)
        signal.connect(receiver, owner, weak=False)
        signal.connect(receiver, "value")
        short = make_function()
        signal.connect(short, "value")
        signal.send("value")
        signal.disconnect(short, "value")
        signal.disconnect(receiver)
        signal.disconnect(owner.method)
        signal.connect(owner.method)
        signal.connect(owner.method, owner)


@pytest.mark.refcounts
def test_connecting_and_disconnecting_leaves_nothing_behind(signal: Signal[Any, ..., Any]) -> None:
    import tracemalloc  # which PyPy has not

    _turn(signal, 100)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        _turn(signal, 2000)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000, "ten bytes for each turn would be a leak"


@pytest.mark.refcounts
def test_a_crowd_of_receivers_that_died_leaves_nothing_behind(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    import tracemalloc  # which PyPy has not

    def serve() -> None:
        crowd = [make_function() for _ in range(1000)]
        for each in crowd:
            signal.connect(each, "value")
        signal.send("value")

    signal.connect(receiver, "value")
    signal.send("value")
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        serve()
        assert signal.has_receivers  # which takes the dead out
        collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100_000, "what is left is the room in the dictionaries"


@pytest.mark.parametrize("send", ["send", "emit", "send_robust"])
@pytest.mark.parametrize("other", [None, receiver, Owner()], ids=["alone", "among functions", "among others"])
def test_no_send_looks_twice_at_a_receiver_that_died(
    signal: Signal[Any, ..., Any], collect: Callable[[], None], other: Any, send: str
) -> None:
    function = make_function()
    for each in (function, other):
        if each is not None:
            signal.connect(each)
    getattr(signal, send)(None)
    assert signal._snapshot is not None
    assert len(signal._snapshot) == (1 if other is None else 2)
    del function, each
    collect()
    getattr(signal, send)(None)
    getattr(signal, send)(None)
    assert signal._snapshot is not None
    assert len(signal._snapshot) == (0 if other is None else 1)


def test_no_send_of_one_sender_looks_twice_at_a_receiver_that_died(
    signal: Signal[Any, ..., Any], collect: Callable[[], None]
) -> None:
    function, me = make_function(), Owner()
    signal.connect(function, me)
    signal.connect(receiver, me)
    signal.send(me)
    assert len(signal._resolved[id(me)]) == 2
    del function
    collect()
    signal.send(me)
    assert len(signal._resolved[id(me)]) == 1


def _by_disconnecting(signal: Signal[Any, ..., Any], receivers: list[Any]) -> None:
    for receiver in receivers:
        signal.disconnect(receiver)


def _by_dying(signal: Signal[Any, ..., Any], receivers: list[Any]) -> None:
    receivers.clear()
    assert not signal.has_receivers


@pytest.mark.parametrize("remove", [_by_disconnecting, pytest.param(_by_dying, marks=pytest.mark.refcounts)])
@pytest.mark.parametrize("sender", [None, "one"])
def test_removing_receivers_costs_the_same_however_many_there_are(
    remove: Callable[[Signal[Any, ..., Any], list[Any]], None], sender: object
) -> None:
    def cost(count: int) -> float:
        signal: Signal[Any, ..., Any] = Signal()
        receivers = [signal.connect(make_function(), sender) for _ in range(count)]
        signal.send(sender)
        start = time.perf_counter()
        remove(signal, receivers)
        taken = time.perf_counter() - start
        assert not signal.has_receivers
        return taken

    few, many = (min(cost(count) for _ in range(3)) for count in (1_000, 10_000))
    assert many < 50 * few, "ten times as many took more than fifty times as long; quadratic would be a hundred"


# What is lost by mistake


def _lambda(signal: Signal[Any, ..., Any]) -> int:
    receive: Callable[[Callable[[object], None]], object] = signal.connect
    receive(lambda sender: None)
    return line() - 1


def _closure(signal: Signal[Any, ..., Any]) -> int:
    @signal.connect
    def closure(sender: object) -> None:
        assert line()

    return line() - (4 if sys.version_info >= (3, 11) else 3)  # the decorator's; before 3.11 the def's


def _partial(signal: Signal[Any, ..., Any]) -> int:
    signal.connect(functools.partial(receiver))
    return line() - 1


def _callable_object(signal: Signal[Any, ..., Any]) -> int:
    signal.connect(Owner())
    return line() - 1


def _for_one_sender(signal: Signal[Any, ..., Any]) -> int:
    signal.bind("me").connect(make_function())
    return line() - 1


def _connect_via(signal: Signal[Any, ..., Any]) -> int:
    signal.connect_via("me", weak=True)(make_function())
    return line() - 1


def lost(signal: Signal[Any, ..., Any], connect: Callable[[Signal[Any, ..., Any]], int]) -> None:
    """Connect, and expect the warning at the next send."""
    expected = connect(signal)
    gc.collect()
    with pytest.warns(LostReceiverWarning, match=r"connected weakly to typedsig.Signal 'signal'") as caught:
        signal.send(None)
    assert [(warning.filename, warning.lineno) for warning in caught] == [(__file__, expected)]
    assert "weak=False" in str(caught[0].message)


@pytest.mark.parametrize("connect", [_lambda, _closure, _partial, _callable_object, _for_one_sender, _connect_via])
def test_losing_a_receiver_is_told_at_the_line_that_connected_it(
    signal: Signal[Any, ..., Any], connect: Callable[[Signal[Any, ..., Any]], int]
) -> None:
    lost(signal, connect)


def test_losing_a_closure_names_it(signal: Signal[Any, ..., Any]) -> None:
    """As in an application factory, whose receivers nothing else refers to."""

    def create_app() -> None:
        @signal.connect
        def log_it(sender: object) -> None: ...

    create_app()
    gc.collect()
    with pytest.warns(LostReceiverWarning, match=r"create_app\.<locals>\.log_it was connected weakly"):
        signal.emit(None)


uses: dict[str, Callable[[Signal[Any, ..., Any]], object]] = {
    "send": lambda signal: signal.send(None),
    "emit": lambda signal: signal.emit(None),
    "send_robust": lambda signal: signal.send_robust("me"),
    "connect": lambda signal: signal.connect(receiver),
    "connect to one": lambda signal: signal.connect(receiver, "you"),
    "disconnect": lambda signal: signal.disconnect(receiver),
    "muted": lambda signal: signal.muted().__enter__(),
    "has_receivers": lambda signal: signal.has_receivers,
}


@pytest.mark.parametrize("use", uses.values(), ids=uses)
def test_losing_a_receiver_is_told_no_later_than_the_next_send_or_write(
    signal: Signal[Any, ..., Any], use: Callable[[Signal[Any, ..., Any]], object]
) -> None:
    _lambda(signal)
    gc.collect()
    with pytest.warns(LostReceiverWarning):
        use(signal)
    signal.send(None)  # once is enough


def test_losing_a_receiver_during_a_block_is_told_at_its_end(signal: Signal[Any, ..., Any]) -> None:
    block = signal.muted()
    block.__enter__()
    _lambda(signal)
    gc.collect()
    with pytest.warns(LostReceiverWarning):
        block.__exit__(None, None, None)
    signal.send(None)  # once is enough


def test_losing_a_receiver_is_told_also_when_a_block_held_it_for_a_while(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function)
    with signal.connected_to(function):
        pass
    del function
    gc.collect()
    with pytest.warns(LostReceiverWarning):
        signal.send(None)


@pytest.mark.parametrize(("weakly", "in_block"), [("one", ANY), (ANY, "one")])
def test_receiver_that_served_in_a_block_for_other_senders_is_not_lost(
    signal: Signal[Any, ..., Any], weakly: Any, in_block: Any
) -> None:
    """Called once for both of its connections, it served for both."""
    function = make_function()
    signal.connect(function, weakly)
    with signal.connected_to(function, in_block):
        signal.send("one")
    del function
    gc.collect()
    assert signal.send("one") == []


def test_losing_a_receiver_is_told_at_the_def_where_code_has_no_lines() -> None:
    """As some tools write it."""
    source = "\n\ndef connect(signal):\n    signal.connect(lambda sender: None)\n"
    code = compile(source, "without lines", "exec")
    (inner,) = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    connect = types.FunctionType(inner.replace(co_linetable=b""), {})
    signal: Signal[Any, ..., Any] = Signal()
    connect(signal)
    gc.collect()
    with pytest.warns(LostReceiverWarning) as caught:
        signal.send(None)
    assert (caught[0].filename, caught[0].lineno) == ("without lines", 3)


def test_losing_a_receiver_is_told_also_when_others_were_called_before(signal: Signal[Any, ..., Any]) -> None:
    """The snapshot of the last send is no excuse."""
    signal.connect(receiver)
    signal.send(None)
    _lambda(signal)
    gc.collect()
    with pytest.warns(LostReceiverWarning):
        signal.send(None)


def test_receiver_that_was_muted_whenever_it_was_sent_is_lost_as_well(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function)
    with signal.muted():
        signal.send(None)
    with signal.muted(receiver=function):
        signal.send(None)
    del function
    gc.collect()
    with pytest.warns(LostReceiverWarning):
        signal.send(None)


def test_receiver_of_one_sender_who_never_sent_is_lost(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function, "me")
    signal.send("you")
    del function
    gc.collect()
    with pytest.warns(LostReceiverWarning):
        signal.send("you")


@pytest.mark.parametrize("served", ["one", "two", "three", "four"])
def test_receiver_of_many_senders_that_served_one_of_them_is_not_lost(
    signal: Signal[Any, ..., Any], served: str
) -> None:
    """Warnings are errors here."""
    function = make_function()
    for sender in ("one", "two", "three"):
        signal.connect(function, sender)
    if served == "four":
        signal.disconnect(function, "one")
        signal.connect(function, "four")
    signal.send(served)
    del function
    gc.collect()
    assert signal.send(served) == []
    assert not signal.has_receivers


def test_losing_a_receiver_of_many_senders_is_told_once(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    for sender in ("one", "two", ANY):
        signal.connect(function, sender)
    del function
    gc.collect()
    with pytest.warns(LostReceiverWarning) as caught:
        signal.send(None)
    assert len(caught) == 1


def test_receiver_that_somebody_else_held_for_a_while_is_lost(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function, "me", weak=False)
    signal.connect(function)
    weakly = line() - 1
    signal.disconnect(function, "me")
    del function
    gc.collect()
    with pytest.warns(LostReceiverWarning) as caught:
        signal.send("you")
    assert caught[0].lineno == weakly


def _served(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function)
    signal.send(None)


def _served_for_one(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function, "me")
    signal.emit("me")


def _served_for_one_and_for_all(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function)
    signal.connect(function, "me")
    signal.send("me")
    signal.send("you")


def _served_for_all_and_for_one(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function, "me")
    signal.connect(function)
    signal.send("me")
    signal.send("you")


def _disconnected(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function)
    signal.disconnect(function)


def _in_a_block(signal: Signal[Any, ..., Any]) -> None:
    with signal.connected_to(make_function()):
        pass


def _strong(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(make_function(), weak=False)


def _made_strong(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function)
    signal.connect(function, weak=False)


def _served_while_it_was_strong(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function, "you")
    signal.connect(function, "me", weak=False)
    signal.send("me")
    signal.disconnect(function, "me")


def _served_after_it_was_made_strong(signal: Signal[Any, ..., Any]) -> None:
    function = make_function()
    signal.connect(function, "me")
    signal.connect(function, "you")
    signal.connect(function, "me", weak=False)
    signal.send("me")
    signal.disconnect(function, "me")


def _method(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(Owner().method)


def _builtin_method(signal: Signal[Any, ..., Any]) -> None:
    queue: collections.deque[object] = collections.deque()
    signal.connect(queue.append)


def _with_its_sender(signal: Signal[Any, ..., Any]) -> None:
    sender = Owner()
    function = make_function()
    signal.connect(function, sender)
    del sender
    gc.collect()


@pytest.mark.parametrize(
    "connect",
    [
        _served,
        _served_for_one,
        _served_for_one_and_for_all,
        _served_for_all_and_for_one,
        _disconnected,
        _in_a_block,
        _strong,
        _made_strong,
        _served_while_it_was_strong,
        _served_after_it_was_made_strong,
        _method,
        _builtin_method,
        _with_its_sender,
    ],
)
def test_warning_is_silent_for(signal: Signal[Any, ..., Any], connect: Callable[[Signal[Any, ..., Any]], None]) -> None:
    connect(signal)
    gc.collect()
    signal.send("me")
    signal.send("you")
    signal.disconnect(receiver)


@pytest.mark.processes
@pytest.mark.refcounts
def test_warning_is_a_runtime_warning_and_so_shown_by_default() -> None:
    program = (
        "from typedsig import Signal\n"
        "signal = Signal(name='signal')\n"
        "signal.connect(lambda sender: None)\n"
        "signal.send(None)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "<string>:3: LostReceiverWarning: <lambda> was connected weakly to typedsig.Signal 'signal'" in done.stderr
    assert issubclass(LostReceiverWarning, RuntimeWarning)


@pytest.mark.processes
@pytest.mark.refcounts
def test_warning_is_silent_at_interpreter_exit() -> None:
    """Where modules are emptied in some order, and receivers may well die before signals."""
    program = """\
from typedsig import Signal

signal = Signal(name="signal")

@signal.connect
def receiver(sender): ...

class Last:
    def __init__(self, signal):
        self.signal = signal

    def __del__(self):
        self.signal.send(None)
        self.signal.disconnect(print)
        print("sent")

receiver.last = last = Last(signal)
signal.send(None)
signal.connect(lambda sender: None)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("sent\n", "")


def test_warning_is_silent_while_the_interpreter_goes(
    signal: Signal[Any, ..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _lambda(signal)
    gc.collect()
    monkeypatch.setattr(sys, "is_finalizing", lambda: True)
    signal.send(None)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="errors take no notes before Python 3.11")
def test_warning_as_error_has_a_note_of_the_line_that_connected(signal: Signal[Any, ..., Any]) -> None:
    line = _lambda(signal)
    gc.collect()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(LostReceiverWarning) as caught:
            signal.send(None)
    assert getattr(caught.value, "__notes__", None) == [f"connected at {__file__}:{line}"]


def test_warning_as_error_leaves_nothing_muted(signal: Signal[Any, ..., Any]) -> None:
    _lambda(signal)
    gc.collect()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(LostReceiverWarning), signal.muted():
            raise AssertionError
    assert not signal.is_muted


@pytest.mark.refcounts
def test_warning_as_error_leaves_no_block_on(signal: Signal[Any, ..., Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(LostReceiverWarning), signal.connected_to(receiver):
            _lambda(signal)
        assert not signal.has_receivers
        _lambda(signal)
        with pytest.raises(LostReceiverWarning), signal.connected_to(receiver):
            raise AssertionError
        assert not signal.has_receivers
        signal.connect(receiver)
        block = signal.connected_to(receiver)
        block.__enter__()
        signal.disconnect(receiver)
        _lambda(signal)
        with pytest.raises(LostReceiverWarning):
            block.__exit__(None, None, None)
        assert signal.receivers == [receiver]


@pytest.mark.refcounts
def test_warning_as_error_leaves_nothing_connected_that_a_listener_refused(signal: Signal[Any, ..., Any]) -> None:
    kept = [make_function()]

    def refuse(of: object, **payload: object) -> None:
        kept.clear()
        raise LookupError

    signal.connect(kept[0])
    signal.receiver_connected.connect(refuse)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(LookupError):
            signal.connect(receiver)
        with pytest.raises(LostReceiverWarning):
            assert signal.has_receivers
    assert not signal.has_receivers


def test_warning_as_error_connects_nothing(signal: Signal[Any, ..., Any]) -> None:
    _lambda(signal)
    gc.collect()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(LostReceiverWarning):
            signal.connect(receiver)
    assert not signal.has_receivers


# Destructors


@pytest.mark.refcounts
def test_destructors_may_use_the_signal(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    """They may run at any allocation, inside our own critical sections too."""
    sent: list[object] = []

    class Meddler(Owner):
        def __init__(self) -> None:
            self.knot = self

        def __del__(self) -> None:
            signal.connect(receiver, "dying")
            signal.send("dying")
            signal.disconnect(receiver, "dying")
            with signal.muted():
                sent.append(signal.receivers)

    threshold = gc.get_threshold()
    gc.set_threshold(5)
    try:
        for _ in range(200):
            signal.connect(Meddler().method)
            signal.connect(Meddler().method, "me", weak=False)
            signal.send("me")
            signal.disconnect(receiver)
    finally:
        gc.set_threshold(*threshold)
    collections.deque(map(signal.disconnect, signal.receivers), maxlen=0)
    collect()
    assert sent
    assert not signal.has_receivers
