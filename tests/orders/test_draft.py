"""Drafts: invisible, priced anew with each save, reserved until a time, frozen, taken over, given up."""

from dataclasses import fields
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.utils import timezone

from orders import selectors
from orders.drafts import DraftBuyer, DraftLine, moved_prices
from orders.errors import DuplicateExternalRef, InvalidRequest, NotADraft, Stale, UnknownProduct
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.kernel.errors import DomainError
from orders.models import (
    Customer,
    Draft,
    Notification,
    Order,
    OrderEvent,
    OrderLine,
    Partner,
    PriceOverride,
    ProcessException,
    Product,
)
from orders.requests import Buyer, OrderRequest, WantedLine
from orders.services.call_back import ask_for_due_calls
from orders.services.draft import create_draft, discard_draft, take_over_draft, update_draft
from orders.services.end_drafts import end_due_reservations, expire_due_drafts
from tests.factories.orders import ADDRESS, ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order
from warehouse.models import Allocation, StockLevel, StockMovement
from warehouse.services.adjust_stock import adjust_stock
from warehouse.states import AdjustmentReason

pytestmark = pytest.mark.django_db

AGENT = Actor(kind=ActorKind.STAFF, name="maria")
OTHER = Actor(kind=ActorKind.STAFF, name="paul")
SOON = timedelta(hours=2)
_REQUESTED = {field.name for field in fields(OrderRequest)}


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    ShippingMethodFactory(code="express", name="Express", price=D("9.90"))
    for sku, price in (("MUG", "12.50"), ("CUP", "3.33"), ("POT", "40.00")):
        StockLevelFactory(product=ProductFactory(sku=sku, name=sku.title(), price=D(price)), on_hand=10)


def drafted(*lines: WantedLine, by: Actor = AGENT, **options: Any) -> Draft:
    """Two mugs and three cups, unless said: 34.99 and 4.90 shipping."""
    wanted = lines or (DraftLine(sku="MUG", quantity=2), DraftLine(sku="CUP", quantity=3))
    request = {name: options.pop(name) for name in _REQUESTED & options.keys()}
    return create_draft(an_order(*wanted, **request), **options, by=by)


def save(draft: Draft, by: Actor = AGENT, **changes: Any) -> Draft:
    return update_draft(draft.pk, changes, by=by)


def rows(draft: Draft) -> list[tuple[Any, ...]]:
    lines = OrderLine.objects.filter(order=draft.order_id).order_by("position")
    return [(line.position, line.sku, line.ordered, line.unit_price, line.allocated) for line in lines]


def total(draft: Draft) -> D:
    return Order.objects.get(pk=draft.order_id).total


def reserved(sku: str) -> int:
    return StockLevel.objects.get(product__sku=sku).allocated


def told(draft: Draft) -> list[str]:
    return list(OrderEvent.objects.filter(order=draft.order_id).order_by("seq").values_list("type", flat=True))


def state() -> list[list[tuple[Any, ...]]]:
    tables = (Order, OrderLine, Draft, PriceOverride, OrderEvent, Notification, Allocation, StockLevel, Customer)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


def refused(error: type[DomainError], act: Any) -> DomainError:
    before = state()
    with pytest.raises(error) as caught:
        act()
    assert state() == before
    return caught.value


def test_a_draft_is_priced_and_nobody_sees_it(shop: None) -> None:
    draft = drafted(discount=D("1.00"), discount_reason="waited")
    order = Order.objects.get(pk=draft.order_id)
    assert draft.public_id.startswith("dr_")
    assert (order.status, order.payment_status, order.version) == ("draft", "unpaid", 1)
    assert (order.items_total, order.discount_total, order.shipping_total) == (D("34.99"), D("1.00"), D("4.90"))
    assert (order.tax_total, order.total) == (D("6.21"), D("38.89"))
    assert rows(draft) == [(1, "MUG", 2, D("12.50"), 0), (2, "CUP", 3, D("3.33"), 0)]
    assert reserved("MUG") == 0
    assert not selectors.visible_orders().exists()
    assert told(draft) == ["draft.created"]
    assert not Notification.objects.exists()
    assert draft.expires_at is not None
    assert timedelta(days=13) < draft.expires_at - timezone.now() < timedelta(days=15)


