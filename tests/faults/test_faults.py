"""What typedsig promises and its peers often do not, one rule each, asked of typedsig by the tests and of its peers by command.

    pip install blinker django psygnal pyee PyDispatcher
    python tests/faults/test_faults.py docs/faults.md

A rule that makes no sense for a library (senders, where it knows none) is neither kept nor broken there.
"""

from __future__ import annotations

import copy
import functools
import gc
import sys
import threading
import time
import types
import warnings
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

EVERY = object()
"""Every sender."""


class NotApplicable(Exception):
    """The library has nothing that the rule is about."""


class Library:
    """How a library says the same things. What it does not have is not applicable."""

    package: str

    def signal(self) -> Any:
        raise NotApplicable

    def connect(self, signal: Any, receiver: Any, sender: Any = EVERY, **weak: bool) -> None:
        raise NotApplicable

    def disconnect(self, signal: Any, receiver: Any, sender: Any = EVERY) -> None:
        raise NotApplicable

    def send(self, signal: Any, sender: Any) -> Any:
        raise NotApplicable

    def muted(self, signal: Any) -> AbstractContextManager[Any]:
        raise NotApplicable

    def connected_to(self, signal: Any, receiver: Any) -> AbstractContextManager[Any]:
        raise NotApplicable

    def on_connected(self, signal: Any, listener: Any) -> None:
        raise NotApplicable


class Typedsig(Library):
    package = "typedsig"

    def signal(self) -> Any:
        import typedsig

        return typedsig.Signal()

    def connect(self, signal: Any, receiver: Any, sender: Any = EVERY, **weak: bool) -> None:
        if sender is EVERY:
            signal.connect(receiver, **weak)
        else:
            signal.connect(receiver, sender, **weak)

    def disconnect(self, signal: Any, receiver: Any, sender: Any = EVERY) -> None:
        if sender is EVERY:
            signal.disconnect(receiver)
        else:
            signal.disconnect(receiver, sender)

    def send(self, signal: Any, sender: Any) -> Any:
        return signal.send(sender)

    def muted(self, signal: Any) -> AbstractContextManager[Any]:
        block: AbstractContextManager[Any] = signal.muted()
        return block

    def connected_to(self, signal: Any, receiver: Any) -> AbstractContextManager[Any]:
        block: AbstractContextManager[Any] = signal.connected_to(receiver)
        return block

    def on_connected(self, signal: Any, listener: Any) -> None:
        signal.receiver_connected.connect(listener, weak=False)


class Blinker(Typedsig):
    package = "blinker"

    def signal(self) -> Any:
        import blinker

        return blinker.Signal()


class Django(Library):
    package = "django"

    def signal(self) -> Any:
        from django.dispatch import Signal  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore[reportMissingImports]  # a peer, by command

        return Signal()

    def connect(self, signal: Any, receiver: Any, sender: Any = EVERY, **weak: bool) -> None:
        signal.connect(receiver, None if sender is EVERY else sender, **weak)

    def disconnect(self, signal: Any, receiver: Any, sender: Any = EVERY) -> None:
        signal.disconnect(receiver, None if sender is EVERY else sender)

    def send(self, signal: Any, sender: Any) -> Any:
        return signal.send(sender)


class Psygnal(Library):
    package = "psygnal"

    def signal(self) -> Any:
        from psygnal import SignalInstance  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore[reportMissingImports]  # a peer, by command

        return SignalInstance((object,), name="signal")

    def connect(self, signal: Any, receiver: Any, sender: Any = EVERY, **weak: bool) -> None:
        if sender is not EVERY:
            raise NotApplicable
        if weak:
            raise NotApplicable
        signal.connect(receiver)

    def disconnect(self, signal: Any, receiver: Any, sender: Any = EVERY) -> None:
        signal.disconnect(receiver)

    def send(self, signal: Any, sender: Any) -> Any:
        signal.emit(sender)

    def muted(self, signal: Any) -> AbstractContextManager[Any]:
        block: AbstractContextManager[Any] = signal.blocked()
        return block


