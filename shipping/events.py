"""What happens on the shipping floor; a shipment of several orders tells each of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.events import LineQuantity
from orders.kernel.event import Codes, Event
from shipping.states import TRACKING_WORDS, TrackingStatus


@dataclass(frozen=True, kw_only=True)
class ShipmentCreated(Event):
    """Packed parcels became a shipment."""

    type: ClassVar[str] = "shipment.created"
    title: ClassVar[str | Promise] = _("Shipment created")
    public: ClassVar[bool] = False

    number: str
    shipment: str
    packages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LabelWanted(Event):
    """A carrier was chosen and is to be asked for a label."""

    type: ClassVar[str] = "shipment.label_wanted"
    title: ClassVar[str | Promise] = _("Label asked for")
    public: ClassVar[bool] = False

    number: str
    shipment: str
    carrier: str
    service: str


@dataclass(frozen=True, kw_only=True)
class ShipmentReady(Event):
    """The labels are there; it waits for the carrier."""

    type: ClassVar[str] = "shipment.ready"
    title: ClassVar[str | Promise] = _("Shipment ready to go")
    words: ClassVar[str | Promise] = _("A parcel is packed and waits for the carrier.")

    number: str
    shipment: str
    carrier: str
    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class ShipmentDispatched(Event):
    """It left the building."""

    type: ClassVar[str] = "shipment.dispatched"
    title: ClassVar[str | Promise] = _("Shipment dispatched")
    words: ClassVar[str | Promise] = _("A parcel has left our warehouse.")

    number: str
    shipment_id: int
    shipment: str
    carrier: str
    tracking_number: str
    tracking_url: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class ShipmentCancelled(Event):
    """It never left; its parcels wait for a new shipment, or are opened."""

    type: ClassVar[str] = "shipment.cancelled"
    title: ClassVar[str | Promise] = _("Shipment cancelled")
    public: ClassVar[bool] = False

    number: str
    shipment: str


@dataclass(frozen=True, kw_only=True)
class LabelVoided(Event):
    """The carrier was told that a label won't be used."""

    type: ClassVar[str] = "shipment.label_voided"
    title: ClassVar[str | Promise] = _("Label given back")
    public: ClassVar[bool] = False

    number: str
    shipment: str


@dataclass(frozen=True, kw_only=True)
class ShipmentTracked(Event):
    """News that changes little: announced, ready for pickup, or older than what we know."""

    type: ClassVar[str] = "shipment.tracked"
    title: ClassVar[str | Promise] = _("News from the carrier")
    codes: ClassVar[Codes] = {"status": (TrackingStatus,)}
    public: ClassVar[bool] = False

    number: str
    shipment: str
    status: str
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShipmentInTransit(Event):
    """The carrier has it."""

    type: ClassVar[str] = "shipment.in_transit"
    title: ClassVar[str | Promise] = _("Shipment in transit")
    words: ClassVar[str | Promise] = _("Your parcel is on its way.")

    number: str
    shipment: str
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShipmentOutForDelivery(Event):
    """On the last van."""

    type: ClassVar[str] = "shipment.out_for_delivery"
    title: ClassVar[str | Promise] = _("Shipment out for delivery")
    words: ClassVar[str | Promise] = _("The carrier is about to deliver your parcel.")

    number: str
    shipment: str
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShipmentDelivered(Event):
    """At the customer's door."""

    type: ClassVar[str] = "shipment.delivered"
    title: ClassVar[str | Promise] = _("Shipment delivered")
    words: ClassVar[str | Promise] = _("A parcel has arrived.")

    number: str
    shipment_id: int
    shipment: str
    delivered_at: datetime
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class ShipmentReturnedToSender(Event):
    """Nobody took it, and it is back: these units will never be delivered."""

    type: ClassVar[str] = "shipment.returned_to_sender"
    title: ClassVar[str | Promise] = _("Came back undelivered")
    words: ClassVar[str | Promise] = _("A parcel could not be delivered and came back to us.")

    number: str
    shipment_id: int
    shipment: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class ShipmentTroubled(Event):
    """The carrier could not hand it over, lost it, or sends it back; ``status`` says which."""

    type: ClassVar[str] = "shipment.exception"
    title: ClassVar[str | Promise] = _("Trouble with the delivery")
    codes: ClassVar[Codes] = {"status": (TrackingStatus,)}

    number: str
    shipment: str
    status: str
    occurred_at: datetime

    @classmethod
    def in_words(cls, data: dict[str, Any]) -> str | Promise:
        return TRACKING_WORDS[data["status"]]
