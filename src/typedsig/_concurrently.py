"""Running the receivers of one send at once. The only part that needs anyio, the extra ``typedsig[anyio]``."""

from collections.abc import Awaitable, Callable
from typing import Any

from ._bucket import Snapshot
from ._connection import Connection
from ._failures import failures


async def gather(
    connections: Snapshot, call: Callable[[Connection], Awaitable[tuple[Any, Any] | None]]
) -> list[tuple[Any, Any]]:
    """Call all at once, each in its own task and context; results in connection order.

    A failure does not disturb the others: all run to their end, then everything that was raised goes out as one
    group. Cancellation from outside cancels all.
    """
    try:
        import anyio
    except ImportError:
        raise ImportError(
            "send_concurrently() needs anyio: install typedsig[anyio], or use send_async()", name="anyio"
        ) from None
    if not connections:
        return []
    answers: list[tuple[Any, Any] | None] = [None] * len(connections)
    errors: dict[int, Exception] = {}
    cancelled: list[BaseException] = []

    async def run(index: int) -> None:
        try:
            answers[index] = await call(connections[index])
        except Exception as error:  # noqa: BLE001  # raised again below, in a group
            errors[index] = error
        except anyio.get_cancelled_exc_class() as error:
            if tasks.cancel_scope.cancel_called or anyio.current_effective_deadline() == float("-inf"):
                raise  # all are being cancelled
            cancelled.append(error)  # the receiver's own doing, which the others must not suffer for

    failed = None
    try:
        async with anyio.create_task_group() as tasks:
            for index in range(len(connections)):
                tasks.start_soon(run, index)
        if errors:
            failed = failures([errors[index] for index in sorted(errors)], len(connections))
        if cancelled and failed is not None:
            raise cancelled[0] from failed
        if cancelled:
            raise cancelled[0]
        if failed is not None:
            raise failed
    finally:
        # Each error keeps this frame, through its traceback.
        errors.clear()
        cancelled.clear()
        failed = None
    return [answer for answer in answers if answer is not None]
