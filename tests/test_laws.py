"""A signal against a naive list of pairs, step by step, and the laws that follow from it.

The machine does to a signal whatever a program may do, also from inside running receivers, and keeps the book that a
reader of the documentation would keep: a list of entries, searched from end to end. `TYPEDSIG_LONG=1` makes it run for
minutes instead of seconds, in rounds, each from a new seed.
"""

from __future__ import annotations

import contextvars
import copy
import enum
import functools
import gc
import itertools
import os
import sys
import warnings
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple
from unittest.mock import Mock
from weakref import proxy, ref

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from typedsig import ANY, AsyncSignal, LostReceiverWarning, Raised, Signal

LONG = "TYPEDSIG_LONG" in os.environ
COUNTED = sys.implementation.name == "cpython"
"""Is what nobody refers to dead at once? Elsewhere nothing is dropped, and who lives is not asked."""
BOUNDED = settings(
    max_examples=500 if LONG else 300,
    stateful_step_count=60 if LONG else 40,
    derandomize=not LONG,
    phases=[phase for phase in Phase if phase is not Phase.explain],  # it would trace every line of every step
    database=None,
    deadline=None,
    suppress_health_check=[*HealthCheck],  # pyright: ignore[reportArgumentType]  # its metaclass misleads
)
BOUNDED_LAWS = settings(BOUNDED, max_examples=2000 if LONG else 50)
ROUNDS = 60 if LONG else 1
"""Many short ones: Hypothesis remembers all it tried in one, and every full collection walks that memory."""


class Boom(Exception):
    """What receivers raise here."""


class Untouchable:
    """What no library should do to the objects it is given."""

    __hash__: ClassVar[None]  # type: ignore[assignment]  # that is the point

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared by the library")

    def __bool__(self) -> bool:
        raise AssertionError("tested by the library")


# Receivers


class Owner(Untouchable):
    def __init__(self, numbers: tuple[int, int], call: Any) -> None:
        self.numbers = numbers
        self.call = call

    def hear(self, sender: object) -> object:
        return self.call(self.numbers[0], sender)

    def listen(self, sender: object) -> object:
        return self.call(self.numbers[1], sender)


class Callable(Untouchable):
    def __init__(self, number: int, call: Any) -> None:
        self.number = number
        self.call = call

    def __call__(self, sender: object) -> object:
        return self.call(self.number, sender)


class SlottedCallable:
    """Cannot be weakly referenced; its token tells when it is gone."""

    __slots__ = ("call", "number", "token")

    def __init__(self, number: int, call: Any, token: object) -> None:
        self.number = number
        self.call = call
        self.token = token

    def __call__(self, sender: object) -> object:
        return self.call(self.number, sender)


class Inbox(deque[object]):
    """Its ``append``, a builtin method, is the receiver."""

    number: int


class Token:
    pass


RECEIVER_KINDS = ("function", "methods", "partial", "callable", *["slotted"] * COUNTED, "builtin", "mock")


@dataclass
class Body:
    """What owns one receiver, or two: when it dies, they do."""

    kind: str
    numbers: tuple[int, ...]
    kept: Any
    """The object itself, until the machine drops it."""
    alive: Any
    """A weak reference."""

    def receiver(self, number: int) -> Any:
        if self.kind == "methods":
            return self.kept.hear if number == self.numbers[0] else self.kept.listen
        return self.kept.append if self.kind == "builtin" else self.kept


def make_body(kind: str, number: int, call: Any) -> Body:
    kept: Any
    numbers: tuple[int, ...] = (number,)
    token: Any = None
    if kind == "function":

        def function(sender: object) -> object:
            return call(number, sender)

        kept = function
        kept.number = number
    elif kind == "methods":
        numbers = (number, number + 1)
        kept = Owner((number, number + 1), call)
    elif kind == "partial":
        kept = functools.partial(call, number)
    elif kind == "callable":
        kept = Callable(number, call)
    elif kind == "slotted":
        token = Token()
        kept = SlottedCallable(number, call, token)
    elif kind == "builtin":
        kept = Inbox()
        kept.number = number
    else:

        def side_effect(sender: object) -> object:
            found = alive()
            assert found is not None
            found.reset_mock()  # or it would keep every sender
            return call(number, sender)

        kept = Mock(side_effect=side_effect)
        kept.number = number
        alive = ref(kept)
    return Body(kind, numbers, kept, ref(kept if token is None else token))