class Pyee(Library):
    package = "pyee"

    def signal(self) -> Any:
        from pyee import EventEmitter  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore[reportMissingImports]  # a peer, by command

        return EventEmitter()

    def connect(self, signal: Any, receiver: Any, sender: Any = EVERY, **weak: bool) -> None:
        if sender is not EVERY or weak:
            raise NotApplicable
        signal.on("event", receiver)

    def disconnect(self, signal: Any, receiver: Any, sender: Any = EVERY) -> None:
        signal.remove_listener("event", receiver)

    def send(self, signal: Any, sender: Any) -> Any:
        signal.emit("event", sender)


class PyDispatcher(Library):
    package = "PyDispatcher"

    def signal(self) -> Any:
        return object()

    def connect(self, signal: Any, receiver: Any, sender: Any = EVERY, **weak: bool) -> None:
        from pydispatch import dispatcher  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore[reportMissingImports]  # a peer, by command

        dispatcher.connect(receiver, signal, dispatcher.Any if sender is EVERY else sender, **weak)

    def disconnect(self, signal: Any, receiver: Any, sender: Any = EVERY) -> None:
        from pydispatch import dispatcher  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore[reportMissingImports]  # a peer, by command

        dispatcher.disconnect(receiver, signal, dispatcher.Any if sender is EVERY else sender)

    def send(self, signal: Any, sender: Any) -> Any:
        from pydispatch import dispatcher  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore[reportMissingImports]  # a peer, by command

        return dispatcher.send(signal, sender)


LIBRARIES: list[Library] = [Typedsig(), Blinker(), Django(), Psygnal(), Pyee(), PyDispatcher()]


class Plain:
    pass


class Slotted:
    __slots__ = ()


class Heard(list[Any]):
    """Who was called, with which sender."""

    def receiver(self, name: str = "receiver", act: Callable[[], object] = lambda: None) -> Any:
        def receiver(sender: Any = None, **rest: Any) -> None:
            self.append(name)
            act()

        return receiver


RULES: dict[str, Callable[[Library], object]] = {}


def rule(text: str) -> Callable[[Callable[[Library], object]], Callable[[Library], object]]:
    def register(check: Callable[[Library], object]) -> Callable[[Library], object]:
        RULES[text] = check
        return check

    return register


# Identity


@rule("`0` and `False` are senders like any other")
def _(library: Library) -> None:
    for sender in (0, False):
        signal, heard = library.signal(), Heard()
        receiver = heard.receiver()
        library.connect(signal, receiver, sender)
        library.send(signal, Plain())
        assert heard == []
        library.send(signal, sender)
        assert heard == ["receiver"]


@rule("an `int` that is sent never meets an object with that `id()`")
def _(library: Library) -> None:
    signal, heard, sender = library.signal(), Heard(), Plain()
    receiver = heard.receiver()
    library.connect(signal, receiver, sender)
    library.send(signal, id(sender))
    assert heard == []


@rule("`1`, `True` and `1.0` are three senders")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    receiver = heard.receiver()
    library.connect(signal, receiver, 1)
    library.send(signal, True)
    library.send(signal, 1.0)
    assert heard == []


@rule("equal strings are one sender")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    receiver = heard.receiver()
    library.connect(signal, receiver, "".join(["a", "b", "c"]))
    library.send(signal, "".join(["ab", "c"]))
    assert heard == ["receiver"]


@rule("a sender may be unhashable, and is never compared")
def _(library: Library) -> None:
    class Odd:
        __hash__ = None  # type: ignore[assignment]  # that is the point

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

    signal, heard, sender = library.signal(), Heard(), Odd()
    receiver = heard.receiver()
    library.connect(signal, receiver, sender)
    library.send(signal, sender)
    library.send(signal, Odd())
    assert heard == ["receiver"]


