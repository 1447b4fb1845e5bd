"""A signal is declared by a prototype, by type parameters, or by a method, and has the types it was declared with."""

from inspect import Signature

from typing_extensions import assert_type

from typedsig import AsyncSignal, BoundSignal, Signal


class App: ...


@Signal
def saved(sender: App, *, path: str) -> None: ...


@Signal
def counted(sender: App) -> int:
    return 0


def prototype(sender: App, *, path: str) -> bool:
    return bool(path)


class Document:
    @Signal.method
    def changed(self, *, path: str) -> None: ...


class Window:
    resized: Signal["Window", [int, int]]
    closed: Signal["Window", [], None]

    def __init__(self) -> None:
        self.resized = Signal()
        self.closed = Signal()  # gap zuban: takes the default for the result where None is declared


asked = Signal(prototype, name="asked", doc="May this be saved?")
moved = Signal[Window, [int, int]]()
voted = Signal[App, [], bool](name="voted")
opened: Signal[Window, [], None] = Signal[Window, [], None]()

assert_type(counted.send(App())[0][1], int)
assert_type(asked.send(App(), path="a")[0][1], bool)
assert_type(moved.send(Window(), 1, 2)[0][1], object)
assert_type(voted.send(App())[0][1], bool)
assert_type(saved.name, str | None)
assert_type(saved.signature, Signature | None)
Window().resized.emit(Window(), 1, 2)
Window().resized.emit(Window(), "1", 2)  # E: the width is an int
moved.emit(Window(), 1)  # E: no height
moved.emit(Window(), x=1, y=2)  # E: parameters given as types have no names

bound: BoundSignal[Document, ..., None] = Document().changed
unbound: Signal[Document, ..., None] = Document.changed
wrong: Signal[Document, ..., None] = Document().changed  # E: on an instance it is bound
Document.changed = Signal()  # E: declared once


@Signal  # E: needs a parameter for the sender
def senderless() -> None: ...


@Signal  # E: the sender is positional
def keyword_sender(*, sender: App) -> None: ...


@AsyncSignal  # E: an asynchronous signal is declared with async def
def synchronous(sender: App) -> None: ...


Signal(42)  # E: a prototype is a function
Signal(prototype, name=b"asked")  # E: a name is a string
Signal(prototype, doc=1)  # E: a docstring is a string
AsyncSignal[App](name=b"asked")  # E: a name is a string
AsyncSignal[App](doc=1)  # E: a docstring is a string
Signal(prototype, "asked")  # E: the name is given by keyword
Signal[App, int]()  # E: the payload is a list of types
