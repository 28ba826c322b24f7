"""Print an order's issued papers from their rows: the same row always gives the same PDF."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders import models
from orders.brand import Brand
from orders.documents.bill import BillLine, TaxAmount
from orders.documents.credit_note import CreditNote, render_credit_note
from orders.documents.invoice import Invoice, render_invoice
from orders.documents.seller import Seller
from orders.kernel.documents import Address
from orders.kernel.money import spread

BilledLine = models.InvoiceLine | models.CreditNoteLine


def print_invoice(invoice: models.Invoice) -> bytes:
    """The invoice as PDF."""
    lines = list(
        invoice.lines.select_related("line__parent")
        .prefetch_related("line__parent__components")
        .order_by("line__position")
    )
    return render_invoice(
        Invoice(
            **_head(invoice),
            lines=tuple(_bill_lines(lines)),
            taxes=_taxes(invoice, lines),
            shipping=invoice.shipping,
            shipping_name=_shipping_name(invoice.order),
            supplied_on=invoice.issued_at.date(),
            shipping_address=_address(invoice.snapshot["ship_to"]),
        )
    )


def print_credit_note(note: models.CreditNote) -> bytes:
    """The credit note as PDF; money that went back without goods is one line for each rate of its invoice."""
    lines = list(
        note.lines.select_related("line__parent")
        .prefetch_related("line__parent__components")
        .order_by("line__position")
    )
    if note.invoice is None:
        raise ValueError(f"{note.number} corrects no invoice")
    taxes = _taxes(note, lines) if lines else _shared_taxes(note, note.invoice)
    return render_credit_note(
        CreditNote(
            **_head(note),
            lines=tuple(_bill_lines(lines)) or tuple(_goodwill(note, tax) for tax in taxes),
            taxes=taxes,
            shipping=note.shipping,
            invoice_number=note.invoice.number,
            invoice_issued_on=note.invoice.issued_at.date(),
        )
    )


def _head(paper: models.Invoice | models.CreditNote) -> dict[str, Any]:
    """What both papers have, from the snapshot that was taken when it was issued."""
    seller = paper.snapshot["seller"]
    return {
        "number": paper.number,
        "language": paper.language,
        "currency": paper.currency,
        "issued_on": paper.issued_at.date(),
        "order_number": paper.snapshot["order_number"],
        "billing_address": _address(paper.snapshot["buyer"]),
        "prices_include_tax": paper.snapshot["prices_include_tax"],
        "seller": Seller(
            brand=seller["brand"],
            name=seller["name"],
            address=tuple(seller["address"].splitlines()),
            vat_id=seller["vat_id"],
            email=seller["email"],
            colour=Brand(paper.order.channel).colour,
        ),
    }


def _address(stored: dict[str, str]) -> Address:
    known = {field.name for field in fields(Address)}
    return Address(**{"name": "", "line1": "", "city": "", "country": ""} | {k: stored[k] for k in known & set(stored)})


def _shipping_name(order: models.Order) -> str:
    return order.shipping_method.name if order.shipping_method else ""


def _bill_lines(rows: Sequence[BilledLine]) -> Iterator[BillLine]:
    """Components that make whole bundles are one line, as they were bought; parts of a bundle stand by themselves."""
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
        tax_rate=rows[0].tax_rate,
        total=total,
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
        tax_rate=row.tax_rate,
        total=row.amount,
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
        tax_rate=row.tax_rate,
        total=row.amount,
        discount=full - row.amount,
    )


def _taxes(paper: models.Invoice | models.CreditNote, lines: Iterable[BilledLine]) -> tuple[TaxAmount, ...]:
    """One row per rate, shipping included."""
    amounts: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    taxes: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    shipping_rate = Decimal(paper.snapshot["shipping_tax_rate"])
    parts = [(line.tax_rate, line.amount, line.tax) for line in lines]
    for rate, amount, tax in [*parts, (shipping_rate, paper.shipping, paper.shipping_tax)]:
        amounts[rate.normalize()] += amount
        taxes[rate.normalize()] += tax
    includes_tax = paper.snapshot["prices_include_tax"]
    return tuple(
        TaxAmount(rate=rate, net=amounts[rate] - taxes[rate] if includes_tax else amounts[rate], tax=taxes[rate])
        for rate in sorted(amounts, reverse=True)
        if amounts[rate]
    )


def _shared_taxes(note: models.CreditNote, invoice: models.Invoice) -> tuple[TaxAmount, ...]:
    """Money without goods has the rates of its invoice, in the invoice's proportions."""
    billed = _taxes(invoice, invoice.lines.all())
    nets = spread(note.net, [tax.net for tax in billed], note.currency)
    taxes = spread(note.tax, [tax.tax for tax in billed], note.currency)
    return tuple(TaxAmount(rate=b.rate, net=net, tax=tax) for b, net, tax in zip(billed, nets, taxes, strict=True))


def _goodwill(note: models.CreditNote, tax: TaxAmount) -> BillLine:
    amount = tax.gross if note.snapshot["prices_include_tax"] else tax.net
    with override(note.language):
        name = _("Refund")
    return BillLine(sku="", name=name, quantity=1, unit_price=amount, tax_rate=tax.rate, total=amount)
