"""Any sequence of changes, cancellations, parcels, returns and refunds: at each step the cents add up, and in the end
everything that was taken has gone back.

Real services from the order to the van.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import Phase, given
from hypothesis import strategies as st

from orders.audit.lines import LINES
from orders.audit.money import MONEY
from orders.audit.papers import PAPERS
from orders.change_requests import AddLine, ChangeAction, SetDiscount, SetPrice, SetQuantity, SetShippingMethod
from orders.errors import NotPayable
from orders.kernel.actor import SYSTEM
from orders.kernel.errors import DomainError
from orders.kernel.money import minor_unit, rounded
from orders.models import CreditNote, Invoice, InvoiceLine, Order, OrderLine, Payment, Refund
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.place import place_order
from orders.services.preview_change import preview_change
from orders.services.record_payment import record_payment
from orders.services.record_refund import record_refund
from orders.services.refund import credit_units, grant_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason, TransactionStatus
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import CarrierServiceFactory, dispatched_at, stocked
from tests.orders.requests import an_order
from tests.properties import many, patience
from warehouse.models import FulfillmentOrder

EXAMPLES = 12
SKUS = ("MUG", "CUP", "POT", "TIN")
RATES = {"MUG": D("0.19"), "CUP": D("0.07"), "POT": D("0.19"), "TIN": D("0.055")}
CHECKS = {check.name: check for check in (*LINES, *MONEY, *PAPERS)}

pytestmark = [pytest.mark.django_db, pytest.mark.slow, patience(EXAMPLES)]


@contextmanager
def one_life() -> Iterator[None]:
    """Whatever happens in it is forgotten afterwards; the services take it for the bare connection."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with atomic:
        yield
        transaction.set_rollback(True)


