"""The end of the interpreter, fork, copies, reload, subinterpreters: what happens to whole processes."""

from __future__ import annotations

import copy
import importlib
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import typedsig
from typedsig import AsyncSignal, Signal

SOURCE = str(Path(typedsig.__file__).parent.parent)


def run(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter of its own, in which every warning is shown."""
    return subprocess.run(
        [sys.executable, "-W", "always", "-X", "dev", *options, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": SOURCE},
    )


def says(program: str) -> str:
    """What a program prints; it must not fail, nor write anything to stderr."""
    done = run(program)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


# Every kind of receiver and of sender is still connected when the interpreter goes, in modules and in cycles.
EVERYTHING_CONNECTED = """
    import asyncio, functools, threading
    from collections import deque
    from unittest.mock import Mock
    from typedsig import ANY, AsyncSignal, Namespace, Signal, signal

    class Owner:
        __slots__ = ("__weakref__", "me", "signal")

        @Signal.method
        def changed(self) -> None: ...

        def hear(self, sender=None):
            pass

        def __call__(self, sender=None):
            pass

        def __del__(self):
            named.connect(print, weak=False)
            named.disconnect(print)
            named.send(self)

    class Slotted:
        __slots__ = ()

        def __call__(self, sender):
            pass

    def receiver(sender):
        pass

    async def coroutine(sender):
        pass

    named = signal("named")
    unnamed = Signal()
    awaited = AsyncSignal()
    owner = Owner()
    owner.me = owner
    owner.signal = Signal()
    inbox = deque()
    partial = functools.partial(receiver)
    for of in (named, unnamed, owner.signal, awaited):
        for sender in (ANY, owner, Owner, 1, "one", (), None, Slotted()):
            for each in (receiver, owner.hear, owner, inbox.append, partial, str):
                of.connect(each, sender)
            for each in (Slotted(), [].append, lambda sender: None, Mock()):
                of.connect(each, sender, weak=False)
            of.connect(lambda sender: None, sender)
    named.receiver_connected.connect(lambda signal, **payload: None, weak=False)
    named.receiver_disconnected.connect(lambda signal, **payload: None, weak=False)
    awaited.connect(coroutine)
    owner.changed.connect(receiver)
    muting = named.muted(sender=owner, scope="context")
    muting.__enter__()
    block = named.connected_to(receiver, owner)
    block.__enter__()
    threading.Thread(target=named.send, args=(owner,), daemon=True).start()
"""


@pytest.mark.processes
def test_the_interpreter_ends_in_silence() -> None:
    """No LostReceiverWarning either, of all that is lost now."""
    done = run("import warnings; warnings.simplefilter('ignore')\n" + textwrap.dedent(EVERYTHING_CONNECTED))
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")


@pytest.mark.processes
def test_lambdas_that_nobody_sent_to_are_silent_at_exit() -> None:
    assert (
        says("""
        from typedsig import Signal
        signal = Signal()
        receiver = lambda sender: None
        signal.connect(receiver)
        cycle = [signal, receiver]
        cycle.append(cycle)
        """)
        == ""
    )


@pytest.mark.processes
@pytest.mark.parametrize("others", [0, 1, 2])
@pytest.mark.parametrize("receiver", ["make()", "[].append"])
@pytest.mark.parametrize("sender", ["'a value'", "(1, 2)", "Sender()"])
def test_nothing_crashes_as_what_a_signal_alone_holds_goes_with_it(receiver: str, sender: str, others: int) -> None:
    """CPython before 3.13 can crash when weak references are destroyed by the destruction of what they refer to."""
    assert (
        says(f"""
        import gc
        from weakref import ref
        from typedsig import Signal

        class Sender:
            def hear(self, sender):
                pass

        def make():
            return lambda sender: None

        for sends in range(3):
            signal, receiver, sender = Signal(), {receiver}, {sender}
            getattr(receiver, "__dict__", {{}})["sender"] = sender
            signal.connect(receiver, weak=False)
            signal.connect(receiver, sender, weak=False)
            for _ in range(sends):
                signal.send(sender)
                signal.send("another")
                signal.send(sender)
            with signal.connected_to(receiver, "another"):
                signal.send("another")
            watched = [ref(receiver, lambda gone: None) for _ in range({others})]
            del receiver, sender
            del signal
            gc.collect()
        print("done")
    """)
        == "done"
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.processes
def test_fork_in_a_threaded_program_does_not_lock_the_child() -> None:
    """While other threads write, children are forked; each must be able to connect and send."""
    answer = says("""
        import os, signal as signals, sys, threading, time, warnings
        from typedsig import Signal, signal as named

        warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
        sys.setswitchinterval(1e-6)
        signal = Signal()
        stop = False

        def receiver(sender):
            pass

        def write():
            while not stop:
                class Owner:
                    def hear(self, sender):
                        pass
                owner = Owner()
                signal.connect(owner.hear, 1)
                signal.connect(owner.hear)
                signal.send(1)
                named(str(time.monotonic()))
                signal.disconnect(owner.hear)

        threads = [threading.Thread(target=write) for _ in range(3)]
        for thread in threads:
            thread.start()
        failed = 0
        for _ in range(10):
            child = os.fork()
            if child == 0:
                signals.alarm(20)  # a child that is locked dies of it
                heard = []
                listener = lambda sender: heard.append(sender)
                signal.connect(listener, 1)
                signal.connect(listener)
                signal.send(1)
                named("in the child").connect(listener)
                signal.disconnect(listener)
                os._exit(0 if heard == [1] else 1)
            failed += os.waitpid(child, 0)[1] != 0
        stop = True
        for thread in threads:
            thread.join()
        print(failed)
    """)
    assert answer == "0"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.processes
def test_fork_while_another_thread_sends_for_the_first_time_does_not_lock_the_child() -> None:
    """Its method is made then, which imports a module, and a child inherits the lock of an import that is going on."""
    answer = says("""
        import os, signal as signals, sys, threading, time, warnings
        from typedsig import Signal

        warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
        importing = threading.Event()

        class Slow:
            def find_spec(self, name, path=None, target=None):
                if name == "linecache":
                    importing.set()
                    time.sleep(0.5)

        sys.modules.pop("linecache", None)  # there in some versions of Python, as this program is no file
        sys.meta_path.insert(0, Slow())
        signal = Signal()
        thread = threading.Thread(target=lambda: signal.send(1))
        thread.start()
        importing.wait()
        child = os.fork()
        if child == 0:
            signals.alarm(10)  # a child that is locked dies of it
            signal.send(1)
            os._exit(7)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        thread.join()
    """)
    assert answer == "7"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.processes
def test_fork_inside_a_receiver_and_inside_connect() -> None:
    assert (
        says("""
        import os
        from typedsig import Signal

        signal = Signal()

        def receiver(sender):
            child = os.fork()
            signal.connect(other)
            signal.disconnect(other)
            if child == 0:
                os._exit(7)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

        def other(sender):
            pass

        def listener(signal, **payload):
            receiver(None)

        signal.connect(receiver)
        signal.send(None)
        """)
        == "7"
    )


# Copies and pickles


@Signal
def importable(sender: object, *, path: str) -> None:
    """A signal that can be found by module and qualified name."""


@AsyncSignal
async def importable_async(sender: object) -> None:
    """The same."""


class Holder:
    importable = Signal[Any, []](name="importable")

    def __init__(self) -> None:
        self.own = Signal[Any, []](name="own")
        self.own.connect(self.hear)

    def hear(self, sender: object) -> None:
        """A receiver."""


@pytest.mark.parametrize("signal", [importable, importable_async], ids=["Signal", "AsyncSignal"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_signal_that_can_be_found_pickles_as_itself(signal: Any, protocol: int) -> None:
    assert pickle.loads(pickle.dumps(signal, protocol)) is signal
    assert copy.copy(signal) is signal
    assert copy.deepcopy([signal])[0] is signal


def test_a_copied_owner_has_signals_of_its_own() -> None:
    owner = Holder()
    twin = copy.deepcopy(owner)
    assert twin.own is not owner.own
    assert twin.own.receivers == []
    assert owner.own.receivers == [owner.hear]
    assert twin.own.name == "own"


@pytest.mark.parametrize("signal", [Signal(), Signal(name="own"), AsyncSignal(name="own")])
def test_a_signal_that_cannot_be_found_is_refused_by_pickle_and_the_message_names_it(signal: Any) -> None:
    with pytest.raises(TypeError, match=r"cannot pickle .*Signal"):
        pickle.dumps(signal)


# Reload


MODULE = '''
from typedsig import Namespace, Signal

if "signals" not in globals():
    signals = Namespace()

class App:
    """A new class after each reload."""

@signals.add
@Signal
def saved(sender: App, *, path: str, size: int = 0) -> App:
    """Saved."""

opened = signals.signal("opened")
'''


def test_a_reloaded_module_gets_the_same_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Although its annotations are new classes."""
    path = tmp_path / "reloaded_signals.py"
    path.write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # reload looks at times, which are too coarse for a test
    module: Any = importlib.import_module("reloaded_signals")
    heard: list[str] = []

    def receiver(sender: object, *, path: str, size: int = 0) -> Any:
        heard.append(path)

    try:
        saved, opened, app = module.saved, module.opened, module.App
        saved.connect(receiver)
        importlib.reload(module)
        assert module.saved is saved
        assert module.opened is opened
        assert module.App is not app
        module.saved.send(module.App(), path="a")
        assert heard == ["a"]
        path.write_text(MODULE.replace("path: str", "path: str, mode: str"))
        with pytest.raises(TypeError, match=r"saved.*mode"):
            importlib.reload(module)
        assert module.signals["saved"] is saved
        assert saved.receivers == [receiver]
    finally:
        del sys.modules["reloaded_signals"]


# Subinterpreters


IN_ANOTHER = """
import warnings
from typedsig import ANY, Namespace, Signal
@Signal
def saved(sender: object, *, path: str) -> None: ...
heard = []
saved.connect(lambda sender, *, path: heard.append(path), weak=False)
saved.connect(lambda sender, *, path: heard.append(path), "sender", weak=False)
saved.send("sender", path="a")
assert heard == ["a", "a"], heard
"""


@pytest.mark.processes
@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python has no module for subinterpreters")
def test_subinterpreters_have_signals_of_their_own() -> None:
    """Several, one after another and at once, each with a lock of its own, beside a main one that also uses signals."""
    name, create = (
        ("concurrent.interpreters", "create()")
        if sys.version_info >= (3, 14)
        else ("_interpreters", "create('isolated')")
    )
    assert (
        says(f"""
        import threading
        import {name} as interpreters
        PROGRAM = {IN_ANOTHER!r}
        exec(PROGRAM)
        problems = []

        def work():
            for _ in range(2):
                made = interpreters.{create}
                if hasattr(made, "exec"):
                    made.exec(PROGRAM)
                    made.close()
                else:
                    problems.append(interpreters.exec(made, PROGRAM))
                    interpreters.destroy(made)

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print([problem for problem in problems if problem is not None])
        """)
        == "[]"
    )


@pytest.mark.processes
def test_threads_that_are_running_at_exit_do_not_disturb_it() -> None:
    """A daemon thread that sends for ever; the lock is nothing that waits for it."""
    assert (
        says("""
        import threading, time
        from typedsig import Signal

        signal = Signal()

        def work():
            while True:
                receiver = lambda sender: None
                signal.connect(receiver)
                signal.send(1)
                signal.disconnect(receiver)

        for _ in range(3):
            threading.Thread(target=work, daemon=True).start()
        time.sleep(0.1)
        print("done")
        """)
        == "done"
    )
