"""A payload that many signals share is a `TypedDict`, unpacked."""

from typing import TypedDict

from typing_extensions import NotRequired, Unpack

from typedsig import Signal


class App: ...


app = App()


class User(TypedDict):
    user_id: int
    name: str
    email: NotRequired[str]


@Signal
def created(sender: App, **user: Unpack[User]) -> None: ...


@created.connect
def welcome(sender: App, **user: Unpack[User]) -> None:
    print(user["name"].title(), user.get("email"))


@created.connect
def log(sender: object, **payload: object) -> None: ...


def other(sender: App, **user: int) -> None: ...
def explicit(sender: App, *, user_id: int, name: str) -> None: ...


created.send(app, user_id=1, name="Ada")
created.send(app, user_id=1, name="Ada", email="ada@example.org")
created.send(app, user_id="1", name="Ada")  # E: user_id is an int
created.send(app, user_id=1)  # E: no name
created.send(app, user_id=1, name="Ada", age=36)  # E: no such key  # gap ty: any key  # gap zuban: any key
created.emit(app, user_id=1, name=b"Ada")  # E: the name is a string
created.send_robust(app, 1, "Ada")  # E: by keyword only
created.connect(other)  # E: a name is no int
created.connect(explicit)  # E: a subtype of User may have more keys

user: User = {"user_id": 1, "name": "Ada"}
created.send(app, **user)
