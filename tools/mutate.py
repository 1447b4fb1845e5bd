"""Does a test fail when the core is broken? Break it in many small ways, one at a time, and run the tests.

    python tools/mutate.py [--only _connections.py] [--limit 50] [--tests tests/test_laws.py ...]

Each mutant is a copy of ``src`` with one operator, constant, condition or statement changed, or a line of a text that
becomes code. What no test notices is a survivor: it is printed with its line, to be killed by a test or found to change
nothing that can be seen. A mutant that hangs was noticed. The tests that are about a module come first, and the slow
ones last, each in a fork of this process, which has imported what they need. Needs what the tests need, and takes
minutes to hours: it is a command for people, not a gate.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gc
import importlib
import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parent.parent
# The modules of the core, and the tests that are about them.
CORE = {
    "_base.py": "asking connecting copies declaring bound",
    "_blocks.py": "connecting",
    "_bound.py": "bound copies",
    "_bucket.py": "senders connecting asking",
    "_connection.py": "receivers sending",
    "_connections.py": "connecting sending senders asking muting",
    "_copies.py": "copies views",
    "_declared.py": "declaring dispatch subclassing bound",
    "_dispatch.py": "dispatch sending failures",
    "_failures.py": "failures",
    "_lock.py": "connecting",
    "_loops.py": "dispatch sending failures",
    "_lost.py": "lifetime",
    "_muting.py": "muting",
    "_prototype.py": "declaring dispatch namespace",
    "_receiver.py": "receivers connecting",
    "_sender.py": "senders",
    "_table.py": "connecting lifetime senders asking",
}
SLOW = ("examples", "fuzz", "laws", "memory", "process", "testing", "threads", "wheel")
PRELOADED = ("anyio", "asyncio", "blinker", "flask", "hypothesis.stateful", "pytest", "trio", "unittest.mock")

OPPOSITES: dict[type[ast.AST], type[ast.AST]] = {
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt,
    ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip


class Mutation(NamedTuple):
    line: int
    what: str
    source: str


def mutations(source: str) -> Iterator[Mutation]:
    """Every mutant of a module."""
    for index, node in enumerate(ast.walk(ast.parse(source))):
        for choice in itertools.count():
            tree = ast.parse(source)
            changed = next(other for at, other in enumerate(ast.walk(tree)) if at == index)
            what = mutate(changed, choice)
            if what:
                yield Mutation(getattr(node, "lineno", 0), what, ast.unparse(tree))
            elif choice:
                break


def mutate(node: ast.AST, choice: int) -> str | None:
    """Change a node in place; say what was done, or None if there is nothing to do to it."""
    match node, choice:
        case ast.Compare(ops=[operator]), 0 if type(operator) in OPPOSITES:
            node.ops = [OPPOSITES[type(operator)]()]  # type: ignore[list-item]  # an operator
            return f"{type(operator).__name__} reversed"
        case ast.BoolOp(op=operator), 0:
            node.op = OPPOSITES[type(operator)]()  # type: ignore[assignment]  # an operator
            return f"{type(operator).__name__} reversed"
        case ast.BoolOp(values=values), 1:
            node.values = values[1:] if len(values) > 2 else [values[1], values[1]]
            return "first operand left out"
        case ast.Constant(value=bool() as value), 0:
            node.value = not value
            return f"{value} reversed"
        case ((ast.If() | ast.IfExp() | ast.While()), (0 | 1)) if not is_typing(node):
            if isinstance(node, ast.While) and choice == 0:
                return None  # most would never end
            node.test = ast.copy_location(ast.Constant(value=choice == 0), node)
            return f"condition always {choice == 0}"
        case ast.Expr(value=ast.Call()), 0:
            node.value = ast.copy_location(ast.Constant(value=None), node)
            return "call left out"
        case ast.Return(value=ast.expr() as value), 0 if ast.unparse(value) != "None":
            node.value = ast.copy_location(ast.Constant(value=None), node)
            return "returns None"
        case ast.Assign(targets=[ast.Attribute()], value=value), 0 if not isinstance(value, ast.Constant):
            node.value = ast.copy_location(ast.Constant(value=None), node)
            return "assigns None"
        case ast.AugAssign(value=value), 0:
            node.value = ast.copy_location(ast.Constant(value=0), value)
            return "adds nothing"
        case ast.AnnAssign(value=ast.Constant(value=str() as text)), _ if choice < text.count("\n"):
            lines = text.splitlines(keepends=True)
            what = lines[choice].strip()
            lines[choice] = lines[choice].replace(what, "pass") if what else lines[choice]
            node.value = ast.Constant(value="".join(lines))
            return f"{what!r} left out"
        case _:
            return None


def is_typing(node: ast.AST) -> bool:
    """Is it about another Python, or about type checkers?"""
    test = ast.unparse(node.test) if isinstance(node, ast.If | ast.IfExp | ast.While) else ""
    return "TYPE_CHECKING" in test or "version_info" in test


def batches(name: str) -> Iterator[list[str]]:
    """The tests, those first that are most likely to notice."""
    there = {path.stem.removeprefix("test_"): str(path) for path in sorted((PROJECT / "tests").glob("test_*.py"))}
    first = CORE.get(name, "").split()
    found = [there[each] for each in first]
    quick = [path for each, path in there.items() if each not in (*first, *SLOW)]
    slow = [path for each, path in there.items() if each in SLOW and each not in first]
    yield from filter(None, (found, quick, slow))  # without any, pytest would run all it finds


def survives(mutant: Mutation, name: str, tests: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "src")
        shutil.copytree(PROJECT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        Path(source, "typedsig", name).write_text(mutant.source, encoding="utf-8")
        return all(passes(source, batch) for batch in ([tests] if tests else batches(name)))


def passes(source: Path, tests: list[str]) -> bool:
    child = os.fork()
    if child == 0:
        os.setsid()
        os.chdir(PROJECT)
        os.environ["PYTHONPATH"] = str(source)
        sys.path.insert(0, str(source))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        status = 3
        options = [
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "--timeout=30",
            "-W",
            "ignore::pytest.PytestAssertRewriteWarning",
        ]
        try:
            status = importlib.import_module("pytest").main([*options, *tests])
        finally:
            os._exit(status)
    end = time.monotonic() + 300
    try:
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status == 0
            time.sleep(0.02)
        return False  # it hangs, which is noticed
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # with what the tests started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=list(CORE), help="modules of src/typedsig")
    parser.add_argument("--limit", type=int, help="this many mutants, drawn from all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tests", nargs="*", default=[], help="these only, instead of all in the order of their speed")
    options = parser.parse_args()
    for module in PRELOADED:
        importlib.import_module(module)
    gc.freeze()  # or the tests, which collect often, would take five times as long
    mutants = [
        (name, mutant)
        for name in options.only
        for mutant in mutations((PROJECT / "src" / "typedsig" / name).read_text(encoding="utf-8"))
    ]
    if options.limit is not None:
        mutants = random.Random(options.seed).sample(mutants, min(options.limit, len(mutants)))
    if not all(passes(PROJECT / "src", batch) for batch in batches("")):
        sys.exit("the tests fail as it is")
    survivors = 0
    for name, mutant in mutants:
        if survives(mutant, name, options.tests):
            survivors += 1
            line = (
                (PROJECT / "src" / "typedsig" / name).read_text(encoding="utf-8").splitlines()[mutant.line - 1].strip()
            )
            sys.stdout.write(f"{name}:{mutant.line}: {mutant.what}: {line}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{survivors} of {len(mutants)} mutants survived\n")


if __name__ == "__main__":
    main()
