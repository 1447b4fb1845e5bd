"""The return annotation of the prototype is what receivers answer, and what a send gives."""

from typing_extensions import assert_type

from typedsig import Signal


class App: ...


app = App()


@Signal
def notified(sender: App) -> None: ...


@Signal
def asked(sender: App) -> tuple[bool, str | None]:
    return True, None


@Signal
def anything(sender: App) -> object: ...


def nothing(sender: App) -> None: ...


def number(sender: App) -> int:
    return 1


def reason(sender: App) -> tuple[bool, str]:
    return False, "no"


async def later(sender: App) -> int:
    return 1


notified.connect(nothing)
notified.connect(number)  # E: nobody would read it
notified.connect(later)  # E: nobody would await it
asked.connect(reason)
asked.connect(nothing)  # E: no answer
asked.connect(number)  # E: another answer
asked.connect(later)  # E: nobody would await it
anything.connect(nothing)
anything.connect(number)
anything.connect(later)  # refused when it is connected, by the signal itself

for _, (allowed, why) in asked.send(app):
    assert_type(allowed, bool)
    assert_type(why, str | None)

answers = dict(asked.send(app))
assert_type(list(answers.values()), list[tuple[bool, str | None]])
assert_type([answer for _, answer in anything.send(app)], list[object])
total: int = sum(answer for _, answer in anything.send(app))  # E: objects do not add up
first: str = asked.send(app)[0][1][1]  # E: may be None
