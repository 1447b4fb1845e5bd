"""The mistakes, made with aiosignal, with positional arguments: it takes any keyword arguments.

n/a other sender than receiver's: nobody connects for one sender
n/a other sender than signal's: nobody connects for one sender
n/a receiver returns another type: results are ignored
n/a coroutine function: all receivers are coroutine functions
n/a result misused: there are none
n/a failure overlooked: a failing receiver ends the send
"""

from aiosignal import Signal


class App:
    def __init__(self) -> None:
        self.user_created: Signal[App, int, str] = Signal(self)


async def right(sender: App, user_id: int, name: str) -> None: ...


async def lacks_one(sender: App, user_id: int) -> None: ...


async def wants_more(sender: App, user_id: int, name: str, email: str) -> None: ...


async def other_type(sender: App, user_id: str, name: str) -> None: ...


async def other_sender(sender: list[str], user_id: int, name: str) -> None: ...


app = App()
app.user_created.append(right)

app.user_created.append(lacks_one)  # mistake: receiver lacks a parameter
app.user_created.append(wants_more)  # mistake: receiver wants more
app.user_created.append(other_type)  # mistake: receiver takes another type
app.user_created.append(other_sender)  # mistake: receiver takes another sender
app.user_created.append("right")  # mistake: no receiver


async def send() -> None:
    await app.user_created.send(app, 1, "Ada")
    await app.user_created.send(app, "1", "Ada")  # mistake: wrong type
    await app.user_created.send(app, 1)  # mistake: missing argument
    await app.user_created.send(app, 1, "Ada", "Ada")  # mistake: unknown argument
    await app.user_created.send([], 1, "Ada")  # mistake: wrong sender
    await app.user_craeted.send(app, 1, "Ada")  # mistake: misspelt signal
    app.user_created.send(app, 1, "Ada")  # mistake: not awaited
