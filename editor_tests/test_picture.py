"""The README's picture is up to date, and what it says is so."""

from collections.abc import Callable

from .lsp import LanguageServer
from .picture import PICTURE, ask, draw
from .servers import SERVERS


def test_picture_shows_what_the_servers_answer(running: Callable[[str], LanguageServer]) -> None:
    answers = {name: ask(running(name)) for name in SERVERS}
    drawn = draw(answers)
    assert drawn == PICTURE.read_text(encoding="utf-8"), "draw it anew: python -m editor_tests.picture"
    assert "offered by basedpyright, pyrefly, ty and zuban." in drawn
    assert "An editor offers user_id= and name= in a send" in drawn
