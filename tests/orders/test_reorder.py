"""Order again: the same goods at today's prices, in a draft; gone and dearer ones are named."""

from decimal import Decimal as D

import pytest

from orders.errors import NotReorderable
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import Channel, Draft, Order, OrderLine, ProcessException, Product, ShippingMethod
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.place import place_order
from orders.services.reorder import reorder
from orders.states import CancelReason
from tests.orders.requests import an_order
from tests.orders.test_draft import AGENT, refused, rows, shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def cancelled(shop: None) -> Order:
    lines = (WantedLine(sku="MUG", quantity=2), WantedLine(sku="CUP", quantity=3))
    order = place_order(an_order(*lines, discount=D("1.00"), payment=PayBy(gateway="manual")), by=SYSTEM)
    return cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)


def test_a_cancelled_order_is_begun_again_at_todays_prices(cancelled: Order) -> None:
    Product.objects.filter(sku="MUG").update(price=D("13.00"))
    made = reorder(cancelled.pk, by=AGENT)
    assert rows(made.draft) == [(1, "MUG", 2, D("13.00"), 0), (2, "CUP", 3, D("3.33"), 0)]
    order = Order.objects.get(pk=made.draft.order_id)
    assert (order.customer_id, order.email, order.shipping_address) == (
        cancelled.customer_id,
        cancelled.email,
        cancelled.shipping_address,
    )
    assert (order.total, order.discount, made.draft.reorder_of_id) == (D("40.89"), D("0"), cancelled.pk)
    assert [(move.line.sku, move.before, move.now) for move in made.moved] == [("MUG", D("12.50"), D("13.00"))]
    assert (made.gone, order.status) == ((), "draft")


def test_what_is_no_longer_sold_is_named_and_left_out(cancelled: Order) -> None:
    Product.objects.filter(sku="CUP").update(is_active=False)
    ShippingMethod.objects.filter(code="standard").update(is_active=False)
    made = reorder(cancelled.pk, by=AGENT)
    assert [line.sku for line in made.gone] == ["CUP"]
    assert [row[1] for row in rows(made.draft)] == ["MUG"]
    assert Order.objects.get(pk=made.draft.order_id).shipping_method is None


def test_nothing_left_to_order(cancelled: Order) -> None:
    Product.objects.update(is_active=False)
    refused(NotReorderable, lambda: reorder(cancelled.pk, by=AGENT))


def test_of_an_order_that_goes_on_what_is_still_wanted(shop: None) -> None:
    lines = (WantedLine(sku="MUG", quantity=5), WantedLine(sku="CUP", quantity=3))
    order = place_order(an_order(*lines), by=SYSTEM)
    mug, cup = OrderLine.objects.order_by("position")
    cancel_order(order.pk, reason=CancelReason.STAFF, lines={mug.public_id: 1, cup.public_id: 3}, by=SYSTEM)
    assert [row[1:3] for row in rows(reorder(order.pk, by=AGENT).draft)] == [("MUG", 4)]


def test_a_draft_isnt_repeated(shop: None, cancelled: Order) -> None:
    made = reorder(cancelled.pk, by=AGENT)
    refused(NotReorderable, lambda: reorder(made.draft.order_id, by=AGENT))


def test_customers_ask_where_the_channel_lets_them_and_are_called_once(cancelled: Order) -> None:
    refused(NotReorderable, lambda: reorder(cancelled.pk, by=CUSTOMER))
    Channel.objects.update(customers_reorder=True)
    first, again = reorder(cancelled.pk, by=CUSTOMER), reorder(cancelled.pk, by=CUSTOMER)
    assert (first.draft.pk, Draft.objects.count()) == (again.draft.pk, 1)
    asked = ProcessException.objects.get()
    assert (asked.category, asked.subject_id, asked.status) == ("draft_callback", first.draft.public_id, "open")
