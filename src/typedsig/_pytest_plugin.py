"""The fixtures for pytest, which finds this module by its entry point. `typedsig.testing` does without pytest."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ._base import BaseSignal
from ._connection import Connection
from ._receiver import describe
from .testing import NoReceiversLeft, RecordSignal, recording


# The other fixture is asked for so that it ends after this one, when the recorders are gone.
@pytest.fixture
def record_signal(no_receivers_left: NoReceiversLeft) -> Iterator[RecordSignal]:
    """Called with a signal, record what it sends until the end of the test.

    ::

        def test_sign_up(record_signal: RecordSignal) -> None:
            recorder = record_signal(user_created)
            sign_up(app, "Ada")
            recorder.assert_sent_once_with(app, user_id=1, name="Ada")
    """
    with ExitStack() as stack:

        def start(signal: Any, /, *, answer: Any = None) -> Any:
            return stack.enter_context(recording(signal, answer))

        yield start


@pytest.fixture
def no_receivers_left() -> Iterator[NoReceiversLeft]:
    """Called with signals, fail the test if at its end one of them has a receiver that it did not have then.

    In a fixture of your own it watches over all tests::

        @pytest.fixture(autouse=True)
        def clean(no_receivers_left: NoReceiversLeft) -> None:
            no_receivers_left(user_created, user_deleted)

    What other fixtures disconnect after the test counts as disconnected if they were asked for later than this one.
    """
    before: dict[BaseSignal[Any, ..., Any], dict[object, Connection]] = {}

    def watch(*signals: Any) -> None:
        for signal in signals:
            if not _is_signal(signal):
                raise TypeError(f"no_receivers_left() takes signals, not {describe(signal)}")
            before.setdefault(signal, _connections(signal))

    yield watch
    left = _left(before)
    if left:
        gc.collect()  # weakly held receivers in a reference cycle are as good as gone
        left = _left(before)
    if left:
        pytest.fail("receivers left connected:\n" + "\n".join(left), pytrace=False)


def _is_signal(value: object) -> bool:
    return isinstance(value, BaseSignal)


def _connections(signal: BaseSignal[Any, ..., Any]) -> dict[object, Connection]:
    """All connections by receiver and sender."""
    return {(connection.key, connection.sender_key): connection for connection in signal._all()}


def _left(before: dict[BaseSignal[Any, ..., Any], dict[object, Connection]]) -> list[str]:
    """The receivers, each of one signal and sender, that were not there before."""
    left: list[str] = []
    for signal, known in before.items():
        for key, connection in _connections(signal).items():
            # A known one that died meanwhile may have left its id to this one.
            if (receiver := connection.receiver()) is not None and (key not in known or known[key]() is None):
                left.append(f"  {describe(receiver)}, of {signal._label}")
    return left
