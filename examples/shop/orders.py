"""Orders, the signals about them, and the one function that sends these."""

import sqlite3
from dataclasses import dataclass

from typedsig import Raised, Returned, Signal

from .stock import Stock

TABLES = """
CREATE TABLE orders (customer TEXT, sku TEXT, pieces INTEGER);
CREATE TABLE mails (recipient TEXT, text TEXT);
CREATE TABLE log (text TEXT);
"""


class Shop:
    """A shop with its own books. It is the sender of the signals about its orders."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.db = sqlite3.connect(":memory:")
        self.db.executescript(TABLES)
        self.stock = Stock(self.db)

    def log(self, text: str) -> None:
        """Write to the audit log."""
        self.db.execute("INSERT INTO log VALUES (?)", [text])

    def close(self) -> None:
        """Close the books."""
        self.db.close()


@dataclass(frozen=True)
class Order:
    """So many pieces of one thing for one customer."""

    customer: str
    sku: str
    pieces: int


class RejectedError(Exception):
    """Somebody objected to an order."""

    def __init__(self, objections: list[str]) -> None:
        super().__init__("; ".join(objections))
        self.objections = objections


@Signal
def order_received(sender: Shop, *, order: Order) -> str | None:
    """Sent before an order is accepted. Receivers answer with an objection, or None."""


@Signal
def order_placed(sender: Shop, *, order: Order) -> None:
    """Sent while an order is being saved. A receiver that raises undoes it."""


@Signal
def order_confirmed(sender: Shop, *, order: Order) -> None:
    """Sent once an order is saved. Receivers may fail; the order stands."""


def place(shop: Shop, order: Order) -> None:
    """Accept an order, or raise `RejectedError`."""
    # Everybody is asked, and what they answer is typed: str | None.
    answers = order_received.send(shop, order=order)
    objections = [answer for _, answer in answers if answer is not None]
    if objections:
        raise RejectedError(objections)

    # Whatever a receiver raises goes straight through, and the transaction is rolled back.
    with shop.db:
        shop.db.execute("INSERT INTO orders VALUES (?, ?, ?)", [order.customer, order.sku, order.pieces])
        order_placed.emit(shop, order=order)

    # Too late to undo anything: everybody is told, and failures are looked at afterwards.
    with shop.db:
        for outcome in order_confirmed.send_robust(shop, order=order):
            match outcome:
                case Raised(receiver, error):
                    shop.log(f"{getattr(receiver, '__name__', receiver)} failed: {error}")
                case Returned():
                    pass
