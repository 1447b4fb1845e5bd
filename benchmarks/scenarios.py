"""What is measured: one scenario is one row of the table."""

import gc
import importlib.util
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import Any

import blinker
import django.dispatch
import events
import psygnal
import pyee

from typedsig import Signal

from . import peers, subjects
from .measure import Case, stopwatch
from .sending import NOTHING, OURS, Goals, Scenario, Sending, goals, methods, receivers, sends
from .subjects import Payload, Sender, Subject, function

SENDS: tuple[type[Subject], ...] = (
    *OURS,
    peers.Blinker, peers.Django, peers.DjangoCached, peers.Psygnal, peers.PsygnalEmit, peers.Pyee,
    peers.Events, peers.PyDispatcher, peers.PyPubSub,
)  # fmt: skip

ASYNC_SENDS: tuple[type[Subject], ...] = (
    subjects.AsyncLoop,
    subjects.AsyncDeclaredSend, subjects.AsyncDeclaredEmit, subjects.AsyncUndeclaredSend, subjects.AsyncUndeclaredEmit,
    peers.AsyncBlinker, peers.AsyncDjango, peers.Aiosignal,
)  # fmt: skip

# Where send and emit make no difference, they are called by what does.
DECLARED, UNDECLARED = "declared", "undeclared"
SIGNALS: dict[str, type[Subject]] = {
    DECLARED: subjects.DeclaredSend,
    UNDECLARED: subjects.UndeclaredSend,
    **{
        one.name.removesuffix(" emit_fast"): one
        for one in (peers.Blinker, peers.Django, peers.Psygnal, peers.Pyee, peers.Events,
                    peers.PyDispatcher, peers.PyPubSub)
    },
}  # fmt: skip


class Growth(Scenario):
    """The same for many, in units of what it costs each for few."""

    def __init__(self, title: str, many: Scenario, few: Scenario, *, goals: Goals | None = None) -> None:
        super().__init__(title, goals=goals)
        self.many, self.few = many, few
        self.rounds = many.rounds
        self.slow = many.slow

    def cases(self) -> dict[str, Case]:
        many = self.many.cases()
        return {f"few: {name}": case for name, case in self.few.cases().items() if name in many} | many

    def share(self, name: str) -> int:
        return self.few.each if name.startswith("few: ") else self.many.each

    def one(self, name: str) -> str:
        return f"few: {name.removeprefix('few: ')}"


class Recursion(Sending):
    """A receiver that sends the signal it receives, so many times deep; the cost of one level."""

    depth = 100
    each = depth + 1

    def case(self, kind: type[Subject]) -> Case:
        subject = kind(self.payload)
        scope: dict[str, Any] = {}
        parameters = kind.receiving.format(parameters=self.payload.received)
        depth = "kwargs['depth']" if "**" in parameters else "depth"
        receiver = function(parameters, f"if {depth}: {kind.call(self.payload, f'{depth} - 1')}", scope=scope)
        subject.connect(receiver)
        scope |= {**subject.names(Sender()), "kept": receiver}
        return stopwatch(kind.call(self.payload, str(self.depth)), scope)


class Threads(Sending):
    """Eight threads send while a ninth connects and disconnects all the time; the cost of one send."""

    rounds = 3
    slow = True
    senders_at_once = 8
    sends = 5_000
    each = senders_at_once * sends

    def case(self, kind: type[Subject]) -> Case:
        subject = kind(self.payload)
        kept = receivers(kind, self.payload, self.count)
        for receiver in kept:
            subject.connect(receiver)
        send = stopwatch(kind.call(self.payload), subject.names(Sender()))
        late = receivers(kind, self.payload, 1)[0]

        def run(times: int) -> float:
            done = threading.Event()
            failed: list[BaseException] = []

            def watched(target: Callable[[], object]) -> threading.Thread:
                def watch() -> None:
                    try:
                        target()
                    except Exception as error:  # noqa: BLE001  # raised by the main thread
                        failed.append(error)

                return threading.Thread(target=watch)

            def connecting() -> None:
                while not done.is_set():
                    subject.connect(late)
                    subject.disconnect(late)

            threads = [watched(lambda: send(self.sends * times)) for _ in range(self.senders_at_once)]
            other = watched(connecting)
            start = perf_counter_ns()
            for thread in [other, *threads]:
                thread.start()
            for thread in threads:
                thread.join()
            spent = perf_counter_ns() - start
            done.set()
            other.join()
            if failed and kept:
                raise failed[0]
            return spent

        return run


