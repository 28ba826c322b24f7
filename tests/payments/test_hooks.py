"""What Stripe tells us: only what it signed is kept, once; it is asked before anything is booked; any order will do."""

from collections.abc import Callable
from decimal import Decimal as D
from itertools import permutations
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from orders.errors import NoticeSettled
from orders.exception_words import summary
from orders.kernel.actor import SYSTEM
from orders.models import (
    CreditNote,
    GatewayNotice,
    Notification,
    Order,
    OrderEvent,
    Payment,
    PaymentTransaction,
    Refund,
)
from orders.services.cancel import cancel_order
from orders.services.notice import retry_notice, work_off_notices
from orders.services.refund import grant_refund
from orders.services.retry_refund import retry_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.factories.shipping import dispatched
from tests.fakes.stripe import FakeStripe
from tests.payments.conftest import Buy
from tests.payments.test_stripe import due_now, money

pytestmark = pytest.mark.django_db
audited = pytest.mark.django_db(transaction=True)
Send = Callable[..., int]
HOOK = "/hooks/payments/stripe"


def asks(order: Order) -> list[tuple[str, str]]:
    return list(order.exceptions.order_by("pk").values_list("category", "status"))


def told(stripe: FakeStripe, send: Send) -> None:
    """All that has happened at Stripe so far is sent, and worked off."""
    for event in stripe.events:
        assert send(event) == 200
    stripe.events.clear()
    work_off_notices()


def statuses() -> list[tuple[str, str]]:
    return list(GatewayNotice.objects.order_by("pk").values_list("status", "error"))


# --- what is kept


