"""Flask's own signals have types: senders are applications, and each receiver takes what Flask sends."""

from typing import Any

from flask import Flask, Response, current_app
from jinja2 import Template
from typing_extensions import assert_type

from typedsig import ANY
from typedsig.flask import (
    appcontext_popped,
    appcontext_pushed,
    appcontext_tearing_down,
    before_render_template,
    got_request_exception,
    message_flashed,
    request_finished,
    request_started,
    request_tearing_down,
    template_rendered,
)

app = Flask(__name__)


@request_finished.connect
def finished(sender: Flask, *, response: Response) -> None:
    assert_type(response.status_code, int)


@request_finished.connect_via(app)
def finished_here(sender: Flask, response: Response) -> None: ...


def as_flask_documents(sender: Flask, response: Response, **extra: Any) -> None: ...


def other_name(sender: Flask, *, reply: Response) -> None: ...


def other_type(sender: Flask, *, response: str) -> None: ...


def no_response(sender: Flask) -> None: ...


async def later(sender: Flask, *, response: Response) -> None: ...


def sender_only(sender: Flask) -> None: ...


def on_render(sender: Flask, *, template: Template, context: dict[str, Any]) -> None: ...


def on_teardown(sender: Flask, *, exc: BaseException | None) -> None: ...


def on_teardown_with_error(sender: Flask, *, exc: Exception) -> None: ...


def on_error(sender: Flask, *, exception: Exception) -> None: ...


def on_flash(sender: Flask, *, message: str, category: str) -> None: ...


request_finished.connect(as_flask_documents)
request_finished.connect(as_flask_documents, app)
request_finished.connect(as_flask_documents, current_app)
request_finished.connect(as_flask_documents, ANY, weak=False)
request_finished.connect(other_name)  # E: Flask sends it as response
request_finished.connect(other_type)  # E: Flask sends a Response
request_finished.connect(no_response)  # E: does not take the response
request_finished.connect(later)  # E: a coroutine function
request_finished.connect(finished, "app")  # E: no application

request_started.connect(sender_only)
appcontext_pushed.connect(sender_only)
appcontext_popped.connect(sender_only)
template_rendered.connect(on_render)
before_render_template.connect(on_render)
request_tearing_down.connect(on_teardown)
appcontext_tearing_down.connect(on_teardown)
got_request_exception.connect(on_error)
message_flashed.connect(on_flash)

request_started.connect(finished)  # E: there is no response yet
request_tearing_down.connect(on_teardown_with_error)  # E: mostly None
got_request_exception.connect(on_teardown)  # E: Flask sends it as exception
message_flashed.connect(on_render)  # E: for another signal

with template_rendered.connected_to(on_render, app), message_flashed.muted():
    pass

request_finished.send(app, response=Response())
request_finished.send(app, response="hello")  # E: no Response
request_finished.send(app)  # E: no response
request_finished.send("app", response=Response())  # E: no application
