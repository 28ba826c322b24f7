"""What goes back to customers, and what doesn't: never what they still owe, never twice, and in the end all of it."""

from decimal import Decimal as D

import pytest

from orders.errors import NotRefundable
from orders.models import Channel, CreditNote, Order, OrderLine, Payment, Refund
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.complete import complete_if_done
from orders.services.count import Change, count
from orders.services.place import place_order
from orders.services.promised import promised, refundable
from orders.services.record_payment import record_payment
from orders.services.record_refund import record_refund
from orders.services.refund import credit_units, grant_refund
from orders.services.retry_refund import retry_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason, CaptureAt
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.value import ANN
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from tests.orders.test_invoice_refund import asked, ship

pytestmark = pytest.mark.django_db
MANUAL = PayBy(gateway="manual")


@pytest.fixture(autouse=True)
def shop() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG", price=D("12.50"), tax_rate=D("0.19")), on_hand=1000)


def mugs(n: int, payment: PayBy | None = PAID) -> Order:
    return place_order(an_order(WantedLine(sku="MUG", quantity=n), payment=payment), by=ANN)


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def come_back(order: Order, n: int = 1) -> Refund | None:
    line = order.lines.get().pk
    refund = credit_units(order.pk, {line: n}, reason="return", cause_kind="return", cause_id="rt_1", by=ANN)
    settle_payments(order.pk)
    return refund


def cancelled(order: Order, n: int = 1, *, refund: bool = True) -> None:
    line = order.lines.get().public_id
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line: n}, refund=refund, by=ANN)
    settle_payments(order.pk)


def test_a_return_pays_nothing_back_that_the_rest_still_costs() -> None:
    order = mugs(2, MANUAL)
    record_payment(order.pk, amount=D("12.50"), by=ANN)
    ship(order, "sh_1", MUG=2)
    assert come_back(order) is None
    order = fresh(order)
    assert (order.captured_total, order.refunded_total, order.balance) == (D("12.50"), D(0), D("4.90"))
    assert order.credit_notes.get().total == D("12.50")
    record_payment(order.pk, amount=D("4.90"), by=ANN)
    refund = come_back(order)
    assert refund is not None
    assert (refund.amount, fresh(order).credited_total) == (D("17.40"), D("29.90"))


def test_a_return_from_a_first_parcel_is_paid_though_the_second_is_only_reserved() -> None:
    order = mugs(2)
    ship(order, "sh_1", MUG=1)
    settle_payments(order.pk)
    refund = come_back(order)
    assert refund is not None
    assert (refund.amount, fresh(order).refunded_total) == (D("12.50"), D("12.50"))
    ship(order, "sh_2", MUG=1)
    settle_payments(order.pk)
    order = fresh(order)
    assert (order.captured_total, order.refunded_total, order.balance) == (D("29.90"), D("12.50"), D(0))


def test_what_is_on_its_way_back_isnt_granted_again() -> None:
    order = mugs(2, MANUAL)
    record_payment(order.pk, amount=D("29.90"), by=ANN)
    cancelled(order)
    assert Refund.objects.get().amount == D("12.50")
    with pytest.raises(NotRefundable, match=r"at most 0\.00 EUR"):
        grant_refund(order.pk, amount=D("12.50"), reason="staff", by=ANN)
    assert Refund.objects.count() == 1
    record_refund(Refund.objects.get().pk, by=ANN)
    order = fresh(order)
    assert (order.refunded_total, order.balance, promised(order)) == (D("12.50"), D(0), D(0))


def failed() -> tuple[Order, Refund]:
    """All was charged and has left; 10.00 of it can't go back to the card."""
    order = mugs(2)
    ship(order, "sh_1", MUG=2)
    settle_payments(order.pk)
    Payment.objects.update(token="tok_refund_fails")
    refund = grant_refund(order.pk, amount=D("10.00"), reason="staff", by=ANN)
    asked(order)
    refund.refresh_from_db()
    assert refund.status == "failed"
    return order, refund


def test_a_refund_that_failed_and_one_more_dont_overlap() -> None:
    order = mugs(3, PAID)
    Order.objects.filter(pk=order.pk).update(captured_total=D("42.40"))
    Payment.objects.update(token="tok_refund_fails", captured_amount=D("42.40"), status="captured")
    cancelled(order)
    asked(order)
    assert (Refund.objects.get().status, refundable(fresh(order))) == ("failed", D("29.90"))
    cancelled(order)
    assert list(Refund.objects.order_by("pk").values_list("amount", flat=True)) == [D("12.50"), D("12.50")]


