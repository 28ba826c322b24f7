"""Each number of the first page is the length of the list that it leads to."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config import admin as desk
from orders.models import Notification, ProcessException, Refund
from returns.models import Return
from shipping.models import Shipment
from tests.admin.rows import a_row
from tests.factories.orders import OrderFactory, OrderLineFactory
from warehouse.models import Backorder, FulfillmentOrder, PutBackTask

pytestmark = pytest.mark.django_db


def test_numbers_and_lists_agree(boss: Client) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    OrderFactory.create_batch(2, status="placed")
    OrderFactory(status="confirmed", fulfillment_status="on_hold")
    OrderLineFactory(order=OrderFactory(status="confirmed"), promised_on=yesterday, ordered=2)
    OrderLineFactory(order=OrderFactory(status="confirmed"), promised_on=yesterday, ordered=2, shipped=2)
    for model, state in (
        (ProcessException, "open"),
        (FulfillmentOrder, "open"),
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

    page: Any = boss.get("/admin/")

    numbers = {}
    for tile in page.context["tiles"]:
        rows = boss.get(tile["url"]).context["cl"].result_list
        assert len(rows) == tile["n"], tile["url"]
        numbers[str(tile["tile"].title)] = tile["n"]
    assert min(numbers.values()) >= 1
    assert numbers["Late"] == 1


def test_counting_stops(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST", 3)
    OrderFactory.create_batch(5, status="placed")
    tiles = boss.get("/admin/").context["tiles"]
    assert {str(tile["tile"].title): tile["shown"] for tile in tiles}["To confirm"] == "2+"
