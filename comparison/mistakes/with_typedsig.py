"""The mistakes, made with typedsig."""

from typedsig import AsyncSignal, Signal


class App: ...


@Signal
def user_created(sender: App, *, user_id: int, name: str) -> str: ...  # type: ignore[empty-body]  # never called


@AsyncSignal
async def page_fetched(sender: App, *, url: str) -> None: ...


def right(sender: App, *, user_id: int, name: str) -> str:
    return name


def lacks_one(sender: App, *, user_id: int) -> str:
    return ""


def wants_more(sender: App, *, user_id: int, name: str, email: str) -> str:
    return name


def other_type(sender: App, *, user_id: str, name: str) -> str:
    return name


def other_sender(sender: list[str], *, user_id: int, name: str) -> str:
    return name


def other_result(sender: App, *, user_id: int, name: str) -> int:
    return user_id


async def coroutine(sender: App, *, user_id: int, name: str) -> str:
    return name


app = App()
user_created.connect(right)
user_created.send(app, user_id=1, name="Ada")

user_created.send(app, user_id="1", name="Ada")  # mistake: wrong type
user_created.send(app, user_id=1)  # mistake: missing argument
user_created.send(app, user_id=1, name="Ada", nmae="Ada")  # mistake: unknown argument
user_created.send([], user_id=1, name="Ada")  # mistake: wrong sender
user_craeted.send(app, user_id=1, name="Ada")  # mistake: misspelt signal
user_created.connect(lacks_one)  # mistake: receiver lacks a parameter
user_created.connect(wants_more)  # mistake: receiver wants more
user_created.connect(other_type)  # mistake: receiver takes another type
user_created.connect(other_sender)  # mistake: receiver takes another sender
user_created.connect(other_result)  # mistake: receiver returns another type
user_created.connect(coroutine)  # mistake: coroutine function
user_created.connect(right, [])  # mistake: other sender than receiver's
user_created.connect(other_sender, [])  # mistake: other sender than signal's
user_created.connect("right")  # mistake: no receiver


def results() -> None:
    for _, text in user_created.send(app, user_id=1, name="Ada"):
        text.upper()
        text.as_integer_ratio()  # mistake: result misused
    for outcome in user_created.send_robust(app, user_id=1, name="Ada"):
        outcome.value  # mistake: failure overlooked


async def fetch() -> None:
    await page_fetched.send_async(app, url="/")
    page_fetched.send_async(app, url="/")  # mistake: not awaited
