"""What customers read as a day is a day of their channel's time zone."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from orders.models import Channel, Notification, Order, OrderEvent
from orders.services.render import render_message
from orders.timeline_words import told
from tests.browser import orders
from tests.orders.test_customer_page import opened, page

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "day"), [("Europe/Berlin", "January 1, 2027"), ("UTC", "December 31, 2026")])
def test_the_page_and_mails(zone: str, day: str) -> None:
    order = orders.confirmed()
    Channel.objects.update(timezone=zone)
    Order.objects.update(placed_at=LATE, language="en")

    client: Client = opened(Order.objects.get(pk=order.pk))
    assert day in client.get(page(order)).content.decode()

    seen = []

    class Spy(Template):
        def render(self, context: Context) -> str:  # type: ignore[override]
            seen.append(timezone.get_current_timezone_name())
            return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orders.services.render._text", lambda template, context: Spy("").render(Context()))
        order = Order.objects.get(pk=order.pk)
        render_message(Notification(order=order, template="orders/mail/confirmed", context={}))
    assert set(seen) == {zone}


@pytest.mark.parametrize(("zone", "day"), [("Europe/Berlin", "2027-01-01"), ("UTC", "2026-12-31")])
def test_the_timeline(zone: str, day: str) -> None:
    row = OrderEvent(type="order.confirmed", public=True, occurred_at=LATE, data={"number": "7K3M-92QX-H"})

    with timezone.override(zone):
        (entry,) = told([row], language="en")

    assert entry.on.isoformat() == day


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "Berlin", "../etc/passwd"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Channel(code="x", name="X", currency="EUR", brand_name="X", timezone=zone).full_clean()
    assert set(refused.value.message_dict) == {"timezone"}


def test_a_new_channel_is_in_the_houses_zone(settings: object) -> None:
    assert Channel().timezone == "UTC"
    assert Channel(timezone="Asia/Tokyo").day_of(LATE).isoformat() == "2027-01-01"


def test_an_old_sellers_text_is_taken_apart_and_put_together() -> None:
    from importlib import import_module

    migration = import_module("orders.migrations.0014_channel_papers")
    found = migration.PLACE.fullmatch("10115 Berlin")
    assert (found["code"], found["city"]) == ("10115", "Berlin")
    assert migration.CODES["Germany"] == "DE"
    assert migration.PLACE.fullmatch("Hauptstr. 1") is None
