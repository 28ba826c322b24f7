"""What was changed and called off after placement, on the order's page: what, who, when, why, and notes."""

from decimal import Decimal as D
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.change_requests import SetDiscount, SetQuantity
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import Order, OrderCancellation
from orders.requests import WantedLine
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.decide_change import decline_change
from orders.services.place import place_order
from orders.services.request_change import request_change
from orders.states import CancelReason
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.value import ANN
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    ShippingMethodFactory()
    product = ProductFactory(sku="MUG", name="Mug", price=D("12.50"))
    StockLevelFactory(product=product, on_hand=50)
    return place_order(an_order(WantedLine(sku="MUG", quantity=9), payment=PAID), by=SYSTEM)


def page_url(order: Order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


def test_the_page_lists_what_was_changed_declined_and_called_off(boss: Client, order: Order) -> None:
    line = order.lines.get().public_id
    wish = request_change(order.pk, [SetQuantity(line=line, quantity=3)], by=CUSTOMER)
    decline_change(wish.pk, answer="Packed already.", by=ANN)
    off = SetDiscount(line=line, discount=D("2.00"), reason="scratched")
    made = change_order(order.pk, [off], note="Was cross.", by=ANN)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line: 2}, note="Too many.", by=ANN)

    shown: Any = boss.get(page_url(order))
    rows = shown.context["page"].changes
    assert [(str(row.title), row.who, row.notes) for row in rows] == [
        ("Called off: Customer", "ann", ("Too many.",)),
        ("Made", "ann", ("Was cross.",)),
        ("Declined", "Customer, ann", ("Packed already.",)),
    ]
    assert rows[0].said[0] == "2 × MUG"
    assert (rows[1].said[0], rows[1].said[-1]) == ("Mug: €2.00 off", "Why a discount on Mug: scratched")
    assert rows[2].said[0] == "Mug: 3 instead of 9"
    card = shown.content.decode().partition('id="changes"')[2].partition("</section>")[0]
    cancelled = OrderCancellation.objects.get()
    for url in (
        reverse("admin:orders_orderchange_change", args=[made.pk]),
        reverse("admin:orders_ordercancellation_change", args=[cancelled.pk]),
    ):
        assert f'href="{url}"' in card
        assert boss.get(url).status_code == 200
    for words in ("Was cross.", "Too many.", "Packed already.", "Why a discount on Mug: scratched"):
        assert words in card
    entries = {entry.event.type: entry.facts for entry in shown.context["page"].timeline}
    assert "Mug: €2.00 off" in entries["order.changed"]
    assert "Mug: 3 instead of 9" in entries["change.declined"]


def test_an_order_that_nobody_changed_has_no_such_card(boss: Client, order: Order) -> None:
    assert 'id="changes"' not in boss.get(page_url(order)).content.decode()


def test_changes_dont_cost_a_statement_each(boss: Client, order: Order) -> None:
    line = order.lines.get().public_id

    def statements() -> int:
        boss.get(page_url(order))
        with CaptureQueriesContext(connection) as taken:
            boss.get(page_url(order))
        return len(taken.captured_queries)

    for units in (8, 7):
        change_order(order.pk, [SetQuantity(line=line, quantity=units)], by=ANN)
    few = statements()
    for units in (6, 5, 4):
        change_order(order.pk, [SetQuantity(line=line, quantity=units)], by=ANN)
    assert statements() == few
