"""The fixtures for pytest, which finds this module by its entry point. `typedsig.testing` does without pytest."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import MethodType
from typing import Any, TypeAlias
from weakref import ref

import pytest

from ._base import BaseSignal
from ._receiver import bound_signal_of, describe, is_builtin_method
from ._view import BaseView
from .testing import NoReceiversLeft, RecordSignal, hint, recording

_Watched: TypeAlias = BaseSignal[Any, ..., Any] | BaseView[Any, ..., Any]


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
    before: dict[_Watched, dict[object, Callable[[], Any]]] = {}

    def watch(*signals: Any) -> None:
        for signal in signals:
            if not _is_signal(signal):
                raise TypeError(f"no_receivers_left() takes signals, not {describe(signal)}{hint(signal)}")
            before.setdefault(signal, {key: _owner(receiver) for key, receiver in _receivers(signal).items()})

    yield watch
    left = _left(before)
    if left:
        gc.collect()  # weakly held receivers in a reference cycle are as good as gone
        left = _left(before)
    if left:
        pytest.fail(
            "receivers left connected (disconnect them, or use connected_to):\n" + "\n".join(left), pytrace=False
        )


def _is_signal(value: object) -> bool:
    return isinstance(value, BaseSignal | BaseView)


def _receivers(signal: _Watched) -> dict[object, Any]:
    """The receivers, by what tells them apart: by receiver and sender, or of a view by receiver."""
    found: dict[object, Any]
    if isinstance(signal, BaseView):
        held: dict[object, Any] = dict(signal.untyped.receivers)  # weak references and receivers
        found = {key: value() if isinstance(value, ref) else value for key, value in held.items()}
    else:
        found = {(connection.key, connection.sender_key): connection.receiver() for connection in signal._all()}
    return {key: receiver for key, receiver in found.items() if receiver is not None}


def _owner(receiver: Any) -> Callable[[], Any]:
    """What has to live for a receiver to be the same: a weak reference to it, if it can be."""
    bound = bound_signal_of(receiver) if type(receiver) is MethodType else None
    has_owner = type(receiver) is MethodType or is_builtin_method(receiver)
    owner = bound._sender if bound is not None else receiver.__self__ if has_owner else receiver
    try:
        return ref(owner)
    except TypeError:
        return lambda: owner


def _left(before: dict[_Watched, dict[object, Callable[[], Any]]]) -> list[str]:
    """The receivers, each of one signal and sender, that were not there before."""
    return [
        f"  {describe(receiver)}, of {signal._label}"
        for signal, known in before.items()
        for key, receiver in _receivers(signal).items()
        if key not in known or known[key]() is None  # one that died may have left its id to this one
    ]
