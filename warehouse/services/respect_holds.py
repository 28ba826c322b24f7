"""Stop where an order is on hold, and say why."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from orders.errors import OnHold
from orders.models import Order, OrderHold
from warehouse.selectors.holds import held_among


def held_lines(order: Order, line_ids: Collection[int]) -> dict[int, OrderHold]:
    """Those of an order's lines (by pk) that an open hold stops, each with the hold."""
    return held_among(dict.fromkeys(line_ids, order.pk))


def refuse_if_held(order: Order, line_ids: Collection[int]) -> None:
    """Raises ``OnHold`` when an open hold stops any of the lines."""
    for hold in held_lines(order, line_ids).values():
        raise on_hold(hold)


def refuse_if_all_held(order: Order, line_ids: Collection[int]) -> None:
    """Raises ``OnHold`` when open holds stop all of the lines: the others may go on without those that wait."""
    held = held_lines(order, line_ids)
    if held and len(held) == len(set(line_ids)):
        raise on_hold(next(iter(held.values())))


def on_hold(hold: OrderHold) -> OnHold:
    """The refusal, with the hold's reason, and the goods that it stops where it doesn't stop all."""
    skus = ", ".join(sorted({line.sku for line in hold.lines.all()}))
    said = _("{skus} of order {number}: on hold, {reason}.") if skus else _("Order {number} is on hold: {reason}.")
    words = said.format(skus=skus, number=hold.order.number, reason=hold.get_reason_display())
    return OnHold(words, reason=hold.reason)