def test_a_draft_of_a_channel_without_an_end_never_ends(shop: None) -> None:
    channel = ChannelFactory()
    channel.draft_expires_after_days = 0
    channel.save()
    assert drafted().expires_at is None


def test_a_customer_on_the_phone_needs_no_mail_address(shop: None) -> None:
    draft = drafted(customer=DraftBuyer(email="", name="Grace", phone="+49 30 1234"))
    customer = Customer.objects.get(pk=draft.order.customer_id)
    assert (customer.email, customer.name, customer.phone) == (None, "Grace", "+49 30 1234")
    save(draft, note="calls again")
    assert Customer.objects.count() == 1
    again = drafted(customer=DraftBuyer(customer_id=customer.pk, email="", name="", phone="+49 30 1234"))
    assert (again.order.customer_id, again.order.customer_name) == (customer.pk, "Grace")


def test_what_cant_be_looked_up_leaves_nothing_behind(shop: None) -> None:
    refused(UnknownProduct, lambda: drafted(DraftLine(sku="NIX", quantity=1)))
    now = timezone.now()
    error = refused(InvalidRequest, lambda: drafted(reserve_until=now, call_back_at=now + timedelta(days=400)))
    assert [wrong.pointer for wrong in error.errors] == ["#/reserve_until", "#/call_back_at"]


def test_what_no_column_holds_is_named(shop: None) -> None:
    buyer = {"email": f"{'a' * 250}@example.com", "name": "x" * 256, "phone": "0" * 33, "language": "x" * 9}
    address = ADDRESS | {"line1": "Hauptstr. 1\0", "city": "x" * 201}
    line = DraftLine(sku="MUG", quantity=1, unit_price=D(9), reason="x" * 256, external_ref="\0")
    error = refused(
        InvalidRequest,
        lambda: drafted(line, customer=Buyer(**buyer), shipping_address=address, billing_address=address, note="\0"),
    )
    assert [(wrong.pointer.removeprefix("#/"), wrong.code) for wrong in error.errors] == [
        ("customer/email", "too_long"),
        ("customer/name", "too_long"),
        ("customer/phone", "too_long"),
        ("customer/language", "too_long"),
        ("note", "control_character"),
        ("lines/0/reason", "too_long"),
        ("lines/0/external_ref", "control_character"),
        ("shipping_address/line1", "control_character"),
        ("shipping_address/city", "too_long"),
        ("billing_address/line1", "control_character"),
        ("billing_address/city", "too_long"),
    ]


@pytest.mark.parametrize("mail", ["not a mail", "ada@", "ada@example", "@example.com"])
def test_a_new_mail_address_is_one(shop: None, mail: str) -> None:
    error = refused(InvalidRequest, lambda: drafted(customer=Buyer(email=mail)))
    assert [(wrong.pointer, wrong.code) for wrong in error.errors] == [("#/customer/email", "email")]
    guest = drafted(customer=DraftBuyer(email="", name="Grace"))
    known = DraftBuyer(customer_id=guest.order.customer_id, email=mail)
    refused(InvalidRequest, lambda: save(guest, customer=known))


def test_a_mail_address_of_old_that_is_none_stays_with_its_customer(shop: None) -> None:
    """Imports keep what their files say; an order of it can still be written."""
    old = Customer.objects.create(email="ada at home", name="Ada")
    draft = drafted(customer=DraftBuyer(customer_id=old.pk, email="ada at home"))
    save(draft, customer=Buyer(email="ada at home"), note="calls again")
    assert Order.objects.values_list("customer", "email").get() == (old.pk, "ada at home")


def test_amounts_that_nobody_can_reckon_with_are_named(shop: None) -> None:
    for amount in (D("1" * 29), D("1e999999")):
        line = DraftLine(sku="MUG", quantity=2, unit_price=amount, discount=amount, reason="x")
        error = refused(InvalidRequest, lambda: drafted(line, discount=amount, shipping_price=amount))  # noqa: B023
        assert [(wrong.pointer.removeprefix("#/"), wrong.code) for wrong in error.errors] == [
            ("lines/0/unit_price", "too_large"),
            ("lines/0/discount", "too_large"),
            ("discount", "too_large"),
            ("shipping_price", "too_large"),
        ]


def test_a_reference_is_used_once(shop: None) -> None:
    partner = Partner.objects.create(code="p", name="P")
    partner.channels.add(ChannelFactory())
    drafted(external_ref="A-1", partner=partner, by=SYSTEM)
    with pytest.raises(DuplicateExternalRef):
        drafted(external_ref="A-1", partner=partner, by=SYSTEM)


