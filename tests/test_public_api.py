"""The public names: what is exported, where it says it comes from, and that its annotations can be evaluated."""

import contextlib
import importlib.metadata
import importlib.resources
import inspect
import pkgutil
import subprocess
import sys
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import typedsig

EXPORTED = [getattr(typedsig, name) for name in typedsig.__all__]
CLASSES: list[type] = [thing for thing in EXPORTED if isinstance(thing, type)]


def functions(cls: type) -> Iterator[Callable[..., Any]]:
    """All functions in a class that are not written by Python itself."""
    for thing in vars(cls).values():
        function = getattr(thing, "fget", thing)
        function = getattr(function, "__func__", function)
        if isinstance(function, types.FunctionType):
            yield function


def public(name: str) -> bool:
    return name[0] not in "_@"  # pytest itself adds @names to modules of packages with a plugin


def test_all_is_sorted_and_complete() -> None:
    assert list(typedsig.__all__) == sorted(typedsig.__all__)
    modules = {module.name for module in pkgutil.iter_modules(typedsig.__path__)}
    assert {name for name in vars(typedsig) if public(name)} - modules == set(typedsig.__all__)


def test_import_star_gives_all() -> None:
    scope: dict[str, object] = {}
    exec("from typedsig import *", scope)  # there is no other way
    assert {name for name in scope if public(name)} == set(typedsig.__all__)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_classes_say_they_are_from_typedsig(cls: type) -> None:
    assert getattr(typedsig, cls.__name__) is cls
    assert cls.__module__ == "typedsig"
    assert cls.__qualname__ == cls.__name__


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_everything_public_has_a_docstring(cls: type) -> None:
    assert inspect.getdoc(cls)
    for name in filter(public, dir(cls)):
        if name not in dir(Exception):
            assert inspect.getdoc(inspect.getattr_static(cls, name)), f"{cls.__name__}.{name}"


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_annotations_can_be_evaluated(cls: type) -> None:
    """By `typing.get_type_hints`, as documentation tools and frameworks do."""
    # Importing inspect for the sake of one annotation would take as long as all the rest of the package.
    late = {"AbstractContextManager": contextlib.AbstractContextManager, "Signature": inspect.Signature}
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] == "typedsig":
            for function in functions(base):
                typing.get_type_hints(function, localns=late)


def test_annotations_of_functions_can_be_evaluated() -> None:
    for function in (typedsig.unwrap, typedsig.signal, typedsig.Namespace.add, typedsig.Signal.connect):
        assert typing.get_type_hints(function)


def test_stand_ins_for_generated_methods_are_never_called() -> None:
    for cls in CLASSES:
        for name in getattr(cls, "_methods", ()):
            assert "written by" not in inspect.getsource(getattr(cls, name))


def test_package_is_typed() -> None:
    assert (importlib.resources.files(typedsig) / "py.typed").is_file()


def test_errors_of_users_are_shown_at_their_own_modules() -> None:
    """Tracebacks and reprs say ``typedsig.Signal``, not where it is defined."""
    assert str(typedsig.Signal) == "<class 'typedsig.Signal'>"
    assert str(typedsig.Outcome).startswith("typing.Union[typedsig.Returned") or "typedsig.Returned" in str(
        typedsig.Outcome
    )


@pytest.mark.processes
def test_import_is_light() -> None:
    """No event loop, no dataclasses, no inspect, nothing that has to be installed."""
    program = "import sys; before = set(sys.modules); import typedsig; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    heavy = {
        "anyio", "asyncio", "dataclasses", "exceptiongroup", "inspect", "logging", "pytest", "trio", "typing_extensions",
    }  # fmt: skip
    assert not imported & heavy
    ours = {name for name in imported if name.startswith("typedsig.")}
    assert all(name.startswith("typedsig._") for name in ours), "public modules are for those who ask for them"


def test_nothing_but_a_backport_is_required() -> None:
    try:
        required = importlib.metadata.requires("typedsig") or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("typedsig is not installed, but found on the path")
    names = {line.split(";")[0].strip().partition(">")[0] for line in required if "extra ==" not in line}
    assert names == {"exceptiongroup"}
