"""Orders that are further along, brought there by the real services."""

from typing import Any

from orders.models import Order, Product
from shipping.models import Shipment
from tests.api.client import Partner
from tests.factories.orders import ProductFactory
from tests.factories.shipping import dispatched, ready, stocked


def bought(api: Partner, paid: dict[str, Any], *skus: str) -> Order:
    """Placed over HTTP and paid: two of each product, which lie on a shelf."""
    for sku in skus:
        if not Product.objects.filter(sku=sku).exists():
            stocked(ProductFactory(sku=sku, name=sku.title()))
    paid["lines"] = [{"sku": sku, "quantity": 2} for sku in skus]
    response = api.post("/orders", paid)
    assert response.status_code == 201, response.content
    return Order.objects.get(number=response.json()["number"])


def with_label(api: Partner, paid: dict[str, Any]) -> tuple[Order, Shipment]:
    order = bought(api, paid, "MUG", "TEAPOT")
    return order, ready(order)


def on_its_way(api: Partner, paid: dict[str, Any]) -> tuple[Order, Shipment]:
    order = bought(api, paid, "MUG", "TEAPOT")
    return order, dispatched(order)