def test_staff_say_why_something_costs_another_price(shop: None) -> None:
    line = DraftLine(sku="MUG", quantity=1, unit_price=D("9.00"))
    error = refused(InvalidRequest, lambda: drafted(line))
    assert [wrong.pointer for wrong in error.errors] == ["#/lines/0/reason"]
    draft = drafted(DraftLine(sku="MUG", quantity=1, unit_price=D("9.00"), reason="scratched"))
    override = PriceOverride.objects.get()
    assert (override.unit_price, override.catalogue_price, override.reason, override.made_by) == (
        D("9.00"),
        D("12.50"),
        "scratched",
        "maria",
    )
    save(draft, by=OTHER, note="x")
    kept = PriceOverride.objects.get()
    assert (kept.pk, kept.made_by) == (override.pk, "maria")
    assert total(draft) == D("13.90")


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"discount": D("1.00")}, "#/discount_reason"),
        ({"shipping_price": D("2.00")}, "#/shipping_reason"),
        ({"lines": (DraftLine(sku="MUG", quantity=2, discount=D("1.00")),)}, "#/lines/0/reason"),
    ],
)
def test_staff_say_why_there_is_a_discount_or_another_shipping_price(
    shop: None, asked: dict[str, Any], pointer: str
) -> None:
    lines = asked.get("lines", ())
    rest = {name: value for name, value in asked.items() if name != "lines"}
    error = refused(InvalidRequest, lambda: drafted(*lines, **rest))
    assert [wrong.pointer for wrong in error.errors] == [pointer]
    draft = drafted()
    error = refused(InvalidRequest, lambda: save(draft, **asked))
    assert [wrong.pointer for wrong in error.errors] == [pointer]
    save(draft, by=SYSTEM, **asked)
    assert total(draft) != D("39.89")


def test_the_reasons_of_discounts_and_shipping_are_kept_with_who_gave_them(shop: None) -> None:
    line = DraftLine(sku="MUG", quantity=2, discount=D("1.00"), reason="scratched")
    given = {"discount": D("2.00"), "discount_reason": "waited", "shipping_price": D("0.90"), "shipping_reason": "near"}
    draft = drafted(line, **given)
    override = PriceOverride.objects.get()
    assert (override.unit_price, override.discount, override.reason, override.made_by) == (
        None,
        D("1.00"),
        "scratched",
        "maria",
    )
    save(draft, by=OTHER, note="x")
    draft.refresh_from_db()
    assert PriceOverride.objects.get().pk == override.pk
    assert (draft.discount_reason, draft.discount_by) == ("waited", "maria")
    assert (draft.shipping_reason, draft.shipping_by) == ("near", "maria")
    save(draft, by=SYSTEM, discount=D("3.00"), shipping_price=None)
    draft.refresh_from_db()
    assert (draft.discount_reason, draft.discount_by) == ("", "system")
    assert (draft.shipping_reason, draft.shipping_by) == ("", "")
    save(draft, by=OTHER, discount=D("0.00"), shipping_price=D("4.90"))
    draft.refresh_from_db()
    assert (draft.discount_reason, draft.discount_by, draft.shipping_by) == ("", "", "paul")
    kept = OrderLine.objects.get(order=draft.order_id).public_id
    save(draft, lines=(DraftLine(sku="MUG", quantity=2, line=kept),))
    assert not PriceOverride.objects.exists()


def test_a_frozen_price_stays_beside_a_discount_with_a_reason(shop: None) -> None:
    draft = drafted(DraftLine(sku="MUG", quantity=2, discount=D("1.00"), reason="scratched"), is_frozen=True)
    Product.objects.filter(sku="MUG").update(price=D("20.00"))
    save(draft, note="x")
    assert OrderLine.objects.get(order=draft.order_id).unit_price == D("12.50")
    override = PriceOverride.objects.get()
    assert (override.unit_price, override.discount, override.reason) == (None, D("1.00"), "scratched")


