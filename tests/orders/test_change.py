"""Changing a placed order: what isn't packed changes, the cents add up, the money follows, refusals change nothing."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest

from orders.change_requests import (
    AddLine,
    ChangeAction,
    SetBillingAddress,
    SetContact,
    SetDiscount,
    SetPrice,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
)
from orders.errors import InvalidRequest, NotChangeable, OutOfStock, Stale
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.kernel.errors import DomainError
from orders.models import (
    Channel,
    Notification,
    Order,
    OrderCancellation,
    OrderChange,
    OrderEvent,
    OrderHold,
    OrderLine,
    Payment,
    PaymentLink,
    PaymentTransaction,
    ProcessException,
)
from orders.requests import PayBy, WantedLine
from orders.selectors import due_by_link
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.place import place_order
from orders.services.preview_change import preview_change
from orders.services.record_payment import record_payment
from orders.services.render import render_message
from orders.services.settle import settle_payments
from orders.services.take_payment import pay_by_link
from orders.states import CancelReason
from tests.factories.orders import ADDRESS, ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order
from warehouse.models import Allocation, Backorder, FulfillmentOrderLine, StockLevel

pytestmark = pytest.mark.django_db

BONN = {**ADDRESS, "line1": "Am Markt 2", "city": "Bonn", "postal_code": "53111"}


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    ShippingMethodFactory(code="express", name="Express", price=D("9.90"), days_min=1, days_max=1)
    ShippingMethodFactory(code="pickup", name="Pick-up", price=D("0.00"), countries=["DE"])
    for sku, price in (("MUG", "12.50"), ("CUP", "3.33"), ("POT", "40.00")):
        StockLevelFactory(product=ProductFactory(sku=sku, name=sku.title(), price=D(price)), on_hand=10)


def placed(payment: PayBy | None = PAID, **changes: Any) -> Order:
    """Two mugs and three cups, 1.00 off: 33.99 and 4.90 shipping make 38.89."""
    lines = (WantedLine(sku="MUG", quantity=2), WantedLine(sku="CUP", quantity=3))
    return place_order(an_order(*lines, payment=payment, **{"discount": D("1.00"), **changes}), by=SYSTEM)


def line(order: Order, sku: str) -> OrderLine:
    return OrderLine.objects.get(order=order, sku=sku)


def change(order: Order, *actions: ChangeAction, **options: Any) -> OrderChange:
    return change_order(order.pk, actions, **options, by=SYSTEM)


def sums(order: Order) -> tuple[D, ...]:
    order.refresh_from_db()
    return (order.items_total, order.discount_total, order.shipping_total, order.tax_total, order.total)


def state() -> list[list[tuple[Any, ...]]]:
    """All that a refusal must leave as it was."""
    tables = (Order, OrderLine, OrderChange, OrderCancellation, OrderEvent, OrderHold, Notification, Payment)
    more = (PaymentTransaction, Allocation, Backorder, StockLevel, FulfillmentOrderLine)
    return [list(table._default_manager.order_by("pk").values_list()) for table in (*tables, *more)]


def refused(do: Callable[[], object], refusal: type[DomainError]) -> DomainError:
    before = state()
    with pytest.raises(refusal) as caught:
        do()
    assert state() == before
    return caught.value


def pointers(refusal: DomainError) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in refusal.errors]


def test_more_of_a_line_and_a_new_one(shop: None) -> None:
    order = placed()
    version = order.version

    made = change(order, SetQuantity(line=line(order, "CUP").public_id, quantity=5), AddLine(sku="POT", quantity=1))

    # Items 25.00 + 16.65 + 40.00, 1.00 off, 4.90 shipping; 19 % of 85.55 within: 13.66
    assert sums(order) == (D("81.65"), D("1.00"), D("4.90"), D("13.66"), D("85.55"))
    assert (made.status, made.total_before, made.total_after) == ("confirmed", D("38.89"), D("85.55"))
    assert (made.version_before, made.version_after) == (version, order.version)
    pot, cup = line(order, "POT"), line(order, "CUP")
    assert (pot.position, pot.ordered, pot.allocated, pot.amount) == (3, 1, 1, D("40.00"))
    assert (cup.ordered, cup.allocated, cup.cancelled) == (5, 5, 0)
    assert dict(StockLevel.objects.values_list("product__sku", "allocated")) == {"MUG": 2, "CUP": 5, "POT": 1}
    assert sorted(FulfillmentOrderLine.objects.values_list("line__sku", "quantity")) == [
        ("CUP", 5),
        ("MUG", 2),
        ("POT", 1),
    ]
    assert sum(row.tax for row in OrderLine.objects.filter(order=order)) + order.shipping_tax == D("13.66")
    assert pot.promises.filter(kind="promise").count() == 1


def test_what_became_dearer_is_owed_and_the_goods_wait(shop: None) -> None:
    order = placed()

    change(order, AddLine(sku="POT", quantity=1))

    order.refresh_from_db()
    assert (order.status, order.total, order.balance) == ("confirmed", D("78.89"), D("40.00"))
    hold = OrderHold.objects.get()
    assert (hold.reason, hold.released_at, order.fulfillment_status) == ("awaiting_payment", None, "on_hold")
    assert not PaymentTransaction.objects.filter(status="pending").exists()


def links() -> list[tuple[Any, ...]]:
    return list(PaymentLink.objects.order_by("pk").values_list("status", "amount"))


def test_who_has_to_pay_more_is_sent_where_to_once_for_each_change(shop: None) -> None:
    order = placed()
    change(order, AddLine(sku="POT", quantity=1))
    link = PaymentLink.objects.get()
    assert (links(), due_by_link(Order.objects.get(), link)) == ([("open", None)], D("40.00"))
    assert Notification.objects.filter(template="orders/mail/payment_link").count() == 1
    with pytest.raises(Stale):
        change(order, AddLine(sku="POT", quantity=1), versions={order.version})
    assert links() == [("open", None)]
    change(order, SetQuantity(line=line(order, "CUP").public_id, quantity=5))
    assert links() == [("cancelled", None), ("open", None)]
    assert due_by_link(Order.objects.get(), PaymentLink.objects.get(status="open")) > D("40.00")
    change(order, SetContact(phone="0301234567"))
    assert len(links()) == 2


def test_where_no_link_can_be_paid_a_person_is_asked_to_get_the_money(shop: None) -> None:
    order = placed()
    Channel.objects.update(link_gateways=["manual"])
    change(order, AddLine(sku="POT", quantity=1))
    assert (links(), OrderHold.objects.get().reason) == ([], "awaiting_payment")
    asked = ProcessException.objects.get(status="open")
    assert (asked.category, asked.facts) == (
        "payment_missing",
        {"why": "changed", "amount": "40.00", "currency": "EUR"},
    )
    record_payment(order.pk, amount=D("40.00"), by=SYSTEM)
    asked.refresh_from_db()
    assert (asked.status, OrderHold.objects.get().released_at is None) == ("resolved", False)


def test_paid_by_its_link_the_goods_of_a_dearer_order_go_on(shop: None) -> None:
    order = placed()
    change(order, AddLine(sku="POT", quantity=1))
    pay_by_link(order.pk, PAID, link_id=PaymentLink.objects.get().pk, expected=D("40.00"), by=CUSTOMER)
    order.refresh_from_db()
    assert (order.balance, order.fulfillment_status, links()) == (D(0), "unfulfilled", [("paid", None)])


def test_a_preview_sends_no_link(shop: None) -> None:
    order = placed()
    preview_change(order.pk, [AddLine(sku="POT", quantity=1)], by=SYSTEM)
    assert links() == []


@pytest.mark.parametrize(
    ("payment", "buyer", "options"),
    [
        (PAID, {}, {"send_link": False}),
        (PayBy(gateway="manual"), {}, {}),
        (PAID, {"email": ""}, {}),
    ],
    ids=["not wanted", "paid by hand", "no mail address"],
)
def test_no_link_goes_out(shop: None, payment: PayBy, buyer: dict[str, str], options: dict[str, bool]) -> None:
    order = placed(payment)
    Order.objects.filter(pk=order.pk).update(**buyer)
    made = change(order, AddLine(sku="POT", quantity=1), **options)
    assert (made.difference, links()) == ("owed", [])


def test_a_cheaper_order_needs_no_link(shop: None) -> None:
    order = placed()
    change(order, SetQuantity(line=line(order, "MUG").public_id, quantity=1))
    assert links() == []


def test_what_became_cheaper_goes_back(shop: None) -> None:
    order = placed()

    change(order, SetQuantity(line=line(order, "MUG").public_id, quantity=1))
    settle_payments(order.pk)

    # Of 24.29 for two mugs one takes 12.15 along, and 0.35 of the discount.
    mug = line(order, "MUG")
    assert (mug.ordered, mug.cancelled, mug.allocated, mug.amount) == (2, 1, 1, D("12.14"))
    assert mug.order_discount == D("0.36")
    order.refresh_from_db()
    assert order.total == D("12.14") + D("9.70") + D("4.90")
    assert (order.balance, order.authorized_total) == (0, order.total)
    assert PaymentTransaction.objects.get(kind="void").amount == D("38.89") - order.total
    assert OrderCancellation.objects.get().lines.get().quantity == 1
    assert StockLevel.objects.get(product__sku="MUG").allocated == 1


def test_it_tells_what_is_different_and_the_customer_once(shop: None) -> None:
    order = placed()
    told = Notification.objects.count()

    made = change(
        order,
        SetQuantity(line=line(order, "CUP").public_id, quantity=0),
        AddLine(sku="POT", quantity=2, unit_price=D("35.00")),
        SetShippingAddress(address=BONN),
        SetShippingMethod(method="express"),
        note="on the phone",
    )

    found = {(entry["what"], entry["sku"]): (entry["before"], entry["after"]) for entry in made.diff}
    assert found["quantity", "CUP"] == (3, 0)
    assert found["quantity", "POT"] == (None, 2)
    assert found["shipping_method", ""] == ("Standard", "Express")
    assert found["shipping", ""] == ("4.90", "9.90")
    assert found["shipping_address", ""] == (ADDRESS, BONN)
    assert [action["type"] for action in made.actions] == [
        "set_quantity",
        "add_line",
        "set_shipping_address",
        "set_shipping_method",
    ]
    event = OrderEvent.objects.get(type="order.changed")
    assert event.data["change"] == made.public_id
    assert event.data["lines"] == [
        {"line": line(order, "CUP").public_id, "sku": "CUP", "quantity": 0},
        {"line": line(order, "POT").public_id, "sku": "POT", "quantity": 2},
    ]
    assert "Bonn" not in str(event.data)
    mails = list(Notification.objects.order_by("id"))[told:]
    assert [mail.template for mail in mails] == ["orders/mail/changed", "orders/mail/payment_link"]
    order.refresh_from_db()
    text = render_message(mails[0]).text
    assert "2 × Pot" in text
    assert "3 × Cup" in text
    assert "53111 Bonn" in text
    assert "Am Markt" not in text


def test_nobody_is_told_where_nobody_shall_be(shop: None) -> None:
    order = placed()
    told = Notification.objects.count()

    change(order, SetContact(email="New@Example.com", phone="0151 1"), notify=False)

    order.refresh_from_db()
    assert (order.email, order.phone) == ("new@example.com", "0151 1")
    assert Notification.objects.count() == told


def test_a_price_and_discounts(shop: None) -> None:
    order = placed()
    mug, cup = line(order, "MUG").public_id, line(order, "CUP").public_id

    change(
        order,
        SetPrice(line=mug, unit_price=D("10.00"), reason="as advertised"),
        SetDiscount(line=cup, discount=D("0.99"), reason="scratched"),
        SetDiscount(discount=D("3.00"), reason="sorry"),
    )

    # 20.00 and 9.00 left before 3.00 off: 2.07 and 0.93.
    assert [(r.sku, r.discount, r.order_discount, r.amount) for r in OrderLine.objects.filter(order=order)] == [
        ("MUG", D("0.00"), D("2.07"), D("17.93")),
        ("CUP", D("0.99"), D("0.93"), D("8.07")),
    ]
    assert sums(order) == (D("29.99"), D("3.99"), D("4.90"), D("4.93"), D("30.90"))
    assert order.discount == D("3.00")


def test_who_is_billed(shop: None) -> None:
    order = placed()

    change(order, SetBillingAddress(address=BONN))
    order.refresh_from_db()
    assert order.billing_address == BONN

    change(order, SetBillingAddress(address=None))
    order.refresh_from_db()
    assert order.billing_address is None


def test_a_faster_method_moves_the_promise(shop: None) -> None:
    order = placed()
    before = line(order, "MUG").promised_on

    change(order, SetShippingMethod(method="express", price=D("4.90")))

    after = line(order, "MUG").promised_on
    assert before is not None
    assert after is not None
    assert after < before
    assert sums(order)[4] == D("38.89")
    kinds = [(p.kind, p.reason) for p in line(order, "MUG").promises.order_by("id")]
    assert kinds == [("promise", ""), ("notice", ""), ("promise", "changed"), ("notice", "changed")]


def test_what_is_missing_waits_where_the_product_may(shop: None) -> None:
    order = placed()
    StockLevelFactory(product=ProductFactory(sku="RARE", price=D("5.00"), out_of_stock_policy=["backorder"]), on_hand=1)

    change(order, AddLine(sku="RARE", quantity=3))

    rare = line(order, "RARE")
    assert (rare.allocated, rare.backordered) == (1, 2)
    assert Backorder.objects.get().quantity == 2


def test_an_unpaid_order_stays_unpaid_and_is_not_held(shop: None) -> None:
    order = placed(None)

    change(order, AddLine(sku="POT", quantity=1))

    order.refresh_from_db()
    assert (order.status, order.balance) == ("placed", D("78.89"))
    assert not OrderHold.objects.exists()
    assert not FulfillmentOrderLine.objects.exists()


def test_cash_on_delivery_follows_the_total(shop: None) -> None:
    channel = ChannelFactory()
    channel.confirms_manual_at_once = True
    channel.save()
    order = placed(PayBy(gateway="manual"))
    assert order.status == "confirmed"

    change(order, AddLine(sku="POT", quantity=1))

    assert Payment.objects.get().amount == D("78.89")
    assert not OrderHold.objects.exists()


def test_an_order_that_becomes_free_goes_on(shop: None) -> None:
    order = placed(None, shipping_price=D("0.00"), discount=D("0.00"))

    change(order, SetDiscount(discount=D("34.99"), reason="a gift"))

    order.refresh_from_db()
    assert (order.total, order.status, order.payment_status) == (D(0), "confirmed", "paid")


def test_a_preview_is_exact_and_changes_nothing(shop: None) -> None:
    order = placed()
    cup = line(order, "CUP").public_id
    actions = (
        SetQuantity(line=cup, quantity=1),
        AddLine(sku="MUG", quantity=8),
        SetDiscount(discount=D("0.50"), reason="x"),
    )
    before = state()

    shown = preview_change(order.pk, actions, by=SYSTEM)

    assert state() == before
    made = change(order, *actions)
    order.refresh_from_db()
    compared = ("items_total", "discount_total", "shipping_total", "tax_total", "total", "balance", "version")
    assert [getattr(shown.order, name) for name in compared] == [getattr(order, name) for name in compared]
    assert [entry | {"line": ""} for entry in shown.change.diff] == [entry | {"line": ""} for entry in made.diff]
    assert [(r.sku, r.allocated, r.amount) for r in shown.lines] == [
        (r.sku, r.allocated, r.amount) for r in OrderLine.objects.filter(order=order).order_by("position")
    ]
    assert shown.mail is not None
    assert shown.mail.to == "ada@example.com"
    mail = render_message(Notification.objects.get(template="orders/mail/changed"))
    assert shown.mail.text.splitlines()[0] == mail.text.splitlines()[0]


def test_a_preview_says_what_would_go_back(shop: None) -> None:
    order = placed()

    shown = preview_change(order.pk, [SetQuantity(line=line(order, "MUG").public_id, quantity=1)], by=SYSTEM)

    assert (shown.voided, shown.refunded) == (D("38.89") - shown.order.total, 0)


def test_a_preview_refuses_as_the_change_would(shop: None) -> None:
    order = placed()
    too_many = [AddLine(sku="MUG", quantity=9)]

    refusal = refused(lambda: preview_change(order.pk, too_many, by=SYSTEM), OutOfStock)

    assert refusal.errors[0].detail == "MUG: 8 available."
    assert refused(lambda: change(order, *too_many), OutOfStock).errors == refusal.errors


def test_two_people_at_once(shop: None) -> None:
    order = placed()
    change(order, SetContact(phone="1"), versions={order.version})

    refusal = refused(lambda: change(order, SetContact(phone="2"), versions={order.version}), Stale)

    assert refusal.extra == {"current_version": order.version + 1}


def test_what_is_wrong_is_named_all_at_once(shop: None) -> None:
    order = placed()
    mug = line(order, "MUG").public_id

    refusal = refused(
        lambda: change(
            order,
            AddLine(sku="NONE", quantity=1),
            SetPrice(line="ol_none", unit_price=D(1), reason="x"),
            SetPrice(line=mug, unit_price=D("1.005"), reason="x"),
            SetDiscount(line=mug, discount=D("99.00"), reason="x"),
            SetShippingMethod(method="drone"),
            AddLine(sku="CUP", quantity=1, discount=D("3.34")),
        ),
        InvalidRequest,
    )

    assert pointers(refusal) == [
        ("#/actions/0/sku", "unknown_product"),
        ("#/actions/1/line", "unknown_line"),
        ("#/actions/2/unit_price", "too_precise"),
        ("#/actions/3/discount", "too_large"),
        ("#/actions/4/method", "unknown_shipping_method"),
        ("#/actions/5/discount", "too_large"),
    ]


def test_a_method_that_does_not_go_there(shop: None) -> None:
    order = placed(shipping_method="pickup")

    refusal = refused(lambda: change(order, SetShippingAddress(address={**BONN, "country": "FR"})), InvalidRequest)

    assert pointers(refusal) == [("#/actions/0/address", "unknown_shipping_method")]
    change(order, SetShippingAddress(address={**BONN, "country": "FR"}), SetShippingMethod(method="standard"))
    order.refresh_from_db()
    assert (order.shipping_address["country"], order.shipping_total) == ("FR", D("4.90"))


def test_the_same_thing_twice(shop: None) -> None:
    order = placed()
    mug = line(order, "MUG").public_id

    refusal = refused(
        lambda: change(order, SetQuantity(line=mug, quantity=1), SetQuantity(line=mug, quantity=3)), InvalidRequest
    )

    assert pointers(refusal) == [("#/actions/1", "repeated")]


def test_nothing_different_is_no_change(shop: None) -> None:
    order = placed()

    refused(lambda: change(order, SetQuantity(line=line(order, "MUG").public_id, quantity=2)), NotChangeable)


def test_nothing_left_is_a_cancellation(shop: None) -> None:
    order = placed()
    none = [SetQuantity(line=row.public_id, quantity=0) for row in order.lines.all()]

    refused(lambda: change(order, *none), NotChangeable)

    change(order, *none, AddLine(sku="POT", quantity=1))
    order.refresh_from_db()
    assert (order.status, order.items_total) == ("confirmed", D("40.00"))


def test_another_product_instead_keeps_the_shipping(shop: None) -> None:
    order = placed(shipping_price=D("4.90"))
    none = [SetQuantity(line=row.public_id, quantity=0) for row in order.lines.all()]

    change(order, *none, AddLine(sku="POT", quantity=1))

    order.refresh_from_db()
    assert (order.shipping_total, order.total) == (D("4.90"), D("44.90"))


def test_while_the_customer_approves_a_payment(shop: None) -> None:
    order = placed(PayBy(gateway="sandbox", token="tok_requires_action"))

    refused(lambda: change(order, AddLine(sku="POT", quantity=1)), NotChangeable)

    change(order, SetShippingAddress(address=BONN))
    order.refresh_from_db()
    assert order.shipping_address == BONN


def test_what_is_over_is_over(shop: None) -> None:
    order = placed()
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)

    refusal = refused(lambda: change(order, AddLine(sku="POT", quantity=1)), NotChangeable)
    assert refusal.detail == "This order is cancelled and can't be changed."


def test_what_no_column_holds_is_named_and_nothing_changes(shop: None) -> None:
    order = placed()
    mug = line(order, "MUG").public_id
    bad = {**ADDRESS, "line1": "Am Markt 2\0", "city": "x" * 201}
    refusal = refused(
        lambda: change(
            order,
            SetPrice(line=mug, unit_price=D("9.00"), reason="x" * 256),
            SetDiscount(discount=D("2.00"), reason="late\0"),
            SetContact(email="not a mail", phone="0" * 33),
            SetBillingAddress(address=bad),
        ),
        InvalidRequest,
    )
    assert pointers(refusal) == [
        ("#/actions/0/reason", "too_long"),
        ("#/actions/1/reason", "control_character"),
        ("#/actions/2/email", "email"),
        ("#/actions/2/phone", "too_long"),
        ("#/actions/3/address/line1", "control_character"),
        ("#/actions/3/address/city", "too_long"),
    ]
    refusal = refused(lambda: change(order, SetQuantity(line=mug, quantity=1), note="a\0"), InvalidRequest)
    assert pointers(refusal) == [("#/note", "control_character")]


@pytest.mark.parametrize("amount", ["1" * 29, "1e999999"])
def test_amounts_that_nobody_can_reckon_with_are_named(shop: None, amount: str) -> None:
    order, much = placed(), D(amount)
    mug = line(order, "MUG").public_id
    refusal = refused(
        lambda: change(
            order,
            AddLine(sku="POT", quantity=2, unit_price=much),
            SetPrice(line=mug, unit_price=much, reason="x"),
            SetDiscount(line=mug, discount=much, reason="x"),
            SetShippingMethod(method="express", price=much),
        ),
        InvalidRequest,
    )
    assert pointers(refusal) == [
        ("#/actions/0/unit_price", "too_large"),
        ("#/actions/1/unit_price", "too_large"),
        ("#/actions/2/discount", "too_large"),
        ("#/actions/3/price", "too_large"),
    ]
