"""A signal's `emit` is a receiver of another signal that sends the same, and an owner fits a protocol that declares it."""

from typing import Any, Protocol

from typedsig import Signal


class Document:
    @Signal.method
    def changed(self, *, path: str) -> None: ...


class Folder:
    @Signal.method
    def child_changed(self, child: Document, *, path: str) -> None: ...

    @Signal.method
    def renamed(self, *, name: str) -> None: ...


class Changing(Protocol):
    @Signal.method
    def changed(self: Any, *, path: str) -> None: ...


class Counting(Protocol):
    @Signal.method
    def changed(self: Any, *, number: int) -> None: ...


@Signal
def saved(sender: Document, *, path: str) -> None: ...


def forward(document: Document, folder: Folder) -> None:
    document.changed.connect(folder.child_changed.emit)
    Document.changed.connect(folder.child_changed.emit)
    document.changed.connect(saved.emit)
    document.changed.disconnect(folder.child_changed.emit)
    document.changed.connect(folder.renamed.emit)  # E: a name is not a path
    folder.renamed.connect(saved.emit)  # E: a folder is no document


def watch(changing: Changing) -> None:
    changing.changed.emit(path="a.txt")
    changing.changed.emit(path=1)  # E: a path is a str


def count(counting: Counting) -> None: ...


def use(document: Document, folder: Folder) -> None:
    watch(document)
    watch(folder)  # E: a folder does not change
    count(document)  # E: what a document sends is no number