@rule("whoever inherits the `id()` of a dead sender is not mistaken for it")
def _(library: Library) -> None:
    for kind in (Plain, Slotted):
        signal, heard = library.signal(), Heard()
        receiver = heard.receiver()
        for _ in range(200):
            library.connect(signal, receiver, kind())
            library.send(signal, kind())
        assert heard == []


@rule("two equal receivers are two receivers")
def _(library: Library) -> None:
    class Equal:
        def __init__(self, heard: Heard) -> None:
            self.heard = heard

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1

        def __call__(self, sender: Any = None, **rest: Any) -> None:
            self.heard.append("receiver")

    signal, heard = library.signal(), Heard()
    one, two = Equal(heard), Equal(heard)
    library.connect(signal, one)
    library.connect(signal, two)
    library.send(signal, None)
    assert len(heard) == 2
    library.disconnect(signal, two)
    library.send(signal, None)
    assert len(heard) == 3


@rule("the same receiver connected twice is called once")
def _(library: Library) -> None:
    signal, heard, sender = library.signal(), Heard(), Plain()
    receiver = heard.receiver()
    library.connect(signal, receiver)
    library.connect(signal, receiver)
    library.send(signal, sender)
    assert heard == ["receiver"]


@rule("receivers are called in the order in which they were connected")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    receivers = [heard.receiver(str(number)) for number in range(50)]
    for receiver in receivers:
        library.connect(signal, receiver)
    library.send(signal, None)
    assert heard == [str(number) for number in range(50)]


# Lifetime


@rule("a connected method does not keep its object alive")
def _(library: Library) -> None:
    class Owner:
        def hear(self, sender: Any = None, **rest: Any) -> None:
            raise AssertionError("called")

    signal, owner = library.signal(), Owner()
    alive = weakref.ref(owner)
    library.connect(signal, owner.hear)
    del owner
    gc.collect()
    assert alive() is None
    library.send(signal, None)


@rule("a builtin method such as `deque.append` can be a receiver, and does not keep its object alive")
def _(library: Library) -> None:
    signal, inbox = library.signal(), deque[Any]()
    library.connect(signal, inbox.append)
    library.send(signal, "a")
    assert list(inbox) == ["a"]
    alive = weakref.ref(inbox)
    del inbox
    gc.collect()
    assert alive() is None


@rule("a lambda that is connected and lost is not lost in silence")
def _(library: Library) -> None:
    heard = Heard()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        signal = library.signal()
        library.connect(signal, heard.receiver())
        gc.collect()
        library.send(signal, None)
    assert caught or heard


@rule("connecting again weakly does not weaken a strong connection")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    receiver = heard.receiver()
    library.connect(signal, receiver, weak=False)
    library.connect(signal, receiver)
    del receiver
    gc.collect()
    library.send(signal, None)
    assert heard == ["receiver"]


@rule("connecting and disconnecting leaves nothing behind")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()

    def rounds(n: int) -> int:
        for _ in range(n):
            receiver, sender = heard.receiver(), Plain()
            library.connect(signal, receiver, sender)
            library.disconnect(signal, receiver, sender)
            library.connect(signal, receiver, sender)
            del sender
        library.send(signal, None)
        gc.collect()
        return len(gc.get_objects())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = rounds(500)
        assert rounds(1000) - before < 100


@rule("disconnecting n receivers takes time in proportion to n")
def _(library: Library) -> None:
    def seconds(n: int) -> float:
        signal, heard = library.signal(), Heard()
        receivers = [heard.receiver() for _ in range(n)]
        for receiver in receivers:
            library.connect(signal, receiver)
        begin = time.perf_counter()
        for receiver in receivers:
            library.disconnect(signal, receiver)
        return time.perf_counter() - begin

    # Eight times as many; in proportion to the square it would take 64 times as long.
    assert min(seconds(4000) for _ in range(3)) < 40 * min(seconds(500) for _ in range(5))


# During a send


@rule("a receiver disconnected during a send is not called any more")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    second = heard.receiver("second")
    first = heard.receiver("first", lambda: library.disconnect(signal, second))
    library.connect(signal, first)
    library.connect(signal, second)
    library.send(signal, None)
    assert heard == ["first"]


