"""Who knows the answers, and who takes notes. Coroutine functions and plain functions connect alike."""

import asyncio

from .service import Service


@Service.asked.connect
def spell(sender: Service, *, question: str) -> str | None:
    """Know how to spell, at once."""
    return "-".join(question.removeprefix("spell ")) if question.startswith("spell ") else None


@Service.asked.connect
async def look_up(sender: Service, *, question: str) -> str | None:
    """Know what is in a slow encyclopedia."""
    await asyncio.sleep(0.01)
    return {"spell cat": "or in Latin f-e-l-e-s", "capital of Peru": "Lima"}.get(question)


class Journal:
    """Writes down what was answered. It listens for as long as it lives."""

    def __init__(self, service: Service, *, pages: int) -> None:
        self.pages = pages
        self.lines: list[str] = []
        self.closed = False
        service.answered.connect(self.note)
        service.stopping.connect(self.close)

    def note(self, sender: Service, *, question: str, answers: list[str]) -> None:
        """Write a line."""
        if len(self.lines) == self.pages:
            raise RuntimeError("the journal is full")
        self.lines.append(f"{question}? {', '.join(answers)}")

    async def close(self, sender: Service) -> None:
        """Let the ink dry."""
        await asyncio.sleep(0.01)
        self.closed = True
