"""What is measured: one scenario is one row of the table."""

import gc
import importlib.util
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any, ClassVar

import blinker
import psygnal

from typedsig import Signal

from . import subjects
from .measure import Case, stopwatch
from .subjects import Payload, Sender, Subject, function

Goals = dict[str, float | tuple[float, float]]
"""By subject what is to be reached; a pair is for Python 3.12 and later, and for those before."""

NOTHING = Payload()
KEYWORD = Payload(("path",))
KEYWORDS = Payload(("path", "size", "user", "reason"))
DEPTH = Payload(("depth",))
POSITIONAL = Payload(("path",), positional=True)

SENDS: tuple[type[Subject], ...] = (
    subjects.Loop, subjects.SpelledLoop,
    subjects.DeclaredSend, subjects.DeclaredEmit, subjects.UndeclaredSend, subjects.UndeclaredEmit,
    subjects.Blinker, subjects.Django, subjects.DjangoCached, subjects.Psygnal, subjects.PsygnalEmit, subjects.Pyee,
    subjects.Events, subjects.PyDispatcher, subjects.PyPubSub,
)  # fmt: skip

ASYNC_SENDS: tuple[type[Subject], ...] = (
    subjects.AsyncLoop,
    subjects.AsyncDeclaredSend, subjects.AsyncDeclaredEmit, subjects.AsyncUndeclaredSend, subjects.AsyncUndeclaredEmit,
    subjects.AsyncBlinker, subjects.AsyncDjango, subjects.Aiosignal,
)  # fmt: skip

# Where send and emit make no difference, they are called by what does.
DECLARED, UNDECLARED = "declared", "undeclared"
SIGNALS: dict[str, type[Subject]] = {
    DECLARED: subjects.DeclaredSend,
    UNDECLARED: subjects.UndeclaredSend,
    **{
        one.name.removesuffix(" emit_fast"): one
        for one in (subjects.Blinker, subjects.Django, subjects.Psygnal, subjects.Pyee, subjects.Events,
                    subjects.PyDispatcher, subjects.PyPubSub)
    },
}  # fmt: skip


def goals(send: float, emit: float | tuple[float, float], undeclared: tuple[float, float] | None = None) -> Goals:
    """The goals of sends, as ratios to the bare loop."""
    found: Goals = {"send": send, "emit": emit}
    if undeclared is not None:
        found["undeclared send"], found["undeclared emit"] = undeclared
    return found


class Scenario:
    unit: ClassVar[str] = "ns"
    each: int = 1
    """How many things one run of a case does; the cost of one is shown."""
    rounds: int | None = None
    """Fewer rounds than the run has, where one is enough or takes long."""
    slow: bool = False
    """Left out of a quick run."""

    def __init__(self, title: str, *, against: str | None = "bare loop", goals: Goals | None = None) -> None:
        self.title = title
        self.against = against
        self.goals = goals or {}

    def one(self, name: str) -> str | None:
        """Whose cost is 1 for this subject; None: the cost itself is shown."""
        return self.against

    def share(self, name: str) -> int:
        """How many things one run of this case does."""
        return self.each

    def cases(self) -> dict[str, Case]:
        """What to measure, by the name of the subject."""
        raise NotImplementedError


def receivers(subject: type[Subject], payload: Payload, count: int, body: str = "pass") -> list[Any]:
    parameters = subject.receiving.format(parameters=payload.received)
    return [function(parameters, body, asynchronous=subject.asynchronous) for _ in range(count)]


def methods(subject: type[Subject], payload: Payload, count: int) -> list[Any]:
    """Bound methods of as many objects."""
    parameters = "self, " + subject.receiving.format(parameters=payload.received)
    return [
        type("Owner", (), {"react": function(parameters, asynchronous=subject.asynchronous)})().react
        for _ in range(count)
    ]


class Sending(Scenario):
    """One send."""

    def __init__(
        self,
        title: str,
        count: int = 0,
        payload: Payload = NOTHING,
        *,
        of: Sequence[type[Subject]] = SENDS,
        make: Callable[[type[Subject], Payload, int], list[Any]] = receivers,
        senders: int = 0,
        muted: bool = False,
        against: str | None = "bare loop",
        goals: Goals | None = None,
    ) -> None:
        super().__init__(title, against=against, goals=goals)
        self.count, self.payload, self.make = count, payload, make
        self.of = [one.filtered() if senders and issubclass(one, subjects.Loop) else one for one in of]
        self.senders, self.muted = senders, muted
        self.slow = senders > 100

    def cases(self) -> dict[str, Case]:
        return {one.name: self.case(one) for one in self.of if self.fits(one)}

    def fits(self, subject: type[Subject]) -> bool:
        return (
            subject.can(self.payload)
            and (not self.senders or subject.filters)
            and (not self.muted or subject.mute is not Subject.mute)
            and (subject.most is None or max(self.senders, self.count) <= subject.most)
        )

    def case(self, kind: type[Subject]) -> Case:
        subject = kind(self.payload)
        sender = Sender()
        found = self.make(kind, self.payload, self.count)
        others = [Sender() for _ in range(self.senders - 1)]
        for of in [*others, sender] if self.senders else [None]:
            for receiver in found:
                subject.connect(receiver, of)
        kept: list[object] = [found, others]
        if self.muted:
            kept.append(subject.mute())
        subject.prepare()
        names = subject.names(sender) | {name: index for index, name in enumerate(self.payload.names)}
        return stopwatch(kind.call(self.payload), {**names, "kept": kept}, asynchronous=kind.asynchronous)


