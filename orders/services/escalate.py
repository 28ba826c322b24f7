"""Escalate: an urgent question that nobody has taken for too long is told to the team by mail, once."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import work
from orders.models import ProcessException
from orders.services.notify import owe_message
from orders.states import ExceptionStatus, Severity

_BATCH = 50


def escalate_unowned(*, by: Actor = SYSTEM) -> int:
    """Write to ``TEAM_EMAIL`` about what is urgent and has had no owner for ``ESCALATE_AFTER_MINUTES``.

    One mail for all that is due, so that a bad hour is no flood. Returns how many questions are in it; two workers
    never take the same one.
    """
    if not settings.TEAM_EMAIL:
        return 0
    with work(by=by):
        rows = list(_due().select_for_update(of=("self",), skip_locked=True).order_by("opened_at", "pk")[:_BATCH])
        if not rows:
            return 0
        now = timezone.now()
        for row in rows:
            row.escalated_at = now
        ProcessException.objects.bulk_update(rows, ["escalated_at"])
        owe_message(
            order_id=None,
            template="orders/mail/escalation",
            context={"exceptions": [row.pk for row in rows], "minutes": settings.ESCALATE_AFTER_MINUTES},
            recipient=f"mailto:{settings.TEAM_EMAIL}",
        )
        return len(rows)


def _due() -> QuerySet[ProcessException]:
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=Now())
    waited = Now() - timedelta(minutes=settings.ESCALATE_AFTER_MINUTES)
    return ProcessException.objects.filter(
        awake, status=ExceptionStatus.OPEN, severity=Severity.HIGH, owner=None, escalated_at=None, opened_at__lte=waited
    )
