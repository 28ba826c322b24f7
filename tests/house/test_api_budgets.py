"""What the API may cost in SQL statements, transaction control included: a promise, whatever the number of rows."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from orders.kernel.actor import SYSTEM
from orders.models import Partner as PartnerRow
from orders.requests import WantedLine
from orders.scopes import Scope
from orders.services.hold import hold_order
from orders.services.key import issue_key
from orders.services.place import place_order
from tests.api.client import Partner
from tests.factories.orders import ADDRESS, ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order

UNPAID, PAID_BY_GATEWAY = 15, 26
PAGE_OF_ORDERS, ONE_ORDER = 3, 3


@pytest.fixture
def row(transactional_db: None) -> PartnerRow:
    ShippingMethodFactory()
    partner = PartnerRow.objects.create(code="shop", name="Shop")
    partner.channels.add(ChannelFactory())
    for i in range(30):
        StockLevelFactory(product=ProductFactory(sku=f"SKU-{i}"), on_hand=1000)
    return partner


@pytest.fixture
def api(row: PartnerRow) -> Partner:
    """A key that was used a moment ago, so that its use isn't noted again."""
    _, secret = issue_key(row, name="all", scopes=Scope.values, by=SYSTEM)
    partner = Partner(secret)
    partner.get("/orders")
    return partner


def an_order_of(lines: int, payment: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "channel": "web",
        "currency": "EUR",
        "customer": {"email": "ada@example.com"},
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "lines": [{"sku": f"SKU-{i}", "quantity": 1} for i in range(lines)],
        "payment": payment,
    }


def cost(response: HttpResponse, captured: CaptureQueriesContext) -> int:
    assert response.status_code in (200, 201), response.content
    return len(captured)


@pytest.mark.parametrize(
    ("payment", "budget"), [(None, UNPAID), ({"gateway": "sandbox", "token": "tok_ok"}, PAID_BY_GATEWAY)]
)
def test_placing_three_and_thirty_lines_costs_the_same(api: Partner, payment: Any, budget: int) -> None:
    api.post("/orders", an_order_of(1, payment))
    costs = []
    for lines in (3, 30):
        with CaptureQueriesContext(connection) as captured:
            response = api.post("/orders", an_order_of(lines, payment))
        costs.append(cost(response, captured))

    assert costs == [budget, budget], "\n".join(query["sql"][:200] for query in captured)


def test_pages_of_five_and_fifty_orders_cost_the_same(api: Partner, row: PartnerRow) -> None:
    for i in range(50):
        wanted = an_order(*(WantedLine(sku=f"SKU-{j}", quantity=1) for j in range(1 + i % 3)), payment=PAID)
        order = place_order(wanted, partner=row, by=SYSTEM)
        if i % 10 == 0:
            hold_order(order.pk, reason="other", by=SYSTEM)
    costs = []
    for limit in (5, 50):
        with CaptureQueriesContext(connection) as captured:
            response = api.get("/orders", limit=limit, status__in="placed,confirmed")
        assert len(response.json()["data"]) == limit
        costs.append(cost(response, captured))

    assert costs == [PAGE_OF_ORDERS, PAGE_OF_ORDERS]


def test_one_order_costs_no_more_than_a_page(api: Partner) -> None:
    number = api.post("/orders", an_order_of(30, None)).json()["number"]
    with CaptureQueriesContext(connection) as captured:
        response = api.get(f"/orders/{number}")
    assert cost(response, captured) == ONE_ORDER


@pytest.mark.parametrize(("path", "budget"), [("/products", 2), ("/stock", 2), ("/fulfillment-orders", 4)])
def test_other_lists(api: Partner, path: str, budget: int) -> None:
    for _ in range(3):
        api.post("/orders", an_order_of(3, {"gateway": "sandbox", "token": "tok_ok"}))
    with CaptureQueriesContext(connection) as captured:
        response = api.get(path)
    assert len(response.json()["data"]) > 2
    assert cost(response, captured) == budget