def number_of(receiver: Any) -> int:
    """Which receiver is this?"""
    owner = getattr(receiver, "__self__", None)
    found: int
    if isinstance(owner, Owner):
        found = owner.numbers[0 if receiver.__name__ == "hear" else 1]
    elif isinstance(owner, Inbox):
        found = owner.number
    elif isinstance(receiver, functools.partial):
        found = receiver.args[0]
    else:
        found = receiver.number
    return found


# Senders


class Plain(Untouchable):
    def __init__(self, number: int) -> None:
        self.number = number


class Slotted:
    __slots__ = ("number", "token")

    def __init__(self, number: int, token: object) -> None:
        self.number = number
        self.token = token


class One(enum.IntEnum):
    ONE = 1


VALUES: tuple[Any, ...] = (0, 1, True, False, 1.0, "", "one", b"one", 10**20, None, One.ONE, ANY.__class__)
OBJECT_KINDS = ("plain", "slotted", "class", "tuple", "proxy", "id of another")

Label = tuple[object, ...]


@dataclass
class Sender:
    label: Label
    kept: Any
    alive: Any
    """A weak reference to it or to its token; None: a value, which does not die."""
    weakly: bool = False
    """Do connections hold it weakly?"""

    def again(self) -> Any:
        """The sender; where it is a value, an equal one that is not the same object, if there can be one."""
        if type(self.kept) is str:
            return "".join(list(self.kept))
        if type(self.kept) is int:
            return int(str(self.kept))
        return self.kept


def make_sender(kind: object, number: int, others: list[Sender]) -> Sender:
    if kind == "plain":
        plain = Plain(number)
        return Sender((number,), plain, ref(plain), weakly=True)
    if kind == "slotted":
        token = Token()
        return Sender((number,), Slotted(number, token), ref(token))
    if kind == "tuple":
        token = Token()
        return Sender((number,), (number, token), ref(token))
    if kind == "class":
        made = type("Made", (), {"number": number})
        return Sender((number,), made, ref(made), weakly=True)
    if kind == "proxy":
        target = Token()
        target.number = number  # type: ignore[attr-defined]
        PROXIED.append(target)
        return Sender((number,), proxy(target), None)
    objects = [id(other.kept) for other in others if other.alive is not None and other.kept is not None]
    value = objects[-1] if objects else 5
    return Sender((int, value), value, None)


PROXIED: list[Token] = []


def label_of(sender: Any) -> Label | None:
    """Which sender is this? None: `ANY`."""
    if sender is ANY:
        return None
    if type(sender) in (int, str, bytes, bool, float):
        return type(sender), sender
    if type(sender) is tuple:
        return (sender[0],)
    if any(sender is value for value in VALUES):
        return ("itself", id(sender))
    return (sender.number,)


# The book


@dataclass
class Entry:
    receiver: int
    sender: Label | None
    strong: bool
    place: int
    gone: bool = False
    safe: bool = False
    """Losing it would be no mistake: it served."""


@dataclass
class MuteEntry:
    block: AbstractContextManager[None] | None
    sender: Sender | None
    label: Label | None
    receiver: int | None
    contextual: bool


@dataclass
class BlockEntry:
    block: AbstractContextManager[None]
    receiver: int
    sender: Sender | None
    before: tuple[int, bool] | None = None


@dataclass
class Running:
    """A send that is going on."""

    sender: object
    entries: list[list[Entry]]
    """By receiver: connected for this sender and for every sender, it is called while either lasts."""
    expected: int = 0
    """How many entries have had their turn."""
    builtins: dict[int, int] = field(default_factory=dict)
    raising: bool = False


class Action(NamedTuple):
    what: str
    receiver: int = 0
    sender: int = -1
    """-1: ANY."""
    flag: bool = False


small = st.integers(0, 5)
few = st.integers(0, 3)
few_or_any = st.integers(-1, 3)
nothing = st.just(0)
never = st.just(value=False)


