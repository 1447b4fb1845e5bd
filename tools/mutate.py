"""Does a test fail when the core is broken? Break it in many small ways, one at a time, and run the tests.

    python tools/mutate.py [--only _connections.py] [--limit 50] [--tests tests/test_laws.py ...]

Each mutant is a copy of ``src`` with one operator, constant, condition or statement changed. What no test notices is a
survivor: it is printed with its line, to be killed by a test or found to change nothing that can be seen. Needs what the
tests need, and takes minutes to hours: it is a command for people, not a gate.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parent.parent
CORE = ("_connections.py", "_blocks.py", "_muting.py", "_sender.py", "_receiver.py", "_prototype.py", "_lost.py")

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
        for choice in range(2):
            tree = ast.parse(source)
            changed = next(other for at, other in enumerate(ast.walk(tree)) if at == index)
            what = mutate(changed, choice)
            if what:
                yield Mutation(getattr(node, "lineno", 0), what, ast.unparse(tree))


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
        case ast.Return(value=ast.expr()), 0:
            node.value = ast.copy_location(ast.Constant(value=None), node)
            return "returns None"
        case ast.Assign(targets=[ast.Attribute()], value=value), 0 if not isinstance(value, ast.Constant):
            node.value = ast.copy_location(ast.Constant(value=None), node)
            return "assigns None"
        case ast.AugAssign(value=value), 0:
            node.value = ast.copy_location(ast.Constant(value=0), value)
            return "adds nothing"
        case _:
            return None


def is_typing(node: ast.AST) -> bool:
    """Is it about another Python, or about type checkers?"""
    test = ast.unparse(node.test) if isinstance(node, ast.If | ast.IfExp | ast.While) else ""
    return "TYPE_CHECKING" in test or "version_info" in test


def survives(mutant: Mutation, name: str, tests: list[str], python: str) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "src")
        shutil.copytree(PROJECT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        Path(source, "typedsig", name).write_text(mutant.source, encoding="utf-8")
        command = [python, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            return process.wait(timeout=300) == 0
        except subprocess.TimeoutExpired:
            return False  # it hangs, which is noticed
        finally:
            process.kill()
            process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=list(CORE), help="modules of src/typedsig")
    parser.add_argument("--limit", type=int, help="this many mutants, drawn from all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tests", nargs="*", default=["tests"])
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    mutants = [
        (name, mutant)
        for name in options.only
        for mutant in mutations((PROJECT / "src" / "typedsig" / name).read_text(encoding="utf-8"))
    ]
    if options.limit is not None:
        mutants = random.Random(options.seed).sample(mutants, min(options.limit, len(mutants)))
    survivors = 0
    for name, mutant in mutants:
        if survives(mutant, name, options.tests, options.python):
            survivors += 1
            line = (
                (PROJECT / "src" / "typedsig" / name).read_text(encoding="utf-8").splitlines()[mutant.line - 1].strip()
            )
            sys.stdout.write(f"{name}:{mutant.line}: {mutant.what}: {line}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{survivors} of {len(mutants)} mutants survived\n")


if __name__ == "__main__":
    main()