def test_lines_keep_their_rows_and_what_is_reserved(shop: None) -> None:
    draft = drafted(reserve_until=timezone.now() + SOON)
    assert (reserved("MUG"), reserved("CUP")) == (2, 3)
    mug, cup = OrderLine.objects.filter(order=draft.order_id).order_by("position")
    lines = (
        DraftLine(sku="POT", quantity=1),
        DraftLine(sku="MUG", quantity=5, line=mug.public_id),
    )
    save(draft, lines=lines)
    assert rows(draft) == [(1, "POT", 1, D("40.00"), 1), (2, "MUG", 5, D("12.50"), 5)]
    assert (reserved("MUG"), reserved("CUP"), reserved("POT")) == (5, 0, 1)
    assert OrderLine.objects.get(sku="MUG").pk == mug.pk
    assert not OrderLine.objects.filter(pk=cup.pk).exists()
    assert sum(Allocation.objects.values_list("quantity", flat=True)) == 6
    assert not StockMovement.objects.exclude(line=None).exists()
    save(draft, lines=(DraftLine(sku="MUG", quantity=1),))
    assert (rows(draft), reserved("MUG"), reserved("POT")) == ([(1, "MUG", 1, D("12.50"), 1)], 1, 0)


def test_what_isnt_there_isnt_reserved_and_nothing_waits(shop: None) -> None:
    Product.objects.filter(sku="MUG").update(out_of_stock_policy=["backorder"])
    draft = drafted(DraftLine(sku="MUG", quantity=12), reserve_until=timezone.now() + SOON)
    line = OrderLine.objects.get(order=draft.order_id)
    assert (line.allocated, line.backordered, line.unsourced) == (10, 0, 2)


def test_a_line_of_another_draft_is_none_of_this_one(shop: None) -> None:
    draft, other = drafted(), drafted()
    foreign = OrderLine.objects.filter(order=other.order_id).first()
    assert foreign is not None
    lines = (DraftLine(sku="MUG", quantity=1, line=foreign.public_id),)
    error = refused(InvalidRequest, lambda: save(draft, lines=lines))
    assert [wrong.pointer for wrong in error.errors] == ["#/lines/0/id"]


def test_prices_follow_the_catalogue_until_they_are_frozen(shop: None) -> None:
    draft = drafted()
    Product.objects.filter(sku="MUG").update(price=D("13.00"))
    lines = list(OrderLine.objects.filter(order=draft.order_id).select_related("product"))
    assert [(move.line.sku, move.before, move.now) for move in moved_prices(draft, lines)] == [
        ("MUG", D("12.50"), D("13.00"))
    ]
    draft = save(draft, note="x")
    assert total(draft) == D("40.89")
    draft = save(draft, is_frozen=True)
    Product.objects.filter(sku="MUG").update(price=D("20.00"))
    draft = save(draft, note="y")
    assert total(draft) == D("40.89")
    assert not PriceOverride.objects.exists()
    draft = save(draft, is_frozen=False)
    assert total(draft) == D("54.89")


def test_a_frozen_draft_keeps_what_shipping_costs(shop: None) -> None:
    draft = save(drafted(), is_frozen=True)
    method = draft.order.shipping_method
    assert method is not None
    method.price = D("6.00")
    method.save()
    assert save(draft, note="x").order.shipping_total == D("4.90")
    assert save(draft, is_frozen=False).order.shipping_total == D("6.00")


def test_of_two_who_write_the_second_is_told(shop: None) -> None:
    draft = drafted()
    update_draft(draft.pk, {"note": "first"}, versions={1}, by=AGENT)
    error = refused(Stale, lambda: update_draft(draft.pk, {"note": "second"}, versions={1}, by=OTHER))
    assert error.extra == {"current_version": 2}


def test_an_agent_takes_over_what_a_partner_began(shop: None) -> None:
    partner = Partner.objects.create(code="p", name="P")
    partner.channels.add(ChannelFactory())
    shop_bot = Actor(kind=ActorKind.PARTNER, name="P")
    draft = drafted(partner=partner, by=shop_bot)
    taken = take_over_draft(draft.pk, by=AGENT)
    assert (taken.taken_over_by, taken.order.version) == ("maria", 2)
    with pytest.raises(Stale):
        update_draft(draft.pk, {"note": "mine"}, versions={1}, by=shop_bot)
    take_over_draft(draft.pk, by=AGENT)  # theirs already
    assert told(draft) == ["draft.created", "draft.taken_over"]
    save(draft, by=OTHER, note="x")
    assert told(draft)[2:] == ["draft.taken_over", "draft.updated"]
    assert Draft.objects.get().taken_over_by == "paul"


