"""Any sequence of split payments, parcels, cancellations and refunds: sums agree at every step, and what was paid
comes back to where it was taken from, in currencies of no, two and three decimals.
"""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.audit import judge
from orders.audit.money import MONEY
from orders.audit.value import VALUE
from orders.errors import NotCancellable, NotPayable, NotRefundable, PaymentDeclined
from orders.gateways.stored import STORED
from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.kernel.money import decimals, is_exact, minor_unit
from orders.kernel.work import work
from orders.models import (
    BalanceMovement,
    Channel,
    Customer,
    GiftCard,
    Order,
    PaymentTransaction,
    Refund,
    ShippingMethod,
    StoreCredit,
)
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.count import Change, count
from orders.services.gift_card import issue_gift_card
from orders.services.grant_credit import grant_credit
from orders.services.invoice import issue_invoice
from orders.services.place import place_order
from orders.services.promised import refundable
from orders.services.record_payment import record_payment
from orders.services.record_refund import record_refund
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from orders.services.take_payment import take_payment
from orders.states import CancelReason
from tests.factories.orders import ProductFactory
from tests.factories.value import ANN
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order
from tests.properties import many, patience

pytestmark = pytest.mark.django_db(transaction=True)
CURRENCIES = {"EUR": D("12.57"), "JPY": D(1257), "KWD": D("12.573")}
EMAIL = "ada@example.com"


def shop_in(currency: str) -> Channel:
    """A channel of that currency with a standard shipping method; made once."""
    channel, _ = Channel.objects.get_or_create(
        code=currency.lower(), defaults={"name": currency, "currency": currency, "brand_name": currency}
    )
    method, _ = ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})
    method.channels.add(channel)
    return channel


