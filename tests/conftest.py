"""What several test modules need."""

import gc
import os
import sys
from collections.abc import Callable

import pytest

# Coverage is measured in this process only: its locks do not survive a fork.
os.environ.pop("COVERAGE_PROCESS_START", None)


if sys.implementation.name != "cpython":
    collect_ignore = ["test_memory.py"]  # which needs tracemalloc, and counts what reference counts free at once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what cannot be done where the tests run."""
    if sys.implementation.name != "cpython":
        for item in items:
            if item.get_closest_marker("refcounts"):
                item.add_marker(pytest.mark.skip(reason="relies on CPython's reference counts"))
    if sys.platform == "emscripten":
        for item in items:
            for needed in ("processes", "sockets", "threads"):
                if item.get_closest_marker(needed):
                    item.add_marker(pytest.mark.skip(reason=f"WebAssembly has no {needed}"))


without_trio = pytest.mark.skipif(sys.platform == "emscripten", reason="trio does not support WebAssembly")


@pytest.fixture(params=["asyncio", pytest.param("trio", marks=without_trio)])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Tests marked ``anyio`` run on both event loops."""
    backend: str = request.param
    return backend


@pytest.fixture
def collect() -> Callable[[], None]:
    """Have everything collected that nothing refers to, also where there are no reference counts."""

    def collect() -> None:
        for _ in range(3):
            gc.collect()

    return collect
