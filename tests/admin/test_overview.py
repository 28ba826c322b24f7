"""Each number of the first page is the length of the list that it leads to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config import admin as desk
from orders.models import Draft, Notification, ProcessException, Refund
from orders.roles import Role
from returns.models import Return
from shipping.models import Shipment
from tests.admin.rows import a_row
from tests.factories.orders import OrderFactory, OrderLineFactory, ProductFactory
from tests.factories.shipping import confirmed_order, stocked
from warehouse.models import Backorder, FulfillmentOrder, PickList, PutBackTask

pytestmark = pytest.mark.django_db


def test_numbers_and_lists_agree(boss: Client) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    OrderFactory.create_batch(2, status="placed")
    OrderFactory(status="confirmed", fulfillment_status="on_hold")
    OrderLineFactory(order=OrderFactory(status="confirmed"), promised_on=yesterday, ordered=2)
    OrderLineFactory(order=OrderFactory(status="confirmed"), promised_on=yesterday, ordered=2, shipped=2)
    for model, state in (
        (ProcessException, "open"),
        (PickList, "released"),
        (FulfillmentOrder, "in_progress"),
        (Shipment, "label_wanted"),
        (Shipment, "ready"),
        (PutBackTask, "open"),
        (Backorder, "waiting"),
        (Return, "requested"),
        (Return, "received"),
        (Refund, "failed"),
        (Notification, "dead"),
    ):
        a_row(model, status=state)
    a_row(Draft, order=OrderFactory(status="draft"))

    confirmed_order([(stocked(ProductFactory(), 10), 1)])

    page: Any = boss.get("/admin/")

    numbers = {}
    for tile in page.context["tiles"]:
        rows = boss.get(tile["url"]).context["cl"].result_list
        assert len(rows) == tile["n"], tile["url"]
        numbers[str(tile["tile"].title)] = tile["n"]
    assert min(numbers.values()) >= 1
    assert (numbers["Late"], numbers["To release"], numbers["To pick"]) == (1, 1, 1)


def test_a_picker_sees_the_lists_that_wait_and_the_way_to_the_floor(signed_in: Callable[[Role], Client]) -> None:
    a_row(PickList, status="released")
    page = signed_in(Role.PICKER).get("/admin/")
    assert {str(tile["tile"].title): tile["n"] for tile in page.context["tiles"]} == {"To pick": 1, "To put back": 0}
    assert page.context["floor"] == "/wh/"
    assert signed_in(Role.SUPPORT).get("/admin/").context["floor"] == ""


def test_counting_stops(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST", 3)
    OrderFactory.create_batch(5, status="placed")
    tiles = boss.get("/admin/").context["tiles"]
    assert {str(tile["tile"].title): tile["shown"] for tile in tiles}["To confirm"] == "2+"
