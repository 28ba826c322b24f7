"""Credit what was billed: units that came back with their share of the bill, or money without goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from orders.bundles import Scale, moving, scales
from orders.derivation import payment_status
from orders.errors import NotRefundable
from orders.events import CreditNoteIssued
from orders.kernel.money import ZERO, rounded, share, spread
from orders.kernel.work import emit
from orders.locks import locked_lines
from orders.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, Order, OrderLine, Refund
from orders.services.issue_paper import issue_paper, snapshot
from orders.taxes import TaxShare, in_proportion, taxes_of


@dataclass(frozen=True, kw_only=True)
class LineCredit:
    """Units of a line, and their share of what was billed and not credited yet: of their bundle, for components."""

    line: OrderLine
    quantity: int
    tax_rate: Decimal
    amount: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What a customer no longer owes; ``total`` includes tax, and ``tax`` all of it."""

    total: Decimal
    tax: Decimal
    lines: tuple[LineCredit, ...] = ()
    shipping: Decimal = ZERO
    shipping_tax: Decimal = ZERO


def credit_for_units(order: Order, units: Mapping[int, int]) -> Credit:
    """What ``units`` (by line pk) are worth now. The last ones of an order take its shipping along.

    Never more than was billed and not credited: what was given as goodwill before isn't given twice. Raises
    ``NotRefundable`` for units that were never billed, or credited before.
    """
    lines = _lines(order, units)
    shipping, shipping_tax = _shipping(order, units)
    on_top = not order.prices_include_tax
    parts = [(c.amount, c.tax) for c in lines] + [(shipping, shipping_tax)]
    gross = [amount + tax if on_top else amount for amount, tax in parts]
    most = uncredited(order)
    if sum(gross, ZERO) > most:
        parts = _scaled(parts, gross, most, on_top=on_top, currency=order.currency)
    *goods, (shipping, shipping_tax) = parts
    tax = sum((tax for _, tax in parts), ZERO)
    return Credit(
        total=sum((amount for amount, _ in parts), ZERO) + (tax if on_top else ZERO),
        tax=tax,
        lines=tuple(
            LineCredit(line=c.line, quantity=c.quantity, tax_rate=c.tax_rate, amount=amount, tax=tax)
            for c, (amount, tax) in zip(lines, goods, strict=True)
        ),
        shipping=shipping,
        shipping_tax=shipping_tax,
    )


def credit_for_shipping(order: Order) -> Credit | None:
    """The shipping that was billed and isn't credited, when all that the customer has had is; None otherwise."""
    shipping, tax = _shipping(order, {})
    on_top = not order.prices_include_tax
    gross, most = shipping + (tax if on_top else ZERO), uncredited(order)
    if gross > most:
        [(shipping, tax)] = _scaled([(shipping, tax)], [gross], most, on_top=on_top, currency=order.currency)
        gross = most
    return Credit(total=gross, tax=tax, shipping=shipping, shipping_tax=tax) if gross > 0 else None


def credit_for_amount(order: Order, amount: Decimal) -> Credit:
    """Money without goods, with the tax of the latest invoice in proportion. Raises ``NotRefundable``."""
    invoice = Invoice.objects.filter(order=order).order_by("id").last()
    if invoice is None or amount > uncredited(order):
        raise NotRefundable("amount: this is more than was billed and not credited yet.")
    tax = rounded(amount * invoice.tax / invoice.total, order.currency) if invoice.total else ZERO
    return Credit(total=amount, tax=tax)


def uncredited(order: Order) -> Decimal:
    """What was billed, and is owed or paid."""
    billed = Invoice.objects.filter(order=order).aggregate(sum=Sum("total"))["sum"] or ZERO
    return billed - order.credited_total


def issue_credit_note(order: Order, credit: Credit, *, reason: str, refund: Refund | None = None) -> CreditNote:
    """The legal paper: the order's debt falls by ``credit``. Joins the open work; the order is locked."""
    invoices = _corrected(order, credit)
    paper = CreditNote(
        order=order,
        invoice=invoices[-1],
        refund=refund,
        reason=reason,
        currency=order.currency,
        net=credit.total - credit.tax,
        tax=credit.tax,
        total=credit.total,
        shipping=credit.shipping,
        shipping_tax=credit.shipping_tax,
        language=order.language,
        snapshot=snapshot(order)
        | {"invoices": [{"number": each.number, "issued_on": each.issued_on.isoformat()} for each in invoices]},
    )
    issue_paper(paper, _taxes(order, credit, invoices[-1]))
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(
            credit_note=paper, line=c.line, quantity=c.quantity, tax_rate=c.tax_rate, amount=c.amount, tax=c.tax
        )
        for c in credit.lines
    )
    order.credited_total += credit.total
    order.payment_status = payment_status(order)
    order.version += 1
    order.save(update_fields=["credited_total", "payment_status", "version", "updated_at"])
    emit(
        CreditNoteIssued(
            order_id=order.pk,
            number=order.number,
            credit_note=paper.number,
            total=paper.total,
            currency=paper.currency,
        )
    )
    return paper


