"""Compare our payments with their gateways' books: by ``manage.py reconcile_payments``, and by the beat, day by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from orders.gateways import online
from orders.gateways.protocol import NoAnswer
from orders.kernel.actor import Actor
from orders.models import Payment
from orders.models.payment import OPEN_PAYMENTS
from orders.services.sync_payment import Difference, sync_payment

RECENT = timedelta(days=7)
_EVERY = timedelta(days=1)
_LAPSED_EVERY = timedelta(hours=1)
_PATIENCE = 10.0  # seconds of one round of the beat; the next one goes on
_BATCH = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One payment: what differs, or that its gateway gave no answer."""

    order: str
    payment: str
    gateway: str
    differences: tuple[Difference, ...] = ()
    is_silent: bool = False


def reconcile_payments(*, since: datetime, by: Actor) -> Iterator[Compared]:
    """Compare every payment that isn't over, or has moved since then, oldest first, one after the other."""
    last = 0
    while batch := list(_concerned(since).filter(pk__gt=last).order_by("pk")[:_BATCH]):
        for payment in batch:
            yield _compare(payment, by=by)
        last = batch[-1].pk


def reconcile_due_payments(*, by: Actor) -> int:
    """Those not compared for a day, and what should have lapsed; returns how many differ. Called by the beat."""
    now = timezone.now()
    is_due = Q(last__lt=now - _EVERY) | Q(expires_at__lte=now, last__lt=now - _LAPSED_EVERY)
    due = _concerned(now - RECENT).annotate(last=Coalesce("checked_at", "created_at")).filter(is_due)
    end, differing, silent = monotonic() + _PATIENCE, 0, 0
    for payment in due.order_by("last")[:_BATCH]:
        compared = _compare(payment, by=by)
        differing += bool(compared.differences)
        silent += compared.is_silent
        if monotonic() > end or silent > 1:
            break
    return differing


def _concerned(since: datetime) -> QuerySet[Payment]:
    concerned = Q(status__in=OPEN_PAYMENTS) | Q(updated_at__gte=since)
    return Payment.objects.filter(concerned, gateway__in=online()).select_related("order")


def _compare(payment: Payment, *, by: Actor) -> Compared:
    named: dict[str, Any] = {"order": payment.order.number, "payment": payment.public_id, "gateway": payment.gateway}
    try:
        return Compared(**named, differences=sync_payment(payment.pk, by=by))
    except NoAnswer:
        log.warning("payment.not_compared", payment=payment.public_id, gateway=payment.gateway)
    except Exception:  # one that breaks off must not keep the others waiting
        log.exception("payment.comparison_broke_off", payment=payment.public_id, gateway=payment.gateway)
    Payment.objects.filter(pk=payment.pk).update(checked_at=Now())
    return Compared(**named, is_silent=True)
