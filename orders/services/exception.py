"""The back office's queue: open what needs a person, close it when its cause is gone."""

from django.utils import timezone

from orders.events import ExceptionOpened, ExceptionResolved
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_orders
from orders.models import ProcessException
from orders.states import ExceptionStatus, Severity


def open_exception(
    *,
    order_id: int | None,
    category: str,
    severity: Severity,
    subject_kind: str,
    subject_id: str,
    summary: str,
    next_action: str,
    by: Actor,
) -> ProcessException | None:
    """Ask for a person, once per category and subject; None when that question is open already.

    The order, where there is one, is locked by the caller.
    """
    with work(by=by):
        row = ProcessException(
            order_id=order_id,
            category=category,
            severity=severity,
            subject_kind=subject_kind,
            subject_id=subject_id,
            summary=summary,
            next_action=next_action,
        )
        known = ProcessException.objects.filter(
            category=category, subject_kind=subject_kind, subject_id=subject_id, status=ExceptionStatus.OPEN
        )
        if known.exists():
            return None
        row.save()
        emit(ExceptionOpened(order_id=order_id, category=category, severity=severity, summary=summary))
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
        found = ProcessException.objects.filter(pk=exception_id)
        locked_orders(found.filter(order__isnull=False).values_list("order_id", flat=True))
        row = found.select_for_update().get()
        if row.status == ExceptionStatus.OPEN:
            _resolve(row, resolution=resolution)


def assign_exception(exception_id: int, *, owner_id: int | None, by: Actor) -> None:
    """Say who looks after it."""
    with work(by=by):
        ProcessException.objects.filter(pk=exception_id).update(owner_id=owner_id)


def _resolve(row: ProcessException, *, resolution: str) -> None:
    row.resolve()
    row.resolution = resolution
    row.resolved_at = timezone.now()
    row.save(update_fields=["status", "resolution", "resolved_at"])
    emit(ExceptionResolved(order_id=row.order_id, category=row.category, subject_id=row.subject_id))
