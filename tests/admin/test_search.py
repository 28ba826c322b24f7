"""Support finds an order by whatever the customer reads out."""

from collections.abc import Callable

import pytest
from django.test import Client

from orders.models import Order
from orders.roles import Role
from tests.factories.orders import CustomerFactory, OrderFactory, ProductFactory
from tests.factories.shipping import confirmed_order, dispatched, stocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    customer = CustomerFactory(name="Grace Hopper", email="grace@example.com", phone="+4915112345678")
    OrderFactory()
    return OrderFactory(customer=customer, phone="03012345", external_ref="web-10023", number="7K3M-92QX-H")


def found(client: Client, text: str) -> list[Order]:
    return list(client.get("/admin/orders/order/", {"q": text}).context["cl"].result_list)


@pytest.mark.parametrize(
    "text",
    [
        "7K3M-92QX-H",
        "030/123 45",
        "7k3m92qxh",
        " 7k3m 92qx h ",
        "7K3M-9",
        "grace@example.com",
        "GRACE@EXAMPLE.COM",
        "+49 151 12345678",
        "0049151/12345678",
        "4915112345678",
        "web-10023",
        "hopper",
        "Grace Hop",
    ],
)
def test_an_order_is_found(boss: Client, order: Order, text: str) -> None:
    assert found(boss, text) == [order]


@pytest.mark.parametrize("text", ["nobody@example.com", "web-1002", "+4930999999", "Z", "%", "'; --"])
def test_what_isnt_there_isnt_found(boss: Client, order: Order, text: str) -> None:
    assert found(boss, text) == []


def test_by_tracking_number(boss: Client) -> None:
    order = confirmed_order([(stocked(ProductFactory()), 1)])
    OrderFactory()
    shipment = dispatched(order)
    assert found(boss, shipment.tracking_number) == [order]


def test_the_one_search_box(boss: Client, signed_in: Callable[[Role], Client], order: Order) -> None:
    ProductFactory(sku="HOPPER-1", name="Space hopper")
    page = boss.get("/admin/search/", {"s": "hopper", "extended": "1"}).content.decode()
    assert "7K3M-92QX-H" in page
    assert "Grace Hopper" in page
    assert "HOPPER-1" in page
    page = signed_in(Role.PICKER).get("/admin/search/", {"s": "hopper", "extended": "1"}).content.decode()
    assert "7K3M-92QX-H" not in page
    assert "HOPPER-1" not in page
