"""The two commands of this project: ``python3 dev.py demo`` and ``python3 dev.py test``.

Needs Python 3.10 or later with pip. Everything else is installed beside this file, into ``.dev``, and each step is a
hatch script that can be run alone (``.dev/bin/hatch run types:check``); `pyproject.toml` has them. Where there are Node
and npm, the tests run in Pyodide, too.
"""

import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).parent
HOME = HERE / ".dev"
# Together these run every line; what is for later ones or for other systems is not measured (see pyproject.toml).
MEASURED = {"3.10", "3.11", "3.12", "3.13"}
TRACED = {"3.10", "3.11"}
"""Where coverage takes the place of a tracer of ours, so that what is traced has to be tested without it."""
HATCH = HOME / ("Scripts/hatch.exe" if os.name == "nt" else "bin/hatch")
INSTALLED = HOME / "installed"
REQUIREMENT = "hatch==1.18.2"

COMMANDS = {
    "demo": ["run demo:run"],
    "test": [
        "run lint:check",
        "test --cover --include python={pythons}",
        "test --include python={traced} tests/test_threads.py",
        "run pyodide:cover",
        "run types:check",
        "run editor:run",
        "run comparison:run",
        "run benchmarks:check",
    ],
}


def environment() -> dict[str, str]:
    """This process's environment, with every Python that pyenv has on the path, and with hatch's things in ``.dev``."""
    found = dict(os.environ)
    found["HATCH_DATA_DIR"] = str(HOME / "hatch")
    if shutil.which("pyenv"):
        listed = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=False).stdout
        newest: dict[tuple[int, ...], str] = {}
        for version in listed.split():
            parts = version.split(".")
            if len(parts) == 3 and all(part.isdigit() for part in parts) and (int(parts[0]), int(parts[1])) >= (3, 10):
                minor = int(parts[0]), int(parts[1])
                newest[minor] = max(version, newest.get(minor, version), key=lambda v: int(v.split(".")[2]))
        if newest:
            found["PYENV_VERSION"] = ":".join(newest[minor] for minor in sorted(newest))
    return found


def pythons(env: dict[str, str]) -> list[str]:
    """The versions of Python that can be run, this one among them."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}"}
    for minor in range(10, 15):
        command = [f"python3.{minor}", "-c", "import venv, ensurepip"]
        there = shutil.which(command[0], path=env["PATH"])
        if there and subprocess.run(command, env=env, capture_output=True, check=False).returncode == 0:
            found.add(f"3.{minor}")
    return sorted(found, key=lambda version: int(version.split(".")[1]))


def lacking(command: str, found: list[str], env: dict[str, str]) -> str | None:
    """What a step needs and this machine has not."""
    if "{traced}" in command and not set(found) & TRACED:
        return "Python older than 3.12"
    if command == "run comparison:run" and found[-1] in TRACED:
        return "Python 3.12, which some of the libraries compared want"
    programs = ("node", "npm") if command == "run pyodide:cover" else ()
    return " and ".join(program for program in programs if not shutil.which(program, path=env["PATH"])) or None


def main() -> int:
    """Run the steps of one command; stop at the first that fails."""
    if sys.version_info < (3, 10) or len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    if not HATCH.exists() or not INSTALLED.exists() or INSTALLED.read_text() != REQUIREMENT:
        print(f"installing {REQUIREMENT} into {HOME.name}", flush=True)
        venv.create(HOME, with_pip=True, clear=True)
        python = HATCH.with_name("python.exe" if os.name == "nt" else "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", REQUIREMENT], check=True)
        INSTALLED.write_text(REQUIREMENT)
    env = environment()
    found = pythons(env)
    env["HATCH_PYTHON"] = (
        f"python{found[-1]}" if shutil.which(f"python{found[-1]}", path=env["PATH"]) else sys.executable
    )
    if set(found) >= MEASURED and sys.platform == "linux":
        env["COVERAGE_REPORT_ARGS"] = " --fail-under=99.5"  # it is 100, but threads may miss each other for once
    took: list[str] = []
    for command in COMMANDS[sys.argv[1]]:
        lacks = lacking(command, found, env)
        if lacks is not None:
            took.append(f"skipped, without {lacks}: hatch {command}")
            continue
        start = time.monotonic()
        words = command.format(pythons=",".join(found), traced=",".join(sorted(TRACED & set(found)))).split()
        print(f"\n=== hatch {' '.join(words)}", flush=True)
        status = subprocess.run([HATCH, *words], cwd=HERE, env=env, check=False).returncode
        took.append(f"{'FAILED' if status else 'passed'} in {time.monotonic() - start:4.0f} s: hatch {command}")
        if status:
            break
    print("", *took, sep="\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
