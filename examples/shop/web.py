"""The shop on the web, one Flask application per shop."""

from typing import Any

from flask import Flask, abort, request

from .orders import Order, RejectedError, Shop, order_confirmed, place
from .receivers import declare_to_customs, mail_customer


def create_app(shop: Shop, *, exports: bool = False) -> Flask:
    """The application of one shop."""
    app = Flask(__name__)
    if exports:
        order_confirmed.connect(declare_to_customs, sender=shop)

    @app.errorhandler(RejectedError)
    def rejected(error: RejectedError) -> tuple[dict[str, Any], int]:
        return {"objections": error.objections}, 409

    @app.post("/orders")
    def accept() -> tuple[dict[str, Any], int]:
        place(shop, read_order(request.get_json()))
        return {"accepted": 1}, 201

    @app.post("/orders/import")
    def accept_many() -> tuple[dict[str, Any], int]:
        orders = [read_order(fields) for fields in request.get_json()]
        # These were taken by telephone, so nobody wants a mail. Muted in this context only: orders that other threads
        # accept meanwhile are mailed as ever, and all other receivers hear of these, too.
        with order_confirmed.muted(receiver=mail_customer, scope="context"):
            for order in orders:
                place(shop, order)
        return {"accepted": len(orders)}, 201

    return app


def read_order(fields: Any) -> Order:
    """An order from what came in, which may be anything. From here on it has a type."""
    try:
        return Order(customer=str(fields["customer"]), sku=str(fields["sku"]), pieces=int(fields["pieces"]))
    except (KeyError, TypeError, ValueError) as error:
        abort(400, f"no order: {error!r}")
