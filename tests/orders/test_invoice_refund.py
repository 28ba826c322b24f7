"""Bills and credit notes: gapless numbers, and shares that add up to the order whatever their sequence."""

from decimal import Decimal as D

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from orders.errors import NotPayable, NotRefundable
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.kernel.work import work
from orders.models import CreditNote, Invoice, Order, OrderLine, Payment, PaymentTransaction, Refund
from orders.requests import PayBy, WantedLine
from orders.services.charge_again import charge_again
from orders.services.count import Change, count
from orders.services.give_up_payment import give_up_payment
from orders.services.hold import hold_order
from orders.services.invoice import issue_invoice
from orders.services.place import place_order
from orders.services.promised import refundable
from orders.services.record_payment import record_payment
from orders.services.refund import credit_units, grant_refund
from orders.services.retry_refund import retry_refund
from orders.services.settle import settle_payments
from orders.states import HoldReason
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from tests.properties import many, patience

pytestmark = pytest.mark.django_db
YEAR = timezone.now().year


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    for sku, price, rate in (("MUG", "12.50", "0.19"), ("BOOK", "9.99", "0.07")):
        StockLevelFactory(product=ProductFactory(sku=sku, price=D(price), tax_rate=D(rate)), on_hand=1000)


def an_order_of(*, mugs: int = 2, books: int = 3, payment: PayBy = PAID, discount: str = "1.00") -> Order:
    wanted = an_order(
        WantedLine(sku="MUG", quantity=mugs),
        WantedLine(sku="BOOK", quantity=books),
        payment=payment,
        discount=D(discount),
    )
    return place_order(wanted, by=SYSTEM)


def ship(order: Order, cause: str, **units: int) -> Invoice | None:
    """Count ``units`` by SKU as shipped and bill them, as the shipping floor does."""
    lines = {line.sku: line.pk for line in OrderLine.objects.filter(order=order)}
    chosen = {lines[sku]: n for sku, n in units.items() if n}
    with work(by=SYSTEM):
        count(order.pk, {pk: Change(allocated=-n, shipped=n) for pk, n in chosen.items()})
        return issue_invoice(order.pk, units=chosen, cause_id=cause, by=SYSTEM)


def credited(order: Order, units: dict[int, int]) -> Refund | None:
    """Units (by line pk) came back."""
    return credit_units(order.pk, units, reason="return", cause_kind="return", cause_id="rt_1", by=SYSTEM)


def test_two_parcels_two_bills_that_add_up(shop: None) -> None:
    order = an_order_of()

    first, second = ship(order, "sh_1", MUG=1, BOOK=2), ship(order, "sh_2", MUG=1, BOOK=1)

    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (f"INV-{YEAR}-000001", f"INV-{YEAR}-000002")
    assert (first.shipping, second.shipping) == (D("4.90"), D(0))
    assert first.total + second.total == order.total == D("58.87")
    assert first.tax + second.tax == order.tax_total
    assert list(PaymentTransaction.objects.filter(kind="charge").values_list("amount", "status")) == [
        (first.total, "pending"),
        (second.total, "pending"),
    ]
    settle_payments(order.pk)
    order.refresh_from_db()
    assert (order.captured_total, order.payment_status) == (D("58.87"), "paid")
    assert order.payments.get().status == "captured"


def test_the_same_shipment_is_billed_once(shop: None) -> None:
    order = an_order_of()
    ship(order, "sh_1", MUG=1)

    assert issue_invoice(order.pk, units={order.lines.get(sku="MUG").pk: 1}, cause_id="sh_1", by=SYSTEM) is None

    assert (Invoice.objects.count(), PaymentTransaction.objects.filter(kind="charge").count()) == (1, 1)


def test_a_refused_bill_leaves_no_gap(shop: None) -> None:
    order = an_order_of()
    with pytest.raises(RuntimeError), work(by=SYSTEM):
        issue_invoice(order.pk, units={order.lines.get(sku="MUG").pk: 1}, cause_id="sh_1", by=SYSTEM)
        raise RuntimeError

    invoice = ship(order, "sh_2", MUG=1)

    assert invoice is not None
    assert invoice.sequence == 1


def test_returned_units_give_back_what_they_were_billed(shop: None) -> None:
    order = an_order_of()
    ship(order, "sh_1", MUG=2, BOOK=3)
    settle_payments(order.pk)
    mugs = order.lines.get(sku="MUG")

    refund = credited(order, {mugs.pk: 1})

    assert refund is not None
    assert (refund.status, refund.amount) == ("pending", D("12.28"))
    note = CreditNote.objects.get()
    assert (note.number, note.total, note.refund) == (f"CN-{YEAR}-000001", D("12.28"), refund)
    settle_payments(order.pk)
    order.refresh_from_db()
    assert (order.payment_status, order.refunded_total, order.credited_total, order.balance) == (
        "partially_refunded",
        D("12.28"),
        D("12.28"),
        D(0),
    )


