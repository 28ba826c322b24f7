"""Bundles: one line for their buyer, components for the warehouse, and every cent of them in one place."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from orders.audit.axes import AXES
from orders.audit.lines import LINES
from orders.audit.money import MONEY
from orders.audit.papers import PAPERS
from orders.bundles import counters, scales
from orders.change_requests import AddLine, SetPrice, SetQuantity
from orders.documents.e_invoice import e_invoice_xml
from orders.documents.printing import invoice_of
from orders.errors import InvalidRequest, NotBillable, NotCancellable, NotChangeable, NotRefundable, OutOfStock
from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.models import Channel, CreditNote, DeliveryPromise, HoldRule, Invoice, Order, OrderEvent, OrderLine, Product
from orders.order_page import order_page
from orders.requests import WantedLine
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.count import Change, count
from orders.services.expire import expire_order
from orders.services.hold import hold_order
from orders.services.invoice import issue_invoice
from orders.services.place import place_order
from orders.services.refund import credit_units
from orders.services.settle import settle_payments
from orders.states import CancelReason, HoldReason, RuleKind
from tests.factories.orders import ProductFactory, ShippingMethodFactory, a_bundle
from tests.factories.warehouse import StockLevelFactory
from tests.orders.e_invoices import broken_rules, values
from tests.orders.papers import SELLER
from tests.orders.requests import PAID, an_order
from tests.orders.rules import a_rule
from tests.properties import many, patience
from warehouse.errors import InvalidAdjustment
from warehouse.models import Allocation, Backorder, FulfillmentOrderLine, StockLevel
from warehouse.services.adjust_stock import adjust_stock
from warehouse.states import AdjustmentReason

pytestmark = pytest.mark.django_db

CHECKS = (*LINES, *MONEY, *PAPERS, *AXES)


@pytest.fixture
def gift() -> Product:
    """A gift of two cups for 8.00 each and a pot for 34.00, for 40.00 instead of 50.00; ten cups and ten pots."""
    ShippingMethodFactory()
    cup = ProductFactory(sku="CUP", name="Cup", price=D("8.00"))
    pot = ProductFactory(sku="POT", name="Pot", price=D("34.00"))
    for product in (cup, pot):
        StockLevelFactory(product=product, on_hand=10)
    return a_bundle("GIFT", price="40.00", parts={cup: 2, pot: 1})


def placed(*wanted: tuple[str, int], **changes: object) -> Order:
    order = place_order(an_order(*(WantedLine(sku=sku, quantity=n) for sku, n in wanted), **changes), by=SYSTEM)
    return Order.objects.get(pk=order.pk)


def line(order: Order, sku: str) -> OrderLine:
    return OrderLine.objects.get(order=order, sku=sku)


def units(row: OrderLine) -> dict[str, int]:
    """The counters that aren't zero."""
    row.refresh_from_db()
    return {name: getattr(row, name) for name in counters([FAR]) if getattr(row, name)}


FAR = OrderLine(ordered=1, per_bundle=1)


def ship(order: Order, cause: str, **sent: int) -> Invoice | None:
    """Count units by SKU as shipped and delivered, and bill them, as the shipping floor does."""
    chosen = {line(order, sku).pk: n for sku, n in sent.items() if n}
    with work(by=SYSTEM):
        count(order.pk, {pk: Change(allocated=-n, shipped=n, delivered=n) for pk, n in chosen.items()})
        return issue_invoice(order.pk, units=chosen, cause_id=cause, by=SYSTEM)


def take_back(order: Order, **sent: int) -> D:
    """Credit units by SKU that came back; what they were worth."""
    chosen = {line(order, sku).pk: n for sku, n in sent.items() if n}
    with work(by=SYSTEM):
        count(order.pk, {pk: Change(returned=n) for pk, n in chosen.items()})
        credit_units(order.pk, chosen, reason="return", cause_kind="test", cause_id="", by=SYSTEM)
    return CreditNote.objects.filter(order=order).latest("id").total


def faults() -> list[str]:
    """What the audit finds wrong."""
    return [check.name for check in CHECKS if check.find(1).wrong]


# --- placing


