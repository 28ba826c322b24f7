"""Issue the bill for what leaves, and owe its capture."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from orders.bundles import Scale, scales
from orders.events import InvoiceIssued
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, share, spread
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order, locked_payments, locked_series
from orders.models import Invoice, InvoiceLine, Order, Payment
from orders.models.invoice import LegalDocument
from orders.services.billed import NOTHING, Billed, billed_lines, billed_shipping
from orders.services.capture import owe_charges, uncharged


def issue_invoice(order_id: int, *, units: Mapping[int, int], cause_id: str, by: Actor) -> Invoice | None:
    """Bill ``units`` (by line pk) that leave with ``cause_id`` (a shipment), and owe the capture of the amount.

    Each line bills its share of what isn't billed yet, so all invoices add up to the order; components bill their
    share of their bundle. The first invoice bears the shipping, a later one what a change added to it. Returns None
    when ``cause_id`` was billed before.
    """
    with work(by=by):
        order = locked_order(order_id)
        if Invoice.objects.filter(order=order, cause_id=cause_id).exists():
            return None
        payments = locked_payments(order_id)
        rows = _invoice_lines(order, units)
        billed, billed_tax = billed_shipping(order)
        shipping, shipping_tax = order.shipping_total - billed, order.shipping_tax - billed_tax
        tax = sum((row.tax for row in rows), shipping_tax)
        total = sum((row.amount for row in rows), shipping) + (ZERO if order.prices_include_tax else tax)
        invoice = Invoice(
            order=order, cause_id=cause_id, shipping=shipping, shipping_tax=shipping_tax, **_head(order, tax, total)
        )
        number_document(invoice, code="invoice", prefix="INV-")
        invoice.save(force_insert=True)
        for row in rows:
            row.invoice = invoice
        InvoiceLine.objects.bulk_create(rows)
        _owe_capture(invoice, payments)
        emit(
            InvoiceIssued(
                order_id=order.pk, number=order.number, invoice=invoice.number, total=total, currency=order.currency
            )
        )
        return invoice


def number_document(document: LegalDocument, *, code: str, prefix: str) -> None:
    """Give the next number of the year's series, without a gap: the series stays locked until the commit."""
    year = document.issued_at.year
    series = locked_series(code, year, prefix=prefix)
    document.series = series
    document.sequence = series.next_number
    document.number = f"{series.prefix}{year}-{series.next_number:06d}"
    series.next_number += 1
    series.save(update_fields=["next_number"])


def _head(order: Order, tax: Decimal, total: Decimal) -> dict[str, Any]:
    return {
        "currency": order.currency,
        "net": total - tax,
        "tax": tax,
        "total": total,
        "language": order.language,
        "snapshot": snapshot(order),
        "issued_at": timezone.now(),
    }


def snapshot(order: Order) -> dict[str, Any]:
    """Names and addresses as they are now: a legal paper never changes with them."""
    channel = order.channel
    placed_at: datetime = order.placed_at or order.created_at
    return {
        "seller": {
            "name": channel.seller_name or channel.brand_name,
            "address": channel.seller_address,
            "vat_id": channel.seller_vat_id,
            "email": channel.support_email,
            "brand": channel.brand_name,
        },
        "buyer": order.billing_address or order.shipping_address,
        "ship_to": order.shipping_address,
        "order_number": order.number,
        "ordered_on": placed_at.date().isoformat(),
        "prices_include_tax": order.prices_include_tax,
        "shipping_tax_rate": str(order.shipping_tax_rate),
    }


def _invoice_lines(order: Order, units: Mapping[int, int]) -> list[InvoiceLine]:
    measures = scales(locked_lines(order.pk))
    billed = billed_lines(order, measures)
    return [
        row
        for pk, scale in measures.items()
        for row in _lines_of(scale, units, billed.get(pk, NOTHING), order.currency)
    ]


def _lines_of(scale: Scale, units: Mapping[int, int], billed: Billed, currency: str) -> list[InvoiceLine]:
    """What leaves of one bought line, with its share of what isn't billed."""
    line, leaving = scale.line, [member for member in scale.members if units.get(member.pk)]
    if not leaving:
        return []
    part, left = scale.of(units), scale.active - billed.points
    weights = [Decimal(scale.points[member.pk] * units[member.pk]) for member in leaving]
    amounts = spread(share(line.amount - billed.amount, part, left, currency), weights, currency)
    taxes = spread(share(line.tax - billed.tax, part, left, currency), weights, currency)
    return [
        InvoiceLine(line=member, quantity=units[member.pk], tax_rate=line.tax_rate, amount=amount, tax=tax)
        for member, amount, tax in zip(leaving, amounts, taxes, strict=True)
    ]


def _owe_capture(invoice: Invoice, payments: list[Payment]) -> None:
    """A pending charge on each authorisation until the invoice is covered; what was captured before counts first."""
    owe_charges(invoice, payments, min(invoice.total, uncharged(invoice.order)))
