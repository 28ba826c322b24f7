"""The packing slip: what is in this parcel, without prices, and how to send something back."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders.addresses import lines_of
from orders.documents.seller import Seller
from orders.kernel.documents import Address, Formats, barcode_svg, render_pdf


@dataclass(frozen=True, kw_only=True)
class PackingSlipLine:
    """Units of one product in the parcel."""

    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class PackingSlip:
    """What is on a packing slip; `status_url` is the customer's own page about the order."""

    language: str
    order_number: str
    packed_on: date
    seller: Seller
    receiver: Address
    lines: tuple[PackingSlipLine, ...]
    status_url: str
    parcel: int = 1
    parcels: int = 1


def render_packing_slip(slip: PackingSlip) -> bytes:
    """The packing slip as PDF/A-3b; order number as Code 128, the customer's page as QR code."""
    formats = Formats(slip.language)
    with override(slip.language):
        data = {
            "language": slip.language,
            "title": _("Packing slip"),
            "number": slip.order_number,
            "seller": slip.seller.as_data(slip.language),
            "address": lines_of(slip.receiver, language=slip.language),
            "facts": [
                (_("Order number"), slip.order_number),
                (_("Packed on"), formats.date(slip.packed_on)),
                (_("Parcel"), _("{parcel} of {parcels}").format(parcel=slip.parcel, parcels=slip.parcels)),
            ],
            "barcode": barcode_svg(slip.order_number, "Code128"),
            "head": [_("Item"), _("Quantity")],
            "lines": [(line.name, line.sku, formats.number(line.quantity)) for line in slip.lines],
            "thanks": _("Thank you for your order!"),
            "hint": [
                _("Something isn't right?"),
                _("Scan the code to follow your order, send something back, or write to us."),
            ],
            "status_barcode": barcode_svg(slip.status_url, "QRCode"),
            "status_url": slip.status_url,
            "page": _("Page {page} of {pages}"),
        }
    return render_pdf(Path(__file__).with_suffix(".typ"), data, on=slip.packed_on)
