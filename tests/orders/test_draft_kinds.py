"""Drafts of bundles, preorders and digital goods: reserved by their parts, capped when placed, delivered at once."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from orders.audit.axes import AXES
from orders.audit.lines import LINES
from orders.drafts import DraftLine
from orders.errors import OutOfStock, PaymentDeclined, PricesChanged
from orders.models import BundleComponent, DigitalGood, Draft, Order, OrderLine, Payment, Product
from orders.requests import PayBy
from orders.services.draft import discard_draft
from orders.services.place_draft import place_draft
from orders.services.preview_draft import preview_draft
from orders.services.settle import settle_payments
from tests.factories.orders import ProductFactory, ShippingMethodFactory, a_bundle
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID
from tests.orders.test_draft import AGENT, SOON, drafted, refused, reserved, save
from warehouse.audit.work import WORK
from warehouse.models import Backorder, FulfillmentOrderLine

pytestmark = pytest.mark.django_db
DECLINED = PayBy(gateway="sandbox", token="tok_decline")


@pytest.fixture
def gift() -> Iterator[Product]:
    """A gift of two cups and a pot for 40.00; ten cups and five pots, and mugs."""
    ShippingMethodFactory()
    cup = ProductFactory(sku="CUP", name="Cup", price=D("8.00"))
    pot = ProductFactory(sku="POT", name="Pot", price=D("34.00"))
    for product, units in ((cup, 10), (pot, 5), (ProductFactory(sku="MUG", price=D("12.50")), 10)):
        StockLevelFactory(product=product, on_hand=units)
    yield a_bundle("GIFT", price="40.00", parts={cup: 2, pot: 1})
    assert [check.name for check in (*LINES, *AXES, *WORK) if check.find(1).wrong] == []


def lines(draft: Draft) -> list[tuple[int, str, str, int, int, D]]:
    rows = OrderLine.objects.filter(order=draft.order_id).order_by("position")
    return [(row.position, row.sku, row.kind, row.ordered, row.allocated, row.amount) for row in rows]


def test_a_bundle_is_reserved_by_its_parts_and_keeps_its_row(gift: Product) -> None:
    draft = drafted(
        DraftLine(sku="GIFT", quantity=2), DraftLine(sku="MUG", quantity=1), reserve_until=timezone.now() + SOON
    )

    assert lines(draft) == [
        (1, "GIFT", "bundle", 2, 2, D("80.00")),
        (2, "CUP", "goods", 4, 4, D("0")),
        (3, "POT", "goods", 2, 2, D("0")),
        (4, "MUG", "goods", 1, 1, D("12.50")),
    ]
    assert (reserved("CUP"), reserved("POT"), reserved("MUG")) == (4, 2, 1)
    bundle = OrderLine.objects.get(order=draft.order_id, sku="GIFT")

    save(draft, lines=(DraftLine(sku="MUG", quantity=2), DraftLine(sku="GIFT", quantity=1)))

    assert lines(draft) == [
        (1, "MUG", "goods", 2, 2, D("25.00")),
        (2, "GIFT", "bundle", 1, 1, D("40.00")),
        (3, "CUP", "goods", 2, 2, D("0")),
        (4, "POT", "goods", 1, 1, D("0")),
    ]
    assert (reserved("CUP"), reserved("POT"), reserved("MUG")) == (2, 1, 2)
    assert OrderLine.objects.get(order=draft.order_id, sku="GIFT").pk == bundle.pk

    discard_draft(draft.pk, by=AGENT)
    assert (reserved("CUP"), reserved("POT"), reserved("MUG")) == (0, 0, 0)


def test_a_line_may_become_a_bundle_and_back(gift: Product) -> None:
    draft = drafted(DraftLine(sku="MUG", quantity=3), reserve_until=timezone.now() + SOON)
    line = OrderLine.objects.get(order=draft.order_id)

    save(draft, lines=(DraftLine(sku="GIFT", quantity=1, line=line.public_id),))
    assert [row[1:5] for row in lines(draft)] == [
        ("GIFT", "bundle", 1, 1),
        ("CUP", "goods", 2, 2),
        ("POT", "goods", 1, 1),
    ]
    save(draft, lines=(DraftLine(sku="MUG", quantity=3, line=line.public_id),))
    assert [row[1:5] for row in lines(draft)] == [("MUG", "goods", 3, 3)]
    assert (reserved("CUP"), reserved("POT"), reserved("MUG")) == (0, 0, 3)


def test_a_bundle_is_placed_with_what_it_has_reserved_and_what_it_lacks(gift: Product) -> None:
    draft = drafted(DraftLine(sku="GIFT", quantity=2), reserve_until=timezone.now() + SOON)
    Product.objects.filter(sku="CUP").update(out_of_stock_policy=["backorder"])

    order = place_draft(draft.pk, payment=PAID, by=AGENT)

    assert (order.status, order.total) == ("confirmed", D("84.90"))
    assert sorted(FulfillmentOrderLine.objects.values_list("line__sku", "quantity")) == [("CUP", 4), ("POT", 2)]
    bundle = OrderLine.objects.get(order=order, sku="GIFT")
    assert (bundle.allocated, bundle.promised_on) == (2, OrderLine.objects.get(order=order, sku="POT").promised_on)
    assert bundle.promised_on is not None


def test_what_a_bundle_lacks_is_said_of_its_line_in_bundles(gift: Product) -> None:
    draft = drafted(DraftLine(sku="MUG", quantity=1), DraftLine(sku="GIFT", quantity=7))
    Product.objects.update(out_of_stock_policy=[])
    error = refused(OutOfStock, lambda: place_draft(draft.pk, payment=PAID, by=AGENT))
    assert [(wrong.pointer, wrong.detail) for wrong in error.errors] == [
        ("#/lines/1/quantity", "GIFT: 5 available."),
    ]


def test_a_bundle_that_became_another_is_saved_again_first(gift: Product) -> None:
    draft = drafted(DraftLine(sku="GIFT", quantity=1))
    BundleComponent.objects.filter(component__sku="CUP").update(quantity=3)
    refused(PricesChanged, lambda: place_draft(draft.pk, payment=PAID, by=AGENT))
    save(draft)
    place_draft(draft.pk, payment=PAID, by=AGENT)
    assert reserved("CUP") == 3


def test_a_preview_counts_a_bundle_once(gift: Product) -> None:
    draft = drafted(DraftLine(sku="GIFT", quantity=2))
    shown = preview_draft(lambda: save(draft), draft_id=draft.pk, by=AGENT)
    assert shown.refusal is None
    assert [(line.sku, line.active, line.allocated) for line in shown.lines] == [("GIFT", 2, 2)]
    assert reserved("CUP") == 0


@pytest.fixture
def novel(gift: Product) -> Product:
    """Comes out in thirty days, at most ten of it to be preordered."""
    soon = timezone.localdate() + timedelta(days=30)
    return ProductFactory(sku="NOVEL", price=D("20.00"), preorder_ships_on=soon, preorder_cap=10)


def taken() -> int:
    return Product.objects.get(sku="NOVEL").preorder_taken


def test_a_preorder_counts_when_it_is_placed_and_waits_for_its_day(novel: Product) -> None:
    draft = drafted(DraftLine(sku="NOVEL", quantity=4), reserve_until=timezone.now() + SOON)
    assert taken() == 0

    order = place_draft(draft.pk, payment=PAID, by=AGENT)

    line = OrderLine.objects.get(order=order)
    assert (taken(), line.preordered, line.backordered, line.ships_on) == (4, 4, 4, novel.preorder_ships_on)
    assert Backorder.objects.get().quantity == 4
    assert (order.status, order.payment_status) == ("placed", "unpaid")
    payment = Payment.objects.get()
    assert (payment.status, payment.amount) == ("pending", order.total)  # asked shortly before the day


def test_never_a_preorder_over_the_cap(novel: Product) -> None:
    Product.objects.filter(sku="NOVEL").update(preorder_cap=2)
    draft = drafted(DraftLine(sku="NOVEL", quantity=4))
    error = refused(OutOfStock, lambda: place_draft(draft.pk, payment=PAID, by=AGENT))
    assert [wrong.detail for wrong in error.errors] == ["NOVEL: 2 available."]
    assert taken() == 0


def test_a_declined_card_frees_the_cap_and_leaves_the_draft(novel: Product) -> None:
    draft = drafted(DraftLine(sku="NOVEL", quantity=4), DraftLine(sku="MUG", quantity=2))
    with pytest.raises(PaymentDeclined):
        place_draft(draft.pk, payment=DECLINED, by=AGENT)
    settle_payments(draft.order_id)
    assert taken() == 0
    assert (Order.objects.get(pk=draft.order_id).status, reserved("MUG")) == ("draft", 0)
    place_draft(draft.pk, payment=PAID, by=AGENT)
    assert taken() == 4


def test_digital_goods_need_no_street_and_are_delivered(gift: Product) -> None:
    product = ProductFactory(sku="SONG", name="Song", price=D("1.99"), is_digital=True)
    DigitalGood.objects.create(product=product, url="https://example.com/song.mp3")
    draft = drafted(
        DraftLine(sku="SONG", quantity=2), shipping_address={"country": "DE"}, shipping_method="", shipping_price=D(0)
    )

    order = place_draft(draft.pk, payment=PAID, by=AGENT)
    settle_payments(order.pk)

    order.refresh_from_db()
    assert (order.status, order.fulfillment_status) == ("completed", "delivered")
    assert OrderLine.objects.get(order=order).delivered == 2
