"""Settle what is owed to or by a gateway: the pending transaction is the debt, this pays it.

Called once inline right after the commit that made the debt, and again by Celery until there is an answer.
A claim is a lease: whoever holds it calls the gateway outside of any transaction, then writes the answer
down only if the transaction is still pending. The key makes a repeated call harmless.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import structlog
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from orders.gateways import online
from orders.gateways.keys import next_key
from orders.gateways.protocol import Answer, KeySpent, NoAnswer
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import note_locked, work
from orders.locks import locked_order
from orders.models import OrderLine, PaymentTransaction
from orders.requests import Repeatable
from orders.services.ask_gateway import ask_gateway
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.record_answer import Settled, record_answer
from orders.states import TransactionKind, TransactionStatus

_LEASE = timedelta(seconds=60)
_BATCH = 20
_LONGEST_WAIT = timedelta(hours=6)
_PATIENCE = 30.0  # seconds after which the completer leaves the rest to its next round
_DEAF = 2  # silences of a gateway in one round
_SILENCE = timedelta(seconds=30)  # until a gateway that gave no answer is asked for others' debts
_SURE_AFTER = timedelta(minutes=10)  # what gateways search by is minutes old at most
_STRANGE = 5  # attempts that break off before a person is asked

log = structlog.get_logger(__name__)


def settle_payments(order_id: int | None = None, *, by: Actor = SYSTEM) -> int:
    """Pay what is due, of one order (at once) or of all (what its own request left behind); returns how many.

    Never raises: a silent gateway's debt is tried again, ever more slowly, and so is one that breaks off.
    """
    settled, end = 0, monotonic() + _PATIENCE
    while charges := _claim(order_id):
        silent: Counter[str] = Counter()
        settled += sum(_pay(charge, silent, by=by) for charge in charges)
        if order_id is not None or monotonic() > end:
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
    """Lease what is due; for one order also what was just made for it. What no gateway moves is left to people."""
    due = PaymentTransaction.objects.filter(status=TransactionStatus.PENDING, payment__gateway__in=online())
    due = due.filter(Q(leased_until=None) | Q(leased_until__lt=Now()))
    if order_id is None:
        due = due.filter(due_at__lte=Now())
    else:
        is_fresh = Q(attempts=0) & ~Q(kind=TransactionKind.AUTHORIZATION)
        due = due.filter(Q(due_at__lte=Now()) | is_fresh, payment__order_id=order_id)
    token = uuid4()
    with work(by=SYSTEM):
        ids = list(
            due.order_by("due_at")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)[:_BATCH]
        )
        if not ids:
            return []
        PaymentTransaction.objects.filter(pk__in=ids).update(
            lease_token=token, leased_until=Now() + _LEASE, attempts=F("attempts") + 1
        )
    return list(PaymentTransaction.objects.filter(pk__in=ids, lease_token=token).select_related("payment__order"))


def _pay(charge: PaymentTransaction, silent: Counter[str], *, by: Actor) -> bool:
    """Ask the gateway, outside of any transaction; True when the debt is settled.

    One that breaks off in a way nobody foresaw must not keep the others of its batch waiting, and neither must a
    gateway that was ``silent`` twice: the rest of its debts aren't asked for in this round.
    """
    if silent[charge.payment.gateway] >= _DEAF:
        _give_back(charge)
        return False
    try:
        apply_answer(charge.pk, ask_gateway(charge), by=by)
        if charge.attempts >= _STRANGE:
            _need_no_help(charge)
    except NoAnswer:
        silent[charge.payment.gateway] += 1
        postpone(charge)
        return False
    except KeySpent:
        _renew_key(charge)
        return False
    except Exception:
        log.exception("payment.broke_off", transaction=charge.pk, kind=charge.kind)
        postpone(charge)
        if charge.attempts >= _STRANGE:
            _ask_for_help(charge)
        return False
    return True


def _ask_for_help(charge: PaymentTransaction) -> None:
    with work(by=SYSTEM):
        order = locked_order(charge.payment.order_id)
        open_exception(
            order_id=order.pk,
            category="payment_broke_off",
            subject_kind="payment",
            subject_id=charge.payment.public_id,
            facts={"kind": charge.kind, "attempts": charge.attempts},
            by=SYSTEM,
        )


def _need_no_help(charge: PaymentTransaction) -> None:
    with work(by=SYSTEM):
        locked_order(charge.payment.order_id)
        resolve_exceptions(
            category="payment_broke_off",
            subject_kind="payment",
            subject_id=charge.payment.public_id,
            resolution="The gateway has answered.",
            by=SYSTEM,
        )


def _give_back(charge: PaymentTransaction) -> None:
    """It wasn't asked for: due again soon, and this was no attempt."""
    held = PaymentTransaction.objects.filter(pk=charge.pk, lease_token=charge.lease_token)
    held.update(due_at=Now() + _SILENCE, attempts=F("attempts") - 1, lease_token=None, leased_until=None)


def _renew_key(charge: PaymentTransaction) -> None:
    """The gateway's books say that it wasn't done, and its old key never will: a new one, once its books are sure."""
    if timezone.now() - charge.created_at < _SURE_AFTER:
        postpone(charge)
        return
    held = PaymentTransaction.objects.filter(pk=charge.pk, lease_token=charge.lease_token)
    held.update(
        idempotency_key=next_key(charge.idempotency_key), due_at=Now() + _SILENCE, lease_token=None, leased_until=None
    )


def postpone(charge: PaymentTransaction) -> None:
    """Try again later: 30 s, doubled with every attempt, six hours at most."""
    wait = min(timedelta(seconds=30 * 2 ** min(charge.attempts, 12)), _LONGEST_WAIT)
    held = PaymentTransaction.objects.filter(pk=charge.pk, lease_token=charge.lease_token)
    held.update(due_at=Now() + wait, lease_token=None, leased_until=None)
