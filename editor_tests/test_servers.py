"""What an editor shows where a signal is sent, according to real language servers.

A server's shortcomings stand in `GAPS`, each with its reason. They are strict: one that is mended fails its test until
its line is removed.
"""

from typing import Final

import pytest

from .lsp import Json, LanguageServer
from .servers import DECLARATIONS, SERVERS

POSITIONAL_ONLY: Final = "offers the sender by name, too, though it is positional-only"
GIVEN_ALREADY: Final = "offers what was given already"
NOT_A_NAME: Final = "offers kwargs= for a parameter **kwargs"
GAPS: Final = {
    ("pyrefly", "send, others"): POSITIONAL_ONLY,
    ("pyrefly", "emit, others"): POSITIONAL_ONLY,
    ("pyrefly", "send_robust, others"): POSITIONAL_ONLY,
    ("pyrefly", "send_async, others"): POSITIONAL_ONLY,
    ("pyrefly", "emit_async, others"): POSITIONAL_ONLY,
    ("pyrefly", "send_concurrently, others"): POSITIONAL_ONLY,
    ("pyrefly", "assert_sent_once_with, others"): POSITIONAL_ONLY,
    ("pyrefly", "second keyword, others"): GIVEN_ALREADY,
    ("ty", "second keyword, others"): GIVEN_ALREADY,
    ("pyright", "undeclared, others"): NOT_A_NAME,
    ("basedpyright", "undeclared, others"): NOT_A_NAME,
    ("zuban", "unclosed"): "offers no names in a call that has neither arguments nor a closing parenthesis",
    ("zuban", "hover on signal"): "shows the docstring of class Signal, not that of the prototype",
    ("zuban", "hover on bound signal"): "shows the docstring of class BoundSignal, not that of the prototype",
    ("zuban", "docstring in signature help"): "has no docstrings in its signature help",
}

# Where the cursor is, and the names to be offered there.
COMPLETIONS: Final = {
    "send": ("user_created.send(app, |)", {"user_id", "name"}),
    "emit": ("user_created.emit(app, |)", {"user_id", "name"}),
    "send_robust": ("user_created.send_robust(app, |)", {"user_id", "name"}),
    "unclosed": ("document.changed.send(|", {"path", "size"}),
    "second keyword": ("user_created.bind(app).send(name=str(), |)", {"user_id"}),
    "bound": ("document.changed.send(|)", {"path", "size"}),
    "of a class": ("Document.changed.bind(document).emit(|)", {"path", "size"}),
    "send_async": ("async def fetch() -> None:\n    await page_fetched.send_async(app, |)", {"url", "seconds"}),
    "emit_async": ("async def fetch() -> None:\n    await page_fetched.emit_async(app, |)", {"url", "seconds"}),
    "send_concurrently": (
        "async def fetch() -> None:\n    await page_fetched.send_concurrently(app, |)",
        {"url", "seconds"},
    ),
    "assert_sent_once_with": (
        "import typedsig.testing\n\nwith typedsig.testing.record(user_created) as it:\n    it.assert_sent_once_with(app, |)",
        {"user_id", "name"},
    ),
    # What is offered above comes from the declaration: here there is none.
    "undeclared": ("untyped.bind(app).send(|)", set[str]()),
}


@pytest.fixture
def known_gap(request: pytest.FixtureRequest) -> "Gap":
    return Gap(request)


class Gap:
    """Called with what is asked: if this server is known to answer it wrongly, it has to."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request

    def __call__(self, question: str) -> None:
        server: str = self._request.node.callspec.params["server"]
        if reason := GAPS.get((server, question)):
            self._request.applymarker(
                pytest.mark.xfail(reason=f"{server} {reason}", raises=AssertionError, strict=True)
            )


def below_declarations(line: str) -> str:
    return f"{DECLARATIONS}\n{line}\n"


@pytest.mark.parametrize("question", [question for question, (_, names) in COMPLETIONS.items() if names])
def test_completion_offers_the_declared_names(server: LanguageServer, known_gap: Gap, question: str) -> None:
    known_gap(question)
    line, names = COMPLETIONS[question]
    assert names - offered(server, line) == set()


@pytest.mark.parametrize("question", COMPLETIONS)
def test_completion_offers_no_other_names(server: LanguageServer, known_gap: Gap, question: str) -> None:
    known_gap(f"{question}, others")
    line, names = COMPLETIONS[question]
    assert offered(server, line) - names == set()


def offered(server: LanguageServer, line: str) -> set[str]:
    """Which arguments are offered by name."""
    items = server.completions("completion.py", below_declarations(line))
    return {item["label"].removesuffix("=") for item in items if item["label"].endswith("=")}


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        ("user_created.send(app, |)", ["sender: App", "user_id: int", "name: str"]),
        ("user_created.emit(app, |)", ["sender: App", "user_id: int", "name: str"]),
        ("document.changed.send(|)", ["path: str", "size: int ="]),
        ("page_fetched.send_async(app, |)", ["sender: App", "url: str", "seconds: float"]),
    ],
    ids=["send", "emit", "bound", "send_async"],
)
def test_signature_help_shows_names_and_types(server: LanguageServer, line: str, parameters: list[str]) -> None:
    signature = server.signature("signature.py", below_declarations(line))
    shown = parameter_list(signature)
    assert [parameter for parameter in parameters if parameter not in shown] == []


def parameter_list(signature: Json) -> str:
    """The part of a signature in which its parameters stand, and not what they occur in besides."""
    text: str = signature["label"]
    labels = [parameter["label"] for parameter in signature["parameters"]]
    if isinstance(labels[0], str):
        return ", ".join(labels)
    return text[labels[0][0] : text.index(")", labels[-1][0])]


def test_signature_help_says_what_sending_does(server: LanguageServer, known_gap: Gap) -> None:
    """The method's docstring. No server could know to show the prototype's here; that is for hovering."""
    known_gap("docstring in signature help")
    signature = server.signature("signature.py", below_declarations("user_created.send(app, |)"))
    assert "Call the receivers" in str(signature.get("documentation"))


@pytest.mark.parametrize(
    ("question", "line", "shown"),
    [
        ("hover on signal", "user_crea|ted", ["Signal[App", "user_id: int", "name: str", "Sent once a new user"]),
        ("hover on bound signal", "document.chan|ged", ["BoundSignal[Document", "path: str", "Sent after a document"]),
        ("hover on send", "user_created.se|nd", ["App", "user_id: int", "name: str", "Call the receivers"]),
    ],
    ids=["signal", "bound", "send"],
)
def test_hover_shows_signature_and_docstring(
    server: LanguageServer, known_gap: Gap, question: str, line: str, shown: list[str]
) -> None:
    known_gap(question)
    answer = str(server.ask("hover", "hover.py", below_declarations(line)))
    assert [text for text in shown if text not in answer] == []


def test_every_gap_is_about_something_asked() -> None:
    asked = {*COMPLETIONS, *(f"{question}, others" for question in COMPLETIONS)}
    asked |= {"hover on signal", "hover on bound signal", "docstring in signature help"}
    assert set(GAPS) <= {(server, question) for server in SERVERS for question in asked}