class Story:
    """One order, paid by whatever comes, and everything that may happen to it."""

    def __init__(self, currency: str, units: int, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self.currency, self.draw = currency, draw
        self.unit = minor_unit(currency)
        channel = shop_in(currency)
        product = ProductFactory(price=CURRENCIES[currency], currency=currency)
        StockLevelFactory(product=product, on_hand=100)
        self.gift = issue_gift_card(channel.pk, amount=self.some(), by=ANN)
        customer, _ = Customer.objects.get_or_create(email=EMAIL)
        self.credit = grant_credit(customer.pk, channel_id=channel.pk, amount=self.some(), reason="goodwill", by=ANN)
        wanted = WantedLine(sku=product.sku, quantity=units)
        self.order = place_order(
            an_order(wanted, channel=channel.code, currency=currency, shipping_price=7 * self.unit), by=SYSTEM
        )
        self.shipped = 0

    def some(self) -> D:
        """An amount of up to thirty units, in the smallest coin."""
        return self.draw(st.integers(1, 3000 if decimals(self.currency) < 3 else 30_000)) * self.unit

    def pay(self, way: int) -> None:
        ways = (
            PayBy(gateway="gift_card", token=code_of(self.gift)),
            PayBy(gateway="store_credit"),
            PayBy(gateway="sandbox", token="tok_ok", amount=self.some()),
            PayBy(gateway="sandbox", token="tok_ok"),
            PayBy(gateway="sandbox", token="tok_decline"),
        )
        take_payment(self.order.pk, ways[way], by=ANN)

    def pay_by_hand(self) -> None:
        record_payment(self.order.pk, amount=self.some(), by=ANN)

    def ship(self) -> None:
        """A parcel leaves, as the floors above would say; billed and charged."""
        line = self.now().lines.get()
        if self.now().status != "confirmed" or not line.open:
            return
        units = self.draw(st.integers(1, line.open))
        self.shipped += 1
        with work(by=SYSTEM):
            count(self.order.pk, {line.pk: Change(allocated=-units, shipped=units)})
            issue_invoice(self.order.pk, units={line.pk: units}, cause_id=f"sh_{self.shipped}", by=SYSTEM)

    def cancel(self) -> None:
        line = self.now().lines.get()
        units = self.draw(st.integers(1, max(line.open, 1)))
        cancel_order(self.order.pk, reason=CancelReason.CUSTOMER, lines={line.public_id: units}, by=CUSTOMER)

    def refund(self, *, to: str) -> None:
        grant_refund(self.order.pk, amount=self.some(), reason="goodwill", to=to, by=ANN)

    def settle(self) -> None:
        settle_payments(self.order.pk)
        for refund in Refund.objects.filter(order=self.order, status="pending"):
            record_refund(refund.pk, by=ANN)

    def now(self) -> Order:
        return Order.objects.get(pk=self.order.pk)

    def check(self) -> None:
        """The audit's own view of money and value, and nothing below the smallest coin."""
        for check in (*MONEY, *VALUE):
            verdict = judge(check, most=5)
            assert verdict.is_kept, (check.name, verdict.found.examples)
        order = self.now()
        left = GiftCard.objects.get(pk=self.gift.pk).balance, StoreCredit.objects.get(pk=self.credit.pk).balance
        for amount in (order.total, order.balance, order.authorized_total, order.refunded_total, *left):
            assert is_exact(amount, self.currency), amount


@many(30)
@patience(30)
@given(data=st.data(), currency=st.sampled_from(sorted(CURRENCIES)), units=st.integers(1, 4))
def test_sums_agree_at_every_step_and_all_of_it_comes_back(data: st.DataObject, currency: str, units: int) -> None:
    story = Story(currency, units, data.draw)
    given_before = StoreCredit.objects.get(pk=story.credit.pk).balance
    steps: list[Callable[[], object]] = [
        *(lambda way=way: story.pay(way) for way in range(5)),  # type: ignore[misc]
        story.pay_by_hand,
        story.ship,
        story.cancel,
        lambda: story.refund(to="original"),
        lambda: story.refund(to="store_credit"),
        story.settle,
    ]
    for step in data.draw(st.lists(st.sampled_from(range(len(steps))), max_size=10)):
        with suppress(NotPayable, NotCancellable, NotRefundable, PaymentDeclined):
            steps[step]()
        story.check()
    _unwind(story)
    story.check()
    _all_came_back(story, given_before)


def _unwind(story: Story) -> None:
    """Call off what hasn't left, and give back what was charged for the rest."""
    if story.now().status in ("placed", "confirmed") and story.now().lines.get().open:
        line = story.now().lines.get()
        cancel_order(story.order.pk, reason=CancelReason.STAFF, lines={line.public_id: line.open}, by=ANN)
    story.settle()
    if (left := refundable(story.now())) > 0:
        grant_refund(story.order.pk, amount=left, reason="staff", by=ANN)
    story.settle()


def _all_came_back(story: Story, given_before: D) -> None:
    order = story.now()
    assert order.refunded_total == order.captured_total
    assert order.authorized_total == order.captured_total
    credited = sum((refund.amount for refund in Refund.objects.filter(order=order, to="store_credit")), D(0))
    kept_of: dict[str, D] = {}
    for payment in order.payments.all():
        assert payment.authorized_amount == payment.captured_amount == payment.refunded_amount
        parts = PaymentTransaction.objects.filter(payment=payment, kind="refund", refund__to="store_credit")
        as_credit = sum((part.amount for part in parts), D(0))
        kept_of[payment.gateway] = kept_of.get(payment.gateway, D(0)) + as_credit
    assert sum(kept_of.values(), D(0)) == credited
    gift, credit = GiftCard.objects.get(pk=story.gift.pk), StoreCredit.objects.get(pk=story.credit.pk)
    issued = BalanceMovement.objects.get(gift_card=gift, kind="issued").amount
    assert gift.balance == issued - kept_of.get(STORED[0], D(0))
    assert credit.balance == given_before + credited - kept_of.get(STORED[1], D(0))
