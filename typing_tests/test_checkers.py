"""Six type checkers agree, line by line, on what is right and what is wrong in `cases`; README.md explains the marks."""

import re
import sys
from collections.abc import Callable
from importlib.metadata import metadata
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))
PYTHONS = re.findall(r":: (3\.\d+)$", "\n".join(metadata("typedsig").get_all("Classifier", [])), re.MULTILINE)

CHECKERS = {
    **{f"mypy-{python}": f"mypy --strict --python-version {python} --python-executable" for python in PYTHONS},
    "pyright": "pyright --pythonpath",
    "basedpyright": "basedpyright --level error --pythonpath",
    "pyrefly": "pyrefly check --output-format min-text --python-interpreter-path",
    "ty": "ty check --output-format concise --python",
    "zuban": "zuban mypy --strict --python-executable",
}
"""Each command line ends with the option that says whose packages to use: those of the Python that runs this."""

# All six tell "error" and the place on one line. What follows it, indented or as a note, is said about the same line.
ERROR = re.compile(r"^(?=.*\berror\b)[^:]*\b(?P<case>\w+)\.py:(?P<line>\d+)\b", re.IGNORECASE)
MARK = re.compile(r"# (?:E: .|E\[(?P<tag>\w+)\]|gap (?P<checker>\w+): .)")
MEANT_AS_MARK = re.compile(r"#\s*(?:E\b|gap\b)", re.IGNORECASE)


def errors(output: str, case: Path) -> dict[int, list[str]]:
    """What a checker says about each line of a case on which it reports an error."""
    said: dict[int, list[str]] = {}
    words: list[str] = []
    for text in output.splitlines():
        if place := ERROR.search(text):
            words = said.setdefault(int(place["line"]), []) if place["case"] == case.stem else []
        words.append(text)
    return said


def differences(checker: str, case: Path, said: dict[int, list[str]]) -> list[str]:
    """Where the checker and the marks of the case disagree."""
    lines = case.read_text(encoding="utf-8").splitlines()
    tagged: dict[str, list[int]] = {}
    found: list[str] = []

    def tell(what: str, number: int) -> None:
        found.append("\n  ".join([f"{what}, {case.name}:{number}: {lines[number - 1].strip()}", *said.get(number, [])]))

    for number, line in enumerate(lines, 1):
        marks = list(MARK.finditer(line))
        if len(marks) != len(MEANT_AS_MARK.findall(line)):
            tell("unknown mark", number)
        tags = [mark["tag"] for mark in marks if mark["tag"]]
        for tag in tags:
            tagged.setdefault(tag, []).append(number)
        gap = checker.partition("-")[0] in [mark["checker"] for mark in marks]
        expected = any(not mark["checker"] for mark in marks)
        if tags or (number in said) == (expected != gap):
            continue
        tell("closed gap" if gap else "missing error" if expected else "unexpected error", number)
    for tag, numbers in tagged.items():
        if not said.keys() & set(numbers):
            tell(f"missing error on all lines of [{tag}]", numbers[0])
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
@pytest.mark.parametrize("checker", CHECKERS)
def test_checker_agrees_with_marks(run: Callable[..., tuple[int, str]], checker: str, case: Path) -> None:
    """Errors on the marked lines and nowhere else."""
    status, output = run(*CHECKERS[checker].split(), sys.executable, "cases")
    assert status in {0, 1}, output
    found = differences(checker, case, errors(output, case))
    _, version = run(CHECKERS[checker].split()[0], "--version")
    assert not found, "\n".join([f"{checker} ({version.strip()})", *found])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case_guards_itself(case: Path) -> None:
    """Something is wrong in each case, so no checker passes that reads nothing or takes the package for `Any`."""
    marks = list(MARK.finditer(case.read_text(encoding="utf-8")))
    assert any(not mark["checker"] for mark in marks)
    assert {mark["checker"] for mark in marks} <= {None, *(checker.partition("-")[0] for checker in CHECKERS)}
