"""Count instructions instead of time: the same on every run, so a small loss shows. Needs valgrind.

``python -m benchmarks.instructions`` counts and remembers the result for this version of Python;
``--check`` compares with what is remembered, and fails where a send became clearly worse.

One process under callgrind runs all sends. It calls `os.getpid` before and after what is counted, and callgrind gives
the instructions between two calls of that function of the C library. Ratios to the bare loop stay nearly the same
between builds of one version of Python, so they are what is remembered.
"""

import argparse
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .measure import interleaved
from .sending import OURS, Scenario, sends

REMEMBERED = Path(__file__).parent / "results" / "instructions.json"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
TOLERANCE = 1.15
"""Counts do not vary from run to run, and little from build to build."""
TIME_TOLERANCE = 2.0
"""Without valgrind: no machine is so disturbed that the best of many short repeats doubles against the bare loop's."""
SENDS_COUNTED = 400

Ratios = dict[str, dict[str, float]]
"""By scenario and by way of sending, in units of the bare loop."""


def chosen() -> list[Scenario]:
    return [one for one in sends(OURS) if not one.slow and "1000" not in one.title]


def count_all() -> None:
    """What runs under callgrind."""
    for scenario in chosen():
        for case in scenario.cases().values():
            case(100)  # compiled and specialised
            gc.collect()
            gc.disable()
            os.getpid()
            case(SENDS_COUNTED)
            os.getpid()
            gc.enable()


def ratios(costs: dict[str, dict[str, float]]) -> Ratios:
    found: Ratios = {}
    for scenario in chosen():
        of = costs[scenario.title]
        found[scenario.title] = {
            name: round(cost / of[one], 3)
            for name, cost in of.items()
            if (one := scenario.one(name)) is not None and one != name
        }
    return found


def counted() -> Ratios:
    """Run `count_all` under callgrind and read what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "callgrind.out")
        command = [
            "valgrind", "--tool=callgrind", "--dump-before=getpid", "--dump-before=__getpid", "--combine-dumps=yes",
            f"--callgrind-out-file={out}", sys.executable, "-m", "benchmarks.instructions", "--run",
        ]  # fmt: skip
        # With random hashes dictionaries collide differently each time.
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        totals = [int(total) for total in re.findall(r"^summary: (\d+)", out.read_text(), re.MULTILINE)]
    cases = [(scenario.title, name) for scenario in chosen() for name in scenario.cases()]
    # Before the first mark, then in turn what is counted and what is between.
    if len(totals) != 2 * len(cases) + 1:
        raise SystemExit(f"callgrind gave {len(totals)} counts for {len(cases)} cases: is getpid called elsewhere?")
    costs: dict[str, dict[str, float]] = {}
    for (title, name), total in zip(cases, totals[1::2], strict=True):
        costs.setdefault(title, {})[name] = total / SENDS_COUNTED
    return ratios(costs)


def timed() -> Ratios:
    return ratios({
        scenario.title: {
            name: one.best for name, one in interleaved(scenario.cases(), rounds=60, seconds=1).items() if one.costs
        }
        for scenario in chosen()
    })  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.instructions")
    parser.add_argument("--check", action="store_true", help="compare instead of remembering")
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        count_all()
        return
    remembered: dict[str, dict[str, Ratios]] = json.loads(REMEMBERED.read_text()) if REMEMBERED.exists() else {}
    has_valgrind = shutil.which("valgrind") is not None
    if not options.check:
        if not has_valgrind:
            raise SystemExit("counting needs valgrind, which is not installed")
        remembered[VERSION] = {"counted": counted(), "timed": timed()}
        REMEMBERED.write_text(json.dumps(dict(sorted(remembered.items())), indent=1) + "\n")
        return
    how, tolerance = ("counted", TOLERANCE) if has_valgrind else ("timed", TIME_TOLERANCE)
    if not has_valgrind:
        print("valgrind is not installed: timing instead of counting")
    if VERSION not in remembered:
        print(f"skipped: nothing is remembered for Python {VERSION}")
        return
    before, now = remembered[VERSION][how], counted() if has_valgrind else timed()
    worse = [
        f"{title}, {name}: {now[title][name]:.2f} bare loops, was {ratio:.2f}"
        for title, of in before.items()
        for name, ratio in of.items()
        if title in now and now[title][name] > ratio * tolerance
    ]
    if worse:
        raise SystemExit("clearly worse than remembered:\n" + "\n".join(worse))
    print(f"{sum(map(len, before.values()))} sends are as good as remembered ({how})")


if __name__ == "__main__":
    main()
