"""What a carrier can do. A label is bought under a key, and the same key never buys a second one."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from orders.kernel.documents import Address


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One box to be carried; ``reference`` is our own name for it."""

    reference: str
    weight_g: int


@dataclass(frozen=True, kw_only=True)
class RateRequest:
    """Boxes from one country to another; countries as ISO 3166-1 alpha-2."""

    sender_country: str
    receiver_country: str
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What a service would cost for all of the boxes."""

    service: str
    cost: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class LabelRequest:
    """Labels for the boxes of one shipment. ``key`` is stored before the carrier is called.

    ``tracking_page`` is the account's address of a tracking page with ``{tracking_number}`` in it, or empty.
    """

    key: str
    account: str
    carrier: str
    service: str
    service_name: str
    sender: Address
    receiver: Address
    parcels: tuple[Parcel, ...]
    reference: str
    language: str
    ship_on: date
    tracking_page: str = ""


@dataclass(frozen=True, kw_only=True)
class ParcelLabel:
    """The label of one box, for office printers and for label printers (ZPL II)."""

    tracking_number: str
    pdf: bytes
    zpl: str


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What was bought: one label for each box, in the request's order."""

    tracking_number: str
    tracking_url: str
    parcels: tuple[ParcelLabel, ...]
    cost: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class News:
    """One tracking event as the carrier tells it; ``status`` is a value of ``TrackingStatus``."""

    event_id: str
    status: str
    occurred_at: datetime
    place: str = ""
    detail: str = ""


class CarrierError(Exception):
    """No label for now: the carrier refused, or gave no answer. Its text is shown to staff only."""


class CarrierAdapter(Protocol):
    """One carrier. Calls take seconds at most and raise ``CarrierError``."""

    def rates(self, request: RateRequest) -> tuple[Rate, ...]:
        """What each service that can carry the boxes would cost, cheapest first."""
        ...

    def buy_label(self, request: LabelRequest) -> Labels:
        """Buy the labels, or get those that were bought under this key before."""
        ...

    def void_label(self, key: str) -> None:
        """Give back whatever was bought under this key; nothing bought, or given back before: fine too."""
        ...

    def track(self, tracking_number: str) -> tuple[News, ...]:
        """All news of a parcel so far, for carriers that don't send them by themselves."""
        ...
