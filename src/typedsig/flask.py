"""Flask's own signals, with types. Needs Flask, the extra ``typedsig[flask]``.

::

    from typedsig.flask import request_finished

    @request_finished.connect
    def log(sender: Flask, *, response: Response) -> None:
        print(response.status_code)

These are views (`typedsig.blinker.SignalView`) of the very signals in `flask.signals`, so what Flask sends arrives, and
connecting here is connecting there: order of calls, weak references and muting are blinker's. To hear one application
only, connect to it as the sender; ``flask.current_app`` means the application it stands for at that moment, and is
refused where there is none.

Receivers return nothing, since Flask does nothing with what they return. Coroutine functions are refused: Flask would
run them each in an event loop of its own.
"""

from typing import Any

try:
    import flask
except ImportError:
    raise ImportError("typedsig.flask needs Flask: install typedsig[flask]", name="flask") from None
from flask import Flask, Response
from jinja2 import Template

from ._view import typed

__all__ = [
    "appcontext_popped",
    "appcontext_pushed",
    "appcontext_tearing_down",
    "before_render_template",
    "got_request_exception",
    "message_flashed",
    "request_finished",
    "request_started",
    "request_tearing_down",
    "template_rendered",
]


@typed(flask.template_rendered)
def template_rendered(sender: Flask, *, template: Template, context: dict[str, Any]) -> None:
    """Sent after a template was rendered."""


@typed(flask.before_render_template)
def before_render_template(sender: Flask, *, template: Template, context: dict[str, Any]) -> None:
    """Sent before a template is rendered."""


@typed(flask.request_started)
def request_started(sender: Flask) -> None:
    """Sent before a request is handled, when its context is there already."""


@typed(flask.request_finished)
def request_finished(sender: Flask, *, response: Response) -> None:
    """Sent with the response before it goes out. Not sent when the handling failed with an unhandled exception."""


@typed(flask.request_tearing_down)
def request_tearing_down(sender: Flask, *, exc: BaseException | None) -> None:
    """Sent when the request's context is torn down, also after a failure, which is ``exc`` then."""


@typed(flask.got_request_exception)
def got_request_exception(sender: Flask, *, exception: Exception) -> None:
    """Sent when the handling of a request fails with an unhandled exception, before there is an answer to it."""


@typed(flask.appcontext_tearing_down)
def appcontext_tearing_down(sender: Flask, *, exc: BaseException | None) -> None:
    """Sent when the application's context is torn down, also after a failure, which is ``exc`` then."""


@typed(flask.appcontext_pushed)
def appcontext_pushed(sender: Flask) -> None:
    """Sent when the application's context is pushed."""


@typed(flask.appcontext_popped)
def appcontext_popped(sender: Flask) -> None:
    """Sent when the application's context is popped."""


@typed(flask.message_flashed)
def message_flashed(sender: Flask, *, message: str, category: str) -> None:
    """Sent when a message is flashed."""
