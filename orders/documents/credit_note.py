"""The credit note: issued when money goes back; it names the invoice that it corrects."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders.documents.bill import Bill, bill_data
from orders.kernel.documents import Formats, render_pdf


@dataclass(frozen=True, kw_only=True)
class CreditNote(Bill):
    """What is on a credit note: amounts that go back; `discount` is what is kept, as a restocking fee."""

    invoice_number: str
    invoice_issued_on: date
    reason: str = ""


def render_credit_note(note: CreditNote) -> bytes:
    """The credit note as PDF/A-3b in its own language."""
    formats = Formats(note.language)
    with override(note.language):
        data = bill_data(
            note,
            title=_("Credit note"),
            facts={
                _("Credit note number"): note.number,
                _("Credit note date"): formats.date(note.issued_on),
                _("For invoice"): note.invoice_number,
                _("Invoice date"): formats.date(note.invoice_issued_on),
                _("Order number"): note.order_number,
                _("Reason"): note.reason,
            },
            discount=_("Deduction"),
            total=_("Total credited"),
        )
    return render_pdf(Path(__file__).with_suffix(".typ"), data, on=note.issued_on)
