"""Named signals."""

import threading
from typing import Any

import pytest

import typedsig
from typedsig import AsyncSignal, Namespace, Signal, default_namespace


@pytest.fixture
def namespace() -> Namespace:
    """Have an empty namespace."""
    return Namespace()


def saved(sender: object, *, path: str) -> None:
    """Sent after something was saved."""


def saved_elsewhere(sender: object, *, path: bytes) -> None:
    """Agree with `saved` in names, kinds and presence of defaults."""


async def loaded(sender: object, *, path: str) -> None:
    """Sent after something was loaded."""


def _other_name(sender: object, *, file: str) -> None: ...


def _other_kind(sender: object, path: str) -> None: ...


def _other_default(sender: object, *, path: str = "") -> None: ...


def _more(sender: object, *, path: str, size: int) -> None: ...


def _rest(sender: object, **path: str) -> None: ...


def test_signal_is_made_when_first_asked_for(namespace: Namespace) -> None:
    signal = namespace.signal("saved")
    assert isinstance(signal, Signal)
    assert namespace.signal("saved") is signal
    assert signal.name == "saved"
    assert namespace.signal("loaded") is not signal


def test_async_signal_is_made_when_first_asked_for(namespace: Namespace) -> None:
    signal = namespace.async_signal("loaded")
    assert isinstance(signal, AsyncSignal)
    assert namespace.async_signal("loaded") is signal
    assert namespace.async_signal("loaded", loaded) is signal


def test_signal_with_a_prototype_is_declared_by_it(namespace: Namespace) -> None:
    signal = namespace.signal("document-saved", saved)
    assert signal.name == "document-saved"
    assert signal.__doc__ == "Sent after something was saved."
    send: Any = signal.send
    with pytest.raises(TypeError, match="'pth'"):
        send(None, pth="a")


def test_signal_takes_on_a_prototype_later(namespace: Namespace) -> None:
    """Whoever asked for it first may not have known."""
    early = namespace.signal("saved")
    got: list[object] = []

    def receiver(sender: object, **payload: object) -> None:
        got.append(payload)

    early.connect(receiver)
    early.send(None, anything=1)
    signal = namespace.signal("saved", saved)
    assert signal is early
    signal.send(None, path="a")
    assert got == [{"anything": 1}, {"path": "a"}]
    with pytest.raises(TypeError, match="'anything'"):
        early.send(None, anything=1)


def test_prototype_may_be_left_out_or_repeated(namespace: Namespace) -> None:
    signal = namespace.signal("saved", saved)
    assert namespace.signal("saved") is signal
    assert namespace.signal("saved", saved) is signal
    elsewhere: object = namespace.signal("saved", saved_elsewhere)
    assert elsewhere is signal


@pytest.mark.parametrize("other", [_other_name, _other_kind, _other_default, _more, _rest])
def test_contradicting_prototype_is_refused_with_both_signatures(namespace: Namespace, other: Any) -> None:
    signal = namespace.signal("saved", saved)
    with pytest.raises(TypeError) as caught:
        namespace.signal("saved", other)
    message = str(caught.value)
    assert "'saved' is declared twice, as saved(sender: object, *, path: str) -> None and as saved(" in message
    assert str(Signal(other).signature) in message
    assert namespace["saved"] is signal
    assert namespace["saved"].signature == Signal(saved).signature


def test_other_kind_of_signal_of_that_name_is_refused(namespace: Namespace) -> None:
    namespace.signal("saved")
    namespace.async_signal("loaded")
    with pytest.raises(TypeError, match=r"'saved' is the name of <typedsig.Signal saved.*> ?, which is no AsyncSignal"):
        namespace.async_signal("saved")
    with pytest.raises(TypeError, match=r"'loaded' is the name of <typedsig.AsyncSignal loaded.*which is no Signal"):
        namespace.signal("loaded")


def test_wrong_prototype_makes_no_signal(namespace: Namespace) -> None:
    wrong: Any = loaded
    with pytest.raises(TypeError, match="use AsyncSignal"):
        namespace.signal("loaded", wrong)
    also_wrong: Any = saved
    with pytest.raises(TypeError, match="use Signal, or 'async def'"):
        namespace.async_signal("saved", also_wrong)
    assert len(namespace) == 0


@pytest.mark.parametrize(
    ("name", "error"), [(3, TypeError), (None, TypeError), (b"saved", TypeError), ("", ValueError)]
)
def test_names_are_strings_that_say_something(namespace: Namespace, name: Any, error: type[Exception]) -> None:
    for get in (namespace.signal, namespace.async_signal):
        with pytest.raises(error, match="name"):
            get(name)
    assert len(namespace) == 0