class Bound(Sending):
    """``document.changed.send(...)`` in units of ``changed.send(document, ...)``."""

    def cases(self) -> dict[str, Case]:
        unbound = {f"unbound {one.name}": self.case(one) for one in (subjects.DeclaredSend, subjects.DeclaredEmit)}
        return unbound | {one.name: self.case(one) for one in (subjects.BoundSend, subjects.BoundEmit)}

    def one(self, name: str) -> str:
        return f"unbound {name.removeprefix('unbound ')}"


class Growth(Scenario):
    """The same for many, in units of what it costs each for few."""

    def __init__(self, title: str, many: Scenario, few: Scenario, *, goals: Goals | None = None) -> None:
        super().__init__(title, goals=goals)
        self.many, self.few = many, few
        self.rounds = many.rounds
        self.slow = many.slow

    def cases(self) -> dict[str, Case]:
        few = {f"few: {name}": case for name, case in self.few.cases().items()}
        return few | self.many.cases()

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
        return {name: self.case(kind) for name, kind in SIGNALS.items()}

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

    def cases(self) -> dict[str, Case]:
        weak = {name: kind for name, kind in SIGNALS.items() if "s" not in kind.lacks}
        return {name: self.case(kind) for name, kind in weak.items()}

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
            "Django": stopwatch("Signal()", {"Signal": subjects.django.dispatch.Signal}),
            "psygnal": stopwatch("SignalInstance((object,))", {"SignalInstance": psygnal.SignalInstance}),
            "pyee": stopwatch("EventEmitter()", {"EventEmitter": subjects.pyee.EventEmitter}),
            "events": stopwatch("Events()", {"Events": subjects.events.Events}),
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
                signals = []
                start = perf_counter_ns()
                for prototype in prototypes:
                    signals.append(Signal(prototype))
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
            "Django": subjects.django.dispatch.Signal,
            "psygnal": lambda: psygnal.SignalInstance((object,)),
            "pyee": subjects.pyee.EventEmitter,
            "events": subjects.events.Events,
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
            use(kind())
            without = allocated(lambda: [plain() for _ in range(self.count)])
            return (allocated(lambda: [use(kind()) for _ in range(self.count)]) - without) / self.count

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
                spent += int(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603  # our text
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
    yield Sending("nobody connected", goals=goals(1.15, (0.85, 0.95), (1.5, 1.25)))
    yield Sending("nobody connected, 1 keyword", 0, KEYWORD)
    yield Sending("1 function", 1, goals=goals(2.0, 1.45, (2.4, 2.0)))
    for count in (10, 100, 1000):
        yield Sending(f"{count} functions", count, goals=goals(3.0, 1.8, (3.1, 1.9)))
    yield Sending("10 bound methods", 10, make=methods, goals=goals(5.7, 1.8, (5.7, 1.9)))
    yield Sending("1 function, 1 keyword", 1, KEYWORD, goals=goals(0.65, 0.5, (1.6, 1.35)))
    yield Sending("10 functions, 1 keyword", 10, KEYWORD, goals=goals(0.62, (0.36, 0.44), (0.9, 0.65)))
    yield Sending("10 functions, 4 keywords", 10, KEYWORDS, goals=goals(0.56, (0.36, 0.44), (0.85, 0.62)))
    yield Sending("10 functions, 1 positional", 10, POSITIONAL)
    for count in (1, 100, 10_000, 100_000):
        title = f"filtered, {count:_} sender{'s' if count > 1 else ''}".replace("_", " ")
        yield Sending(title, 1, senders=count, goals=goals(2.5, 1.7, (2.6, 1.8)))
    yield Sending("muted, 100 functions", 100, muted=True, goals=goals(1.1, 0.8, (1.4, 1.1)))
    yield Sending("await, 10 coroutine functions", 10, of=ASYNC_SENDS, goals=goals(1.6, 1.3))
    yield Sending("await, nobody connected", of=ASYNC_SENDS)
    yield Bound("bound, 1 function, 1 keyword", 1, KEYWORD, goals=goals(2, 2))
    yield Bound("bound, nobody connected", goals=goals(2, 2))
    yield Recursion("sent again by its receiver, 100 deep", payload=DEPTH)
    yield Threads("8 threads send to 10 functions, one connects", 10)

    flat: Goals = {DECLARED: 0.9, UNDECLARED: 0.9}
    for count in (10, 100, 1000, 10_000):
        yield Connecting(f"connect and disconnect, {count:_} connected".replace("_", " "), count, goals=flat)
    yield Growth("the same, 10 000 connected against 10", Connecting("", 10_000), Connecting("", 10), goals={DECLARED: 1.1})
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
