"""Which deliberate mistakes type checkers find, with typedsig and with its peers: ``python -m comparison.table``.

The same mistakes are made once with each library, as its documentation has one use it, in `mistakes`. A line with a
mistake says which one: ``# mistake: wrong type``. What cannot be done wrong with a library stands in its file's
docstring: ``n/a wrong sender: why``. The command writes `table.md`; `test_table.py` fails when that is out of date.
"""

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).parent
TABLE: Final = HERE / "table.md"

LIBRARIES: Final = {
    "typedsig": "typedsig",
    "blinker": "blinker",
    "django": "Django with django-stubs",
    "psygnal": "psygnal",
    "aiosignal": "aiosignal",
    "pyee": "pyee",
    "reactivex": "reactivex",
    "pyside6": "PySide6",
}

MISTAKES: Final = {
    "wrong type": "sent: an argument of the wrong type",
    "missing argument": "sent: an argument is missing",
    "unknown argument": "sent: an argument nobody knows",
    "wrong sender": "sent: by the wrong kind of sender",
    "misspelt signal": "sent: a misspelt signal",
    "receiver lacks a parameter": "connected: a receiver that lacks a parameter",
    "receiver wants more": "connected: a receiver that wants more than is sent",
    "receiver takes another type": "connected: a receiver whose parameter has another type",
    "receiver takes another sender": "connected: a receiver for another kind of sender",
    "receiver returns another type": "connected: a receiver that returns another type",
    "coroutine function": "connected: a coroutine function to a synchronous signal",
    "other sender than receiver's": "connected for one sender: of a kind that the receiver does not take",
    "other sender than signal's": "connected for one sender: of a kind that never sends the signal",
    "no receiver": "connected: something that cannot be called",
    "result misused": "a receiver's result taken for another type",
    "failure overlooked": "a receiver's failure taken for a result",
    "not awaited": "an asynchronous send that is not awaited",
}

CHECKERS: Final = {"mypy": "mypy --strict --python-executable", "pyright": "pyright --pythonpath"}
"""Each command line ends with the option that says whose packages to use."""

ERROR: Final = re.compile(r"^\s*(?P<file>[^:]*?\.py):(?P<line>\d+)\b[^:]*(?::\d+)?[ :-]+error\b", re.MULTILINE)
MISTAKE: Final = re.compile(r"  # mistake: (.+)$")
IMPOSSIBLE: Final = re.compile(r"^n/a ([^:]+): .", re.MULTILINE)


class Library(NamedTuple):
    """What one library's file says about itself."""

    mistakes: dict[int, str]
    """By line number."""
    impossible: set[str]


def read(library: str) -> Library:
    """Look for the marks in a library's file."""
    text = (HERE / "mistakes" / f"with_{library}.py").read_text(encoding="utf-8")
    marks = {number: MISTAKE.search(line) for number, line in enumerate(text.splitlines(), 1)}
    return Library({number: mark[1] for number, mark in marks.items() if mark}, set(IMPOSSIBLE.findall(text)))


def check(checker: str) -> dict[str, set[int]]:
    """On which lines of which library's file a checker reports errors."""
    program, *arguments = CHECKERS[checker].split()
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments, sys.executable, "mistakes"],
        cwd=HERE, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode != 1:
        raise RuntimeError(f"{checker} found nothing or failed:\n{done.stdout}{done.stderr}")
    found: dict[str, set[int]] = {library: set() for library in LIBRARIES}
    for error in ERROR.finditer(done.stdout):
        found[Path(error["file"]).stem.removeprefix("with_")].add(int(error["line"]))
    return found


def table(found: dict[str, dict[str, set[int]]]) -> str:
    """The comparison in Markdown, from each checker's errors."""
    libraries = {name: read(name) for name in LIBRARIES}
    rows = [["mistake", *(_title(name) for name in LIBRARIES)], ["---", *[":---:"] * len(LIBRARIES)]]
    for mistake, described in MISTAKES.items():
        rows.append([described, *(_cell(name, library, mistake, found) for name, library in libraries.items())])
    rows.append(["**found by both**", *(_count(column) for column in zip(*(row[1:] for row in rows[2:]), strict=True))])
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    checkers = " and ".join(f"{name} {version(name)}" for name in CHECKERS)
    return (
        f"{lines}\n\n✓: found by both, {checkers}; n/a: there is nothing to do wrong with this library. "
        f"mypy is run with `--strict`.\n"
    )


def _title(library: str) -> str:
    if library == "typedsig":
        return library
    distribution = {"pyside6": "PySide6-Essentials"}.get(library, library)
    return f"{LIBRARIES[library]} {'.'.join(version(distribution).split('.')[:2])}"


def _cell(name: str, library: Library, mistake: str, found: dict[str, dict[str, set[int]]]) -> str:
    if mistake in library.impossible:
        return "n/a"
    line = next(number for number, made in library.mistakes.items() if made == mistake)
    by = [checker for checker in CHECKERS if line in found[checker][name]]
    return "✓" if len(by) == len(CHECKERS) else by[0] if by else "no"


def _count(cells: tuple[str, ...]) -> str:
    possible = [cell for cell in cells if cell != "n/a"]
    return f"**{possible.count('✓')} of {len(possible)}**"


def main() -> None:
    """Write the table."""
    TABLE.write_text(table({checker: check(checker) for checker in CHECKERS}), encoding="utf-8")


if __name__ == "__main__":
    main()
