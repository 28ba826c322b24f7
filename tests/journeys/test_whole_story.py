"""The demo's stories, each checked where it ended, and nothing in the house contradicts them."""

from collections import Counter
from decimal import Decimal as D

import pytest
from django.core.management import call_command
from django.db.models import F

from config.demo import stories
from config.demo.teller import Storyteller
from orders.models import CreditNote, Invoice, Notification, Order, OrderEvent
from warehouse.models import BinStock, StockLevel

pytestmark = pytest.mark.timeout(180)


def test_every_story_ends_as_it_says(floor: Storyteller) -> None:
    for story in stories.STORIES:
        story(floor)

    told = Counter(Order.objects.values_list("status", flat=True))
    assert told == {
        "completed": 6,
        "confirmed": 22,
        "placed": 6,
        "draft": 2,
        "cancelled": 2,
        "declined": 1,
    }
    assert Counter(Order.objects.exclude(status="declined").values_list("payment_status", flat=True)) == {
        "partially_refunded": 1,
        "paid": 7,
        "authorized": 20,
        "unpaid": 8,
        "voided": 2,
    }
    assert Invoice.objects.count() == 9
    assert list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 10))
    assert OrderEvent.objects.filter(order__status="declined", public=True).count() == 0
    assert not StockLevel.objects.filter(on_hand__lt=F("allocated")).exists()
    assert not BinStock.objects.filter(on_hand__lt=0).exists()
    call_command("audit")


def test_a_return_gives_back_goods_and_money(floor: Storyteller) -> None:
    before = StockLevel.objects.get(product__sku="THROW", warehouse__code="BER").on_hand

    stories.returned(floor)

    order = Order.objects.get()
    throw = order.lines.get(sku="THROW")
    assert (order.payment_status, order.return_status) == ("partially_refunded", "partially_returned")
    assert (throw.shipped, throw.returned, throw.return_requested) == (1, 1, 0)
    assert order.refunded_total == order.credited_total == CreditNote.objects.get().total == D("59.00")
    assert order.balance == 0
    assert StockLevel.objects.get(product__sku="THROW", warehouse__code="BER").on_hand == before
    templates = list(Notification.objects.order_by("pk").values_list("template", flat=True))
    assert templates[0] == "orders/mail/placed"
    assert templates[-1] in ("orders/mail/refunded", "returns/mail/closed")


def test_a_capture_that_fails_is_seen_by_a_person(floor: Storyteller) -> None:
    stories.capture_refused(floor)

    order = Order.objects.get()
    assert (order.status, order.fulfillment_status, order.payment_status) == ("confirmed", "shipped", "authorized")
    assert order.exceptions.get().category == "capture_failed"


def test_a_shelf_that_is_short_sends_the_picker_elsewhere(floor: Storyteller) -> None:
    stories.short(floor)

    order = Order.objects.get()
    lantern = order.lines.get(sku="LANTERN")
    assert (lantern.allocated, lantern.backordered) == (2, 0)
    assert order.events.filter(type="units.pick_short").count() >= 1
