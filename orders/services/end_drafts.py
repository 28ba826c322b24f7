"""End what drafts keep or are when its time has come; called by the beat, each draft in its own transaction."""

from collections.abc import Callable

from django.utils import timezone

from orders.errors import NotADraft, PaymentInFlight
from orders.events import DraftExpired, DraftReservationEnded, LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.money import text
from orders.kernel.work import emit, work
from orders.models import Draft
from orders.services.answer_draft import EXPIRED
from orders.services.close_draft import end_draft, locked_draft
from orders.services.exception import open_exception
from orders.services.reserve_draft import unreserve_draft
from orders.states import OrderStatus

_BATCH = 200


def end_due_reservations(*, by: Actor) -> int:
    """Give back what drafts kept until now; each once. Returns how many drafts that were."""
    due = Draft.objects.filter(order__status=OrderStatus.DRAFT, reserve_until__lte=timezone.now())
    return _each(list(due.order_by("pk").values_list("pk", flat=True)[:_BATCH]), _end_reservation, by=by)


def expire_due_drafts(*, by: Actor) -> int:
    """End the drafts that nobody placed in time. Returns how many."""
    due = Draft.objects.filter(order__status=OrderStatus.DRAFT, expires_at__lte=timezone.now())
    return _each(list(due.order_by("pk").values_list("pk", flat=True)[:_BATCH]), _expire, by=by)


def _each(drafts: list[int], end: Callable[..., bool], *, by: Actor) -> int:
    ended = 0
    for pk in drafts:
        try:
            with work(by=by):
                ended += end(locked_draft(pk), by=by)
        except (NotADraft, PaymentInFlight):  # placed or discarded since we looked; or the next round is the one
            continue
    return ended


def _end_reservation(draft: Draft, *, by: Actor) -> bool:  # noqa: ARG001 - as its sibling
    if draft.reserve_until is None or draft.reserve_until > timezone.now():
        return False
    given_back = unreserve_draft(draft.order)
    draft.reserve_until = None
    draft.save(update_fields=["reserve_until"])
    emit(
        DraftReservationEnded(
            order_id=draft.order_id,
            number=draft.order.number,
            draft=draft.public_id,
            lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=n) for line, n in given_back),
        )
    )
    return True


def _expire(draft: Draft, *, by: Actor) -> bool:
    if draft.expires_at is None or draft.expires_at > timezone.now():
        return False
    wanted_call, order = draft.call_back_at, draft.order
    end_draft(draft, reason="expired", resolution="expired", by=by)
    emit(DraftExpired(order_id=order.pk, number=order.number, draft=draft.public_id))
    if wanted_call is not None:
        open_exception(
            order_id=order.pk,
            category=EXPIRED,
            subject_kind="order",
            subject_id=order.public_id,
            facts={"amount": text(order.total, order.currency), "currency": order.currency},
            by=by,
        )
    return True