@rule("a receiver that dies during a send is not called any more")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()

    class Owner:
        def hear(self, sender: Any = None, **rest: Any) -> None:
            heard.append("second")

    owners = [Owner()]
    first = heard.receiver("first", owners.clear)
    library.connect(signal, first)
    library.connect(signal, owners[0].hear)
    library.send(signal, None)
    assert heard == ["first"]


@rule("a receiver connected during a send is called from the next one on")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    late = heard.receiver("late")
    first = heard.receiver("first", lambda: library.connect(signal, late))
    library.connect(signal, first)
    library.send(signal, None)
    assert heard == ["first"]
    library.send(signal, None)
    assert heard == ["first", "first", "late"]


@rule("nobody is skipped when a receiver disconnects itself")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    first: Any = heard.receiver("first", lambda: library.disconnect(signal, first))
    rest = [heard.receiver(str(number)) for number in range(5)]
    for receiver in (first, *rest):
        library.connect(signal, receiver)
    library.send(signal, None)
    assert sorted(heard) == [*"01234", "first"]


# Blocks


@rule("`muted()` blocks nest")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    receiver = heard.receiver()
    library.connect(signal, receiver)
    with library.muted(signal):
        with library.muted(signal):
            pass
        library.send(signal, None)
    assert heard == []
    library.send(signal, None)
    assert heard == ["receiver"]


@rule("leaving `connected_to(f)` leaves an earlier connection of `f` alone")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    receiver = heard.receiver()
    library.connect(signal, receiver)
    with library.connected_to(signal, receiver):
        pass
    library.send(signal, None)
    assert heard == ["receiver"]


# Failures


@rule("what is not callable is refused by `connect` with a `TypeError`")
def _(library: Library) -> None:
    signal = library.signal()
    with pytest.raises(TypeError):
        library.connect(signal, Plain())


@rule("a coroutine function that a synchronous signal cannot run is refused by `connect`")
def _(library: Library) -> None:
    heard = Heard()

    async def receiver(sender: Any = None, **rest: Any) -> None:
        heard.append("receiver")

    signal = library.signal()
    try:
        library.connect(signal, receiver)
    except Exception:  # noqa: BLE001  # refused, in whatever words
        return
    library.send(signal, None)
    gc.collect()
    assert heard == ["receiver"]


@rule("what a receiver raises reaches the sender as it is")
def _(library: Library) -> None:
    signal = library.signal()
    error = KeyError("mine")

    def receiver(sender: Any = None, **rest: Any) -> None:
        raise error

    library.connect(signal, receiver)
    with pytest.raises(Exception) as caught:  # noqa: PT011  # which is what is asked
        library.send(signal, None)
    assert caught.value is error


@rule("`connect` is undone when a listener to connections raises")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    receiver, earlier = heard.receiver(), heard.receiver("earlier")

    def listener(*args: Any, **rest: Any) -> None:
        raise KeyError

    library.connect(signal, earlier)
    library.on_connected(signal, listener)
    with pytest.raises(KeyError):
        library.connect(signal, receiver)
    library.send(signal, None)
    assert heard == ["earlier"]


# Threads and destructors