@pytest.mark.parametrize("amount", ["0", "-1", "58.88", "1.001"])
def test_amounts_that_cannot_be_given_back(shop: None, amount: str) -> None:
    order = an_order_of()
    ship(order, "sh_1", MUG=2, BOOK=3)
    settle_payments(order.pk)

    with pytest.raises(NotRefundable):
        grant_refund(order.pk, amount=D(amount), reason="staff", by=SYSTEM)

    assert (Refund.objects.count(), CreditNote.objects.count()) == (0, 0)


def test_units_are_credited_once(shop: None) -> None:
    order = an_order_of()
    ship(order, "sh_1", MUG=2)
    settle_payments(order.pk)
    mugs = order.lines.get(sku="MUG")
    credited(order, {mugs.pk: 2})

    with pytest.raises(NotRefundable):
        credited(order, {mugs.pk: 1})

    assert CreditNote.objects.count() == 1


def test_a_refund_that_the_gateway_refuses_asks_for_a_person(shop: None) -> None:
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_refund_fails"))
    ship(order, "sh_1", MUG=2, BOOK=3)
    settle_payments(order.pk)
    grant_refund(order.pk, amount=D("5.00"), reason="staff", by=SYSTEM)

    settle_payments(order.pk)

    order.refresh_from_db()
    assert order.refunded_total == 0
    problem = order.exceptions.get()
    assert (problem.category, problem.status, problem.severity) == ("refund_failed", "open", "high")
    assert order.events.filter(type="payment.failed").count() == 1


def test_a_capture_that_fails_holds_the_rest(shop: None) -> None:
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    ship(order, "sh_1", MUG=1)

    settle_payments(order.pk)
    settle_payments(order.pk)

    order.refresh_from_db()
    assert (order.captured_total, order.payment_status) == (D(0), "authorized")
    assert order.exceptions.get().category == "capture_failed"
    assert order.holds.get().reason == "awaiting_payment"
    charge = PaymentTransaction.objects.get(kind="charge")
    assert (charge.status, charge.error_code) == ("pending", "capture_failed")


def asked(order: Order, times: int = 5) -> None:
    """The gateway is asked as often as it takes to count as refused for good."""
    for _ in range(times):
        PaymentTransaction.objects.filter(payment__order=order, status="pending").update(due_at=timezone.now())
        settle_payments(order.pk)


def gateway_recovers(order: Order) -> None:
    """From now on the sandbox says yes."""
    Payment.objects.filter(order=order).update(token="tok_ok")


def test_a_late_capture_completes_what_was_delivered(shop: None) -> None:
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    ship(order, "sh_1", MUG=2, BOOK=3)
    settle_payments(order.pk)
    with work(by=SYSTEM):
        count(order.pk, {line.pk: Change(delivered=line.ordered) for line in order.lines.all()})
    gateway_recovers(order)

    asked(order, times=1)

    order.refresh_from_db()
    assert (order.status, order.payment_status, order.balance) == ("completed", "paid", D(0))
    assert order.exceptions.get().status == "resolved"


def test_what_a_refused_capture_held_goes_on_once_the_money_is_in(shop: None) -> None:
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    ship(order, "sh_1", MUG=1)
    settle_payments(order.pk)
    assert order.holds.get().released_at is None
    gateway_recovers(order)

    asked(order, times=1)

    assert order.holds.get().released_at is not None
    assert order.events.filter(type="order.released").count() == 1


def test_what_staff_hold_for_money_stays_held(shop: None) -> None:
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    hold_order(order.pk, reason=HoldReason.AWAITING_PAYMENT, by=Actor(kind=ActorKind.STAFF, name="ann"))
    ship(order, "sh_1", MUG=1)
    settle_payments(order.pk)
    gateway_recovers(order)

    asked(order, times=1)

    assert order.holds.get().released_at is None


def test_a_capture_refused_for_good_is_charged_again(shop: None) -> None:
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    ship(order, "sh_1", MUG=2, BOOK=3)
    asked(order)
    assert PaymentTransaction.objects.get(kind="charge").status == "failure"
    asked(order)  # a person has the next word
    assert PaymentTransaction.objects.filter(kind="charge").count() == 1
    gateway_recovers(order)

    charge_again(order.pk, by=SYSTEM)
    settle_payments(order.pk)

    order.refresh_from_db()
    assert (order.captured_total, order.payment_status, order.balance) == (D("58.87"), "paid", D(0))
    charges = PaymentTransaction.objects.filter(kind="charge").order_by("pk")
    assert [charge.status for charge in charges] == ["failure", "success"]
    assert charges[0].idempotency_key != charges[1].idempotency_key
    with pytest.raises(NotPayable, match="Nothing that was billed"):
        charge_again(order.pk, by=SYSTEM)


