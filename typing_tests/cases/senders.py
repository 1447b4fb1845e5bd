"""A signal is sent by what it was declared for and its subclasses; `ANY` is every sender, and sends nothing."""

from typing_extensions import assert_type

from typedsig import ANY, AnySender, BoundSignal, Signal


class App: ...


class WebApp(App):
    url = ""


@Signal
def started(sender: App, *, port: int) -> None: ...


@Signal
def stopped(sender: App | None) -> None: ...


@Signal
def logged(sender: object, *, sender_name: str) -> None: ...


def receiver(sender: App, *, port: int) -> None: ...


started.send(WebApp(), port=80)
started.send(App, port=80)  # E: the class, not an instance
started.send(None, port=80)  # E: None is a sender like any other
started.send(ANY, port=80)  # E: somebody has to send
stopped.send(None)
stopped.send(0)  # E: neither an App nor None
logged.send(0, sender_name="zero")
logged.send("anybody", sender_name="somebody")

started.connect(receiver, ANY)
started.connect(receiver, sender=WebApp())
started.connect(receiver, AnySender.ANY)
started.connect(receiver, AnySender)  # E: the type of ANY
started.connect(receiver, "app")  # E: the receiver takes an App

started.receivers_for(WebApp())
started.receivers_for("app")  # E: no App
started.has_receivers_for(ANY)  # E: has_receivers tells that
assert_type(started.has_receivers_for(WebApp()), bool)

assert_type(started.bind(WebApp()).sender, App)
started.bind("app")  # E: no App
started.bind(ANY)  # E: a bound signal has one sender
bound: BoundSignal[App, ..., None] = started.bind(App())


def choose(sender: App | AnySender) -> App | None:
    if sender is ANY:
        return None
    return assert_type(sender, App)
