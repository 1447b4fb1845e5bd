"""What mypy and pyright say about a file, for `demo` and for the tests of the README."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Complaint(NamedTuple):
    """An error that a type checker reports."""

    path: Path
    line: int
    message: str


def mypy(*paths: Path, directory: Path) -> list[Complaint]:
    """The errors of ``mypy --strict``, run in this directory."""
    lines = _run(directory, "mypy", "--strict", "--output=json", *map(str, paths)).splitlines()
    return [
        Complaint((directory / error["file"]).resolve(), error["line"], error["message"])
        for error in map(_json, lines)
        if error["severity"] == "error"
    ]


def pyright(*paths: Path, directory: Path) -> list[Complaint]:
    """The errors of pyright, run in this directory, whose configuration says how strict it is."""
    report = _json(_run(directory, "pyright", "--outputjson", f"--pythonpath={sys.executable}", *map(str, paths)))
    return [
        Complaint(Path(error["file"]).resolve(), error["range"]["start"]["line"] + 1, error["message"])
        for error in report["generalDiagnostics"]
        if error["severity"] == "error"
    ]


CHECKERS: dict[str, Callable[..., list[Complaint]]] = {"mypy": mypy, "pyright": pyright}


def marked(source: str, mark: str) -> dict[int, str]:
    """The numbers of the lines that end in a comment that begins with this mark, and what follows it there."""
    found = re.compile(rf"\s# {mark}\b:?(?P<reason>.*)$")
    return {
        number: match["reason"].strip()
        for number, line in enumerate(source.splitlines(), start=1)
        if (match := found.search(line))
    }


def python_of(markdown: str) -> str:
    """The ``python`` blocks of a page as one module, in which each line has the number that it has on the page."""
    return "\n".join(_python_lines(markdown.splitlines()))


def _python_lines(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if line.startswith("```"):
            inside = line.rstrip() == "```python"
            yield ""
        else:
            yield line if inside else ""


def _run(directory: Path, module: str, *arguments: str) -> str:
    environ = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}  # else it talks of its own updates, too
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=directory, env=environ, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode not in {0, 1}:  # neither "all is well" nor "there are errors"
        raise RuntimeError(f"{module} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _json(text: str) -> Any:
    return json.loads(text)
