"""Give money back: grant it (a decision, with its credit note), owe it to the gateway, which executes it."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from orders.errors import NotRefundable
from orders.events import RefundGranted
from orders.gateways import online
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, is_exact, text
from orders.kernel.work import emit, work
from orders.locks import locked_order, locked_payments
from orders.models import Invoice, Order, Payment, PaymentTransaction, Refund
from orders.models.payment import A_PERSONS_TURN, FRESH
from orders.services.capture import CAPTURABLE, pending, uncaptured
from orders.services.credit import Credit, credit_for_amount, credit_for_shipping, credit_for_units, issue_credit_note
from orders.services.exception import open_exception
from orders.services.promised import promised, refundable
from orders.states import RefundTarget, TransactionKind, TransactionStatus


def grant_refund(
    order_id: int,
    *,
    amount: Decimal,
    reason: str,
    note: str = "",
    to: str = RefundTarget.ORIGINAL,
    by: Actor,
) -> Refund:
    """Give ``amount`` back without goods coming back, with its credit note when it was billed.

    It goes the way it came, what was paid last first; or, by ``to``, the customer gets it as store credit at once.

    Never more than was captured and not given back. Before anything was billed only what was paid too much: a
    bill that comes later would ask for the rest again. Raises ``NotRefundable`` naming the most that is possible.
    """
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        is_billed = Invoice.objects.filter(order=order).exists()
        _check(order, amount, is_billed=is_billed)
        if to == RefundTarget.STORE_CREDIT and not order.customer.email:
            raise NotRefundable("to: the customer is not known by an address, so nobody could spend the credit.")
        refund = _grant(order, payments, amount, reason=reason, note=note, cause=("", ""), to=to, by=by)
        if to == RefundTarget.STORE_CREDIT:
            order.refresh_from_db()  # it is the customer's already (``orders.services.credit_refund``)
        if is_billed:
            issue_credit_note(order, credit_for_amount(order, amount), reason=reason, refund=refund)
        return refund


def credit_units(
    order_id: int, units: Mapping[int, int], *, reason: str, cause_kind: str, cause_id: str, by: Actor
) -> Refund | None:
    """Credit ``units`` (by line pk) that came back, and give back what of it was paid; None when nothing was.

    What the customer still owes for what they keep comes first: nothing of that goes back. Units that are worth
    nothing, such as a gift, are credited too: the last that come back take the shipping along. What is still being
    charged goes back once it is in (``record_movement``). Raises ``NotRefundable``.
    """
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        credit = credit_for_units(order, units)
        paid = _paid_of(credit, order, payments)
        cause = (cause_kind, cause_id)
        refund = _grant(order, payments, paid, reason=reason, note="", cause=cause, by=by) if paid > 0 else None
        issue_credit_note(order, credit, reason=reason, refund=refund)
        return refund


def credit_last_shipping(order: Order, payments: list[Payment], *, reason: str, by: Actor) -> None:
    """Credit the shipping once all that was to come is called off and all that had come is credited already.

    Joins the open work; order and ``payments`` are locked.
    """
    credit = credit_for_shipping(order)
    if credit is None:
        return
    paid = _paid_of(credit, order, payments)
    refund = _grant(order, payments, paid, reason=reason, note="", cause=("", ""), by=by) if paid > 0 else None
    issue_credit_note(order, credit, reason=reason, refund=refund)


def _paid_of(credit: Credit, order: Order, payments: list[Payment]) -> Decimal:
    """What of ``credit`` was paid and isn't owed for anything else; what isn't billed yet is charged to what is
    reserved for it."""
    owed = order.total - order.credited_total - credit.total
    billed = Invoice.objects.filter(order=order).aggregate(sum=Sum("total"))["sum"] or ZERO
    reserved = sum((max(uncaptured(payment), ZERO) for payment in payments if payment.status in CAPTURABLE), ZERO)
    by_card = min(order.total - billed, reserved)
    return min(credit.total, refundable(order) - max(owed - by_card, ZERO))


def owe_refund(order: Order, amount: Decimal, *, reason: str, by: Actor) -> Refund | None:
    """Give back money that nobody owes us: no credit note; joins the open work."""
    worth = min(amount, refundable(order))
    if worth <= 0:
        return None
    return _grant(order, locked_payments(order.pk), worth, reason=reason, note="", cause=("", ""), by=by)


def owe_parts(
    refund: Refund, payments: list[Payment], amount: Decimal, *, past_gateway: bool = False, by: Actor
) -> list[PaymentTransaction]:
    """A pending transaction on each payment that can give some of ``amount`` back, the last one first.

    The payments are locked. No gateway sends back what came by bank or in cash: a person is asked to, and records it.
    """
    parts = []
    left, by_hand = amount, ZERO
    for payment in reversed(payments):
        part = min(left, payment.captured_amount - payment.refunded_amount - _pending(payment))
        if part <= 0:
            continue
        asks_gateway = payment.gateway in online()
        tries = payment.transactions.filter(refund=refund).count()
        parts.append(
            PaymentTransaction.objects.create(
                payment=payment,
                kind=TransactionKind.REFUND,
                amount=part,
                refund=refund,
                past_gateway=past_gateway,
                idempotency_key=f"{refund.public_id}.{payment.public_id}" + (f".{tries + 1}" if tries else ""),
                due_at=timezone.now() + (FRESH if asks_gateway else A_PERSONS_TURN),
            )
        )
        left -= part
        by_hand += ZERO if asks_gateway else part
    if by_hand and not past_gateway:
        _ask_a_person(refund, by_hand, by=by)
    return parts


def _ask_a_person(refund: Refund, amount: Decimal, *, by: Actor) -> None:
    open_exception(
        order_id=refund.order_id,
        category="refund_by_hand",
        subject_kind="refund",
        subject_id=refund.public_id,
        facts={"amount": text(amount, refund.currency), "currency": refund.currency},
        by=by,
    )


def _check(order: Order, amount: Decimal, *, is_billed: bool) -> None:
    if amount <= 0 or not is_exact(amount, order.currency):
        raise NotRefundable(f"amount: give a positive amount in {order.currency}.")
    most = refundable(order)
    if not is_billed:
        going_back = promised(order) + pending(TransactionKind.VOID, order_id=order.pk)
        most = max(min(most, -order.balance - going_back), ZERO)
    if amount > most:
        why = "" if is_billed else " Nothing was billed yet: cancel units instead."
        raise NotRefundable(f"amount: at most {text(most, order.currency)} {order.currency} can be given back.{why}")


def _grant(
    order: Order,
    payments: list[Payment],
    amount: Decimal,
    *,
    reason: str,
    note: str,
    cause: tuple[str, str],
    to: str = RefundTarget.ORIGINAL,
    by: Actor,
) -> Refund:
    """The decision, and a pending transaction per payment that gives some of it back."""
    refund = Refund(
        order=order,
        currency=order.currency,
        amount=amount,
        to=to,
        reason=reason,
        note=note,
        cause_kind=cause[0],
        cause_id=cause[1],
        granted_by=str(by),
    )
    refund.execute()
    refund.save()
    owe_parts(refund, payments, amount, past_gateway=to == RefundTarget.STORE_CREDIT, by=by)
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


def _pending(payment: Payment) -> Decimal:
    pending = payment.transactions.filter(kind=TransactionKind.REFUND, status=TransactionStatus.PENDING)
    return pending.aggregate(sum=Sum("amount"))["sum"] or ZERO
