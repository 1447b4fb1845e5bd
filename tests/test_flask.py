"""Flask's signals as typed views: what Flask sends in real requests arrives."""

import asyncio
import gc
import importlib
import inspect
import sys
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import blinker
import flask
import flask.signals
import pytest
from flask import Flask, Response
from jinja2 import Template

import typedsig.flask
from typedsig import ANY
from typedsig.blinker import SignalView, typed
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
from typedsig.testing import record


@pytest.fixture
def app() -> Flask:
    """An application that does everything there is a signal for."""
    app = Flask(__name__)
    app.secret_key = "secret"  # for the session that flashes

    @app.get("/")
    def index() -> str:
        flask.flash("welcome", "greeting")
        return flask.render_template_string("{{ name }}", name="Ada")

    @app.get("/fail")
    def fail() -> str:
        raise KeyError("mine")

    return app


def test_all_of_flasks_signals_are_there() -> None:
    (namespace,) = (value for value in vars(flask.signals).values() if isinstance(value, blinker.Namespace))
    views = {name: getattr(typedsig.flask, name) for name in typedsig.flask.__all__}
    assert {id(view.untyped) for view in views.values()} == set(map(id, namespace.values()))
    for name, view in views.items():
        assert view.untyped is getattr(flask, name)
        assert view.__doc__
        assert view.name == getattr(flask, name).name


def test_without_flask_a_clear_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flask", None)
    monkeypatch.delitem(sys.modules, "typedsig.flask")
    with pytest.raises(ImportError, match=r"needs Flask: install typedsig\[flask\]") as caught:
        importlib.import_module("typedsig.flask")
    assert caught.value.name == "flask"


def test_flask_sends_are_recorded(app: Flask) -> None:
    with record(template_rendered) as recorder, record(request_started) as requests:
        app.test_client().get("/")
    (call,) = recorder.calls
    assert call.sender is app
    assert call.kwargs["context"]["name"] == "Ada"
    requests.assert_sent_once_with(app)
    with app.app_context():
        requests.assert_sent_once_with(flask.current_app)
        with record(message_flashed) as flashes:
            flask.message_flashed.send(flask.current_app, message="hello", category="greeting")
    flashes.assert_sent_once_with(app, message="hello", category="greeting")


def test_only_signals_are_recorded() -> None:
    """What a proxy is that stands for nothing now, is said without asking it."""
    with pytest.raises(TypeError, match=r"^record\(\) takes a signal, not a werkzeug\.local\.LocalProxy object$"):
        record(flask.current_app).__enter__()  # type: ignore[call-overload]  # on purpose


def test_a_request_sends_all_but_two(app: Flask) -> None:
    """In Flask's order, with what each is declared to send."""
    sent: list[tuple[str, object, dict[str, Any]]] = []

    def listen(view: Any) -> Any:
        def receive(sender: Flask, /, **payload: Any) -> None:
            # An argument that is not declared would be a TypeError in a receiver, so its names are what is declared.
            assert payload.keys() == view.signature.parameters.keys() - {"sender"}
            sent.append((view.__name__, sender, payload))

        view.connect(receive, sender=app)
        return receive

    receivers = [listen(getattr(typedsig.flask, name)) for name in typedsig.flask.__all__]
    assert app.test_client().get("/").text == "Ada"
    assert [name for name, _, _ in sent] == [
        "appcontext_pushed",
        "request_started",
        "message_flashed",
        "before_render_template",
        "template_rendered",
        "request_finished",
        "request_tearing_down",
        "appcontext_tearing_down",
        "appcontext_popped",
    ]
    assert all(sender is app for _, sender, _ in sent)
    payloads = {name: payload for name, _, payload in sent}
    assert payloads["message_flashed"] == {"message": "welcome", "category": "greeting"}
    assert isinstance(payloads["template_rendered"]["template"], Template)
    assert payloads["template_rendered"]["context"]["name"] == "Ada"
    assert isinstance(payloads["request_finished"]["response"], Response)
    assert payloads["request_tearing_down"] == {"exc": None}

    sent.clear()
    assert app.test_client().get("/fail").status_code == 500
    payloads = {name: payload for name, _, payload in sent}
    assert isinstance(payloads["got_request_exception"]["exception"], KeyError)
    del receivers


def test_receivers_as_declared_get_what_is_sent(app: Flask) -> None:
    """One receiver for each signal, written as a user would."""
    heard: list[str] = []

    @request_started.connect
    def started(sender: Flask) -> None:
        heard.append(f"started {flask.request.path}")

    @request_finished.connect
    def finished(sender: Flask, *, response: Response) -> None:
        heard.append(f"finished {response.status_code}")

    @request_tearing_down.connect
    def tearing_down(sender: Flask, *, exc: BaseException | None) -> None:
        heard.append(f"tearing down {exc!r}")

    @got_request_exception.connect
    def failed(sender: Flask, *, exception: Exception) -> None:
        heard.append(f"failed {exception!r}")

    @before_render_template.connect
    def rendering(sender: Flask, *, template: Template, context: dict[str, Any]) -> None:
        context["name"] = context["name"].upper()

    @template_rendered.connect
    def rendered(sender: Flask, *, template: Template, context: dict[str, Any]) -> None:
        heard.append(f"rendered {context['name']}")

    @message_flashed.connect
    def flashed(sender: Flask, *, message: str, category: str) -> None:
        heard.append(f"flashed {message}, a {category}")

    @appcontext_pushed.connect
    def pushed(sender: Flask) -> None:
        heard.append("pushed")

    @appcontext_tearing_down.connect
    def context_tearing_down(sender: Flask, *, exc: BaseException | None) -> None:
        heard.append("context tearing down")

    @appcontext_popped.connect
    def popped(sender: Flask) -> None:
        heard.append("popped")

    assert app.test_client().get("/").text == "ADA"
    assert heard == [
        "pushed",
        "started /",
        "flashed welcome, a greeting",
        "rendered ADA",
        "finished 200",
        "tearing down None",
        "context tearing down",
        "popped",
    ]
    heard.clear()
    app.test_client().get("/fail")
    assert heard == [
        "pushed",
        "started /fail",
        "failed KeyError('mine')",
        "finished 500",
        "tearing down KeyError('mine')",
        "context tearing down",
        "popped",
    ]