def test_a_discarded_draft_frees_its_goods_and_is_over(shop: None) -> None:
    draft = drafted(reserve_until=timezone.now() + SOON)
    discard_draft(draft.pk, reason="too dear", by=AGENT)
    row = Draft.objects.get()
    assert (row.order.status, row.end_reason, row.reserve_until) == ("expired", "too dear", None)
    assert (reserved("MUG"), reserved("CUP")) == (0, 0)
    assert not selectors.visible_orders().exists()
    refused(NotADraft, lambda: discard_draft(draft.pk, by=AGENT))
    refused(NotADraft, lambda: save(draft, note="x"))


def test_reservations_end_once_at_their_time(shop: None) -> None:
    draft = drafted(reserve_until=timezone.now() + SOON)
    assert end_due_reservations(by=SYSTEM) == 0
    Draft.objects.update(reserve_until=timezone.now())
    assert (end_due_reservations(by=SYSTEM), end_due_reservations(by=SYSTEM)) == (1, 0)
    assert (reserved("MUG"), rows(draft)[0][4], Draft.objects.get().reserve_until) == (0, 0, None)
    event = OrderEvent.objects.get(type="draft.reservation_ended")
    assert [(line["sku"], line["quantity"]) for line in event.data["lines"]] == [("MUG", 2), ("CUP", 3)]


def test_a_reservation_is_extended_or_given_up(shop: None) -> None:
    draft = drafted()
    later = timezone.now() + SOON
    draft = save(draft, reserve_until=later)
    assert (reserved("MUG"), draft.reserve_until) == (2, later)
    save(draft, reserve_until=later + SOON)
    assert reserved("MUG") == 2
    save(draft, reserve_until=None)
    assert reserved("MUG") == 0


def test_a_loss_takes_what_a_draft_keeps_and_its_line_can_still_go(shop: None) -> None:
    draft = drafted(DraftLine(sku="MUG", quantity=8), reserve_until=timezone.now() + SOON)
    StockLevel.objects.filter(product__sku="MUG").update(on_hand=0, allocated=0)
    Allocation.objects.all().delete()
    OrderLine.objects.update(allocated=0)
    adjust_stock("MUG", warehouse="BER", counted=10, reason=AdjustmentReason.COUNT, by=SYSTEM)
    save(draft, note="reserve")
    assert reserved("MUG") == 8
    adjust_stock("MUG", warehouse="BER", counted=5, reason=AdjustmentReason.COUNT, by=SYSTEM)
    assert (reserved("MUG"), rows(draft)[0][4]) == (5, 5)
    assert not ProcessException.objects.exists()
    save(draft, lines=(DraftLine(sku="CUP", quantity=1),))
    assert rows(draft) == [(1, "CUP", 1, D("3.33"), 1)]


def test_drafts_end_when_nobody_places_them(shop: None) -> None:
    draft = drafted(reserve_until=timezone.now() + SOON)
    assert expire_due_drafts(by=SYSTEM) == 0
    Draft.objects.update(expires_at=timezone.now())
    assert (expire_due_drafts(by=SYSTEM), expire_due_drafts(by=SYSTEM)) == (1, 0)
    assert (Order.objects.get().status, reserved("MUG"), told(draft)[-1]) == ("expired", 0, "draft.expired")


def test_a_promised_call_is_on_somebodys_list_once_and_leaves_it(shop: None) -> None:
    draft = drafted(call_back_at=timezone.now() + SOON)
    assert ask_for_due_calls(by=SYSTEM) == 0
    Draft.objects.update(call_back_at=timezone.now())
    assert (ask_for_due_calls(by=SYSTEM), ask_for_due_calls(by=SYSTEM)) == (1, 0)
    asked = ProcessException.objects.get()
    assert (asked.category, asked.subject_id, asked.order_id) == ("draft_callback", draft.public_id, draft.order_id)
    discard_draft(draft.pk, by=AGENT)
    asked.refresh_from_db()
    assert asked.status == "resolved"


def test_the_address_may_come_later_but_stays_an_address(shop: None) -> None:
    request = an_order(DraftLine(sku="MUG", quantity=1), shipping_address={})
    draft = create_draft(request, by=AGENT)
    save(draft, shipping_address=ADDRESS)
    assert Order.objects.get().shipping_address["city"] == "Berlin"
