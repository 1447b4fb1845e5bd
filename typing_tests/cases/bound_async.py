"""`AsyncSignal.method` binds as `Signal.method` does, and what is bound is awaited."""

from collections.abc import Awaitable
from typing import Generic, TypeVar

from typing_extensions import assert_type

from typedsig import AsyncSignal, BoundAsyncSignal, Outcome

T = TypeVar("T")


class Feed(Generic[T]):
    @AsyncSignal.method
    async def fetched(self, *, item: T) -> bool:
        return True


class News(Feed[str]): ...


class Document:
    @AsyncSignal.method
    async def changed(self, *, path: str) -> None: ...


document = Document()
numbers = Feed[int]()
news = News()


async def on_int(sender: Feed[int], *, item: int) -> bool:
    return bool(item)


def on_str(sender: Feed[str], *, item: str) -> Awaitable[bool]:
    return on_int(numbers, item=len(item))


numbers.fetched.connect(on_int)
numbers.fetched.connect(on_str)  # E: items are ints here
news.fetched.connect(on_str)
news.fetched.connect(on_int)  # E: items are strings here
numbers.fetched.signal.connect(on_int, numbers)
News.fetched.connect(on_str)
with news.fetched.connected_to(on_str), news.fetched.muted():
    pass
news.fetched.send(item="a")  # E: an asynchronous signal has send_async

bound: BoundAsyncSignal[Feed[int], ..., bool] = numbers.fetched
unbound: AsyncSignal[Feed[int], ..., bool] = numbers.fetched.signal
assert_type(unbound.bind(numbers).sender, Feed[int])
assert_type(news.fetched.receivers[0](news, item="a"), bool | Awaitable[bool])
unbound.bind("numbers")  # E: no Feed
again: BoundAsyncSignal[Feed[int], ..., bool] = unbound.bind(numbers)


async def main() -> None:
    assert_type(document.changed.sender, Document)
    assert_type((await unbound.bind(numbers).send_async(item=1))[0][1], bool)
    await Document.changed.emit_async(document, path="a")
    await Document.changed.emit_async(numbers, path="a")  # E: no Document
    await document.changed.signal.emit_async(numbers, path="a")  # E: no Document

    for receiver, result in await numbers.fetched.send_async(item=1):
        assert_type(result, bool)
        assert_type(receiver(numbers, item=1), bool | Awaitable[bool])
        receiver(numbers, item="1")  # E: items are ints here
    for receiver, result in await numbers.fetched.send_concurrently(item=1):
        assert_type(result, bool)
        assert_type(receiver(numbers, item=1), bool | Awaitable[bool])
        receiver(numbers, item="1")  # E: items are ints here
    assert_type(await numbers.fetched.send_robust_async(item=1), list[Outcome[bool]])
    await numbers.fetched.emit_async(item=1)
    await news.fetched.send_async(item=1)  # E: items are strings here
    await news.fetched.emit_async(item=1)  # E: items are strings here
    await news.fetched.send_robust_async(item=1)  # E: items are strings here
    await news.fetched.send_concurrently(item=1)  # E: items are strings here
    await news.fetched.emit_async(news, item="a")  # E: the sender is bound
    assert_type((await News.fetched.send_async(news, item="a"))[0][1], bool)
    assert_type((await news.fetched.signal.send_async(news, item="a"))[0][1], bool)
    await news.fetched.signal.send_async(numbers, item="a")  # E: not of this class  # gap ty: as in bound
    await News.fetched.send_async(numbers, item="a")  # E: not of this class  # gap ty: as in bound
    await News.fetched.send_async(item="a")  # E: on the class nobody is bound
