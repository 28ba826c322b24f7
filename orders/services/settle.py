"""Settle what is owed to or by a gateway: the pending transaction is the debt, this pays it.

Called once inline right after the commit that made the debt, and again by Celery until there is an answer.
A claim is a lease: whoever holds it calls the gateway outside of any transaction, then writes the answer
down only if the transaction is still pending. The key makes a repeated call harmless.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from django.db.models import F, Q
from django.db.models.functions import Now

from orders.gateways import gateway
from orders.gateways.protocol import Answer, Call, NoAnswer
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import note_locked, work
from orders.models import OrderLine, PaymentTransaction
from orders.requests import Repeatable
from orders.services.record_answer import Settled, record_answer
from orders.states import TransactionKind, TransactionStatus

_LEASE = timedelta(seconds=60)
_BATCH = 20
# Fresh debts belong to the request that made them; the completer takes over after this time.
_GRACE = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(hours=6)


def call_of(charge: PaymentTransaction) -> Call:
    """What the gateway is asked; ``charge.payment`` must be loaded."""
    payment = charge.payment
    return Call(
        key=charge.idempotency_key,
        amount=charge.amount,
        currency=payment.currency,
        payment=payment.public_id,
        token=payment.token,
        ref=payment.gateway_ref,
    )


def settle_payments(order_id: int | None = None, *, by: Actor = SYSTEM) -> int:
    """Pay what is due, of one order (at once) or of all (what its own request left behind); returns how many.

    Never raises for a silent gateway: the debt stays and is tried again, ever more slowly.
    """
    settled = 0
    while charges := _claim(order_id):
        for charge in charges:
            settled += _pay(charge, by=by)
        if order_id is not None:
            break
    return settled


def apply_answer(
    charge_id: int,
    answer: Answer,
    *,
    by: Actor,
    repeat: Repeatable | None = None,
    lines: Sequence[OrderLine] | None = None,
) -> Settled:
    """Write a gateway's answer down, once: a second answer to the same transaction changes nothing."""
    with work(by=by):
        charge = (
            PaymentTransaction.objects.select_for_update(of=("payment__order", "payment", "self"), no_key=True)
            .select_related("payment__order")
            .get(pk=charge_id)
        )
        note_locked([charge.payment.order_id])
        return record_answer(charge, answer, repeat=repeat, lines=lines, by=by)


def _claim(order_id: int | None) -> list[PaymentTransaction]:
    due = PaymentTransaction.objects.filter(status=TransactionStatus.PENDING, due_at__lte=Now())
    due = due.filter(Q(leased_until=None) | Q(leased_until__lt=Now()))
    if order_id is not None:
        due = due.filter(payment__order_id=order_id)
    else:
        due = due.filter(Q(attempts__gt=0) | ~Q(kind=TransactionKind.AUTHORIZATION) | Q(created_at__lt=Now() - _GRACE))
    token = uuid4()
    with work(by=SYSTEM):
        ids = list(
            due.order_by("due_at")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)[:_BATCH]
        )
        PaymentTransaction.objects.filter(pk__in=ids).update(
            lease_token=token, leased_until=Now() + _LEASE, attempts=F("attempts") + 1
        )
    return list(PaymentTransaction.objects.filter(lease_token=token).select_related("payment"))


def _pay(charge: PaymentTransaction, *, by: Actor) -> bool:
    """Ask the gateway, outside of any transaction; True when the debt is settled."""
    provider = gateway(charge.payment.gateway)
    ask = {
        TransactionKind.AUTHORIZATION: provider.authorize,
        TransactionKind.CHARGE: provider.capture,
        TransactionKind.VOID: provider.void,
        TransactionKind.REFUND: provider.refund,
    }[TransactionKind(charge.kind)]
    try:
        answer = ask(call_of(charge))
    except NoAnswer:
        postpone(charge)
        return False
    apply_answer(charge.pk, answer, by=by)
    return True


def postpone(charge: PaymentTransaction) -> None:
    """Try again later: 30 s, doubled with every attempt, six hours at most."""
    wait = min(timedelta(seconds=30 * 2 ** min(charge.attempts, 12)), _LONGEST_WAIT)
    held = PaymentTransaction.objects.filter(pk=charge.pk, lease_token=charge.lease_token)
    held.update(due_at=Now() + wait, lease_token=None, leased_until=None)
