"""A receiver fits its signal, or it is refused where it is connected."""

from collections.abc import Callable
from functools import partial

from typing_extensions import assert_type

from typedsig import ANY, Signal


class App: ...


@Signal
def saved(sender: App, *, path: str, size: int) -> None: ...


moved = Signal[App, [int, int], None]()


def fits(sender: App, *, path: str, size: int) -> None: ...


def takes_more(sender: object, *, path: object, size: float, mode: str = "w") -> None: ...


def takes_anything(*args: object, **kwargs: object) -> None: ...


def too_few(sender: App, *, path: str) -> None: ...


def other_name(sender: App, *, file: str, size: int) -> None: ...


def too_narrow(sender: App, *, path: str, size: bool) -> None: ...


def no_sender(*, path: str, size: int) -> None: ...


def answers(sender: App, *, path: str, size: int) -> int:
    return size


class Log:
    def write(self, sender: App, *, path: str, size: int) -> None: ...

    def __call__(self, sender: App, *, path: str, size: int) -> None: ...


saved.connect(fits)
saved.connect(fits, weak=False)
saved.connect(fits, ANY)
saved.connect(takes_more, sender=ANY)
saved.connect(takes_anything)
saved.connect(Log().write)
saved.connect(Log())
moved.connect(lambda sender, x, y: print(x + y), weak=False)  # of keyword-only parameters pyright infers nothing
saved.connect(partial(takes_more, mode="a"), weak=False)

saved.connect(too_few)  # E: does not take the size
saved.connect(other_name)  # E: does not take a path
saved.connect(too_narrow)  # E: takes a bool only
saved.connect(no_sender)  # E: does not take the sender
saved.connect(answers)  # E: what it returns would be lost
saved.connect(fits())  # E: the result of a call, not a receiver
saved.connect("fits")  # E: not callable
saved.connect(fits, weak="no")  # E: weak is a bool
saved.connect(fits, ANY, weak="no")  # E: weak is a bool
saved.connect(fits, App(), weak="no")  # E: weak is a bool
saved.connect(too_few, ANY)  # E: does not take the size
saved.connect(answers, ANY)  # E: what it returns would be lost
saved.connect(receiver=fits)  # E: the receiver is positional


@saved.connect
def decorated(sender: App, *, path: str, size: int) -> None: ...


with saved.connected_to(fits) as entered:
    assert_type(entered, None)
with saved.connected_to(too_few):  # E: does not take the size
    pass
with saved.connected_to(answers):  # E: what it returns would be lost
    pass
with saved.connected_to(too_few, ANY):  # E: does not take the size
    pass
with saved.connected_to(answers, ANY):  # E: what it returns would be lost
    pass
with saved.connected_to(fits, ANY), saved.connected_to(fits, sender=ANY):
    pass

assert_type(saved.disconnect(fits), bool)
saved.disconnect(fits, ANY)
saved.disconnect(too_few)
saved.disconnect("fits")  # E: not callable

listeners: list[Callable[..., object]] = [*saved.receivers, *saved.receivers_for(App())]
for receiver in saved.receivers:
    assert_type(receiver(App(), path="a", size=1), None)
    receiver(App(), path="a")  # E: no size
for receiver in saved.receivers_for(App()):
    assert_type(receiver(App(), path="a", size=1), None)
    receiver(App(), path="a")  # E: no size
    receiver("app", path="a", size=1)  # E: no App
assert_type(saved.has_receivers, bool)