def test_a_second_charge_waits_for_the_first(shop: None) -> None:
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    ship(order, "sh_1", MUG=2, BOOK=3)
    settle_payments(order.pk)

    with pytest.raises(NotPayable):
        charge_again(order.pk, by=SYSTEM)
    with pytest.raises(NotPayable, match="Nothing is reserved"):
        give_up_payment(order.payments.get().pk, by=SYSTEM)

    assert PaymentTransaction.objects.filter(kind__in=["charge", "void"]).count() == 1


def test_what_a_gateway_never_charges_is_given_up_and_paid_in_another_way(shop: None) -> None:
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_capture_fails"))
    ship(order, "sh_1", MUG=2, BOOK=3)
    asked(order)

    give_up_payment(order.payments.get().pk, by=SYSTEM)
    settle_payments(order.pk)

    order.refresh_from_db()
    assert (order.authorized_total, order.payment_status, order.balance) == (D(0), "voided", D("58.87"))
    record_payment(order.pk, amount=D("58.87"), by=SYSTEM)
    order.refresh_from_db()
    assert (order.captured_total, order.payment_status, order.balance) == (D("58.87"), "paid", D(0))


def paid_twice() -> Order:
    """Half of it by a card that takes nothing back, half by another after it; all of it has left."""
    order = an_order_of(payment=PayBy(gateway="sandbox", token="tok_ok"))
    ship(order, "sh_1", MUG=2, BOOK=3)
    settle_payments(order.pk)
    card = order.payments.get()
    other = Payment.objects.create(order=order, gateway="sandbox", token="tok_ok", currency="EUR", amount=D("30.00"))
    Payment.objects.filter(pk=card.pk).update(
        token="tok_refund_fails", captured_amount=D("28.87"), authorized_amount=D("28.87")
    )
    Payment.objects.filter(pk=other.pk).update(captured_amount=D("30.00"), authorized_amount=D("30.00"))
    return order


@pytest.mark.parametrize("failing_first", [True, False])
def test_a_refund_of_which_one_part_is_refused_fails_and_is_sent_again(shop: None, failing_first: bool) -> None:
    order = paid_twice()
    refund = grant_refund(order.pk, amount=D("40.00"), reason="staff", by=SYSTEM)
    other, card = PaymentTransaction.objects.filter(refund=refund).order_by("pk")
    assert (other.amount, card.amount) == (D("30.00"), D("10.00"))  # what was paid last goes back first
    if not failing_first:
        PaymentTransaction.objects.filter(pk=card.pk).update(attempts=3)
    asked(order)
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.status, order.refunded_total) == ("failed", D("30.00"))
    assert order.exceptions.get().status == "open"
    assert order.events.filter(type="payment.refunded").count() == 0
    assert refundable(order) == D("18.87")  # what failed is still promised

    Payment.objects.filter(order=order).update(token="tok_ok")
    retry_refund(refund.pk, by=SYSTEM)
    settle_payments(order.pk)

    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.status, order.refunded_total) == ("succeeded", D("40.00"))
    assert order.exceptions.get().status == "resolved"
    assert order.events.filter(type="payment.refunded").count() == 1
    with pytest.raises(NotRefundable, match="Only a failed refund"):
        retry_refund(refund.pk, by=SYSTEM)


@many(10)
@patience(10)
@given(data=st.data())
def test_any_sequence_of_parcels_and_returns_gives_back_exactly_what_was_paid(shop: None, data: st.DataObject) -> None:
    mugs, books = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5))
    order = an_order_of(mugs=mugs, books=books, discount=data.draw(st.sampled_from(["0.00", "0.01", "3.33"])))
    left, parcel = {"MUG": mugs, "BOOK": books}, 0
    while any(left.values()):
        parcel += 1
        units = {sku: data.draw(st.integers(0, n)) for sku, n in left.items()}
        if any(units.values()):
            ship(order, f"sh_{parcel}", **units)
            left = {sku: n - units[sku] for sku, n in left.items()}
    settle_payments(order.pk)
    order.refresh_from_db()
    assert order.captured_total == order.total
    back = [line for line in order.lines.all() for _ in range(line.ordered)]
    for line in data.draw(st.permutations(back)):
        credited(order, {line.pk: 1})
    settle_payments(order.pk)
    order.refresh_from_db()
    assert order.refunded_total == order.total
    assert order.balance == 0
    assert sum(CreditNote.objects.filter(order=order).values_list("tax", flat=True)) == order.tax_total