def test_names_become_plain_strings(namespace: Namespace) -> None:
    """So no code of theirs runs, neither here nor later."""

    class Name(str):
        __slots__ = ()

        def __hash__(self) -> int:
            raise AssertionError("hashed")

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

        def __str__(self) -> str:
            raise AssertionError("shown")

    signal = namespace.signal(Name("saved"))
    assert namespace["saved"] is signal
    assert type(signal.name) is str
    assert type(Signal(name=Name("saved")).name) is str


def test_namespace_is_a_mapping(namespace: Namespace) -> None:
    a, b = namespace.signal("a"), namespace.async_signal("b")
    assert dict(namespace) == {"a": a, "b": b}
    assert (list(namespace), len(namespace), "a" in namespace, "c" in namespace) == (["a", "b"], 2, True, False)
    assert namespace.get("c") is None
    with pytest.raises(KeyError):
        namespace["c"]


def test_namespaces_that_hold_the_same_are_two_all_the_same(namespace: Namespace) -> None:
    other = Namespace()
    other.add(namespace.signal("a"))
    assert dict(namespace) == dict(other)
    assert namespace != other
    assert len({namespace, other, namespace}) == 2


def test_namespace_may_grow_while_it_is_iterated(namespace: Namespace) -> None:
    namespace.signal("a")
    for name in namespace:
        namespace.signal(name * 2)
    assert list(namespace) == ["a", "aa"]


def test_repr_lists_the_names(namespace: Namespace) -> None:
    assert repr(namespace) == "<typedsig.Namespace of no signals>"
    namespace.signal("a")
    namespace.signal("b")
    assert repr(namespace) == "<typedsig.Namespace of a, b>"


def test_two_namespaces_share_nothing(namespace: Namespace) -> None:
    assert Namespace().signal("a") is not namespace.signal("a")


def test_signal_is_of_the_default_namespace() -> None:
    made = typedsig.signal("tests.test_namespace")
    assert default_namespace["tests.test_namespace"] is made


# add


def test_add_registers_a_declared_signal_under_its_name(namespace: Namespace) -> None:
    @namespace.add
    @Signal
    def opened(sender: object) -> None: ...

    assert namespace["opened"] is opened
    assert namespace.add(opened) is opened
    closed = AsyncSignal[object, [int]](name="closed")
    assert namespace.add(closed) is namespace["closed"] is closed


def test_add_gives_the_existing_one_when_declared_again(namespace: Namespace) -> None:
    """As a reload of its module does; receivers stay connected."""

    def declare() -> Signal[Any, ..., Any]:
        @Signal
        def opened(sender: object, *, path: str) -> None: ...

        return opened

    opened = namespace.add(declare())
    again = declare()
    assert again is not opened
    assert namespace.add(again) is opened


def test_add_refuses_another_signal_of_that_name(namespace: Namespace) -> None:
    mine = namespace.add(Signal(name="mine"))
    for other in (Signal(name="mine"), Signal(saved, name="mine"), AsyncSignal(name="mine")):
        with pytest.raises(ValueError, match=r"'mine' (is the name of|was asked for before).*<typedsig.Signal mine"):
            namespace.add(other)
    assert namespace["mine"] is mine


def test_add_refuses_a_signal_declared_again_with_other_parameters(namespace: Namespace) -> None:
    def first() -> Signal[Any, ..., Any]:
        @Signal
        def opened(sender: object, *, path: str) -> None: ...

        return opened

    def edited(sender: object, *, file: str) -> None: ...

    edited.__name__, edited.__qualname__ = "opened", first().__qualname__
    namespace.add(first())
    with pytest.raises(TypeError, match=r"declared twice, as opened\(.*path: str\).* and as opened\(.*file: str\)"):
        namespace.add(Signal(edited))


def test_add_refuses_what_is_no_named_signal(namespace: Namespace) -> None:
    no_signal: Any = saved
    with pytest.raises(TypeError, match=r"takes a signal, not .*saved"):
        namespace.add(no_signal)
    with pytest.raises(TypeError, match=r"takes a signal with a name"):
        namespace.add(Signal())
    assert len(namespace) == 0


@pytest.mark.threads
def test_many_threads_get_one_signal(namespace: Namespace) -> None:
    barrier = threading.Barrier(8)
    got: list[list[object]] = []

    def work() -> None:
        barrier.wait(timeout=30)
        got.append([namespace.signal(f"signal {number}", saved) for number in range(100)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(got) == 8
    for signals in zip(*got, strict=True):
        assert len(set(map(id, signals))) == 1
