"""What becomes of a signal that is copied or pickled: if it can be found by its name, it is itself."""

import sys
from collections.abc import Callable
from typing import Any, ClassVar


class Copied:
    """What has a module and a qualified name, and says how to make another like it."""

    __slots__ = ()

    __module__: str
    __qualname__: str
    _label: Any
    _no_pickle: ClassVar[str]
    """Why one that cannot be found cannot be pickled, and what to do about it."""

    def __copy__(self) -> Any:
        """Itself if it can be found by module and qualified name, else one declared alike."""
        return self._copied(lambda value: value, {})

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """As `__copy__`, and what it refers to is copied, too."""
        import copy

        return self._copied(lambda value: copy.deepcopy(value, memo), memo)

    def _copied(self, copied: Callable[[Any], Any], memo: dict[int, Any]) -> Any:
        if self._is_importable():
            return self
        fresh = memo[id(self)] = object.__new__(type(self))
        self._copy_to(fresh, copied)
        return fresh

    def _copy_to(self, fresh: Any, copied: Callable[[Any], Any]) -> None:
        """Make the new one like this one."""
        raise AssertionError("each subclass has its own")

    def __reduce_ex__(self, protocol: object) -> str:
        if self._is_importable():
            return self.__qualname__
        raise TypeError(f"cannot pickle {self._label}: {self._no_pickle}")

    def _is_importable(self) -> bool:
        found: object = sys.modules.get(self.__module__)
        for part in self.__qualname__.split("."):
            found = getattr(found, part, None)
        return found is self
