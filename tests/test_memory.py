"""Nothing is left behind.

As tests with a small n; as a command with a big one, which also tells the figures::

    python tests/test_memory.py 1000000
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest

from typedsig import AsyncSignal, LostReceiverWarning, Raised, Signal

pytestmark = pytest.mark.filterwarnings("ignore::typedsig.LostReceiverWarning")  # receivers die here as they please


class Thing:
    def hear(self, sender: object, payload: object = None) -> None:
        """A receiver."""

    async def hear_async(self, sender: object, payload: object = None) -> None:
        """A receiver."""


def receiver(sender: object, payload: object = None) -> None:
    """A receiver."""


async def receiver_async(sender: object, payload: object = None) -> None:
    """A receiver."""


def lasting() -> Any:
    """A signal that has all its containers, as one in use does."""
    signal = Signal[Any, [object]]()
    signal.connect(receiver)
    signal.connect(receiver, "a lasting sender")
    signal.emit(None, None)
    return signal


# What is done n times. Each gets a signal that lives on.


def connect_and_disconnect(signal: Any) -> None:
    def mine(sender: object, payload: object) -> None:
        """Is disconnected."""

    signal.connect(mine)
    signal.disconnect(mine)


def connect_for_a_sender_and_disconnect(signal: Any) -> None:
    sender = Thing()
    signal.connect(receiver, sender, weak=False)
    signal.disconnect(receiver, sender)


def senders_die(signal: Any) -> None:
    sender = Thing()
    signal.connect(receiver, sender, weak=False)
    signal.connect(sender.hear, sender)
    signal.send(sender, None)


def senders_die_unsent(signal: Any) -> None:
    signal.connect(receiver, Thing())


def senders_without_weak_references(signal: Any) -> None:
    sender = (Thing(),)
    signal.connect(receiver, sender)
    signal.send(sender, None)
    signal.disconnect(receiver, sender)


def receivers_die(signal: Any) -> None:
    thing = Thing()
    signal.connect(thing.hear)
    signal.connect(thing.hear, "a sender")
    signal.emit(None, None)


def receivers_die_unsent(signal: Any) -> None:
    signal.connect(Thing().hear, 1)


def bound_signals(signal: Any) -> None:
    thing = Thing()
    bound = signal.bind(thing)
    bound.connect(receiver)
    bound.emit(None)


def muting(signal: Any) -> None:
    thing = Thing()
    with signal.muted(sender=thing), signal.muted(receiver=thing.hear, scope="context"):
        signal.emit(thing, None)


def blocks(signal: Any) -> None:
    thing = Thing()
    with signal.connected_to(thing.hear), signal.connected_to(thing.hear, thing):
        signal.emit(thing, None)


def new_signals(signal: Any) -> None:
    fresh = Signal[Any, [object]]()
    thing = Thing()
    fresh.connect(thing.hear, thing, weak=False)
    fresh.emit(thing, None)


def failures(signal: Any) -> None:
    def fails(sender: object, payload: object) -> None:
        raise ValueError

    with signal.connected_to(fails):
        with contextlib.suppress(ValueError):
            signal.send(None, Thing())
        assert any(isinstance(outcome, Raised) for outcome in signal.send_robust(None, Thing()))


def async_sends(signal: Any) -> None:
    fresh = AsyncSignal[Any, [object]]()
    thing = Thing()
    fresh.connect(thing.hear_async)
    fresh.connect(receiver_async, thing)
    for send in (fresh.send_async, fresh.emit_async, fresh.send_robust_async):
        try:
            send(thing, thing).send(None)
        except StopIteration:
            continue
        raise AssertionError("nothing here suspends")


DEEDS: list[Callable[[Any], None]] = [
    connect_and_disconnect, connect_for_a_sender_and_disconnect, senders_die, senders_die_unsent,
    senders_without_weak_references, receivers_die, receivers_die_unsent, bound_signals, muting, blocks, new_signals,
    failures, async_sends,
]  # fmt: skip


def left_behind(deed: Callable[[Any], None], n: int) -> tuple[int, int]:
    """Objects and bytes that n repetitions leave behind, after some that leave what the interpreter keeps anyway."""
    signal = lasting()

    def measure(repetitions: int) -> tuple[int, int]:
        for _ in range(repetitions):
            deed(signal)
        signal.emit(None, None)
        gc.collect()
        return len(gc.get_objects()), tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        objects, size = measure(1500)
        objects_after, size_after = measure(n)
        return objects_after - objects, size_after - size
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_nothing_is_left_behind(deed: Callable[[Any], None]) -> None:
    n = 2000
    objects, size = left_behind(deed, n)
    # One object or 16 bytes for each repetition would be a leak. A little is the interpreter's own.
    assert objects < n / 10
    assert size < n * 16


# References to what is sent


def sent_and_gone(send: Callable[[Any], object]) -> bool:
    thing = Thing()
    alive = ref(thing)
    send(thing)
    del thing
    return alive() is None


def refuse(sender: object, payload: object = None) -> None:
    raise ValueError


@pytest.mark.parametrize("method", ["send", "emit", "send_robust"])
@pytest.mark.parametrize("fails", [False, True], ids=["returns", "raises"])
@pytest.mark.parametrize("bound", [False, True], ids=["signal", "bound"])
def test_no_reference_to_what_was_sent_survives(method: str, fails: bool, bound: bool) -> None:
    """Neither in the signal, nor in a cycle that waits for the collector."""
    signal = lasting()
    signal.connect(refuse if fails else Thing().hear, weak=False)

    def send(thing: Thing) -> None:
        try:
            if bound:
                getattr(signal.bind(thing), method)(thing)
            else:
                getattr(signal, method)(thing, thing)
        except ValueError:
            assert fails

    gc.disable()
    try:
        assert sent_and_gone(send)
    finally:
        gc.enable()


@pytest.mark.parametrize("method", ["send_async", "emit_async", "send_robust_async", "send_concurrently"])
@pytest.mark.parametrize("fails", [False, True], ids=["returns", "raises"])
def test_no_reference_to_what_was_sent_survives_an_asynchronous_send(method: str, fails: bool) -> None:
    async def refuses(sender: object, payload: object) -> None:
        await asyncio.sleep(0)
        raise ValueError

    signal = AsyncSignal[Any, [object]]()
    if fails:
        signal.connect(refuses)
    signal.connect(receiver_async)

    def send(thing: Thing) -> None:
        try:
            asyncio.run(getattr(signal, method)(thing, thing))
        except Exception:  # noqa: BLE001  # a ValueError or a group of one
            assert fails

    thing = Thing()
    alive = ref(thing)
    send(thing)
    del thing
    gc.collect()  # the event loop and its exceptions are cycles, not ours
    assert alive() is None


def test_no_cycle_through_a_signal_keeps_an_owner_alive() -> None:
    class Document:
        @Signal.method
        def changed(self, payload: object) -> None: ...

        def on_changed(self, sender: object, payload: object) -> None:
            """Listens to itself."""

    document = Document()
    document.changed.connect(document.on_changed)
    Document.changed.connect(document.on_changed)
    document.changed.send(None)
    with document.changed.muted():
        document.changed.send(None)
    alive = ref(document)
    gc.disable()
    try:
        del document
        assert alive() is None
    finally:
        gc.enable()


def test_an_owner_dies_with_its_own_signal() -> None:
    class Owner:
        def __init__(self) -> None:
            self.changed = Signal[Any, []]()
            self.changed.connect(self.on_changed)
            self.changed.connect(self.on_changed, self)
            self.changed.emit(self)

        def on_changed(self, sender: object) -> None:
            """Listens to itself."""

    owner = Owner()
    alive = ref(owner)
    gc.disable()
    try:
        del owner
        assert alive() is None
    finally:
        gc.enable()


def main(n: int) -> None:
    warnings.simplefilter("ignore", LostReceiverWarning)
    for deed in DEEDS:
        objects, size = left_behind(deed, n)
        sys.stdout.write(f"{deed.__name__}: {n} times left {objects} objects and {size} bytes\n")
        assert objects < 100
        assert size < 100_000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
