"""Record news of a shipment from a carrier or a driver: told twice or in any order, it counts once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils import timezone

from orders.errors import InvalidRequest
from orders.kernel.actor import Actor
from orders.kernel.errors import FieldError
from orders.kernel.event import Event
from orders.kernel.work import emit, work
from orders.models import DeliveryPromise, Order, OrderLine
from orders.models.line import SOLD
from orders.services.complete import complete_if_done
from orders.services.count import Change, count
from orders.services.exception import open_exception, resolve_exceptions
from orders.states import PromiseKind
from shipping.carriers.protocol import News
from shipping.errors import NotTrackable
from shipping.events import (
    ShipmentDelivered,
    ShipmentInTransit,
    ShipmentOutForDelivery,
    ShipmentTracked,
    ShipmentTroubled,
)
from shipping.locks import Locked, locked_shipment
from shipping.models import Shipment, TrackingEvent
from shipping.selectors import contents_by_order
from shipping.states import TROUBLE, ShipmentStatus, TrackingStatus

T = TrackingStatus

# A carrier's clock may be wrong by so much; news from further ahead would hide all that really comes after, and
# an arrival from before the dispatch would end the time in which the customer may send it back.
CLOCK_SKEW = timedelta(days=1)
# What a carrier may have noted long before it got the parcel.
BEFORE_DISPATCH = (T.UNKNOWN, T.PRE_TRANSIT)
# How far along each status is: decides between news of the same instant.
RANKS = {
    status: rank
    for rank, status in enumerate(
        (
            T.UNKNOWN,
            T.PRE_TRANSIT,
            T.IN_TRANSIT,
            T.OUT_FOR_DELIVERY,
            T.ATTEMPTED,
            T.AVAILABLE_FOR_PICKUP,
            T.FAILURE,
            T.RETURN_TO_SENDER,
            T.DELIVERED,
        )
    )
}
DELIVERY_TROUBLE = "delivery_trouble"
NEEDS_A_PERSON = (T.FAILURE, T.RETURN_TO_SENDER)
NO_LABEL = (ShipmentStatus.PENDING, ShipmentStatus.LABEL_WANTED, ShipmentStatus.CANCELLED)


def record_tracking(shipment_id: int, news: News, *, by: Actor) -> TrackingEvent:
    """Keep one piece of news and follow it; the same ``event_id`` again changes nothing.

    The status follows what happened last, not what was told last, and delivered stays delivered. News of a
    parcel that our dock forgot to scan waits for the dispatch. Raises ``NotTrackable`` for a shipment that
    has no label, and ``InvalidRequest`` for news from the future, or from before the parcel left.
    """
    with work(by=by):
        locked = locked_shipment(shipment_id)
        shipment = locked.shipment
        known = TrackingEvent.objects.filter(shipment=shipment, event_id=news.event_id).first()
        if known is not None:
            return known
        if shipment.status in NO_LABEL:
            raise NotTrackable(f"This shipment is {shipment.status}: no carrier has it.")
        _refuse_impossible(shipment, news)
        event = TrackingEvent.objects.create(
            shipment=shipment,
            event_id=news.event_id,
            status=TrackingStatus(news.status),
            occurred_at=news.occurred_at,
            place=news.place,
            detail=news.detail,
        )
        is_over = shipment.tracking_status == T.DELIVERED or shipment.status == ShipmentStatus.RETURNED_TO_SENDER
        is_latest = _latest(shipment) == event and not is_over
        if event.status != T.DELIVERED or shipment.status != ShipmentStatus.SHIPPED:
            for order in locked.orders:
                emit(_told(order, shipment, event, is_latest=is_latest))
        apply_tracking(locked, by=by)
        return event


def apply_tracking(locked: Locked, *, by: Actor) -> None:
    """Bring the shipment up to date with all of its news; joins the open work, also that of the dispatch."""
    shipment = locked.shipment
    latest = _latest(shipment)
    if latest is None:
        return
    arrival = shipment.tracking_events.filter(status=T.DELIVERED).order_by("occurred_at", "pk").first()
    status = T.DELIVERED if arrival else TrackingStatus(latest.status)
    is_arriving = arrival is not None and shipment.status == ShipmentStatus.SHIPPED
    if is_arriving and arrival is not None and shipment.shipped_at is not None:
        shipment.deliver()
        shipment.delivered_at = max(arrival.occurred_at, shipment.shipped_at)
    if is_arriving or status != shipment.tracking_status:
        shipment.tracking_status = status
        shipment.version += 1
        shipment.save()
        _ask_or_release_a_person(locked, status, by=by)
    if is_arriving:
        _delivered(locked, by=by)


def _refuse_impossible(shipment: Shipment, news: News) -> None:
    if news.occurred_at > timezone.now() + CLOCK_SKEW:
        raise _not_then("occurred_at is in the future.", "in_the_future")
    left_at = shipment.shipped_at
    if left_at and news.occurred_at < left_at - CLOCK_SKEW and news.status not in BEFORE_DISPATCH:
        raise _not_then("occurred_at is before the shipment left.", "before_dispatch")


def _not_then(words: str, code: str) -> InvalidRequest:
    detail = "Tell the time at which it happened."
    return InvalidRequest(words, errors=[FieldError(pointer="#/occurred_at", code=code, detail=detail)])


def _latest(shipment: Shipment) -> TrackingEvent | None:
    news = shipment.tracking_events.all()
    return max(news, key=lambda e: (e.occurred_at, RANKS[TrackingStatus(e.status)], e.pk), default=None)


def _told(order: Order, shipment: Shipment, event: TrackingEvent, *, is_latest: bool) -> Event:
    """The event that says it; news that is older than what is known here says less."""
    about: dict[str, Any] = {
        "order_id": order.pk,
        "number": order.number,
        "shipment": shipment.public_id,
        "occurred_at": event.occurred_at,
    }
    if is_latest and event.status == T.IN_TRANSIT:
        return ShipmentInTransit(**about)
    if is_latest and event.status == T.OUT_FOR_DELIVERY:
        return ShipmentOutForDelivery(**about)
    if is_latest and event.status in TROUBLE:
        return ShipmentTroubled(**about, status=event.status)
    return ShipmentTracked(**about, status=event.status)


def _ask_or_release_a_person(locked: Locked, status: TrackingStatus, *, by: Actor) -> None:
    shipment = locked.shipment
    if status in NEEDS_A_PERSON and shipment.status != ShipmentStatus.RETURNED_TO_SENDER:
        open_exception(
            order_id=locked.orders[0].pk,
            category=DELIVERY_TROUBLE,
            subject_kind="shipment",
            subject_id=shipment.public_id,
            facts={"status": status, "tracking_number": shipment.tracking_number},
            by=by,
        )
    elif status == T.DELIVERED:
        resolve_exceptions(
            category=DELIVERY_TROUBLE,
            subject_kind="shipment",
            subject_id=shipment.public_id,
            resolution="It was delivered after all.",
            by=by,
        )


def _delivered(locked: Locked, *, by: Actor) -> None:
    """Count the units as delivered, close their promises, and complete orders that wait for nothing else."""
    shipment = locked.shipment
    delivered_at = shipment.delivered_at
    assert delivered_at is not None
    inside = contents_by_order(shipment.pk)
    for order in locked.orders:
        contents = inside[order.pk]
        count(order.pk, {pk: Change(delivered=n) for pk, n in contents.units.items()})
        _close_promises(shipment, contents.units)
        emit(
            ShipmentDelivered(
                order_id=order.pk,
                number=order.number,
                shipment_id=shipment.pk,
                shipment=shipment.public_id,
                delivered_at=delivered_at,
                lines=contents.told,
            )
        )
        complete_if_done(order.pk, by=by)


def _close_promises(shipment: Shipment, units: Mapping[int, int]) -> None:
    """Say of each line whose last unit has arrived whether its date was kept; by the warehouse's calendar."""
    assert shipment.delivered_at is not None
    arrived_on = shipment.delivered_at.astimezone(ZoneInfo(shipment.warehouse.timezone)).date()
    all_there = F("ordered") - F("cancelled") - F("written_off")
    mine = Q(pk__in=units) | Q(components__in=list(units))
    lines = OrderLine.objects.filter(mine, SOLD, promised_on__isnull=False, delivered=all_there).distinct()
    DeliveryPromise.objects.bulk_create(
        DeliveryPromise(
            line=line,
            kind=PromiseKind.OUTCOME,
            promised_on=line.promised_on,
            source="carrier",
            is_kept=arrived_on <= line.promised_on,
        )
        for line in lines
        if line.promised_on is not None
    )
