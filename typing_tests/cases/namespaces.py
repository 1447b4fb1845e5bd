"""A named signal is typed by the prototype it is asked for with; without one it takes anything."""

from typing import Any

from typing_extensions import assert_type

from typedsig import AsyncSignal, Namespace, Signal, default_namespace, signal


class App: ...


app = App()
signals = Namespace()


def prototype(sender: App, *, path: str) -> int:
    return len(path)


async def async_prototype(sender: App, *, path: str) -> bool:
    return bool(path)


saved = signals.signal("saved", prototype)
fetched = signals.async_signal("fetched", async_prototype)
loose = signals.signal("loose")
loose_async = signals.async_signal("loose_async")
assert_type(default_namespace, Namespace)

assert_type(saved.send(app, path="a")[0][1], int)
saved.send(app, path=1)  # E: the path is a string
saved.send("app", path="a")  # E: no App
assert_type(loose, Signal[Any, ..., Any])
loose.send(app, 1, path="a")
loose.send()  # E: nobody sends  # gap pyrefly: takes ... for the sender, too
assert_type(loose_async, AsyncSignal[Any, ..., Any])

signals.signal("fetched", async_prototype)
signals.async_signal("saved", prototype)  # E: an asynchronous signal is declared with async def
signals.signal(saved)  # E: a name is a string
signals.signal()  # E: no name
signals.signal("saved", "path")  # E: a prototype is a function
signal("saved", prototype).send(app, path=1)  # E: the path is a string


@signals.add
@Signal
def removed(sender: App, *, path: str) -> int:
    return len(path)


@signals.add  # E: a signal, not a function
def function(sender: App) -> None: ...


assert_type(removed.send(app, path="a")[0][1], int)
removed.send(app)  # E: no path
signals["saved"].connect(prototype)
signals[0]  # E: a name is a string
for name, found in signals.items():
    assert_type(name, str)
    assert_type(found.has_receivers, bool)


async def main() -> None:
    assert_type((await fetched.send_async(app, path="a"))[0][1], bool)
    await fetched.send_async("app", path="a")  # E: no App
    await fetched.send_async(app, path=1)  # E: the path is a string
