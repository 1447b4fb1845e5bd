"""The mistakes, made with Django's signals and django-stubs.

n/a coroutine function: `send` awaits them in an event loop of their own
"""

from typing import Any

from django.dispatch import Signal


class App: ...


user_created = Signal()


def right(sender: type[App], user_id: int, name: str, **kwargs: Any) -> str:
    return name


def lacks_one(sender: type[App], user_id: int) -> str:
    return ""


def wants_more(sender: type[App], user_id: int, name: str, email: str, **kwargs: Any) -> str:
    return name


def other_type(sender: type[App], user_id: str, name: str, **kwargs: Any) -> str:
    return name


def other_sender(sender: list[str], user_id: int, name: str, **kwargs: Any) -> str:
    return name


def other_result(sender: type[App], user_id: int, name: str, **kwargs: Any) -> int:
    return user_id


user_created.connect(right)
user_created.send(sender=App, user_id=1, name="Ada")

user_created.send(sender=App, user_id="1", name="Ada")  # mistake: wrong type
user_created.send(sender=App, user_id=1)  # mistake: missing argument
user_created.send(sender=App, user_id=1, name="Ada", nmae="Ada")  # mistake: unknown argument
user_created.send(sender=[], user_id=1, name="Ada")  # mistake: wrong sender
user_craeted.send(sender=App, user_id=1, name="Ada")  # mistake: misspelt signal
user_created.connect(lacks_one)  # mistake: receiver lacks a parameter
user_created.connect(wants_more)  # mistake: receiver wants more
user_created.connect(other_type)  # mistake: receiver takes another type
user_created.connect(other_sender)  # mistake: receiver takes another sender
user_created.connect(other_result)  # mistake: receiver returns another type
user_created.connect(right, sender=[])  # mistake: other sender than receiver's
user_created.connect(other_sender, sender=[])  # mistake: other sender than signal's
user_created.connect("right")  # mistake: no receiver


def results() -> None:
    for _, text in user_created.send(sender=App, user_id=1, name="Ada"):
        if text:
            text.upper()
            text.as_integer_ratio()  # mistake: result misused
    for _, outcome in user_created.send_robust(sender=App, user_id=1, name="Ada"):
        outcome.upper()  # mistake: failure overlooked


async def fetch() -> None:
    await user_created.asend(sender=App, user_id=1, name="Ada")
    user_created.asend(sender=App, user_id=1, name="Ada")  # mistake: not awaited
