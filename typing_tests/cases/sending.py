"""What is sent fits the declaration: sender, payload, names. What comes back has the declared result."""

from collections.abc import Callable

from typing_extensions import assert_type

from typedsig import Outcome, Signal


class App: ...


app = App()


@Signal
def created(sender: App, *, user_id: int, name: str = "") -> None: ...


@Signal
def saved(sender: App, path: str, /, size: int = 0, *tags: str, **options: bool) -> int:
    return size


created.send(app, user_id=1, name="Ada")
created.send(app, user_id=1)
created.send(app, user_id="1")  # E: user_id is an int
created.send(app)  # E: no user_id
created.send(app, user_id=1, email="a@b.c")  # E: there is no email
created.send(app, 1)  # E: user_id is a keyword
created.send(user_id=1)  # E: no sender
created.send(sender=app, user_id=1)  # E: the sender is positional
created.send("app", user_id=1)  # E: the sender is an App
created.emit(app, user_id=1)
created.emit(app, user_id="1")  # E: user_id is an int
created.emit(app)  # E: no user_id
created.send_robust(app, user_id=1)
created.send_robust("app", user_id=1)  # E: the sender is an App
created.send_robust(app, user_id="1")  # E: user_id is an int

saved.emit(app, "a.txt")
saved.emit(app, "a.txt", 1, "draft", "private", sync=True)
saved.emit(app, path="a.txt")  # E: the path is positional
saved.emit(app, "a.txt", 1, 2)  # E: a tag is a string
saved.emit(app, "a.txt", sync="yes")  # E: an option is a bool

for receiver, result in saved.send(app, "a.txt"):
    assert_type(result, int)
    assert_type(receiver(app, "a.txt", size=1), int)
    receiver(app, 1)  # E: the path is a string
    anything: Callable[..., int] = receiver

collected: list[int] = saved.emit(app, "a.txt")  # E: it collects nothing
assert_type(saved.send_robust(app, "a.txt"), list[Outcome[int]])
