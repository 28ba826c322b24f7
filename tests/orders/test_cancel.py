"""Cancelling before dispatch: units, stock and money go back; what has left stays."""

from decimal import Decimal as D

import pytest

from orders.errors import NotCancellable
from orders.kernel.actor import SYSTEM
from orders.models import Order, OrderCancellation, OrderEvent, Payment, PaymentTransaction, Refund
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.confirm import confirm_order
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.record_refund import record_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from warehouse.models import Allocation, StockLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    for sku, price in (("MUG", "12.50"), ("CUP", "3.33")):
        StockLevelFactory(product=ProductFactory(sku=sku, price=D(price)), on_hand=10)


def an_order_of(payment: PayBy | None) -> Order:
    wanted = an_order(
        WantedLine(sku="MUG", quantity=2), WantedLine(sku="CUP", quantity=3), payment=payment, discount=D("1.00")
    )
    return place_order(wanted, by=SYSTEM)


def test_a_whole_paid_order(shop: None) -> None:
    order = an_order_of(PAID)

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    order.refresh_from_db()
    assert (order.status, order.fulfillment_status) == ("cancelled", "not_required")
    assert (order.total, order.tax_total, order.shipping_total, order.items_total) == (D(0), D(0), D(0), D(0))
    assert [(line.cancelled, line.allocated, line.amount) for line in order.lines.all()] == [
        (2, 0, D(0)),
        (3, 0, D(0)),
    ]
    assert set(StockLevel.objects.values_list("allocated", flat=True)) == {0}
    assert not Allocation.objects.filter(status="open").exists()
    void = PaymentTransaction.objects.get(kind="void")
    assert (void.status, void.amount) == ("pending", D("38.89"))
    cancellation = OrderCancellation.objects.get()
    assert (cancellation.amount, cancellation.lines.count()) == (D("38.89"), 2)

    assert settle_payments(order.pk) == 1
    order.refresh_from_db()
    assert (order.payment_status, order.authorized_total, order.balance) == ("voided", D(0), D(0))
    assert Payment.objects.get().status == "voided"
    assert order.events.filter(type="payment.voided").count() == 1


def test_part_of_a_line_takes_its_share_along(shop: None) -> None:
    order = an_order_of(PAID)
    cups = order.lines.get(sku="CUP")
    assert (cups.amount, cups.order_discount) == (D("9.70"), D("0.29"))

    cancel_order(order.pk, reason=CancelReason.STAFF, lines={cups.public_id: 1}, by=SYSTEM)

    order.refresh_from_db()
    cups.refresh_from_db()
    assert (cups.cancelled, cups.allocated, cups.amount) == (1, 2, D("6.47"))
    assert (order.status, order.total) == ("confirmed", D("35.66"))
    assert order.total == order.items_total - order.discount_total + order.shipping_total
    settle_payments(order.pk)
    order.refresh_from_db()
    assert (order.authorized_total, order.balance, order.payment_status) == (D("35.66"), D(0), "authorized")


def test_every_unit_one_by_one_gives_all_of_it_back(shop: None) -> None:
    order = an_order_of(PAID)

    for line in order.lines.all():
        for _ in range(line.ordered):
            cancel_order(order.pk, reason=CancelReason.STAFF, lines={line.public_id: 1}, by=SYSTEM)

    settle_payments(order.pk)
    order.refresh_from_db()
    assert (order.status, order.total, order.tax_total, order.discount_total) == ("cancelled", D(0), D(0), D(0))
    assert (order.authorized_total, order.payment_status) == (D(0), "voided")


def test_money_that_was_captured_is_refunded(shop: None) -> None:
    order = an_order_of(PayBy(gateway="manual"))
    record_payment(order.pk, amount=D("38.89"), by=SYSTEM)

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    record_refund(Refund.objects.get().pk, by=SYSTEM)

    order.refresh_from_db()
    assert (order.payment_status, order.captured_total, order.refunded_total) == ("refunded", D("38.89"), D("38.89"))
    assert (order.balance, order.credited_total) == (D(0), D(0))
    assert Refund.objects.get().status == "succeeded"


def test_a_payment_that_nobody_made_is_given_up(shop: None) -> None:
    order = an_order_of(PayBy(gateway="sandbox", token="tok_requires_action"))

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)

    order.refresh_from_db()
    payment = order.payments.get()
    assert (order.status, payment.status, payment.action_url) == ("cancelled", "voided", None)
    told = payment.transactions.order_by("pk").values_list("kind", "status", "error_code", "amount")
    assert list(told) == [
        ("authorization", "failure", "not_wanted", payment.amount),
        ("cancellation", "pending", "", payment.amount),
    ]
    assert settle_payments(order.pk) == 1
    assert payment.transactions.get(kind="cancellation").status == "success"
    payment.refresh_from_db()
    assert (payment.status, payment.authorized_amount) == ("voided", 0)


def test_a_second_cancel_is_refused_and_changes_nothing(shop: None) -> None:
    order = an_order_of(None)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)
    events = OrderEvent.objects.count()

    with pytest.raises(NotCancellable):
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)

    assert (OrderEvent.objects.count(), OrderCancellation.objects.count()) == (events, 1)


@pytest.mark.parametrize("quantity", [0, 3, -1])
def test_more_than_there_is_is_refused(shop: None, quantity: int) -> None:
    order = an_order_of(None)
    line = order.lines.get(sku="MUG")

    with pytest.raises(NotCancellable):
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line.public_id: quantity}, by=SYSTEM)

    line.refresh_from_db()
    assert (line.cancelled, OrderCancellation.objects.count()) == (0, 0)


def test_a_confirmed_unpaid_order_can_be_cancelled(shop: None) -> None:
    order = an_order_of(None)
    confirm_order(order.pk, by=SYSTEM)

    cancel_order(order.pk, reason=CancelReason.FRAUD, by=SYSTEM)

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("cancelled", "unpaid")


def test_an_order_whose_rest_is_paid_by_hand_goes_on(shop: None) -> None:
    order = an_order_of(None)
    record_payment(order.pk, amount=D("26.74"), by=SYSTEM)
    mugs = order.lines.get(sku="MUG")

    cancelled = cancel_order(order.pk, reason=CancelReason.STAFF, lines={mugs.public_id: 1}, by=SYSTEM)

    assert (cancelled.status, cancelled.payment_status, cancelled.balance) == ("confirmed", "paid", D(0))
    assert cancelled.total < order.total
    types = OrderEvent.objects.filter(order=order, type__startswith="order.").order_by("seq")
    assert [e.type for e in types] == ["order.placed", "order.cancelled", "order.confirmed"]


@pytest.mark.parametrize("refund", [True, False])
def test_a_given_up_payment_shows_on_the_order(shop: None, refund: bool) -> None:
    order = an_order_of(PayBy(gateway="sandbox", token="tok_requires_action"))

    cancelled = cancel_order(order.pk, reason=CancelReason.CUSTOMER, refund=refund, by=SYSTEM)

    assert (cancelled.status, cancelled.payment_status) == ("cancelled", "voided")
    assert PaymentTransaction.objects.get(status="pending").kind == "cancellation"  # the gateway is still to hear