def actions(
    what: st.SearchStrategy[str],
    receiver: st.SearchStrategy[int] = nothing,
    sender: st.SearchStrategy[int] = nothing,
    flag: st.SearchStrategy[bool] = never,
) -> st.SearchStrategy[Action]:
    return st.tuples(what, receiver, sender, flag).map(lambda drawn: Action(*drawn))


CONNECT = actions(st.sampled_from(["connect", "connect", "connect_via"]), small, few_or_any, st.booleans())
DISCONNECT = actions(st.just("disconnect"), small, few_or_any, st.booleans())
DROP = actions(st.sampled_from(["drop_receiver", "drop_sender"]), small, small)
MUTE = actions(st.sampled_from(["mute", "mute_receiver"]), small, few_or_any, st.booleans())
UNMUTE = actions(st.just("unmute"), small)
ENTER = actions(st.just("enter"), small, few_or_any)
LEAVE = actions(st.just("leave"), small)
REFUSED = actions(st.just("refused"), small, few_or_any, st.booleans())
ACTIONS = st.one_of(CONNECT, DISCONNECT, DROP, MUTE, UNMUTE, ENTER, LEAVE, REFUSED)
HOWS = ("send", "emit", "send_robust")
SENDS = actions(st.sampled_from(HOWS), nothing, few, st.booleans())
RAISE = st.just(Action("raise"))
REMOVE = st.one_of(DISCONNECT, DROP)
SCRIPTS = st.lists(
    st.one_of(
        st.lists(REMOVE, min_size=1, max_size=2),
        st.lists(st.one_of(ACTIONS, SENDS), max_size=2),
        st.lists(RAISE, max_size=1),
    ),
    max_size=5,
)


def declared(sender: Any) -> object:
    """A prototype."""


async def declared_async(sender: Any) -> object:
    """A prototype."""


SIGNALS: tuple[Any, ...] = (
    Signal,
    AsyncSignal,
    functools.partial(Signal, declared),
    functools.partial(AsyncSignal, declared_async),
)


