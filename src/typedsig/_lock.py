"""The lock that writers hold: one for all signals.

With a lock each, two threads inside two critical sections, each running a destructor that writes to the other signal,
would wait for each other for ever. Writes are short, and sends do not take it. Destructors and signal handlers may run
in the middle of a write, in the same thread, and write themselves, so it is reentrant.

A loop that jumps back from an ``if`` is in no ``with LOCK`` block, but in a function that is called there: CPython 3.12 and
3.13 leave such jumps out of the exception table, so a Ctrl-C just then would leave the lock taken.
"""

import os
from _thread import RLock
from typing import Final

_lock: Final = RLock()


class _Lock:
    # ``with`` makes two bound methods of an RLock each time, which takes longer than locking. These two are there
    # already. (To acquire before a ``try`` would be faster still, but a Ctrl-C between the two would leave it locked.)
    __slots__ = ()

    __enter__ = staticmethod(_lock.acquire)
    __exit__ = staticmethod(_lock.__exit__)


LOCK: Final = _Lock()

if hasattr(os, "register_at_fork"):  # not on Windows and WebAssembly
    # A child must not inherit a table that another thread was in the middle of editing, nor a lock nobody will release.
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
