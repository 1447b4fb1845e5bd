"""Receivers lost by mistake: held weakly, and dead before they ever served."""

import sys
import warnings
from sys import _getframe
from types import CodeType, FrameType

from ._connection import Connection

_registries: dict[str, dict[str | tuple[str, type[Warning], int], int]] = {}


class LostReceiverWarning(RuntimeWarning):
    """A receiver was connected weakly and died before it ever received anything.

    Typically a lambda, a closure or a `functools.partial` that nothing else refers to::

        saved.connect(lambda sender, *, path: print(path))

    Connect it with ``weak=False`` if the signal should keep it alive, or keep a reference to it for as long as it should
    listen. Bound methods never give this warning: their owners may well die. It is shown at the line that connected
    the receiver, no later than when the signal is next sent or written to, or, while all of it is muted, when that ends.
    """

    __module__ = "typedsig"


def warn(connection: Connection, signal: str) -> None:
    """Tell that the receiver of this connection is lost, unless everything is, as the interpreter is going."""
    code, connection.code = connection.code, None  # told once
    if code is None or sys.is_finalizing():
        return
    filename, line = code.co_filename, _line(code, connection.instruction)
    try:
        warnings.warn_explicit(
            f"{connection.name} was connected weakly to {signal} and died before it received anything. "
            f"Connect it with weak=False, or keep a reference to it for as long as it should listen.",
            LostReceiverWarning,
            filename,
            line,
            registry=_registries.setdefault(filename, {}),
        )
    except LostReceiverWarning as error:  # whose traceback begins where it was noticed
        if sys.version_info >= (3, 11):
            error.add_note(f"connected at {filename}:{line}")
        raise


def _line(code: CodeType, instruction: int) -> int:
    for start, end, line in code.co_lines():
        if start <= instruction < end and line is not None:
            return line
    return code.co_firstlineno


def caller(depth: int) -> FrameType:
    """Who is connecting a receiver, at least so many calls up: the nearest caller outside this package."""
    try:
        frame = _getframe(depth)
    except ValueError:  # called by no Python code, as by atexit
        frame = _getframe()
    while frame.f_globals.get("__package__") == __package__ and frame.f_back is not None:
        frame = frame.f_back
    return frame
