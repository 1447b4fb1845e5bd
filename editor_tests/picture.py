"""Draws `docs/assets/editor.svg`, the README's picture, from what the language servers really answer.

``python -m editor_tests.picture`` writes it anew. `test_picture.py` fails when it is out of date.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from pygments.lexers import find_lexer_class_by_name
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType

from .lsp import LanguageServer
from .servers import DECLARATIONS, SERVERS, start

PICTURE: Final = Path(__file__).parent.parent / "docs" / "assets" / "editor.svg"

SHOWN: Final = "pyright"
"""Whose pop-ups are drawn. The others are asked, too: the last line of the picture tells who offers the same."""

SENDING: Final = "user_created.send(app, |)"
MISTAKE: Final = 'user_created.send(app, user_id="1", name="Ada")'


class Answers(NamedTuple):
    """What one server says."""

    signature: str
    """While a send is being written."""
    offered: list[str]
    """Keywords for what comes next."""
    complaint: tuple[int, int, list[str]] | None
    """Where on the mistaken line, from and to, and in which words."""


def ask(server: LanguageServer) -> Answers:
    """Put the picture's questions to a server."""
    sending = f"{DECLARATIONS}\n{SENDING}"
    offered = [item["label"] for item in server.completions("picture.py", sending) if item["label"].endswith("=")]
    signature: str = server.signature("picture.py", sending)["label"]
    number = DECLARATIONS.count("\n")
    for problem in server.ask("diagnostic", "picture.py", DECLARATIONS + MISTAKE)["items"]:
        begin, end = problem["range"]["start"], problem["range"]["end"]
        if begin["line"] == number:
            words: str = problem["message"].replace("\xa0", " ")
            return Answers(signature, offered, (begin["character"], end["character"], words.splitlines()))
    return Answers(signature, offered, None)


# Drawing. All lengths are in pixels. A character is given its width, whichever font the viewer has.

CHARACTER: Final = 8.4
LINE: Final = 22
LEFT: Final = 60
WIDTH: Final = 860
COLUMNS: Final = 84

COLOURS: Final[dict[_TokenType, str]] = {
    Keyword: "#cf222e",
    Keyword.Constant: "#0550ae",
    Name.Function: "#8250df",
    Name.Decorator: "#8250df",
    Name.Builtin: "#953800",
    String: "#0a3069",
    Number: "#0550ae",
    Comment: "#6e7781",
}
INK: Final = "#24292f"
FAINT: Final = "#8c959f"
RED: Final = "#cf222e"


class Drawing:
    """Lines of code and pop-ups, from top to bottom."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._y = 58
        self._number = 0

    def code(self, line: str) -> None:
        """A numbered line of Python."""
        self._number += 1
        self._text(LEFT - 34, f"{self._number:2}", FAINT)
        x = float(LEFT)
        for kind, text in find_lexer_class_by_name("python")(stripnl=False, ensurenl=False).get_tokens(line):
            if text.strip():
                self._text(x, text, _colour(kind))
            x += len(text) * CHARACTER
        self._y += LINE

    def caret(self, column: int) -> None:
        """The cursor on the last line of code."""
        x = LEFT + column * CHARACTER
        self._parts.append(f'<rect x="{x:g}" y="{self._y - LINE - 14}" width="2" height="18" fill="#0969da"/>')

    def squiggle(self, begin: int, end: int) -> None:
        """Underline part of the last line of code."""
        x, y = LEFT + begin * CHARACTER, self._y - LINE + 5
        waves = "q2,-4 4,0 q2,4 4,0 " * round((end - begin) * CHARACTER / 8)
        self._parts.append(f'<path d="M{x:g},{y} {waves.strip()}" fill="none" stroke="{RED}" stroke-width="1.4"/>')

    def popup(self, column: int, lines: list[str], colour: str = INK, *, chosen: bool = False) -> None:
        """A box with text, below the last line; the first entry may be chosen."""
        x, top = LEFT + column * CHARACTER, self._y - 12
        width = max(map(len, lines)) * CHARACTER + 20
        self._parts.append(
            f'<rect x="{x - 10:g}" y="{top}" width="{width:g}" height="{len(lines) * LINE + 8}" rx="5" '
            f'fill="#ffffff" stroke="#d0d7de"/>'
        )
        if chosen:
            self._parts.append(
                f'<rect x="{x - 6:g}" y="{top + 4}" width="{width - 8:g}" height="{LINE}" rx="4" fill="#ddf4ff"/>'
            )
        self._y += 8
        for line in lines:
            self._text(x, line, colour)
            self._y += LINE
        self._y += 6

    def caption(self, text: str) -> None:
        """A line that is not in the editor."""
        self._text(LEFT - 34, text, "#57606a")
        self._y += LINE

    def gap(self, height: int = LINE) -> None:
        """Some room."""
        self._y += height

    def _text(self, x: float, text: str, colour: str) -> None:
        self._parts.append(
            f'<text x="{x:g}" y="{self._y}" fill="{colour}" textLength="{len(text) * CHARACTER:g}" '
            f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(text)}</text>'
        )

    def svg(self, title: str) -> str:
        """The picture, as wide as it was planned and as high as it has become."""
        height = self._y
        window = "".join(
            f'<circle cx="{26 + 20 * index}" cy="20" r="6" fill="{colour}"/>\n'
            for index, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
        )
        parts = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img" aria-label="{escape(title)}" '
            f"font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" "
            f'font-size="14">\n<title>{escape(title)}</title>\n'
            f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8" fill="#f6f8fa" '
            f'stroke="#d0d7de"/>\n{window}{parts}\n</svg>\n'
        )


def _colour(kind: _TokenType) -> str:
    while kind not in COLOURS and kind.parent is not None:
        kind = kind.parent
    return COLOURS.get(kind, INK)


def _prototype() -> Iterable[str]:
    """The declaration of the signal that is sent, as it stands above."""
    lines = DECLARATIONS.splitlines()
    begin = lines.index("@Signal")
    return lines[begin : begin + 3]


def draw(answers: dict[str, Answers]) -> str:
    """The picture, from the servers' answers."""
    shown = answers[SHOWN]
    names = set(shown.offered)
    agreed = [name for name, answer in answers.items() if name != SHOWN and names <= set(answer.offered)]
    drawing = Drawing()
    for line in (*_prototype(), ""):
        drawing.code(line)
    column = SENDING.index("|")
    drawing.code(SENDING.replace("|", ""))
    drawing.caret(column)
    drawing.popup(column, [f"{name:<12}" for name in shown.offered], chosen=True)
    drawing.popup(4, wrap(shown.signature, COLUMNS, subsequent_indent="  "), "#57606a")
    drawing.gap()
    drawing.code(MISTAKE)
    if shown.complaint is not None:
        begin, end, words = shown.complaint
        drawing.squiggle(begin, end)
        drawing.popup(4, [line for text in words for line in wrap(text, COLUMNS, subsequent_indent="  ")], RED)
    drawing.gap()
    drawing.caption(f"Answered by {SHOWN}. The same names are offered by {', '.join(agreed[:-1])} and {agreed[-1]}.")
    return drawing.svg(f"An editor offers {' and '.join(shown.offered)} in a send, and rejects a wrong type.")


def main() -> None:
    """Ask all servers and write the picture."""
    answers: dict[str, Answers] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in SERVERS:
            server = start(name, Path(folder))
            answers[name] = ask(server)
            server.close()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(draw(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
