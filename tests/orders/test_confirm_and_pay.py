"""Confirming by hand, recording money that came in, and what a customer does at the gateway."""

from decimal import Decimal as D

import pytest

from orders.admin.order_actions import RECORD_PAYMENT
from orders.drafts import DraftLine
from orders.errors import NotConfirmable, NotPayable
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import Order, OrderEvent, Payment, PaymentTransaction
from orders.requests import PayBy, WantedLine
from orders.services.complete_action import complete_action
from orders.services.confirm import confirm_order
from orders.services.draft import create_draft, discard_draft
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db
STAFF = Actor(kind=ActorKind.STAFF, name="sam", id=7)


def place(payment: PayBy | None = None) -> Order:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=10)
    return place_order(an_order(WantedLine(sku="MUG", quantity=1), payment=payment), by=SYSTEM)


def test_staff_confirm_an_unpaid_order() -> None:
    order = place()

    confirm_order(order.pk, by=STAFF)

    order.refresh_from_db()
    assert (order.status, order.version) == ("confirmed", 2)
    event = order.events.get(type="order.confirmed")
    assert (event.actor_kind, event.actor_name, event.actor_id) == ("staff", "sam", 7)


def test_it_is_confirmed_once() -> None:
    order = place()
    confirm_order(order.pk, by=STAFF)
    events = OrderEvent.objects.count()

    with pytest.raises(NotConfirmable):
        confirm_order(order.pk, by=STAFF)

    assert OrderEvent.objects.count() == events


def test_all_the_money_confirms_the_order() -> None:
    order = place(PayBy(gateway="manual"))

    record_payment(order.pk, amount=D("17.40"), note="transfer of Monday", by=STAFF)

    order.refresh_from_db()
    assert (order.status, order.payment_status, order.balance) == ("confirmed", "paid", D(0))
    payment = Payment.objects.get()
    assert (payment.status, payment.captured_amount, payment.gateway_ref) == (
        "captured",
        D("17.40"),
        "transfer of Monday",
    )
    assert PaymentTransaction.objects.get().status == "success"


def test_a_part_of_the_money_does_not() -> None:
    order = place()

    record_payment(order.pk, amount=D("10.00"), by=STAFF)

    order.refresh_from_db()
    assert (order.status, order.payment_status, order.balance) == ("placed", "partially_paid", D("7.40"))
    record_payment(order.pk, amount=D("7.40"), by=STAFF)
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")


@pytest.mark.parametrize("amount", ["0", "-5", "17.41", "1.234"])
def test_amounts_that_cannot_be(amount: str) -> None:
    order = place()

    with pytest.raises(NotPayable):
        record_payment(order.pk, amount=D(amount), by=STAFF)

    order.refresh_from_db()
    assert (Payment.objects.count(), order.captured_total, order.version) == (0, D(0), 1)


def test_a_draft_that_was_given_up_takes_no_payment() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=5)
    draft = create_draft(an_order(DraftLine(sku="MUG", quantity=1)), by=STAFF)
    discard_draft(draft.pk, by=STAFF)
    order = Order.objects.get()
    assert (order.status, order.total, RECORD_PAYMENT.fits(order)) == ("expired", D("17.40"), False)
    events = OrderEvent.objects.count()

    with pytest.raises(NotPayable) as refusal:
        record_payment(order.pk, amount=D("17.40"), by=STAFF)

    assert refusal.value.detail == "This draft was given up before anybody ordered it; it takes no payment."
    assert (Payment.objects.count(), OrderEvent.objects.count()) == (0, events)
    assert Order.objects.values_list("captured_total", "version").get() == (D(0), order.version)


def test_a_customer_who_approves() -> None:
    order = place(PayBy(gateway="sandbox", token="tok_requires_action"))

    settled = complete_action(order.payments.get().public_id, approved=True, by=SYSTEM)

    order.refresh_from_db()
    assert settled.refusal is None
    assert (order.status, order.payment_status) == ("confirmed", "authorized")
    payment = order.payments.get()
    assert (payment.status, payment.action_url) == ("authorized", None)


def test_a_customer_who_declines_and_thinks_again() -> None:
    order = place(PayBy(gateway="sandbox", token="tok_requires_action"))
    payment = order.payments.get()

    settled = complete_action(payment.public_id, approved=False, by=SYSTEM)

    order.refresh_from_db()
    assert settled.refusal is not None
    assert (order.status, order.payment_status) == ("placed", "unpaid")
    assert order.payments.get().status == "failed"
    assert order.lines.get().allocated == 1
    with pytest.raises(NotPayable):
        complete_action(payment.public_id, approved=True, by=SYSTEM)