def test_one_application_is_heard_only(app: Flask) -> None:
    other = Flask("other")
    heard: list[object] = []

    @request_started.connect_via(app)
    def started(sender: Flask) -> None:
        heard.append(sender)

    try:
        other.test_client().get("/")
        app.test_client().get("/")
    finally:
        request_started.disconnect(started)
    assert heard == [app]


def test_receivers_are_held_weakly_by_blinker(app: Flask) -> None:
    def started(sender: Flask) -> None:
        raise AssertionError("dead")

    ghost = weakref.ref(started)
    request_started.connect(started)
    assert started in flask.request_started.receivers_for(app)
    del started
    gc.collect()
    assert ghost() is None
    app.test_client().get("/")
    assert not request_started.has_receivers


def test_muted_by_the_view_and_by_blinker(app: Flask) -> None:
    heard: list[object] = []

    def started(sender: Flask) -> None:
        heard.append(sender)

    with request_started.connected_to(started):
        with request_started.muted():
            app.test_client().get("/")
        with flask.request_started.muted():
            assert request_started.is_muted
            app.test_client().get("/")
        assert heard == []
        app.test_client().get("/")
    app.test_client().get("/")
    assert heard == [app]


def connects(view: Any, receiver: Callable[..., object], sender: object) -> list[Callable[[], object]]:
    return [
        lambda: view.connect(receiver, sender),
        lambda: view.connect(receiver, sender=sender, weak=False),
        lambda: view.connect_via(sender)(receiver),
        lambda: enter(view.connected_to(receiver, sender)),
    ]


def enter(block: AbstractContextManager[None]) -> object:
    block.__enter__()
    return block


@pytest.mark.parametrize("how", range(4), ids=["connect", "by name", "connect_via", "connected_to"])
def test_current_app_is_the_application_it_stands_for(app: Flask, how: int) -> None:
    heard: list[object] = []

    def started(sender: Flask) -> None:
        heard.append(sender)

    connect = connects(request_started, started, flask.current_app)[how]
    with pytest.raises(RuntimeError, match="application context"):
        connect()
    assert not request_started.has_receivers
    with app.app_context():
        _kept = connect()
        assert request_started.has_receivers_for(flask.current_app)
        assert request_started.receivers_for(flask.current_app) == [started]
    Flask("other").test_client().get("/")
    assert heard == []
    app.test_client().get("/")
    assert heard == [app]
    with app.app_context():
        request_started.send(flask.current_app)
        assert len(heard) == 2
        assert type(heard[1]) is Flask
        request_started.disconnect(started, flask.current_app)
    assert request_started.receivers_for(app) == []
    request_started.disconnect(started)


def test_blinker_itself_never_matches_a_proxy(app: Flask) -> None:
    """The reason for the above. Should blinker learn it one day, then ours may go."""
    heard: list[object] = []
    flask.request_started.connect(heard.append, flask.current_app, weak=False)
    try:
        app.test_client().get("/")
    finally:
        flask.request_started.disconnect(heard.append)
        flask.request_started._clear_state()
    assert heard == []


def test_a_signal_of_ones_own_takes_proxies_too(app: Flask) -> None:
    """Real blinker's, as Flask's documentation has it."""
    untyped = blinker.Namespace().signal("model-saved")

    @typed(untyped)
    def model_saved(sender: Flask, *, key: int) -> object: ...

    def saved(sender: Flask, *, key: int) -> object:
        return sender, key

    model_saved.connect(saved, app)
    with app.app_context():
        assert model_saved.send(flask.current_app, key=1) == [(saved, (app, 1))]


def test_coroutine_functions_are_refused() -> None:
    async def started(sender: Flask) -> None:
        await asyncio.sleep(0)

    with pytest.raises(TypeError, match="coroutine function"):
        request_started.connect(started)  # type: ignore[arg-type]  # on purpose
    assert not request_started.has_receivers


def test_sending_is_checked(app: Flask) -> None:
    with pytest.raises(TypeError, match="response"):
        request_finished.send(app)  # type: ignore[call-arg]  # on purpose
    heard: list[int] = []

    def finished(sender: Flask, *, response: Response) -> None:
        heard.append(response.status_code)

    with request_finished.connected_to(finished, ANY):
        request_finished.send(app, response=Response(status=204))
    assert heard == [204]


def test_views_show_in_a_repl() -> None:
    assert isinstance(request_finished, SignalView)
    assert list(inspect.signature(request_finished.send).parameters) == ["sender", "response"]
    assert repr(request_finished).startswith("<SignalView request_finished of <")
