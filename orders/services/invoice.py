"""Issue the bill for what leaves, and owe its capture."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from orders.bundles import Scale, scales
from orders.errors import NotBillable
from orders.events import InvoiceIssued
from orders.gateways import online
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, share, spread, text
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order, locked_payments
from orders.models import Invoice, InvoiceLine, Order, Payment
from orders.services.billed import NOTHING, Billed, billed_lines, billed_shipping
from orders.services.capture import owe_charges, uncaptured, uncharged
from orders.services.issue_paper import issue_paper, snapshot
from orders.states import PaymentStatus
from orders.taxes import TaxShare, taxes_of

_RESERVED = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED)


def issue_invoice(
    order_id: int, *, units: Mapping[int, int], cause_id: str = "", supplied_on: date | None = None, by: Actor
) -> Invoice | None:
    """Bill ``units`` (by line pk) that leave with ``cause_id`` (a shipment), and owe the capture of the amount.

    Without a cause it bills what needs no shipment, or is billed before one; ``supplied_on`` is the day of supply,
    today unless told. Each line bills its share of what isn't billed yet, so all invoices add up to the order;
    components bill their share of their bundle, and a bundle is billed by its components. The first invoice bears the
    shipping, a later one what a change added to it. Returns None when ``cause_id`` was billed before, or all its units
    were. Raises ``NotBillable`` when more is to be billed than the customer bought.
    """
    with work(by=by):
        order = locked_order(order_id)
        if cause_id and Invoice.objects.filter(order=order, cause_id=cause_id).exists():
            return None
        payments = locked_payments(order_id)
        rows = _invoice_lines(order, units, may_be_billed=bool(cause_id))
        if not rows:
            return None
        invoice = _invoice(order, rows)
        invoice.cause_id = cause_id
        invoice.snapshot = snapshot(order, supplied_on=supplied_on) | {"payment": _paid(order, payments, invoice.total)}
        issue_paper(invoice, _taxes(order, invoice, rows))
        for row in rows:
            row.invoice = invoice
        InvoiceLine.objects.bulk_create(rows)
        _owe_capture(invoice, payments)
        emit(
            InvoiceIssued(
                order_id=order.pk,
                number=order.number,
                invoice=invoice.number,
                total=invoice.total,
                currency=order.currency,
            )
        )
        return invoice


def _invoice(order: Order, rows: Sequence[InvoiceLine]) -> Invoice:
    billed, billed_tax = billed_shipping(order)
    shipping, shipping_tax = order.shipping_total - billed, order.shipping_tax - billed_tax
    tax = sum((row.tax for row in rows), shipping_tax)
    total = sum((row.amount for row in rows), shipping) + (ZERO if order.prices_include_tax else tax)
    return Invoice(
        order=order,
        currency=order.currency,
        language=order.language,
        net=total - tax,
        tax=tax,
        total=total,
        shipping=shipping,
        shipping_tax=shipping_tax,
    )


def _taxes(order: Order, invoice: Invoice, rows: Sequence[InvoiceLine]) -> tuple[TaxShare, ...]:
    parts = [(row.tax_rate, row.amount, row.tax) for row in rows]
    if invoice.shipping:
        parts.append((order.shipping_tax_rate, invoice.shipping, invoice.shipping_tax))
    return taxes_of(parts, includes_tax=order.prices_include_tax, exemption=order.tax_exemption)


def _paid(order: Order, payments: Sequence[Payment], total: Decimal) -> dict[str, str]:
    """How the bill is paid, and how much of it: what was taken before, and what is reserved and now taken."""
    owed = min(total, uncharged(order) + total)
    reserved = sum((uncaptured(payment) for payment in payments if payment.status in _RESERVED), ZERO)
    paid = total - max(owed - reserved, ZERO)
    gateways = {payment.gateway for payment in payments}
    kind = "" if not gateways else "online" if gateways & set(online()) else "by_hand"
    return {"kind": kind, "paid": text(paid, order.currency), "due": text(total - paid, order.currency)}


def _invoice_lines(order: Order, units: Mapping[int, int], *, may_be_billed: bool) -> list[InvoiceLine]:
    """A row for each line; of units that leave only those that weren't billed before when ``may_be_billed``."""
    measures = scales(locked_lines(order.pk))
    billed = billed_lines(order, measures)
    rows = []
    for pk, scale in measures.items():
        before = billed.get(pk, NOTHING)
        fresh = _unbilled(scale, units, before, may_be_billed=may_be_billed)
        rows += _lines_of(scale, fresh, before, order.currency)
    if not rows and not may_be_billed:
        raise NotBillable("lines: name the units to bill.")
    return rows


def _unbilled(scale: Scale, units: Mapping[int, int], before: Billed, *, may_be_billed: bool) -> dict[int, int]:
    """How many units of each moving line are to be billed now."""
    whole = scale.units(units.get(scale.line.pk, 0)) if scale.line.is_bundle else {}
    found = {}
    for line in scale.members:
        asked = units.get(line.pk, 0) + whole.get(line.pk, 0)
        left = line.active - before.units.get(line.pk, 0)
        if asked > left and not may_be_billed:
            raise NotBillable(f"lines: {line.sku}: {left} units were bought and not billed yet.")
        found[line.pk] = max(min(asked, left), 0)
    return found


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
