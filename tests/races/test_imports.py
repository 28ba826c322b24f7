"""The same file is imported twice at once: each order is here once, paid once, and both imports say what is true."""

from collections import Counter
from decimal import Decimal as D
from functools import partial

import pytest
from django.core.management import call_command

from orders.models import Channel, Order, OrderEvent, Partner, Payment, PaymentTransaction, Product
from tests.imports.test_shopify_orders import HISTORY, imported, shop
from tests.races.runners import at_once
from warehouse.models import Allocation, FulfillmentOrder

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["shop"]


def added_up(outcomes: list[object]) -> Counter[str]:
    """Of both reports: what was made, known and rejected."""
    sums: Counter[str] = Counter()
    for outcome in outcomes:
        assert isinstance(outcome, dict), outcome
        sums.update({name: outcome[name] for name in ("created", "unchanged", "rejected")})
    return sums


def test_history_is_recorded_once() -> None:
    outcomes = at_once([imported] * 3)

    assert added_up(outcomes) == {"created": 4, "unchanged": 8, "rejected": 12}
    assert {outcome["amount"] for outcome in outcomes if isinstance(outcome, dict)} == {HISTORY["amount"]}
    assert sorted(Order.objects.values_list("external_ref", flat=True)) == ["#1001", "#1002", "#1003", "#1004"]
    assert OrderEvent.objects.filter(type="order.imported").count() == 4
    assert (Channel.objects.count(), Partner.objects.count()) == (1, 1)
    assert Product.objects.count() == Product.objects.values("sku").distinct().count()
    call_command("audit", verbosity=0)


@pytest.mark.usefixtures("shop")
def test_open_orders_are_placed_once_and_paid_once() -> None:
    outcomes = at_once([partial(imported, open=True)] * 3)

    assert added_up(outcomes) == {"created": 5, "unchanged": 10, "rejected": 9}
    order = Order.objects.get(external_ref="#1005")
    assert (order.status, order.captured_total, order.balance) == ("confirmed", D("42.40"), D(0))
    assert Payment.objects.get(order=order).captured_amount == D("42.40")
    assert PaymentTransaction.objects.filter(payment__order=order).count() == 1
    assert Allocation.objects.get(line__order=order).quantity == 3
    assert FulfillmentOrder.objects.filter(order=order).count() == 1
    assert OrderEvent.objects.filter(order=order, type="order.placed").count() == 1
    call_command("audit", verbosity=0)
