"""Names belong to the contract: the sender and the receivers of a keyword agree on it."""

from typedsig import Signal


class App: ...


app = App()


@Signal
def keyword(sender: App, *, path: str) -> None: ...


@Signal
def either(sender: App, path: str) -> None: ...


@Signal
def positional(sender: App, path: str, /) -> None: ...


@Signal
def optional(sender: App, *, path: str = "") -> None: ...


@Signal
def awkward(sender: App, *, self: int, args: int, kwargs: int, weak: bool, receiver: str) -> None: ...


def takes_keyword(sender: App, *, path: str) -> None: ...
def takes_either(sender: App, path: str) -> None: ...
def takes_positional(sender: App, path: str, /) -> None: ...
def takes_optional(sender: App, *, path: str = "") -> None: ...
def takes_all(sender: App, **kwargs: str) -> None: ...
def names_sender_otherwise(app: App, *, path: str) -> None: ...


keyword.send(app, path="a")
keyword.send(app, "a")  # E: by keyword only
either.send(app, "a")
either.send(app, path="a")
either.send(app, file="a")  # E: another name
positional.send(app, "a")
positional.send(app, path="a")  # E: by position only
optional.send(app)
awkward.send(app, self=1, args=2, kwargs=3, weak=True, receiver="f")
awkward.send(app, self=1, args=2, kwargs=3, weak=True)  # E: no receiver

keyword.connect(takes_keyword)
keyword.connect(takes_either)
keyword.connect(takes_optional)
keyword.connect(takes_all)
keyword.connect(names_sender_otherwise)
keyword.connect(takes_positional)  # E: cannot take a keyword
either.connect(takes_either)
either.connect(takes_keyword)  # E: cannot take it by position
either.connect(takes_positional)  # E: cannot take it by keyword
positional.connect(takes_either)
positional.connect(takes_positional)
positional.connect(takes_keyword)  # E: cannot take it by position
optional.connect(takes_optional)
optional.connect(takes_all)
optional.connect(takes_keyword)  # E: needs what need not be sent
