"""Asking a signal who listens, and being told who comes and goes."""

from collections.abc import Callable
from typing import Any

import pytest

from typedsig import ANY, AsyncSignal, Signal


@pytest.fixture(params=[Signal, AsyncSignal])
def signal(request: pytest.FixtureRequest) -> Signal[Any, ..., Any]:
    """Both kinds answer alike."""
    made: Signal[Any, ..., Any] = request.param(name="signal")
    return made


def first(sender: object) -> None: ...


def second(sender: object) -> None: ...


class Owner:
    def method(self, sender: object) -> None: ...


def listening(signal: Signal[Any, ..., Any], *senders: object) -> list[bool]:
    """Does anybody listen to the signal, and to it from these senders?"""
    return [signal.has_receivers, *map(signal.has_receivers_for, senders)]


def test_receivers_are_what_was_connected(signal: Signal[Any, ..., Any]) -> None:
    """Each once, in the order of connection, whoever they are connected for."""
    owner = Owner()
    signal.connect(second, "me")
    signal.connect(owner.method)
    signal.connect(first, "you")
    signal.connect(second)
    assert signal.receivers == [second, owner.method, first]


def test_receivers_for_a_sender_are_those_its_sends_call(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(second, "me")
    signal.connect(first)
    signal.connect(second)
    assert signal.receivers_for("me") == [second, first]
    assert signal.receivers_for("you") == [first, second]


def test_receivers_may_be_changed_by_whoever_asked(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first)
    signal.receivers.clear()
    assert signal.receivers == [first]


def test_has_receivers_for_a_sender(signal: Signal[Any, ..., Any]) -> None:
    assert listening(signal, "me") == [False, False]
    signal.connect(first, "me")
    assert listening(signal, "me", "you") == [True, True, False]
    signal.connect(first)
    assert listening(signal, "me", "you") == [True, True, True]
    signal.disconnect(first)
    assert listening(signal, "me", "you") == [False, False, False]


def test_nobody_is_left_after_the_last_disconnect(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first)
    signal.disconnect(first)
    assert listening(signal, "me") == [False, False]
    assert (signal.receivers, signal.receivers_for("me")) == ([], [])


def test_dead_receivers_are_not_counted(signal: Signal[Any, ..., Any], collect: Callable[[], None]) -> None:
    mine, yours, everybodys = Owner(), Owner(), Owner()
    signal.connect(mine.method, "me")
    signal.connect(yours.method, "you")
    signal.connect(everybodys.method)
    del everybodys
    collect()
    assert listening(signal, "me", "them") == [True, True, False]
    assert signal.receivers == [mine.method, yours.method]
    del mine
    collect()
    assert listening(signal, "me", "you") == [True, False, True]
    assert signal.receivers_for("me") == []
    del yours
    collect()
    assert listening(signal, "you") == [False, False]
    assert signal.receivers == []


def test_muted_receivers_are_counted(signal: Signal[Any, ..., Any]) -> None:
    signal.connect(first)
    with signal.muted(), signal.muted(receiver=first), signal.muted(sender="me"):
        assert signal.receivers == signal.receivers_for("me") == [first]
        assert listening(signal, "me") == [True, True]


# receiver_connected and receiver_disconnected


class News(list[tuple[Any, ...]]):
    """What a signal announced."""

    def connected(self, signal: object, *, receiver: object, sender: object, weak: bool) -> None:
        self.append(("connected", signal, receiver, sender, weak))

    def disconnected(self, signal: object, *, receiver: object, sender: object) -> None:
        self.append(("disconnected", signal, receiver, sender))


@pytest.fixture
def news(signal: Signal[Any, ..., Any]) -> News:
    """Everything the signal announces."""
    news = News()
    signal.receiver_connected.connect(news.connected, weak=False)
    signal.receiver_disconnected.connect(news.disconnected, weak=False)
    return news


def test_connections_are_announced(signal: Signal[Any, ..., Any], news: News) -> None:
    signal.connect(first)
    signal.connect(second, "me", weak=False)
    assert news == [("connected", signal, first, ANY, True), ("connected", signal, second, "me", False)]


def test_only_new_connections_are_announced(signal: Signal[Any, ..., Any], news: News) -> None:
    signal.connect(first)
    news.clear()
    signal.connect(first)
    signal.connect(first, weak=False)
    assert news == []


def test_disconnections_are_announced_one_for_each_sender(signal: Signal[Any, ..., Any], news: News) -> None:
    for sender in (ANY, "me", "you"):
        signal.connect(first, sender)
    news.clear()
    signal.disconnect(first, "you")
    signal.disconnect(first)
    signal.disconnect(first)
    assert news == [("disconnected", signal, first, sender) for sender in ("you", ANY, "me")]


def test_blocks_are_announced(signal: Signal[Any, ..., Any], news: News) -> None:
    with signal.connected_to(first, "me"):
        assert news == [("connected", signal, first, "me", False)]
    assert news[1:] == [("disconnected", signal, first, "me")]


def test_a_block_announces_only_what_it_connects(signal: Signal[Any, ..., Any], news: News) -> None:
    signal.connect(first)
    news.clear()
    with signal.connected_to(first):
        assert news == []
    assert news == []
    with signal.connected_to(first):
        signal.disconnect(first)
        news.clear()
    assert news == [("connected", signal, first, ANY, True)]


def test_announcements_are_made_after_the_fact(signal: Signal[Any, ..., Any]) -> None:
    seen: list[list[object]] = []

    def look(signal: Any, **payload: object) -> None:
        seen.append(signal.receivers)

    signal.receiver_connected.connect(look)
    signal.receiver_disconnected.connect(look)
    signal.connect(first)
    signal.disconnect(first)
    assert seen == [[first], []]


def test_deaths_are_not_announced(signal: Signal[Any, ..., Any], news: News, collect: Callable[[], None]) -> None:
    owner = Owner()
    signal.connect(owner.method)
    del owner
    news.clear()
    collect()
    assert not signal.has_receivers
    assert news == []


def test_announcements_are_signals_made_on_first_use(signal: Signal[Any, ..., Any]) -> None:
    connected = signal.receiver_connected
    assert connected is signal.receiver_connected
    assert isinstance(connected, Signal)
    assert connected.signature is not None
    assert list(connected.signature.parameters) == ["self", "receiver", "sender", "weak"]
    disconnected: object = signal.receiver_disconnected
    assert disconnected is not connected
    assert "made" in (type(signal).receiver_connected.__doc__ or "")


def test_connect_is_all_or_nothing_when_a_listener_raises(signal: Signal[Any, ..., Any]) -> None:
    def refuse(signal: object, **payload: object) -> None:
        raise PermissionError

    signal.connect(second)
    signal.receiver_connected.connect(refuse)
    for weak in (True, False):
        with pytest.raises(PermissionError):
            signal.connect(first, weak=weak)
        with pytest.raises(PermissionError):
            signal.connect(first, "me", weak=weak)
    assert signal.receivers == signal.receivers_for("me") == [second]


def test_refused_connection_for_everybody_leaves_those_for_single_senders(signal: Signal[Any, ..., Any]) -> None:
    def refuse(signal: object, **payload: object) -> None:
        raise PermissionError

    signal.connect(first, "me")
    signal.receiver_connected.connect(refuse)
    with pytest.raises(PermissionError):
        signal.connect(first)
    assert signal.receivers_for("me") == [first]
    assert signal.receivers_for("you") == []


def test_listener_may_disconnect_what_was_just_connected(signal: Signal[Any, ..., Any]) -> None:
    def undo(signal: Any, *, receiver: Any, sender: object, weak: bool) -> None:
        signal.disconnect(receiver, sender)
        raise PermissionError

    signal.receiver_connected.connect(undo)
    with pytest.raises(PermissionError):
        signal.connect(first)
    assert not signal.has_receivers


def test_receivers_are_told_however_many_senders_they_are_connected_for(signal: Signal[Any, ..., Any]) -> None:
    def last(sender: object) -> None: ...

    def first(sender: object) -> None: ...

    senders = [f"sender {number}" for number in range(3000)]
    for sender in senders:
        signal.connect(last, sender)
        signal.connect(first, f"{sender} of the first")
    signal.disconnect(last, senders[0])
    assert signal.receivers == [first, last]
