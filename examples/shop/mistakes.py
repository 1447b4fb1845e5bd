"""The shop's program written wrongly: the ten commonest mistakes, and one more. Nobody runs this.

Every line marked ``# mistake`` is refused by a type checker, before the program ever starts, and no other line is.
`python -m examples.demo` shows what mypy and pyright say.
"""

from .orders import Order, Shop, order_placed, order_received
from .stock import Stock


def send_wrongly(shop: Shop, order: Order) -> None:
    """Whoever sends gets the payload wrong."""
    order_placed.emit(shop, order=17)  # mistake: an order's number in place of the order
    order_placed.emit(shop)  # mistake: the order is missing
    order_placed.emit(shop, order=order, urgent=True)  # mistake: nobody declared such an argument
    order_placed.emit("Berlin", order=order)  # mistake: the sender is a shop, not its name
    order_placed.emit(order=order)  # mistake: the sender is missing
    shop.stock.runing_low.emit(sku=order.sku, left=0)  # mistake: the signal's name is misspelt


@order_placed.connect  # mistake: the receiver does not take the order
def count(sender: Shop) -> None:
    """Receive less than is sent."""


@order_placed.connect  # mistake: the receiver wants text, and gets an order
def pack(sender: Shop, *, order: str) -> None:
    """Receive something else than is sent."""


@order_received.connect  # mistake: an objection is text, not a bool
def check_shelf(sender: Shop, *, order: Order) -> bool:
    """Answer with something else than was asked for."""
    return sender.stock.left(order.sku) >= order.pieces


@order_placed.connect  # mistake: nobody would await it; such receivers are for an AsyncSignal
async def ship(sender: Shop, *, order: Order) -> None:
    """Receive a synchronous signal asynchronously."""


def listen_wrongly(stock: Stock) -> None:
    """Connect to a sender that never sends this."""

    def tidy_up(sender: Shop, *, order: Order) -> None:
        sender.stock.put(order.sku, 0)

    order_placed.connect(tidy_up, sender=stock)  # mistake: a stock places no orders
