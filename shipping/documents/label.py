"""The shipping label of our own carrier: an A6 page for office printers, ZPL for label printers."""

import textwrap
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from orders.addresses import lines_of
from orders.kernel.documents import Address, Formats, barcode_svg, render_pdf

ZPL_WIDE_BARCODE: Final = 18  # characters that fit with bars of 3 dots


@dataclass(frozen=True, kw_only=True)
class ShippingLabel:
    """What is on the label of one parcel."""

    language: str
    carrier: str
    service: str
    tracking_number: str
    tracking_url: str
    sender: Address
    receiver: Address
    weight_g: int
    shipped_on: date
    reference: str = ""
    parcel: int = 1
    parcels: int = 1


def render_label(label: ShippingLabel) -> bytes:
    """The label as a PDF/A-3b page of 105 x 148 mm; tracking number as Code 128, tracking page as QR code."""
    with override(label.language):
        data = {
            "language": label.language,
            "title": _("Shipping label"),
            "carrier": label.carrier,
            "service": label.service,
            "from": (pgettext("address", "From"), _from(label)),
            "to": (pgettext("address", "To"), _to(label)),
            "facts": _facts(label),
            "tracking_number": label.tracking_number,
            "tracking_url": label.tracking_url,
            "barcode": barcode_svg(label.tracking_number, "Code128"),
            "tracking_barcode": barcode_svg(label.tracking_url, "QRCode"),
        }
    return render_pdf(Path(__file__).with_suffix(".typ"), data, on=label.shipped_on)


def render_label_zpl(label: ShippingLabel) -> str:
    """The same label in ZPL II for 203 dpi printers, UTF-8."""
    with override(label.language):
        values = {
            "carrier": label.carrier,
            "service": label.service,
            "from_label": pgettext("address", "From"),
            "to_label": pgettext("address", "To"),
            "facts": "   ".join(f"{name}: {value}" for name, value in _facts(label)),
            "module": "3" if len(label.tracking_number) <= ZPL_WIDE_BARCODE else "2",
            # In Code 128 data `>` begins a command; `><` prints one.
            "barcode": label.tracking_number.replace(">", "><"),
            "tracking_number": label.tracking_number,
            "tracking_url": label.tracking_url,
        }
    values |= _rows("from", _from(label), rows=7, characters=48)
    values |= _rows("to", _to(label), rows=8, characters=34)
    template = Template(Path(__file__).with_suffix(".zpl").read_text())
    return template.substitute({name: zpl_text(value) for name, value in values.items()})


def zpl_text(value: str) -> str:
    """`value` for a field that begins with ^FH: it can neither end the field nor start a command."""
    visible = "".join(character if character.isprintable() else " " for character in value)
    return "".join(f"_{ord(character):02X}" if character in "^~_" else character for character in visible)


def _rows(name: str, lines: list[str], *, rows: int, characters: int) -> dict[str, str]:
    """`lines` wrapped into exactly `rows` rows; if they need more, each is cut to a row of its own."""
    wrapped = [part for line in lines for part in textwrap.wrap(line, characters)]
    if len(wrapped) > rows:
        wrapped = [line[:characters] for line in lines]
    return {f"{name}_{row}": text for row, text in enumerate((wrapped + [""] * rows)[:rows])}


def _from(label: ShippingLabel) -> list[str]:
    return _postal_lines(label.sender, other=label.receiver, language=label.language)


def _to(label: ShippingLabel) -> list[str]:
    return _postal_lines(label.receiver, other=label.sender, language=label.language)


def _postal_lines(address: Address, *, other: Address, language: str) -> list[str]:
    """The address; on a parcel to another country with its own in capitals, as the Universal Postal Union asks."""
    lines = lines_of(address, for_country=other.country, language=language)
    return lines if address.country == other.country else [*lines[:-1], *(line.upper() for line in lines[-1:])]


def _facts(label: ShippingLabel) -> list[tuple[str, str]]:
    formats = Formats(label.language)
    facts = [
        (_("Weight"), f"{formats.number(Decimal(label.weight_g) / 1000)} kg"),
        (_("Parcel"), _("{parcel} of {parcels}").format(parcel=label.parcel, parcels=label.parcels)),
        (_("Date"), formats.date(label.shipped_on)),
        (_("Reference"), label.reference),
    ]
    return [(name, value) for name, value in facts if value]
