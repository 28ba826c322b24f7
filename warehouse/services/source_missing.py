"""Source units again that nobody has reserved: after an adjustment, or once goods are there that nobody had."""

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_lines, locked_order
from orders.services.cancel import cancel_order
from orders.states import CancelReason, OrderStatus
from warehouse.selectors.substitutes import asked_units, is_given_up, offer_for
from warehouse.services.end_shortages import end_shortages
from warehouse.services.reallocate import reallocate_units
from warehouse.states import SourcingCause


def source_missing(order_id: int, *, by: Actor) -> None:
    """Look for goods for every unit of the order that is neither reserved, waiting, asked about nor shipped.

    Lines that have all their units again leave the exceptions queue, and their holds are released; for what is
    still missing a new hold says so.
    """
    with work(by=by):
        missing = _missing(order_id)
        if missing:
            end_shortages(order_id, missing, resolution="sourced again", by=by)
            reallocate_units(order_id, missing, reason="sourced_again", cause=SourcingCause.SOURCED_AGAIN, by=by)


def give_up_missing(order_id: int, *, by: Actor) -> bool:
    """Call off, with regret, what nobody has and whose product's policy says so; says whether there was any."""
    with work(by=by):
        missing = _missing(order_id)
        units = {
            line.public_id: missing[line.pk]
            for line in locked_lines(order_id)
            if line.pk in missing and is_given_up(line) and not offer_for(line, missing[line.pk])
        }
        if not units or locked_order(order_id).status not in (OrderStatus.PLACED, OrderStatus.CONFIRMED):
            return False
        cancel_order(order_id, reason=CancelReason.INVENTORY, lines=units, by=by)
        return True


def _missing(order_id: int) -> dict[int, int]:
    """Units by line that somebody has to find, behind the order's lock."""
    locked_order(order_id)
    asked = asked_units(order_id)
    units = {line.pk: line.unsourced - asked.get(line.pk, 0) for line in locked_lines(order_id)}
    return {pk: n for pk, n in units.items() if n > 0}
