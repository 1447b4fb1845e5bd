"""Receivers lost by mistake: held weakly, and dead before they ever served."""

import sys
import warnings
from types import CodeType, FunctionType
from typing import Any

from ._receiver import describe

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


class Origin:
    """Where a receiver was connected, and whether it has served since. All connections of a receiver share it."""

    # Without an __init__, which would make connecting a tenth slower: see origin().
    __slots__ = ("_code", "_instruction", "_receiver", "served")

    _code: CodeType
    _instruction: int
    """Which line that is, is worked out when it is needed: it takes longer than all the rest of a connect."""
    _receiver: str
    served: bool

    def move(self, other: "Origin") -> None:
        """Tell where the other was connected."""
        self._code, self._instruction = other._code, other._instruction

    def warn(self, signal: str) -> None:
        """Tell that the receiver is lost, unless everything is, as the interpreter is going."""
        if sys.is_finalizing():
            return
        filename, line = self._code.co_filename, self._line()
        try:
            warnings.warn_explicit(
                f"{self._receiver} was connected weakly to {signal} and died before it received anything. "
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

    def _line(self) -> int:
        for start, end, line in self._code.co_lines():
            if start <= self._instruction < end and line is not None:
                return line
        return self._code.co_firstlineno


def origin(receiver: Any, depth: int) -> Origin:
    """Where a receiver is being connected, at least so many calls up: by the nearest caller outside this package."""
    try:
        frame = sys._getframe(depth)
    except ValueError:  # called by no Python code, as by atexit
        frame = sys._getframe()
    while frame.f_globals.get("__package__") == __package__ and frame.f_back is not None:
        frame = frame.f_back
    found = Origin()
    found._code = frame.f_code
    found._instruction = frame.f_lasti
    found._receiver = receiver.__qualname__ if type(receiver) is FunctionType else describe(receiver)
    found.served = False
    return found