def test_a_bundle_is_one_line_for_its_buyer_and_two_for_the_warehouse(gift: Product) -> None:
    order = placed(("GIFT", 2))

    bundle, cup, pot = order.lines.order_by("position")
    assert (bundle.kind, bundle.ordered, bundle.amount, bundle.tax) == ("bundle", 2, D("80.00"), D("12.78"))
    assert [(part.sku, part.parent, part.ordered, part.per_bundle) for part in (cup, pot)] == [
        ("CUP", bundle, 4, 2),
        ("POT", bundle, 2, 1),
    ]
    assert [(part.unit_price, part.amount, part.tax, part.bundle_value) for part in (cup, pot)] == [
        (D(0), D(0), D(0), D("16.00")),
        (D(0), D(0), D(0), D("34.00")),
    ]
    assert (order.items_total, order.total) == (D("80.00"), D("84.90"))
    assert [units(row) for row in (bundle, cup, pot)] == [{"allocated": 2}, {"allocated": 4}, {"allocated": 2}]
    assert dict(Allocation.objects.values_list("product__sku", "quantity")) == {"CUP": 4, "POT": 2}
    assert order.fulfillment_status == "unfulfilled"
    event = OrderEvent.objects.get(order=order, type="order.placed")
    assert event.data["lines"] == [{"line": bundle.public_id, "sku": "GIFT", "quantity": 2}]
    assert set(DeliveryPromise.objects.values_list("line__sku", flat=True)) == {"GIFT"}
    assert [entry.name for entry in order_page(order).lines] == ["Gift"]
    assert faults() == []


def test_a_bundle_shares_the_shelf_with_other_lines_and_is_refused_as_a_whole(gift: Product) -> None:
    with pytest.raises(OutOfStock) as refused:
        placed(("CUP", 5), ("GIFT", 3))

    assert [(e.pointer, e.detail) for e in refused.value.errors] == [("#/lines/1/quantity", "GIFT: 5 available.")]
    assert not Order.objects.exists()
    assert set(StockLevel.objects.values_list("allocated", flat=True)) == {0}


def test_a_bundle_waits_as_soon_as_one_component_does(gift: Product) -> None:
    Product.objects.filter(sku="POT").update(out_of_stock_policy=["backorder"])
    StockLevel.objects.filter(product__sku="POT").update(on_hand=1)

    order = placed(("GIFT", 3))

    assert [units(line(order, sku)) for sku in ("GIFT", "CUP", "POT")] == [
        {"allocated": 1, "backordered": 2},
        {"allocated": 6},
        {"allocated": 1, "backordered": 2},
    ]
    assert order.fulfillment_status == "backordered"
    assert Backorder.objects.get().line.sku == "POT"
    assert faults() == []


def test_components_without_a_price_share_evenly(gift: Product) -> None:
    Product.objects.filter(sku__in=["CUP", "POT"]).update(price=0)
    order = placed(("GIFT", 1), shipping_price=D(0), payment=PAID)

    ship(order, "a", CUP=2)
    ship(order, "b", POT=1)

    assert list(Invoice.objects.order_by("id").values_list("total", flat=True)) == [D("26.67"), D("13.33")]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_bundles_cost_one_statement_however_many_there_are(gift: Product) -> None:
    StockLevel.objects.update(on_hand=1000)
    parts = {row.component: row.quantity for row in gift.components.all()}
    for i in range(20):
        a_bundle(f"SET-{i}", price="10.00", parts=parts)
    placed(("CUP", 1))

    def statements(*wanted: tuple[str, int]) -> int:
        request = an_order(*(WantedLine(sku=sku, quantity=n) for sku, n in wanted))
        with CaptureQueriesContext(connection) as captured:
            place_order(request, by=SYSTEM)
        return len(captured)

    plain = statements(("CUP", 1), ("POT", 1))
    assert statements(("GIFT", 1), ("POT", 1)) == plain + 1
    assert statements(*((f"SET-{i}", 1) for i in range(20))) == plain + 1


def test_a_bundle_has_no_stock_of_its_own(gift: Product) -> None:
    with pytest.raises(InvalidAdjustment):
        adjust_stock("GIFT", warehouse="BER", delta=5, reason=AdjustmentReason.FOUND, by=SYSTEM)
    assert not StockLevel.objects.filter(product=gift).exists()


# --- cancelling and changing


