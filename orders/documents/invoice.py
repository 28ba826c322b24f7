"""The invoice: issued when goods leave, one per shipment, or for what needs none."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orders.addresses import lines_of
from orders.documents.bill import Bill, Paid, bill_data
from orders.documents.words import words
from orders.kernel.documents import Address, Formats, render_pdf


@dataclass(frozen=True, kw_only=True)
class Invoice(Bill):
    """What is on an invoice; `supplied_on` is the day of supply that the tax follows."""

    supplied_on: date
    shipping_address: Address
    payment: Paid | None = None


def render_invoice(invoice: Invoice) -> bytes:
    """The invoice as PDF/A-3b in its own language."""
    formats, say = Formats(invoice.language), words(invoice.language)
    bill_to, ship_to = (
        lines_of(address, language=invoice.language) for address in (invoice.billing_address, invoice.shipping_address)
    )
    data = bill_data(
        invoice,
        title=say["invoice"],
        facts={
            say["invoice_number"]: invoice.number,
            say["invoice_date"]: formats.date(invoice.issued_on),
            say["supplied_on"]: formats.date(invoice.supplied_on),
        },
        discount=say["discount"],
        total=say["total"],
        ship_to=ship_to if ship_to != bill_to else (),
        paid=invoice.payment,
    )
    return render_pdf(Path(__file__).with_suffix(".typ"), data, on=invoice.issued_on)
