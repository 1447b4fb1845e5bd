"""The mistakes, made with pyee.

n/a other sender than receiver's: nobody connects for one sender
n/a other sender than signal's: nobody connects for one sender
n/a wrong sender: the sender is the emitter
n/a receiver takes another sender: receivers do not get the sender
n/a receiver returns another type: results are ignored
n/a result misused: there are none
n/a failure overlooked: a failing receiver ends the emission
n/a not awaited: emitting is synchronous
"""

from pyee import EventEmitter


def right(user_id: int, name: str) -> None: ...


def lacks_one(user_id: int) -> None: ...


def wants_more(user_id: int, name: str, email: str) -> None: ...


def other_type(user_id: str, name: str) -> None: ...


async def coroutine(user_id: int, name: str) -> None: ...


app = EventEmitter()
app.on("user_created", right)
app.emit("user_created", 1, "Ada")

app.emit("user_created", "1", "Ada")  # mistake: wrong type
app.emit("user_created", 1)  # mistake: missing argument
app.emit("user_created", 1, "Ada", "Ada")  # mistake: unknown argument
app.emit("user_craeted", 1, "Ada")  # mistake: misspelt signal
app.on("user_created", lacks_one)  # mistake: receiver lacks a parameter
app.on("user_created", wants_more)  # mistake: receiver wants more
app.on("user_created", other_type)  # mistake: receiver takes another type
app.on("user_created", coroutine)  # mistake: coroutine function
app.on("user_created", "right")  # mistake: no receiver
