"""The service: three signals, each sent in the way that suits it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from typedsig import AsyncSignal, Raised


class Service:
    """Answers questions, one a line."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []

    @AsyncSignal.method
    async def asked(self, *, question: str) -> str | None:
        """Sent for each question. Receivers answer it, or return None."""

    @AsyncSignal.method
    async def answered(self, *, question: str, answers: list[str]) -> None:
        """Sent after the answers went out."""

    @AsyncSignal.method
    async def stopping(self) -> None:
        """Sent before the service ends, for receivers to finish what they began."""

    async def answer(self, question: str) -> list[str]:
        """Ask whoever knows."""
        # One after another, so answers come in the order in which the receivers were connected. They are typed:
        # str | None, whether a receiver returned it or had to be awaited.
        answers = [answer for _, answer in await self.asked.send_async(question=question) if answer is not None]
        return answers or ["I do not know"]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        while question := (await reader.readline()).decode().strip():
            answers = await self.answer(question)
            writer.write(f"{', '.join(answers)}\n".encode())
            await writer.drain()
            # The client has its answer, so what fails now is our own affair, and must not end the conversation.
            outcomes = await self.answered.send_robust_async(question=question, answers=answers)
            self.failures += [outcome.error for outcome in outcomes if isinstance(outcome, Raised)]
        writer.close()
        await writer.wait_closed()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[int, None]:
        """Serve on a free port, whose number this gives."""
        try:
            async with await asyncio.start_server(self.handle, "127.0.0.1", 0) as server:
                yield server.sockets[0].getsockname()[1]
        finally:
            # All at once: stopping takes as long as the slowest, and each gets to its end, also when another fails.
            await self.stopping.send_concurrently()
