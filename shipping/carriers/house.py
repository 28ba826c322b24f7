"""Our own vans: rates by table, labels and tracking numbers made here, drivers report to our API.

Nothing is stored on the carrier's side, because everything follows from the key: the same key gives the
same tracking numbers for ever, so a purchase that was interrupted can simply be repeated.
"""

from bisect import bisect_left
from decimal import Decimal
from hashlib import sha256
from typing import Final

from orders.kernel.ids import ALPHABET, check_character
from shipping.carriers.protocol import (
    CarrierError,
    LabelRequest,
    Labels,
    News,
    Parcel,
    ParcelLabel,
    Rate,
    RateRequest,
)
from shipping.documents.label import ShippingLabel, render_label, render_label_zpl

CURRENCY: Final = "EUR"
PREFIX: Final = "H"
BODY: Final = 13  # characters of 5 bits: among a billion labels the odds of any two alike are 1 in 70

# Upper weight limits in grams, and each service's price up to that weight at home and abroad.
LIMITS_G: Final = (1_000, 2_000, 5_000, 10_000, 31_500)
AT_HOME: Final = {
    "standard": ("3.90", "4.40", "5.90", "8.40", "14.90"),
    "express": ("8.90", "9.90", "12.90", "16.90", "27.90"),
}
ABROAD: Final = {
    "standard": ("8.90", "10.90", "14.90", "19.90", "34.90"),
    "express": ("18.90", "21.90", "28.90", "38.90", "64.90"),
}


class HouseCarrier:
    """The in-house carrier; services ``standard`` and ``express``, parcels up to 31.5 kg."""

    def rates(self, request: RateRequest) -> tuple[Rate, ...]:
        """By weight, at home or abroad; none when a box is too heavy."""
        if any(parcel.weight_g > LIMITS_G[-1] for parcel in request.parcels):
            return ()
        table = AT_HOME if request.sender_country == request.receiver_country else ABROAD
        rates = [
            Rate(service=service, cost=sum((_price(prices, p) for p in request.parcels), Decimal(0)), currency=CURRENCY)
            for service, prices in table.items()
        ]
        return tuple(sorted(rates, key=lambda rate: rate.cost))

    def buy_label(self, request: LabelRequest) -> Labels:
        """Print a label for each box. Raises ``CarrierError`` for a box or service that we don't carry."""
        quoted = self.rates(
            RateRequest(
                sender_country=request.sender.country,
                receiver_country=request.receiver.country,
                parcels=request.parcels,
            )
        )
        rate = next((rate for rate in quoted if rate.service == request.service), None)
        if rate is None:
            raise CarrierError(f"No van takes these parcels as {request.service!r}.")
        labels = tuple(_label(request, i, parcel) for i, parcel in enumerate(request.parcels, start=1))
        return Labels(
            tracking_number=labels[0].tracking_number,
            tracking_url=_tracking_url(request, labels[0].tracking_number),
            parcels=labels,
            cost=rate.cost,
            currency=rate.currency,
        )

    def void_label(self, key: str) -> None:
        """Nothing to give back: a label that is never scanned at the dock costs nothing."""

    def track(self, tracking_number: str) -> tuple[News, ...]:  # noqa: ARG002 - the protocol names it
        """Nothing to fetch: our drivers tell the API (``record_tracking``) as they go."""
        return ()


def tracking_number(key: str, parcel: int) -> str:
    """A parcel's number such as ``H7K3M92QXH2W4TX``; the last character finds every misread one."""
    bits = int.from_bytes(sha256(f"{key}/{parcel}".encode()).digest())
    body = "".join(ALPHABET[(bits >> (5 * i)) & 31] for i in range(BODY))
    return f"{PREFIX}{body}{check_character(body)}"


def _label(request: LabelRequest, number: int, parcel: Parcel) -> ParcelLabel:
    tracking = tracking_number(request.key, number)
    label = ShippingLabel(
        language=request.language,
        carrier=request.carrier,
        service=request.service_name,
        tracking_number=tracking,
        # Without a tracking page the square code says the number, too.
        tracking_url=_tracking_url(request, tracking) or tracking,
        sender=request.sender,
        receiver=request.receiver,
        weight_g=parcel.weight_g,
        shipped_on=request.ship_on,
        reference=request.reference,
        parcel=number,
        parcels=len(request.parcels),
    )
    return ParcelLabel(tracking_number=tracking, pdf=render_label(label), zpl=render_label_zpl(label))


def _tracking_url(request: LabelRequest, tracking: str) -> str:
    return request.tracking_page.replace("{tracking_number}", tracking)


def _price(prices: tuple[str, ...], parcel: Parcel) -> Decimal:
    return Decimal(prices[bisect_left(LIMITS_G, parcel.weight_g)])
