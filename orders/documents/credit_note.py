"""The credit note: issued when money goes back; it names the invoice that it corrects."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orders.documents.bill import Bill, bill_data
from orders.documents.words import words
from orders.kernel.documents import Formats, render_pdf


@dataclass(frozen=True, kw_only=True)
class CreditNote(Bill):
    """What is on a credit note: amounts that go back; `discount` is what is kept, as a restocking fee.

    `invoices` are the numbers and days of what it corrects.
    """

    invoices: tuple[tuple[str, date], ...]
    reason: str = ""


def render_credit_note(note: CreditNote) -> bytes:
    """The credit note as PDF/A-3b in its own language."""
    formats, say = Formats(note.language), words(note.language)
    data = bill_data(
        note,
        title=say["credit_note"],
        facts={
            say["credit_note_number"]: note.number,
            say["credit_note_date"]: formats.date(note.issued_on),
            say["for_invoice"]: ", ".join(number for number, _day in note.invoices),
            say["invoice_date"]: ", ".join(dict.fromkeys(formats.date(day) for _number, day in note.invoices)),
            say["reason"]: note.reason,
        },
        discount=say["deduction"],
        total=say["total_credited"],
    )
    return render_pdf(Path(__file__).with_suffix(".typ"), data, on=note.issued_on)
