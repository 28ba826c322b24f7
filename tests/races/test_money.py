"""Money moves once, whoever asks at the same time."""

from collections import Counter
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command

from orders.errors import DuplicateExternalRef, NotCancellable, NotRefundable
from orders.gateways.protocol import Answer, Call, Outcome
from orders.gateways.sandbox import Sandbox
from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.models import (
    Invoice,
    Notification,
    Order,
    OrderCancellation,
    OrderEvent,
    Partner,
    Payment,
    PaymentTransaction,
    Refund,
)
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.count import Change, count
from orders.services.invoice import issue_invoice
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.record_refund import record_refund
from orders.services.refund import grant_refund
from orders.services.retry_refund import retry_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import stocked
from tests.orders.requests import PAID, an_order
from tests.orders.test_invoice_refund import asked
from tests.races.runners import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def place(**changes: Any) -> Order:
    return place_order(an_order(WantedLine(sku="MUG", quantity=2), **{"payment": PAID, **changes}), by=SYSTEM)


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    stocked(ProductFactory(sku="MUG"), 100)


def ship(order: Order, cause: str) -> None:
    line = order.lines.get()
    with work(by=SYSTEM):
        count(order.pk, {line.pk: Change(allocated=-2, shipped=2)})
        issue_invoice(order.pk, units={line.pk: 2}, cause_id=cause, by=SYSTEM)


def test_a_capture_is_asked_for_once(shop: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()

    def capture(_self: Sandbox, call: Call) -> Answer:
        asked[call.key] += 1
        return Answer(outcome=Outcome.DONE, ref="x")

    monkeypatch.setattr(Sandbox, "capture", capture)
    orders = [place() for _ in range(5)]
    for i, order in enumerate(orders):
        ship(order, f"sh_{i}")

    settled = at_once([settle_payments] * 6)

    assert sum(settled) == 5  # type: ignore[arg-type]
    assert set(asked.values()) == {1}
    for order in orders:
        order.refresh_from_db()
        assert (order.captured_total, order.payment_status) == (D("29.90"), "paid")


def test_numbers_have_no_gaps_when_many_bill_at_once(shop: None) -> None:
    orders = [place() for _ in range(8)]

    at_once([lambda o=order, i=i: ship(o, f"sh_{i}") for i, order in enumerate(orders)])  # type: ignore[misc]

    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 9))


def test_two_agents_refund_at_once_and_never_too_much(shop: None) -> None:
    order = place()
    ship(order, "sh_1")
    settle_payments(order.pk)

    done = at_once([lambda: grant_refund(order.pk, amount=D("20.00"), reason="staff", by=SYSTEM)] * 4)

    assert [type(x) for x in done].count(NotRefundable) == 3
    assert Refund.objects.get().amount == D("20.00")
    settle_payments(order.pk)
    order.refresh_from_db()
    assert order.refunded_total == D("20.00")


def test_a_double_click_cancels_once(shop: None) -> None:
    order = place()

    done = at_once([lambda: cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)] * 4)

    assert [type(x) for x in done].count(NotCancellable) == 3
    assert OrderCancellation.objects.count() == 1
    assert PaymentTransaction.objects.filter(kind="void").count() == 1


def test_the_same_external_ref_at_once_is_one_order(shop: None) -> None:
    partner = Partner.objects.create(code="shop", name="Shop")
    partner.channels.add(ChannelFactory())
    wanted = an_order(WantedLine(sku="MUG", quantity=1), external_ref="web-1")

    done = at_once([lambda: place_order(wanted, by=SYSTEM, partner=partner)] * 6)

    assert [type(x) for x in done].count(DuplicateExternalRef) == 5
    assert Order.objects.get().lines.get().allocated == 1


def test_two_agents_record_the_same_refund_as_sent(shop: None) -> None:
    """Money that came by bank goes back by bank: whoever says it second is told that nothing waits any more."""
    for _ in range(2):
        order = place(payment=PayBy(gateway="manual"))
        record_payment(order.pk, amount=D("29.90"), by=SYSTEM)
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
        refund = Refund.objects.get(order=order)
        assert refund.status == "pending"

        done = at_once([partial(record_refund, refund.pk, note=f"bank {n}", by=SYSTEM) for n in range(3)])

        assert Counter(type(x) for x in done) == {Refund: 1, NotRefundable: 2}
        refund.refresh_from_db()
        order.refresh_from_db()
        assert (refund.status, order.refunded_total) == ("succeeded", D("29.90"))
        sent = refund.transactions.get()
        assert (sent.status, sent.amount) == ("success", D("29.90"))
        assert OrderEvent.objects.filter(order=order, type="payment.refunded").count() == 1
        assert Notification.objects.filter(order=order, template="orders/mail/refunded").count() == 1
        assert list(order.exceptions.values_list("category", "status")) == [("refund_by_hand", "resolved")]
    call_command("audit", verbosity=0)


def test_two_agents_send_a_failed_refund_again(shop: None) -> None:
    """The gateway is asked for it once more, not twice."""
    for _ in range(2):
        order = place()
        ship(order, f"sh_{order.pk}")
        settle_payments(order.pk)
        Payment.objects.filter(order=order).update(token="tok_refund_fails")
        refund = grant_refund(order.pk, amount=D("20.00"), reason="staff", by=SYSTEM)
        asked(order)
        refund.refresh_from_db()
        assert refund.status == "failed"
        Payment.objects.filter(order=order).update(token="tok_ok")

        done = at_once([partial(retry_refund, refund.pk, by=SYSTEM)] * 3)

        assert Counter(type(x) for x in done) == {Refund: 1, NotRefundable: 2}
        assert OrderEvent.objects.filter(order=order, type="payment.refund_retried").count() == 1
        settle_payments(order.pk)
        refund.refresh_from_db()
        order.refresh_from_db()
        assert (refund.status, order.refunded_total) == ("succeeded", D("20.00"))
        tries = refund.transactions.order_by("pk").values_list("status", "amount")
        assert list(tries) == [("failure", D("20.00")), ("success", D("20.00"))]