class SignalAgainstList(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.count = itertools.count(100)
        self.bodies: list[Body] = []
        self.by_number: dict[int, Body] = {}
        self.senders: list[Sender] = []
        self.by_label: dict[Label, Sender] = {}
        self.entries: list[Entry] = []
        self.mutes: list[MuteEntry] = []
        self.blocks: list[BlockEntry] = []
        self.running: list[Running] = []
        self.script: list[list[Action]] = []
        self.contexts = [contextvars.Context()]
        self.inherited: list[list[MuteEntry]] = [[]]
        self.here = 0
        self.told: list[tuple[object, ...]] = []
        self.expected: list[tuple[object, ...]] = []
        self.refusing = False
        self.listening = False
        gc.disable()  # so that cycles die when we say so
        self.catch = warnings.catch_warnings(record=True)
        self.warned = self.catch.__enter__()
        warnings.simplefilter("error")
        warnings.simplefilter("always", LostReceiverWarning)

    def teardown(self) -> None:
        self.catch.__exit__(None, None, None)
        gc.enable()

    @initialize(
        kind=st.sampled_from(range(len(SIGNALS))),
        listening=st.booleans(),
        kinds=st.lists(st.sampled_from(RECEIVER_KINDS), min_size=2, max_size=4),
        connected=st.lists(CONNECT, max_size=6),
    )
    def begin(self, kind: int, listening: bool, kinds: list[str], connected: list[Action]) -> None:
        self.signal: Any = SIGNALS[kind]()
        self.asynchronous = isinstance(self.signal, AsyncSignal)
        self.listening = listening
        if listening:
            self.signal.receiver_connected.connect(self.on_connected)
            self.signal.receiver_disconnected.connect(self.on_disconnected)
        for each in kinds:
            self.new_receiver(each)
        self.new_sender("plain")
        self.new_sender(1)
        for action in connected:
            self.connect(action)

    # Listeners

    def on_connected(self, signal: object, *, receiver: Any, sender: Any, weak: bool) -> None:
        assert signal is self.signal
        self.told.append(("connected", number_of(receiver), label_of(sender), weak))
        if self.refusing:
            raise Boom

    def on_disconnected(self, signal: object, *, receiver: Any, sender: Any) -> None:
        assert signal is self.signal
        self.told.append(("disconnected", number_of(receiver), label_of(sender)))

    # What receivers do

    def called(self, number: int, sender: object) -> object:
        """A receiver is called: is it its turn? Then follow the script."""
        running = self.running[-1]
        entry = self.next_turn(running)
        assert entry is not None, f"receiver {number} was called, and nobody should have been"
        assert entry.receiver == number, f"receiver {number} was called, and {entry.receiver} was next"
        assert sender is running.sender
        if self.script:
            for action in self.script.pop(0):
                if action.what == "raise":
                    running.raising = True
                    raise Boom
                self.do(action)
        return number

    def next_turn(self, running: Running) -> Entry | None:
        """The next entry to be called that is no builtin method, which cannot tell when it is called."""
        while running.expected < len(running.entries):
            entries = running.entries[running.expected]
            running.expected += 1
            if all(entry.gone or not self.is_alive(entry) for entry in entries):
                continue
            entry = entries[0]
            if self.by_number[entry.receiver].kind != "builtin":
                return entry
            running.builtins[entry.receiver] = running.builtins.get(entry.receiver, 0) + 1
        return None

    # The book

    def is_alive(self, entry: Entry) -> bool:
        sender = None if entry.sender is None else self.by_label[entry.sender]
        return self.by_number[entry.receiver].alive() is not None and (
            sender is None or sender.alive is None or sender.alive() is not None
        )

    def find(self, receiver: int, label: Label | None) -> Entry | None:
        for entry in self.entries:
            if entry.receiver == receiver and entry.sender == label and self.is_alive(entry):
                return entry
        return None

    def in_order(self, labels: tuple[Label | None, ...] | None) -> list[Entry]:
        """The entries for these senders (None: for all) in order, one for each receiver."""
        found: dict[int, Entry] = {}
        for entry in sorted(self.entries, key=lambda entry: entry.place):
            if (labels is None or entry.sender in labels) and self.is_alive(entry):
                found.setdefault(entry.receiver, entry)
        return list(found.values())

    def applies(self, mute: MuteEntry, label: Label | None) -> bool:
        return (mute.label is None or mute.label == label) and (
            not mute.contextual or any(mute is inherited for inherited in self.inherited[self.here])
        )

    def snapshot(self, label: Label) -> list[Entry]:
        """Whom a send from this sender calls."""
        mutes = [mute for mute in self.mutes if self.applies(mute, label)]
        if any(mute.receiver is None for mute in mutes):
            return []
        muted = [mute.receiver for mute in mutes]
        return [entry for entry in self.in_order((None, label)) if entry.receiver not in muted]

    def book_connect(self, receiver: int, label: Label | None, weak: bool, place: int | None = None) -> None:
        entry = self.find(receiver, label)
        if entry is None:
            place = next(self.count) if place is None else place
            others = [entry for entry in self.entries if entry.receiver == receiver]
            safe = any(entry.safe for entry in others)
            self.entries.append(Entry(receiver, label, not weak, place, safe=safe))
            self.expect(("connected", receiver, label, weak))
        elif not weak:
            entry.strong = True

    def book_disconnect(self, receiver: int, label: Label | None, every: bool) -> bool:
        removed = [
            entry
            for entry in self.entries
            if entry.receiver == receiver and (every or entry.sender == label) and self.is_alive(entry)
        ]
        for entry in removed:
            entry.gone = True
            self.entries.remove(entry)
            self.expect(("disconnected", receiver, entry.sender))
        return bool(removed)

    def expect(self, event: tuple[object, ...]) -> None:
        if self.listening:
            self.expected.append(event)

    # Steps

    @rule(kind=st.sampled_from(RECEIVER_KINDS))
    def new_receiver(self, kind: str) -> None:
        number = next(self.count)
        next(self.count)
        body = make_body(kind, number, self.called)
        self.bodies.append(body)
        self.by_number.update(dict.fromkeys(body.numbers, body))

    @rule(kind=st.sampled_from([*OBJECT_KINDS, *range(len(VALUES))]))
    def new_sender(self, kind: object) -> None:
        if isinstance(kind, int):
            value = VALUES[kind]
            label = label_of(value)
            assert label is not None
            sender = Sender(label, value, None)
        else:
            sender = make_sender(kind, next(self.count), self.senders)
        if sender.label not in self.by_label:
            self.senders.append(sender)
            self.by_label[sender.label] = sender

    @rule(action=CONNECT)
    def connect(self, action: Action) -> None:
        self.contexts[self.here].run(self.do, action)

    @rule(action=DISCONNECT)
    def disconnect(self, action: Action) -> None:
        self.contexts[self.here].run(self.do, action)

    @rule(action=DROP)
    def drop(self, action: Action) -> None:
        self.contexts[self.here].run(self.do, action)

    @rule(action=st.one_of(MUTE, UNMUTE))
    def mute(self, action: Action) -> None:
        self.contexts[self.here].run(self.do, action)

    @rule(action=st.one_of(ENTER, LEAVE))
    def block(self, action: Action) -> None:
        self.contexts[self.here].run(self.do, action)

    @rule(action=REFUSED)
    def refused(self, action: Action) -> None:
        self.contexts[self.here].run(self.do, action)

    @rule(action=SENDS, script=SCRIPTS)
    def send(self, action: Action, script: list[list[Action]]) -> None:
        self.script = script
        self.contexts[self.here].run(self.do, action)

    @rule()
    def copy_context(self) -> None:
        if len(self.contexts) < 4:
            self.contexts.append(self.contexts[self.here].run(contextvars.copy_context))
            self.inherited.append(self.inherited[self.here].copy())

    @rule(context=small)
    def switch_context(self, context: int) -> None:
        self.here = context % len(self.contexts)

    @rule(deep=st.booleans())
    def copy_signal(self, deep: bool) -> None:
        fresh = copy.deepcopy(self.signal) if deep else copy.copy(self.signal)
        assert fresh is not self.signal
        assert not fresh.has_receivers
        assert fresh.receivers == []

    def do(self, action: Action) -> None:
        """Do it to the signal and to the book."""
        held = [body for body in self.bodies if body.kept is not None]
        body = held[action.receiver % len(held)] if held else None
        known = [sender for sender in self.senders if sender.kept is not None or sender.alive is None]
        sender = known[action.sender % len(known)] if action.sender >= 0 and known else None
        if action.what in HOWS:
            self.do_send(action, sender)
        elif action.what == "unmute":
            self.do_unmute(action.receiver)
        elif action.what == "leave":
            self.do_leave(action.receiver)
        elif action.what == "drop_sender":
            if COUNTED and sender is not None and sender.alive is not None:
                sender.kept = None
        elif body is None:
            return
        elif action.what == "drop_receiver":
            body.kept = None if COUNTED else body.kept
        else:
            number = body.numbers[action.receiver % len(body.numbers)]
            getattr(self, f"do_{action.what}")(body, number, sender, action.flag)

    def do_connect(self, body: Body, number: int, sender: Sender | None, weak: bool) -> None:
        receiver = body.receiver(number)
        target = ANY if sender is None else sender.again()
        if weak and body.kind == "slotted":
            with pytest.raises(TypeError, match="weak=False"):
                self.signal.connect(receiver, target)
            return
        self.book_connect(number, None if sender is None else sender.label, weak)
        if sender is None:
            assert self.signal.connect(receiver, weak=weak) is receiver
        else:
            assert self.signal.connect(receiver, target, weak=weak) is receiver

    def do_connect_via(self, body: Body, number: int, sender: Sender | None, weak: bool) -> None:
        if body.kind != "slotted":
            self.book_connect(number, None if sender is None else sender.label, weak)
            self.signal.connect_via(ANY if sender is None else sender.again(), weak=weak)(body.receiver(number))

    def do_refused(self, body: Body, number: int, sender: Sender | None, weak: bool) -> None:
        """Connect while a listener refuses: a new connection is undone, and nothing else has changed."""
        label = None if sender is None else sender.label
        if not self.listening or (weak and body.kind == "slotted"):
            return
        target = ANY if sender is None else sender.again()
        if self.find(number, label) is not None:
            self.do_connect(body, number, sender, weak)
            return
        self.expect(("connected", number, label, weak))
        self.refusing = True
        try:
            with pytest.raises(Boom):
                self.signal.connect(body.receiver(number), target, weak=weak)
        finally:
            self.refusing = False

    def do_disconnect(self, body: Body, number: int, sender: Sender | None, bound: bool) -> None:
        receiver = body.receiver(number)
        if sender is None:
            expected = self.book_disconnect(number, None, every=True)  # before senders die of it
            assert self.signal.disconnect(receiver) is expected
        else:
            expected = self.book_disconnect(number, sender.label, every=False)
            if bound:
                assert self.signal.bind(sender.again()).disconnect(receiver) is expected
            else:
                assert self.signal.disconnect(receiver, sender.again()) is expected

    def do_mute(self, body: Body | None, number: int | None, sender: Sender | None, contextual: bool) -> None:
        """Mute the signal, or a sender."""
        self.enter_mute(None, None, sender, contextual)

    def enter_mute(self, body: Body | None, number: int | None, sender: Sender | None, contextual: bool) -> None:
        block = self.signal.muted(
            sender=ANY if sender is None else sender.again(),
            receiver=None if body is None or number is None else body.receiver(number),
            scope="context" if contextual else "process",
        )
        block.__enter__()
        mute = MuteEntry(block, sender, None if sender is None else sender.label, number, contextual)
        self.mutes.append(mute)
        if contextual:
            self.inherited[self.here].append(mute)

    def do_mute_receiver(self, body: Body, number: int, sender: Sender | None, contextual: bool) -> None:
        self.enter_mute(body, number, sender, contextual)

    def do_unmute(self, which: int) -> None:
        if self.mutes:
            mute = self.mutes.pop(which % len(self.mutes))
            assert mute.block is not None
            mute.block.__exit__(None, None, None)
            mute.block = mute.sender = None  # contexts that inherited it still know it

    def do_enter(self, body: Body, number: int, sender: Sender | None, flag: bool) -> None:
        label = None if sender is None else sender.label
        block = self.signal.connected_to(body.receiver(number), ANY if sender is None else sender.again())
        before = self.find(number, label)
        entry = BlockEntry(block, number, sender, None if before is None else (before.place, before.strong))
        if before is None:
            self.book_connect(number, label, weak=False)
        self.blocks.append(entry)
        block.__enter__()

    def do_leave(self, which: int) -> None:
        if not self.blocks:
            return
        position = which % len(self.blocks)
        left = self.blocks.pop(position)
        label = None if left.sender is None else left.sender.label
        for later in self.blocks[position:]:
            if later.receiver == left.receiver and (None if later.sender is None else later.sender.label) == label:
                later.before = left.before
                break
        else:
            found = self.find(left.receiver, label)
            if left.before is None:
                self.book_disconnect(left.receiver, label, every=False)
            elif found is None:
                self.book_connect(left.receiver, label, weak=not left.before[1], place=left.before[0])
            else:
                found.place, found.strong = left.before
        left.block.__exit__(None, None, None)

    def do_send(self, action: Action, sender: Sender | None) -> None:
        if sender is None:
            return
        value = sender.again()
        snapshot = self.snapshot(sender.label)
        served = {entry.receiver for entry in snapshot}
        for entry in self.entries:
            entry.safe = entry.safe or entry.receiver in served
        of_sender = [entry for entry in self.entries if entry.sender in (None, sender.label)]
        running = Running(value, [[one for one in of_sender if one.receiver == entry.receiver] for entry in snapshot])
        self.running.append(running)
        before = {number: self.received(number) for number in self.by_number}
        through: Any = self.signal.bind(value) if action.flag else functools.partial
        arguments = () if action.flag else (value,)
        name = f"{action.what}_async" if self.asynchronous else action.what
        method = getattr(through if action.flag else self.signal, name)
        robust = action.what == "send_robust"
        raised = False
        results: Any = None
        try:
            results = method(*arguments)
            if self.asynchronous:
                coroutine = results
                results = None
                try:
                    coroutine.send(None)
                except StopIteration as stop:
                    results = stop.value
                else:
                    raise AssertionError("nothing here suspends")
                finally:
                    del coroutine
        except Boom:
            raised = True
        assert raised == (running.raising and not robust)
        if not raised:
            assert self.next_turn(running) is None, "somebody was skipped"
        if action.what != "emit" and not raised:
            self.check_results(running, results, robust)
        for number, count in running.builtins.items():
            if self.by_number[number].alive() is not None:  # else it was called, and dropped by a later receiver
                assert self.received(number) - before[number] >= count, "a builtin method was not called"
        del results
        self.running.pop()

    def received(self, number: int) -> int:
        inbox = self.by_number[number].alive()
        return len(inbox) if isinstance(inbox, Inbox) else 0

    def check_results(self, running: Running, results: list[Any], robust: bool) -> None:
        """They are in order, and name the receivers as they were connected."""
        numbers = []
        for result in results:
            receiver, value = (
                (result.receiver, result.error if isinstance(result, Raised) else result.value) if robust else result
            )
            number = number_of(receiver)
            numbers.append(number)
            if self.by_number[number].kind == "builtin":
                assert value is None
            elif not isinstance(value, Boom):
                assert value == number
        order = [entries[0].receiver for entries in running.entries]
        assert numbers == [number for number in order if number in numbers]
        assert len(numbers) >= sum(running.builtins.values())

    # After every step

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "signal"):
            return
        for body in self.bodies:
            inbox = body.alive()
            if isinstance(inbox, Inbox):
                inbox.clear()
            del inbox
        self.script = []
        self.contexts[self.here].run(self.compare)

    def compare(self) -> None:
        if COUNTED:
            self.check_lives()
        # In which order the connections of one receiver go is not promised.
        assert sorted(map(repr, self.told)) == sorted(map(repr, self.expected))
        self.told.clear()
        self.expected.clear()
        assert list(map(number_of, self.signal.receivers)) == [entry.receiver for entry in self.in_order(None)]
        assert self.signal.has_receivers is bool(self.in_order(None))
        assert self.signal.is_muted is any(
            mute.receiver is None and mute.label is None and self.applies(mute, None) for mute in self.mutes
        )
        for sender in self.senders:
            if sender.kept is None and sender.alive is not None:
                continue
            value = sender.again()
            entries = self.in_order((None, sender.label))
            expected = [entry.receiver for entry in entries]
            assert list(map(number_of, self.signal.receivers_for(value))) == expected
            assert self.signal.has_receivers_for(value) is bool(expected)
            bound = self.signal.bind(value)
            assert list(map(number_of, bound.receivers)) == expected
            assert bound.is_muted is any(
                mute.receiver is None and self.applies(mute, sender.label) for mute in self.mutes
            )

    def check_lives(self) -> None:
        """Who should be alive is, nobody else is, and what was lost by mistake was told."""
        senders = {mute.label for mute in self.mutes} | {
            None if block.sender is None else block.sender.label for block in self.blocks
        }
        kept = {
            label
            for label, sender in self.by_label.items()
            if sender.kept is not None or sender.alive is None or label in senders
        }
        # Those that cannot be weakly referenced live as long as a connection for them.
        held = {label for label, sender in self.by_label.items() if not sender.weakly}
        entries = [entry for entry in self.entries if entry.sender is None or entry.sender in kept | held]
        receivers = {entry.receiver for entry in entries if entry.strong}
        receivers |= {mute.receiver for mute in self.mutes if mute.receiver is not None}
        receivers |= {block.receiver for block in self.blocks}
        if any(
            isinstance(sender.alive and sender.alive(), type) and label not in kept
            for label, sender in self.by_label.items()
        ):
            gc.collect()  # classes are cycles
        at_least = at_most = 0
        for body in self.bodies:
            expected = body.kept is not None or any(number in receivers for number in body.numbers)
            if body.kind == "mock" and not expected and body.alive() is not None:
                gc.collect()  # mocks are cycles
            assert (body.alive() is not None) is expected, f"{body.kind} {body.numbers}: should it live? {expected}"
            if not expected and body.kind in ("function", "partial", "callable", "mock"):
                mine = [entry for entry in entries if entry.receiver in body.numbers]
                # Its sender may have died later in the same step, when the loss was told already.
                ever = mine + [entry for entry in self.entries if entry.receiver in body.numbers and not entry.strong]
                at_most += any(not entry.safe for entry in ever)
                at_least += bool(mine) and not any(entry.safe for entry in mine)
        self.entries = [entry for entry in entries if self.by_number[entry.receiver].alive() is not None]
        kept |= {entry.sender for entry in self.entries if entry.sender in held}
        assert list(map(number_of, self.signal.receivers)) == [entry.receiver for entry in self.in_order(None)]
        _ = self.signal.has_receivers  # has it take the dead out
        for label, sender in self.by_label.items():
            if sender.alive is not None:
                assert (sender.alive() is not None) is (label in kept), (
                    f"sender {label}: should it live? {label in kept}"
                )
        told = len(self.warned)
        self.warned.clear()
        assert at_least <= told <= at_most, f"{at_least} to {at_most} lost by mistake, {told} told"


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_signal_does_what_the_list_says(_: int) -> None:
    run_state_machine_as_test(SignalAgainstList, settings=BOUNDED)