def in_time(work: Callable[[], object], seconds: float = 20) -> None:
    """Do it in a thread; a dead-lock breaks the rule, not this program."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # handed on
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "dead-lock"
    if errors:
        raise errors[0]


@rule("threads may connect, disconnect and send at any time")
def _(library: Library) -> None:
    signal, lasting = library.signal(), Heard()
    stays = lasting.receiver()
    library.connect(signal, stays)
    end = time.monotonic() + 0.5
    errors: list[BaseException] = []

    def work() -> None:
        heard = Heard()
        try:
            while time.monotonic() < end and not errors:
                receiver = heard.receiver()
                library.connect(signal, receiver)
                library.send(signal, None)
                library.disconnect(signal, receiver)
        except BaseException as error:  # noqa: BLE001  # handed on
            errors.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    finally:
        sys.setswitchinterval(before)
    assert not errors, errors
    assert not any(thread.is_alive() for thread in threads), "dead-lock"


@rule("a destructor may connect and disconnect in the middle of anything")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()
    stays, comes = heard.receiver("stays"), heard.receiver("comes")
    failed: list[BaseException] = []

    class Bomb:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            try:
                library.connect(signal, comes)
                library.disconnect(signal, comes)
            except BaseException as error:  # noqa: BLE001  # nobody would hear of it
                failed.append(error)

    def work() -> None:
        library.connect(signal, stays)
        for _ in range(100):
            receiver = heard.receiver("mine")
            Bomb()
            library.connect(signal, receiver)
            Bomb()
            heard.clear()
            library.send(signal, None)
            assert heard.count("stays") == 1
            Bomb()
            library.disconnect(signal, receiver)

    threshold = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(1)
    try:
        in_time(work)
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
    assert not failed, failed


# Copies


@rule("a `deepcopy` of an owner has a signal of its own, with nobody connected")
def _(library: Library) -> None:
    if isinstance(library, PyDispatcher):
        raise NotApplicable
    heard = Heard()
    receiver = heard.receiver()
    owner = types.SimpleNamespace(signal=library.signal())
    library.connect(owner.signal, receiver)
    twin = copy.deepcopy(owner)
    assert twin.signal is not owner.signal
    library.send(twin.signal, None)
    assert heard == []
    library.send(owner.signal, None)
    assert heard == ["receiver"]


@rule("a `partial` is a receiver like any other, and two of one function are two")
def _(library: Library) -> None:
    signal, heard = library.signal(), Heard()

    def receiver(name: str, sender: Any = None, **rest: Any) -> None:
        heard.append(name)

    one, two = functools.partial(receiver, "same"), functools.partial(receiver, "same")
    library.connect(signal, one)
    library.connect(signal, two)
    library.send(signal, None)
    assert heard == ["same", "same"]
    library.disconnect(signal, one)
    library.send(signal, None)
    assert len(heard) == 3


# Asking


MARKS = {
    "connecting and disconnecting leaves nothing behind": [pytest.mark.refcounts],
    "a receiver that dies during a send is not called any more": [pytest.mark.refcounts],
    "threads may connect, disconnect and send at any time": [pytest.mark.threads],
    "a destructor may connect and disconnect in the middle of anything": [pytest.mark.threads, pytest.mark.refcounts],
}


@pytest.mark.parametrize("text", [pytest.param(text, marks=MARKS.get(text, [])) for text in RULES])
def test_typedsig_keeps_the_rule(text: str) -> None:
    RULES[text](LIBRARIES[0])


def answer(library: Library, text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            RULES[text](library)
    except NotApplicable:
        return ""
    except (Exception, pytest.fail.Exception):  # noqa: BLE001  # whatever goes wrong breaks the rule
        return "no"
    return "yes"


def table() -> str:
    """Which library keeps which rule, as it comes out here and now."""
    lines = [
        "# How signal libraries behave",
        "",
        (
            "Each rule was asked of each library by `python tests/faults/test_faults.py docs/faults.md`, on "
            f"{sys.implementation.name} {sys.version.split()[0]}. The rules are those that typedsig promises: a *no* elsewhere may be "
            "a choice (blinker leaves the order open, psygnal calls a receiver as often as it was connected, pyee holds "
            "receivers strongly). An empty field: the library has nothing that the rule is about (psygnal and pyee know no "
            "senders)."
        ),
        "",
        "| rule | "
        + " | ".join(f"{library.package} {metadata.version(library.package)}" for library in LIBRARIES)
        + " |",
        "|---|" + "---|" * len(LIBRARIES),
    ]
    lines += [f"| {text} | " + " | ".join(answer(library, text) for library in LIBRARIES) + " |" for text in RULES]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(table(), encoding="utf-8")
