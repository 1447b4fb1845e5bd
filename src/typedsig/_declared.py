"""The classes of declared signals, whose ``send`` and its kin have the declared parameters.

As methods of a class they are found as fast as any method. Programs declare far more signals than they ever send, so a
signal gets there in two steps: declared, it has the one subclass that all declared signals of its class share (see
`declared_class`); the first time it is asked for a generated method, it gets a class of its own (`made_class`), or
shares that of another signal made from the same ``def``.

A subclass's own ``send`` keeps its place before the generated one: for a ``class Mine(Signal)`` the order is made Mine,
declared Mine, Mine, made Signal, declared Signal, Signal, so ``super()`` finds the generated one.
"""

from collections.abc import Callable
from functools import partial
from types import FunctionType, MethodType
from typing import Any, ClassVar, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from ._dispatch import method
from ._lock import LOCK
from ._loops import Kind
from ._prototype import UNDECLARED, Shape, defaults_of, shape_of

MethodT = TypeVar("MethodT", bound=Callable[..., object])


class Lazy:
    # A class attribute that is made when it is first asked for, and then takes this one's place. (A docstring here
    # would be every instance's.)
    __slots__ = ("__doc__", "_make", "_name", "_owner")

    def __init__(self, make: Callable[[], FunctionType], doc: str | None) -> None:
        self._make = make
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return _put(self._owner, self._name, self._make(), instead_of=self).__get__(instance, owner)


def _put(cls: type[Any], name: str, made: object, instead_of: object = None) -> Any:
    """Make this a class's own attribute, unless another thread has been faster. What is there then is the only one.

    Two functions for one method would be two receivers. What takes time or runs the user's code is done before.
    """
    with LOCK:
        if (cls.__dict__[name] if name in cls.__dict__ else None) is instead_of:  # noqa: SIM401  # rule 2 of `_table`
            type.__setattr__(cls, name, made)
        return cls.__dict__[name]


def generated(stub: MethodT) -> MethodT:
    """Have a method written by `typedsig._dispatch`. The stub gives its name, types and docstring."""
    name, doc = stub.__name__, stub.__doc__
    owner = stub.__qualname__.partition(".")[0]
    kind: Kind = "bound" if owner.startswith("Bound") else "signal"
    make = partial(method, name, UNDECLARED, kind, prototype=None, label=owner, doc=doc)
    return Lazy(make, doc)  # type: ignore[return-value]  # a method as soon as anybody looks


class Declaration(NamedTuple):
    """What the signals of one class have in common."""

    prototype: Any
    """A `FunctionType`. (Checkers take a function that is an attribute for a method.)"""
    shape: Shape
    label: str

    def key(self) -> tuple[object, ...]:
        # Code and defaults by id, since comparing them may be slow or run the user's code. The class keeps them alive.
        defaults, keyword_defaults = defaults_of(self.prototype)
        return (
            id(self.prototype.__code__),
            tuple(map(id, defaults or ())),
            tuple((name, id(value)) for name, value in (keyword_defaults or {}).items()),
            self.shape,
            self.label,
        )


class Declarable:
    """What has generated methods: signals, and signals seen from one sender."""

    __slots__ = ()

    _methods: ClassVar[tuple[str, ...]]
    """The names of the methods to generate. The class that has this itself is the one that defines them."""
    _bound_class: "ClassVar[type[Declarable] | None]" = None
    """For a signal, the class of the signal seen from one sender."""
    _declaration: ClassVar[Declaration | None] = None
    """Of a class made by `made_class`."""
    _made: ClassVar[bool]
    """Made here; looked for in the class itself."""

    def __class_getitem__(cls, parameters: Any) -> Any:
        # Written out with the defaults, because Python 3.13.0 fails to fill in that of a ParamSpec.
        if "_methods" in cls.__dict__:
            given: Any = parameters if type(parameters) is tuple else (parameters,)  # pyright: ignore[reportUnknownVariableType]  # anything may stand in brackets
            if not 1 <= len(given) <= 3:
                raise TypeError(
                    f"{cls.__name__} has three type parameters, sender, payload and result, not {len(given)}"
                )
            parameters = (*given, *(..., object)[len(given) - 1 :])
        return super().__class_getitem__(parameters)  # type: ignore[misc]  # Generic's, which comes after this one


def own_class(cls: type[Any]) -> type[Any]:
    """The class that a user would name: ``cls`` or, if that was made here, the one it was made from."""
    return next(base for base in cls.__mro__ if not base.__dict__.get("_made"))


def _defining(cls: type[Any]) -> type[Any]:
    return next(base for base in cls.__mro__ if "_methods" in base.__dict__)


class _NoHook:
    # The classes made here are nobody else's business, so a user's __init_subclass__ does not hear of them.
    __slots__ = ()
    _made = True

    def __init_subclass__(cls, **kwargs: object) -> None:
        pass


