"""A bundle on its whole way: reserved, picked, packed into two parcels, sent apart, delivered, half of it back."""

from decimal import Decimal as D

import pytest

from config.audit import checks, judge
from orders.documents.printing import print_paper
from orders.kernel.actor import CUSTOMER
from orders.models import CreditNote, DeliveryPromise, Invoice, Order, OrderLine
from orders.order_page import order_page
from orders.services.settle import settle_payments
from returns.services.inspect_return import Finding, inspect_return
from returns.services.request_return import WantedReturn, request_return
from returns.states import Condition, Disposition, ReturnReason
from tests.factories.orders import ProductFactory, a_bundle
from tests.factories.returns import ReturnRuleFactory, received
from tests.factories.shipping import PACKER, confirmed_order, delivered, dispatched_at, stocked, tell
from tests.papers import text_of
from warehouse.models import FulfillmentOrder, StockLevel

pytestmark = pytest.mark.django_db


def faults() -> list[str]:
    return [verdict.check.name for check in checks() if not (verdict := judge(check, most=1)).is_kept]


def counters(order: Order, sku: str) -> dict[str, int]:
    line = OrderLine.objects.get(order=order, sku=sku)
    names = ("allocated", "picked", "packed", "shipped", "delivered", "return_requested", "returned")
    return {name: getattr(line, name) for name in names if getattr(line, name)}


@pytest.fixture
def order() -> Order:
    """Two gifts of two cups and a pot each, for 40.00 instead of 50.00, paid."""
    ReturnRuleFactory()
    cup = stocked(ProductFactory(sku="CUP", name="Cup", price=D("8.00")))
    pot = stocked(ProductFactory(sku="POT", name="Pot", price=D("34.00")))
    return confirmed_order([(a_bundle("GIFT", price="40.00", parts={cup: 2, pot: 1}), 2)])


def test_a_bundle_in_one_parcel_is_one_line_on_its_papers(order: Order) -> None:
    delivered(order)

    order.refresh_from_db()
    assert (order.status, order.fulfillment_status, order.captured_total) == ("completed", "delivered", D("84.90"))
    assert counters(order, "GIFT") == {"picked": 2, "packed": 2, "shipped": 2, "delivered": 2}
    assert list(Invoice.objects.get().lines.values_list("line__sku", "quantity", "amount")) == [
        ("CUP", 4, D("25.60")),
        ("POT", 2, D("54.40")),
    ]
    paper = text_of(print_paper(Invoice.objects.get()).pdf)
    assert "Gift" in paper
    assert "Cup" not in paper
    assert list(DeliveryPromise.objects.filter(kind="outcome").values_list("line__sku", "is_kept")) == [("GIFT", True)]
    assert {row.product.sku: (row.on_hand, row.allocated) for row in StockLevel.objects.all()} == {
        "CUP": (6, 0),
        "POT": (8, 0),
    }
    assert faults() == []


def test_it_comes_back_in_parts(order: Order) -> None:
    delivered(order)
    cup = order.lines.get(sku="CUP")

    returning = request_return(
        order.pk,
        lines=[WantedReturn(order_line=cup.public_id, quantity=1, reason=ReturnReason.DAMAGED)],
        by=CUSTOMER,
    )
    assert returning.refund_estimate == D("6.40")
    received(returning)
    line = returning.lines.get()
    finding = Finding(line=line.public_id, accepted=1, condition=Condition.NEW, disposition=Disposition.RESTOCK)
    inspect_return(returning.pk, findings=[finding], by=PACKER)
    settle_payments(order.pk)

    order.refresh_from_db()
    assert (order.refunded_total, order.return_status) == (D("6.40"), "partially_returned")
    assert StockLevel.objects.get(product__sku="CUP").on_hand == 7
    assert "Cup (Gift)" in text_of(print_paper(CreditNote.objects.get()).pdf)
    assert faults() == []


def test_a_whole_bundle_is_named_once_and_comes_back_as_its_parts(order: Order) -> None:
    delivered(order)
    gift = order.lines.get(sku="GIFT")

    returning = request_return(
        order.pk,
        lines=[WantedReturn(order_line=gift.public_id, quantity=1, reason=ReturnReason.CHANGED_MIND)],
        by=CUSTOMER,
    )

    assert sorted(returning.lines.values_list("line__sku", "quantity")) == [("CUP", 2), ("POT", 1)]
    assert returning.refund_estimate == D("40.00")
    assert counters(order, "GIFT") == {
        "picked": 2,
        "packed": 2,
        "shipped": 2,
        "delivered": 2,
        "return_requested": 1,
    }


def test_parcels_that_leave_apart_bill_their_share() -> None:
    cup = stocked(ProductFactory(sku="CUP", name="Cup", price=D("8.00")), warehouse="BER")
    pot = stocked(ProductFactory(sku="POT", name="Pot", price=D("34.00")), warehouse="LEJ")
    order = confirmed_order([(a_bundle("GIFT", price="40.00", parts={cup: 2, pot: 1}), 2)])
    berlin, leipzig = FulfillmentOrder.objects.filter(order=order).order_by("warehouse__code")

    first = dispatched_at(berlin)

    assert list(Invoice.objects.values_list("total", flat=True)) == [D("30.50")]
    assert counters(order, "GIFT") == {"allocated": 2}
    order.refresh_from_db()
    assert order.fulfillment_status == "partially_shipped"
    parts = order_page(order).lines[0].parts
    assert [(part.name, [state.words for state in part.states]) for part in parts] == [
        ("Cup", ["On its way"]),
        ("Pot", ["Being prepared"]),
    ]
    assert "Cup (Gift)" in text_of(print_paper(Invoice.objects.get()).pdf)
    second = dispatched_at(leipzig)
    for shipment in (first, second):
        tell(shipment, "delivered", event_id=f"d-{shipment.pk}")

    order.refresh_from_db()
    assert (order.status, order.captured_total, order.balance) == ("completed", D("84.90"), 0)
    assert list(Invoice.objects.order_by("id").values_list("total", flat=True)) == [D("30.50"), D("54.40")]
    assert faults() == []
