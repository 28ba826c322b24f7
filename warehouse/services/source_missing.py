"""Source units again that nobody has reserved: after an adjustment, or once goods are there that nobody had."""

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_lines, locked_order
from warehouse.services.end_shortages import end_shortages
from warehouse.services.reallocate import reallocate_units
from warehouse.states import SourcingCause


def source_missing(order_id: int, *, by: Actor) -> None:
    """Look for goods for every unit of the order that is neither reserved, waiting nor shipped.

    Lines that have all their units again leave the exceptions queue, and their holds are released; for what is
    still missing a new hold says so.
    """
    with work(by=by):
        locked_order(order_id)
        missing = {line.pk: line.unsourced for line in locked_lines(order_id) if line.unsourced}
        if missing:
            end_shortages(order_id, missing, resolution="sourced again", by=by)
            reallocate_units(order_id, missing, reason="sourced_again", cause=SourcingCause.SOURCED_AGAIN, by=by)
