"""Watch holds: one that lasts longer than its reason may is a person's question, until it ends."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import OrderHold, ProcessException
from orders.services.exception import open_exception, resolve_exceptions
from orders.states import ExceptionStatus, HoldReason, OrderStatus

CATEGORY = "hold_too_old"
_GOING = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
_BATCH = 200


def watch_old_holds(*, by: Actor = SYSTEM) -> int:
    """Ask about holds that are too old, take back what needs no answer any more; returns how many were asked about.

    How long is ``HOLD_PATIENCE_HOURS``, by reason; one that is missing there may last for ever, and one that ends by
    itself at a time is left alone until then.
    """
    for hold in list(_needless()[:_BATCH]):
        stop_watching(hold, by=by)
    return sum(_ask(pk, by=by) for pk in list(_old().order_by("pk").values_list("pk", flat=True)[:_BATCH]))


def stop_watching(hold: OrderHold, *, by: Actor) -> None:
    """It is over: nobody has to look for it any more."""
    with work(by=by):
        locked_order(hold.order_id)
        resolve_exceptions(
            category=CATEGORY, subject_kind="order_hold", subject_id=hold.public_id, resolution="It is over.", by=by
        )


def _ask(hold_id: int, *, by: Actor) -> bool:
    with work(by=by):
        hold = OrderHold.objects.get(pk=hold_id)
        locked_order(hold.order_id)
        if not _old().filter(pk=hold_id).exists():
            return False
        hours = settings.HOLD_PATIENCE_HOURS[hold.reason]
        asked = open_exception(
            order_id=hold.order_id,
            category=CATEGORY,
            subject_kind="order_hold",
            subject_id=hold.public_id,
            facts={"reason": hold.reason, "hours": hours},
            by=by,
        )
        return asked is not None


def _old() -> QuerySet[OrderHold]:
    """Too old, and nobody was asked: what a person has answered isn't asked again."""
    too_old = Q(pk__in=[])
    for reason, hours in settings.HOLD_PATIENCE_HOURS.items():
        too_old |= Q(reason=HoldReason(reason), created_at__lt=Now() - timedelta(hours=hours))
    asked = ProcessException.objects.filter(category=CATEGORY, subject_id=OuterRef("public_id"))
    holds = OrderHold.objects.filter(too_old, released_at=None, release_at=None, order__status__in=_GOING)
    return holds.filter(~Exists(asked))


def _needless() -> QuerySet[OrderHold]:
    asked = ProcessException.objects.filter(
        category=CATEGORY, status=ExceptionStatus.OPEN, subject_id=OuterRef("public_id")
    )
    return OrderHold.objects.filter(Exists(asked)).exclude(released_at=None, order__status__in=_GOING)
