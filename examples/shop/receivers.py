"""Who listens. A module may be imported for its receivers alone: nobody who sends needs to know them."""

from .orders import Order, Shop, order_confirmed, order_placed, order_received
from .stock import Stock

MOST = 100
"""So many pieces go into one order."""


@order_received.connect
def check_stock(sender: Shop, *, order: Order) -> str | None:
    """Object to an order of more than there is."""
    left = sender.stock.left(order.sku)
    return f"only {left} {order.sku} left" if order.pieces > left else None


@order_received.connect
def check_size(sender: Shop, *, order: Order) -> str | None:
    """Object to an order of nothing, or of more than anybody carries."""
    return None if 1 <= order.pieces <= MOST else f"{sender.name} sells 1 to {MOST} pieces at once"


@order_placed.connect
def take_from_stock(sender: Shop, *, order: Order) -> None:
    """Take what was ordered off the shelf."""
    sender.stock.take(order.sku, order.pieces)


@order_placed.connect
def log_order(sender: Shop, *, order: Order) -> None:
    """Write the audit log, in the same transaction as the order."""
    sender.log(f"{order.customer} ordered {order.pieces} {order.sku}")


@order_confirmed.connect
def mail_customer(sender: Shop, *, order: Order) -> None:
    """Put a mail into the outbox."""
    if "@" not in order.customer:
        raise ValueError(f"{order.customer!r} is no mail address")
    sender.db.execute("INSERT INTO mails VALUES (?, ?)", [order.customer, f"{order.pieces} {order.sku} on the way"])


def declare_to_customs(sender: Shop, *, order: Order) -> None:
    """Note an export. For some shops only: see `web.create_app`."""
    sender.log(f"customs: {order.pieces} {order.sku} leave {sender.name}")


@Stock.running_low.connect  # of every stock; `shop.stock.running_low.connect` would be of one
def reorder(sender: Stock, *, sku: str, left: int) -> None:
    """Ask for more."""
    sender.db.execute("INSERT INTO mails VALUES (?, ?)", ["purchasing@shop.example", f"{left} {sku} left"])