class Connecting(Scenario):
    """Connect and disconnect one receiver, so many others being connected."""

    def __init__(self, title: str, count: int, *, goals: Goals | None = None) -> None:
        super().__init__(title, against="blinker", goals=goals)
        self.count = count
        self.slow = count > 1000

    def cases(self) -> dict[str, Case]:
        return {name: self.case(kind) for name, kind in SIGNALS.items() if self.fits(kind)}

    def fits(self, subject: type[Subject]) -> bool:
        return subject.most is None or self.count <= subject.most

    def case(self, kind: type[Subject]) -> Case:
        subject = kind(NOTHING)
        kept = receivers(kind, NOTHING, self.count)
        for receiver in kept:
            subject.connect(receiver)
        late = receivers(kind, NOTHING, 1)[0]
        names = {"connect": subject.connect, "disconnect": subject.disconnect, "late": late, "kept": kept}
        return stopwatch("connect(late); disconnect(late)", names)


class Burst(Connecting):
    """Connect so many, then send once; the cost for each receiver."""

    rounds = 5

    def __init__(self, title: str, count: int) -> None:
        super().__init__(title, count)
        self.each = count

    def case(self, kind: type[Subject]) -> Case:
        kept = receivers(kind, NOTHING, self.count)

        def run(times: int) -> float:
            spent = 0.0
            for _ in range(times):
                subject = kind(NOTHING)
                start = perf_counter_ns()
                for receiver in kept:
                    subject.connect(receiver)
                spent += perf_counter_ns() - start
                names = subject.names(Sender())
                spent += stopwatch(kind.call(NOTHING), names)(1)
            return spent

        return run


class Dying(Connecting):
    """So many weakly connected receivers die, then the signal is sent once; the cost for each."""

    rounds = 10

    def __init__(self, title: str, count: int) -> None:
        super().__init__(title, count)
        self.each = count

    def fits(self, subject: type[Subject]) -> bool:
        return super().fits(subject) and "s" not in subject.lacks

    def case(self, kind: type[Subject]) -> Case:
        owner = type("Owner", (), {"react": function("self, " + kind.receiving.format(parameters=""))})

        def run(times: int) -> float:
            spent = 0.0
            for _ in range(times):
                subject = kind(NOTHING)
                owners = [owner() for _ in range(self.count)]
                for one in owners:
                    subject.connect(one.react)
                del one
                send = stopwatch(kind.call(NOTHING), subject.names(Sender()))
                send(1)
                start = perf_counter_ns()
                owners.clear()
                spent += perf_counter_ns() - start + send(1)
            return spent

        return run


class Making(Scenario):
    """Make a signal."""

    def cases(self) -> dict[str, Case]:
        return {
            UNDECLARED: stopwatch("Signal()", {"Signal": Signal}),
            "blinker": stopwatch("Signal()", {"Signal": blinker.Signal}),
            "Django": stopwatch("Signal()", {"Signal": django.dispatch.Signal}),
            "psygnal": stopwatch("SignalInstance((object,))", {"SignalInstance": psygnal.SignalInstance}),
            "pyee": stopwatch("EventEmitter()", {"EventEmitter": pyee.EventEmitter}),
            "events": stopwatch("Events()", {"Events": events.Events}),
            DECLARED: stopwatch("Signal(prototype)", {"Signal": Signal, "prototype": function("sender, *, path")}),
        }


