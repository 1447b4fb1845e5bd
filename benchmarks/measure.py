"""How it is measured: every implementation in turn in one process, the minimum of many short repeats."""

import asyncio
import gc
import statistics
from collections.abc import Callable
from itertools import repeat
from time import perf_counter, perf_counter_ns
from typing import Any

from .subjects import function

Case = Callable[[int], float]
"""Does something so many times, and tells what that cost: nanoseconds, or bytes."""

REPEAT = 300_000
"""Nanoseconds that one repeat should take: long against the clock, short against what disturbs it."""


def stopwatch(statement: str, names: dict[str, Any], *, asynchronous: bool = False) -> Case:
    """A case that runs a statement, in which these names are local variables."""
    body = f"start = clock()\n    for _ in times:\n        {statement}\n    return clock() - start"
    run = function(", ".join(["times", "clock", *names]), body, asynchronous=asynchronous)
    if asynchronous:
        runner = asyncio.new_event_loop()
        return lambda times: runner.run_until_complete(run(repeat(None, times), perf_counter_ns, **names))
    return lambda times: run(repeat(None, times), perf_counter_ns, **names)


class Series:
    """The repeats of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.times = 1
        self.costs: list[float] = []
        self.failed: str | None = None

    def calibrate(self) -> None:
        """Warm up, and find how often to run it for a repeat to be long enough."""
        try:
            self._calibrate()
        except Exception as error:  # noqa: BLE001  # what a peer cannot do is a result, too
            self.failed = f"{type(error).__name__}: {error}"

    def _calibrate(self) -> None:
        self.case(1)  # which may compile something
        spent = self._tried()
        while spent < REPEAT and self.times < 1_000_000:
            self.times = min(self.times * 10, max(self.times + 1, int(self.times * REPEAT / max(spent, 1))))
            spent = self._tried()

    def _tried(self) -> float:
        # More than once, for whoever was interrupted would be repeated too few times.
        return min(self.case(self.times), self.case(self.times))

    def measure(self) -> None:
        try:
            self.costs.append(self.case(self.times) / self.times)
        except Exception as error:  # noqa: BLE001  # what a peer cannot do is a result, too
            self.failed = f"{type(error).__name__}: {error}"

    @property
    def best(self) -> float:
        return min(self.costs)

    @property
    def spread(self) -> float:
        """How far the median is from the minimum: how much the machine was disturbed."""
        return statistics.median(self.costs) / self.best - 1 if self.best else 0.0


def interleaved(cases: dict[str, Case], *, rounds: int, seconds: float) -> dict[str, Series]:
    """Measure these cases in turn, so many times or until the time is over (but three times at least)."""
    series = {name: Series(case) for name, case in cases.items()}
    gc.collect()
    gc.disable()
    try:
        for one in series.values():
            if rounds > 1:
                one.calibrate()
        end = perf_counter() + seconds
        for done in range(rounds):
            for one in series.values():
                if one.failed is None:
                    one.measure()
            if done >= 2 and perf_counter() > end:
                break
    finally:
        gc.enable()
    return series
