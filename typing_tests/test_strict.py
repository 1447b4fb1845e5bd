"""The package shows complete types to its users, and everything in this repository is clean under strict checkers."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_every_public_name_has_a_complete_type(run: Callable[..., tuple[int, str]]) -> None:
    """Of the installed package, so this also proves that ``py.typed`` is shipped."""
    status, output = run("pyright", "--verifytypes", "typedsig", "--ignoreexternal")
    assert "Type completeness score: 100%" in output, output
    assert status == 0, output


@pytest.mark.parametrize(
    "command", ["mypy --strict --python-executable", "pyright --pythonpath"], ids=["mypy", "pyright"]
)
@pytest.mark.parametrize("place", ["src", "tests", "typing_tests"])
def test_strict_checker_finds_nothing(run: Callable[..., tuple[int, str]], command: str, place: str) -> None:
    """With the configuration in ``pyproject.toml``, as editors use it. `test_readme` sees to the examples."""
    paths = sorted(map(str, Path(place).glob("*.py"))) if place == "typing_tests" else [place]  # its cases are wrong
    status, output = run(*command.split(), sys.executable, *paths, directory=ROOT)
    assert status == 0, output
