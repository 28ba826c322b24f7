"""What is reserved or taken beyond what is owed goes back, and what is missing is asked for, whatever came first."""

from decimal import Decimal as D

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.errors import NotRefundable
from orders.gateways.protocol import Answer, Call
from orders.gateways.sandbox import Sandbox
from orders.kernel.actor import CUSTOMER, SYSTEM, Actor, ActorKind
from orders.models import CreditNote, Notification, Order, Payment, PaymentTransaction, Refund
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.complete_action import complete_action
from orders.services.confirm import confirm_order
from orders.services.give_up_payment import give_up_payment
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.record_refund import record_refund
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason
from returns.services.inspect_return import Finding, inspect_return
from returns.states import Condition, Disposition
from tests.factories.orders import ProductFactory
from tests.factories.returns import ReturnRuleFactory, line_ids, received, requested
from tests.factories.shipping import PACKER, delivered, dispatched, ready, stocked
from tests.orders.requests import PAID, an_order

pytestmark = pytest.mark.django_db
ACTION = PayBy(gateway="sandbox", token="tok_requires_action")
BY_HAND = PayBy(gateway="manual")
# The audit reads one snapshot of what is committed.
audited = pytest.mark.django_db(transaction=True)
ANN = Actor(kind=ActorKind.STAFF, name="ann")


@pytest.fixture(autouse=True)
def shop() -> None:
    """Mugs at 12.50; shipping is 4.90."""
    from tests.factories.shipping import CarrierServiceFactory

    CarrierServiceFactory()
    ReturnRuleFactory()
    stocked(ProductFactory(sku="MUG"), 50)


def bought(mugs: int = 1, payment: PayBy | None = PAID) -> Order:
    return place_order(an_order(WantedLine(sku="MUG", quantity=mugs), payment=payment), by=SYSTEM)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def money(order: Order) -> tuple[D, D, D, D]:
    """Reserved in all, charged, given back, still owed."""
    row = now(order)
    return row.authorized_total, row.captured_total, row.refunded_total, row.balance


def sent_back(order: Order) -> None:
    """Every mug returned, accepted, credited."""
    returning = received(requested(now(order), {"MUG": order.lines.get().active}))
    accepted = Finding(
        line=line_ids(returning)["MUG"],
        accepted=order.lines.get().active,
        condition=Condition.NEW,
        disposition=Disposition.RESTOCK,
    )
    inspect_return(returning.pk, findings=[accepted], by=PACKER)
    settle_payments(order.pk)


def approved(order: Order) -> None:
    complete_action(order.payments.get(gateway="sandbox").public_id, approved=True, by=CUSTOMER)
    settle_payments(order.pk)


def asks(order: Order) -> list[tuple[str, str]]:
    return list(order.exceptions.order_by("pk").values_list("category", "status"))


# --- the customer approves late


def test_an_approval_after_staff_had_confirmed_is_booked() -> None:
    order = bought(payment=ACTION)
    confirm_order(order.pk, by=ANN)

    approved(order)

    assert money(order) == (D("17.40"), D(0), D(0), D(0))
    assert order.events.filter(type="order.confirmed").count() == 1


def test_paid_by_bank_meanwhile_the_approval_is_not_wanted_any_more() -> None:
    order = bought(payment=ACTION)
    record_payment(order.pk, amount=D("17.40"), by=ANN)

    payment = order.payments.get(gateway="sandbox")
    assert (payment.status, payment.action_url) == ("voided", None)
    assert now(order).payment_status == "paid"


def test_paid_in_part_meanwhile_only_the_rest_stays_reserved() -> None:
    order = bought(payment=ACTION)
    record_payment(order.pk, amount=D("5.00"), by=ANN)

    approved(order)

    assert money(order) == (D("17.40"), D("5.00"), D(0), D(0))
    assert order.payments.get(gateway="sandbox").authorized_amount == D("12.40")
    assert now(order).status == "confirmed"


def test_cancelled_in_part_meanwhile_only_the_rest_stays_reserved() -> None:
    order = bought(2, payment=ACTION)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={order.lines.get().public_id: 1}, by=CUSTOMER)

    approved(order)

    assert money(order) == (D("17.40"), D(0), D(0), D(0))
    delivered(now(order))
    assert now(order).status == "completed"