class Declaring(Scenario):
    """Declare 300 different signals, as programs do when they are imported; the cost of one."""

    unit = "µs"
    rounds = 10
    each = 300

    def cases(self) -> dict[str, Case]:
        def declare(times: int) -> float:
            spent = 0.0
            for _ in range(times):
                prototypes = [function("sender, *, path") for _ in range(self.each)]
                start = perf_counter_ns()
                _signals = [Signal(prototype) for prototype in prototypes]
                spent += perf_counter_ns() - start
            return spent

        theirs = stopwatch("Signal(doc='...')", {"Signal": blinker.Signal})
        return {DECLARED: declare, "blinker": lambda times: theirs(times * self.each)}


class FirstSend(Scenario):
    """The first `send` of a declared signal, which is when it is made."""

    unit = "µs"
    rounds = 10
    each = 20

    def __init__(self, title: str, *, new: bool) -> None:
        super().__init__(title, against=None)
        self.new = new
        self.made = 0

    def cases(self) -> dict[str, Case]:
        def send(times: int) -> float:
            spent = 0.0
            for _ in range(times * self.each):
                self.made += self.new
                name = f"path_{self.made}"
                signal: Any = Signal(function(f"sender, *, {name}"))
                payload = {name: "a.txt"}
                sender = Sender()
                start = perf_counter_ns()
                signal.send(sender, **payload)
                spent += perf_counter_ns() - start
            return spent

        return {DECLARED: send}


def allocated(make: Callable[[], object]) -> int:
    """The bytes that are still in use after this was called, while what it returned is kept."""
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size


class Bytes(Scenario):
    """What one of a thousand costs in memory."""

    unit = "bytes"
    rounds = 1
    count = 1000

    def __init__(self, title: str, *, goals: Goals | None = None) -> None:
        super().__init__(title, against=None, goals=goals)


class ConnectionBytes(Bytes):
    """A connection, after a send."""

    def __init__(
        self, title: str, make: Callable[[type[Subject], Payload, int], list[Any]], *, goals: Goals | None = None
    ) -> None:
        super().__init__(title, goals=goals)
        self.make = make

    def cases(self) -> dict[str, Case]:
        return {name: self.case(kind) for name, kind in SIGNALS.items()}

    def case(self, kind: type[Subject]) -> Case:
        def measure(times: int) -> float:
            warm, subject = kind(NOTHING), kind(NOTHING)
            kept = self.make(kind, NOTHING, self.count)
            send = stopwatch(kind.call(NOTHING), subject.names(Sender()))
            for receiver in kept:  # so that what receivers and classes themselves get is not counted
                warm.connect(receiver)
            stopwatch(kind.call(NOTHING), warm.names(Sender()))(1)

            def connect() -> None:
                for receiver in kept:
                    subject.connect(receiver)
                send(1)

            return allocated(connect) / self.count

        return measure


class SignalBytes(Bytes):
    """A signal to which nobody ever connected."""

    def cases(self) -> dict[str, Case]:
        makers: dict[str, Callable[[], object]] = {
            UNDECLARED: Signal,
            "blinker": blinker.Signal,
            "Django": django.dispatch.Signal,
            "psygnal": lambda: psygnal.SignalInstance((object,)),
            "pyee": pyee.EventEmitter,
            "events": events.Events,
        }
        prototypes = iter([function("sender, *, path") for _ in range(self.count)])
        makers[DECLARED] = lambda: Signal(next(prototypes))
        return {name: self.case(make) for name, make in makers.items()}

    def case(self, make: Callable[[], object]) -> Case:
        def measure(times: int) -> float:
            make_all: Callable[[], object] = lambda: [make() for _ in range(self.count)]  # noqa: E731
            empty = allocated(lambda: [None for _ in range(self.count)])
            return (allocated(make_all) - empty) / self.count

        return measure


