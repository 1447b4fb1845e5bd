"""`record` tells what was sent, its assertions fail with both sides shown, and the pytest fixtures do what they say."""

import asyncio
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from unittest import mock

import pytest

from typedsig import ANY, AsyncSignal, Signal
from typedsig.testing import BoundRecorder, Call, Recorder, in_order, record

pytest_plugins = ["pytester"]


class App:
    def __repr__(self) -> str:
        return "<app>"


class Document:
    @Signal.method
    def changed(self, *, path: str) -> None: ...

    def __repr__(self) -> str:
        return "<document>"


@Signal
def created(sender: App, *, user_id: int, name: str = "Ada") -> None: ...


@Signal
def saved(sender: App, path: str, size: int = 0, *flags: str) -> None: ...


@AsyncSignal
async def fetched(sender: App, *, url: str) -> int:
    return 0


moved = Signal[App, [int, int]](name="moved")

app = App()


def failure(recorder: Recorder[App, ...] | BoundRecorder[Document, ...], *args: object, **kwargs: object) -> str:
    """What `assert_sent_once_with` says."""
    with pytest.raises(AssertionError) as caught:
        recorder.assert_sent_once_with(*args, **kwargs)  # type: ignore[arg-type]  # whichever of the two it is
    return str(caught.value)


def test_records_sender_and_payload_of_every_kind_of_send() -> None:
    with record(created) as recorder:
        created.send(app, user_id=1, name="Eva")
        created.emit(app, user_id=2)
        created.send_robust(app, user_id=3)
    assert [(call.signal, call.sender, call.args, call.kwargs) for call in recorder.calls] == [
        (created, app, (), {"user_id": 1, "name": "Eva"}),
        (created, app, (), {"user_id": 2, "name": "Ada"}),
        (created, app, (), {"user_id": 3, "name": "Ada"}),
    ]


def test_records_only_during_the_block_and_leaves_no_receiver() -> None:
    created.emit(app, user_id=1)
    with record(created) as recorder:
        created.emit(app, user_id=2)
        assert created.has_receivers_for(app)
    created.emit(app, user_id=3)
    recorder.assert_sent_once_with(app, user_id=2)
    assert not created.has_receivers


def test_block_that_fails_leaves_no_receiver() -> None:
    with pytest.raises(ZeroDivisionError), record(created):
        raise ZeroDivisionError
    assert not created.has_receivers


def test_sent_once_with() -> None:
    with record(created) as recorder:
        created.emit(app, user_id=1)
    recorder.assert_sent_once_with(app, user_id=1)
    recorder.assert_sent_once_with(app, user_id=1, name="Ada")
    with pytest.raises(AssertionError):
        recorder.assert_sent_once_with(app, user_id=2)
    with pytest.raises(AssertionError):
        recorder.assert_sent_once_with(App(), user_id=1)


def test_sent_twice_is_not_sent_once() -> None:
    with record(created) as recorder:
        created.emit(app, user_id=1)
        created.emit(app, user_id=1)
    recorder.assert_sent_with(app, user_id=1)
    with pytest.raises(AssertionError):
        recorder.assert_sent_once_with(app, user_id=1)


def test_sent_with_ignores_other_sends() -> None:
    with record(created) as recorder:
        created.emit(app, user_id=1)
        created.emit(app, user_id=2)
    recorder.assert_sent_with(app, user_id=2)
    with pytest.raises(AssertionError):
        recorder.assert_sent_with(app, user_id=3)


def test_not_sent() -> None:
    with record(created) as recorder:
        recorder.assert_not_sent()
        created.emit(app, user_id=1)
    with pytest.raises(AssertionError):
        recorder.assert_not_sent()


def test_message_shows_expected_and_actual_and_what_differs() -> None:
    with record(created) as recorder:
        created.emit(app, user_id=2)
    assert failure(recorder, app, user_id=1) == (
        f"{__name__}.created was not sent once as expected\n"
        "  expected: created(<app>, user_id=1, name='Ada')\n"
        "  actual:   created(<app>, user_id=2, name='Ada')\n"
        "  differs:  user_id: expected 1, got 2"
    )


def test_message_shows_all_that_was_sent() -> None:
    with record(created) as recorder:
        created.emit(app, user_id=2)
        created.emit(app, user_id=3)
    assert failure(recorder, app, user_id=1).endswith(
        "  actual:   created(<app>, user_id=2, name='Ada')\n            created(<app>, user_id=3, name='Ada')"
    )


