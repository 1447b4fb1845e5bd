"""Copy the rows that matter most from the results into the README: ``python -m benchmarks.readme``."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README, RESULTS = ROOT / "README.md", ROOT / "benchmarks" / "results" / "3.13.md"
ROWS = (
    "nobody connected", "1 function", "10 functions", "10 bound methods", "1 function, 1 keyword",
    "10 functions, 1 keyword", "10 functions, 4 keywords", "filtered, 10 000 senders", "muted, 100 functions",
    "await, 10 coroutine functions",
)  # fmt: skip
BEGIN, END = "| CPython 3.13 |", "\n\n![A chart"


def table() -> str:
    """The rows as the README has them: without goals, marks, and what the bare loop costs."""
    found: dict[str, list[str]] = {}
    for line in RESULTS.read_text(encoding="utf-8").splitlines():
        title, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if title in ROWS and title not in found:
            found[title] = [re.sub(r"\s*\(.*?\)|\*", "", cell) for cell in cells[1:]]
    lines = [
        f"{BEGIN} `send` | `emit` | undeclared `send` | undeclared `emit` | blinker | fastest other |",
        "|---|---:|---:|---:|---:|---:|---|",
        *("| " + " | ".join([title, *found[title]]) + " |" for title in ROWS),
    ]
    return "\n".join(lines)


def main() -> None:
    text = README.read_text(encoding="utf-8")
    begin, end = text.index(BEGIN), text.index(END)
    README.write_text(text[:begin] + table() + text[end:], encoding="utf-8")


if __name__ == "__main__":
    main()
