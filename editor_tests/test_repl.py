"""What a REPL shows of a signal: Python's own help, and IPython's completion and question mark."""

import inspect
import re
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from . import shop


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Any:  # IPython has hardly any types
    make: Any = InteractiveShell
    folder = str(tmp_path_factory.mktemp("ipython"))
    shell = make(config=Config(HistoryManager={"enabled": False}), ipython_dir=folder)
    shell.user_ns.update(vars(shop))
    return shell


def parameters(line: str, shell: Any) -> set[str]:
    """The parameter names that IPython offers at the end of the line."""
    with provisionalcompleter():
        offered = list(shell.Completer.completions(line, len(line)))
    return {completion.text.removesuffix("=") for completion in offered if completion.text.endswith("=")}


def test_help_on_send_shows_the_declared_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    help(shop.user_created.send)
    text = capsys.readouterr().out
    assert "send(sender: editor_tests.shop.App, /, *, user_id: int, name: str)" in text
    assert "Call the receivers in the order" in text


@pytest.mark.parametrize("sent", [False, True])
def test_help_on_a_signal_shows_its_docstring_and_its_payload(capsys: pytest.CaptureFixture[str], sent: bool) -> None:
    """Of the signal, not of its class; `help` on one of its sends has that one's signature."""
    if sent:
        shop.user_created.emit(shop.App(), user_id=1, name="Ada")
    help(shop.user_created)
    text = capsys.readouterr().out
    assert "Sent once a new user can log in." in text
    assert "user_id: int, name: str) -> None" in text
    assert "prototype" not in text


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        (shop.user_created.send, "(sender: editor_tests.shop.App, /, *, user_id: int, name: str) -> list"),
        (shop.user_created.emit, "(sender: editor_tests.shop.App, /, *, user_id: int, name: str) -> None"),
        (shop.document.changed.send, "(*, path: str, size: int = 0) -> list"),
        (shop.page_fetched.send_async, "(sender: editor_tests.shop.App, /, *, url: str, seconds: float) -> list"),
    ],
    ids=["send", "emit", "bound", "send_async"],
)
def test_signature_is_the_declared_one(method: object, signature: str) -> None:
    assert callable(method)
    assert str(inspect.signature(method)) == signature


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("user_created.send(app, ", {"user_id", "name"}),
        ("user_created.emit(app, u", {"user_id"}),
        ("document.changed.send(", {"path", "size"}),
        ("page_fetched.send_async(app, ", {"url", "seconds"}),
        ("untyped.send(app, ", set[str]()),
    ],
)
def test_ipython_offers_exactly_the_declared_names(shell: Any, line: str, names: set[str]) -> None:
    assert parameters(line, shell) == names


def test_question_mark_on_send_shows_the_declared_parameters(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("user_created.send?")
    assert "user_created.send( sender: editor_tests.shop.App, /, *, user_id: int, name: str, )" in plain(capsys)


def test_question_mark_on_a_signal_shows_its_signature_and_docstring(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell("user_created?")
    text = plain(capsys)
    assert "Signal user_created(sender: editor_tests.shop.App, *, user_id: int, name: str) -> None" in text
    assert "Sent once a new user can log in." in text


def plain(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, on one line and without colours."""
    return " ".join(re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).split())
