"""Our books against the gateways': what differs is named, asked about, and closed once it is gone."""

import json
from datetime import timedelta
from decimal import Decimal as D
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from orders.exception_words import summary
from orders.kernel.actor import SYSTEM
from orders.models import Order, Payment, Refund
from orders.requests import PayBy, WantedLine
from orders.services.place import place_order
from orders.services.reconcile import reconcile_due_payments, reconcile_payments
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from orders.services.sync_payment import Difference, sync_payment
from tests.factories.orders import ProductFactory
from tests.factories.shipping import CarrierServiceFactory, dispatched, stocked
from tests.fakes.stripe import FakeStripe
from tests.orders.requests import an_order
from tests.payments.conftest import Buy
from tests.payments.test_hooks import asks
from tests.payments.test_stripe import money

pytestmark = pytest.mark.django_db


def by_sandbox(token: str) -> Order:
    CarrierServiceFactory()
    stocked(ProductFactory(sku="MUG"), 10)
    wanted = an_order(WantedLine(sku="MUG", quantity=2), payment=PayBy(gateway="sandbox", token=token))
    return place_order(wanted, by=SYSTEM)


def reconcile(*options: str) -> dict[str, Any]:
    out = StringIO()
    try:
        call_command("reconcile_payments", "--json", *options, stdout=out)
    except CommandError as error:
        return {**json.loads(out.getvalue()), "error": str(error)}
    return {**json.loads(out.getvalue()), "error": ""}


def test_nothing_differs(buy: Buy, stripe: FakeStripe) -> None:
    dispatched(buy(2))
    buy(1)
    assert reconcile() == {"ok": True, "compared": 2, "findings": [], "error": ""}
    out = StringIO()
    call_command("reconcile_payments", stdout=out)
    assert out.getvalue() == "2 payments agree with their gateways.\n"


def test_a_gateway_knows_nothing_of_what_went_past_it(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    dispatched(order)
    order.refresh_from_db()
    grant_refund(order.pk, amount=D("5.00"), reason="late", to="store_credit", by=SYSTEM)
    assert order.payments.get().refunded_amount == D("5.00")
    assert reconcile()["findings"] == []


def test_what_differs_is_named_asked_about_and_closed_by_itself(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    dispatched(order)
    intent = stripe.only_intent()
    intent["amount_received"] = 1990  # somebody else's books
    payment = order.payments.get()
    before = (Order.objects.values().get(), payment.status, payment.captured_amount)

    said = reconcile()

    finding = {
        "order": order.number,
        "payment": payment.public_id,
        "gateway": "stripe",
        "differences": [
            {"what": "authorized", "ours": "29.90", "theirs": "19.90"},
            {"what": "captured", "ours": "29.90", "theirs": "19.90"},
        ],
        "is_silent": False,
    }
    assert said["findings"] == [finding]
    assert said["error"] == "Of 1 payments 1 differ, and 0 gave no answer."
    payment.refresh_from_db()
    assert (Order.objects.values().get(), payment.status, payment.captured_amount) == before
    asked = order.exceptions.get()
    assert (asked.category, asked.subject_id) == ("reconciliation_difference", payment.public_id)
    differences = "authorized: ours 29.90, the gateway's 19.90, captured: ours 29.90, the gateway's 19.90"
    assert summary(asked) == f"Our books and the gateway's differ: {differences}"
    assert reconcile()["findings"] == [finding]
    assert order.exceptions.count() == 1

    intent["amount_received"] = 2990
    assert reconcile()["ok"]
    assert asks(order) == [("reconciliation_difference", "resolved")]


def test_what_only_the_gateway_knew_is_booked(buy: Buy, stripe: FakeStripe) -> None:
    """All the news got lost: a customer's approval, and a refund on Stripe's own pages."""
    waiting, sent = buy(1, "pm_3ds"), buy(2)
    dispatched(sent)
    first, second = stripe.intents.values()
    stripe.approve(first)
    stripe.refund_by_hand(second, 500)

    assert reconcile()["ok"]

    waiting.refresh_from_db()
    assert (waiting.status, money(waiting)[0], money(sent)[2]) == ("confirmed", D("17.40"), D("5.00"))
    assert Refund.objects.get().granted_by == "stripe"


def test_a_payment_that_the_gateway_does_not_know(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    stripe.intents.clear()
    found = sync_payment(order.payments.get().pk, by=SYSTEM)
    assert found == (Difference(what="payment", ours="authorized", theirs="unknown"),)


def test_a_silent_gateway_is_no_agreement(buy: Buy, stripe: FakeStripe) -> None:
    buy(2)
    stripe.fail(stripe.only_intent()["id"], "unheard")
    said = reconcile()
    assert (said["ok"], said["error"]) == (False, "Of 1 payments 0 differ, and 1 gave no answer.")
    out = StringIO()
    stripe.fail(stripe.only_intent()["id"], "unheard")
    with pytest.raises(CommandError):
        call_command("reconcile_payments", stdout=out)
    assert out.getvalue().endswith("stripe  no answer\n")


def test_what_is_over_and_older_is_left_alone_unless_asked_for(buy: Buy, stripe: FakeStripe) -> None:
    dispatched(buy(2))
    Payment.objects.update(updated_at=timezone.now() - timedelta(days=8))
    assert reconcile()["compared"] == 0
    ten_days_ago = (timezone.now() - timedelta(days=10)).date().isoformat()
    assert reconcile("--since", ten_days_ago)["compared"] == 1
    with pytest.raises(CommandError, match="--since"):
        call_command("reconcile_payments", "--since", "yesterday")


def test_the_beat_compares_each_once_a_day(buy: Buy, stripe: FakeStripe) -> None:
    buy(2)
    assert (reconcile_due_payments(by=SYSTEM), stripe.calls[-1][0]) == (0, "POST")  # it was made just now
    Payment.objects.update(created_at=timezone.now() - timedelta(days=2))
    before = len(stripe.calls)
    reconcile_due_payments(by=SYSTEM)
    reconcile_due_payments(by=SYSTEM)
    assert len(stripe.calls) == before + 1
    assert Payment.objects.get().checked_at is not None


def test_a_call_that_is_under_way_is_no_difference(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(2)
    stripe.fail("/capture", "drop")
    dispatched(order)  # Stripe has it; we don't know yet

    (compared,) = reconcile_payments(since=timezone.now(), by=SYSTEM)

    assert compared.differences == ()
    assert money(order)[1] == D("29.90")
    assert asks(order) == []


@pytest.mark.parametrize(
    ("token", "found"),
    [("tok_ok", ""), ("tok_lost_capture", "captured: ours 29.90, the gateway's 0.00"), ("tok_refunded_elsewhere", "")],
)
def test_the_sandbox_practises_differences(db: None, token: str, found: str) -> None:
    order = by_sandbox(token)
    assert sync_payment(order.payments.get().pk, by=SYSTEM) == ()
    dispatched(order)

    for _ in range(2):
        differences = sync_payment(order.payments.get().pk, by=SYSTEM)
        assert "; ".join(map(str, differences)) == found

    settle_payments(order.pk)
    assert money(order)[2] == (D("29.90") if token == "tok_refunded_elsewhere" else D(0))
    expected = {
        "tok_ok": [],
        "tok_lost_capture": [("reconciliation_difference", "open")],
        "tok_refunded_elsewhere": [("refunded_at_gateway", "open")],
    }
    assert asks(order) == expected[token]
