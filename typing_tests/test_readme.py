"""mypy and pyright refuse, in the README and in the examples, the lines that are marked so, and no others."""

import importlib.util
import os
from pathlib import Path

import pytest

from examples import demo
from examples.checking import CHECKERS, marked, python_of

HERE = Path(__file__).parent
ROOT = HERE.parent


@pytest.fixture(params=CHECKERS)
def checker(request: pytest.FixtureRequest) -> str:
    """The name of a checker, if it is installed."""
    name: str = request.param
    require(name)
    return name


def require(name: str) -> None:
    if importlib.util.find_spec(name) is None:
        missing = f"{name} is not installed"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


def test_readme_is_refused_exactly_where_it_says_rejected(checker: str, tmp_path: Path) -> None:
    """All ``python`` blocks together are one module."""
    source = python_of((ROOT / "README.md").read_text(encoding="utf-8"))
    rejected = marked(source, "rejected").keys()
    assert rejected, "without a rejected line nobody knows whether the checker has seen the types"
    module = tmp_path / "readme.py"
    module.write_text(source, encoding="utf-8")
    refused = {complaint.line: complaint.message for complaint in CHECKERS[checker](module, directory=HERE)}
    assert refused.keys() == rejected, refused


def test_examples_are_refused_exactly_where_they_are_mistaken(checker: str) -> None:
    mistaken = {
        (path, number)
        for path in (ROOT / "examples").rglob("*.py")
        for number in marked(path.read_text(encoding="utf-8"), "mistake")
    }
    complaints = CHECKERS[checker](ROOT / "examples", directory=HERE)
    refused = {
        (complaint.path, complaint.line): complaint.message
        for complaint in complaints
        if complaint.path.name != "before.py"  # code for blinker, which has no types
    }
    assert mistaken
    assert refused.keys() == mistaken, refused


def test_demo_catches_all_mistakes(capsys: pytest.CaptureFixture[str]) -> None:
    for name in CHECKERS:
        require(name)
    status = demo.main()
    told = capsys.readouterr().out
    assert status == 0, told
    assert "MISSED" not in told
