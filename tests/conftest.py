"""What several test modules need."""

import gc
import os
from collections.abc import Callable

import pytest

# Coverage is measured in this process only: its locks do not survive a fork.
os.environ.pop("COVERAGE_PROCESS_START", None)


@pytest.fixture(params=["asyncio", "trio"])
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