def test_bundles_are_cancelled_as_a_whole(gift: Product) -> None:
    order = placed(("GIFT", 3), payment=PAID)
    bundle, cup = line(order, "GIFT"), line(order, "CUP")

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={bundle.public_id: 1}, by=SYSTEM)
    settle_payments(order.pk)

    order.refresh_from_db()
    assert (order.total, order.authorized_total) == (D("84.90"), D("84.90"))
    assert [units(line(order, sku)) for sku in ("GIFT", "CUP", "POT")] == [
        {"cancelled": 1, "allocated": 2},
        {"cancelled": 2, "allocated": 4},
        {"cancelled": 1, "allocated": 2},
    ]
    assert dict(FulfillmentOrderLine.objects.values_list("line__sku", "quantity")) == {"CUP": 4, "POT": 2}
    assert faults() == []
    with pytest.raises(NotCancellable):
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={cup.public_id: 1}, by=SYSTEM)
    assert units(cup) == {"cancelled": 2, "allocated": 4}


def test_what_is_left_of_a_bundle_that_left_in_part_can_be_called_off(gift: Product) -> None:
    order = placed(("GIFT", 1), shipping_price=D(0), payment=PAID)
    ship(order, "a", CUP=2)
    bundle, pot = line(order, "GIFT"), line(order, "POT")
    with pytest.raises(NotCancellable):
        cancel_order(order.pk, reason=CancelReason.STAFF, lines={bundle.public_id: 1}, by=SYSTEM)

    cancel_order(order.pk, reason=CancelReason.STAFF, lines={pot.public_id: 1}, by=SYSTEM)
    settle_payments(order.pk)

    order.refresh_from_db()
    assert (order.total, order.captured_total, order.authorized_total) == (D("12.80"), D("12.80"), D("12.80"))
    assert units(bundle) == {"shipped": 1, "delivered": 1}
    assert (order.status, order.fulfillment_status, order.payment_status) == ("completed", "delivered", "paid")
    assert faults() == []


def test_a_change_adds_takes_away_and_prices_bundles(gift: Product) -> None:
    order = placed(("POT", 1), payment=PAID)

    change_order(order.pk, [AddLine(sku="GIFT", quantity=2)], by=SYSTEM)
    bundle = line(order, "GIFT")
    assert [units(line(order, sku)) for sku in ("GIFT", "CUP")] == [{"allocated": 2}, {"allocated": 4}]
    assert [row.position for row in order.lines.order_by("position")] == [1, 2, 3, 4]
    assert bundle.promised_on == max(part.promised_on for part in bundle.components.all())

    change_order(order.pk, [SetQuantity(line=bundle.public_id, quantity=3)], by=SYSTEM)
    assert [units(line(order, sku)) for sku in ("GIFT", "CUP")] == [{"allocated": 3}, {"allocated": 6}]

    actions = [
        SetQuantity(line=bundle.public_id, quantity=1),
        SetPrice(line=bundle.public_id, unit_price=D(35), reason="x"),
    ]
    change_order(order.pk, actions, by=SYSTEM)
    order.refresh_from_db()
    assert order.total == D("34.00") + D("35.00") + D("4.90")
    assert [units(line(order, sku)) for sku in ("GIFT", "CUP")] == [
        {"cancelled": 2, "allocated": 1},
        {"cancelled": 4, "allocated": 2},
    ]
    assert StockLevel.objects.get(product__sku="CUP").allocated == 2
    assert faults() == []


def test_components_are_no_lines_to_change(gift: Product) -> None:
    order = placed(("GIFT", 1))
    version = order.version

    with pytest.raises(InvalidRequest) as refused:
        change_order(order.pk, [SetQuantity(line=line(order, "CUP").public_id, quantity=5)], by=SYSTEM)

    assert [e.code for e in refused.value.errors] == ["unknown_line"]
    order.refresh_from_db()
    assert (order.version, units(line(order, "CUP"))) == (version, {"allocated": 2})


def test_a_packed_bundle_keeps_its_quantity(gift: Product) -> None:
    order = placed(("GIFT", 2))
    cup = line(order, "CUP")
    with work(by=SYSTEM):
        count(order.pk, {cup.pk: Change(picked=1, packed=1)})

    with pytest.raises(NotChangeable) as refused:
        change_order(order.pk, [SetQuantity(line=line(order, "GIFT").public_id, quantity=0)], by=SYSTEM)

    assert refused.value.errors[0].detail == "1 of this line are packed or have left."
    assert units(line(order, "GIFT")) == {"allocated": 2}