class _PerInstance(str):
    # A class attribute that is a string to the class, and to its instances what another attribute of theirs says.
    attribute: str

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return str(self) if instance is None else getattr(instance, self.attribute)


def _per_instance(text: str | None, attribute: str) -> _PerInstance:
    told = _PerInstance(text or "")
    told.attribute = attribute
    return told


class _Generated:
    # A method of declared signals: made for the class of the one that is asked for it.
    __slots__ = ("__doc__", "_name")

    def __init__(self, name: str, doc: str | None) -> None:
        self._name = name
        self.__doc__ = doc

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is not None:
            owner = class_of(instance)
        declaration: Declaration | None = owner._declaration
        defining = _defining(owner)
        if declaration is None:  # asked for in a class whose signals have different ones
            return getattr(defining, self._name)
        kind: Kind = "signal" if defining._bound_class is not None else "bound"
        function = method(
            self._name, declaration.shape, kind,
            prototype=declaration.prototype, label=declaration.label, doc=self.__doc__,
        )  # fmt: skip
        made = [base for base in owner.__mro__ if base.__dict__.get("_declaration") is not None]
        function = _put(made[-1], self._name, function)  # behind what a subclass defines
        return function if instance is None else MethodType(function, instance)


_classes: WeakValueDictionary[tuple[object, ...], type[Any]] = WeakValueDictionary()


def _subclass(
    own: type[Any], why: object, bases: tuple[type[Any], ...], namespace: Callable[[], dict[str, object]]
) -> type[Any]:
    found = _classes.get((own, why))
    if found is None:
        make: Any = type(own)  # a metaclass may be anything that takes these three
        common = {"__slots__": (), "__module__": own.__module__, "_made": True}
        made = make(own.__name__, bases, {**common, **namespace()})
        with LOCK:
            found = _classes.setdefault((own, why), made)
    return found


def documented_class(own: type[Any]) -> type[Any]:
    """The subclass for those signals of a class that have nothing but a docstring of their own."""
    return _subclass(
        own, "documented", (_NoHook, own), lambda: {"__doc__": _per_instance(own.__doc__, "_docstring")}
    )  # fmt: skip


def declared_class(own: type[Any]) -> type[Any]:
    """The subclass for those signals of a class that have a prototype."""
    defining = _defining(own)
    bases = (own,) if own is defining else (_NoHook, own, declared_class(defining))
    return _subclass(own, "declared", bases, lambda: {
        "__doc__": _per_instance(own.__doc__, "_docstring"),
        "__module__": _per_instance(own.__module__, "_home"),
        **{name: _Generated(name, own.__dict__[name].__doc__) for name in own.__dict__.get("_methods", ())},
    })  # fmt: skip


def made_class(own: type[Any], declaration: Declaration) -> type[Any]:
    """The subclass for those signals of a class that are declared so."""
    declared, defining = declared_class(own), _defining(own)
    bases = (declared,) if own is defining else (declared, made_class(defining, declaration))
    return _subclass(own, declaration.key(), bases, lambda: {
        "__doc__": declared.__dict__["__doc__"],
        "__module__": declared.__dict__["__module__"],
        "_declaration": declaration,
    })  # fmt: skip


def class_of(instance: Any) -> Any:
    """The class of a signal, or of one seen from a sender: if it is declared, a class of its own, made now if need be."""
    kind: Any = instance.__class__
    if kind._declaration is None and instance._prototype is not None:
        prototype, name = instance._prototype, instance._name
        label = instance.__qualname__ if name == instance.__name__ else name
        kind = made_class(own_class(kind), Declaration(prototype, shape_of(prototype), label))
        instance.__class__ = kind
    return kind


def bound_class_of(signal: Any) -> Any:
    """The class of this signal seen from one sender, which goes through methods that a subclass overrides."""
    cls = class_of(signal)
    if "_bound_class" in cls.__dict__:
        return cls._bound_class
    bound_class: Any = _defining(cls)._bound_class
    if cls._declaration is not None:
        bound_class = made_class(bound_class, cls._declaration)
    overridden = {name: _through(own_class(cls), name) for name in cls._methods if not _is_ours(cls, name)}
    if overridden:
        bound_class = type(bound_class.__name__, (bound_class,), {"__slots__": (), **overridden})
    return _put(cls, "_bound_class", bound_class)


def _is_ours(cls: type[Declarable], name: str) -> bool:
    found = next(base for base in cls.__mro__ if name in base.__dict__)
    return found.__dict__.get("_made", False) or "_methods" in found.__dict__


def _through(cls: type[Any], name: str) -> Callable[..., Any]:
    def method(bound: Any, /, *args: Any, **kwargs: Any) -> Any:
        return getattr(bound._signal, name)(bound._sender, *args, **kwargs)

    method.__name__, method.__qualname__, method.__module__ = name, f"{cls.__qualname__}.{name}", cls.__module__
    return method
