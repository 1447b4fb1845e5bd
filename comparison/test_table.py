"""The comparison is up to date, and fair."""

from collections import Counter
from pathlib import Path

import pytest

from .table import CHECKERS, LIBRARIES, MISTAKES, TABLE, check, read, table

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, set[int]]]:
    """What each checker finds, for each library."""
    return {checker: check(checker) for checker in CHECKERS}


def test_table_is_what_the_checkers_say_now(found: dict[str, dict[str, set[int]]]) -> None:
    assert table(found) == TABLE.read_text(encoding="utf-8"), "write it anew: python -m comparison.table"


def test_readme_shows_this_table() -> None:
    assert TABLE.read_text(encoding="utf-8").strip() in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_mistake_is_made_once_or_cannot_be_made(library: str) -> None:
    mistakes, impossible = read(library)
    assert Counter([*mistakes.values(), *impossible]) == Counter(list(MISTAKES))


@pytest.mark.parametrize("library", LIBRARIES)
def test_right_use_is_not_complained_about(library: str, found: dict[str, dict[str, set[int]]]) -> None:
    mistaken = set(read(library).mistakes)
    complaints = {checker: found[checker][library] - mistaken for checker in CHECKERS}
    assert complaints == {checker: set() for checker in CHECKERS}


@pytest.mark.parametrize("checker", CHECKERS)
def test_typedsig_lets_one_mistake_pass(checker: str, found: dict[str, dict[str, set[int]]]) -> None:
    """A receiver and a sender that fit each other: a type variable cannot be bounded by another."""
    missed = {mistake for line, mistake in read("typedsig").mistakes.items() if line not in found[checker]["typedsig"]}
    assert missed == {"other sender than signal's"}
