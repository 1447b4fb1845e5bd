"""A class of your own is a signal with what you add to it, and is declared in the same ways."""

from typing import Any, Generic, ParamSpec, TypeVar

from typing_extensions import assert_type, override

from typedsig import Signal

SenderT = TypeVar("SenderT")
P = ParamSpec("P")
ResultT = TypeVar("ResultT")


class App: ...


app = App()


class Counting(Signal[SenderT, P, ResultT], Generic[SenderT, P, ResultT]):
    sent = 0

    @override
    def emit(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> None:
        self.sent += 1
        super().emit(sender, *args, **kwargs)
        super().emit(*args, **kwargs)  # E: no sender

    @override
    def send(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> list[tuple[Any, ResultT]]:
        self.sent += 1
        return list(super().send(sender, *args, **kwargs))

    def first(self, sender: SenderT, /, *args: P.args, **kwargs: P.kwargs) -> ResultT:
        return self.send(sender, *args, **kwargs)[0][1]


class AppSignal(Signal[App, P, bool]): ...


class Saved(Signal[App, [str]]): ...


@Counting  # gap zuban: cannot solve P of a subclass from a prototype
def counted(sender: App, *, start: int) -> int:
    return start


numbered = Counting[App, [int], int]()
allowed = AppSignal[[str]]()
saved = Saved()


def receiver(sender: App, *, start: int) -> int:
    return start


assert_type(counted.first(app, start=1), int)
assert_type(counted.send(app, start=1)[0][1], int)
assert_type(counted.sent, int)
counted.connect(receiver)
counted.first(app)  # E: no start  # gap zuban: as above
counted.emit(app, start="1")  # E: start is an int  # gap zuban: as above
counted.send("app", start=1)  # E: no App
assert_type(numbered.first(app, 1), int)
numbered.first(app, "1")  # E: takes an int
assert_type(allowed.send(app, "a")[0][1], bool)
allowed.send(app, 1)  # E: takes a string
saved.emit(app, "a")
saved.emit(app, 1)  # E: takes a string
saved.connect(receiver)  # E: takes no string


class Broken(Signal[App, [str], bool]):
    @override
    def emit(self, path: str) -> None:  # E: emit takes a sender
        print(path)
