"""Any thread at any time, and destructors in the middle of everything.

`TYPEDSIG_LONG=1` makes each storm rage for twenty seconds.
"""

from __future__ import annotations

import dis
import faulthandler
import functools
import gc
import itertools
import os
import random
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, MethodType
from typing import Any, Literal, NamedTuple, TypeVar
from weakref import finalize, ref

import pytest

import typedsig.blinker
from typedsig import ANY, Namespace, Raised, Signal, _declared, _lock, _table

LONG = "TYPEDSIG_LONG" in os.environ
SECONDS = 20.0 if LONG else 0.4
PATIENCE = SECONDS + 20

pytestmark = pytest.mark.filterwarnings("ignore::typedsig.LostReceiverWarning")  # receivers die here as they please


@pytest.fixture(autouse=True)
def tiny_switch_interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@contextmanager
def collecting_all_the_time() -> Generator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()  # what was there before is not looked at again and again
    gc.set_threshold(1)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def storm(*workers: Callable[[], None], seconds: float = SECONDS) -> int:
    """Run each worker over and over in a thread of its own; return how many rounds there were.

    What a worker raises is raised here. If they do not come to an end, the test fails with the stacks of all threads.
    """
    errors: list[BaseException] = []
    rounds = [0] * len(workers)
    begin = threading.Barrier(len(workers))
    end = time.monotonic() + seconds

    def work(index: int) -> None:
        try:
            begin.wait()
            while not errors and time.monotonic() < end:
                workers[index]()
                rounds[index] += 1
        except BaseException as error:  # noqa: BLE001  # handed to the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(index,), daemon=True) for index in range(len(workers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end + PATIENCE - seconds - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        with tempfile.TemporaryFile("w+") as stacks:
            faulthandler.dump_traceback(stacks, all_threads=True)
            stacks.seek(0)
            pytest.fail(f"dead-lock:\n{stacks.read()}")
    if errors:
        raise errors[0]
    assert all(rounds), "a worker never had its turn"
    return sum(rounds)


class Sender:
    pass


Heard = list[str]


def named(name: str) -> Callable[[object, Heard], None]:
    def receiver(sender: object, heard: Heard) -> None:
        heard.append(name)

    return receiver


class Owner:
    def __init__(self, name: str) -> None:
        self.name = name

    def hear(self, sender: object, heard: Heard) -> None:
        heard.append(self.name)


# Storms


@pytest.mark.parametrize("kind", ["function", "method"])
@pytest.mark.threads
def test_those_who_stay_are_called_once_and_in_order_whatever_others_do(kind: str) -> None:
    signal = Signal[Any, [Heard]]()
    senders: list[Any] = [Sender(), Sender(), 1, "one"]
    first, middle, last = named("first"), named("middle"), named("last")
    signal.connect(first)
    for sender in senders:
        signal.connect(middle, sender)
    signal.connect(last)

    def worker(name: str) -> Callable[[], None]:
        random_ = random.Random(name)

        def work() -> None:
            owner = Owner(name)
            mine = owner.hear if kind == "method" else named(name)
            sender = random_.choice(senders)
            target = random_.choice([ANY, sender])
            signal.connect(mine, target, weak=random_.random() < 0.5)
            heard: Heard = []
            signal.emit(sender, heard)
            assert [each for each in heard if each in ("first", "middle", "last", name)] == [
                "first", "middle", "last", name
            ]  # fmt: skip
            with signal.muted(receiver=mine):
                heard = []
                signal.send(sender, heard)
                assert name not in heard
                assert [each for each in heard if each in ("first", "middle", "last")] == ["first", "middle", "last"]
            with signal.connected_to(mine, sender):
                heard = []
                signal.send_robust(sender, heard)
                assert heard.count(name) == 1
            assert signal.disconnect(mine)
            heard = []
            signal.emit(sender, heard)
            assert name not in heard, "called after disconnect returned"
            assert heard.count("first") == heard.count("middle") == heard.count("last") == 1

        return work

    storm(*(worker(f"worker {number}") for number in range(4)))
    assert signal.receivers == [first, middle, last]


@pytest.mark.threads
def test_receivers_and_senders_die_in_one_thread_while_others_send() -> None:
    signal = Signal[Any, [Heard]]()
    stays = named("stays")
    signal.connect(stays)
    shared = Sender()
    generation = itertools.count()  # a send that is running keeps the one it calls alive into the next generation

    def send() -> None:
        heard: Heard = []
        signal.emit(shared, heard)
        assert heard.count("stays") == 1
        assert len(heard) == len(set(heard)), "called twice"

    def live_and_die() -> None:
        sender = Sender()
        owners = [Owner(f"{next(generation)} {number}") for number in range(5)]
        for owner in owners:
            signal.connect(owner.hear, sender)
            signal.connect(owner.hear, shared)
        heard: Heard = []
        signal.emit(sender, heard)
        assert len(heard) == 6

    def ask() -> None:
        assert stays in signal.receivers
        assert signal.has_receivers_for(shared)

    storm(send, send, live_and_die, ask)
    gc.collect()
    assert signal.receivers == [stays]


