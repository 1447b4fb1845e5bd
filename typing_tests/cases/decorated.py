"""A decorated receiver is still called as the signal calls it; parameters of its own are forgotten."""

from typing_extensions import assert_type

from typedsig import ANY, Signal


class App: ...


app = App()


@Signal
def counted(sender: App, *, start: int) -> int:
    return start


@counted.connect
def same(sender: App, *, start: int) -> int:
    return start


@counted.connect
def wider(sender: object, *, start: float, step: int = 1) -> bool:
    return bool(start + step)


@counted.connect_via(app)
def for_app(sender: App, *, start: int) -> int:
    return start


@counted.connect_via(ANY)
def for_all(sender: object, *, start: int) -> int:
    return start


@counted.bind(app).connect
def bound(sender: App, *, start: int) -> int:
    return start


@counted.connect  # E: start is an int
def too_narrow(sender: App, *, start: bool) -> int:
    return start


@counted.connect  # E: answers nothing
def silent(sender: App, *, start: int) -> None: ...


@counted.bind(app).connect  # E: does not take start
def too_few(sender: App) -> int:
    return 0


assert_type(same(app, start=1), int)
assert_type(for_app(app, start=1), int)
assert_type(for_all(app, start=1), int)
assert_type(bound(app, start=1), int)
assert_type(wider(app, start=1), int)  # the signal's result
same(app, start="1")  # E: start is an int
for_app(app, start="1")  # E: start is an int
for_all(app, start="1")  # E: start is an int
bound(app, start="1")  # E: start is an int
counted.connect_via(app, weak="no")  # E: weak is a bool
counted.connect_via(ANY, weak="no")  # E: weak is a bool
counted.bind(app).connect(same, weak="no")  # E: weak is a bool
same(sender=app, start=1)  # E: the signal calls it with the sender by position
wider(app, start=1, step=2)  # E: the signal sends no step
wider("app", start=1)  # E: the signal's senders are Apps

plain = counted.connect(same, weak=False)
for_any = counted.connect(same, ANY, weak=False)
for_one = counted.connect(same, app, weak=False)
assert_type(plain(app, start=1), int)
assert_type(for_any(app, start=1), int)
assert_type(for_one(app, start=1), int)
for_any(app, start="1")  # E: start is an int
for_one(app, start="1")  # E: start is an int