def test_what_a_gateway_wont_send_goes_by_hand() -> None:
    order, refund = failed()
    record_refund(refund.pk, note="SEPA 4711", by=ANN)
    refund.refresh_from_db()
    order = fresh(order)
    assert (refund.status, order.refunded_total, promised(order)) == ("succeeded", D("10.00"), D(0))
    part = refund.transactions.get(status="success")
    assert (part.past_gateway, part.gateway_ref, part.amount) == (True, "SEPA 4711", D("10.00"))
    assert order.exceptions.get(category="refund_failed").status == "resolved"
    with pytest.raises(NotRefundable, match="Nothing of this refund waits"):
        record_refund(refund.pk, by=ANN)
    with pytest.raises(NotRefundable, match="Only a failed refund"):
        retry_refund(refund.pk, by=ANN)
    assert fresh(order).refunded_total == D("10.00")


@pytest.mark.parametrize("service", [retry_refund, record_refund])
def test_a_refund_that_the_bank_has_taken_already_isnt_sent_again(service) -> None:
    order, refund = failed()
    Payment.objects.update(refunded_amount=D("29.90"))
    Order.objects.filter(pk=order.pk).update(refunded_total=D("29.90"))
    with pytest.raises(NotRefundable, match="has gone back in another way"):
        service(refund.pk, by=ANN)
    refund.refresh_from_db()
    assert (refund.status, refund.transactions.filter(status="pending").count()) == ("failed", 0)


def paid_at_once(n: int) -> Order:
    Channel.objects.update(capture_at=CaptureAt.PLACEMENT)
    order = mugs(n)
    settle_payments(order.pk)
    return order


def test_money_that_is_kept_stays_when_more_is_cancelled() -> None:
    order = paid_at_once(3)
    assert fresh(order).captured_total == D("42.40")
    cancelled(order, refund=False)
    assert not Refund.objects.exists()
    cancelled(order)
    assert Refund.objects.get().amount == D("12.50")
    order = fresh(order)
    assert (order.captured_total, order.refunded_total, order.balance) == (D("42.40"), D("12.50"), D("-12.50"))


def test_an_order_with_kept_money_completes() -> None:
    order = paid_at_once(2)
    cancelled(order, refund=False)
    ship(order, "sh_1", MUG=1)
    count(order.pk, {order.lines.get().pk: Change(delivered=1)})
    assert complete_if_done(order.pk, by=ANN)
    assert (fresh(order).status, fresh(order).balance) == ("completed", D("-12.50"))


def test_money_that_is_owed_to_the_customer_keeps_an_order_open() -> None:
    order = paid_at_once(2)
    Payment.objects.update(token="tok_refund_fails")
    cancelled(order)
    asked(order)
    ship(order, "sh_1", MUG=1)
    count(order.pk, {order.lines.get().pk: Change(delivered=1)})
    assert not complete_if_done(order.pk, by=ANN)


@pytest.mark.parametrize("policy", list(CaptureAt))
@pytest.mark.parametrize("return_first", [True, False])
def test_shipping_comes_back_with_the_last_unit_however_it_goes(policy: CaptureAt, return_first: bool) -> None:
    Channel.objects.update(capture_at=policy)
    order = mugs(2)
    settle_payments(order.pk)
    ship(order, "sh_1", MUG=1)
    settle_payments(order.pk)
    for step in (come_back, cancelled) if return_first else (cancelled, come_back):
        step(order)
    order = fresh(order)
    assert order.captured_total == order.refunded_total == order.authorized_total
    assert (order.total, order.credited_total, order.balance) == (D("17.40"), D("17.40"), D(0))
    assert sum(CreditNote.objects.values_list("shipping", flat=True)) == D("4.90")
    assert OrderLine.objects.get().cancelled == 1


def test_shipping_stays_billed_when_the_money_is_kept() -> None:
    order = paid_at_once(2)
    ship(order, "sh_1", MUG=1)
    come_back(order)
    cancelled(order, refund=False)
    assert fresh(order).credited_total == D("12.50")
