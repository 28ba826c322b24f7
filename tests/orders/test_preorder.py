"""Preorders: counted against a cap, sent from a day on, filled before new sales, moved when the day is."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from orders.audit.axes import AXES
from orders.audit.lines import LINES
from orders.change_requests import AddLine, SetQuantity
from orders.errors import OutOfStock, PaymentDeclined
from orders.gift_codes import code_of
from orders.kernel.actor import SYSTEM
from orders.models import (
    Channel,
    DeliveryPromise,
    Notification,
    Order,
    OrderEvent,
    OrderLine,
    PaymentTransaction,
    Product,
)
from orders.order_page import order_page
from orders.pay_page import pay_page
from orders.requests import PayBy, WantedLine
from orders.selectors import open_link
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.confirm import confirm_order
from orders.services.follow_preorders import follow_preorders
from orders.services.place import place_order
from orders.services.send_payment_link import send_payment_link
from orders.services.settle import settle_payments
from orders.services.take_payment import take_payment
from orders.states import CancelReason
from tests.factories.orders import ProductFactory, ShippingMethodFactory, a_bundle
from tests.factories.value import a_card
from tests.factories.warehouse import StockLevelFactory, WarehouseFactory
from tests.orders.requests import PAID, an_order
from warehouse.audit.work import WORK
from warehouse.models import FulfillmentOrder, StockLevel
from warehouse.services.adjust_stock import adjust_stock
from warehouse.states import AdjustmentReason

pytestmark = pytest.mark.django_db

SOON = timezone.localdate() + timedelta(days=30)


@pytest.fixture
def novel() -> Iterator[Product]:
    """A novel that comes out in thirty days, at most ten of it to be preordered; and mugs in stock."""
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=10)
    yield ProductFactory(sku="NOVEL", name="Novel", price=D("20.00"), preorder_ships_on=SOON, preorder_cap=10)
    assert [check.name for check in (*LINES, *AXES, *WORK) if check.find(1).wrong] == []


def placed(*wanted: tuple[str, int], **changes: object) -> Order:
    order = place_order(an_order(*(WantedLine(sku=sku, quantity=n) for sku, n in wanted), **changes), by=SYSTEM)
    return Order.objects.get(pk=order.pk)


def line(order: Order, sku: str = "NOVEL") -> OrderLine:
    return OrderLine.objects.get(order=order, sku=sku)


def taken() -> int:
    return Product.objects.get(sku="NOVEL").preorder_taken


def received(sku: str, units: int) -> None:
    adjust_stock(sku, warehouse=WarehouseFactory().code, delta=units, reason=AdjustmentReason.FOUND, by=SYSTEM)


def the_day(day: date | None) -> None:
    """The merchant, or the calendar, gives it another day."""
    Product.objects.filter(sku="NOVEL").update(preorder_ships_on=day)


def test_a_preorder_waits_for_its_day_whatever_is_in_stock(novel: Product) -> None:
    order = placed(("NOVEL", 3))

    row = line(order)
    assert (row.preordered, row.backordered, row.allocated, row.ships_on) == (3, 3, 0, SOON)
    assert (order.fulfillment_status, taken()) == ("scheduled", 3)
    assert row.promised_on is not None
    assert row.promised_on > SOON
    page = order_page(order)
    assert [state.words for state in page.lines[0].states] == ["Preordered"]


def test_never_a_unit_over_the_cap(novel: Product) -> None:
    placed(("NOVEL", 8))

    with pytest.raises(OutOfStock) as refused:
        placed(("NOVEL", 3))

    assert [e.detail for e in refused.value.errors] == ["NOVEL: 2 available."]
    assert (taken(), Order.objects.count()) == (8, 1)
    placed(("NOVEL", 2))
    assert taken() == 10


def test_two_lines_share_the_cap(novel: Product) -> None:
    with pytest.raises(OutOfStock):
        placed(("NOVEL", 6), ("NOVEL", 6))
    assert taken() == 0


def test_cancelling_frees_the_cap(novel: Product) -> None:
    order = placed(("NOVEL", 8))

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line(order).public_id: 5}, by=SYSTEM)
    assert (taken(), line(order).preordered) == (3, 3)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)

    assert (taken(), line(order).preordered) == (0, 0)


def test_a_declined_order_frees_the_cap(novel: Product) -> None:
    the_day(timezone.localdate() + timedelta(days=3))
    with pytest.raises(PaymentDeclined):
        placed(("NOVEL", 4), payment=PayBy(gateway="sandbox", token="tok_decline"))
    assert taken() == 0


def test_changes_count_too(novel: Product) -> None:
    order = placed(("MUG", 1))
    change_order(order.pk, [AddLine(sku="NOVEL", quantity=4)], by=SYSTEM)
    row = line(order)
    assert (taken(), row.preordered, row.ships_on, row.backordered) == (4, 4, SOON, 4)

    change_order(order.pk, [SetQuantity(line=row.public_id, quantity=9)], by=SYSTEM)
    assert (taken(), line(order).preordered, line(order).backordered) == (9, 9, 9)
    with pytest.raises(OutOfStock):
        change_order(order.pk, [SetQuantity(line=row.public_id, quantity=11)], by=SYSTEM)
    change_order(order.pk, [SetQuantity(line=row.public_id, quantity=2)], by=SYSTEM)

    assert (taken(), line(order).preordered, line(order).ordered) == (2, 2, 9)


def test_goods_that_come_in_go_to_preorders_by_age_and_leave_on_the_day(novel: Product) -> None:
    first, second = placed(("NOVEL", 4)), placed(("NOVEL", 4))
    for order in (first, second):
        confirm_order(order.pk, by=SYSTEM)
    received("NOVEL", 6)
    assert [(line(order).allocated, line(order).backordered) for order in (first, second)] == [(4, 0), (2, 2)]
    assert not FulfillmentOrder.objects.exists()
    assert {order.fulfillment_status for order in Order.objects.all()} == {"scheduled"}

    the_day(timezone.localdate())
    assert follow_preorders() == 2

    assert list(FulfillmentOrder.objects.order_by("order").values_list("order", "lines__quantity")) == [
        (first.pk, 4),
        (second.pk, 2),
    ]
    assert [(line(o).ships_on, line(o).preordered) for o in (first, second)] == [(None, 0), (None, 0)]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.fulfillment_status, second.fulfillment_status, taken()) == ("unfulfilled", "backordered", 0)
    assert OrderEvent.objects.filter(type="order.preorder_due").count() == 2
    assert follow_preorders() == 0
    with pytest.raises(OutOfStock):
        placed(("NOVEL", 1))  # it is sold like any other from now on
    received("NOVEL", 3)
    assert (line(second).allocated, StockLevel.objects.get(product=novel).available) == (4, 1)


def test_a_day_that_moves_moves_the_promise_and_the_customer_is_told(novel: Product) -> None:
    order = placed(("NOVEL", 1))
    before = line(order).promised_on
    Notification.objects.all().delete()

    the_day(SOON + timedelta(days=14))
    assert follow_preorders() == 1

    row = line(order)
    assert row.ships_on == SOON + timedelta(days=14)
    assert before is not None
    assert row.promised_on is not None
    assert row.promised_on > before
    assert list(DeliveryPromise.objects.filter(kind="promise").order_by("id").values_list("promised_on", "reason")) == [
        (before, ""),
        (row.promised_on, "release"),
    ]
    assert Notification.objects.get().template == "orders/mail/promise_changed"
    assert follow_preorders() == 0
    the_day(SOON)
    assert (follow_preorders(), line(order).ships_on) == (1, SOON)


def test_the_rest_of_the_order_leaves_first(novel: Product) -> None:
    order = placed(("NOVEL", 1), ("MUG", 2))
    confirm_order(order.pk, by=SYSTEM)

    order.refresh_from_db()
    assert order.fulfillment_status == "unfulfilled"
    assert list(FulfillmentOrder.objects.values_list("lines__line__sku", "lines__quantity")) == [("MUG", 2)]


def test_or_waits_for_it_where_the_channel_ships_together(novel: Product) -> None:
    Channel.objects.update(ships_together=True)
    order = placed(("NOVEL", 1), ("MUG", 2))
    confirm_order(order.pk, by=SYSTEM)

    order.refresh_from_db()
    mug = line(order, "MUG")
    assert (order.fulfillment_status, mug.ships_on, mug.preordered, mug.allocated) == ("scheduled", SOON, 0, 2)
    assert not FulfillmentOrder.objects.exists()

    the_day(timezone.localdate())
    follow_preorders()

    assert list(FulfillmentOrder.objects.values_list("lines__line__sku", "lines__quantity")) == [("MUG", 2)]


def test_what_waited_along_with_a_preorder_leaves_once_that_is_cancelled(novel: Product) -> None:
    Channel.objects.update(ships_together=True)
    order = placed(("NOVEL", 1), ("MUG", 2))
    confirm_order(order.pk, by=SYSTEM)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={line(order).public_id: 1}, by=SYSTEM)

    assert follow_preorders() == 1

    assert list(FulfillmentOrder.objects.values_list("lines__line__sku", "lines__quantity")) == [("MUG", 2)]
    assert follow_preorders() == 0


def test_a_component_may_be_a_preorder(novel: Product) -> None:
    a_bundle("SET", price="25.00", parts={novel: 2, Product.objects.get(sku="MUG"): 1})

    order = placed(("SET", 2))

    assert (taken(), line(order).preordered, line(order).ships_on) == (4, 4, SOON)
    assert line(order, "SET").promised_on == line(order).promised_on
    with pytest.raises(OutOfStock) as refused:
        placed(("SET", 4))
    assert [e.detail for e in refused.value.errors] == ["SET: 3 available."]


# --- money


def test_money_is_reserved_shortly_before_the_day(novel: Product) -> None:
    order = placed(("NOVEL", 1), payment=PAID)

    assert (order.status, order.payment_status, order.authorized_total) == ("placed", "unpaid", 0)
    charge = PaymentTransaction.objects.get()
    assert timezone.localdate(charge.due_at) == SOON - timedelta(days=5)
    assert settle_payments() == 0
    assert order_page(order).sentence.next == "We reserve the money shortly before we send it."

    PaymentTransaction.objects.update(due_at=timezone.now())
    assert settle_payments() == 1

    order.refresh_from_db()
    assert (order.status, order.payment_status, order.fulfillment_status) == ("confirmed", "authorized", "scheduled")


def test_what_is_owed_later_follows_a_change(novel: Product) -> None:
    order = placed(("NOVEL", 1), payment=PAID)

    change_order(order.pk, [SetQuantity(line=line(order).public_id, quantity=3)], by=SYSTEM)

    assert PaymentTransaction.objects.get().amount == D("64.90")


@pytest.mark.parametrize("days", [1, 5])
def test_money_of_a_day_that_is_near_is_reserved_at_once(novel: Product, days: int) -> None:
    the_day(timezone.localdate() + timedelta(days=days))

    order = placed(("NOVEL", 1), payment=PAID)

    assert (order.status, order.payment_status, order.fulfillment_status) == ("confirmed", "authorized", "scheduled")


def test_and_of_an_order_that_has_something_else(novel: Product) -> None:
    assert placed(("NOVEL", 1), ("MUG", 1), payment=PAID).payment_status == "authorized"


def test_a_card_that_refuses_later_leaves_the_order_and_asks_a_person(novel: Product) -> None:
    order = placed(("NOVEL", 1), payment=PayBy(gateway="sandbox", token="tok_decline"))
    PaymentTransaction.objects.update(due_at=timezone.now())
    settle_payments()

    order.refresh_from_db()
    assert (order.status, order.payment_status, taken()) == ("placed", "unpaid", 1)
    assert order.exceptions.get().status == "open"


def test_its_time_to_pay_begins_when_its_gateway_is_asked(novel: Product) -> None:
    Channel.objects.update(unpaid_expires_after_hours=48)

    order = placed(("NOVEL", 1), payment=PAID)

    asked = PaymentTransaction.objects.get().due_at
    assert order.expires_at == asked + timedelta(hours=48)
    assert placed(("NOVEL", 1)).expires_at < asked


def test_what_is_asked_for_later_is_given_up_with_its_order(novel: Product) -> None:
    order = placed(("NOVEL", 1), payment=PAID)

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM)

    assert PaymentTransaction.objects.values_list("status", "error_code").get() == ("failure", "not_wanted")
    assert order.payments.get().status == "voided"
    assert settle_payments() == 0


def test_who_pays_in_another_way_before_isnt_charged_twice(novel: Product) -> None:
    order = placed(("NOVEL", 1), payment=PAID)

    take_payment(order.pk, PayBy(gateway="sandbox", token="tok_ok"), by=SYSTEM)

    order.refresh_from_db()
    assert (order.status, order.payment_status, order.balance) == ("confirmed", "authorized", 0)
    assert list(order.payments.order_by("id").values_list("status", flat=True)) == ["voided", "authorized"]


def test_a_payment_link_is_open_before_the_gateway_is_asked(novel: Product) -> None:
    order = placed(("NOVEL", 1), payment=PAID)
    send_payment_link(order.pk, by=SYSTEM)

    page = pay_page(order, open_link(order.pk), is_mine=False)

    assert (page.closed, page.due) == ("", order.total)


def test_a_gift_card_is_reserved_at_once_and_the_gateway_asked_for_the_rest_later(novel: Product) -> None:
    card = a_card("10.00")
    split = (PayBy(gateway="gift_card", token=code_of(card)), PAID)

    order = placed(("NOVEL", 1), payments=split)

    assert (order.status, order.authorized_total) == ("placed", D("10.00"))
    charge = PaymentTransaction.objects.get(status="pending")
    assert (charge.amount, timezone.localdate(charge.due_at)) == (order.total - 10, SOON - timedelta(days=5))


@pytest.mark.parametrize(("capture_at", "paid"), [("placement", "paid"), ("confirmation", "paid")])
def test_a_channel_that_takes_money_early_asks_at_once(novel: Product, capture_at: str, paid: str) -> None:
    Channel.objects.update(capture_at=capture_at)

    assert placed(("NOVEL", 1), payment=PAID).payment_status == paid
