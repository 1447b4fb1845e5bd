"""Receivers lost by mistake: held weakly, and dead before they ever served."""

import sys
import warnings
from types import FrameType, FunctionType
from typing import Any, TypeAlias

from ._receiver import describe

Origin: TypeAlias = tuple[str, int, str]
"""File and line that connected a receiver, and what it was called."""

_registries: dict[str, dict[str | tuple[str, type[Warning], int], int]] = {}


class LostReceiverWarning(RuntimeWarning):
    """A receiver was connected weakly and died before it ever received anything.

    Typically a lambda, a closure or a `functools.partial` that nothing else refers to::

        saved.connect(lambda sender, *, path: print(path))

    Connect it with ``weak=False`` if the signal shall keep it alive, or keep a reference to it for as long as it shall
    listen. Bound methods never give this warning: their owners may well die. It is shown at the line that connected
    the receiver, no later than when the signal is next sent or written to.
    """

    __module__ = "typedsig"


def origin(receiver: Any) -> Origin:
    """Who is connecting this receiver: the nearest caller outside this package."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__package__") == __package__ and frame.f_back is not None:
        frame = frame.f_back
    name = receiver.__qualname__ if type(receiver) is FunctionType else describe(receiver)
    return ("<unknown>", 0, name) if frame is None else (frame.f_code.co_filename, frame.f_lineno, name)


def warn_lost(signal: str, origin: Origin) -> None:
    filename, line, receiver = origin
    if sys.is_finalizing():
        return
    warnings.warn_explicit(
        f"{receiver} was connected weakly to {signal} and died before it received anything. "
        f"Connect it with weak=False, or keep a reference to it while it shall listen.",
        LostReceiverWarning,
        filename,
        line,
        registry=_registries.setdefault(filename, {}),
    )
