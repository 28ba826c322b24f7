"""Bring a payment in line with its gateway: ask how it stands, book what only the gateway knew, name what differs.

Called for each piece of news, when a customer comes back from the gateway's page, and to reconcile. What the gateway
says counts, whatever made us ask: so news may come twice, late and in any order.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from orders.gateways.protocol import NoAnswer, Outcome, Standing, State
from orders.kernel.actor import Actor
from orders.kernel.money import text
from orders.kernel.work import work
from orders.locks import locked_order, locked_payments
from orders.models import Payment, PaymentTransaction
from orders.services.ask_gateway import answer_in, fetch_state
from orders.services.await_payment import ask_for_payment
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.finish_transaction import save
from orders.services.let_go import owe_cancellation
from orders.services.record_foreign import given_back, record_dispute, record_refund_news
from orders.services.renew_payment import let_lapse
from orders.services.settle import apply_answer
from orders.states import OrderStatus, PaymentStatus, PaymentTrouble, TransactionKind, TransactionStatus

_TRIES = 3
_NEVER_MADE = (PaymentStatus.PENDING, PaymentStatus.REQUIRES_ACTION, PaymentStatus.FAILED)
_UNWANTED = (PaymentStatus.FAILED, PaymentStatus.VOIDED, PaymentStatus.EXPIRED)
_NOTHING_RESERVED = (Standing.VOIDED, Standing.FAILED, Standing.CAPTURED)
_CATEGORY = "reconciliation_difference"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What our rows and the gateway's books don't agree on."""

    what: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.what}: ours {self.ours}, the gateway's {self.theirs}"


def sync_payment(payment_id: int, *, by: Actor) -> tuple[Difference, ...]:
    """Book what the gateway says of a payment; returns what differs all the same, and a person is asked about it.

    The gateway is asked outside of any transaction. When our rows moved meanwhile its words are old, and it is asked
    again. Raises ``NoAnswer``.
    """
    for _attempt in range(_TRIES):
        payment = Payment.objects.select_related("order").get(pk=payment_id)
        before = _mark(payment_id)
        state = fetch_state(payment)
        with work(by=by):
            locked_order(payment.order_id)
            locked_payments(payment.order_id)
            if _mark(payment_id) != before:
                continue
            found = _book(payment_id, state, by=by)
            Payment.objects.filter(pk=payment_id).update(checked_at=Now())
        return found
    raise NoAnswer("our own rows keep moving")


def _mark(payment_id: int) -> tuple[datetime, list[Any]]:
    """Changes with everything that could make the gateway's words old."""
    updated_at = Payment.objects.values_list("updated_at", flat=True).get(pk=payment_id)
    rows = PaymentTransaction.objects.filter(payment_id=payment_id).order_by("pk")
    return updated_at, list(rows.values_list("pk", "status", "attempts", "idempotency_key"))


def _book(payment_id: int, state: State, *, by: Actor) -> tuple[Difference, ...]:
    """1 the answers that we wait for 2 what others did there 3 what lapsed 4 what is left to differ."""
    payment = _read(payment_id)
    wrong = _strange(payment, state)
    if wrong is not None:
        _ask("gateway_mismatch", payment, (wrong,), by=by)
        return (wrong,)
    for charge in _pending(payment):
        answer = answer_in(state, charge)
        if answer is not None and answer.outcome in (Outcome.DONE, Outcome.REFUSED):
            apply_answer(charge.pk, answer, by=by)
    for movement in state.refunds:
        record_refund_news(_read(payment_id), movement, by=by)
    for dispute in state.disputes:
        record_dispute(_read(payment_id), dispute, by=by)
    payment = _read(payment_id)
    if any(charge.kind != TransactionKind.REFUND for charge in _pending(payment)):
        return ()  # a call is under way, or the customer's turn: what it comes to isn't known yet
    _follow(payment, state, by=by)
    found = _differences(payment, state)
    if found:
        _ask(_CATEGORY, payment, found, by=by)
    else:
        for category in (_CATEGORY, "gateway_mismatch"):
            _close(category, payment, by=by)
    return found


def _read(payment_id: int) -> Payment:
    return Payment.objects.select_related("order").get(pk=payment_id)


def _pending(payment: Payment) -> list[PaymentTransaction]:
    pending = payment.transactions.filter(status=TransactionStatus.PENDING).order_by("pk")
    return list(pending.select_related("payment__order"))


def _strange(payment: Payment, state: State) -> Difference | None:
    """Another currency or amount than we asked for: nothing of it is booked."""
    if state.currency and state.currency != payment.currency:
        return Difference(what="currency", ours=payment.currency, theirs=state.currency)
    if payment.status in _NEVER_MADE and state.authorized and state.authorized != payment.amount:
        return _money("amount", payment, payment.amount, state.authorized)
    return None


def _follow(payment: Payment, state: State, *, by: Actor) -> None:
    """What is reserved there is reserved here, as long as it holds there; what nobody wants goes back."""
    order, reserved = payment.order, payment.authorized_amount - payment.captured_amount
    if state.standing is Standing.AUTHORIZED and payment.status in _UNWANTED:
        owe_cancellation(payment)
    elif reserved > 0 and state.standing in _NOTHING_RESERVED and state.captured == payment.captured_amount:
        lapses = payment.transactions.filter(kind=TransactionKind.VOID).count()
        key = f"{payment.public_id}.lapsed.{lapses + 1}"
        let_lapse(payment, reserved, key=key, why=state.error_code or "released_at_gateway")
        if order.balance > 0 and order.status in (OrderStatus.PLACED, OrderStatus.CONFIRMED):
            ask_for_payment(order, why=PaymentTrouble.LAPSED, by=by)
    elif reserved > 0 and state.expires_at and state.expires_at != payment.expires_at:
        payment.expires_at = state.expires_at
        save(payment, "expires_at")


def _differences(payment: Payment, state: State) -> tuple[Difference, ...]:
    if state.standing is Standing.UNKNOWN:
        known = payment.status in _NEVER_MADE or not payment.gateway_ref
        return () if known else (Difference(what="payment", ours=payment.status, theirs="unknown"),)
    if payment.status in _NEVER_MADE and not state.authorized:
        return ()
    amounts = (
        ("authorized", payment.authorized_amount, state.authorized),
        ("captured", payment.captured_amount, state.captured),
        ("refunded", given_back(payment), state.refunded),
    )
    return tuple(_money(what, payment, ours, theirs) for what, ours, theirs in amounts if ours != theirs)


def _money(what: str, payment: Payment, ours: Decimal, theirs: Decimal) -> Difference:
    return Difference(what=what, ours=text(ours, payment.currency), theirs=text(theirs, payment.currency))


def _ask(category: str, payment: Payment, found: tuple[Difference, ...], *, by: Actor) -> None:
    open_exception(
        order_id=payment.order_id,
        category=category,
        subject_kind="payment",
        subject_id=payment.public_id,
        facts={"differences": [str(difference) for difference in found]},
        by=by,
    )


def _close(category: str, payment: Payment, *, by: Actor) -> None:
    resolve_exceptions(
        category=category,
        subject_kind="payment",
        subject_id=payment.public_id,
        resolution=f"Both agree since {timezone.now():%Y-%m-%d %H:%M} UTC.",
        by=by,
    )
