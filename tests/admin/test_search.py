"""Support finds an order by whatever the customer reads out."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from orders.models import Customer, Order
from orders.roles import Role
from orders.selectors import with_phone
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
        "+49 (0)151 12345678",
        "0151 12345678",
        "0151/123 456 78",
        "12345678",
        "WEB-10023",
        "web-10023",
        "hopper",
        "Grace Hop",
    ],
)
def test_an_order_is_found(boss: Client, order: Order, text: str) -> None:
    assert found(boss, text) == [order]


@pytest.mark.parametrize(
    "text", ["nobody@example.com", "web-1002", "+4930999999", "0171 12345678", "12345", "Z", "%", "'; --"]
)
def test_what_isnt_there_isnt_found(boss: Client, order: Order, text: str) -> None:
    assert found(boss, text) == []


@pytest.mark.parametrize("stored", ["0151/123 456 78", "0049 151 12345678", "(0151) 12345678"])
def test_a_number_is_found_however_it_was_stored(boss: Client, stored: str) -> None:
    customer = CustomerFactory(phone=stored)
    by_customer, by_order = OrderFactory(customer=customer), OrderFactory(phone=stored)
    assert set(found(boss, "+49 151 12345678")) == {by_customer, by_order}
    people = boss.get("/admin/orders/customer/", {"q": "0151 12345678"}).context["cl"].result_list
    assert list(people) == [customer]


def test_what_is_read_out_is_found_by_an_index() -> None:
    with connection.cursor() as cursor:  # a bitmap needs a condition that the index answers, however few rows there are
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    asked = {
        "customer_phone_backwards": with_phone(Customer.objects.all(), "0151 12345678"),
        "order_phone_backwards": with_phone(Order.objects.order_by(), "0151 12345678"),
        "order_external_ref_upper": Order.objects.filter(external_ref__iexact="web-1").exclude(external_ref=""),
    }
    for index, rows in asked.items():
        assert rows is not None
        assert index in rows.explain(), rows.explain()


def test_by_tracking_number(boss: Client) -> None:
    order = confirmed_order([(stocked(ProductFactory()), 1)])
    OrderFactory()
    shipment = dispatched(order)
    assert found(boss, shipment.tracking_number) == [order]


def test_a_shipment_of_several_lines_is_found_once(boss: Client) -> None:
    order = confirmed_order([(stocked(ProductFactory()), 1), (stocked(ProductFactory()), 2)])
    shipment = dispatched(order)
    assert shipment.lines.count() == 2
    hits = boss.get("/admin/shipping/shipment/", {"q": order.number}).context["cl"].result_list
    assert list(hits) == [shipment]


def test_the_one_search_box(boss: Client, signed_in: Callable[[Role], Client], order: Order) -> None:
    ProductFactory(sku="HOPPER-1", name="Space hopper")
    page = boss.get("/admin/search/", {"s": "hopper", "extended": "1"}).content.decode()
    assert "7K3M-92QX-H" in page
    assert "Grace Hopper" in page
    assert "HOPPER-1" in page
    page = signed_in(Role.PICKER).get("/admin/search/", {"s": "hopper", "extended": "1"}).content.decode()
    assert "7K3M-92QX-H" not in page
    assert "HOPPER-1" not in page
