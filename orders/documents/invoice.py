"""The invoice: issued when goods leave, one per shipment."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders.addresses import lines_of
from orders.documents.bill import Bill, bill_data
from orders.kernel.documents import Address, Formats, render_pdf


@dataclass(frozen=True, kw_only=True)
class Invoice(Bill):
    """What is on an invoice; `supplied_on` is the day of supply that the tax follows."""

    supplied_on: date
    shipping_address: Address


def render_invoice(invoice: Invoice) -> bytes:
    """The invoice as PDF/A-3b in its own language."""
    formats = Formats(invoice.language)
    bill_to, ship_to = (
        lines_of(address, language=invoice.language) for address in (invoice.billing_address, invoice.shipping_address)
    )
    with override(invoice.language):
        data = bill_data(
            invoice,
            title=_("Invoice"),
            facts={
                _("Invoice number"): invoice.number,
                _("Invoice date"): formats.date(invoice.issued_on),
                _("Date of supply"): formats.date(invoice.supplied_on),
                _("Order number"): invoice.order_number,
            },
            discount=_("Discount"),
            total=_("Total"),
            ship_to=ship_to if ship_to != bill_to else (),
        )
    return render_pdf(Path(__file__).with_suffix(".typ"), data, on=invoice.issued_on)
