"""The outbox: messages are claimed by lease, sent outside of any transaction, and marked by whoever holds the lease.

At least once: a worker that dies between sending and marking leaves a lease that runs out, and the message goes
out again under the same Message-ID. With no fault, exactly once.
"""

import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from orders.events import NotificationDied
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import emit, work
from orders.locks import locked_orders
from orders.models import Notification
from orders.services.exception import open_exception, resolve_exceptions
from orders.states import NotificationStatus

_ATTEMPTS = 8
_FIRST_WAIT_SECONDS = 5


def claim_messages(limit: int = 10) -> list[Notification]:
    """Lease what is due, oldest first, skipping what other workers hold; by the database's clock."""
    ready = Q(status=NotificationStatus.PENDING) | Q(status=NotificationStatus.LEASED, leased_until__lt=Now())
    token = uuid4()
    with work(by=SYSTEM):
        due = Notification.objects.filter(ready, due_at__lte=Now()).order_by("due_at")
        rows = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
        if not rows:
            return []
        for row in rows:
            row.lease()
            row.lease_token = token
        Notification.objects.bulk_update(rows, ["status", "lease_token"])
        pks = [row.pk for row in rows]
        Notification.objects.filter(pk__in=pks).update(
            leased_until=Now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS), attempts=F("attempts") + 1
        )
    claimed = Notification.objects.filter(pk__in=pks, lease_token=token, status=NotificationStatus.LEASED)
    return list(claimed.select_related("order__customer", "order__channel").order_by("due_at"))


def give_back(messages: Sequence[Notification]) -> None:
    """There was no time for these: they are due as before, and it was no attempt."""
    with work(by=SYSTEM):
        for message in messages:
            row = _held(message.pk, message.lease_token)
            if row is not None:
                row.retry()
                row.attempts -= 1
                row.lease_token = row.leased_until = None
                row.save()


def mark_sent(message_id: int, *, lease: UUID, sent_to: str, subject: str, text: str, html: str, mail_id: str) -> bool:
    """Keep what was sent. False when the lease was lost: somebody else sends it again."""
    with work(by=SYSTEM):
        row = _held(message_id, lease)
        if row is None:
            return False
        row.send()
        row.sent_at = timezone.now()
        row.sent_to, row.subject, row.text, row.html = sent_to, subject[:255], text, html
        row.message_id, row.error = mail_id, ""
        row.lease_token = row.leased_until = None
        row.save()
        return True


def mark_failed(message_id: int, *, lease: UUID, error: str, is_hopeless: bool = False) -> None:
    """Try again later, with full jitter; after eight attempts, or when hopeless, a person is asked."""
    with work(by=SYSTEM):
        _lock_order(message_id)
        row = _held(message_id, lease)
        if row is None:
            return
        row.error = error[:1000]
        row.lease_token = row.leased_until = None
        if is_hopeless or row.attempts >= _ATTEMPTS:
            row.bury()
            row.save()
            _ask_for_help(row)
            return
        row.retry()
        longest = _FIRST_WAIT_SECONDS * 4**row.attempts
        row.due_at = timezone.now() + timedelta(seconds=random.uniform(1, longest))  # noqa: S311 - jitter
        row.save()


def resend_message(message_id: int, *, by: Actor) -> None:
    """Staff ask to send a dead message again; one that isn't dead stays as it is."""
    with work(by=by):
        _lock_order(message_id)
        row = Notification.objects.select_for_update(of=("self",)).get(pk=message_id)
        if row.status != NotificationStatus.DEAD:
            return
        row.revive()
        row.attempts = 0
        row.due_at = timezone.now()
        row.save()
        resolve_exceptions(
            category="dead_notification",
            subject_kind="notification",
            subject_id=str(row.pk),
            resolution="resent",
            by=by,
        )


def _lock_order(message_id: int) -> None:
    """Before the message: its timeline may have to tell of it."""
    locked_orders(Notification.objects.filter(pk=message_id, order__isnull=False).values_list("order_id", flat=True))


def _held(message_id: int, lease: UUID | None) -> Notification | None:
    held = Notification.objects.select_for_update(of=("self",))
    return held.filter(pk=message_id, lease_token=lease, status=NotificationStatus.LEASED).first()


def _ask_for_help(row: Notification) -> None:
    emit(NotificationDied(order_id=row.order_id, template=row.template, attempts=row.attempts, at=timezone.now()))
    open_exception(
        order_id=row.order_id,
        category="dead_notification",
        subject_kind="notification",
        subject_id=str(row.pk),
        facts={"template": row.template},
        by=SYSTEM,
    )
