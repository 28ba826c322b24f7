"""Orders as a shop sends them."""

from typing import Any

from orders.requests import Buyer, OrderRequest, PayBy, WantedLine
from tests.factories.orders import ADDRESS

PAID = PayBy(gateway="sandbox", token="tok_ok")


def an_order(*lines: WantedLine, **changes: Any) -> OrderRequest:
    """An order of ``lines`` to Berlin, unpaid, by standard shipping."""
    wanted: dict[str, Any] = {
        "channel": "web",
        "currency": "EUR",
        "customer": Buyer(email="Ada@Example.com", name="Ada Byron", language="de"),
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "lines": lines,
    }
    return OrderRequest(**(wanted | changes))
