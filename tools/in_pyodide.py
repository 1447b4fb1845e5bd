"""Run inside Pyodide by `pyodide.mjs`: an event loop that needs no sockets and no threads, and pytest."""

import asyncio
import importlib
import site
import time
import warnings
from typing import Any


class Loop(asyncio.BaseEventLoop):
    """asyncio's own loop. Nothing but a timer can wake it."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = self

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing is ready and no timer is set: this would wait for ever")
        time.sleep(timeout)
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody else could have called."""


def run(args: list[str]) -> int:
    """What pytest says to these arguments; after ``--cover`` it is measured what is run."""
    asyncio._set_running_loop(None)  # the one that Pyodide has JavaScript drive
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # until Python 3.16 there is no other way
        policy: Any = asyncio.DefaultEventLoopPolicy()
        policy._loop_factory = Loop
        asyncio.set_event_loop_policy(policy)
    site.addsitedir("/site-packages")
    importlib.invalidate_caches()  # it was not there when Python started
    return measured(args[1:]) if args[0] == "--cover" else test(args)


def test(args: list[str]) -> int:
    import pytest

    return int(pytest.main(["-o", "timeout=0", *args]))


def measured(args: list[str]) -> int:
    from coverage import Coverage

    coverage = Coverage()
    with coverage.collect():
        status = test(args)
    coverage.save()
    return status
