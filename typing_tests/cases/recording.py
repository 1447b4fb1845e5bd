"""What is asserted of a recorded signal is checked as a send would be."""

from typing import Any

from typing_extensions import assert_type

from typedsig import ANY, AsyncSignal, Signal
from typedsig.blinker import signal, typed, typed_async
from typedsig.testing import BoundRecorder, Call, NoReceiversLeft, Recorder, RecordSignal, in_order, record


class App: ...


class Document:
    @Signal.method
    def changed(self, *, path: str) -> None: ...


@Signal
def created(sender: App, *, user_id: int, name: str = "Ada") -> None: ...


@AsyncSignal
async def fetched(sender: App, *, url: str) -> int:
    return 0


moved = Signal[App, [int, int]]()


@typed(signal("seen"))
def seen(sender: App, *, page: str) -> int:
    return 0


@typed_async(signal("visited"))
async def visited(sender: App, *, page: str) -> int:
    return 0


def declared(app: App, other: Document) -> None:
    with record(created) as recorder:
        assert_type(recorder.assert_sent_once_with(app, user_id=1), None)
        recorder.assert_sent_with(app, user_id=1, name="Eva")
        recorder.assert_sent_with(ANY, user_id=1)
        recorder.assert_not_sent()
        recorder.assert_sent_once_with(app, user_id="1")  # E: user_id is an int
        recorder.assert_sent_once_with(app)  # E: user_id is missing
        recorder.assert_sent_once_with(app, user_id=1, nmae="Eva")  # E: unknown name
        recorder.assert_sent_once_with(other, user_id=1)  # E: the sender is an App
        recorder.assert_sent_with(app, 1)  # E: user_id is keyword-only
        recorder.assert_not_sent(app)  # E: takes nothing


def calls(app: App) -> None:
    with record(created) as recorder:
        assert_type(recorder.calls, list[Call[App]])
        assert_type(recorder.calls[0].sender, App)
        assert_type(recorder.calls[0].args, tuple[Any, ...])
        assert_type(recorder.calls[0].kwargs, dict[str, Any])
        assert_type(recorder.call(app, user_id=1), Call[App])
        recorder.call(app, user_id="1")  # E: user_id is an int
        recorder.calls = []  # E: only the recorder records


def by_type_parameters(app: App) -> None:
    with record(moved) as recorder:
        recorder.assert_sent_once_with(app, 1, 2)
        recorder.assert_sent_once_with(app, 1)  # E: two ints


def asynchronous(app: App) -> None:
    with record(fetched, answer=3) as recorder:
        recorder.assert_sent_once_with(app, url="/")
        recorder.assert_sent_once_with(app, url=b"/")  # E: url is a str
    record(fetched, answer="three")  # E: receivers return an int


def bound(document: Document) -> None:
    with record(document.changed) as recorder:
        assert_type(recorder.calls, list[Call[Document]])
        recorder.assert_sent_once_with(path="a.txt")
        recorder.assert_sent_with(path=1)  # E: path is a str
        recorder.assert_sent_once_with(document, path="a.txt")  # E: the sender is known
    with record(Document.changed) as every:
        every.assert_sent_once_with(document, path="a.txt")
        every.assert_sent_once_with(path="a.txt")  # E: the sender is missing


def viewed(app: App, record_signal: RecordSignal, no_receivers_left: NoReceiversLeft) -> None:
    no_receivers_left(seen, visited)
    with record(seen) as recorder:
        assert_type(recorder.calls, list[Call[App]])
        recorder.assert_sent_once_with(app, page="a")
        recorder.assert_sent_once_with(app, page=1)  # E: page is a str
    with record(visited, answer=3) as visits:
        visits.assert_sent_once_with(app, page="a")
        visits.assert_sent_once_with(app)  # E: page is missing
    record(seen, answer="three")  # E: receivers return an int
    record(signal("seen"))  # E: it has no types
    record_signal(seen).assert_sent_with(app, page="a")
    record_signal(seen).assert_sent_with(app, pgae="a")  # E: unknown name


def order(app: App, document: Document) -> None:
    with record(created) as creations, record(document.changed) as changes:
        assert_type(in_order(creations, changes), list[Call[Any]])
        in_order(created)  # E: a signal is no recorder


def test_with_fixtures(record_signal: RecordSignal, no_receivers_left: NoReceiversLeft) -> None:
    no_receivers_left(created, fetched, Document.changed)
    no_receivers_left("created")  # E: a name is no signal
    recorder = record_signal(created)
    recorder.assert_sent_with(ANY, user_id=1)
    recorder.assert_sent_with(ANY, user_id="1")  # E: user_id is an int
    record_signal(Document().changed).assert_sent_with(path="a.txt")
    record_signal(Document().changed).assert_sent_with(path=1)  # E: path is a str


def names(recorder: Recorder[App, [int]], of_one: BoundRecorder[App, [int]], app: App) -> None:
    recorder.assert_sent_with(app, 1)
    recorder.assert_sent_with(app, "1")  # E: an int
    of_one.assert_sent_with(1)
    of_one.assert_sent_with("1")  # E: an int


record(print)  # E: a function is no signal