# Laws with names


def receivers(count: int, heard: list[int]) -> list[Any]:
    return [functools.partial(lambda number, sender: heard.append(number), number) for number in range(count)]


@BOUNDED_LAWS
@given(order=st.permutations(range(8)), for_sender=st.sets(st.integers(0, 7)))
def test_receivers_are_called_in_the_order_of_connection_for_whichever_sender(
    order: list[int], for_sender: set[int]
) -> None:
    signal, heard, sender = Signal(), list[int](), Token()
    known = receivers(8, heard)
    for number in order:
        signal.connect(known[number], sender if number in for_sender else ANY)
    signal.emit(sender)
    assert heard == order
    heard.clear()
    signal.emit(Token())
    assert heard == [number for number in order if number not in for_sender]


@BOUNDED_LAWS
@given(first=st.lists(st.integers(0, 5)), again=st.lists(st.integers(0, 5)))
def test_connecting_again_changes_nothing(first: list[int], again: list[int]) -> None:
    signal, heard = Signal(), list[int]()
    known = receivers(6, heard)
    for number in first:
        signal.connect(known[number])
    before = signal.receivers
    for number in again:
        if number in first:
            signal.connect(known[number])
    assert signal.receivers == before


@BOUNDED_LAWS
@given(connected=st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 2))), removed=st.integers(0, 5))
def test_disconnecting_undoes_all_connecting(connected: list[tuple[int, int]], removed: int) -> None:
    signal, heard = Signal(), list[int]()
    known = receivers(6, heard)
    for number, sender in connected:
        signal.connect(known[number], ANY if sender < 0 else sender)
    others = [each for each in signal.receivers if each is not known[removed]]
    assert signal.disconnect(known[removed]) is any(number == removed for number, _ in connected)
    assert signal.receivers == others
    assert not signal.disconnect(known[removed])


