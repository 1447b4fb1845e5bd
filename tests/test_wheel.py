"""The built wheel contains what it should and nothing else, and is the same to the byte when it is built again."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not (PROJECT / "pyproject.toml").exists(), reason="the tests are not in the project's tree"),
]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The wheel, built twice: in other directories, with other time stamps on the files."""
    if importlib.util.find_spec("hatchling") is None:
        if "CI" in os.environ:
            pytest.fail("hatchling is not installed")
        pytest.skip("hatchling is not installed")
    built = []
    for hour in ("1", "2"):
        directory = tmp_path_factory.mktemp("wheel")
        copied = directory / "project"
        for path in [
            *PROJECT.joinpath("src").rglob("*"),
            *(PROJECT / name for name in ("pyproject.toml", "README.md", "LICENSE")),
        ]:
            if path.is_file() and "__pycache__" not in path.parts:
                target = copied / path.relative_to(PROJECT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
                os.utime(target, (1_000_000_000, 1_000_000_000 + 3600 * int(hour)))
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory / "dist")],
            cwd=copied,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": hour},
        )
        assert done.returncode == 0, done.stderr
        (wheel,) = (directory / "dist").glob("*.whl")
        built.append(wheel)
    return built


def test_the_wheel_contains_the_package_and_nothing_else(wheels: list[Path]) -> None:
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = set(wheel.namelist())
    version = wheels[0].name.split("-")[1]
    information = f"typedsig-{version}.dist-info"
    source = PROJECT / "src"
    package = {
        path.relative_to(source).as_posix()
        for path in source.joinpath("typedsig").rglob("*")
        if path.suffix == ".py" or path.name == "py.typed"
    }
    assert "typedsig/py.typed" in package
    of_it = {name for name in names if not name.startswith(f"{information}/")}
    assert of_it == package
    about = {name.removeprefix(f"{information}/") for name in names - of_it}
    # pytest's plugin is found by an entry point.
    assert about - {"entry_points.txt"} == {"METADATA", "RECORD", "WHEEL", "licenses/LICENSE"}


def test_the_wheel_is_the_same_when_it_is_built_again(wheels: list[Path]) -> None:
    one, two = wheels
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


def test_the_wheel_is_for_every_platform(wheels: list[Path]) -> None:
    assert wheels[0].name.endswith("-py3-none-any.whl")
