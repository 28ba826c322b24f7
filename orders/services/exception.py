"""The back office's queue: open what needs a person, close it when its cause is gone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.categories import CATEGORIES
from orders.errors import InvalidRequest, NotSnoozable
from orders.events import ExceptionOpened, ExceptionResolved, ExceptionSnoozed
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.event import plain
from orders.kernel.work import emit, work
from orders.locks import locked_exception
from orders.models import ProcessException
from orders.states import ExceptionStatus


def open_exception(
    *,
    order_id: int | None,
    category: str,
    subject_kind: str,
    subject_id: str,
    facts: Mapping[str, Any] | None = None,
    by: Actor,
) -> ProcessException | None:
    """Ask for a person, once per category and subject; None when that question is open already.

    ``category`` is one of ``orders.categories``, which has the words, the severity and the next step; ``facts`` fill
    in the words and hold no personal data. The order, where there is one, is locked by the caller.
    """
    severity = CATEGORIES[category].severity
    with work(by=by):
        row = ProcessException(
            order_id=order_id,
            category=category,
            severity=severity,
            subject_kind=subject_kind,
            subject_id=subject_id,
            facts=plain(facts or {}),
        )
        known = ProcessException.objects.filter(
            category=category, subject_kind=subject_kind, subject_id=subject_id, status=ExceptionStatus.OPEN
        )
        if known.exists():
            return None
        row.save()
        emit(ExceptionOpened(order_id=order_id, category=category, severity=severity))
        return row


def resolve_exceptions(*, category: str, subject_kind: str, subject_id: str, resolution: str, by: Actor) -> int:
    """Close what is open of that category and subject; returns how many were. The caller has locked its order."""
    with work(by=by):
        rows = ProcessException.objects.select_for_update().filter(
            category=category, subject_kind=subject_kind, subject_id=subject_id, status=ExceptionStatus.OPEN
        )
        closed = 0
        for row in rows.order_by("pk"):
            _resolve(row, resolution=resolution)
            closed += 1
        return closed


def resolve_exception(exception_id: int, *, resolution: str, by: Actor) -> None:
    """A person dealt with it; resolving it twice changes nothing."""
    with work(by=by):
        row = locked_exception(exception_id)
        if row.status == ExceptionStatus.OPEN:
            _resolve(row, resolution=resolution)


def snooze_exception(exception_id: int, *, until: datetime, note: str, by: Actor) -> None:
    """Put it aside until a time: it leaves the queue, comes back by itself, and closes by itself as ever.

    Raises ``InvalidRequest`` for a time that has passed, ``NotSnoozable`` when it is resolved.
    """
    if until <= timezone.now():
        passed = at("#/until", "passed", _("Give a time that is still to come."))
        raise InvalidRequest("until: " + passed.detail, errors=[passed])
    with work(by=by):
        row = locked_exception(exception_id)
        if row.status != ExceptionStatus.OPEN:
            raise NotSnoozable(_("This is resolved already."))
        row.snoozed_until = until
        row.snooze_note = note
        row.save(update_fields=["snoozed_until", "snooze_note"])
        emit(ExceptionSnoozed(order_id=row.order_id, category=row.category, subject_id=row.subject_id, until=until))


def _resolve(row: ProcessException, *, resolution: str) -> None:
    row.resolve()
    row.resolution = resolution
    row.resolved_at = timezone.now()
    row.save(update_fields=["status", "resolution", "resolved_at"])
    emit(ExceptionResolved(order_id=row.order_id, category=row.category, subject_id=row.subject_id))
