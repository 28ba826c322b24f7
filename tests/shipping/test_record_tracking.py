"""News of a parcel: told twice it counts once, and told late it never takes back what came after."""

from datetime import UTC, datetime, time, timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from orders.errors import InvalidRequest
from orders.models import DeliveryPromise, Notification, Order, OrderEvent, OrderLine, ProcessException
from shipping.errors import NotTrackable
from shipping.models import Shipment, TrackingEvent
from shipping.services.cancel_shipment import cancel_shipment
from shipping.services.dispatch_shipment import dispatch_shipment
from tests.factories.orders import ProductFactory
from tests.factories.shipping import PACKER, confirmed_order, dispatched, ready, stocked, tell

pytestmark = pytest.mark.django_db

NOON = datetime.combine(timezone.now() - timedelta(days=7), time(12), UTC)
JOURNEY = (
    ("in_transit", NOON),
    ("out_for_delivery", NOON + timedelta(hours=2)),
    ("delivered", NOON + timedelta(hours=4)),
)


@pytest.fixture
def order() -> Order:
    """Two mugs, authorised."""
    return confirmed_order([(stocked(ProductFactory(sku="MUG")), 2)])


def left(order: Order) -> Shipment:
    """Dispatched on the morning of that day."""
    shipment = dispatched(order)
    shipment.shipped_at = NOON - timedelta(hours=3)
    shipment.save()
    return shipment


def types(order: Order) -> list[str]:
    events = OrderEvent.objects.filter(order=order, type__startswith="shipment.").order_by("seq")
    return [event.type.removeprefix("shipment.") for event in events]


def test_the_journey(order: Order) -> None:
    shipment = left(order)
    for status, at in JOURNEY:
        tell(shipment, status, at=at)

    shipment.refresh_from_db()
    order.refresh_from_db()
    assert (shipment.status, shipment.tracking_status) == ("delivered", "delivered")
    assert shipment.delivered_at == NOON + timedelta(hours=4)
    line = order.lines.get()
    assert (line.shipped, line.delivered) == (2, 2)
    assert (order.fulfillment_status, order.status) == ("delivered", "completed")
    assert types(order) == [
        "created",
        "label_wanted",
        "ready",
        "dispatched",
        "in_transit",
        "out_for_delivery",
        "delivered",
    ]
    mail = Notification.objects.get(template="shipping/mail/delivered")
    assert mail.context["lines"] == [{"name": "Mug", "sku": "MUG", "quantity": 2}]


@pytest.mark.parametrize("order_of_news", list(permutations(range(3))))
def test_any_order_of_arrival_ends_the_same(order: Order, order_of_news: tuple[int, ...]) -> None:
    shipment = left(order)
    for i in order_of_news:
        tell(shipment, JOURNEY[i][0], at=JOURNEY[i][1])

    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_status) == ("delivered", "delivered")
    assert shipment.delivered_at == NOON + timedelta(hours=4)
    assert order.lines.get().delivered == 2
    assert types(order).count("delivered") == 1
    assert [event.status for event in shipment.tracking_events.all()] == [status for status, _ in JOURNEY]


def test_late_news_never_moves_the_status_back(order: Order) -> None:
    shipment = left(order)
    tell(shipment, "out_for_delivery", at=NOON)
    tell(shipment, "in_transit", at=NOON - timedelta(hours=1))
    shipment.refresh_from_db()
    assert shipment.tracking_status == "out_for_delivery"
    assert types(order)[-2:] == ["out_for_delivery", "tracked"]

    tell(shipment, "delivered", at=NOON + timedelta(hours=1))
    tell(shipment, "in_transit", at=NOON + timedelta(hours=9), event_id="a clock that is wrong")
    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_status) == ("delivered", "delivered")


