"""Read an order's issued papers back from their rows, and print them: the same row always gives the same PDF."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from orders import models
from orders.brand import plain_colour
from orders.documents.bill import BillLine, Paid, TaxAmount
from orders.documents.credit_note import CreditNote, render_credit_note
from orders.documents.e_invoice import Incomplete, e_invoice_xml, with_xml
from orders.documents.invoice import Invoice, render_invoice
from orders.documents.seller import Seller
from orders.documents.words import words
from orders.kernel.documents import Address
from orders.states import EInvoice

BilledLine = models.InvoiceLine | models.CreditNoteLine


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A paper's file; ``lacks`` says why it has no e-invoice although the channel wants one."""

    pdf: bytes
    has_xml: bool = False
    lacks: str = ""

    @property
    def sha256(self) -> str:
        return sha256(self.pdf).hexdigest()


def print_paper(paper: models.Invoice | models.CreditNote) -> Printed:
    """The PDF, with the e-invoice inside where the channel had asked for one when it was issued."""
    bill, pdf, title = _printed(paper)
    if paper.snapshot.get("e_invoice", EInvoice.OFF) == EInvoice.OFF:
        return Printed(pdf=pdf)
    try:
        xml = e_invoice_xml(bill)
    except Incomplete as why:
        return Printed(pdf=pdf, lacks=str(why))
    name = f"{title} {bill.number}"
    return Printed(pdf=with_xml(pdf, xml, title=name, author=bill.seller.name, language=bill.language), has_xml=True)


def _printed(paper: models.Invoice | models.CreditNote) -> tuple[Invoice | CreditNote, bytes, str]:
    say = words(paper.language)
    if isinstance(paper, models.Invoice):
        invoice = invoice_of(paper)
        return invoice, render_invoice(invoice), say["invoice"]
    note = credit_note_of(paper)
    return note, render_credit_note(note), say["credit_note"]


def invoice_of(row: models.Invoice) -> Invoice:
    """What is on an invoice."""
    taxes = _taxes(row)
    return Invoice(
        **_head(row),
        lines=tuple(_bill_lines(row)),
        taxes=taxes,
        shipping_name=_shipping_name(row),
        supplied_on=_day(row.snapshot.get("supplied_on")) or row.issued_on,
        shipping_address=_address(row.snapshot["ship_to"]),
        payment=_paid(row.snapshot.get("payment")),
    )


def credit_note_of(row: models.CreditNote) -> CreditNote:
    """What is on a credit note; money that went back without goods is one line for each rate of its invoice."""
    taxes = _taxes(row)
    return CreditNote(
        **_head(row),
        lines=tuple(_bill_lines(row)) or tuple(_goodwill(row, tax) for tax in taxes),
        taxes=taxes,
        invoices=_invoices(row),
        reason=words(row.language).get(f"because_{row.reason}", ""),
    )


def _head(paper: models.Invoice | models.CreditNote) -> dict[str, Any]:
    """What both papers have, from the snapshot that was taken when it was issued."""
    told = paper.snapshot
    seller = told["seller"]
    return {
        "number": paper.number,
        "language": paper.language,
        "currency": paper.currency,
        "issued_on": paper.issued_on,
        "order_number": told["order_number"],
        "ordered_on": _day(told.get("ordered_on")),
        "buyer_reference": told.get("buyer_reference", ""),
        "buyer_vat_id": told["buyer"].get("vat_id", ""),
        "billing_address": _address(told["buyer"]),
        "prices_include_tax": told["prices_include_tax"],
        "shipping": paper.shipping,
        "shipping_tax": paper.shipping_tax,
        "shipping_tax_rate": Decimal(told["shipping_tax_rate"]).normalize(),
        "seller": Seller.as_it_was(
            seller, colour=plain_colour(seller.get("colour", "") or paper.order.channel.brand_colour)
        ),
    }


def _address(stored: Mapping[str, str]) -> Address:
    known = {field.name for field in fields(Address)}
    return Address(**{"name": "", "line1": "", "city": "", "country": ""} | {k: stored[k] for k in known & set(stored)})