def test_message_when_nothing_was_sent() -> None:
    with record(created) as recorder:
        pass
    assert failure(recorder, app, user_id=1).endswith("  actual:   nothing")


def test_message_when_something_was_sent() -> None:
    with record(moved) as recorder:
        moved.emit(app, 1, 2)
    with pytest.raises(AssertionError) as caught:
        recorder.assert_not_sent()
    assert str(caught.value) == (
        "typedsig.Signal 'moved' was sent\n  expected: nothing\n  actual:   moved(<app>, 1, 2)"
    )


def test_message_names_the_sender_and_positional_arguments_that_differ() -> None:
    other = App()
    with record(saved) as recorder:
        saved.emit(other, "a.txt", 1, "x")
    message = failure(recorder, app, "b.txt", 1, "y", "z")
    assert [line.strip() for line in message.splitlines() if "differs" in line] == [
        "differs:  sender: expected <app>, got <app>",
        "differs:  path: expected 'b.txt', got 'a.txt'",
        "differs:  argument 3: expected 'y', got 'x'",
        "differs:  argument 4: expected 'z', got nothing",
    ]


def test_message_survives_a_failing_repr() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise ValueError("shy")

    untyped = Signal()
    with record(untyped) as recorder:
        untyped.emit(None, Shy())
    assert repr(recorder.calls) == f"[Signal(None, a {__name__}.{Shy.__qualname__} object)]"


def test_position_name_and_default_are_the_same_where_there_is_a_prototype() -> None:
    with record(saved) as recorder:
        saved.emit(app, path="a.txt")
        saved.emit(app, "a.txt", 0)
    assert recorder.calls == [recorder.call(app, "a.txt"), recorder.call(app, size=0, path="a.txt")]
    assert [(call.args, call.kwargs) for call in recorder.calls] == [(("a.txt", 0), {}), (("a.txt", 0), {})]


def test_without_prototype_payloads_are_compared_as_passed() -> None:
    untyped = Signal()
    with record(moved) as moves, record(untyped) as others:
        moved.emit(app, 1, 2)
        untyped.emit(app, 1, key=2)
    moves.assert_sent_once_with(app, 1, 2)
    others.assert_sent_once_with(app, 1, key=2)
    assert others.calls != [others.call(app, 1, other=2)]


def test_expectation_that_cannot_be_sent_is_refused() -> None:
    with (
        record(created) as recorder,
        pytest.raises(TypeError, match=r"created cannot be sent with these arguments: missing .*'user_id'"),
    ):
        recorder.assert_sent_once_with(app)  # type: ignore[call-arg]  # that is the point


def test_senders_are_told_apart_as_signals_do() -> None:
    anybody = Signal[object, []]()
    with record(anybody) as recorder:
        anybody.emit(1)
    recorder.assert_sent_once_with(1)
    with pytest.raises(AssertionError):
        recorder.assert_sent_once_with(True)


def test_any_stands_for_every_sender() -> None:
    with record(created) as recorder:
        created.emit(app, user_id=1)
    recorder.assert_sent_once_with(ANY, user_id=1)
    with pytest.raises(AssertionError):
        recorder.assert_sent_once_with(ANY, user_id=2)


def test_payloads_may_be_matched_by_equality_of_their_own() -> None:
    with record(created) as recorder:
        created.emit(app, user_id=1)
    recorder.assert_sent_once_with(app, user_id=mock.ANY)


def test_calls_of_different_signals_differ() -> None:
    first, second = Signal(), Signal()
    with record(first) as one, record(second) as other:
        assert one.call(app) != other.call(app)
    assert one.call(app) != (app,)
    with pytest.raises(TypeError, match="unhashable"):
        hash(one.call(app))


def test_bound_signal_is_recorded_for_its_sender_only() -> None:
    document, other = Document(), Document()
    with record(document.changed) as recorder:
        document.changed.emit(path="a.txt")
        other.changed.emit(path="b.txt")
    recorder.assert_sent_once_with(path="a.txt")
    recorder.assert_sent_with(path="a.txt")
    assert recorder.calls == [recorder.call(path="a.txt")]
    assert [call.sender for call in recorder.calls] == [document]
    assert "expected: changed(<document>, path='c.txt')" in failure(recorder, path="c.txt")
    assert not Document.changed.has_receivers