def _corrected(order: Order, credit: Credit) -> list[Invoice]:
    """The invoices that billed what is credited, oldest first; of money without goods the latest."""
    billed = Invoice.objects.filter(order=order).order_by("id")
    lines = [part.line.pk for part in credit.lines]
    if not lines and credit.shipping:
        return list(billed.filter(shipping__gt=0))
    return list(billed.filter(lines__line__in=lines).distinct()) or [billed.latest("id")]


def _taxes(order: Order, credit: Credit, invoice: Invoice) -> tuple[TaxShare, ...]:
    parts = [(part.line.tax_rate, part.amount, part.tax) for part in credit.lines]
    if credit.shipping:
        parts.append((order.shipping_tax_rate, credit.shipping, credit.shipping_tax))
    if parts:
        return taxes_of(parts, includes_tax=order.prices_include_tax, exemption=order.tax_exemption)
    billed = [
        TaxShare(rate=row.tax_rate, category=row.category, net=row.net, tax=row.tax) for row in invoice.taxes.all()
    ]
    return in_proportion(credit.total - credit.tax, credit.tax, billed, order.currency)


def _lines(order: Order, units: Mapping[int, int]) -> list[LineCredit]:
    billed = _sums(InvoiceLine.objects.filter(invoice__order=order))
    credited = _sums(CreditNoteLine.objects.filter(credit_note__order=order))
    left = {pk: sums.less(credited.get(pk, _NOTHING)) for pk, sums in billed.items()}
    lines = locked_lines(order.pk)
    for line in lines:
        most = left.get(line.pk, _NOTHING).units
        if line.pk in units and not 1 <= units[line.pk] <= most:
            raise NotRefundable(f"lines: {line.sku}: {most} units were billed and not credited yet.")
    return [credit for scale in scales(lines).values() for credit in _credits(scale, units, left, order.currency)]


def _credits(scale: Scale, units: Mapping[int, int], left: Mapping[int, "_Sums"], currency: str) -> list[LineCredit]:
    """What comes back of one bought line: its share of what is billed and not credited of all of it."""
    back = [member for member in scale.members if units.get(member.pk)]
    if not back:
        return []
    rest = [left[member.pk] for member in scale.members if member.pk in left]
    part, whole = scale.of(units), scale.of({pk: row.units for pk, row in left.items()})
    weights = [Decimal(scale.points[member.pk] * units[member.pk]) for member in back]
    amount = share(sum((row.amount for row in rest), ZERO), part, whole, currency)
    tax = share(sum((row.tax for row in rest), ZERO), part, whole, currency)
    amounts, taxes = spread(amount, weights, currency), spread(tax, weights, currency)
    return [
        LineCredit(line=member, quantity=units[member.pk], tax_rate=scale.line.tax_rate, amount=amount, tax=tax)
        for member, amount, tax in zip(back, amounts, taxes, strict=True)
    ]


@dataclass(frozen=True, kw_only=True)
class _Sums:
    """Units on some papers, with their money and the tax of it."""

    units: int = 0
    amount: Decimal = ZERO
    tax: Decimal = ZERO

    def less(self, other: "_Sums") -> "_Sums":
        return _Sums(units=self.units - other.units, amount=self.amount - other.amount, tax=self.tax - other.tax)


_NOTHING = _Sums()


def _sums(rows: "QuerySet[InvoiceLine] | QuerySet[CreditNoteLine]") -> dict[int, _Sums]:
    """By line pk."""
    grouped = rows.values("line_id").annotate(n=Sum("quantity"), a=Sum("amount"), t=Sum("tax"))
    return {row["line_id"]: _Sums(units=row["n"], amount=row["a"], tax=row["t"]) for row in grouped}


def _shipping(order: Order, units: Mapping[int, int]) -> tuple[Decimal, Decimal]:
    """Shipping and its tax, once ``units`` are the last that the customer keeps; nothing before."""
    credited = _sums(CreditNoteLine.objects.filter(credit_note__order=order))
    kept = sum(line.active - units.get(line.pk, 0) for line in moving(order.lines.all()))
    if kept > sum(sums.units for sums in credited.values()):
        return ZERO, ZERO
    billed = Invoice.objects.filter(order=order).aggregate(a=Sum("shipping"), t=Sum("shipping_tax"))
    given = CreditNote.objects.filter(order=order).aggregate(a=Sum("shipping"), t=Sum("shipping_tax"))
    return (billed["a"] or ZERO) - (given["a"] or ZERO), (billed["t"] or ZERO) - (given["t"] or ZERO)


def _scaled(
    parts: Sequence[tuple[Decimal, Decimal]], gross: Sequence[Decimal], most: Decimal, *, on_top: bool, currency: str
) -> list[tuple[Decimal, Decimal]]:
    """Amounts and taxes whose gross sum is ``most``, in the proportions of ``gross``."""
    scaled = []
    for (_amount, tax), before, after in zip(parts, gross, spread(most, gross, currency), strict=True):
        part = rounded(tax * after / before, currency) if before else ZERO
        scaled.append((after - part if on_top else after, part))
    return scaled