def test_a_declined_approval_holds_the_order_and_asks_a_person() -> None:
    order = bought(payment=ACTION)

    complete_action(order.payments.get().public_id, approved=False, by=CUSTOMER)

    assert order.holds.get().reason == "awaiting_payment"
    assert asks(order) == [("payment_missing", "open")]
    assert Notification.objects.filter(order=order, template="orders/mail/held").count() == 1
    record_payment(order.pk, amount=D("17.40"), by=ANN)
    assert now(order).status == "confirmed"
    assert asks(order) == [("payment_missing", "resolved")]
    assert order.holds.get().released_at is not None


# --- given up


def test_goods_wait_once_their_payment_is_given_up() -> None:
    order = bought()

    give_up_payment(order.payments.get().pk, by=ANN)
    settle_payments(order.pk)

    assert money(order) == (D(0), D(0), D(0), D("17.40"))
    assert order.holds.get().reason == "awaiting_payment"
    assert asks(order) == [("payment_missing", "open")]
    record_payment(order.pk, amount=D("17.40"), by=ANN)
    assert order.holds.get().released_at is not None
    assert asks(order) == [("payment_missing", "resolved")]


def test_cancelling_answers_the_question_about_money() -> None:
    order = bought()
    give_up_payment(order.payments.get().pk, by=ANN)

    cancel_order(order.pk, reason=CancelReason.FRAUD, by=ANN)

    assert asks(order) == [("payment_missing", "resolved")]
    assert not order.holds.filter(released_at=None).exists()


# --- by hand


def test_an_announced_payment_that_came_in_two_parts_is_not_awaited_any_more() -> None:
    order = bought(payment=BY_HAND)
    record_payment(order.pk, amount=D("10.00"), by=ANN)
    record_payment(order.pk, amount=D("7.40"), by=ANN)

    statuses = order.payments.order_by("pk").values_list("status", "amount")
    assert list(statuses) == [("voided", D("17.40")), ("captured", D("10.00")), ("captured", D("7.40"))]
    assert now(order).payment_status == "paid"


@audited
def test_nobody_says_that_money_was_sent_before_somebody_sent_it() -> None:
    order = bought(payment=BY_HAND)
    record_payment(order.pk, amount=D("17.40"), by=ANN)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
    settle_payments(order.pk)
    settle_payments()

    refund = Refund.objects.get()
    assert (refund.status, money(order)[2]) == ("pending", D(0))
    assert asks(order) == [("refund_by_hand", "open")]
    assert not Notification.objects.filter(template="orders/mail/refunded").exists()

    record_refund(refund.pk, note="bank 4711", by=ANN)

    refund.refresh_from_db()
    assert (refund.status, money(order)[2], money(order)[3]) == ("succeeded", D("17.40"), D(0))
    assert refund.transactions.get().gateway_ref == "bank 4711"
    assert asks(order) == [("refund_by_hand", "resolved")]
    assert Notification.objects.filter(template="orders/mail/refunded").count() == 1
    with pytest.raises(NotRefundable, match="Nothing of this refund"):
        record_refund(refund.pk, by=ANN)
    call_command("audit")


# --- cancelled without a refund


def test_without_a_refund_what_is_only_reserved_goes_back_all_the_same() -> None:
    order = bought(2)
    cancel_order(order.pk, reason=CancelReason.STAFF, lines={order.lines.get().public_id: 1}, refund=False, by=ANN)
    settle_payments(order.pk)

    assert money(order) == (D("17.40"), D(0), D(0), D(0))


def test_without_a_refund_what_was_taken_stays() -> None:
    order = bought(2, payment=BY_HAND)
    record_payment(order.pk, amount=D("29.90"), by=ANN)
    cancel_order(order.pk, reason=CancelReason.STAFF, lines={order.lines.get().public_id: 1}, refund=False, by=ANN)

    assert (Refund.objects.count(), now(order).payment_status) == (0, "overpaid")


# --- returned


@audited
def test_a_full_unwind_gives_back_exactly_what_was_paid() -> None:
    order = bought(3)
    delivered(order)

    sent_back(order)

    assert money(order) == (D("42.40"), D("42.40"), D("42.40"), D(0))
    note = CreditNote.objects.get()
    assert (note.total, note.shipping, note.shipping_tax) == (D("42.40"), D("4.90"), order.shipping_tax)
    assert note.tax == order.tax_total
    call_command("audit")