class OwnerBytes(Bytes):
    """What ten signals add to an instance that uses each once, while nobody is connected."""

    def cases(self) -> dict[str, Case]:
        ours = {f"signal_{index}": Signal.method(function("self, *, path")) for index in range(10)}
        theirs = {f"signal_{index}": psygnal.Signal(object) for index in range(10)}
        return {
            DECLARED: self.case(ours, lambda signal: signal.send(path="a.txt")),
            "psygnal": self.case(theirs, lambda signal: signal.emit("a.txt")),
        }

    def case(self, signals: dict[str, Any], send: Callable[[Any], object]) -> Case:
        kind, plain = type("Owner", (), {**signals}), type("Plain", (), {})

        def use(owner: Any) -> object:
            for name in signals:
                send(getattr(owner, name))
            return owner

        def measure(times: int) -> float:
            costs: list[int] = []
            for _ in range(
                5
            ):  # what CPython learns from calls, and allocates otherwise at times, is not the instances'
                without = allocated(lambda: [plain() for _ in range(self.count)])
                costs.append(allocated(lambda: [use(kind()) for _ in range(self.count)]) - without)
            return median(costs) / self.count

        return measure


class Importing(Scenario):
    """Import the package in an interpreter that has imported nothing."""

    unit = "µs"
    rounds = 15

    def cases(self) -> dict[str, Case]:
        modules = {name: kind.module for name, kind in SIGNALS.items() if name != UNDECLARED and kind.module}
        return {name: self.case(module) for name, module in modules.items()} | {"aiosignal": self.case("aiosignal")}

    def case(self, module: str) -> Case:
        paths = list(dict.fromkeys(map(str, map(self.folder, (module, "typing_extensions")))))
        program = (
            f"import sys, time; sys.path[:0] = {paths!r}; start = time.perf_counter_ns(); "
            f"import {module}; print(time.perf_counter_ns() - start)"
        )
        command = [sys.executable, "-I", "-S", "-c", program]

        def run(times: int) -> float:
            spent = 0
            for _ in range(times):
                spent += int(subprocess.run(command, check=True, capture_output=True).stdout)
            return spent

        return run

    @staticmethod
    def folder(module: str) -> Path:
        spec = importlib.util.find_spec(module.partition(".")[0])
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(module)
        return Path(spec.origin).parents[len(spec.submodule_search_locations or ()) and 1]


def scenarios() -> Iterable[Scenario]:
    """All rows, in the order of the table."""
    yield from sends(SENDS)
    yield Sending("await, 10 coroutine functions", 10, of=ASYNC_SENDS, goals=goals(1.6, 1.3))
    yield Sending("await, nobody connected", of=ASYNC_SENDS)
    yield Recursion("sent again by its receiver, 100 deep", payload=Payload(("depth",)), of=SENDS)
    yield Threads("8 threads send to 10 functions, one connects", 10, of=SENDS)

    flat: Goals = {DECLARED: 0.9, UNDECLARED: 0.9}
    for count in (10, 100, 1000, 10_000):
        yield Connecting(f"connect and disconnect, {count:_} connected".replace("_", " "), count, goals=flat)
    many, few = Connecting("", 10_000), Connecting("", 10)
    yield Growth("the same, 10 000 connected against 10", many, few, goals={DECLARED: 1.1, UNDECLARED: 1.1})
    yield Burst("10 000 connect, then one send", 10_000)
    yield Dying("1 000 receivers die", 1000)
    twice: Goals = {DECLARED: 2, UNDECLARED: 2}
    yield Growth("the same, 10 000 against 1 000", Dying("", 10_000), Dying("", 1000), goals=twice)
    yield Making("make a signal", against="blinker")
    yield Declaring("declare one of 300 different signals", against=None, goals={DECLARED: 50})
    yield FirstSend("first send, known shape", new=False)
    yield FirstSend("first send, new shape", new=True)
    yield Importing("import", against="blinker", goals={DECLARED: (0.5, 1.2)})
    yield ConnectionBytes("bytes: connection of a function", receivers, goals={DECLARED: 360, UNDECLARED: 360})
    yield ConnectionBytes("bytes: connection of a method", methods, goals={DECLARED: 420, UNDECLARED: 420})
    yield SignalBytes("bytes: idle signal", goals={DECLARED: 600, UNDECLARED: 200})
    yield OwnerBytes("bytes: instance of a class with 10 signals", goals={DECLARED: 0})
