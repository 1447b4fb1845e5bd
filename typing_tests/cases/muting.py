"""Muted are the signal, one of its senders, or one of its receivers; for the process or for the current context."""

from typing_extensions import assert_type

from typedsig import ANY, AsyncSignal, Signal


class App: ...


app = App()


@Signal
def saved(sender: App, *, path: str) -> None: ...


@AsyncSignal
async def fetched(sender: App, *, path: str) -> None: ...


def receiver(sender: App, *, path: str) -> None: ...


with saved.muted() as entered:
    assert_type(entered, None)
with saved.muted(sender=app), saved.muted(receiver=receiver), saved.muted(sender=app, receiver=receiver):
    pass
with saved.muted(sender=ANY, scope="process"), saved.muted(scope="context"):
    pass
with fetched.muted(sender=app, scope="context"), fetched.bind(app).muted(receiver=receiver):
    pass

saved.muted(scope="thread")  # E: process or context
saved.muted(sender="app")  # E: no App
saved.muted(sender=None)  # E: None is a sender like any other
saved.muted(receiver="receiver")  # E: not callable
saved.muted(app)  # E: by keyword only
fetched.muted(scope=None)  # E: process or context
fetched.bind(app).muted(sender=app)  # E: the sender is bound
with saved.muted:  # E: not called
    pass

assert_type(saved.is_muted, bool)
saved.is_muted = True  # E: asked, not set
saved.is_muted()  # E: a property


def restores() -> int:
    with saved.muted():
        print("quiet")
    return 1  # reached: the block swallows nothing, nor does it seem to