def test_every_document_is_recorded_through_the_class() -> None:
    document = Document()
    with record(Document.changed) as recorder:
        document.changed.emit(path="a.txt")
    recorder.assert_sent_once_with(document, path="a.txt")


def test_asynchronous_signal() -> None:
    async def send() -> list[int]:
        await fetched.emit_async(app, url="a")
        return [value for _, value in await fetched.send_async(app, url="b")]

    with record(fetched, answer=3) as recorder:
        assert asyncio.run(send()) == [3]
    assert recorder.calls == [recorder.call(app, url="a"), recorder.call(app, url="b")]


def test_answer_is_what_the_sender_gets() -> None:
    @Signal
    def asked(sender: App) -> str:
        return ""

    with record(asked, answer="yes"):
        assert [value for _, value in asked.send(app)] == ["yes"]


def test_sends_that_fail_are_recorded() -> None:
    def fail(sender: App, *, user_id: int, name: str = "") -> None:
        raise ZeroDivisionError

    with created.connected_to(fail), record(created) as recorder, pytest.raises(ZeroDivisionError):
        created.emit(app, user_id=1)
    recorder.assert_sent_once_with(app, user_id=1)


def test_muted_sends_are_not_recorded() -> None:
    with record(created) as recorder, created.muted():
        created.emit(app, user_id=1)
    recorder.assert_not_sent()


def test_order_over_several_signals() -> None:
    with record(created) as creations, record(moved) as moves:
        moved.emit(app, 0, 0)
        created.emit(app, user_id=1)
        moved.emit(app, 1, 1)
    expected: list[Call[App]] = [moves.call(app, 0, 0), creations.call(app, user_id=1), moves.call(app, 1, 1)]
    assert in_order(creations, moves) == expected
    assert in_order(moves, creations) == expected
    assert in_order(creations, moves) != expected[::-1]


def test_recorders_of_one_signal_do_not_disturb_each_other() -> None:
    with record(created) as outer:
        with record(created) as inner:
            created.emit(app, user_id=1)
        created.emit(app, user_id=2)
    assert (len(outer.calls), len(inner.calls)) == (2, 1)


def test_only_signals_can_be_recorded() -> None:
    with pytest.raises(TypeError, match=r"record\(\) takes a signal, not len"), record(len):  # type: ignore[call-overload]  # that is the point
        pass


@pytest.mark.processes
def test_does_without_pytest() -> None:
    code = "import sys, typedsig.testing; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def run(pytester: pytest.Pytester) -> "Run":
    return Run(pytester)


class Run:
    """Runs a test file with the plugin: found by its entry point if typedsig is installed here, else by its name."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        try:
            distribution("typedsig")
        except PackageNotFoundError:
            self.plugin = ["-p", "typedsig._pytest_plugin"]
        else:
            self.plugin = []

    def __call__(self, text: str) -> pytest.RunResult:
        self.pytester.makepyfile("from typedsig import Signal\nopened = Signal(name='opened')\n" + text)
        return self.pytester.runpytest_inprocess(*self.plugin, "-p", "no:cacheprovider")


def test_record_signal_records_until_the_end_of_the_test(run: Run) -> None:
    run("""
def test_recorded(record_signal):
    recorder = record_signal(opened)
    opened.emit("door")
    recorder.assert_sent_once_with("door")

def test_bound_and_answer(record_signal):
    recorder = record_signal(opened.bind("door"), answer=2)
    assert [value for _, value in opened.send("door")] == [2]
    recorder.assert_sent_once_with()

def test_over():
    assert not opened.has_receivers
""").assert_outcomes(passed=3)


def test_failing_assertion_shows_the_line_of_the_test(run: Run) -> None:
    result = run("""
def test_fails(record_signal):
    recorder = record_signal(opened)
    opened.emit("window")
    recorder.assert_sent_once_with("door")
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            '>   *recorder.assert_sent_once_with("door")',
            "E *expected: opened('door')",
            "E *actual: *opened('window')",
            "*test_failing_assertion_shows_the_line_of_the_test.py:7: AssertionError",
        ]
    )


