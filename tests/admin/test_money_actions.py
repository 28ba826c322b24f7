"""What staff do about money that a gateway refused to move."""

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from django.test import Client
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.models import Order, Payment, PaymentTransaction, Refund
from orders.requests import PayBy, WantedLine
from orders.roles import Role
from orders.services.cancel import cancel_order
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.admin.acting import act, action_url, done, refusal
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.shipping import confirmed_order, dispatched, stocked
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Two mugs that have left: 29.90."""
    order = confirmed_order([(stocked(ProductFactory(sku="MUG"), 10), 2)])
    Payment.objects.filter(order=order).update(token="tok_capture_fails")
    dispatched(order)
    return order


def refused_for_good(order: Order) -> None:
    for _ in range(5):
        PaymentTransaction.objects.filter(payment__order=order, status="pending").update(due_at=timezone.now())
        settle_payments(order.pk)


def test_the_order_shows_what_was_billed_and_not_charged(boss: Client, order: Order) -> None:
    refused_for_good(order)
    heads = boss.get(f"/admin/orders/order/{order.pk}/change/").context["page"].heads
    assert heads[0] == ("Reserved", "€29.90", False)
    assert heads[3] == ("Billed, not charged", "€29.90", True)


def test_who_may_not_refund_reads_who_may(signed_in: Callable[[Role], Client]) -> None:
    order = confirmed_order([(stocked(ProductFactory(sku="CUP"), 10), 1)])
    page = f"/admin/orders/order/{order.pk}/change/"
    words = "To give money back is a right of its own: ask finance."
    support, finance = signed_in(Role.SUPPORT), signed_in(Role.FINANCE)
    assert words not in support.get(page).content.decode()
    dispatched(order)
    assert words in support.get(page).content.decode()
    assert words not in finance.get(page).content.decode()


def test_charge_again(boss: Client, order: Order) -> None:
    refused_for_good(order)
    payment = order.payments.get()
    payment_page = f"/admin/orders/payment/{payment.pk}/change/"
    assert "Charge again" in boss.get(payment_page).content.decode()
    Payment.objects.filter(order=order).update(token="tok_ok")

    assert done(act(boss, payment, "charge_again"))

    order.refresh_from_db()
    assert (order.captured_total, order.payment_status) == (D("29.90"), "paid")
    assert "Charge again" not in boss.get(payment_page).content.decode()
    told = order.events.get(type="payment.charge_retried")
    assert (told.actor_name, told.public, told.data["amount"]) == ("boss", False, "29.90")


def test_give_up(boss: Client, order: Order) -> None:
    payment = order.payments.get()
    assert "Nothing is reserved" in refusal(act(boss, payment, "give_up"))  # the charge is still being tried
    refused_for_good(order)

    assert done(act(boss, payment, "give_up"))

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (payment.status, order.authorized_total, order.balance) == ("voided", D(0), D("29.90"))
    assert "Nothing is reserved" in refusal(act(boss, payment, "give_up"))
    assert order.events.filter(type="payment.given_up").count() == 1


def test_send_a_refund_again(boss: Client, order: Order) -> None:
    Payment.objects.filter(order=order).update(token="tok_refund_fails")
    refused_for_good(order)  # the capture goes through now
    refund = grant_refund(order.pk, amount=D("5.00"), reason="staff", by=SYSTEM)
    refused_for_good(order)
    Payment.objects.filter(order=order).update(token="tok_ok")

    assert done(act(boss, refund, "retry"))

    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert "Only a failed refund" in refusal(act(boss, refund, "retry"))
    assert Refund.objects.count() == 1


def test_record_what_was_sent_by_hand(boss: Client) -> None:
    ShippingMethodFactory()
    stocked(ProductFactory(sku="MUG"), 10)
    wanted = an_order(WantedLine(sku="MUG", quantity=2), payment=PayBy(gateway="manual"))
    order = place_order(wanted, by=SYSTEM)
    record_payment(order.pk, amount=D("29.90"), by=SYSTEM)
    assert "Record as sent" not in boss.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    refund = Refund.objects.get()
    assert "Record as sent" in boss.get(f"/admin/orders/refund/{refund.pk}/change/").content.decode()

    assert done(act(boss, refund, "record_sent", note="bank 4711"))

    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.status, order.refunded_total) == ("succeeded", D("29.90"))
    assert "Nothing of this refund" in refusal(act(boss, refund, "record_sent"))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.PICKER])
def test_money_is_for_those_who_may(signed_in: Callable[[Role], Client], order: Order, role: Role) -> None:
    assert signed_in(role).get(action_url(order.payments.get(), "give_up")).status_code == 403
