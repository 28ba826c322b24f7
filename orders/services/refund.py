"""Give money back: grant it (a decision, with its credit note), owe it to the gateway, which executes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from orders.derivation import payment_status
from orders.errors import NotRefundable
from orders.events import CreditNoteIssued, RefundGranted
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, is_exact, rounded, share, text
from orders.kernel.work import emit, ring, work
from orders.locks import locked_order, locked_payments
from orders.models import (
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    Order,
    OrderLine,
    Payment,
    PaymentTransaction,
    Refund,
)
from orders.services.invoice import number_document, snapshot
from orders.states import RefundStatus, TransactionKind, TransactionStatus


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What units of a line are worth now: their share of what was billed and not credited yet."""

    line: OrderLine
    quantity: int
    amount: Decimal
    tax: Decimal

    def value(self, *, includes_tax: bool) -> Decimal:
        """What the customer gets for them."""
        return self.amount if includes_tax else self.amount + self.tax


def grant_refund(
    order_id: int,
    *,
    amount: Decimal | None = None,
    units: Mapping[int, int] | None = None,
    reason: str,
    note: str = "",
    cause_kind: str = "",
    cause_id: str = "",
    by: Actor,
) -> Refund:
    """Grant a refund of ``amount``, or of what ``units`` (by line pk) were billed, with its credit note.

    Never more than was captured and not given back. Raises ``NotRefundable`` naming the most that is.
    """
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        credits_ = credits_for(order, units or {})
        includes_tax = order.prices_include_tax
        worth = sum((c.value(includes_tax=includes_tax) for c in credits_), ZERO) if amount is None else amount
        _check(order, worth)
        refund = _grant(order, payments, worth, reason=reason, note=note, cause=(cause_kind, cause_id), by=by)
        if Invoice.objects.filter(order=order).exists():
            _issue_credit_note(order, refund, credits_ if amount is None else [])
        return refund


def owe_refund(order: Order, amount: Decimal, *, reason: str, by: Actor) -> Refund | None:
    """Give back money for goods that were never billed (a cancellation): no credit note; joins the open work."""
    worth = min(amount, refundable(order))
    if worth <= 0:
        return None
    return _grant(order, locked_payments(order.pk), worth, reason=reason, note="", cause=("", ""), by=by)


def refundable(order: Order) -> Decimal:
    """The most that can be given back: captured, not refunded, and not promised to be."""
    promised = Refund.objects.filter(
        order=order, status__in=[RefundStatus.GRANTED, RefundStatus.PENDING, RefundStatus.FAILED]
    )
    still = promised.aggregate(sum=Sum("amount"))["sum"] or ZERO
    partly = (
        PaymentTransaction.objects.filter(
            refund__in=promised, status=TransactionStatus.SUCCESS, kind=TransactionKind.REFUND
        ).aggregate(sum=Sum("amount"))["sum"]
        or ZERO
    )
    return order.captured_total - order.refunded_total - still + partly


def credits_for(order: Order, units: Mapping[int, int]) -> list[Credit]:
    """What ``units`` are worth. Raises ``NotRefundable`` for units that were never billed, or credited before."""
    billed = _sums(InvoiceLine.objects.filter(invoice__order=order, line_id__in=units))
    credited = _sums(CreditNoteLine.objects.filter(credit_note__order=order, line_id__in=units))
    found = []
    for line in OrderLine.objects.filter(pk__in=units, order=order).order_by("position"):
        n, amount, tax = billed.get(line.pk, (0, ZERO, ZERO))
        n_back, amount_back, tax_back = credited.get(line.pk, (0, ZERO, ZERO))
        quantity, left = units[line.pk], n - n_back
        if not 1 <= quantity <= left:
            raise NotRefundable(f"lines: {line.sku}: {left} units were billed and not credited yet.")
        found.append(
            Credit(
                line=line,
                quantity=quantity,
                amount=share(amount - amount_back, quantity, left, order.currency),
                tax=share(tax - tax_back, quantity, left, order.currency),
            )
        )
    return found


def _sums(rows: "object") -> dict[int, tuple[int, Decimal, Decimal]]:
    grouped = rows.values("line_id").annotate(n=Sum("quantity"), a=Sum("amount"), t=Sum("tax"))  # type: ignore[attr-defined]
    return {row["line_id"]: (row["n"], row["a"], row["t"]) for row in grouped}


def _check(order: Order, amount: Decimal) -> None:
    most = refundable(order)
    if amount <= 0 or not is_exact(amount, order.currency):
        raise NotRefundable(f"amount: give a positive amount in {order.currency}.")
    if amount > most:
        raise NotRefundable(f"amount: at most {text(most, order.currency)} {order.currency} can be given back.")


def _grant(
    order: Order,
    payments: list[Payment],
    amount: Decimal,
    *,
    reason: str,
    note: str,
    cause: tuple[str, str],
    by: Actor,
) -> Refund:
    """The decision, and a pending transaction per payment that gives some of it back."""
    refund = Refund(
        order=order,
        currency=order.currency,
        amount=amount,
        reason=reason,
        note=note,
        cause_kind=cause[0],
        cause_id=cause[1],
        granted_by=str(by),
    )
    refund.execute()
    refund.save()
    owe_parts(refund, payments, amount)
    emit(
        RefundGranted(
            order_id=order.pk,
            number=order.number,
            refund=refund.public_id,
            amount=amount,
            currency=order.currency,
            reason=reason,
        )
    )
    return refund


def owe_parts(refund: Refund, payments: list[Payment], amount: Decimal) -> None:
    """A pending transaction on each payment that can give some of ``amount`` back. The payments are locked."""
    left = amount
    for payment in payments:
        part = min(left, payment.captured_amount - payment.refunded_amount - _pending(payment))
        if part <= 0:
            continue
        tries = payment.transactions.filter(refund=refund).count()
        PaymentTransaction.objects.create(
            payment=payment,
            kind=TransactionKind.REFUND,
            amount=part,
            refund=refund,
            idempotency_key=f"{refund.public_id}.{payment.public_id}" + (f".{tries + 1}" if tries else ""),
        )
        left -= part
    ring("payment")


def _pending(payment: Payment) -> Decimal:
    pending = payment.transactions.filter(kind=TransactionKind.REFUND, status=TransactionStatus.PENDING)
    return pending.aggregate(sum=Sum("amount"))["sum"] or ZERO


def _issue_credit_note(order: Order, refund: Refund, credits_: list[Credit]) -> CreditNote:
    """The paper: by lines, or, for money without goods, with the tax of the latest invoice in proportion."""
    invoice = Invoice.objects.filter(order=order).latest("id")
    tax = sum((c.tax for c in credits_), ZERO)
    if not credits_ and invoice.total:
        tax = rounded(refund.amount * invoice.tax / invoice.total, order.currency)
    paper = CreditNote(
        order=order,
        invoice=invoice,
        refund=refund,
        reason=refund.reason,
        currency=order.currency,
        net=refund.amount - tax,
        tax=tax,
        total=refund.amount,
        language=order.language,
        snapshot=snapshot(order) | {"invoice_number": invoice.number},
        issued_at=timezone.now(),
    )
    number_document(paper, code="credit_note", prefix="CN-")
    paper.save(force_insert=True)
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(
            credit_note=paper,
            line=c.line,
            quantity=c.quantity,
            tax_rate=c.line.tax_rate,
            amount=c.amount,
            tax=c.tax,
        )
        for c in credits_
    )
    order.credited_total += refund.amount
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
