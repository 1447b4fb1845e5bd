"""The class of a declared signal: a subclass that has ``send`` and its kin with the declared parameters.

As methods of a class they are found as fast as any method, and a subclass's own ``send`` keeps its place before them:
for a ``class Mine(Signal)`` the order is declared Mine, Mine, declared Signal, Signal, so ``super()`` finds the
generated one. Signals made from the same ``def`` share a class.
"""

from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any, ClassVar, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from ._dispatch import Kind, method
from ._prototype import UNDECLARED, Shape, defaults_of

MethodT = TypeVar("MethodT", bound=Callable[..., object])


class Lazy:
    # A class attribute that is made when it is first asked for, and then takes this one's place. (A docstring here
    # would be every instance's.)
    __slots__ = ("__doc__", "_make", "_name", "_owner")

    def __init__(self, make: Callable[[], object], doc: str | None = None) -> None:
        self._make = make
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        made = self._make()
        setattr(self._owner, self._name, made)
        return made.__get__(instance, owner) if isinstance(made, FunctionType) else made


def generated(stub: MethodT) -> MethodT:
    """Have a method written by `typedsig._dispatch`. The stub gives its name, types and docstring."""
    name, doc = stub.__name__, stub.__doc__
    owner = stub.__qualname__.partition(".")[0]
    make = partial(
        method,
        name,
        UNDECLARED,
        "bound" if owner.startswith("Bound") else "signal",
        prototype=None,
        label=owner,
        doc=doc,
    )
    return Lazy(make, doc)  # type: ignore[return-value]  # a method as soon as anybody looks


class Declarable:
    """What `declared_class` makes subclasses of."""

    __slots__ = ()

    _methods: ClassVar[tuple[str, ...]]
    """The names of the methods to generate. The class that has this itself is the one that defines them."""
    _bound_class: "ClassVar[type[Declarable] | None]" = None
    """For a signal, the class of the signal seen from one sender."""
    _made: ClassVar[bool] = False
    """Made by `declared_class`; looked for in the class itself."""

    def __class_getitem__(cls, parameters: Any) -> Any:
        # Written out with the defaults, because Python 3.13.0 fails to fill in that of a ParamSpec.
        if "_methods" in cls.__dict__:
            given: Any = parameters if type(parameters) is tuple else (parameters,)  # pyright: ignore[reportUnknownVariableType]  # anything may stand in brackets
            parameters = _with_defaults(*given)
        return super().__class_getitem__(parameters)  # type: ignore[misc]  # Generic's, which comes after this one


def _with_defaults(sender: object, payload: object = ..., result: object = object, /) -> tuple[object, ...]:
    return sender, payload, result


class Declaration(NamedTuple):
    """What the signals of one class have in common."""

    prototype: Any
    """A `FunctionType` or None. (Checkers take a function that is an attribute for a method.)"""
    shape: Shape
    module: str
    label: str
    doc: str | None

    def key(self) -> tuple[object, ...]:
        # Code and defaults by id, since comparing them may be slow or run the user's code. The class keeps them alive.
        if self.prototype is None:
            return self.module, self.label, self.doc
        defaults, keyword_defaults = defaults_of(self.prototype)
        return (
            id(self.prototype.__code__),
            tuple(map(id, defaults or ())),
            tuple((name, id(value)) for name, value in (keyword_defaults or {}).items()),
            self.module,
            self.label,
            self.doc,
        )


class _NoHook:
    # The classes made here are nobody else's business, so a user's __init_subclass__ does not hear of them.
    __slots__ = ()
    _made = True

    def __init_subclass__(cls, **kwargs: object) -> None:
        pass


_classes: WeakValueDictionary[tuple[object, ...], type[Any]] = WeakValueDictionary()


def declared_class(cls: type[Declarable], declaration: Declaration) -> type[Any]:
    """The subclass of ``cls`` for signals that are declared so."""
    key = cls, declaration.key()
    made = _classes.get(key)
    if made is None:
        made = _classes.setdefault(key, _make_class(cls, declaration))
    return made


def _make_class(cls: Any, declaration: Declaration) -> type[Any]:
    defining = next(base for base in cls.__mro__ if "_methods" in base.__dict__)
    namespace: dict[str, object] = {
        "__slots__": (),
        "__module__": declaration.module,
        "__doc__": declaration.doc,
        "_made": True,
    }
    make: Callable[..., type[Any]] = cls.__class__
    if cls is not defining:
        return make(cls.__name__, (_NoHook, cls, declared_class(defining, declaration)), namespace)
    if declaration.prototype is not None:
        bound_class = cls._bound_class
        kind: Kind = "bound" if bound_class is None else "signal"
        for name in defining._methods:
            doc = defining.__dict__[name].__doc__
            namespace[name] = Lazy(
                partial(
                    method, name, declaration.shape, kind,
                    prototype=declaration.prototype, label=declaration.label, doc=doc,
                ),
                doc,
            )  # fmt: skip
        if bound_class is not None:
            namespace["_bound_class"] = Lazy(partial(declared_class, bound_class, declaration))
    return make(cls.__name__, (cls,), namespace)


def bound_class_of(cls: type[Declarable]) -> Any:
    """The class of this class's signals seen from one sender, which goes through methods that a subclass overrides."""
    if "_bound_class" in cls.__dict__:
        return cls._bound_class
    bound_class: Any = cls._bound_class
    overridden = {name: _through(name) for name in cls._methods if not _is_ours(cls, name)}
    if overridden:
        bound_class = type(bound_class.__name__, (bound_class,), {"__slots__": (), "_made": True, **overridden})
    cls._bound_class = bound_class
    return bound_class


def _is_ours(cls: type[Declarable], name: str) -> bool:
    found = next(base for base in cls.__mro__ if name in base.__dict__)
    return found.__dict__.get("_made", False) or "_methods" in found.__dict__


def _through(name: str) -> Callable[..., Any]:
    def method(bound: Any, /, *args: Any, **kwargs: Any) -> Any:
        return getattr(bound._signal, name)(bound._sender, *args, **kwargs)

    return method