@pytest.mark.threads
def test_muting_in_many_threads_ends_unmuted() -> None:
    signal = Signal[Any, [Heard]]()
    stays = named("stays")
    signal.connect(stays)

    def mute_here() -> None:
        heard: Heard = []
        with signal.muted(scope="context"):
            signal.emit(None, heard)
        assert heard == []

    def mute_one() -> None:
        sender = Sender()
        heard: Heard = []
        with signal.muted(sender=sender):
            signal.emit(sender, heard)
        assert heard == []
        signal.emit(sender, heard)
        assert heard == ["stays"], "another thread's muting reached this one"

    storm(mute_here, mute_here, mute_one, mute_one)
    heard: Heard = []
    signal.emit(None, heard)
    assert heard == ["stays"]
    assert not signal.is_muted


@pytest.mark.threads
def test_two_signals_whose_receivers_send_each_other_from_two_threads() -> None:
    ping, pong = Signal[Any, [int]](), Signal[Any, [int]]()

    def on_ping(sender: object, left: int) -> None:
        other = named("other")
        pong.connect(other, sender)  # type: ignore[arg-type]  # connected only for the while
        pong.disconnect(other)
        if left:
            pong.emit(sender, left - 1)

    def on_pong(sender: object, left: int) -> None:
        other = named("other")
        ping.connect(other, sender)  # type: ignore[arg-type]  # connected only for the while
        ping.disconnect(other)
        if left:
            ping.emit(sender, left - 1)

    ping.connect(on_ping)
    pong.connect(on_pong)
    storm(lambda: ping.emit(1, 5), lambda: pong.emit(2, 5))


@pytest.mark.threads
def test_one_signal_per_name_in_all_threads() -> None:
    found: list[set[int]] = []
    kept: list[object] = []
    for _ in range(20):
        namespace = Namespace()
        begin = threading.Barrier(4)
        signals: list[object] = []

        def ask(
            namespace: Namespace = namespace, begin: threading.Barrier = begin, into: list[object] = signals
        ) -> None:
            begin.wait()
            into.append(namespace.signal("saved"))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept.append(signals)
        found.append(set(map(id, signals)))
    assert all(len(ids) == 1 for ids in found)


class Own(Signal[Any, ..., Any]):
    """A class with a method of its own before the generated ones."""

    def send(self, sender: object, /, *args: Any, **kwargs: Any) -> list[tuple[Callable[..., Any], Any]]:
        """Hand it on."""
        return super().send(sender, *args, **kwargs)


