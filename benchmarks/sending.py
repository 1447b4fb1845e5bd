"""One send: the scenarios that are counted as well as timed."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from . import subjects
from .measure import Case, stopwatch
from .subjects import Payload, Sender, Subject, function

Goals = dict[str, float | tuple[float, float]]
"""By subject what is to be reached; a pair is for Python 3.12 and later, and for those before."""

NOTHING = Payload()
KEYWORD = Payload(("path",))
KEYWORDS = Payload(("path", "size", "user", "reason"))
POSITIONAL = Payload(("path",), positional=True)


OURS: tuple[type[Subject], ...] = (
    subjects.Loop, subjects.SpelledLoop,
    subjects.DeclaredSend, subjects.DeclaredEmit, subjects.UndeclaredSend, subjects.UndeclaredEmit,
)  # fmt: skip


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
        of: Sequence[type[Subject]],
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


class InTurn(Sending):
    """As many senders, each with a receiver of its own, send one after the other; the cost of one send."""

    def __init__(self, title: str, *, of: Sequence[type[Subject]], senders: int) -> None:
        super().__init__(title, 1, of=of, senders=senders)
        self.each = senders

    def case(self, kind: type[Subject]) -> Case:
        subject = kind(self.payload)
        senders = [Sender() for _ in range(self.senders)]
        kept = [self.make(kind, self.payload, self.count) for _ in senders]
        for sender, found in zip(senders, kept, strict=True):
            for receiver in found:
                subject.connect(receiver, sender)
        subject.prepare()
        names = {**subject.names(None), "senders": senders, "kept": kept}
        return stopwatch(f"for sender in senders: {kind.call(self.payload)}", names)


class Bound(Sending):
    """``document.changed.send(...)`` in units of ``changed.send(document, ...)``."""

    def cases(self) -> dict[str, Case]:
        unbound = {f"unbound {one.name}": self.case(one) for one in (subjects.DeclaredSend, subjects.DeclaredEmit)}
        return unbound | {one.name: self.case(one) for one in (subjects.BoundSend, subjects.BoundEmit)}

    def one(self, name: str) -> str:
        return f"unbound {name.removeprefix('unbound ')}"


def sends(of: Sequence[type[Subject]]) -> Iterable[Scenario]:
    """The rows about plain sends."""
    yield Sending("nobody connected", of=of, goals=goals(1.15, (0.85, 0.95), (1.5, 1.25)))
    yield Sending("nobody connected, 1 keyword", 0, KEYWORD, of=of)
    yield Sending("1 function", 1, of=of, goals=goals(2.0, 1.45, (2.4, 2.0)))
    for count in (10, 100, 1000):
        yield Sending(f"{count} functions", count, of=of, goals=goals(3.0, 1.8, (3.1, 1.9)))
    yield Sending("10 bound methods", 10, of=of, make=methods, goals=goals(5.7, 1.8, (5.7, 1.9)))
    yield Sending("1 function, 1 keyword", 1, KEYWORD, of=of, goals=goals(0.65, 0.5, (1.6, 1.35)))
    yield Sending("10 functions, 1 keyword", 10, KEYWORD, of=of, goals=goals(0.62, (0.36, 0.44), (0.9, 0.65)))
    yield Sending("10 functions, 4 keywords", 10, KEYWORDS, of=of, goals=goals(0.56, (0.36, 0.44), (0.85, 0.62)))
    yield Sending("10 functions, 1 positional", 10, POSITIONAL, of=of)
    for count in (1, 100, 10_000, 100_000):
        title = f"filtered, {count:_} sender{'s' if count > 1 else ''}".replace("_", " ")
        yield Sending(title, 1, of=of, senders=count, goals=goals(2.5, 1.7, (2.6, 1.8)))
    yield InTurn("filtered, 100 senders in turn", of=of, senders=100)
    yield Sending("muted, 100 functions", 100, of=of, muted=True, goals=goals(1.1, 0.8, (1.4, 1.1)))
    yield Bound("bound, 1 function, 1 keyword", 1, KEYWORD, of=(), goals=goals(2, 2))
    yield Bound("bound, nobody connected", of=())