def test_the_same_news_twice_counts_once(order: Order) -> None:
    shipment = left(order)
    tell(shipment, "delivered", at=NOON, event_id="abc-1")
    counts = [model.objects.count() for model in (TrackingEvent, OrderEvent, Notification)]
    tell(shipment, "delivered", at=NOON, event_id="abc-1")
    tell(shipment, "failure", at=NOON + timedelta(days=1), event_id="abc-1")
    assert [model.objects.count() for model in (TrackingEvent, OrderEvent, Notification)] == counts
    assert order.lines.get().delivered == 2


def test_a_parcel_that_the_dock_forgot_to_scan_arrives_with_its_dispatch(order: Order) -> None:
    shipment = ready(order)
    tell(shipment, "delivered", at=NOON)
    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_status) == ("ready", "delivered")
    assert order.lines.get().delivered == 0

    dispatch_shipment(shipment.pk, by=PACKER)

    shipment.refresh_from_db()
    # It can't have arrived before it left, by our clock.
    assert (shipment.status, shipment.delivered_at) == ("delivered", shipment.shipped_at)
    assert order.lines.get().delivered == 2


@pytest.mark.parametrize(("days", "is_kept"), [(0, True), (1, False)])
def test_the_promise_is_closed_with_its_outcome(order: Order, days: int, is_kept: bool) -> None:
    OrderLine.objects.update(promised_on=NOON.date())
    shipment = left(order)

    # Half past eleven in the evening of the day before in UTC is that day in Berlin: the warehouse's day counts.
    tell(shipment, "delivered", at=NOON.replace(hour=23, minute=30) + timedelta(days=days - 1))

    outcome = DeliveryPromise.objects.get(kind="outcome")
    assert (outcome.line, outcome.promised_on, outcome.is_kept) == (order.lines.get(), NOON.date(), is_kept)


def test_trouble_asks_a_person_and_arrival_lets_them_go(order: Order) -> None:
    shipment = left(order)
    tell(shipment, "attempted", at=NOON)
    assert not ProcessException.objects.exists()
    tell(shipment, "failure", at=NOON + timedelta(hours=1))
    trouble = ProcessException.objects.get()
    assert (trouble.category, trouble.subject_id, trouble.status) == ("delivery_trouble", shipment.public_id, "open")
    tell(shipment, "delivered", at=NOON + timedelta(hours=2))
    trouble.refresh_from_db()
    assert trouble.status == "resolved"
    assert types(order)[-3:] == ["exception", "exception", "delivered"]


def test_news_from_the_future_or_of_nothing_is_refused(order: Order) -> None:
    shipment = ready(order)
    with pytest.raises(InvalidRequest):
        tell(shipment, "delivered", at=timezone.now() + timedelta(days=2))
    cancel_shipment(shipment.pk, by=PACKER)
    with pytest.raises(NotTrackable):
        tell(shipment, "in_transit", at=NOON)
    assert not TrackingEvent.objects.exists()


@pytest.mark.parametrize("status", ["delivered", "in_transit"])
def test_news_from_before_it_left_is_refused(order: Order, status: str) -> None:
    shipment = left(order)
    events = OrderEvent.objects.count()

    with pytest.raises(InvalidRequest) as refusal:
        tell(shipment, status, at=datetime(1, 1, 1, tzinfo=UTC))

    assert [(error.pointer, error.code) for error in refusal.value.errors] == [("#/occurred_at", "before_dispatch")]
    shipment.refresh_from_db()
    assert (shipment.status, shipment.delivered_at) == ("shipped", None)
    assert (TrackingEvent.objects.count(), OrderEvent.objects.count()) == (0, events)


def test_an_arrival_by_a_clock_that_is_slow_counts_from_the_dispatch(order: Order) -> None:
    shipment = left(order)
    tell(shipment, "pre_transit", at=NOON - timedelta(days=9))  # the label was announced long before

    tell(shipment, "delivered", at=NOON - timedelta(hours=20))

    shipment.refresh_from_db()
    assert (shipment.status, shipment.delivered_at) == ("delivered", NOON - timedelta(hours=3))
