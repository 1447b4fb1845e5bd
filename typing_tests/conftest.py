"""Running a checker."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


@cache
def _run(*command: str, directory: Path = HERE) -> tuple[int, str]:
    program = shutil.which(command[0], path=str(BIN))
    if program is None:
        missing = f"{command[0]} is not installed beside {sys.executable}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    # The Python that runs this comes first on PATH: pyright --verifytypes looks nowhere else.
    environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(
        [program, *command[1:]], cwd=directory, env=environ, capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def run() -> Callable[..., tuple[int, str]]:
    """Runs an installed program, once for each command line; gives its exit status and what it said."""
    return _run
