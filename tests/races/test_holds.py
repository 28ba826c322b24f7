"""Two people, or two workers, at the same hold; money that comes while its order expires."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from orders.errors import AlreadyReleased, NotHoldable, NotPayable, OnHold
from orders.kernel.actor import CUSTOMER, SYSTEM, Actor, ActorKind
from orders.models import (
    Channel,
    Notification,
    Order,
    OrderEvent,
    OrderHold,
    ProcessException,
    Refund,
)
from orders.requests import PayBy, WantedLine
from orders.services.complete_action import complete_action
from orders.services.escalate import escalate_unowned
from orders.services.exception import open_exception
from orders.services.expire import expire_due_orders, expire_order
from orders.services.hold import hold_order, release_due_holds, release_hold
from orders.services.place import place_order
from orders.services.record_answer import Settled
from orders.services.record_payment import record_payment
from orders.services.remind import remind_due_customers
from orders.services.watch_holds import watch_old_holds
from orders.states import HoldReason
from shipping.models import Shipment
from shipping.services.dispatch_shipment import dispatch_shipment
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.shipping import PACKER, confirmed_order, ready, stocked
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order
from tests.orders.rules import velocity
from tests.races.runners import at_once
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)
SAM = Actor(kind=ActorKind.STAFF, name="sam")
EVE = Actor(kind=ActorKind.STAFF, name="eve")


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    Channel.objects.update(unpaid_expires_after_hours=48, reminder_hours_before_expiry=24)
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=100)


def place(**changes: Any) -> Order:
    return place_order(an_order(WantedLine(sku="MUG", quantity=2), **changes), by=SYSTEM)


def late(**changes: Any) -> Order:
    order = place(**changes)
    Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    return order


def errors(outcomes: list[Any]) -> Counter[type]:
    return Counter(type(outcome) for outcome in outcomes if isinstance(outcome, Exception))


def test_two_agents_release_the_same_hold_once(shop: None) -> None:
    order = place()
    hold = hold_order(order.pk, reason=HoldReason.OTHER, by=SAM)

    outcomes = at_once([partial(release_hold, hold.public_id, by=by) for by in (SAM, EVE, SAM, EVE)])

    assert errors(outcomes) == {AlreadyReleased: 3}
    released = OrderEvent.objects.get(type="order.released")
    assert released.actor_name == OrderHold.objects.get().released_by


def test_one_holds_while_the_other_releases_and_what_is_open_is_what_it_says(shop: None) -> None:
    for _ in range(4):
        order = place()
        first = hold_order(order.pk, reason=HoldReason.OTHER, by=SAM)

        outcomes = at_once(
            [
                partial(release_hold, first.public_id, by=SAM),
                partial(hold_order, order.pk, reason=HoldReason.ADDRESS, by=EVE),
            ]
        )

        assert not errors(outcomes)
        order.refresh_from_db()
        assert order.fulfillment_status == "on_hold"
        assert [hold.reason for hold in order.holds.filter(released_at=None)] == ["address"]
        seqs = list(order.events.order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))


def test_two_workers_release_by_time_exactly_once(shop: None) -> None:
    for _ in range(5):
        hold_order(place().pk, reason=HoldReason.OTHER, release_at=timezone.now() + timedelta(hours=1), by=SAM)
    OrderHold.objects.update(release_at=timezone.now() - timedelta(seconds=1))

    outcomes = at_once([partial(release_due_holds, by=SYSTEM)] * 4)

    assert sum(outcomes) == 5  # type: ignore[arg-type]
    assert OrderEvent.objects.filter(type="order.released").count() == 5
    assert Notification.objects.filter(template="orders/mail/released").count() == 5


def test_hold_against_dispatch() -> None:
    mug = stocked(ProductFactory(), 8)
    wins: Counter[str] = Counter()
    for _ in range(4):
        order = confirmed_order([(mug, 2)])
        shipment = ready(order)

        held, left = at_once(
            [
                partial(hold_order, order.pk, reason=HoldReason.FRAUD_REVIEW, by=SAM),
                partial(dispatch_shipment, shipment.pk, by=PACKER),
            ]
        )

        shipment.refresh_from_db()
        if isinstance(held, Exception):
            assert isinstance(held, NotHoldable)
            assert isinstance(left, Shipment)
            assert (shipment.status, OrderHold.objects.filter(order=order).count()) == ("shipped", 0)
            wins["dispatch"] += 1
        else:
            assert isinstance(left, OnHold)
            assert (shipment.status, OrderHold.objects.filter(order=order).count()) == ("ready", 1)
            assert order.lines.get().shipped == 0
            wins["hold"] += 1
    assert StockLevel.objects.get().on_hand == 8 - 2 * wins["dispatch"]
    assert wins.total() == 4


# --- expiry


def test_many_workers_expire_each_order_once(shop: None) -> None:
    for _ in range(5):
        late()

    outcomes = at_once([expire_due_orders] * 4)

    assert sum(outcomes) == 5  # type: ignore[arg-type]
    assert OrderEvent.objects.filter(type="order.expired").count() == 5
    assert Notification.objects.filter(template="orders/mail/expired").count() == 5
    assert StockLevel.objects.get().allocated == 0


def test_many_workers_remind_each_customer_once(shop: None) -> None:
    for _ in range(5):
        place()
    Order.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert sum(at_once([remind_due_customers] * 4)) == 5  # type: ignore[arg-type]
    assert Notification.objects.filter(template="orders/mail/payment_reminder").count() == 5


def test_an_approval_at_the_moment_of_the_end(shop: None) -> None:
    """Either the money is reserved and the order goes on, or it expired and a person is asked; never neither."""
    for _ in range(6):
        order = late(payment=PayBy(gateway="sandbox", token="tok_requires_action"))
        payment = order.payments.get()

        approved, _expired = at_once(
            [
                partial(complete_action, payment.public_id, approved=True, by=CUSTOMER),
                partial(expire_order, order.pk),
            ]
        )

        order.refresh_from_db()
        payment.refresh_from_db()
        asked = ProcessException.objects.filter(order=order, category="payment_conflict").count()
        if order.status == "confirmed":
            assert isinstance(approved, Settled)
            assert (payment.status, order.authorized_total, asked) == ("authorized", D("29.90"), 0)
            assert order.lines.get().allocated == 2
        else:
            assert (order.status, payment.status, order.authorized_total) == ("expired", "voided", D(0))
            assert order.lines.get().allocated == 0
            # Who came before the end and was answered after it leaves a question; who came later was refused.
            assert asked == (0 if isinstance(approved, NotPayable) else 1)


def test_money_by_bank_at_the_moment_of_the_end(shop: None) -> None:
    for _ in range(6):
        order = late()

        paid, _expired = at_once(
            [partial(record_payment, order.pk, amount=D("29.90"), by=SAM), partial(expire_order, order.pk)]
        )

        assert not isinstance(paid, Exception)
        order.refresh_from_db()
        assert order.captured_total == D("29.90")
        owed_back = sum(Refund.objects.filter(order=order).values_list("amount", flat=True), D(0))
        assert (order.status, owed_back) in {("confirmed", D(0)), ("expired", D("29.90"))}
        reserved = order.lines.get().allocated
        assert reserved == (2 if order.status == "confirmed" else 0)


# --- rules and questions


def test_two_orders_of_one_customer_at_once_see_each_other(shop: None) -> None:
    """The customer's row makes the second placement wait for the first, so a rule of two catches one of them."""
    place()
    velocity(times=3)

    at_once([place] * 2)

    assert OrderHold.objects.filter(rule__isnull=False).count() == 1


def test_many_workers_ask_and_write_once(shop: None, settings) -> None:  # type: ignore[no-untyped-def]
    settings.TEAM_EMAIL = "team@example.com"
    order = place()
    hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, by=SAM)
    OrderHold.objects.update(created_at=timezone.now() - timedelta(hours=100))
    assert sum(at_once([watch_old_holds] * 4)) == 1  # type: ignore[arg-type]
    open_exception(order_id=None, category="stuck_label", subject_kind="shipment", subject_id="sh_1", by=SYSTEM)
    ProcessException.objects.filter(category="stuck_label").update(opened_at=timezone.now() - timedelta(hours=2))
    assert sum(at_once([escalate_unowned] * 4)) == 1  # type: ignore[arg-type]
    assert Notification.objects.filter(template="orders/mail/escalation").count() == 1
