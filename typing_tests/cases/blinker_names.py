"""`typedsig.blinker` takes what blinker takes, and its classes can be mixed with others."""

from abc import ABC
from collections import UserDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from typing_extensions import assert_type, override

from typedsig.blinker import ANY, NamedSignal, Namespace, Signal, default_namespace, signal

T = TypeVar("T")


class App: ...


saved = Signal()
documented = Signal("doc")
named = NamedSignal("saved", doc="doc")
signals = Namespace()


@saved.connect
def receive(sender: App, path: str) -> int:
    return len(path)


@saved.connect_via(App())
def receive_one(sender: App, path: str) -> int:
    return len(path)


assert_type(receive(App(), "a"), int)  # what is decorated stays what it is
assert_type(receive_one(App(), path="a"), int)

saved.connect(receive, App(), False)
saved.connect(receive, sender=App(), weak=False)
saved.connect(receive, ANY)
saved.connect(receive, saved.ANY)
saved.connect(print)
saved.connect(receiver=receive)
with saved.connected_to(receive), saved.connected_to(receive, sender="a"), saved.muted():
    pass
if saved.receivers and len(saved.receivers) > 1:
    pass
assert_type(saved.is_muted, bool)
saved.is_muted = True
saved.is_muted = "yes"  # E: a bool
assert_type(saved.has_receivers_for(None), bool)
assert_type(saved.disconnect(receive, App()), None)
for found in saved.receivers_for(App()):
    found(App(), path="a")

saved.connect("receive")  # E: not callable
saved.connect(receive, weak="no")  # E: weak is a bool
saved.connect(receive, from_sender=1)  # E: blinker has no such argument
saved.receivers_for()  # E: no sender


def to_sync(receiver: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    return receiver


saved.send()
saved.send(App(), path="a", anything=1)
saved.send(App(), sender=App(), self=1)
saved.send(App(), _async_wrapper=to_sync)
for receiver, answer in saved.send():
    receiver(answer)
saved.send(App(), "a")  # E: one argument by position
saved.send(_async_wrapper="no")  # E: not a wrapper

assert_type(signals.signal("saved"), NamedSignal)
assert_type(signal("saved", doc="doc"), NamedSignal)
assert_type(default_namespace["saved"], NamedSignal)
assert_type(named.name, str)
saved.receiver_connected.connect(print)
signal(1)  # E: a name is a string
signals["saved"] = Signal()  # E: not a named one


async def main() -> None:
    for _, answered in await saved.send_async(App(), path="a"):
        print(answered)
    saved.send_async()  # E: not awaited


class Table(Signal, dict[str, int]): ...


class User(Signal, UserDict[str, int]): ...


class Abstract(Signal, ABC): ...


class Box(Signal, Generic[T]): ...


class Own(Signal):
    @override
    def send(self, sender: Any = None, /, **kwargs: Any) -> list[tuple[Callable[..., Any], Any]]:
        return super().send(sender, **kwargs)


class OwnNamespace(Namespace): ...


Table().connect(receive)
Box[int]().send()
Own().send(App(), path="a")
assert_type(OwnNamespace().signal("a"), NamedSignal)
