"""Stop where an order is on hold, and say why."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from orders.errors import OnHold
from orders.models import Order, OrderHold


def held_lines(order: Order, line_ids: Collection[int]) -> dict[int, OrderHold]:
    """Those of an order's lines (by pk) that an open hold stops, each with the hold."""
    held: dict[int, OrderHold] = {}
    for hold in OrderHold.objects.filter(order=order, released_at=None).prefetch_related("lines"):
        stopped = {line.pk for line in hold.lines.all()} or set(line_ids)
        held |= dict.fromkeys(stopped.intersection(line_ids), hold)
    return held


def refuse_if_held(order: Order, line_ids: Collection[int]) -> None:
    """Raises ``OnHold`` when an open hold stops any of the lines."""
    for hold in held_lines(order, line_ids).values():
        raise on_hold(order, hold)


def on_hold(order: Order, hold: OrderHold) -> OnHold:
    """The refusal, with the hold's reason."""
    return OnHold(
        _("Order {number} is on hold: {reason}.").format(number=order.number, reason=hold.get_reason_display()),
        reason=hold.reason,
    )
