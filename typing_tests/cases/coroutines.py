"""An asynchronous signal takes coroutine functions and plain ones, and is awaited; a synchronous one takes no coroutines."""

from collections.abc import Awaitable

from typing_extensions import assert_type

from typedsig import AsyncSignal, Outcome, Signal


class App: ...


app = App()


@AsyncSignal
async def saved(sender: App, *, path: str) -> int:
    return len(path)


@Signal
def saved_now(sender: App, *, path: str) -> int:
    return len(path)


later = AsyncSignal[App, [str], bool]()


@saved.connect
async def store(sender: App, *, path: str) -> int:
    return 1


@saved.connect
def count(sender: App, *, path: str) -> int:
    return 1


def gives_awaitable(sender: App, *, path: str) -> Awaitable[int]:
    return store_later(sender, path=path)


async def store_later(sender: App, *, path: str) -> int:
    return 1


async def too_few(sender: App) -> int:
    return 1


async def wrong_result(sender: App, *, path: str) -> str:
    return path


saved.connect(gives_awaitable)
saved.connect(too_few)  # E: does not take the path
saved.connect(wrong_result)  # E: another answer
saved_now.connect(store_later)  # E: a synchronous signal cannot await it
saved_now.connect(gives_awaitable)  # E: a synchronous signal cannot await it
saved.send(app, path="a")  # E: an asynchronous signal has send_async
with saved.connected_to(store_later), saved.connected_to(store_later, app), saved.muted():
    pass


async def main() -> None:
    for receiver, result in await saved.send_async(app, path="a"):
        assert_type(result, int)
        assert_type(receiver(app, path="a"), int | Awaitable[int])
        receiver(app, path=1)  # E: the path is a string
    for receiver, result in await saved.send_concurrently(app, path="a"):
        assert_type(result, int)
        assert_type(receiver(app, path="a"), int | Awaitable[int])
        receiver(app, path=1)  # E: the path is a string
    assert_type(await saved.send_robust_async(app, path="a"), list[Outcome[int]])
    assert_type((await later.send_async(app, "a"))[0][1], bool)
    await saved.emit_async(app, path="a")

    await saved.send_async(app, path=1)  # E: the path is a string
    await saved.emit_async(app)  # E: no path
    await saved.send_robust_async(app)  # E: no path
    await saved.send_async("app", path="a")  # E: no App
    await saved.emit_async("app", path="a")  # E: no App
    await saved.send_concurrently("app", path="a")  # E: no App
    await saved.send_robust_async("app", path="a")  # E: no App
    await saved.send_concurrently(app, path="a", size=1)  # E: there is no size
    await later.emit_async(app, 1)  # E: takes a string

    saved.send_async(app, path="a")  # E: not awaited  # gap zuban: has no such rule
    saved.emit_async(app, path="a")  # E: not awaited  # gap zuban: has no such rule
    saved.send_concurrently(app, path="a")  # E: not awaited  # gap zuban: has no such rule
    for _ in saved.send_async(app, path="a"):  # E: not awaited
        pass
    await saved_now.send(app, path="a")  # E: nothing to await
