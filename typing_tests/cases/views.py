"""A typed view of a signal of blinker or `typedsig.blinker`: checked as a declared signal, with keywords only."""

import blinker
from typing_extensions import assert_type

import typedsig.blinker
from typedsig import ANY
from typedsig.blinker import typed, typed_async


class App: ...


class Web(App): ...


app = App()
theirs = blinker.signal("saved")


@typed(theirs)
def saved(sender: App, *, path: str, size: int) -> None: ...


@typed(typedsig.blinker.signal("measured"))
def measured(sender: App, *, path: str) -> int:
    return len(path)


@typed_async(theirs)
async def stored(sender: App, *, path: str) -> int:
    return len(path)


def fits(sender: App, *, path: str, size: int) -> None: ...


def takes_any(sender: App, **payload: object) -> None: ...


def of_web(sender: Web, *, path: str, size: int) -> None: ...


def too_few(sender: App, *, path: str) -> None: ...


def answers(sender: App, *, path: str, size: int) -> int:
    return size


async def later(sender: App, *, path: str, size: int) -> None: ...


saved.connect(fits)
saved.connect(fits, ANY, weak=False)
saved.connect(fits, sender=app)
saved.connect(takes_any)
saved.connect(of_web, Web())
saved.connect(of_web)  # E: takes a Web only
saved.connect(of_web, app)  # E: takes a Web only
saved.connect(too_few)  # E: does not take the size
saved.connect(answers)  # E: what it returns would be lost
saved.connect(later)  # E: a coroutine function


@saved.connect
def decorated(sender: App, *, path: str, size: int) -> None: ...


@saved.connect_via(app)
def decorated_for_one(sender: App, *, path: str, size: int) -> None: ...


@saved.connect_via(app)  # E[via]: does not take the size
def wrong_for_one(sender: App, *, path: str) -> None: ...  # E[via]


with saved.connected_to(fits), saved.connected_to(of_web, Web()), saved.muted():
    pass
with saved.connected_to(too_few):  # E: does not take the size
    pass

saved.send(app, path="a", size=1)
saved.send(Web(), path="a", size=1)
saved.send(app, path="a", size="1")  # E: the size is an int
saved.send(app, path="a")  # E: no size
saved.send(app, "a", 1)  # E: keywords only
saved.send("app", path="a", size=1)  # E: no App
saved.send()  # E: no sender
assert_type(measured.send(app, path="a")[0][1], int)
assert_type(saved.is_muted, bool)
assert_type(saved.has_receivers, bool)
saved.has_receivers_for("app")  # E: no App

# The untyped signal is there as it was.
theirs.send("anybody", whatever=1)
saved.untyped.send("anybody", whatever=1)


async def store(sender: App, *, path: str) -> int:
    return 1


def store_now(sender: App, *, path: str) -> int:
    return 1


async def wrong_answer(sender: App, *, path: str) -> str:
    return path


stored.connect(store)
stored.connect(store_now, app)
stored.connect(wrong_answer)  # E: another answer


async def main() -> None:
    assert_type((await stored.send_async(app, path="a"))[0][1], int)
    await stored.send_async(app, path=1)  # E: the path is a string
    stored.send_async(app, path="a")  # E: not awaited


@typed("saved")  # E: no signal
def not_blinkers(sender: App) -> None: ...
