"""The mistakes, made with reactivex: a subject of events that are objects of a class of their own.

n/a other sender than receiver's: nobody connects for one sender
n/a other sender than signal's: nobody connects for one sender
n/a wrong sender: events have no sender
n/a receiver takes another sender: events have no sender
n/a receiver returns another type: results are ignored
n/a result misused: there are none
n/a failure overlooked: a failing observer ends the emission
n/a not awaited: emitting is synchronous
"""

from dataclasses import dataclass

from reactivex.subject import Subject


@dataclass
class UserCreated:
    user_id: int
    name: str


class App:
    def __init__(self) -> None:
        self.user_created: Subject[UserCreated] = Subject()


def right(event: UserCreated) -> None: ...


def lacks_one() -> None: ...


def wants_more(event: UserCreated, email: str) -> None: ...


def other_type(event: App) -> None: ...


async def coroutine(event: UserCreated) -> None: ...


app = App()
app.user_created.subscribe(right)
app.user_created.on_next(UserCreated(user_id=1, name="Ada"))

app.user_created.on_next(UserCreated(user_id="1", name="Ada"))  # mistake: wrong type
app.user_created.on_next(UserCreated(user_id=1))  # mistake: missing argument
app.user_created.on_next(UserCreated(user_id=1, name="Ada", nmae="Ada"))  # mistake: unknown argument
app.user_craeted.on_next(UserCreated(user_id=1, name="Ada"))  # mistake: misspelt signal
app.user_created.subscribe(lacks_one)  # mistake: receiver lacks a parameter
app.user_created.subscribe(wants_more)  # mistake: receiver wants more
app.user_created.subscribe(other_type)  # mistake: receiver takes another type
app.user_created.subscribe(coroutine)  # mistake: coroutine function
app.user_created.subscribe("right")  # mistake: no receiver
