"""News from gateways: kept as it comes, then worked off by asking the gateway; what nobody knows is parked.

The row is the queue: claimed by lease, worked on outside of any transaction, marked by whoever holds the lease.
"""

from datetime import timedelta
from decimal import Decimal
from time import monotonic
from uuid import uuid4

import structlog
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from orders.errors import NoticeSettled
from orders.gateways import gateway
from orders.gateways.protocol import NoAnswer, Notice
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.kernel.work import ring, work
from orders.locks import locked_order
from orders.models import GatewayNotice, Payment
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.settle import settle_payments
from orders.services.sync_payment import sync_payment
from orders.states import NoticeStatus

_LEASE = timedelta(seconds=60)
_BATCH = 20
_ATTEMPTS = 8
_WAIT = timedelta(seconds=30)
_PATIENCE = 30.0  # seconds after which the rest is left to the next round

log = structlog.get_logger(__name__)


def store_notice(code: str, notice: Notice) -> None:
    """Keep the news of the gateway ``code`` before anybody reads it; a second copy changes nothing."""
    with work(by=SYSTEM):
        row = GatewayNotice(
            gateway=code,
            event_id=notice.event_id,
            type=notice.type,
            payment=notice.payment,
            ref=notice.ref,
            facts=dict(notice.facts),
        )
        GatewayNotice.objects.bulk_create([row], ignore_conflicts=True)
        ring("payment")


def work_off_notices() -> int:
    """Work off what is due; returns how many pieces of news. Never raises."""
    done, end = 0, monotonic() + _PATIENCE
    while rows := _claim():
        done += sum(_work_off(row) for row in rows)
        if monotonic() > end:
            break
    return done


def retry_notice(notice_id: int, *, by: Actor) -> None:
    """Have parked or failed news looked at once more. Raises ``NoticeSettled``."""
    with work(by=by):
        row = GatewayNotice.objects.select_for_update().get(pk=notice_id)
        if row.status not in (NoticeStatus.PARKED, NoticeStatus.FAILED):
            raise NoticeSettled("Only parked or failed news can be looked at again.")
        row.retry()
        row.attempts, row.error, row.due_at = 0, "", timezone.now()
        row.save(update_fields=["status", "attempts", "error", "due_at"])
        ring("payment")


def _claim() -> list[GatewayNotice]:
    due = GatewayNotice.objects.filter(status=NoticeStatus.PENDING, due_at__lte=Now())
    due = due.filter(Q(leased_until=None) | Q(leased_until__lt=Now())).order_by("due_at")
    token = uuid4()
    with work(by=SYSTEM):
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_BATCH])
        if not ids:
            return []
        GatewayNotice.objects.filter(pk__in=ids).update(
            lease_token=token, leased_until=Now() + _LEASE, attempts=F("attempts") + 1
        )
    return list(GatewayNotice.objects.filter(pk__in=ids, lease_token=token).order_by("pk"))


def _work_off(row: GatewayNotice) -> bool:
    """False when it is to be looked at again: one that breaks off must not keep the others waiting."""
    try:
        _read(row)
    except NoAnswer:
        _postpone(row, "The gateway did not answer.")
        return False
    except Exception:
        log.exception("payment.notice_broke_off", notice=row.pk, gateway=row.gateway, type=row.type)
        _postpone(row, "It broke off; see the log.")
        return False
    return True


def _read(row: GatewayNotice) -> None:
    """What it is about; then the gateway is asked, since news may be old by the time it is read."""
    if not row.payment and not row.ref:
        _finish(row, NoticeStatus.PROCESSED, "It is about no payment.")
        return
    payment = _payment_of(row)
    if payment is None:
        _finish(row, NoticeStatus.PARKED, "It is about no payment of ours.")
        return
    wrong = _mismatch(row, payment)
    if wrong:
        _finish(row, NoticeStatus.PARKED, wrong, payment=payment)
        return
    by = Actor(kind=ActorKind.SYSTEM, name=row.gateway)
    sync_payment(payment.pk, by=by)
    settle_payments(payment.order_id, by=by)
    _finish(row, NoticeStatus.PROCESSED, "")


def _payment_of(row: GatewayNotice) -> Payment | None:
    mine = Payment.objects.filter(gateway=row.gateway).select_related("order")
    named = mine.filter(public_id=row.payment).first() if row.payment else None
    return named or (mine.filter(gateway_ref=row.ref).first() if row.ref else None)


def _mismatch(row: GatewayNotice, payment: Payment) -> str:
    """Why it can't be about this payment, whatever it says: another account, currency or amount."""
    told = Notice(event_id=row.event_id, type=row.type, payment=row.payment, ref=row.ref, facts=row.facts)
    if wrong := gateway(row.gateway).mismatch(told):
        return wrong
    if payment.gateway_ref and row.ref and payment.gateway_ref != row.ref != payment.page_ref:
        return f"It is about {row.ref}."
    currency, amount = row.facts.get("currency"), row.facts.get("amount")
    if currency and currency != payment.currency:
        return f"It is in {currency}, the payment in {payment.currency}."
    if amount and Decimal(amount) != payment.amount:
        return f"It is about {amount} {payment.currency}."
    return ""


def _finish(row: GatewayNotice, status: NoticeStatus, error: str, *, payment: Payment | None = None) -> None:
    """Mark it, if the lease is still ours; with ``payment`` a person is asked, since it doesn't fit."""
    with work(by=SYSTEM):
        if payment is not None:
            locked_order(payment.order_id)
        held = GatewayNotice.objects.select_for_update().filter(pk=row.pk, lease_token=row.lease_token).first()
        if held is None or held.status != NoticeStatus.PENDING:
            return
        {
            NoticeStatus.PROCESSED: held.process,
            NoticeStatus.PARKED: held.park,
            NoticeStatus.FAILED: held.fail,
        }[status]()
        held.error, held.processed_at = error[:255], timezone.now()
        held.lease_token = held.leased_until = None
        held.save()
        if status == NoticeStatus.PROCESSED:
            _close(held)
        elif payment is not None or status == NoticeStatus.FAILED:
            _ask(held, payment)


def _postpone(row: GatewayNotice, error: str) -> None:
    """Later, ever more slowly; after eight attempts a person is asked."""
    if row.attempts >= _ATTEMPTS:
        _finish(row, NoticeStatus.FAILED, error)
        return
    held = GatewayNotice.objects.filter(pk=row.pk, lease_token=row.lease_token)
    held.update(due_at=Now() + _WAIT * 2**row.attempts, error=error, lease_token=None, leased_until=None)


def _ask(row: GatewayNotice, payment: Payment | None) -> None:
    fits = payment is None
    open_exception(
        order_id=None if payment is None else payment.order_id,
        category="notice_failed" if fits else "gateway_mismatch",
        subject_kind="gateway_notice",
        subject_id=row.event_id[:64],
        facts={"gateway": row.gateway, "type": row.type, "error": row.error[:200], "differences": [row.error[:200]]},
        by=SYSTEM,
    )


def _close(row: GatewayNotice) -> None:
    for category in ("notice_failed", "gateway_mismatch"):
        resolve_exceptions(
            category=category,
            subject_kind="gateway_notice",
            subject_id=row.event_id[:64],
            resolution="It was processed.",
            by=SYSTEM,
        )
