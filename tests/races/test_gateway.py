"""A gateway's news, its inline answer, workers and staff at the same moment: money is booked once."""

from collections import Counter
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import GatewayNotice, Order, OrderEvent, PaymentTransaction
from orders.services.cancel import cancel_order
from orders.services.notice import work_off_notices
from orders.services.renew_payment import renew_expiring_payments
from orders.services.settle import settle_payments
from orders.services.sync_payment import sync_payment
from orders.states import CancelReason
from shipping.services.dispatch_shipment import dispatch_shipment
from tests.factories.shipping import PACKER, dispatched, ready
from tests.fakes.stripe import FakeStripe
from tests.payments.conftest import Buy, buy, shop, stripe
from tests.payments.test_reserve_anew import expiring
from tests.payments.test_stripe import due_now, money
from tests.races.runners import at_once

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["buy", "shop", "stripe"]


def failures(outcomes: list[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def test_a_copy_of_the_news_at_the_same_moment_is_kept_once(buy: Buy, stripe: FakeStripe) -> None:
    buy(1)
    event = stripe.signed(stripe.events[0])

    answers = at_once([lambda: Client().post("/hooks/payments/stripe", **event).status_code] * 6)

    assert answers == [200] * 6
    assert GatewayNotice.objects.count() == 1
    assert sum(at_once([work_off_notices] * 4)) == 1  # type: ignore[arg-type]


def test_the_news_overtakes_the_inline_answer(buy: Buy, stripe: FakeStripe) -> None:
    """Stripe tells of the authorisation while the placement still waits for its answer."""
    stripe.fail("/payment_intents", "wait")
    stripe.gate.clear()

    def tell() -> int:
        while not stripe.events:
            pass
        Client().post("/hooks/payments/stripe", **stripe.signed(stripe.events[0]))
        done = work_off_notices()
        stripe.gate.set()
        return done

    placed, worked_off = at_once([buy, tell])

    assert worked_off == 1
    assert isinstance(placed, Order)
    order = Order.objects.get()
    assert (order.status, money(order)) == ("confirmed", (D("17.40"), D(0), D(0), D(0)))
    for kind in ("order.placed", "order.confirmed", "payment.authorized"):
        assert OrderEvent.objects.filter(type=kind).count() == 1
    assert set(GatewayNotice.objects.values_list("status", flat=True)) == {"processed"}


def test_several_pieces_of_news_and_the_customer_coming_back(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(1, "pm_3ds")
    payment = order.payments.get()
    stripe.approve(stripe.only_intent())
    for _ in range(3):
        Client().post("/hooks/payments/stripe", **stripe.signed(stripe.event("x", stripe.only_intent())))

    outcomes = at_once([work_off_notices, work_off_notices, *[partial(sync_payment, payment.pk, by=CUSTOMER)] * 3])

    assert failures(outcomes) == []
    assert money(order) == (D("17.40"), D(0), D(0), D(0))
    assert OrderEvent.objects.filter(type="payment.authorized").count() == 1
    assert OrderEvent.objects.filter(type="order.confirmed").count() == 1


def test_a_refund_and_a_dispute_are_booked_once_whoever_hears_first(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    dispatched(order)
    payment = order.payments.get()
    stripe.refund_by_hand(stripe.only_intent(), 500)
    stripe.dispute(stripe.only_intent(), 1000)

    outcomes = at_once([partial(sync_payment, payment.pk, by=SYSTEM)] * 6)

    assert failures(outcomes) == []
    assert money(order) == (D("29.90"), D("29.90"), D("15.00"), D("10.00"))
    kinds = Counter(PaymentTransaction.objects.values_list("kind", flat=True))
    assert kinds == {"authorization": 1, "charge": 1, "refund": 1, "chargeback": 1}
    call_command("audit")


def test_capture_against_void(buy: Buy, stripe: FakeStripe) -> None:
    """The van leaves while the customer cancels: whoever wins, Stripe and we agree."""
    wins: Counter[str] = Counter()
    for _ in range(3):
        order = buy(2)
        shipment = ready(order)
        intent = stripe.intents[order.payments.get().gateway_ref]

        def cancel(order: Order = order) -> None:
            cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
            settle_payments(order.pk)

        def leave(order: Order = order, pk: int = shipment.pk) -> None:
            dispatch_shipment(pk, by=PACKER)
            settle_payments(order.pk)

        assert len(failures(at_once([cancel, leave, settle_payments]))) == 1
        due_now()
        settle_payments()

        row = Order.objects.get(pk=order.pk)
        if row.status == "cancelled":
            assert (intent["status"], intent["amount_received"], row.authorized_total) == ("canceled", 0, D(0))
        else:
            assert (intent["status"], intent["amount_received"], row.captured_total) == ("succeeded", 2990, D("29.90"))
        assert sync_payment(order.payments.get().pk, by=SYSTEM) == ()
        wins[row.status] += 1
    assert wins.total() == 3
    call_command("audit")


def test_two_workers_renew_once(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2, "cus_1/pm_ok")
    expiring(order)

    outcomes = at_once([partial(renew_expiring_payments, by=SYSTEM)] * 4)

    assert sorted(outcomes) == [0, 0, 0, 1]  # type: ignore[type-var]
    at_once([settle_payments] * 3)
    due_now()
    settle_payments()
    assert sorted(i["status"] for i in stripe.intents.values()) == ["canceled", "requires_capture"]
    assert money(order) == (D("29.90"), D(0), D(0), D(0))