class Life:
    """One order, and what may befall it; ``draw`` chooses."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], currency: str, *, includes_tax: bool) -> None:
        self.draw, self.currency = draw, currency
        self.unit = minor_unit(currency)
        self.given_back_by_hand = D(0)
        ChannelFactory(currency=currency, prices_include_tax=includes_tax)
        ShippingMethodFactory(price=self.money(0, 900))
        own = self.draw(st.sampled_from([None, D("0"), D("0.07")]))
        express = ShippingMethodFactory(code="express", name="Express", price=self.money(0, 2000), tax_rate=own)
        for method in ({}, {"method": express}):
            CarrierServiceFactory(**method)
        for sku in SKUS:
            price = self.money(1, 5000)
            product = ProductFactory(sku=sku, price=price, currency=currency, tax_rate=RATES[sku], weight_g=10)
            stocked(product, 500, warehouse="MUC")
            stocked(product, 4)
        lines = [
            WantedLine(sku=sku, quantity=draw(st.integers(1, 6)))
            for sku in draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=3))
        ]
        payment = draw(st.sampled_from([PayBy(gateway="sandbox", token="tok_ok"), PayBy(gateway="manual"), None]))
        self.pk = place_order(an_order(*lines, currency=currency, payment=payment), by=SYSTEM).pk

    # --- what there is

    @property
    def order(self) -> Order:
        return Order.objects.get(pk=self.pk)

    @property
    def lines(self) -> list[OrderLine]:
        return list(OrderLine.objects.filter(order=self.pk).order_by("position"))

    def money(self, least: int, most: int) -> D:
        return self.unit * self.draw(st.integers(least, most))

    def line(self) -> OrderLine:
        line: OrderLine = self.draw(st.sampled_from(self.lines))
        return line

    # --- what may befall it

    def change(self) -> None:
        actions: list[ChangeAction] = [self._action() for _ in range(self.draw(st.integers(1, 3)))]
        shown = preview_change(self.pk, actions, by=SYSTEM)
        change_order(self.pk, actions, notify=False, by=SYSTEM)
        order = self.order
        assert (shown.order.total, shown.order.tax_total, shown.order.balance) == (
            order.total,
            order.tax_total,
            order.balance,
        )

    def _action(self) -> ChangeAction:
        line = self.line()
        match self.draw(st.sampled_from(["quantity", "add", "price", "discount", "order_discount", "method"])):
            case "quantity":
                return SetQuantity(line=line.public_id, quantity=self.draw(st.integers(0, 8)))
            case "add":
                sku = self.draw(st.sampled_from(SKUS))
                return AddLine(sku=sku, quantity=self.draw(st.integers(1, 4)))
            case "price":
                return SetPrice(line=line.public_id, unit_price=self.money(0, 5000), reason="x")
            case "discount":
                return SetDiscount(line=line.public_id, discount=self.money(0, 300), reason="x")
            case "order_discount":
                return SetDiscount(discount=self.money(0, 300), reason="x")
        return SetShippingMethod(method=self.draw(st.sampled_from(["standard", "express"])), price=self.money(0, 2000))

    def cancel(self) -> None:
        line = self.line()
        units = {line.public_id: self.draw(st.integers(1, max(1, line.open)))}
        cancel_order(self.pk, reason=CancelReason.CUSTOMER, lines=units, by=SYSTEM)

    def pay(self) -> None:
        """By bank, all or part of what is owed."""
        owed = self.order.balance
        if owed <= 0:
            raise NotPayable
        amount = owed if self.draw(st.booleans()) else max(self.unit, rounded(owed / 3, self.currency))
        record_payment(self.pk, amount=amount, by=SYSTEM)

    def ship(self) -> None:
        """What one warehouse has for the order leaves in one parcel."""
        asked = FulfillmentOrder.objects.filter(order=self.pk, status="open").first()
        if asked is not None:
            dispatched_at(asked)

    def take_back(self) -> None:
        """Units that left are credited, as a return does it."""
        line = self.line()
        left = line.shipped - self._credited(line)
        if left > 0:
            units = {line.pk: self.draw(st.integers(1, left))}
            credit_units(self.pk, units, reason="return", cause_kind="return", cause_id="rt_1", by=SYSTEM)

    def _credited(self, line: OrderLine) -> int:
        return line.credit_note_lines.aggregate(n=Sum("quantity"))["n"] or 0

    def give(self) -> None:
        """Goodwill, out of what was taken."""
        grant_refund(self.pk, amount=self.money(1, 500), reason="goodwill", by=SYSTEM)

    # --- what must hold

    def settle(self) -> None:
        settle_payments(self.pk)
        for refund in Refund.objects.filter(order=self.pk, status="pending"):
            record_refund(refund.pk, by=SYSTEM)

    def check(self) -> None:
        order, lines = self.order, self.lines
        goods = sum((line.amount for line in lines), D(0))
        tax = sum((line.tax for line in lines), order.shipping_tax)
        assert order.tax_total == tax
        assert order.total == goods + order.shipping_total + (0 if order.prices_include_tax else tax)
        assert order.items_total - order.discount_total == goods
        assert 0 <= order.refunded_total <= order.captured_total <= order.authorized_total
        paid = Payment.objects.filter(order=order).aggregate(
            a=Sum("authorized_amount"), c=Sum("captured_amount"), r=Sum("refunded_amount")
        )
        assert (order.authorized_total, order.captured_total, order.refunded_total) == tuple(
            paid[name] or 0 for name in "acr"
        )
        billed = Invoice.objects.filter(order=order).aggregate(n=Sum("total"))["n"] or 0
        credited = CreditNote.objects.filter(order=order).aggregate(n=Sum("total"))["n"] or 0
        assert credited == order.credited_total <= billed <= order.total
        for line in lines:
            on_bills = InvoiceLine.objects.filter(line=line).aggregate(n=Sum("quantity"), a=Sum("amount"))
            assert (on_bills["n"] or 0) == line.shipped
            assert (on_bills["a"] or 0) <= line.amount
            if line.shipped == line.active:
                assert (on_bills["a"] or 0) == line.amount
        for check in CHECKS.values():
            assert check.find(3).examples == [], check.says

    def unwind(self) -> None:
        """Everything that is here is cancelled, everything that left comes back, nothing is owed by anybody."""
        here = {line.public_id: line.open for line in self.lines if line.open}
        if here and self.order.status in ("placed", "confirmed"):
            cancel_order(self.pk, reason=CancelReason.CUSTOMER, lines=here, by=SYSTEM)
        self.settle()
        away = {line.pk: n for line in self.lines if (n := line.shipped - self._credited(line)) > 0}
        if away:
            credit_units(self.pk, away, reason="return", cause_kind="return", cause_id="rt_9", by=SYSTEM)
        self.settle()
        order = self.order
        assert order.captured_total == order.refunded_total
        assert order.authorized_total == order.captured_total
        assert order.total == order.credited_total
        pending = Payment.objects.filter(order=order, transactions__status=TransactionStatus.PENDING)
        assert not pending.exists()


# Shrinking a story of so many statements takes longer than reading it.
@many(EXAMPLES, without=Phase.shrink)
@given(data=st.data())
def test_every_sequence_adds_up_and_unwinds(data: st.DataObject) -> None:
    with one_life():
        life = Life(data.draw, data.draw(st.sampled_from(["EUR", "JPY", "KWD"])), includes_tax=data.draw(st.booleans()))
        life.check()
        deeds = [life.change, life.change, life.cancel, life.pay, life.ship, life.ship, life.take_back, life.give]
        for deed in data.draw(st.lists(st.sampled_from(deeds), min_size=1, max_size=10)):
            before = transaction.savepoint()
            try:
                deed()
            except DomainError:
                transaction.savepoint_rollback(before)
            else:
                transaction.savepoint_commit(before)
            life.settle()
            life.check()
        life.unwind()
        life.check()
