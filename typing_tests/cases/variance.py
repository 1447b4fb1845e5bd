"""A signal takes senders, in `send`, and gives them, to receivers. So it is invariant; outcomes are covariant."""

from typedsig import AsyncSignal, BoundSignal, Outcome, Raised, Returned, Signal


class Animal: ...


class Dog(Animal): ...


dogs = Signal[Dog, [Dog], bool]()
animals = Signal[Animal, [Animal], int]()
async_dogs = AsyncSignal[Dog, [Dog]]()


def take_dogs(signal: Signal[Dog, [Dog], bool]) -> None: ...
def take_animals(signal: Signal[Animal, [Animal], int]) -> None: ...
def take_loose(signal: Signal[Dog, ..., bool]) -> None: ...
def take_bound(signal: BoundSignal[Animal, [Dog], bool]) -> None: ...
def take_outcomes(*outcomes: Outcome[object]) -> None: ...
def take_ints(*outcomes: Outcome[int]) -> None: ...
def on_animal(sender: Animal, other: Animal, /) -> bool:
    return sender is other


take_dogs(dogs)
take_loose(dogs)
take_animals(dogs)  # E: it would be sent by any animal
take_dogs(animals)  # E: dog receivers would be called for any animal
sender_only: Signal[Animal, [Dog], bool] = dogs  # E: it would be sent by any animal
payload_only: Signal[Dog, [Animal], bool] = dogs  # E: it would be sent with any animal
result_only: Signal[Dog, [Dog], int] = dogs  # E: receivers would answer any int
to_async: AsyncSignal[Dog, [Dog]] = dogs  # E: another kind of signal
to_sync: Signal[Dog, [Dog]] = async_dogs  # E: another kind of signal
take_bound(dogs.bind(Dog()))  # E: receivers would be called with any animal

dogs.connect(on_animal)  # receivers are contravariant all the same
animals.send(Dog(), Dog())  # and so are senders

take_outcomes(Returned(on_animal, True), Raised(on_animal, ValueError()))
take_outcomes(*dogs.send_robust(Dog(), Dog()))
take_ints(Returned(on_animal, True))
take_ints(Returned(on_animal, "true"))  # E: a str is no int
