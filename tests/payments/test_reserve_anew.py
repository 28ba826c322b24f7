"""Reservations that end too early: cards that are charged only once, and authorisations that lapse."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.models import Order, Payment
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.place import place_order
from orders.services.reconcile import reconcile_due_payments
from orders.services.record_payment import record_payment
from orders.services.renew_payment import renew_expiring_payments
from orders.services.settle import settle_payments
from orders.services.sync_payment import sync_payment
from orders.states import CancelReason
from tests.factories.orders import ProductFactory
from tests.factories.shipping import CarrierServiceFactory, dispatched, dispatched_at, stocked
from tests.fakes.stripe import FakeStripe
from tests.orders.requests import an_order
from tests.payments.conftest import Buy
from tests.payments.test_hooks import asks
from tests.payments.test_stripe import due_now, money
from warehouse.models import FulfillmentOrder

pytestmark = pytest.mark.django_db
audited = pytest.mark.django_db(transaction=True)


def in_two_parcels(token: str, buy: Buy) -> tuple[Order, list[FulfillmentOrder]]:
    """Two mugs from Berlin, two vases from Hamburg: 25.00 + 20.00 + 4.90."""
    stocked(ProductFactory(sku="VASE", price="10.00"), 10, warehouse="HAM")
    wanted = [WantedLine(sku="MUG", quantity=2), WantedLine(sku="VASE", quantity=2)]
    order = place_order(an_order(*wanted, payment=PayBy(gateway="stripe", token=token)), by=SYSTEM)
    first, second = FulfillmentOrder.objects.filter(order=order).order_by("pk")
    return order, [first, second]


# --- one authorisation, several parcels


@audited
def test_each_parcel_is_charged_on_the_same_authorisation(buy: Buy, stripe: FakeStripe) -> None:
    order, (first, second) = in_two_parcels("pm_ok", buy)

    dispatched_at(first)
    intent = stripe.only_intent()
    assert (intent["amount_received"], intent["amount_capturable"]) == (2990, 2000)
    assert money(order) == (D("49.90"), D("29.90"), D(0), D(0))

    dispatched_at(second)
    assert (intent["amount_received"], intent["status"]) == (4990, "succeeded")
    assert money(order) == (D("49.90"), D("49.90"), D(0), D(0))
    assert sync_payment(order.payments.get().pk, by=SYSTEM) == ()
    call_command("audit")


@audited
def test_a_card_that_is_charged_only_once_is_asked_for_again(buy: Buy, stripe: FakeStripe) -> None:
    """The first capture lets go of the rest, and the shop gave us no method that is kept for later."""
    order, (first, second) = in_two_parcels("pm_once", buy)

    dispatched_at(first)

    intent = stripe.only_intent()
    assert (intent["amount_received"], intent["status"]) == (2990, "succeeded")
    assert money(order) == (D("29.90"), D("29.90"), D(0), D("20.00"))
    assert order.payments.get().status == "captured"
    assert order.holds.get(released_at=None).reason == "awaiting_payment"
    assert asks(order) == [("payment_missing", "open")]
    lapsed = order.events.get(type="payment.expired")
    assert (lapsed.data["amount"], lapsed.data["error_code"]) == ("20.00", "captured_once")
    call_command("audit")

    record_payment(order.pk, amount=D("20.00"), by=SYSTEM)
    dispatched_at(second)
    assert money(order) == (D("49.90"), D("49.90"), D(0), D(0))
    call_command("audit")


@audited
def test_a_card_that_is_kept_is_reserved_anew_for_the_next_parcel(buy: Buy, stripe: FakeStripe) -> None:
    order, (first, second) = in_two_parcels("cus_1/pm_once", buy)

    dispatched_at(first)
    settle_payments(order.pk)

    old, new = order.payments.order_by("pk")
    assert (old.status, new.status, new.amount, new.renews_id) == ("captured", "authorized", D("20.00"), old.pk)
    assert money(order) == (D("49.90"), D("29.90"), D(0), D(0))
    assert asks(order) == []
    assert not order.holds.exists()
    call_command("audit")

    dispatched_at(second)
    assert sorted(i["amount_received"] for i in stripe.intents.values()) == [2000, 2990]
    assert money(order) == (D("49.90"), D("49.90"), D(0), D(0))
    call_command("audit")


@audited
def test_a_lost_answer_to_the_only_capture_is_the_same(buy: Buy, stripe: FakeStripe) -> None:
    order, (first, _second) = in_two_parcels("pm_once", buy)
    stripe.fail("/capture", "drop")
    dispatched_at(first)
    due_now()
    settle_payments()

    assert money(order) == (D("29.90"), D("29.90"), D(0), D("20.00"))
    assert asks(order) == [("payment_missing", "open")]
    call_command("audit")


# --- authorisations that lapse


def expiring(order: Order, *, hours: int = 12) -> Payment:
    payment = order.payments.get()
    Payment.objects.filter(pk=payment.pk).update(expires_at=timezone.now() + timedelta(hours=hours))
    return payment


@audited
def test_it_is_renewed_before_it_lapses_and_the_old_one_goes_last(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2, "cus_1/pm_ok")
    old = expiring(order)
    first = stripe.only_intent()

    assert renew_expiring_payments(by=SYSTEM) == 1
    assert renew_expiring_payments(by=SYSTEM) == 0  # it is under way
    assert first["status"] == "requires_capture"
    settle_payments(order.pk)  # the new one stands
    assert first["status"] == "requires_capture"
    settle_payments(order.pk)  # so the old one goes

    _, second = stripe.intents.values()
    old.refresh_from_db()
    new = order.payments.exclude(pk=old.pk).get()
    assert (first["status"], second["status"], second["amount"]) == ("canceled", "requires_capture", 2990)
    assert (old.status, new.status) == ("voided", "authorized")
    assert money(order) == (D("29.90"), D(0), D(0), D(0))
    assert order.events.filter(type="payment.renewed").count() == 1
    assert renew_expiring_payments(by=SYSTEM) == 0
    dispatched(Order.objects.get(pk=order.pk))
    assert (second["amount_received"], money(order)[1]) == (2990, D("29.90"))
    call_command("audit")


def test_a_card_that_wants_its_owner_is_not_renewed_and_a_person_asks(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2, "cus_1/pm_3ds")
    stripe.approve(stripe.only_intent())
    sync_payment(order.payments.get().pk, by=SYSTEM)
    old = expiring(order)

    assert renew_expiring_payments(by=SYSTEM) == 1
    settle_payments(order.pk)

    old.refresh_from_db()
    new = order.payments.exclude(pk=old.pk).get()
    assert (old.status, new.status, new.error_code) == ("authorized", "failed", "authentication_required")
    assert asks(order) == [("authorization_expiring", "open")]
    assert money(order)[0] == D("29.90")
    assert renew_expiring_payments(by=SYSTEM) == 0  # asked once, and no more


def test_a_method_for_one_payment_is_not_tried(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    expiring(order)

    assert renew_expiring_payments(by=SYSTEM) == 0

    assert (order.payments.count(), len(stripe.intents)) == (1, 1)
    asked = order.exceptions.get()
    assert (asked.category, asked.subject_id) == ("authorization_expiring", order.payments.get().public_id)
    dispatched(Order.objects.get(pk=order.pk))
    assert renew_expiring_payments(by=SYSTEM) == 0


def test_what_is_not_needed_or_not_near_is_left_alone(buy: Buy, stripe: FakeStripe) -> None:
    far, cancelled = buy(2, "cus_1/pm_ok"), buy(2, "cus_1/pm_ok")
    expiring(far, hours=30)
    cancel_order(cancelled.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    expiring(cancelled)

    assert renew_expiring_payments(by=SYSTEM) == 0
    assert Payment.objects.count() == 2


@audited
def test_what_lapsed_is_written_down_held_and_asked_for(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    payment = expiring(order, hours=-1)
    Payment.objects.update(checked_at=timezone.now() - timedelta(hours=2))
    stripe.lapse(stripe.only_intent())

    assert reconcile_due_payments(by=SYSTEM) == 0

    payment.refresh_from_db()
    order.refresh_from_db()
    assert (payment.status, payment.authorized_amount, order.payment_status) == ("expired", D(0), "unpaid")
    assert money(order) == (D(0), D(0), D(0), D("29.90"))
    assert order.holds.get(released_at=None).reason == "awaiting_payment"
    assert asks(order) == [("payment_missing", "open")]
    assert order.events.get(type="payment.expired").data["error_code"] == "expired"
    call_command("audit")


def test_what_should_have_lapsed_and_stands_is_kept(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    payment = expiring(order, hours=-1)
    until = stripe.only_intent()["latest_charge"]["payment_method_details"]["card"]["capture_before"]

    assert sync_payment(payment.pk, by=SYSTEM) == ()

    payment.refresh_from_db()
    assert payment.status == "authorized"
    assert payment.expires_at is not None
    assert payment.expires_at.timestamp() == until


@audited
def test_the_rest_lapses_after_a_first_parcel(buy: Buy, stripe: FakeStripe) -> None:
    order, (first, _second) = in_two_parcels("pm_ok", buy)
    dispatched_at(first)
    stripe.lapse(stripe.only_intent())

    assert sync_payment(order.payments.get().pk, by=SYSTEM) == ()

    assert order.payments.get().status == "captured"
    assert money(order) == (D("29.90"), D("29.90"), D(0), D("20.00"))
    assert asks(order) == [("payment_missing", "open")]
    call_command("audit")


@audited
def test_the_sandbox_renews_and_lapses_too(db: None) -> None:
    CarrierServiceFactory()
    stocked(ProductFactory(sku="MUG"), 10)
    wanted = an_order(WantedLine(sku="MUG", quantity=2), payment=PayBy(gateway="sandbox", token="tok_expires"))
    order = place_order(wanted, by=SYSTEM)
    old = order.payments.get()
    assert old.expires_at is not None
    assert old.expires_at < timezone.now() + timedelta(hours=2)

    assert renew_expiring_payments(by=SYSTEM) == 1
    settle_payments(order.pk)
    settle_payments(order.pk)
    old.refresh_from_db()
    assert (old.status, money(order)[0]) == ("voided", D("29.90"))

    new = order.payments.get(renews=old)
    Payment.objects.filter(pk=new.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert sync_payment(new.pk, by=SYSTEM) == ()
    new.refresh_from_db()
    assert (new.status, money(order)[0]) == ("expired", D(0))
    assert order.holds.filter(released_at=None).count() == 1
    call_command("audit")