LEAK = """
import pytest

def leaked(sender): pass
def stays(sender): pass
opened.connect(stays)

@pytest.fixture(autouse=True)
def clean(no_receivers_left):
    no_receivers_left(opened)

"""


def test_receiver_left_connected_fails_the_test_that_did_it(run: Run) -> None:
    result = run(
        LEAK
        + """
def test_leaks():
    opened.connect(leaked, "door")

def test_blameless():
    opened.emit("door")
"""
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "receivers left connected (disconnect them, or use connected_to):",
            "  test_receiver_left_connected_fails_the_test_that_did_it.leaked, of *'opened'",
        ]
    )
    result.stdout.fnmatch_lines(["ERROR *::test_leaks*"])


def test_known_receiver_connected_for_one_more_sender_is_left_too(run: Run) -> None:
    run(LEAK + "def test_leaks():\n    opened.connect(stays, 'door')\n").assert_outcomes(passed=1, errors=1)


def test_receivers_that_are_gone_at_the_end_are_not_left(run: Run) -> None:
    run(
        LEAK
        + """
class Listener:
    def hear(self, sender):
        pass

def test_disconnects():
    opened.connect(leaked)
    opened.disconnect(leaked)

def test_dies():
    opened.connect(Listener().hear)

def test_dies_in_a_cycle():
    listener = Listener()
    listener.me = listener
    opened.connect(listener.hear)

def test_block_around_a_known_receiver():
    with opened.connected_to(stays):
        pass

@pytest.fixture
def application():
    opened.connect(leaked)
    yield
    opened.disconnect(leaked)

def test_disconnected_by_a_fixture(application):
    pass
"""
    ).assert_outcomes(passed=5)


@pytest.mark.parametrize("package", ["blinker", "typedsig.blinker"])
@pytest.mark.parametrize("weak", [False, True])
def test_receiver_left_connected_to_a_view_fails_the_test(run: Run, package: str, weak: bool) -> None:
    result = run(f"""
import pytest
from typedsig.blinker import typed
from {package} import Signal as Untyped

untyped = Untyped()

@typed(untyped)
def viewed(sender: object) -> object: ...

class Listener:
    def hear(self, sender): pass

listener = Listener()
def leaked(sender): pass
def stays(sender): pass
viewed.connect(stays, weak={weak})

@pytest.fixture(autouse=True)
def clean(no_receivers_left):
    no_receivers_left(viewed)

def test_function(record_signal):
    record_signal(viewed)
    untyped.connect(leaked, weak={weak})

def test_method():
    viewed.connect(listener.hear, "door", weak={weak})

def test_blameless(record_signal):
    recorder = record_signal(viewed)
    viewed.send(None)
    recorder.assert_sent_once_with(None)
    viewed.connect(stays, "door", weak={weak})
    viewed.connect(Listener().hear)
""")
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(["  *.leaked, of *.viewed", "  *.Listener.hear, of *.viewed"])


@pytest.mark.parametrize("signal", ["opened", "typed(blinker.Signal())(prototype)", "typed(ours.Signal())(prototype)"])
def test_receiver_that_was_connected_before_may_be_connected_again(run: Run, signal: str) -> None:
    run(f"""
import blinker
import typedsig.blinker as ours
from typedsig.blinker import typed

def prototype(sender: object) -> object: ...

class Listener:
    def hear(self, sender): pass

def function(sender): pass

def test_again(no_receivers_left):
    signal = {signal}
    listener = Listener()
    append = [].append
    for receiver in (listener.hear, function, append):
        signal.connect(receiver, weak=receiver is not append)
    no_receivers_left(signal)
    for receiver in (listener.hear, function, append):
        signal.disconnect(receiver)
        signal.connect(receiver, weak=receiver is not append)
""").assert_outcomes(passed=1)


def test_recorders_are_not_left(run: Run) -> None:
    run("""
def test_recorded(record_signal, no_receivers_left):
    no_receivers_left(opened)
    record_signal(opened)
""").assert_outcomes(passed=1)


def test_only_signals_can_be_watched(run: Run) -> None:
    run("""
import pytest

def test_watched(no_receivers_left):
    with pytest.raises(TypeError, match=r"no_receivers_left\\(\\) takes signals, not a typedsig.BoundSignal object"):
        no_receivers_left(opened.bind("door"))
""").assert_outcomes(passed=1)
