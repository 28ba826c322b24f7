"""Two people change one order, a change meets the packer, and changes meet each other at the same shelves."""

from collections import Counter
from decimal import Decimal as D
from functools import partial

import pytest

from orders.change_requests import AddLine, SetContact, SetQuantity
from orders.errors import DomainError, NotChangeable, Stale
from orders.kernel.actor import SYSTEM
from orders.models import Order, OrderChange, OrderLine
from orders.requests import WantedLine
from orders.services.change import change_order
from orders.services.place import place_order
from shipping.services.dispatch_shipment import dispatch_shipment
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.shipping import PACKER, confirmed_order, ready, stocked
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from tests.races.runners import at_once
from warehouse.models import Allocation, StockLevel

pytestmark = pytest.mark.django_db(transaction=True)


def an_order_of(*skus: str) -> Order:
    return place_order(an_order(*(WantedLine(sku=sku, quantity=2) for sku in skus), payment=PAID), by=SYSTEM)


def test_of_two_agents_who_read_the_same_version_one_is_told() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=50)
    for _ in range(3):
        order = an_order_of("MUG")
        line = OrderLine.objects.get(order=order).public_id
        jobs = [
            partial(change_order, order.pk, [SetQuantity(line=line, quantity=n)], versions={order.version}, by=SYSTEM)
            for n in (3, 5)
        ]

        outcomes = at_once(jobs)

        assert Counter(type(outcome) for outcome in outcomes) == {OrderChange: 1, Stale: 1}
        made = next(outcome for outcome in outcomes if isinstance(outcome, OrderChange))
        row = OrderLine.objects.get(order=order)
        assert row.ordered == row.allocated == made.actions[0]["quantity"]
        assert OrderChange.objects.filter(order=order).count() == 1
    units = sum(OrderLine.objects.values_list("ordered", flat=True))
    assert StockLevel.objects.get().allocated == units


def test_changes_that_lock_the_same_shelves_the_other_way_round() -> None:
    ShippingMethodFactory()
    for sku in ("CUP", "MUG"):
        StockLevelFactory(product=ProductFactory(sku=sku), on_hand=100)
    for _ in range(4):
        one, two = an_order_of("CUP"), an_order_of("MUG")
        cup, mug = OrderLine.objects.get(order=one), OrderLine.objects.get(order=two)
        jobs = [
            partial(
                change_order,
                one.pk,
                [SetQuantity(line=cup.public_id, quantity=1), AddLine(sku="MUG", quantity=1)],
                by=SYSTEM,
            ),
            partial(
                change_order,
                two.pk,
                [SetQuantity(line=mug.public_id, quantity=1), AddLine(sku="CUP", quantity=1)],
                by=SYSTEM,
            ),
        ]

        assert [type(outcome) for outcome in at_once(jobs)] == [OrderChange, OrderChange]
    assert set(StockLevel.objects.values_list("allocated", flat=True)) == {8}
    assert sum(Allocation.objects.filter(status="open").values_list("quantity", flat=True)) == 16


def test_the_last_units_go_to_one_change_only() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG", price=D("10.00")), on_hand=20)
    StockLevelFactory(product=ProductFactory(sku="RARE", price=D("5.00")), on_hand=3)
    orders = [an_order_of("MUG") for _ in range(4)]

    outcomes = at_once(
        [partial(change_order, order.pk, [AddLine(sku="RARE", quantity=2)], by=SYSTEM) for order in orders]
    )

    assert sum(isinstance(outcome, OrderChange) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, DomainError)} <= {
        "out_of_stock",
        "stock_contention",
    }
    assert OrderLine.objects.filter(sku="RARE").count() == 1
    assert StockLevel.objects.get(product__sku="RARE").allocated == 2


def test_a_change_against_dispatch() -> None:
    mug = stocked(ProductFactory(), 20)
    for _ in range(3):
        order = confirmed_order([(mug, 2)])
        shipment = ready(order)
        line = order.lines.get().public_id

        changed, left = at_once(
            [
                partial(change_order, order.pk, [SetQuantity(line=line, quantity=1)], by=SYSTEM),
                partial(dispatch_shipment, shipment.pk, by=PACKER),
            ]
        )

        assert isinstance(changed, NotChangeable)
        assert not isinstance(left, Exception)
        row = OrderLine.objects.get(order=order)
        assert (row.ordered, row.cancelled, row.shipped) == (2, 0, 2)


def test_the_contact_may_change_while_the_parcel_leaves() -> None:
    order = confirmed_order([(stocked(ProductFactory(), 5), 2)])
    shipment = ready(order)

    changed, left = at_once(
        [
            partial(change_order, order.pk, [SetContact(phone="0151 2")], by=SYSTEM),
            partial(dispatch_shipment, shipment.pk, by=PACKER),
        ]
    )

    assert not isinstance(left, Exception)
    assert isinstance(changed, OrderChange)
    order.refresh_from_db()
    assert (order.phone, order.lines.get().shipped) == ("0151 2", 2)
