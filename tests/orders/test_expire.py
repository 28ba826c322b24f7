"""Unpaid orders: reminded once, given more time by staff, expired; money is never lost on the way."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.utils import timezone

from orders.audit.liveness import LIVENESS
from orders.errors import InvalidRequest, NotExtendable
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import (
    Channel,
    Notification,
    Order,
    OrderCancellation,
    OrderEvent,
    OrderHold,
    PaymentTransaction,
    ProcessException,
    Refund,
)
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.confirm import confirm_order
from orders.services.exception import resolve_exception
from orders.services.expire import expire_due_orders, expire_order
from orders.services.extend import extend_order
from orders.services.hold import hold_order, release_hold
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.remind import remind_due_customers
from orders.services.settle import apply_answer
from orders.states import CancelReason, HoldReason
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from warehouse.models import Backorder, StockLevel

pytestmark = pytest.mark.django_db
SAM = Actor(kind=ActorKind.STAFF, name="sam")
MANUAL = PayBy(gateway="manual", token="")
ASKS = PayBy(gateway="sandbox", token="tok_requires_action")


@pytest.fixture(autouse=True)
def shop() -> None:
    ShippingMethodFactory()
    Channel.objects.update(unpaid_expires_after_hours=48, reminder_hours_before_expiry=24)
    StockLevelFactory(product=ProductFactory(sku="MUG", out_of_stock_policy=["backorder"]), on_hand=3)


def place(quantity: int = 2, **changes: Any) -> Order:
    return place_order(an_order(WantedLine(sku="MUG", quantity=quantity), **changes), by=SYSTEM)


def late(order: Order, *, by: timedelta = timedelta(seconds=1)) -> Order:
    """The order, its time to pay being over."""
    Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - by)
    return Order.objects.get(pk=order.pk)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def left_alone(order: Order) -> bool:
    """Nothing was written: no row, no event, no message."""
    before = (now(order).__dict__, OrderEvent.objects.count(), Notification.objects.count())
    before[0].pop("_state")
    was = expire_due_orders()
    after = (now(order).__dict__, OrderEvent.objects.count(), Notification.objects.count())
    after[0].pop("_state")
    return was == 0 and before == after


@pytest.mark.parametrize("payment", [None, MANUAL, ASKS])
def test_an_unpaid_order_has_its_channels_time(payment: PayBy | None) -> None:
    order = now(place(payment=payment))
    assert order.status == "placed"
    assert order.expires_at is not None
    assert order.placed_at is not None
    assert abs(order.expires_at - order.placed_at - timedelta(hours=48)) < timedelta(seconds=5)


def test_a_paid_order_and_one_of_a_patient_channel_dont_expire() -> None:
    assert now(place(payment=PAID)).expires_at is None
    Channel.objects.update(unpaid_expires_after_hours=None, reminder_hours_before_expiry=None)
    assert now(place(1)).expires_at is None


@pytest.mark.parametrize("payment", [None, MANUAL, ASKS])
def test_an_expired_order_frees_its_stock_and_tells_everybody(payment: PayBy | None) -> None:
    order = late(place(5, payment=payment))  # 3 on the shelf, 2 wait for goods
    assert (StockLevel.objects.get().allocated, Backorder.objects.get().status) == (3, "waiting")

    assert expire_due_orders() == 1
    assert expire_due_orders() == 0

    order = now(order)
    assert (order.status, order.fulfillment_status, order.total) == ("expired", "not_required", D(0))
    assert order.payment_status == ("unpaid" if payment is None else "voided")
    assert StockLevel.objects.get().allocated == 0
    assert Backorder.objects.get().status == "cancelled"
    line = order.lines.get()
    assert (line.cancelled, line.allocated, line.backordered) == (5, 0, 0)
    row = OrderCancellation.objects.get()
    assert (row.reason, row.amount, row.cancelled_by, row.lines.get().quantity) == ("unpaid", D("67.40"), "system", 5)
    told = order.events.get(type="order.expired")
    assert told.public
    assert told.data == {
        "number": order.number,
        "amount": "67.40",
        "currency": "EUR",
        "lines": [{"line": line.public_id, "sku": "MUG", "quantity": 5}],
    }
    assert Notification.objects.filter(template="orders/mail/expired").count() == 1
    owed = set(PaymentTransaction.objects.filter(status="pending").values_list("kind", flat=True))
    assert owed == ({"cancellation"} if payment == ASKS else set())  # the gateway is told


def test_before_its_time_it_stays() -> None:
    assert left_alone(place())


def test_a_confirmed_order_stays() -> None:
    order = place()
    confirm_order(order.pk, by=SAM)
    assert left_alone(late(order))
    assert expire_order(order.pk) is False


@pytest.mark.parametrize("reason", [reason for reason in HoldReason if reason != HoldReason.AWAITING_PAYMENT])
def test_while_we_hold_it_the_clock_stands_still_and_the_time_is_given_back(reason: HoldReason) -> None:
    order = place()
    hold = hold_order(order.pk, reason=reason, by=SAM)
    order = late(order)
    assert left_alone(order)
    assert expire_order(order.pk) is False

    release_hold(hold.public_id, by=SAM)

    again = now(order).expires_at
    assert again is not None
    assert timedelta(hours=23) < again - timezone.now() <= timedelta(hours=24)
    assert left_alone(order)


def test_of_two_holds_the_last_one_gives_the_time_back() -> None:
    order = place()
    was = now(order).expires_at
    assert was is not None
    first, second = (hold_order(order.pk, reason=HoldReason.ADDRESS, by=SAM) for _ in range(2))
    OrderHold.objects.update(created_at=timezone.now() - timedelta(hours=10))
    release_hold(first.public_id, by=SAM)
    assert now(order).expires_at == was
    release_hold(second.public_id, by=SAM)
    again = now(order).expires_at
    assert again is not None
    assert abs(again - was - timedelta(hours=10)) < timedelta(minutes=1)


def test_a_hold_for_the_money_itself_stops_nothing() -> None:
    order = place()
    hold_order(order.pk, reason=HoldReason.AWAITING_PAYMENT, by=SYSTEM)
    late(order)
    assert expire_due_orders() == 1
    assert now(order).holds.get().released_at is not None


def test_while_a_gateway_is_asked_it_waits_a_round() -> None:
    order = late(place(payment=ASKS))
    PaymentTransaction.objects.update(leased_until=timezone.now() + timedelta(seconds=30))
    assert expire_due_orders() == 0
    assert now(order).status == "placed"
    PaymentTransaction.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert expire_due_orders() == 1


def test_a_partly_paid_order_is_a_persons_question_until_the_rest_is_in() -> None:
    order = place()
    record_payment(order.pk, amount=D("10.00"), by=SAM)
    order = late(order)

    assert expire_due_orders() == 0

    asked = ProcessException.objects.get(category="partly_paid")
    assert (asked.severity, asked.facts) == ("high", {"paid": "10.00", "amount": "29.90", "currency": "EUR"})
    assert (now(order).status, now(order).expires_at) == ("placed", None)
    assert StockLevel.objects.get().allocated == 2
    resolve_exception(asked.pk, resolution="I called them.", by=SAM)
    assert expire_due_orders() == 0
    assert not ProcessException.objects.filter(status="open").exists()  # answered once, asked no more

    record_payment(order.pk, amount=D("19.90"), by=SAM)
    assert now(order).status == "confirmed"


@pytest.mark.parametrize("way", ["pay", "extend", "cancel", "confirm"])
def test_the_question_about_a_part_closes_itself(way: str) -> None:
    order = place()
    record_payment(order.pk, amount=D("10.00"), by=SAM)
    late(order)
    expire_due_orders()
    if way == "pay":
        record_payment(order.pk, amount=D("19.90"), by=SAM)
    elif way == "extend":
        extend_order(order.pk, expires_at=timezone.now() + timedelta(days=2), by=SAM)
    elif way == "cancel":
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SAM)
    else:
        confirm_order(order.pk, by=SAM)
    assert ProcessException.objects.get(category="partly_paid").status == "resolved"


def test_an_approval_after_the_end_is_a_persons_question() -> None:
    order = late(place(payment=ASKS))
    charge = PaymentTransaction.objects.get()
    expire_due_orders()

    for _ in range(2):
        apply_answer(charge.pk, Answer(outcome=Outcome.DONE, ref="gw_1"), by=SYSTEM)

    asked = ProcessException.objects.get()
    assert (asked.category, asked.severity, asked.subject_id) == (
        "payment_conflict",
        "high",
        order.payments.get().public_id,
    )
    assert asked.facts == {"amount": "29.90", "currency": "EUR", "status": "expired"}
    assert (now(order).status, now(order).authorized_total) == ("expired", D(0))


def test_a_refusal_after_the_end_is_no_news() -> None:
    late(place(payment=ASKS))
    charge = PaymentTransaction.objects.get()
    expire_due_orders()
    apply_answer(charge.pk, Answer(outcome=Outcome.REFUSED, error_code="expired"), by=SYSTEM)
    assert not ProcessException.objects.exists()


def test_money_that_comes_by_bank_after_the_end_goes_back() -> None:
    order = late(place())
    expire_due_orders()

    record_payment(order.pk, amount=D("29.90"), note="ref 7", by=SAM)

    order = now(order)
    assert (order.status, order.captured_total) == ("expired", D("29.90"))
    assert (Refund.objects.get().amount, Refund.objects.get().status) == (D("29.90"), "pending")
    assert ProcessException.objects.get(status="open").category == "refund_by_hand"


# --- reminders


def soon(order: Order, hours: float) -> None:
    Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() + timedelta(hours=hours))


def reminders() -> int:
    return Notification.objects.filter(template="orders/mail/payment_reminder").count()


def test_one_reminder_before_the_end() -> None:
    order = place()
    assert remind_due_customers() == 0
    soon(order, 23.9)
    assert remind_due_customers() == 1
    assert remind_due_customers() == 0
    assert reminders() == 1
    assert order.events.get(type="order.payment_reminded").data["number"] == order.number
    extend_order(order.pk, expires_at=timezone.now() + timedelta(hours=20), by=SAM)
    assert remind_due_customers() == 1


@pytest.mark.parametrize("why", ["held", "paid in part", "too late", "no reminder", "confirmed"])
def test_no_reminder(why: str) -> None:
    order = place()
    soon(order, -1 if why == "too late" else 1)
    if why == "held":
        hold_order(order.pk, reason=HoldReason.ADDRESS, by=SAM)
    elif why == "paid in part":
        record_payment(order.pk, amount=D("10.00"), by=SAM)
    elif why == "no reminder":
        Channel.objects.update(reminder_hours_before_expiry=None)
    elif why == "confirmed":
        confirm_order(order.pk, by=SAM)
    assert remind_due_customers() == 0
    assert (reminders(), now(order).reminded_at) == (0, None)


# --- more time


def test_staff_give_more_time() -> None:
    order = late(place())
    until = timezone.now() + timedelta(days=3)
    extend_order(order.pk, expires_at=until, by=SAM)
    assert (now(order).expires_at, now(order).version) == (until, order.version + 1)
    assert order.events.get(type="order.extended").actor_name == "sam"
    assert left_alone(order)


def test_no_more_time_in_the_past_or_for_what_is_over() -> None:
    order = place()
    events = OrderEvent.objects.count()
    with pytest.raises(InvalidRequest) as refused:
        extend_order(order.pk, expires_at=timezone.now() - timedelta(seconds=1), by=SAM)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("#/expires_at", "passed")]
    assert (now(order).expires_at, OrderEvent.objects.count()) == (order.expires_at, events)
    confirm_order(order.pk, by=SAM)
    with pytest.raises(NotExtendable):
        extend_order(order.pk, expires_at=timezone.now() + timedelta(days=1), by=SAM)
    assert now(order).expires_at == order.expires_at


def test_the_audit_finds_an_order_that_nobody_expired() -> None:
    check = next(check for check in LIVENESS if check.name == "unpaid_orders")
    order = late(place(), by=timedelta(minutes=14))
    assert check.find(5).wrong == 0
    late(order, by=timedelta(minutes=16))
    assert [row.subject for row in check.find(5).examples] == [order.number]
    hold_order(order.pk, reason=HoldReason.ADDRESS, by=SAM)
    assert check.find(5).wrong == 0
