"""Source lines again that nobody could fill: the tick does it once goods are there."""

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_lines, locked_order
from orders.models import OrderHold
from orders.services.exception import resolve_exceptions
from orders.services.hold import release_hold
from orders.states import HoldReason
from warehouse.services.reallocate import reallocate_units
from warehouse.states import OUT_OF_STOCK


def source_missing(order_id: int, *, by: Actor) -> None:
    """Look for goods for every unit of the order that is neither reserved, waiting nor shipped.

    Lines that have all their units again leave the exceptions queue, and their holds are released; for what is
    still missing a new hold says so.
    """
    with work(by=by):
        locked_order(order_id)
        missing = {
            line.pk: line.open - line.allocated - line.backordered
            for line in locked_lines(order_id)
            if line.open > line.allocated + line.backordered
        }
        lines = {line.pk: line for line in locked_lines(order_id)}
        holds = OrderHold.objects.filter(order_id=order_id, released_at=None, reason=HoldReason.OUT_OF_STOCK)
        for hold in holds.filter(lines__in=missing).distinct():
            release_hold(hold.public_id, order_id=order_id, by=by)
        for pk in missing:
            resolve_exceptions(
                category=OUT_OF_STOCK,
                subject_kind="order_line",
                subject_id=lines[pk].public_id,
                resolution="sourced again",
                by=by,
            )
        if missing:
            reallocate_units(order_id, missing, reason="sourced_again", by=by)
