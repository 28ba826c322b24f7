"""Money moves once, whoever asks at the same time."""

from collections import Counter
from decimal import Decimal as D
from typing import Any

import pytest

from orders.errors import DuplicateExternalRef, NotCancellable, NotRefundable
from orders.gateways.protocol import Answer, Call, Outcome
from orders.gateways.sandbox import Sandbox
from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.models import Invoice, Order, OrderCancellation, Partner, PaymentTransaction, Refund
from orders.requests import WantedLine
from orders.services.cancel import cancel_order
from orders.services.count import Change, count
from orders.services.invoice import issue_invoice
from orders.services.place import place_order
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from tests.races.runners import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def place(**changes: Any) -> Order:
    return place_order(an_order(WantedLine(sku="MUG", quantity=2), payment=PAID, **changes), by=SYSTEM)


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=100)


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
