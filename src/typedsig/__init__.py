"""Statically typed signals: one declaration, checked at every `connect` and `send`."""

from ._async_signal import AsyncSignal, BoundAsyncSignal
from ._failures import Outcome, Raised, Returned, unwrap
from ._lost import LostReceiverWarning
from ._namespace import Namespace, default_namespace, signal
from ._signal import BoundSignal, Signal
from ._types import ANY, AnySender

__all__ = [
    "ANY",
    "AnySender",
    "AsyncSignal",
    "BoundAsyncSignal",
    "BoundSignal",
    "LostReceiverWarning",
    "Namespace",
    "Outcome",
    "Raised",
    "Returned",
    "Signal",
    "default_namespace",
    "signal",
    "unwrap",
]
