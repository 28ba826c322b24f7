"""End shortages: lines that nobody could fill are filled, called off, or looked at once more."""

from collections.abc import Collection

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_lines, locked_order
from orders.models import OrderHold, ProcessException
from orders.services.exception import resolve_exceptions
from orders.services.hold import release_hold
from orders.states import ExceptionStatus, HoldReason
from warehouse.states import OUT_OF_STOCK


def end_settled_shortages(order_id: int, *, resolution: str, by: Actor) -> None:
    """Let those lines go on of which nothing is missing any more."""
    with work(by=by):
        locked_order(order_id)
        settled = {line.pk for line in locked_lines(order_id) if not line.unsourced}
        end_shortages(order_id, settled, resolution=resolution, by=by)


def end_shortages(order_id: int, lines: Collection[int], *, resolution: str, by: Actor) -> None:
    """Let ``lines`` (pks) go on: release their holds for missing stock and answer the question about them.

    A hold that another line still needs stays.
    """
    with work(by=by):
        locked_order(order_id)
        mine = locked_lines(order_id)
        short = [line.pk for line in mine if line.unsourced and line.pk not in lines]
        holds = OrderHold.objects.filter(order_id=order_id, released_at=None, reason=HoldReason.OUT_OF_STOCK)
        for hold in holds.filter(lines__in=lines).exclude(lines__in=short).distinct():
            release_hold(hold.public_id, order_id=order_id, by=by)
        asked = ProcessException.objects.filter(
            order_id=order_id,
            category=OUT_OF_STOCK,
            status=ExceptionStatus.OPEN,
            subject_id__in=[line.public_id for line in mine if line.pk in lines],
        )
        for subject_id in asked.order_by("pk").values_list("subject_id", flat=True):
            resolve_exceptions(
                category=OUT_OF_STOCK, subject_kind="order_line", subject_id=subject_id, resolution=resolution, by=by
            )
