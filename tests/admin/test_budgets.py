"""The statements that the pages of the desk may take: they don't grow with rows or lines."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.kernel.actor import SYSTEM
from orders.services.hold import hold_order
from orders.states import HoldReason
from tests.admin.rows import models_of_the_house
from tests.factories.orders import OrderFactory, OrderLineFactory, ProductFactory
from tests.factories.shipping import confirmed_order, packed, stocked

pytestmark = pytest.mark.django_db


def statements(client: Client, url: str) -> list[str]:
    client.get(url)  # warm: content types, and templates that look things up once
    with CaptureQueriesContext(connection) as taken:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in taken.captured_queries]


def test_the_list_of_orders(boss: Client) -> None:
    OrderFactory.create_batch(3)
    few = statements(boss, "/admin/orders/order/")
    OrderFactory.create_batch(20)
    many = statements(boss, "/admin/orders/order/")
    assert len(many) == len(few) <= 12, "\n".join(many)
    assert not [sql for sql in many if "COUNT(" in sql]


def test_a_search_in_the_list_of_orders(boss: Client) -> None:
    OrderFactory.create_batch(3)
    assert len(statements(boss, "/admin/orders/order/?q=Byron")) <= 14


def test_the_page_of_an_order_doesnt_grow_with_lines(boss: Client) -> None:
    def page(lines: int) -> list[str]:
        products = [stocked(ProductFactory(), 10) for _ in range(lines)]
        order = confirmed_order([(product, 1) for product in products])
        packed(order)
        return statements(boss, f"/admin/orders/order/{order.pk}/change/")

    few = page(2)
    many = page(12)
    assert len(many) == len(few) <= 48, "\n".join(many)


def test_holds_dont_cost_more_either(boss: Client) -> None:
    order = confirmed_order([(stocked(ProductFactory(), 10), 1)])
    url = f"/admin/orders/order/{order.pk}/change/"
    hold_order(order.pk, reason=HoldReason.OTHER, by=SYSTEM)
    few = len(statements(boss, url))
    for _ in range(3):
        hold_order(order.pk, reason=HoldReason.OTHER, by=SYSTEM)
    assert len(statements(boss, url)) == few


def test_no_list_counts_or_asks_once_per_row(boss: Client, furnished: dict[type, object]) -> None:
    for model in models_of_the_house():
        taken = statements(boss, f"/admin/{model._meta.app_label}/{model._meta.model_name}/")
        assert len(taken) <= 10, "\n".join(taken)
        assert not [sql for sql in taken if "COUNT(" in sql], model


def test_the_first_page(boss: Client) -> None:
    OrderLineFactory()
    assert len(statements(boss, "/admin/")) <= 20
