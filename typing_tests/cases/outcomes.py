"""What `send_robust` gives is told apart by `match` and by `isinstance`; `unwrap` gives the values."""

from collections.abc import Callable

from typing_extensions import assert_never, assert_type

from typedsig import AsyncSignal, Outcome, Raised, Returned, Signal, unwrap


class App: ...


app = App()


@Signal
def asked(sender: App) -> int:
    return 1


@AsyncSignal
async def asked_async(sender: App) -> str:
    return ""


def answer(sender: App) -> int:
    return 1


for outcome in asked.send_robust(app):
    assert_type(outcome.receiver, Callable[..., object])
    print(outcome.value)  # E: it may have failed
    match outcome:
        case Returned(value=value):
            assert_type(value, int)
        case Raised(error=error):
            assert_type(error, Exception)
        case _:
            assert_never(outcome)

    match outcome:
        case Returned(_, number):
            assert_type(number, int)
        case Raised(receiver, reason):
            assert_type(reason, Exception)
            assert_type(receiver, Callable[..., object])

    if isinstance(outcome, Returned):
        assert_type(outcome.value, int)
        print(outcome.error)  # E: it did not fail
        outcome.value = 2  # E: an outcome is what it is
    else:
        assert_type(outcome.error, Exception)
        print(outcome.value)  # E: it failed

assert_type(unwrap(asked.send_robust(app)), list[int])
unwrap(asked.send(app))  # E: these are results, not outcomes
made: list[Outcome[int]] = [Returned(answer, 1), Raised(answer, ValueError("no"))]
assert_type(unwrap(made), list[int])
made.append(Returned(answer, "1"))  # E: a str is no int
Raised(answer, KeyboardInterrupt())  # E: only an Exception is caught
Returned(answer)  # E: no value


class MyOutcome(Raised): ...  # E: there are two kinds, and no more


async def main() -> None:
    assert_type(unwrap(await asked_async.send_robust_async(app)), list[str])
    unwrap(asked_async.send_robust_async(app))  # E: not awaited
