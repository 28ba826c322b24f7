"""Copied orders are as good as the one that was placed."""

import pytest
from django.db import connection

from config.bench.many import _statements
from orders.kernel.actor import SYSTEM
from orders.kernel.ids import check_character
from orders.models import Order, OrderLine, Payment
from orders.requests import WantedLine
from orders.services.place import place_order
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order


@pytest.mark.django_db(transaction=True)
def test_copies_are_older_orders_with_names_of_their_own() -> None:
    ShippingMethodFactory()
    for sku in ("A", "B"):
        StockLevelFactory(product=ProductFactory(sku=sku), on_hand=100)
    lines = [WantedLine(sku=sku, quantity=1) for sku in ("A", "B")]
    original = place_order(an_order(*lines, payment=PAID, external_ref="ref"), by=SYSTEM)

    with connection.cursor() as cursor:
        for statement in _statements():
            cursor.execute(statement, [1, 3])

    copies = Order.objects.exclude(pk=original.pk)
    assert copies.count() == 3
    assert OrderLine.objects.filter(order__in=copies, sku="A").count() == 3
    assert Payment.objects.filter(order__in=copies, amount=original.total).count() == 3
    for order in copies:
        assert order.created_at < original.created_at
        assert order.number[-1] == check_character(order.number[:9].replace("-", ""))
