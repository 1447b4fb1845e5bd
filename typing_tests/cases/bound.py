"""`Signal.method` binds a signal to the instance, also in generic classes and in subclasses."""

from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

from typing_extensions import assert_type

from typedsig import BoundSignal, Outcome, Signal

T = TypeVar("T")


class Repo(Generic[T]):
    @Signal.method
    def stored(self, *, item: T) -> int:
        return 0


class Users(Repo[str]):
    def store(self, name: str) -> None:
        self.stored.emit(item=name)
        self.stored.emit(item=1)  # E: items are strings here


class Admins(Users): ...


class Document:
    @Signal.method
    def changed(self, *, path: str) -> None: ...


class Color(Enum):
    RED = 1

    @Signal.method
    def picked(self, *, by: str) -> None: ...


document = Document()
numbers = Repo[int]()
users = Users()
admins = Admins()


def on_int(sender: Repo[int], *, item: int) -> int:
    return item


def on_str(sender: Repo[str], *, item: str) -> int:
    return 1


def without_item(sender: object) -> int:
    return 1


def silent(sender: object, *, item: object) -> None: ...
def on_admins(sender: Admins, *, item: str) -> int:
    return 1


for receiver, result in numbers.stored.send(item=1):
    assert_type(result, int)
    assert_type(receiver(numbers, item=1), int)
    receiver(numbers, item="1")  # E: items are ints here
assert_type(numbers.stored.send_robust(item=1), list[Outcome[int]])
assert_type(numbers.stored.sender, Repo[int])  # gap ty: forgets the class of a generic ``self``
numbers.stored.send(item="1")  # E: items are ints here
numbers.stored.send(numbers, item=1)  # E: the sender is bound
numbers.stored.connect(on_int)
numbers.stored.connect(on_str)  # E: items are ints here
numbers.stored.connect(on_int, weak=False)
numbers.stored.connect(on_int, numbers)  # E: the sender is bound
users.stored.connect(on_str)
users.stored.connect(silent)  # E: answers nothing
users.stored.send(item="a")
admins.stored.send_robust(item="a")
admins.stored.send_robust(item=1)  # E: items are strings here

with users.stored.connected_to(on_str), users.stored.muted(receiver=on_str, scope="context"):
    pass
with users.stored.connected_to(on_int):  # E: items are strings here
    pass
with users.stored.connected_to(without_item):  # E: does not take the item
    pass
with users.stored.connected_to(silent):  # E: answers nothing
    pass
with users.stored.muted(sender=users):  # E: the sender is bound
    pass
assert_type(users.stored.disconnect(on_str), bool)
assert_type(users.stored.has_receivers, bool)
assert_type(users.stored.is_muted, bool)
users.stored.muted(scope="thread")  # E: process or context
assert_type(users.stored.name, str | None)
assert_type(users.stored.receivers[0](users, item="a"), int)
receivers: list[Callable[..., int]] = [*users.stored.receivers]
users.stored.receivers[0](users, item=1)  # E: items are strings here

Users.stored.connect(on_str)
assert_type(Users.stored.send(users, item="a")[0][1], int)
Users.stored.send(numbers, item="a")  # E: not of this class  # gap ty: as above
Users.stored.send(item="a")  # E: on the class nobody is bound

assert_type(document.changed.sender, Document)
assert_type(document.changed.signal.bind(document).sender, Document)
document.changed.send(path="a")
document.changed.send(path=1)  # E: the path is a string
Document.changed.send(document, path="a")
Document.changed.send(numbers, path="a")  # E: no Document
document.changed.signal.send(numbers, path="a")  # E: no Document

bound: BoundSignal[Repo[int], ..., int] = numbers.stored
unbound: Signal[Repo[int], ..., int] = numbers.stored.signal
assert_type(users.stored.signal.send(users, item="a")[0][1], int)
users.stored.signal.send(numbers, item="a")  # E: not of this class  # gap ty: as above

Color.RED.picked.send(by="me")
Color.RED.picked.send(by=1)  # E: by is a string
Color.picked.send(Color.RED, by="me")
