"""Orders paid by Stripe: what is asked of it, what its answers come to, and what is done when there is none."""

from decimal import Decimal as D
from typing import Any

import pytest

from orders.errors import GatewayUnavailable, PaymentDeclined
from orders.gateways.stripe import client
from orders.gateways.stripe.amounts import Unpayable, from_units, to_units
from orders.kernel.actor import SYSTEM
from orders.models import Channel, Order, OrderEvent, Payment, PaymentTransaction, Product, Refund
from orders.services.cancel import cancel_order
from orders.services.give_up_payment import give_up_payment
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from orders.services.sync_payment import sync_payment
from orders.states import CancelReason
from tests.factories.shipping import dispatched
from tests.fakes.stripe import FakeStripe
from tests.payments.conftest import Buy
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db


def due_now() -> None:
    """The completer's turn: nobody holds a lease any more."""
    PaymentTransaction.objects.filter(status="pending").update(
        due_at="2026-01-01T00:00:00Z", leased_until=None, lease_token=None
    )


def money(order: Order) -> tuple[D, D, D, D]:
    """Reserved in all, charged, given back, still owed."""
    row = Order.objects.get(pk=order.pk)
    return row.authorized_total, row.captured_total, row.refunded_total, row.balance


# --- amounts


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.50", "EUR", 1250),
        ("500", "JPY", 500),
        ("1.240", "KWD", 1240),
        ("5", "ISK", 500),
        ("5", "UGX", 500),
        ("300", "MGA", 300),
    ],
)
def test_amounts_as_stripe_counts_them(amount: str, currency: str, units: int) -> None:
    assert to_units(D(amount), currency) == units
    assert from_units(units, currency) == D(amount)


@pytest.mark.parametrize(("amount", "currency"), [("1.245", "KWD"), ("5.50", "ISK"), ("3.20", "MGA"), ("1.5", "JPY")])
def test_amounts_that_stripe_cannot_move(amount: str, currency: str) -> None:
    with pytest.raises(Unpayable):
        to_units(D(amount), currency)


# --- placement


def test_a_good_card_is_reserved_and_not_charged(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)

    intent = stripe.only_intent()
    payment = order.payments.get()
    assert (order.status, order.payment_status) == ("confirmed", "authorized")
    assert money(order) == (D("29.90"), D(0), D(0), D(0))
    assert (intent["amount"], intent["currency"], intent["amount_received"]) == (2990, "eur", 0)
    assert intent["metadata"] == {"payment": payment.public_id}
    assert payment.gateway_ref == intent["id"]
    until = intent["latest_charge"]["payment_method_details"]["card"]["capture_before"]
    assert payment.expires_at is not None
    assert int(payment.expires_at.timestamp()) == until
    assert stripe.keys("/payment_intents") == [f"{payment.public_id}.authorize"]


def test_a_declined_card_leaves_nothing(buy: Buy, stripe: FakeStripe) -> None:
    with pytest.raises(PaymentDeclined) as refused:
        buy(2, "pm_decline")

    assert refused.value.extra == {"gateway_code": "insufficient_funds"}
    order = Order.objects.get()
    assert (order.status, order.payments.get().status) == ("declined", "failed")
    assert set(StockLevel.objects.values_list("allocated", flat=True)) == {0}
    assert list(OrderEvent.objects.filter(order=order).values_list("type", flat=True)) == ["stock.released"]