@audited
def test_goodwill_counts_against_what_comes_back_later() -> None:
    order = bought()
    delivered(order)
    grant_refund(order.pk, amount=D("5.00"), reason="goodwill", by=ANN)
    settle_payments(order.pk)

    sent_back(order)

    assert money(order) == (D("17.40"), D("17.40"), D("17.40"), D(0))
    assert list(CreditNote.objects.order_by("pk").values_list("total", flat=True)) == [D("5.00"), D("12.40")]
    assert asks(order) == []
    call_command("audit")


@audited
def test_goods_that_were_never_paid_are_credited_and_the_order_ends() -> None:
    order = bought(payment=None)
    confirm_order(order.pk, by=ANN)
    delivered(now(order))

    sent_back(order)

    assert money(order) == (D(0), D(0), D(0), D(0))
    assert (Refund.objects.count(), CreditNote.objects.get().total) == (0, D("17.40"))
    assert now(order).status == "completed"
    call_command("audit")


def test_goods_that_came_back_before_their_money_was_in() -> None:
    order = bought(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    delivered(order)
    sent_back(order)
    assert money(order) == (D("17.40"), D(0), D(0), D("-17.40"))
    Payment.objects.update(token="tok_ok")
    PaymentTransaction.objects.filter(status="pending").update(due_at=timezone.now())

    settle_payments(order.pk)  # the money comes in,
    settle_payments(order.pk)  # and goes back

    assert money(order) == (D("17.40"), D("17.40"), D("17.40"), D(0))
    assert now(order).status == "completed"


def test_before_anything_was_billed_nothing_that_is_owed_goes_back() -> None:
    order = bought(2, payment=BY_HAND)
    record_payment(order.pk, amount=D("29.90"), by=ANN)

    with pytest.raises(NotRefundable, match="Nothing was billed yet: cancel units instead"):
        grant_refund(order.pk, amount=D("5.00"), reason="goodwill", by=ANN)

    assert not Refund.objects.exists()


# --- a debt that breaks off


def test_a_debt_that_breaks_off_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = bought(), bought()
    for order in (broken, fine):
        dispatched_unpaid(order)
    poison = PaymentTransaction.objects.get(kind="charge", payment__order=broken)
    capture = Sandbox.capture

    def fragile(self: Sandbox, call: Call) -> Answer:
        if call.key == poison.idempotency_key:
            raise KeyError("unexpected answer")
        return capture(self, call)

    monkeypatch.setattr(Sandbox, "capture", fragile)
    for _ in range(5):
        PaymentTransaction.objects.filter(status="pending").update(due_at=timezone.now())
        settle_payments()

    assert money(fine)[1] == D("17.40")
    poison.refresh_from_db()
    assert (poison.status, poison.attempts, poison.leased_until) == ("pending", 5, None)
    assert asks(broken) == [("payment_broke_off", "open")]
    monkeypatch.setattr(Sandbox, "capture", capture)
    PaymentTransaction.objects.filter(status="pending").update(due_at=timezone.now())
    settle_payments()
    assert money(broken)[1] == D("17.40")


def dispatched_unpaid(order: Order) -> None:
    from shipping.services.dispatch_shipment import dispatch_shipment

    dispatch_shipment(ready(order).pk, by=PACKER)


def test_a_fresh_debt_belongs_to_the_request_that_made_it() -> None:
    order = bought()
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)

    settle_payments()  # the completer comes by
    assert PaymentTransaction.objects.get(kind="void").status == "pending"
    settle_payments(order.pk)  # the request asks

    assert (PaymentTransaction.objects.get(kind="void").status, money(order)[0]) == ("success", D(0))


def test_a_debt_that_its_request_left_behind_is_completed() -> None:
    order = bought()
    dispatched(order)
    grant_refund(order.pk, amount=D("5.00"), reason="goodwill", by=ANN)
    PaymentTransaction.objects.filter(status="pending").update(due_at=timezone.now())

    settle_payments()

    assert Refund.objects.get().status == "succeeded"
