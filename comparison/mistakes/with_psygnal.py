"""The mistakes, made with psygnal.

n/a other sender than receiver's: nobody connects for one sender
n/a other sender than signal's: nobody connects for one sender
n/a wrong sender: the sender is the object that has the signal
n/a receiver takes another sender: receivers do not get the sender
n/a receiver lacks a parameter: receivers may take fewer arguments
n/a receiver returns another type: results are ignored
n/a coroutine function: they are run by a backend
n/a result misused: there are none
n/a failure overlooked: a failing receiver ends the emission
n/a not awaited: emitting is synchronous
"""

from psygnal import Signal


class App:
    user_created = Signal(int, str)


def right(user_id: int, name: str) -> None: ...


def wants_more(user_id: int, name: str, email: str) -> None: ...


def other_type(user_id: str, name: str) -> None: ...


app = App()
app.user_created.connect(right)
app.user_created.emit(1, "Ada")

app.user_created.emit("1", "Ada")  # mistake: wrong type
app.user_created.emit(1)  # mistake: missing argument
app.user_created.emit(1, "Ada", "Ada")  # mistake: unknown argument
app.user_craeted.emit(1, "Ada")  # mistake: misspelt signal
app.user_created.connect(wants_more)  # mistake: receiver wants more
app.user_created.connect(other_type)  # mistake: receiver takes another type
app.user_created.connect("right")  # mistake: no receiver