def test_an_event_is_kept_without_the_people_in_it(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy()
    (event,) = stripe.events

    assert send(event) == 200

    row = GatewayNotice.objects.get()
    payment = order.payments.get()
    assert (row.gateway, row.event_id, row.type, row.status) == ("stripe", event["id"], event["type"], "pending")
    assert (row.payment, row.ref) == (payment.public_id, payment.gateway_ref)
    assert row.facts == {
        "object": payment.gateway_ref,
        "account": "",
        "is_live": False,
        "currency": "EUR",
        "amount": "17.40",
    }


def test_copies_are_kept_once_and_answered_alike(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    buy()
    (event,) = stripe.events
    assert [send(event) for _ in range(3)] == [200, 200, 200]
    assert GatewayNotice.objects.count() == 1
    work_off_notices()
    assert send(event) == 200
    assert (GatewayNotice.objects.get().status, work_off_notices()) == ("processed", 0)


@pytest.mark.parametrize("how", [{"secret": "whsec_wrong"}, {"at": 1_700_000_000}], ids=["not by Stripe", "long ago"])
def test_what_stripe_did_not_sign_just_now_is_refused(buy: Buy, stripe: FakeStripe, send: Send, how: Any) -> None:
    buy()
    assert send(stripe.events[0], **how) == 400
    assert GatewayNotice.objects.count() == 0


def test_a_secret_that_is_being_replaced_still_counts(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    buy()
    assert send(stripe.events[0], secret="whsec_older") == 200


def test_bodies_that_are_no_events_are_refused(stripe: FakeStripe, db: None) -> None:
    client = Client()
    nul = {"id": "evt_\x00", "type": "x", "data": {"object": {}}}
    for body in (nul, {}, {"id": "evt_1"}, {"id": "evt_1", "type": "x", "data": []}, [], "text", None):
        assert client.post(HOOK, **stripe.signed(body)).status_code == 400, body  # type: ignore[arg-type]
    assert client.post(HOOK, "{}", content_type="application/json").status_code == 400
    long = stripe.signed({"id": "evt_1", "type": "x", "data": {"object": {"pad": "x" * 300_000}}})
    assert client.post(HOOK, **long).status_code == 400
    tampered = stripe.signed({"id": "evt_1", "type": "x", "data": {"object": {}}})
    tampered["data"] = tampered["data"].replace("evt_1", "evt_2")
    assert client.post(HOOK, **tampered).status_code == 400
    assert GatewayNotice.objects.count() == 0


def test_other_addresses_and_methods(stripe: FakeStripe, db: None) -> None:
    client = Client()
    assert client.get(HOOK).status_code == 405
    assert client.post("/hooks/payments/paypal").status_code == 404
    assert client.post("/hooks/payments/sandbox").status_code == 400


# --- what it is about


def test_what_is_about_nothing_of_ours_is_parked_until_somebody_knows_it(
    buy: Buy, stripe: FakeStripe, send: Send
) -> None:
    order = buy(1, "pm_3ds")
    payment = order.payments.get()
    intent = stripe.only_intent()
    stripe.approve(intent)
    Payment.objects.update(gateway_ref="")
    unknown = stripe.event("charge.updated", {"id": "ch_1", "object": "charge", "payment_intent": intent["id"]})
    assert send(unknown) == 200
    work_off_notices()
    assert statuses() == [("parked", "It is about no payment of ours.")]
    assert payment.order.exceptions.count() == 0

    Payment.objects.update(gateway_ref=intent["id"])
    row = GatewayNotice.objects.get()
    retry_notice(row.pk, by=SYSTEM)
    assert work_off_notices() == 1
    assert statuses() == [("processed", "")]
    assert money(order)[0] == D("17.40")
    with pytest.raises(NoticeSettled):
        retry_notice(row.pk, by=SYSTEM)
    assert statuses() == [("processed", "")]


def test_news_about_other_things_is_no_ones_business(stripe: FakeStripe, send: Send, db: None) -> None:
    assert send(stripe.event("payout.paid", {"id": "po_1", "object": "payout", "amount": 5, "currency": "eur"})) == 200
    work_off_notices()
    assert statuses() == [("processed", "It is about no payment.")]


@pytest.mark.parametrize(
    ("thing", "event", "error"),
    [
        ({}, {"livemode": True}, "It is live, and our key is for tests."),
        ({}, {"account": "acct_other"}, "It is about the account acct_other."),
        ({"currency": "usd"}, {}, "It is in USD, the payment in EUR."),
        ({"amount": 1}, {}, "It is about 0.01 EUR."),
        ({"id": "pi_other"}, {}, "It is about pi_other."),
    ],
)
def test_news_that_does_not_fit_changes_nothing_and_asks_a_person(
    buy: Buy, stripe: FakeStripe, send: Send, thing: Any, event: Any, error: str
) -> None:
    order = buy(1, "pm_3ds")
    intent = stripe.only_intent()
    stripe.approve(intent)
    before = (Order.objects.values().get(), Payment.objects.values().get())

    send(stripe.event("payment_intent.amount_capturable_updated", {**intent, **thing}, **event))
    work_off_notices()

    assert statuses() == [("parked", error)]
    assert (Order.objects.values().get(), Payment.objects.values().get()) == before
    assert asks(order) == [("gateway_mismatch", "open")]


def test_stripe_reserved_another_amount_than_we_asked_for(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(1, "pm_3ds")
    intent = stripe.only_intent()
    stripe.approve(intent)
    intent["amount_capturable"] = 1
    intent["amount"] = 1740
    send(stripe.events[-1])
    work_off_notices()

    assert asks(order) == [("gateway_mismatch", "open")]
    assert (Order.objects.get().status, money(order)[0]) == ("placed", D(0))
    assert "ours 17.40, the gateway's 0.01" in summary(order.exceptions.get())


def test_a_silent_stripe_is_asked_later_and_then_a_person(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(1, "pm_3ds")
    intent = stripe.only_intent()
    stripe.approve(intent)
    send(stripe.events[-1])
    stripe.fail(f"/{intent['id']}", *["unheard"] * 8)
    for _ in range(8):
        assert work_off_notices() == 0
        GatewayNotice.objects.update(due_at="2026-01-01T00:00:00Z")
    row = GatewayNotice.objects.get()
    assert (row.status, row.attempts, row.error) == ("failed", 8, "The gateway did not answer.")
    (asked,) = OrderEvent.objects.filter(type="exception.opened", order=None)
    assert asked.data["category"] == "notice_failed"

    retry_notice(row.pk, by=SYSTEM)
    assert work_off_notices() == 1
    assert (Order.objects.get().status, money(order)[0]) == ("confirmed", D("17.40"))


# --- authorisations


def test_the_customer_approves_and_stripe_says_so(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(1, "pm_3ds")
    stripe.approve(stripe.only_intent())
    told(stripe, send)

    order.refresh_from_db()
    payment = order.payments.get()
    assert (order.status, order.payment_status, payment.status) == ("confirmed", "authorized", "authorized")
    assert payment.action_url is None
    assert order.events.filter(type="order.confirmed").get().actor_name == "stripe"
    assert order.events.filter(type="payment.authorized").count() == 1


def test_the_customer_fails_at_their_bank(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(1, "pm_3ds")
    stripe.reject(stripe.only_intent())
    told(stripe, send)

    order.refresh_from_db()
    payment = order.payments.get()
    assert (order.status, payment.status, payment.error_code) == ("placed", "failed", "authentication_failed")
    assert asks(order) == [("payment_missing", "open")]


def test_paid_on_stripes_page(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(1, "")
    (page,) = stripe.pages.values()
    intent = stripe.pay(page)
    told(stripe, send)

    payment = order.payments.get()
    assert (payment.status, payment.gateway_ref, payment.page_ref) == ("authorized", intent["id"], page["id"])
    assert payment.expires_at is not None
    assert Order.objects.get().status == "confirmed"
    dispatched(Order.objects.get())
    assert (intent["amount_received"], money(order)[1]) == (1740, D("17.40"))


def test_nobody_came_to_stripes_page(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(1, "")
    (page,) = stripe.pages.values()
    stripe.close(page)
    told(stripe, send)

    payment = order.payments.get()
    assert (payment.status, payment.error_code, payment.action_url) == ("failed", "page_expired", None)
    assert asks(order) == [("payment_missing", "open")]


def test_the_way_back_looks_at_once(buy: Buy, stripe: FakeStripe) -> None:
    order = buy(1, "")
    (page,) = stripe.pages.values()
    back = page["success_url"].removeprefix("http://127.0.0.1:8000")
    stripe.pay(page)

    answer = Client().get(back)

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/o/{order.public_id}?t=")
    assert Order.objects.get().status == "confirmed"
    assert Client().get(back[:-1]).status_code == 404
    assert Client().get(back.split("?")[0]).status_code == 404
    Order.objects.update(link_version=2)
    assert Client().get(back).status_code == 404


def test_the_way_back_works_while_stripe_is_silent(buy: Buy, stripe: FakeStripe) -> None:
    buy(1, "")
    (page,) = stripe.pages.values()
    stripe.pay(page)
    stripe.fail(page["id"], "unheard")

    answer = Client().get(page["success_url"].removeprefix("http://127.0.0.1:8000"))

    assert (answer.status_code, Order.objects.get().status) == (302, "placed")


def test_approved_after_the_order_was_given_up_it_is_cancelled_there(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(1, "pm_3ds")
    intent = stripe.only_intent()
    stripe.fail("/cancel", "unheard")
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    settle_payments(order.pk)
    stripe.approve(intent)
    told(stripe, send)
    due_now()
    settle_payments()

    assert intent["status"] == "canceled"
    assert (Order.objects.get().status, money(order)) == ("cancelled", (D(0), D(0), D(0), D(0)))


# --- refunds and disputes


@audited
def test_a_refund_on_stripes_own_pages_is_booked_with_its_credit_note(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(2)
    dispatched(order)
    refund = stripe.refund_by_hand(stripe.only_intent(), 500)
    told(stripe, send)
    told(stripe, send)

    row = Refund.objects.get()
    assert (row.amount, row.status, row.granted_by, row.note) == (
        D("5.00"),
        "succeeded",
        "stripe",
        f"stripe {refund['id']}",
    )
    assert money(order) == (D("29.90"), D("29.90"), D("5.00"), D(0))
    assert (CreditNote.objects.get().total, Order.objects.get().payment_status) == (D("5.00"), "partially_refunded")
    assert asks(order) == [("refunded_at_gateway", "open")]
    assert Notification.objects.filter(template="orders/mail/refunded").count() == 1
    call_command("audit")


@audited
def test_a_refund_that_the_bank_returns_is_owed_again(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(2)
    dispatched(order)
    granted = grant_refund(order.pk, amount=D("5.00"), reason="staff", by=SYSTEM)
    settle_payments(order.pk)
    (first,) = stripe.refunds.values()
    stripe.end_refund(first, "failed")
    told(stripe, send)

    granted.refresh_from_db()
    assert (granted.status, money(order)[2]) == ("failed", D(0))
    assert asks(order) == [("refund_failed", "open")]
    assert order.events.get(type="payment.reversed").data["kind"] == "refund"
    call_command("audit")

    retry_refund(granted.pk, by=SYSTEM)
    settle_payments(order.pk)
    granted.refresh_from_db()
    assert (granted.status, money(order)[2]) == ("succeeded", D("5.00"))
    assert asks(order) == [("refund_failed", "resolved")]
    told(stripe, send)
    assert money(order)[2] == D("5.00")
    call_command("audit")


@audited
def test_a_chargeback_and_what_the_bank_decides(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(2)
    dispatched(order)
    dispute = stripe.dispute(stripe.only_intent(), 2990)
    told(stripe, send)

    row = Order.objects.get(pk=order.pk)
    assert (row.payment_status, money(order)) == ("refunded", (D("29.90"), D("29.90"), D("29.90"), D("29.90")))
    assert order.payments.get().transactions.get(kind="chargeback").gateway_ref == dispute["id"]
    asked = order.exceptions.get()
    assert asked.category == "chargeback"
    assert "takes back €29.90. Reason: product not received." in summary(asked)
    assert "answered by: 2026-09-21 " in summary(asked)
    call_command("audit")

    stripe.decide(dispute, "won")
    told(stripe, send)
    assert (Order.objects.get(pk=order.pk).payment_status, money(order)[2]) == ("paid", D(0))
    assert asks(order) == [("chargeback", "resolved")]
    assert order.events.get(type="payment.reversed").data["kind"] == "chargeback"
    call_command("audit")


@audited
@pytest.mark.parametrize("granted", ["10.00", "29.90"])
def test_a_chargeback_leaves_room_for_a_refund_that_is_under_way(
    buy: Buy, stripe: FakeStripe, send: Send, granted: str
) -> None:
    """Both can't take the same money: what the refund has spoken for stays free for its late success."""
    order = buy(2, "pm_refund_later")
    dispatched(order)
    refund = grant_refund(order.pk, amount=D(granted), reason="staff", by=SYSTEM)
    settle_payments(order.pk)
    (pending,) = stripe.refunds.values()
    dispute = stripe.dispute(stripe.only_intent(), 2990)
    told(stripe, send)
    assert money(order)[2] == D("29.90") - D(granted)
    assert "takes back €29.90." in summary(order.exceptions.get())
    call_command("audit")

    stripe.end_refund(pending, "succeeded")
    due_now()
    assert settle_payments() == 1
    told(stripe, send)

    refund.refresh_from_db()
    assert (refund.status, money(order)[2]) == ("succeeded", D("29.90"))
    assert asks(order) == [("chargeback", "open")]
    assert {status for status, _ in statuses()} == {"processed"}
    call_command("audit")

    stripe.decide(dispute, "won")
    told(stripe, send)
    assert (money(order)[2], asks(order)) == (D(granted), [("chargeback", "resolved")])
    call_command("audit")


@audited
@pytest.mark.parametrize("decision", ["won", "lost"])
def test_a_chargeback_takes_what_a_failed_refund_left(buy: Buy, stripe: FakeStripe, send: Send, decision: str) -> None:
    order = buy(2, "pm_refund_later")
    dispatched(order)
    refund = grant_refund(order.pk, amount=D("10.00"), reason="staff", by=SYSTEM)
    settle_payments(order.pk)
    (pending,) = stripe.refunds.values()
    dispute = stripe.dispute(stripe.only_intent(), 2990)
    told(stripe, send)
    PaymentTransaction.objects.filter(kind="refund").update(attempts=5)
    stripe.end_refund(pending, "failed")
    told(stripe, send)

    refund.refresh_from_db()
    assert (refund.status, money(order)[2]) == ("failed", D("29.90"))
    taken = order.payments.get().transactions.filter(kind="chargeback").order_by("pk")
    assert list(taken.values_list("amount", "gateway_ref")) == [
        (D("19.90"), dispute["id"]),
        (D("10.00"), dispute["id"]),
    ]
    assert asks(order) == [("chargeback", "open"), ("refund_failed", "open")]
    call_command("audit")

    for _ in range(2):
        stripe.decide(dispute, decision)
        told(stripe, send)
    assert money(order)[2] == (D(0) if decision == "won" else D("29.90"))
    assert order.events.filter(type="payment.charged_back").count() == 2
    call_command("audit")


def test_a_lost_dispute_is_owed_again(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(2)
    dispatched(order)
    dispute = stripe.dispute(stripe.only_intent(), 1000)
    told(stripe, send)
    stripe.decide(dispute, "lost")
    told(stripe, send)
    told(stripe, send)

    assert money(order) == (D("29.90"), D("29.90"), D("10.00"), D("10.00"))
    assert asks(order) == [("chargeback", "resolved"), ("chargeback_lost", "open")]


def test_an_answered_dispute_is_no_question_any_more(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(2)
    dispatched(order)
    dispute = stripe.dispute(stripe.only_intent(), 1000)
    told(stripe, send)
    stripe.decide(dispute, "under_review")
    told(stripe, send)
    assert (asks(order), money(order)[2]) == ([("chargeback", "resolved")], D("10.00"))
    stripe.decide(dispute, "lost")
    for _ in range(2):
        stripe.events.append(stripe.event("charge.dispute.closed", dispute))
        told(stripe, send)
    assert asks(order) == [("chargeback", "resolved"), ("chargeback_lost", "open")]


def test_an_inquiry_moves_no_money(buy: Buy, stripe: FakeStripe, send: Send) -> None:
    order = buy(2)
    dispatched(order)
    stripe.dispute(stripe.only_intent(), 2990, status="warning_needs_response")
    told(stripe, send)

    assert (money(order)[2], asks(order)) == (D(0), [("chargeback", "open")])
    assert "asks about" in summary(order.exceptions.get())


# --- any order


@pytest.mark.parametrize("sequence", list(permutations(range(4))))
def test_news_in_any_order_comes_to_the_same(
    buy: Buy, stripe: FakeStripe, send: Send, sequence: tuple[int, ...]
) -> None:
    """Approved, charged, refunded over there, disputed: each told late, in every order, and twice."""
    order = buy(2, "pm_3ds")
    intent = stripe.only_intent()
    stripe.events.clear()
    stripe.approve(intent)
    first = stripe.events[0]
    send(first)
    work_off_notices()
    dispatched(Order.objects.get())
    stripe.refund_by_hand(intent, 500)
    stripe.dispute(intent, 1000)
    news = [*stripe.events]
    assert [event["type"] for event in news] == [
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
        "refund.created",
        "charge.dispute.created",
    ]

    for i in (*sequence, *reversed(sequence)):
        assert send(news[i]) == 200
        work_off_notices()

    assert money(order) == (D("29.90"), D("29.90"), D("15.00"), D("10.00"))
    kinds = sorted(order.payments.get().transactions.values_list("kind", "status", "amount"))
    assert kinds == [
        ("authorization", "success", D("29.90")),
        ("charge", "success", D("29.90")),
        ("chargeback", "success", D("10.00")),
        ("refund", "success", D("5.00")),
    ]
    assert {status for status, _ in statuses()} == {"processed"}
