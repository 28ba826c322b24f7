"""Free totes whose units are all packed, or wanted by nobody any more."""

from collections.abc import Iterable

from django.db.models import F

from warehouse.locks import locked_totes
from warehouse.models import FulfillmentOrderLine, PickTask
from warehouse.services.save_rows import save_rows
from warehouse.states import TO_DO


def free_totes(fulfillment_order_ids: Iterable[int]) -> None:
    """Take the totes of these work orders off their lists, unless something is still to go in or to come out.

    Joins the open work; the caller holds the locks of the orders.
    """
    asked = set(fulfillment_order_ids)
    totes = locked_totes(asked) if asked else []
    if not totes:
        return
    owners = {tote.fulfillment_order_id for tote in totes}
    lines = FulfillmentOrderLine.objects.filter(fulfillment_order__in=owners, picked__gt=F("packed"))
    full = set(lines.values_list("fulfillment_order", flat=True))
    to_come = set(PickTask.objects.filter(tote__in=totes, status__in=TO_DO).values_list("tote", flat=True))
    free = [tote for tote in totes if tote.fulfillment_order_id not in full and tote.pk not in to_come]
    for tote in free:
        tote.pick_list = tote.fulfillment_order = None
    save_rows(free, ["pick_list", "fulfillment_order"])