def _shipping_name(invoice: models.Invoice) -> str:
    method = invoice.order.shipping_method
    return str(invoice.snapshot.get("shipping_name", method.name if method else ""))


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _paid(told: Mapping[str, str] | None) -> Paid | None:
    """None for bills of before, which didn't say."""
    return Paid(kind=told["kind"], paid=Decimal(told["paid"]), due=Decimal(told["due"])) if told else None


def _invoices(note: models.CreditNote) -> tuple[tuple[str, date], ...]:
    if told := note.snapshot.get("invoices"):
        return tuple((each["number"], date.fromisoformat(each["issued_on"])) for each in told)
    if note.invoice is None:
        raise ValueError(f"{note.number} corrects no invoice")
    return ((note.invoice.number, note.invoice.issued_on),)


def _bill_lines(paper: models.Invoice | models.CreditNote) -> Iterator[BillLine]:
    """Components that make whole bundles are one line, as they were bought; parts of a bundle stand by themselves."""
    rows: QuerySet[Any] = (
        paper.lines.select_related("line__parent")
        .prefetch_related("line__parent__components")
        .order_by("line__position")
    )
    for bundle, group in groupby(rows, key=lambda row: row.line.parent):
        mine = list(group)
        whole = _bundles(bundle, mine) if bundle else 0
        if bundle and whole:
            yield _bundle_line(bundle, whole, mine)
        else:
            yield from (_part_line(row) if bundle else _line(row) for row in mine)


def _bundles(bundle: models.OrderLine, rows: Sequence[BilledLine]) -> int:
    """How many whole bundles the rows make; 0 when anything is missing or left over."""
    units = {row.line_id: row.quantity for row in rows}
    counts = {units.get(part.pk, 0) / part.per_bundle for part in bundle.components.all()}
    count = counts.pop()
    return int(count) if not counts and count == int(count) else 0


def _bundle_line(bundle: models.OrderLine, quantity: int, rows: Sequence[BilledLine]) -> BillLine:
    total = sum((row.amount for row in rows), Decimal(0))
    return BillLine(
        sku=bundle.sku,
        name=bundle.name,
        quantity=quantity,
        unit_price=bundle.unit_price,
        tax_rate=rows[0].tax_rate.normalize(),
        total=total,
        tax=sum((row.tax for row in rows), Decimal(0)),
        discount=bundle.unit_price * quantity - total,
    )


def _part_line(row: BilledLine) -> BillLine:
    """A part of a bundle at its own list price, less what the bundle saves."""
    line, bundle = row.line, row.line.parent
    full = line.bundle_value * row.quantity / line.per_bundle
    price = line.bundle_value / line.per_bundle if full >= row.amount else row.amount / row.quantity
    return BillLine(
        sku=line.sku,
        name=f"{line.name} ({bundle.name})" if bundle else line.name,
        quantity=row.quantity,
        unit_price=price,
        tax_rate=row.tax_rate.normalize(),
        total=row.amount,
        tax=row.tax,
        discount=max(full - row.amount, Decimal(0)),
    )


def _line(row: BilledLine) -> BillLine:
    """Billed units with their part of all discounts."""
    full = row.line.unit_price * row.quantity
    return BillLine(
        sku=row.line.sku,
        name=row.line.name,
        quantity=row.quantity,
        unit_price=row.line.unit_price,
        tax_rate=row.tax_rate.normalize(),
        total=row.amount,
        tax=row.tax,
        discount=full - row.amount,
    )


def _taxes(paper: models.Invoice | models.CreditNote) -> tuple[TaxAmount, ...]:
    """One row per rate, shipping included."""
    return tuple(
        TaxAmount(rate=row.tax_rate.normalize(), net=row.net, tax=row.tax, category=row.category)
        for row in paper.taxes.all()
    )


def _goodwill(note: models.CreditNote, tax: TaxAmount) -> BillLine:
    amount = tax.gross if note.snapshot["prices_include_tax"] else tax.net
    name = words(note.language)["refund"]
    return BillLine(sku="", name=name, quantity=1, unit_price=amount, tax_rate=tax.rate, total=amount, tax=tax.tax)