def test_a_card_that_wants_its_owner_is_placed_and_waits(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(1, "pm_3ds")

    payment = order.payments.get()
    assert (order.status, order.payment_status, payment.status) == ("placed", "unpaid", "requires_action")
    assert payment.action_url == f"https://hooks.example.com/{payment.gateway_ref}"


def test_without_a_token_the_customer_chooses_on_stripes_page(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(1, "")

    (page,) = stripe.pages.values()
    payment = order.payments.get()
    assert (order.status, payment.status, payment.page_ref) == ("placed", "requires_action", page["id"])
    assert payment.action_url == page["url"]
    assert (page["amount_total"], page["about"]) == (1740, order.number)
    assert page["success_url"].startswith(f"http://127.0.0.1:8000/pay/back/{payment.public_id}?s=")
    assert stripe.intents == {}


def test_stripe_does_not_let_us_in(buy: Buy, stripe: FakeStripe, settings: Any) -> None:
    settings.STRIPE_API_KEY = "sk_test_wrong"
    with pytest.raises(GatewayUnavailable):
        buy()
    assert (Order.objects.get().status, stripe.calls) == ("submitted", [])
    settings.STRIPE_API_KEY = "sk_test_fake"
    due_now()
    assert settle_payments() == 1
    assert Order.objects.get().status == "confirmed"


# --- lost answers


@pytest.mark.parametrize("fault", ["drop", "unheard", "busy"])
def test_an_authorisation_without_an_answer_is_made_once(buy: Buy, stripe: FakeStripe, fault: str) -> None:
    stripe.fail("/payment_intents", fault)
    with pytest.raises(GatewayUnavailable):
        buy(2)
    assert Order.objects.get().status == "submitted"
    due_now()

    assert settle_payments() == 1

    order = Order.objects.get()
    assert (order.status, money(order)) == ("confirmed", (D("29.90"), D(0), D(0), D(0)))
    assert order.payments.get().gateway_ref == stripe.only_intent()["id"]
    assert order.events.filter(type="order.placed").count() == 1


def test_it_is_found_a_day_later_when_its_key_is_forgotten(buy: Buy, stripe: FakeStripe) -> None:
    stripe.fail("/payment_intents", "drop")
    with pytest.raises(GatewayUnavailable):
        buy(2)
    stripe.forget_keys()
    due_now()

    assert settle_payments() == 1
    assert stripe.asked("/payment_intents") == 1
    assert Order.objects.get().payments.get().gateway_ref == stripe.only_intent()["id"]


def test_a_fresh_intent_that_is_not_found_yet_is_asked_for_by_its_key(buy: Buy, stripe: FakeStripe) -> None:
    stripe.is_searchable = False
    stripe.fail("/payment_intents", "drop")
    with pytest.raises(GatewayUnavailable):
        buy(2)
    due_now()

    assert settle_payments() == 1
    key = f"{Payment.objects.get().public_id}.authorize"
    assert stripe.keys("/payment_intents") == [key, key]
    assert len(stripe.intents) == 1


def test_a_stored_fault_gets_a_new_key_once_stripe_is_sure(buy: Buy, stripe: FakeStripe) -> None:
    stripe.fail("/payment_intents", "fault")
    with pytest.raises(GatewayUnavailable):
        buy(2)
    due_now()
    assert settle_payments() == 0  # the fault again: too early to tell that nothing was done
    charge = PaymentTransaction.objects.get()
    assert charge.idempotency_key.endswith(".authorize")
    PaymentTransaction.objects.update(created_at="2026-01-01T00:00:00Z")
    due_now()
    assert settle_payments() == 0
    due_now()
    assert settle_payments() == 1

    charge.refresh_from_db()
    assert (charge.status, charge.idempotency_key.endswith(".authorize~2")) == ("success", True)
    assert Order.objects.get().status == "confirmed"
    assert len(stripe.intents) == 1


def test_a_broken_answer_to_work_that_was_done_is_looked_up(buy: Buy, stripe: FakeStripe) -> None:
    stripe.fail("/payment_intents", "broken")
    with pytest.raises(GatewayUnavailable):
        buy(2)
    due_now()

    assert settle_payments() == 1
    assert (Order.objects.get().status, stripe.asked("/payment_intents")) == ("confirmed", 1)


def test_a_slow_answer_is_waited_for_so_long(buy: Buy, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_READ_SECONDS", 0.2)
    client._client.cache_clear()
    stripe.fail("/payment_intents", "wait")
    stripe.gate.clear()
    with pytest.raises(GatewayUnavailable):
        buy(2)
    stripe.gate.set()
    due_now()

    assert settle_payments() == 1
    assert (Order.objects.get().status, len(stripe.intents)) == ("confirmed", 1)


def test_two_silences_and_a_round_asks_no_more(buy: Buy, stripe: FakeStripe) -> None:
    for _ in range(4):
        stripe.fail("/payment_intents", "unheard")
        with pytest.raises(GatewayUnavailable):
            buy()
    due_now()
    stripe.fail("/search", "unheard", "unheard", "unheard", "unheard")

    assert settle_payments() == 0

    assert stripe.asked("/search") == 2
    assert sorted(PaymentTransaction.objects.values_list("attempts", flat=True)) == [0, 0, 1, 1]
    assert PaymentTransaction.objects.filter(leased_until=None, lease_token=None).count() == 4


# --- captures


def test_what_leaves_is_captured_with_a_note_of_its_key(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    dispatched(order)

    intent = stripe.only_intent()
    invoice = order.invoices.get()
    assert money(order) == (D("29.90"), D("29.90"), D(0), D(0))
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 2990)
    assert intent["metadata"][f"capture.{invoice.number}"] == "2990"
    assert order.payments.get().status == "captured"


@pytest.mark.parametrize("fault", ["drop", "unheard", "broken", "busy"])
def test_a_capture_without_an_answer_is_made_once(buy: Buy, stripe: FakeStripe, fault: str) -> None:
    order = buy(2)
    stripe.fail("/capture", fault)
    dispatched(order)
    assert money(order)[1] == D(0)
    stripe.forget_keys()
    due_now()

    assert settle_payments() == 1

    assert money(order) == (D("29.90"), D("29.90"), D(0), D(0))
    assert stripe.only_intent()["amount_received"] == 2990
    assert stripe.asked("/capture") == (1 if fault in ("drop", "broken") else 2)


def test_a_refused_capture_is_asked_for_again_under_a_new_key(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2, "pm_capture_fails")
    dispatched(order)
    assert money(order)[1] == D(0)
    assert order.exceptions.get(category="capture_failed").status == "open"
    due_now()

    assert settle_payments() == 1

    first, second = stripe.keys("/capture")
    assert second == f"{first}~2"
    assert money(order) == (D("29.90"), D("29.90"), D(0), D(0))
    assert order.exceptions.get(category="capture_failed").status == "resolved"


# --- voids


def test_cancelled_before_dispatch_nothing_stays_reserved(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    settle_payments(order.pk)

    assert stripe.only_intent()["status"] == "canceled"
    assert money(order) == (D(0), D(0), D(0), D(0))
    assert order.payments.get().status == "voided"


def test_cancelled_in_part_the_rest_is_charged_and_no_more(buy: Buy, stripe: FakeStripe) -> None:
    """Stripe can't give part of a reservation back: it is noted, and falls away with the last capture."""
    order = buy(2)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={order.lines.get().public_id: 1}, by=SYSTEM)
    settle_payments(order.pk)
    intent = stripe.only_intent()
    assert (intent["metadata"]["void.1"], intent["amount_capturable"]) == ("1250", 2990)
    assert money(order) == (D("17.40"), D(0), D(0), D(0))

    dispatched(Order.objects.get(pk=order.pk))

    assert (intent["amount_received"], intent["amount_capturable"], intent["status"]) == (1740, 0, "succeeded")
    assert money(order) == (D("17.40"), D("17.40"), D(0), D(0))


@pytest.fixture
def dinars(buy: Buy) -> Order:
    """Two mugs of 12.505 and 4.900 shipping: a currency of whose three digits Stripe moves only two."""
    Channel.objects.update(currency="KWD")
    Product.objects.update(currency="KWD", price=D("12.505"))
    return buy(2, currency="KWD")


def test_a_part_to_the_last_digit_is_given_up_and_its_rest_fails_once_for_people(
    dinars: Order, stripe: FakeStripe
) -> None:
    cancel_order(dinars.pk, reason=CancelReason.CUSTOMER, lines={dinars.lines.get().public_id: 1}, by=SYSTEM)
    assert settle_payments(dinars.pk) == 1
    intent = stripe.only_intent()
    assert (intent["metadata"]["void.1"], intent["amount_capturable"]) == ("12505", 29910)
    assert money(dinars) == (D("17.405"), D(0), D(0), D(0))
    assert sync_payment(dinars.payments.get().pk, by=SYSTEM) == ()

    dispatched(Order.objects.get(pk=dinars.pk))

    charge = dinars.payments.get().transactions.get(kind="charge")
    assert (charge.status, charge.amount, charge.error_code) == ("failure", D("17.405"), "amount_not_payable")
    assert stripe.asked("/capture") == 0
    assert order_asks(dinars) == [("capture_failed", "open")]
    assert not PaymentTransaction.objects.filter(status="pending").exists()


def test_a_refund_that_stripe_cannot_move_fails_at_once(dinars: Order, stripe: FakeStripe) -> None:
    dispatched(dinars)
    assert money(dinars)[1] == D("29.910")
    grant_refund(dinars.pk, amount=D("1.005"), reason="staff", by=SYSTEM)
    settle_payments(dinars.pk)
    assert (Refund.objects.get().status, order_asks(dinars)) == ("failed", [("refund_failed", "open")])
    assert (money(dinars)[2], stripe.asked("/v1/refunds")) == (D(0), 0)


def order_asks(order: Order) -> list[tuple[str, str]]:
    return list(order.exceptions.order_by("pk").values_list("category", "status"))


def test_giving_up_what_the_customer_never_approved_tells_stripe(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(1, "pm_3ds")
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    settle_payments(order.pk)

    assert stripe.only_intent()["status"] == "canceled"
    assert order.payments.get().status == "voided"


def test_giving_up_closes_stripes_page(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(1, "")
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    settle_payments(order.pk)

    (page,) = stripe.pages.values()
    assert (page["status"], order.payments.get().status) == ("expired", "voided")


def test_paid_on_the_page_in_the_moment_of_giving_up_it_is_not_charged(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(1, "")
    (page,) = stripe.pages.values()
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    intent = stripe.pay(page)
    settle_payments(order.pk)

    assert (intent["status"], intent["amount_received"]) == ("canceled", 0)
    assert money(order) == (D(0), D(0), D(0), D(0))


def test_staff_give_up_what_is_reserved(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(1)
    give_up_payment(order.payments.get().pk, by=SYSTEM)
    settle_payments(order.pk)

    assert (stripe.only_intent()["status"], money(order)) == ("canceled", (D(0), D(0), D(0), D("17.40")))


# --- refunds


def test_a_refund_is_made_once_whatever_gets_lost(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    dispatched(order)
    stripe.fail("/refunds", "drop")
    grant_refund(order.pk, amount=D("5.00"), reason="staff", by=SYSTEM)
    settle_payments(order.pk)
    assert money(order)[2] == D(0)
    stripe.forget_keys()
    due_now()

    assert settle_payments() == 1

    (refund,) = stripe.refunds.values()
    assert (refund["amount"], money(order)[2], Refund.objects.get().status) == (500, D("5.00"), "succeeded")
    assert order.payments.get().transactions.get(kind="refund").gateway_ref == refund["id"]


def test_a_refund_that_waits_is_sent_when_stripe_says_so(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2, "pm_refund_later")
    dispatched(order)
    grant_refund(order.pk, amount=D("5.00"), reason="staff", by=SYSTEM)
    settle_payments(order.pk)
    (refund,) = stripe.refunds.values()
    assert (money(order)[2], Refund.objects.get().status) == (D(0), "pending")
    stripe.end_refund(refund, "succeeded")
    due_now()

    assert settle_payments() == 1

    assert (money(order)[2], Refund.objects.get().status, stripe.asked("/v1/refunds")) == (D("5.00"), "succeeded", 2)
    assert order.events.filter(type="payment.refunded").count() == 1


def test_a_refund_that_fails_later_is_asked_for_again_under_a_new_key(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2, "pm_refund_later")
    dispatched(order)
    grant_refund(order.pk, amount=D("5.00"), reason="staff", by=SYSTEM)
    settle_payments(order.pk)
    (first,) = stripe.refunds.values()
    stripe.end_refund(first, "failed")
    due_now()
    assert settle_payments() == 1  # it failed
    assert order.exceptions.get(category="refund_failed").status == "open"
    due_now()
    settle_payments()
    _, second = stripe.refunds.values()
    assert second["metadata"]["key"] == f"{first['metadata']['key']}~2"
    stripe.end_refund(second, "succeeded")
    due_now()
    settle_payments()

    assert (money(order)[2], Refund.objects.get().status) == (D("5.00"), "succeeded")
    assert order.exceptions.get(category="refund_failed").status == "resolved"
