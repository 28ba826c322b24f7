"""Which order lines an open hold stops: all of an order's, or those that the hold names."""

from collections.abc import Mapping

from orders.models import OrderHold


def held_among(lines: Mapping[int, int]) -> dict[int, OrderHold]:
    """Those of ``lines`` (pk -> pk of its order) that are stopped, each with its oldest hold; two statements."""
    holds = OrderHold.objects.filter(order__in=set(lines.values()), released_at=None).order_by("-pk")
    held: dict[int, OrderHold] = {}
    for hold in holds.select_related("order").prefetch_related("lines"):
        named = {line.pk for line in hold.lines.all()}
        held |= {pk: hold for pk, order in lines.items() if order == hold.order_id and (not named or pk in named)}
    return held