@BOUNDED_LAWS
@given(
    leaving=st.permutations(range(5)), scopes=st.lists(st.sampled_from(["process", "context"]), min_size=5, max_size=5)
)
def test_muting_ends_with_the_last_block_in_whatever_order_they_end(leaving: list[int], scopes: list[Any]) -> None:
    signal, heard = Signal(), list[int]()
    known = receivers(1, heard)
    signal.connect(known[0])
    blocks = [signal.muted(scope=scope) for scope in scopes]
    for block in blocks:
        block.__enter__()
    for index in leaving:
        signal.emit(None)
        assert heard == []
        blocks[index].__exit__(None, None, None)
    signal.emit(None)
    assert heard == [0]


@BOUNDED_LAWS
@given(leaving=st.permutations(range(4)), before=st.sampled_from([None, True, False]), meanwhile=st.integers(0, 3))
def test_leaving_all_connected_to_blocks_leaves_what_was_there_before(
    leaving: list[int], before: bool | None, meanwhile: int
) -> None:
    signal, heard = Signal(), list[int]()
    first, mine, last = receivers(3, heard)
    signal.connect(first)
    if before is not None:
        signal.connect(mine, weak=before)
    signal.connect(last)
    expected = signal.receivers
    blocks = [signal.connected_to(mine) for _ in range(4)]
    for block in blocks:
        block.__enter__()
    for at, index in enumerate(leaving):
        if at == meanwhile:
            signal.disconnect(mine)
        blocks[index].__exit__(None, None, None)
    assert signal.receivers == expected
