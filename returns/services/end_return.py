"""Free the units of a return that nothing came back for; shared by decline, cancel and expire."""

from orders.models import Order
from orders.services.count import Change, count, derive_statuses
from returns.models import Return
from returns.selectors import is_in_return


def end_return(order: Order, returning: Return) -> None:
    """Save the ended return and count its units back, so that another return may name them. Joins the open work."""
    returning.version += 1
    returning.save()
    count(order.pk, {line.line_id: Change(return_requested=-line.quantity) for line in returning.lines.all()})
    derive_statuses(order.pk, is_in_return=is_in_return(order))
