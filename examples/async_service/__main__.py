"""Start the service, ask it something, and show what its receivers did."""

import asyncio

from . import receivers
from .service import Service


async def main(*questions: str) -> list[str]:
    """What happened, line by line."""
    service = Service()
    journals = [receivers.Journal(service, pages=pages) for pages in (2, 10)]
    story: list[str] = []
    async with service.running() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for question in questions:
            writer.write(f"{question}\n".encode())
            story.append(f"{question}? {(await reader.readline()).decode().strip()}")
        writer.write_eof()
        await reader.read()  # until the service has hung up, too
        writer.close()
        await writer.wait_closed()
    story += [f"journal: {len(journal.lines)} lines, closed: {journal.closed}" for journal in journals]
    return [*story, *(f"failure: {error}" for error in service.failures)]


if __name__ == "__main__":
    print("\n".join(asyncio.run(main("spell dog", "spell cat", "capital of Peru", "capital of Atlantis"))))