@pytest.mark.threads
@pytest.mark.parametrize("kind", [Signal, Own])
def test_first_sends_may_come_from_many_threads_at_once(kind: type[Signal[Any, ..., Any]]) -> None:
    """Which is when a declared signal gets its class and methods."""
    for number in range(30):

        def prototype(sender: object, *, a: object) -> object: ...

        prototype.__qualname__ = f"{kind.__name__}_{number}"  # so that nobody else has the class already
        signal = kind(prototype)
        barrier = threading.Barrier(4)
        heard: list[str] = []
        refused: list[object] = []

        def hear(sender: object, *, a: str, heard: list[str] = heard) -> None:
            heard.append(a)

        signal.connect(hear)

        def first(signal: Any = signal, barrier: threading.Barrier = barrier, refused: list[object] = refused) -> None:
            barrier.wait()
            signal.emit(None, a="emit")
            signal.send(None, a="send")
            with pytest.raises(TypeError, match="unexpected keyword argument 'b'"):
                signal.bind(None).emit(b=1)
            refused.append(signal)

        threads = [threading.Thread(target=first) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(heard) == ["emit"] * 4 + ["send"] * 4
        assert refused == [signal] * 4
        made: Any = type(signal)
        assert made.emit is made.emit  # made once, and not anew for each that asks


# Destructors


class Bomb:
    """Garbage in a cycle, which the collector finds in the middle of something, and which then does something."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        self.me = self

    def __del__(self) -> None:
        self.act()


@pytest.mark.refcounts
@pytest.mark.threads
def test_destructors_write_to_the_signal_at_every_allocation() -> None:
    signal, other = Signal[Any, [Heard]](), Signal[Any, [Heard]]()
    sender = Sender()
    stays, comes = named("stays"), named("comes")
    signal.connect(stays)
    went_off = 0

    def chaos() -> None:
        nonlocal went_off
        went_off += 1
        signal.connect(comes, sender)
        signal.disconnect(comes)
        other.connect(comes)
        other.emit(sender, [])
        with signal.muted(receiver=comes), signal.muted(sender=1):
            heard: Heard = []
            signal.emit(sender, heard)
            assert heard.count("stays") == 1

    def work() -> None:
        Bomb(chaos)
        target = Sender()
        finalize(target, chaos)
        name = f"mine in {threading.get_ident()}"  # others are connected by other threads
        mine = named(name)
        signal.connect(mine, target)
        Bomb(chaos)
        signal.connect(mine)
        Bomb(lambda: signal.disconnect(mine))
        heard: Heard = []
        signal.emit(target, heard)
        assert heard.count("stays") == 1
        assert heard.count(name) <= 1
        del target
        signal.disconnect(mine)
        heard = []
        signal.emit(sender, heard)
        assert name not in heard

    with collecting_all_the_time():
        storm(work)
        storm(work, work)
    gc.collect()
    assert went_off
    signal.disconnect(comes)
    heard: Heard = []
    signal.emit(sender, heard)
    assert heard == ["stays"]


@pytest.mark.refcounts
@pytest.mark.threads
def test_two_threads_whose_destructors_write_to_the_signal_of_the_other() -> None:
    one, two = Signal[Any, [Heard]](), Signal[Any, [Heard]]()

    def worker(mine: Any, others: Any) -> Callable[[], None]:
        def work() -> None:
            receiver = named("mine")
            Bomb(lambda: others.connect(receiver))
            mine.connect(receiver, Sender())
            Bomb(lambda: others.disconnect(receiver))
            mine.disconnect(receiver)

        return work

    with collecting_all_the_time():
        storm(worker(one, two), worker(two, one))


# Interruptions: what a destructor, a weakref callback or a signal handler may do, between any two steps of an operation


class World:
    """A signal with some connections, on which an operation is interrupted."""

    def __init__(self) -> None:
        self.signal = Signal[Any, [Heard]]()
        self.a: Sender | None = Sender()
        self.b: Sender | None = Sender()
        self.f: Any = named("f")  # or None, once it was dropped
        self.g, self.owner = named("g"), Owner("owner")
        self.block = self.signal.connected_to(self.f, self.a)
        self.another_block = self.signal.connected_to(self.owner.hear, "another")
        self.mute = self.signal.muted(receiver=self.g)

    def outcome(self, told: str = "") -> list[Heard]:
        """Everything that can be seen from outside."""
        outcome: list[Heard] = []
        for sender in (*(each for each in (self.a, self.b) if each is not None), 1, Sender()):
            heard: Heard = []
            self.signal.emit(sender, heard)
            outcome.append(heard)
            outcome.append([str(len(self.signal.receivers_for(sender)))])
            assert self.signal.has_receivers_for(sender) is bool(self.signal.receivers_for(sender)), told
        outcome.append([str(len(self.signal.receivers))])
        for receiver in self.signal.receivers:
            assert self.signal.disconnect(receiver), told
        assert self.signal.receivers == [], told
        assert not self.signal.has_receivers, told
        assert not self.signal._buckets, told
        assert not self.signal._places, told
        return outcome


def emit_to_nobody_new(world: World) -> None:
    world.signal.emit(world.a, [])


def drop_f(world: World) -> None:
    world.f = None


def drop_a(world: World) -> None:
    world.a = None


class Step(NamedTuple):
    name: str
    act: Callable[[World], object]


STEPS = [
    Step("connect f", lambda world: world.signal.connect(world.f)),
    Step("connect f for a", lambda world: world.signal.connect(world.f, world.a)),
    Step("connect f for 1", lambda world: world.signal.connect(world.f, 1, weak=False)),
    Step("connect g for a", lambda world: world.signal.connect(world.g, world.a)),
    Step("connect owner", lambda world: world.signal.connect(world.owner.hear)),
    Step("disconnect f", lambda world: world.signal.disconnect(world.f)),
    Step("disconnect f from a", lambda world: world.signal.disconnect(world.f, world.a)),
    Step("disconnect owner", lambda world: world.signal.disconnect(world.owner.hear)),
    Step("emit", emit_to_nobody_new),
]
# A block can be entered once and left once, so these do not interrupt themselves.
BLOCKS = [
    Step("enter block of f", lambda world: world.block.__enter__()),
    Step("mute g", lambda world: world.mute.__enter__()),
]
LEAVING = [
    Step("leave block of f", lambda world: world.block.__exit__(None, None, None)),
    Step("unmute g", lambda world: world.mute.__exit__(None, None, None)),
]
INTERRUPTIONS = [
    *STEPS,
    *BLOCKS,
    *LEAVING,
    Step("drop f", drop_f),
    Step("drop a", drop_a),
    Step(
        "disconnect and connect f",
        lambda world: [world.signal.disconnect(world.f), world.signal.connect(world.f, world.a)],
    ),
    Step("enter another block", lambda world: world.another_block.__enter__()),
]

SETTINGS: list[Step] = [
    Step("empty", lambda world: None),
    Step("f", lambda world: world.signal.connect(world.f)),
    Step("f for a", lambda world: world.signal.connect(world.f, world.a)),
    Step(
        "all",
        lambda world: [
            world.signal.connect(world.f, world.a),
            world.signal.connect(world.g),
            world.signal.connect(world.owner.hear, world.b),
            world.signal.connect(world.f),
            world.signal.connect(world.g, 1),
            world.signal.connect(named("dies")),  # to be taken out by whichever is first
        ],
    ),
]


def in_blocks(setting: Step, world: World) -> None:
    for step in (setting, *BLOCKS):
        step.act(world)


IN_BLOCKS = [
    Step(
        f"{setting.name}, in blocks",
        functools.partial(in_blocks, setting),
    )
    for setting in SETTINGS
]
CASES = [(setting, step) for setting in SETTINGS for step in [*STEPS, *BLOCKS]] + [
    (setting, step) for setting in IN_BLOCKS for step in [*STEPS, *LEAVING]
]

OURS = os.path.dirname(sys.modules["typedsig"].__file__ or "")


class Interruption:
    """Does something before a line of ours is run, the ``left``-th from now."""

    def __init__(self, act: Callable[[], object], left: int) -> None:
        self.act = act
        self.left = left

    def before_line(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.act()


def twice(first: Callable[[], object], at: int, second: Callable[[], object], later: int) -> Interruption:
    def act() -> None:
        first()
        interruption.act, interruption.left = second, later

    interruption = Interruption(act, at)
    return interruption


interrupting = pytest.mark.skipif(
    sys.version_info < (3, 12) and sys.gettrace() is not None, reason="a tracer is on already: a debugger or coverage"
)


def is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith((OURS, "<typedsig"))


if sys.version_info >= (3, 12):
    # Beside a debugger or coverage, which is to see what is run here.

    @contextmanager
    def interrupted(interruption: Interruption) -> Generator[None]:
        tool = 4

        def on_line(code: CodeType, line: int) -> object:
            if not is_ours(code):
                return sys.monitoring.DISABLE
            interruption.before_line()
            return None

        sys.monitoring.use_tool_id(tool, "interruptions")
        sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, on_line)
        sys.monitoring.set_events(tool, sys.monitoring.events.LINE)
        try:
            yield
        finally:
            sys.monitoring.set_events(tool, 0)
            sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, None)
            sys.monitoring.free_tool_id(tool)

else:

    @contextmanager
    def interrupted(interruption: Interruption) -> Generator[None]:
        def trace(frame: FrameType, event: str, argument: object) -> Any:
            if not is_ours(frame.f_code):
                return None
            if event == "line":
                interruption.before_line()
            return trace

        sys.settrace(trace)
        try:
            yield
        finally:
            sys.settrace(None)


def run_interrupted(world: World, step: Step, interruption: Step, at: int) -> bool:
    """Do a step, and the interruption before its ``at``-th line; was there one?"""
    act = Interruption(lambda: interruption.act(world), at)
    with interrupted(act):
        step.act(world)
    return act.left <= 0


def arranged(setting: Step) -> World:
    world = World()
    setting.act(world)
    return world


def in_turn(setting: Step, *steps: Step) -> list[Heard] | None:
    """What comes of doing these one after another; None if the first makes the second impossible."""
    world = arranged(setting)
    for step in steps:
        if (world.f is None and " f" in step.name) or (world.a is None and step.name.endswith((" a", "emit"))):
            return None
        step.act(world)
    return world.outcome()


@interrupting
@pytest.mark.refcounts
@pytest.mark.parametrize(("setting", "step"), CASES, ids=lambda step: step.name)
def test_an_operation_interrupted_anywhere_is_as_if_one_came_after_the_other(setting: Step, step: Step) -> None:
    """At every point the outcome is that of the operation and the interruption, one after the other."""
    entered = setting in IN_BLOCKS
    for interruption in INTERRUPTIONS:
        if interruption is step or interruption in (BLOCKS if entered else LEAVING):
            continue
        possible = [in_turn(setting, step, interruption), in_turn(setting, interruption, step)]
        at = 1
        while True:
            world = arranged(setting)
            if step.name == "emit" and interruption.name == "drop a":
                break  # a send holds its sender
            if not run_interrupted(world, step, interruption, at):
                break
            told = f"{interruption.name!r} before line {at} of {step.name!r}"
            outcome = world.outcome(told)
            assert outcome in possible, f"{told} gave {outcome}, not {possible}"
            at += 1


def undeclared() -> Callable[..., object]:
    class Fresh(Signal[Any, ..., Any]):
        pass

    stub: Any = Signal.send_robust
    lazy = _declared.Lazy(lambda: types.FunctionType(stub.__code__, stub.__globals__), None)
    lazy.__set_name__(Fresh, "emit")
    type.__setattr__(Fresh, "emit", lazy)
    signal = Fresh()
    return lambda: signal.emit


def declared() -> Callable[..., object]:
    signal = Signal(prototype_of_its_own())
    return lambda: signal.emit


def declared_and_bound() -> Callable[..., object]:
    signal, sender = Signal(prototype_of_its_own()), Sender()
    return lambda: signal.bind(sender).emit


def overridden_and_bound() -> Callable[..., object]:
    class Overriding(Signal[Any, ..., Any]):
        def emit(self, sender: object, /, *args: Any, **kwargs: Any) -> None:
            raise AssertionError

    signal, sender = Overriding(), Sender()
    return lambda: signal.bind(sender).emit


def prototype_of_its_own() -> Callable[..., object]:
    def prototype(sender: object) -> object: ...

    prototype.__qualname__ = f"prototype_{next(counter)}"  # so that nobody else has the class already
    return prototype


counter = itertools.count()


def connect(signal: Signal[Any, ..., Any], ask: Callable[[], Callable[..., object]]) -> None:
    signal.connect(ask())


def codes_of(code: CodeType) -> Iterator[CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from codes_of(const)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions are looked up in tables since Python 3.11")
def test_no_loop_jumps_back_outside_of_the_lock() -> None:
    """Where a signal handler that raises just then would leave it taken for ever."""
    looked_at = 0
    for path in Path(OURS).glob("*.py"):
        for code in codes_of(compile(path.read_text(encoding="utf-8"), path, "exec")):
            if "LOCK" not in code.co_names or code.co_name == "<module>":
                continue
            looked_at += 1
            bytecode: Any = dis.Bytecode(code)
            covered = {offset for entry in bytecode.exception_entries for offset in range(entry.start, entry.end)}
            for instruction in bytecode:
                if instruction.opname.startswith("JUMP_BACKWARD") and instruction.argval in covered:
                    assert instruction.offset in covered, code
    assert looked_at > 10


@interrupting
@pytest.mark.threads
@pytest.mark.parametrize("make", [undeclared, declared, declared_and_bound, overridden_and_bound])
def test_a_generated_method_is_one_receiver_wherever_another_thread_asks_for_it(
    make: Callable[[], Callable[[], Callable[..., object]]],
) -> None:
    """Asked for the first time by two at once, it is made by both, and then there is one."""
    was_interrupted, at = True, 0
    while was_interrupted:
        at += 1
        ask = make()
        listening = Signal[Any, ...]()
        other = threading.Thread(target=connect, args=(listening, ask))

        def let_the_other_go(other: threading.Thread = other) -> None:
            other.start()
            other.join(0.1)  # while the lock is held, it waits for us

        interruption = Interruption(let_the_other_go, at)
        with interrupted(interruption):
            receiver = ask()
        was_interrupted = interruption.left <= 0
        if was_interrupted:
            other.join()
        listening.connect(receiver)
        assert len(listening.receivers) == 1, f"before line {at}"
    assert at > 3


class FirstUse(NamedTuple):
    """Something that has a part of a signal made, if it is the first to ask for it, and who is there then."""

    make: Callable[[], Any]
    use: Callable[[Any, str], Any]
    found: Callable[[Any], list[Any]]


def muted(signal: Any, name: str) -> Any:
    block = signal.muted()
    block.__enter__()
    return block


def connected(signal: Any, name: str) -> Any:
    block = signal.connected_to(named(name))
    block.__enter__()
    return block


FIRST_USES = {
    "connect": FirstUse(Signal, lambda signal, name: signal.connect(named(name)), lambda signal: signal.receivers),
    "connect to blinker's": FirstUse(
        typedsig.blinker.Signal,
        lambda signal, name: signal.connect(named(name)),
        lambda signal: list(signal.receivers_for(None)),
    ),
    "receiver_connected": FirstUse(
        Signal, lambda signal, name: signal.receiver_connected, lambda signal: [signal.receiver_connected] * 2
    ),
    "blinker's receiver_connected": FirstUse(
        typedsig.blinker.Signal,
        lambda signal, name: signal.receiver_connected,
        lambda signal: [signal.receiver_connected] * 2,
    ),
    "a name": FirstUse(
        Namespace, lambda namespace, name: namespace.signal("a"), lambda namespace: [namespace["a"]] * 2
    ),
    "a name of blinker's": FirstUse(
        typedsig.blinker.Namespace,
        lambda namespace, name: namespace.signal("a"),
        lambda namespace: [namespace["a"]] * 2,
    ),
    "muted": FirstUse(Signal, muted, lambda signal: list(signal._mutes)),
    "connected_to": FirstUse(Signal, connected, lambda signal: list(signal._blocks)),
}


@interrupting
@pytest.mark.parametrize("what", FIRST_USES)
def test_what_is_made_when_first_used_is_made_once_wherever_a_destructor_uses_it(what: str) -> None:
    make, use, found = FIRST_USES[what]
    was_interrupted, at = True, 0
    while was_interrupted:
        at += 1
        signal = make()
        used: list[Any] = []
        interruption = Interruption(lambda signal=signal, used=used: used.append(use(signal, "inner")), at)  # type: ignore[misc]
        with interrupted(interruption):
            outer = use(signal, "outer")
        was_interrupted = interruption.left <= 0
        used.append(outer)
        if was_interrupted:
            assert sorted(map(id, found(signal))) == sorted(map(id, used)), f"before line {at}"
    assert at > 3


@interrupting
@pytest.mark.refcounts
@pytest.mark.parametrize("sender", [ANY, "sender"])
def test_whether_anybody_is_connected_is_exact_wherever_the_last_receiver_dies(sender: Any) -> None:
    answers: list[bool] = []
    was_interrupted = True
    while was_interrupted:
        signal = Signal[Any, [Heard]]()
        kept = [named("f")]
        signal.connect(kept[0], sender)
        signal.emit("sender", [])
        interruption = Interruption(kept.clear, len(answers) + 1)
        with interrupted(interruption):
            answers.append(signal.has_receivers)
        was_interrupted = not kept
        assert signal.has_receivers is bool(kept)
    assert answers == sorted(answers)  # dead before it was looked, or alive still


class Alarm(Exception):  # as a handler of SIGALRM may raise
    pass


def sound() -> None:
    raise Alarm


def unlock() -> None:
    """Give back what a tracer that raised at the end of a ``with`` left locked. Signal handlers do not run there."""
    while _lock._lock._is_owned():  # type: ignore[attr-defined]  # typeshed does not know it
        _lock._lock.release()


@interrupting
@pytest.mark.parametrize("sender", [ANY, "sender"])
@pytest.mark.parametrize(
    ("operation", "expected"),
    [("connect", ["first", "new"]), ("disconnect", ["first"])],
)
def test_an_operation_that_a_signal_handler_broke_off_can_be_done_again(
    operation: str, expected: list[str], sender: Any
) -> None:
    at, broken = 0, True
    while broken:
        at += 1
        signal = Signal[Any, [Heard]]()
        first, new = named("first"), named("new")
        signal.connect(first)
        if operation == "disconnect":
            signal.connect(new, sender)
        signal.emit("sender", [])
        broken = False
        try:
            with interrupted(Interruption(sound, at)):
                getattr(signal, operation)(new, sender)
        except Alarm:
            broken = True
        unlock()
        heard: Heard = []
        signal.emit("sender", heard)
        assert heard == ["first", *["new"] * (new in signal.receivers)], f"broken off before line {at}"
        getattr(signal, operation)(new, sender)
        heard.clear()
        signal.emit("sender", heard)
        assert heard == expected, f"broken off before line {at}"
    assert at > 10


@interrupting
@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("send", ["send", "emit", "send_robust"])
def test_what_a_signal_handler_raises_during_a_send_is_raised(send: str, count: int) -> None:
    at, broken = 0, True
    while broken:
        at += 1
        signal = Signal[Any, [Heard]]()
        receivers = [named("receiver") for _ in range(count)]
        for receiver in receivers:
            signal.connect(receiver)
        getattr(signal, send)("sender", [])
        broken = False
        outcomes = None
        try:
            with interrupted(Interruption(sound, at)):
                outcomes = getattr(signal, send)("sender", [])
        except Alarm:
            broken = True
        unlock()
        if send == "send_robust" and outcomes is not None:
            errors = [type(outcome.error) for outcome in outcomes if isinstance(outcome, Raised)]
            assert errors in ([], [Alarm])
            broken = bool(errors)
    assert at > 3


@interrupting
@pytest.mark.parametrize("scope", ["process", "context"])
def test_a_muting_that_a_signal_handler_broke_off_as_it_began_mutes_nobody(
    scope: Literal["process", "context"],
) -> None:
    at, broken = 0, True
    while broken:
        at += 1
        signal = Signal[Any, [Heard]]()
        signal.connect(first := named("first"))
        block = signal.muted(scope=scope)
        broken = False
        try:
            with interrupted(Interruption(sound, at)):
                block.__enter__()
        except Alarm:
            broken = True
        unlock()
        assert signal.is_muted is not broken
        if broken:
            assert [receiver for receiver, _ in signal.send("sender", [])] == [first]
            with block:
                assert signal.is_muted
        else:
            block.__exit__(None, None, None)
    assert at > 5


class Large:
    """Of a size that little else has, so that the next is made where the last one was."""

    __slots__ = ("__weakref__", *(f"slot{number}" for number in range(40)))


class LargeReceiver(Large):
    """A receiver whose id the next one inherits."""

    __slots__ = ()

    def __call__(self, sender: object, heard: Heard) -> None:
        """Say nothing."""


LargeT = TypeVar("LargeT", bound=Large)


def heirs_of(before: int, kind: type[LargeT]) -> Iterator[LargeT]:
    """The new one that has this id, if there is one."""
    return (each for each in [kind() for _ in range(100)] if id(each) == before)


@interrupting
@pytest.mark.refcounts
@pytest.mark.filterwarnings("ignore::typedsig.LostReceiverWarning")
@pytest.mark.parametrize("sender", [ANY, "sender"])
@pytest.mark.parametrize("others", [[], [named("other")]], ids=["alone", "beside another"])
def test_a_receiver_is_not_taken_for_a_dead_one_whose_id_it_inherited(others: list[Any], sender: Any) -> None:
    """Wherever it is connected while a send takes the dead one out of the table."""
    inherited = at = 0
    was_interrupted = True
    while was_interrupted:
        at += 1
        signal: Signal[Any, ..., Any] = Signal()
        first = LargeReceiver()
        before = id(first)
        for other in others:
            signal.connect(other, sender)
        signal.connect(first, sender)
        del first
        heirs: list[LargeReceiver] = []

        def connect_heir(
            signal: Signal[Any, ..., Any] = signal, before: int = before, heirs: list[LargeReceiver] = heirs
        ) -> None:
            heirs += heirs_of(before, LargeReceiver)
            for heir in heirs:
                signal.connect(heir, sender)

        interruption = Interruption(connect_heir, at)
        with interrupted(interruption):
            signal.send("sender", [])
        was_interrupted = interruption.left <= 0
        inherited += len(heirs)
        assert signal.receivers == [*others, *heirs], f"interrupted before line {at}"
        assert [receiver for receiver, _ in signal.send("sender", [])] == [*others, *heirs]
    assert inherited, "no id was inherited, so nothing was tested"


@interrupting
@pytest.mark.refcounts
def test_a_sender_is_not_taken_for_a_dead_one_whose_id_it_inherited() -> None:
    """Wherever a receiver is connected to it while a send takes the dead one out of the table."""
    inherited = at = 0
    was_interrupted = True
    while was_interrupted:
        at += 1
        signal: Signal[Any, ..., Any] = Signal()
        old, new = named("old"), named("new")
        first = Large()
        before = id(first)
        signal.connect(old, first)
        del first
        heirs: list[Large] = []

        def connect_heir(
            signal: Signal[Any, ..., Any] = signal, before: int = before, heirs: list[Large] = heirs, new: Any = new
        ) -> None:
            heirs += heirs_of(before, Large)
            for heir in heirs:
                signal.connect(new, heir)

        interruption = Interruption(connect_heir, at)
        with interrupted(interruption):
            signal.send("sender", [])
        was_interrupted = interruption.left <= 0
        inherited += len(heirs)
        for heir in heirs:
            heard: Heard = []
            signal.send(heir, heard)
            assert heard == ["new"], f"interrupted before line {at}"
            assert signal.receivers == signal.receivers_for(heir) == [new], f"interrupted before line {at}"
    assert inherited, "no id was inherited, so nothing was tested"


@interrupting
@pytest.mark.refcounts
def test_a_send_meets_no_receivers_of_a_dead_sender_wherever_another_takes_them_out() -> None:
    at = 0
    was_interrupted = True
    while was_interrupted:
        at += 1
        signal = Signal[Any, [Heard]]()
        old, of_another = named("old"), named("of another")
        sender, another = Large(), Sender()
        signal.connect(old, sender)
        signal.connect(of_another, another)
        signal.emit(sender, [])
        signal.emit(another, [])
        before = id(sender)
        del sender
        heir = next(heirs_of(before, Large))
        interruption = Interruption(functools.partial(signal.emit, another, []), at)
        heard: Heard = []
        with interrupted(interruption):
            signal.emit(heir, heard)
        was_interrupted = interruption.left <= 0
        assert heard == [], f"interrupted before line {at}"
    assert at > 10


@interrupting
@pytest.mark.refcounts
def test_what_is_connected_strongly_in_the_middle_of_a_disconnect_dies_with_its_sender() -> None:
    at = 0
    was_interrupted = True
    while was_interrupted:
        at += 1
        signal = Signal[Any, [Heard]]()
        sender, first, strong = Sender(), named("first"), named("strong")
        signal.connect(first, sender)
        interruption = Interruption(functools.partial(signal.connect, strong, sender, weak=False), at)
        with interrupted(interruption):
            signal.disconnect(first, sender)
        was_interrupted = interruption.left <= 0
        heard: Heard = []
        signal.emit(sender, heard)
        assert heard == ["strong"] * was_interrupted, f"interrupted before line {at}"
        alive = ref(strong)
        del strong, interruption, sender
        gc.collect()  # a tracer of before Python 3.12 is a cycle that keeps the interruption
        assert alive() is None, f"interrupted before line {at}"
    assert at > 10


@interrupting
def test_what_is_connected_in_the_middle_of_a_disconnect_that_had_been_done_stays_connected() -> None:
    at = 0
    was_interrupted = True
    while was_interrupted:
        at += 1
        signal = Signal[Any, [Heard]]()
        sender, first, second = Sender(), named("first"), named("second")
        signal.connect(first, sender)

        def replace(
            signal: Signal[Any, [Heard]] = signal, first: Any = first, second: Any = second, sender: Sender = sender
        ) -> None:
            signal.disconnect(first, sender)
            signal.connect(second, sender)

        interruption = Interruption(replace, at)
        with interrupted(interruption):
            signal.disconnect(first, sender)
        was_interrupted = interruption.left <= 0
        heard: Heard = []
        signal.emit(sender, heard)
        assert heard == ["second"] * was_interrupted, f"interrupted before line {at}"
    assert at > 10


@interrupting
@pytest.mark.refcounts
def test_nobody_is_told_of_a_disconnection_from_a_sender_that_died_meanwhile() -> None:
    at = 0
    was_interrupted = True
    told: list[object] = []

    def listen(of: object, *, receiver: object, sender: object) -> None:
        told.append(sender)

    while was_interrupted:
        at += 1
        signal = Signal[Any, [Heard]]()
        signal.receiver_disconnected.connect(listen)
        receiver, senders = named("receiver"), [Sender()]
        signal.connect(receiver, senders[0])
        told.clear()
        interruption = Interruption(senders.clear, at)
        with interrupted(interruption):
            answer = signal.disconnect(receiver)
        was_interrupted = interruption.left <= 0
        assert answer is bool(told), f"interrupted before line {at}"
        assert None not in told, f"interrupted before line {at}"
    assert at > 10


@interrupting
@pytest.mark.refcounts
@pytest.mark.parametrize("apart", [1, 2, 3, 4, 5])
def test_no_death_is_forgotten_where_a_signal_handler_raises_soon_after(apart: int) -> None:
    at, broken = 0, True
    while broken:
        at += 1
        signal = Signal[Any, [Heard]]()
        receiver = named("receiver")
        dead, senders = Sender(), [Sender()]
        signal.connect(receiver, dead)
        signal.connect(receiver, senders[0])
        del dead
        broken = False
        try:
            with interrupted(twice(senders.clear, at, sound, apart)):
                _ = signal.has_receivers
        except Alarm:
            broken = True
        unlock()
        senders.clear()
        assert not signal.has_receivers, f"death before line {at}"
        assert not signal._buckets, f"death before line {at}"
    assert at > 5


def test_a_death_that_another_thread_notes_as_one_is_struck_off_stays_on_the_list() -> None:
    class Deaths(list[Any]):
        def pop(self, index: Any = -1) -> Any:
            self.append("newer")
            return super().pop(index)

    deaths = Deaths(["older", "last"])
    _table._strike("last", deaths)  # type: ignore[arg-type]  # any object will do
    assert "newer" in deaths


@pytest.mark.refcounts
def test_no_destructor_of_what_dies_with_a_connection_runs_under_the_lock() -> None:
    locked: list[bool] = []

    class Tattler:
        def __del__(self) -> None:
            locked.append(_lock._lock._is_owned())  # type: ignore[attr-defined]  # typeshed does not know it

    def method_with(tattler: Tattler) -> Callable[[object, object, Heard], None]:
        return lambda self, sender, heard: heard.append(str(tattler))

    signal = Signal[Any, [Heard]]()
    owners, receiver = [Sender(), Sender()], named("receiver")
    signal.connect(MethodType(method_with(Tattler()), owners[0]))
    signal.connect(MethodType(method_with(Tattler()), owners[1]))
    signal.emit("sender", [])
    signal.connect(receiver, (Tattler(),))
    del receiver
    owners.clear()
    assert not signal.has_receivers
    signal.emit("sender", [])
    assert locked == [False] * 3


@pytest.mark.refcounts
def test_a_sender_is_not_taken_for_a_dead_one_that_nobody_told_of() -> None:
    """PyPy may give the memory away first."""
    signal = Signal[Any, [Heard]]()
    old, new = named("old"), named("new")
    sender: Large | None = Large()
    signal.connect(old, sender)
    before = id(sender)
    sender = None
    assert signal._dead
    signal._dead.clear()
    sender = next(heirs_of(before, Large))
    assert not signal.has_receivers_for(sender)
    with signal.connected_to(old, sender):
        signal.connect(new, sender)
    heard: Heard = []
    signal.emit(sender, heard)
    assert heard == ["new"]


@interrupting
@pytest.mark.refcounts
def test_a_new_sender_is_not_taken_for_one_whose_death_could_not_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python ignores a Ctrl-C in the callback that tells of the death, and the new one may have the same id."""
    ignored: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: ignored.append(unraisable.exc_type))
    signal = Signal[Any, [Heard]]()
    old, new = named("old"), named("new")
    sender: Large | None = Large()
    signal.connect(old, sender, weak=False)
    signal.emit(sender, [])
    before = id(sender)

    def press_ctrl_c() -> None:
        raise KeyboardInterrupt

    with interrupted(Interruption(press_ctrl_c, 1)):
        sender = None
    assert ignored == [KeyboardInterrupt]
    sender = next(heirs_of(before, Large))
    assert signal.receivers_for(sender) == []
    heard: Heard = []
    signal.emit(sender, heard)
    assert heard == []
    signal.connect(new, sender)
    signal.emit(sender, heard)
    assert heard == ["new"]