def test_a_held_bundle_stops_its_components(gift: Product) -> None:
    order = placed(("GIFT", 1), ("CUP", 1))
    bundle = OrderLine.objects.get(order=order, sku="GIFT")

    hold = hold_order(order.pk, reason=HoldReason.OTHER, lines=[bundle.public_id], by=SYSTEM)

    assert [row.position for row in hold.lines.order_by("position")] == [1, 2, 3]


# --- bills, returns


def test_parcels_bill_their_share_and_a_component_comes_back_for_its_share(gift: Product) -> None:
    order = placed(("GIFT", 1), payment=PAID)

    first = ship(order, "a", CUP=2)
    assert first is not None
    assert (first.total, list(first.lines.values_list("line__sku", "amount"))) == (
        D("17.70"),
        [("CUP", D("12.80"))],
    )
    assert units(line(order, "GIFT")) == {"allocated": 1}
    second = ship(order, "b", POT=1)
    assert second is not None
    assert second.total == D("27.20")
    settle_payments(order.pk)

    assert take_back(order, POT=1) == D("27.20")
    assert units(line(order, "GIFT")) == {"shipped": 1, "delivered": 1}
    assert take_back(order, CUP=1) == D("6.40")
    assert take_back(order, CUP=1) == D("6.40") + D("4.90")  # the last unit takes the shipping along
    assert units(line(order, "GIFT")) == {"shipped": 1, "delivered": 1, "returned": 1}
    with pytest.raises(NotRefundable):
        credit_units(order.pk, {line(order, "CUP").pk: 1}, reason="return", cause_kind="", cause_id="", by=SYSTEM)


def test_a_whole_bundle_comes_back_for_exactly_its_price(gift: Product) -> None:
    Product.objects.filter(sku="GIFT").update(price=D("33.35"))
    order = placed(("GIFT", 3), payment=PAID)
    ship(order, "a", CUP=6, POT=3)
    settle_payments(order.pk)

    assert take_back(order, CUP=2, POT=1) == D("33.35")
    assert take_back(order, CUP=2, POT=1) == D("33.35")
    assert take_back(order, CUP=2, POT=1) == D("33.35") + D("4.90")


def test_units_worth_nothing_come_back_too(gift: Product) -> None:
    """Two cups of a bundle that costs a cent: nothing to give back, and no reason to keep the shipping in the end."""
    Product.objects.filter(sku="GIFT").update(price=D("0.01"))
    order = placed(("GIFT", 1), payment=PAID)
    ship(order, "a", CUP=2, POT=1)
    settle_payments(order.pk)

    assert take_back(order, CUP=2) == 0
    assert take_back(order, POT=1) == D("4.91")
    assert list(order.credit_notes.order_by("sequence").values_list("total", flat=True)) == [D("0.00"), D("4.91")]
    assert order.credit_notes.filter(lines__line__sku="CUP").values_list("lines__quantity", "total").get() == (2, 0)


Triple = tuple[int, int, int]


@given(
    bundles=st.integers(1, 4),
    price=st.decimals("0.01", "99.99", places=2),
    discount=st.sampled_from(["0", "0.37", "3.33"]),
    parcels=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4), st.integers(0, 1)), min_size=1, max_size=3),
    parts_back=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4), st.integers(0, 1)), max_size=3),
)
@many(25)
@patience(25)
def test_cents_add_up_after_any_story(
    gift: Product, bundles: int, price: D, discount: str, parcels: list[Triple], parts_back: list[Triple]
) -> None:
    """Parcels with any parts, whole bundles and the rest of others called off, any parts back: no cent is lost."""
    Product.objects.filter(sku="GIFT").update(price=price)
    StockLevel.objects.update(on_hand=1000, allocated=0)
    order = placed(("GIFT", bundles), ("POT", 1), payment=PAID, discount=min(D(discount), price * bundles))
    pks = list(order.lines.exclude(kind="bundle").order_by("position").values_list("pk", flat=True))
    for step, parcel in enumerate(parcels):
        ship_units(order, f"parcel {step}", at_most(parcel, pks, "open"))
    call_off_the_rest(order)
    settle_payments(order.pk)
    assert faults() == []
    for back in [*parts_back, (8, 4, 1)]:
        credit_back(order, at_most(back, pks, "kept"))
    settle_payments(order.pk)

    order.refresh_from_db()
    assert (order.credited_total, order.balance) == (order.total, 0)
    assert order.refunded_total == order.captured_total == order.authorized_total
    assert faults() == []


