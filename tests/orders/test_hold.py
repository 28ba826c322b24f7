"""Holds: several at once, on orders or lines, released by hand or by time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.errors import AlreadyReleased, InvalidRequest, NotFound, NotHoldable
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import Order, OrderHold
from orders.requests import WantedLine
from orders.services.cancel import cancel_order
from orders.services.hold import hold_order, release_due_holds, release_hold
from orders.services.place import place_order
from orders.states import CancelReason, HoldReason
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db
STAFF = Actor(kind=ActorKind.STAFF, name="sam")


@pytest.fixture
def order() -> Order:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=10)
    return place_order(an_order(WantedLine(sku="MUG", quantity=1)), by=SYSTEM)


def test_two_holds_two_releases(order: Order) -> None:
    first = hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, note="?", by=STAFF)
    second = hold_order(order.pk, reason=HoldReason.CUSTOMER_REQUEST, by=STAFF)
    order.refresh_from_db()
    assert (order.fulfillment_status, first.placed_by) == ("on_hold", "sam")

    release_hold(first.public_id, by=STAFF)
    order.refresh_from_db()
    assert order.fulfillment_status == "on_hold"
    release_hold(second.public_id, by=STAFF)

    order.refresh_from_db()
    assert order.fulfillment_status == "unfulfilled"
    assert [e.type for e in order.events.order_by("seq")][-4:] == [
        "order.held",
        "order.held",
        "order.released",
        "order.released",
    ]


def test_a_hold_is_released_once(order: Order) -> None:
    hold = hold_order(order.pk, reason=HoldReason.OTHER, by=STAFF)
    release_hold(hold.public_id, by=STAFF)

    with pytest.raises(AlreadyReleased):
        release_hold(hold.public_id, by=STAFF)
    with pytest.raises(NotFound):
        release_hold("hl_nothing", by=STAFF)

    assert order.events.filter(type="order.released").count() == 1


def test_lines_of_this_order_only(order: Order) -> None:
    with pytest.raises(NotFound):
        hold_order(order.pk, reason=HoldReason.OTHER, lines=["ol_other"], by=STAFF)
    assert OrderHold.objects.count() == 0

    hold = hold_order(order.pk, reason=HoldReason.OTHER, lines=[order.lines.get().public_id], by=STAFF)
    assert hold.lines.count() == 1


def test_a_cancelled_order_has_nothing_to_hold(order: Order) -> None:
    cancel_order(order.pk, reason=CancelReason.STAFF, by=STAFF)

    with pytest.raises(NotHoldable):
        hold_order(order.pk, reason=HoldReason.OTHER, by=STAFF)


def test_time_releases(order: Order) -> None:
    hold_order(order.pk, reason=HoldReason.OTHER, release_at=timezone.now() + timedelta(hours=1), by=STAFF)
    assert release_due_holds(by=SYSTEM) == 0
    OrderHold.objects.update(release_at=timezone.now() - timedelta(seconds=1))

    assert release_due_holds(by=SYSTEM) == 1

    assert release_due_holds(by=SYSTEM) == 0
    assert OrderHold.objects.get().released_by == "system"


def test_a_hold_doesnt_end_before_it_begins(order: Order) -> None:
    with pytest.raises(InvalidRequest) as refused:
        hold_order(order.pk, reason=HoldReason.OTHER, release_at=timezone.now(), by=STAFF)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("#/release_at", "passed")]
    assert not OrderHold.objects.exists()
