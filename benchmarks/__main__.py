"""Run the benchmark: ``python -m benchmarks``."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from . import report
from .measure import interleaved
from .scenarios import ASYNC_SENDS, SENDS, scenarios


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less exact, without the slow scenarios; writes nothing")
    parser.add_argument("--scenario", default="", help="only those whose title contains this; writes nothing")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results", help="where to write")
    options = parser.parse_args()

    chosen = [one for one in scenarios() if options.scenario in one.title]
    if options.quick and not options.scenario:
        chosen = [one for one in chosen if not one.slow]
    rounds, seconds = (30, 0.2) if options.quick else (240, 2.0)
    rows = []
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(chosen))
        for scenario in chosen:
            progress.update(task, description=scenario.title)
            found = interleaved(scenario.cases(), rounds=min(rounds, scenario.rounds or rounds), seconds=seconds)
            rows.append(report.row(scenario, found))
            progress.advance(task)
    subjects = [*SENDS, *ASYNC_SENDS]
    if not options.quick and not options.scenario:
        report.write(rows, subjects, options.results)
    print(report.markdown(rows, subjects))


if __name__ == "__main__":
    main()