def at_most(wanted: Triple, pks: list[int], what: str) -> dict[int, int]:
    """So many units of the three lines as wanted, at most those that are open, or kept."""
    rows = OrderLine.objects.in_bulk(pks)
    most = {pk: row.open if what == "open" else row.shipped - row.returned for pk, row in rows.items()}
    return {pk: min(n, most[pk]) for pk, n in zip(pks, wanted, strict=True) if min(n, most[pk])}


def ship_units(order: Order, cause: str, chosen: dict[int, int]) -> None:
    if chosen:
        with work(by=SYSTEM):
            count(order.pk, {pk: Change(allocated=-n, shipped=n, delivered=n) for pk, n in chosen.items()})
            issue_invoice(order.pk, units=chosen, cause_id=cause, by=SYSTEM)


def credit_back(order: Order, chosen: dict[int, int]) -> None:
    if chosen:
        with work(by=SYSTEM):
            count(order.pk, {pk: Change(returned=n) for pk, n in chosen.items()})
            credit_units(order.pk, chosen, reason="return", cause_kind="test", cause_id="", by=SYSTEM)


def call_off_the_rest(order: Order) -> None:
    """Whole bundles first, then what is left of those that left in part, and all other lines."""
    measures = scales(list(order.lines.order_by("position")))
    wanted = {scale.line.public_id: scale.open for scale in measures.values()}
    wanted |= {m.public_id: s.open_rest(m) for s in measures.values() for m in s.members if m.parent_id}
    wanted = {name: n for name, n in wanted.items() if n}
    if wanted:
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines=wanted, by=SYSTEM)


# --- papers, rules and expiry know bundles


def test_a_bundle_is_billed_before_it_leaves(gift: Product) -> None:
    order = placed(("GIFT", 2))
    with pytest.raises(NotBillable, match="lines: CUP: 4 units"):
        issue_invoice(order.pk, units={line(order, "GIFT").pk: 3}, by=SYSTEM)

    invoice = issue_invoice(order.pk, units={line(order, "GIFT").pk: 1}, by=SYSTEM)

    assert invoice is not None
    assert list(invoice.lines.order_by("line__position").values_list("line__sku", "quantity", "amount")) == [
        ("CUP", 2, D("12.80")),
        ("POT", 1, D("27.20")),
    ]
    later = ship(order, "sh_1", CUP=4, POT=1)  # of which the first is on that bill
    assert later is not None
    assert list(later.lines.order_by("line__position").values_list("line__sku", "quantity")) == [("CUP", 2), ("POT", 1)]
    assert ship(order, "sh_2", POT=1) is None
    assert sum(bill.total for bill in order.invoices.all()) == order.total
    assert faults() == []


def test_the_bill_of_a_whole_bundle_has_its_one_line_as_paper_and_as_data(gift: Product) -> None:
    Channel.objects.update(**SELLER)
    invoice = ship(placed(("GIFT", 2)), "sh_1", CUP=4, POT=2)
    assert invoice is not None

    bill = invoice_of(invoice)

    assert [(row.sku, row.quantity, row.unit_price, row.total) for row in bill.lines] == [
        ("GIFT", 2, D("40.00"), D("80.00"))
    ]
    assert bill.lines[0].tax == sum(row.tax for row in invoice.lines.all())
    xml = e_invoice_xml(bill)
    assert (broken_rules(xml), values(xml, "SellerAssignedID")) == ([], ["GIFT"])


def test_an_unpaid_bundle_expires_as_a_whole(gift: Product) -> None:
    order = placed(("GIFT", 2))
    Order.objects.update(expires_at=timezone.now())

    assert expire_order(order.pk)

    assert (units(line(order, "GIFT")), units(line(order, "CUP"))) == ({"cancelled": 2}, {"cancelled": 4})
    assert set(StockLevel.objects.values_list("allocated", flat=True)) == {0}
    assert faults() == []


def test_a_rule_stops_a_bundle_with_its_components_and_knows_them(gift: Product) -> None:
    a_rule(RuleKind.PRODUCTS, skus=["GIFT"], only_lines=True)
    order = placed(("GIFT", 1))
    assert list(order.holds.get().lines.order_by("position").values_list("sku", flat=True)) == ["GIFT", "CUP", "POT"]

    HoldRule.objects.update(is_active=False)
    a_rule(RuleKind.PRODUCTS, name="pots", skus=["POT"])
    assert placed(("GIFT", 1)).holds.get().facts == {"skus": ["POT"], "tags": []}
