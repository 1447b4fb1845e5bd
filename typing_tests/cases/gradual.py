"""What is not declared is not checked: a bare `Signal`, a payload of ``...``, a lambda for a prototype."""

from typing import Any

from typing_extensions import assert_type

from typedsig import AsyncSignal, Signal


class App: ...


app = App()

bare: Signal = Signal()
loose = Signal[App, ...]()
loose_result = Signal[App, ..., int]()
default = Signal[App]()
by_lambda = Signal[App, [str], int](lambda sender, path: len(path))
guessed: Signal[App, [str], int] = Signal(lambda sender, path: len(path))
unknown = Signal(lambda sender, path: None)  # gap pyright: strict  # gap basedpyright: strict  # gap pyrefly: strict
loose_async = AsyncSignal[Any, ...]()


def receiver(sender: App, path: str, *, size: int) -> int:
    return size


async def coroutine(sender: App) -> None: ...


bare.connect(receiver)
bare.connect(receiver, app)
bare.send(app, 1, size="big")
bare.send("anybody")
bare.send()  # E: nobody sends  # gap pyrefly: takes ... for the sender, too
bare.connect("receiver")  # E: not callable
assert_type(bare.send(app)[0][1], object)

loose.connect(receiver)
loose.send(app, 1, size="big")
loose.send("app", 1)  # E: no App  # gap pyrefly: takes ... for the sender, too
default.send(app, 1, size="big")
default.send("app", 1)  # E: no App  # gap pyrefly: takes ... for the sender, too
loose.connect(coroutine)  # refused when it is connected, by the signal itself
loose_result.connect(coroutine)  # E: not an int
assert_type(loose_result.send(app, 1)[0][1], int)

by_lambda.send(app, "a")
by_lambda.send(app, 1)  # E: takes a string
guessed.send(app, path="a")  # E: parameters given as types have no names
loose_async.connect(coroutine)
loose_async.connect(receiver, app)


async def main() -> None:
    await loose_async.send_async(app, 1)
    await loose_async.send_async()  # E: nobody sends  # gap pyrefly: takes ... for the sender, too
