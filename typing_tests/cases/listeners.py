"""`receiver_connected` and `receiver_disconnected` are signals like any other, sent by the signal itself."""

from collections.abc import Callable

from typing_extensions import assert_type

from typedsig import AsyncSignal, Signal


class App: ...


@Signal
def saved(sender: App, *, path: str) -> int:
    return len(path)


@AsyncSignal
async def fetched(sender: App) -> None: ...


@saved.receiver_connected.connect
def on_connected(signal: Signal[App, ..., int], *, receiver: Callable[..., object], sender: object, weak: bool) -> None:
    signal.disconnect(receiver, sender)


@saved.receiver_disconnected.connect
def on_disconnected(signal: object, *, receiver: object, sender: object) -> None: ...


@fetched.receiver_connected.connect
def on_async_connected(signal: object, **what: object) -> str:
    return str(what)


@saved.receiver_connected.connect  # E: weak is a bool
def wrong_type(signal: object, *, receiver: object, sender: object, weak: str) -> None: ...


@saved.receiver_connected.connect  # E: does not take weak
def too_few(signal: object, *, receiver: object, sender: object) -> None: ...


@saved.receiver_disconnected.connect  # E: there is no weak
def too_many(signal: object, *, receiver: object, sender: object, weak: bool) -> None: ...


@saved.receiver_connected.connect  # E: receivers of the signal answer an int
def other_result(signal: Signal[App, ..., str], **what: object) -> None: ...


@saved.receiver_disconnected.connect  # E: receivers of the signal answer an int
def other_result_again(signal: Signal[App, ..., str], **what: object) -> None: ...


@saved.receiver_connected.connect  # E: Apps send the signal
def other_sender(signal: Signal[int, ..., int], **what: object) -> None: ...


@saved.receiver_disconnected.connect  # E: Apps send the signal
def other_sender_again(signal: Signal[int, ..., int], **what: object) -> None: ...


@fetched.receiver_disconnected.connect  # E: receivers of the signal answer nothing
def other_async_result(signal: AsyncSignal[App, ..., str], **what: object) -> None: ...


@fetched.receiver_connected.connect  # E: Apps send the signal
def other_async_sender(signal: AsyncSignal[int, ..., None], **what: object) -> None: ...


@fetched.receiver_connected.connect  # E: receivers of the signal answer nothing
def other_async_result_again(signal: AsyncSignal[App, ..., str], **what: object) -> None: ...


@fetched.receiver_disconnected.connect  # E: Apps send the signal
def other_async_sender_again(signal: AsyncSignal[int, ..., None], **what: object) -> None: ...


@fetched.receiver_connected.connect  # E: weak is a bool
def wrong_async_type(signal: object, *, receiver: object, sender: object, weak: str) -> None: ...


@fetched.receiver_connected.connect  # E: the signal is asynchronous
def wrong_signal(signal: Signal[App, ..., int], **what: object) -> None: ...


saved.receiver_connected.connect(on_connected, saved)
saved.receiver_connected.connect("listener")  # E: not callable
assert_type(saved.receiver_connected.has_receivers, bool)
assert_type(saved.receiver_connected.disconnect(on_connected), bool)
assert_type(saved.receiver_disconnected.name, str | None)
saved.receiver_connected.emit(saved, receiver=on_connected, sender=None, weak=True)
saved.receiver_connected.emit("saved", receiver=on_connected, sender=None, weak=True)  # E: no signal
saved.receiver_connected.emit(saved, receiver=on_connected)  # E: no sender, no weak
