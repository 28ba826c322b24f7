"""Turn what is reserved for a confirmed order into work: one fulfillment order per warehouse."""

from collections import defaultdict
from datetime import date

from django.db.models import F, IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from warehouse.events import FulfillmentOrderOpened
from warehouse.models import Allocation, FulfillmentOrder, FulfillmentOrderLine
from warehouse.states import ACTIVE, AllocationStatus, FulfillmentOrderStatus


def open_fulfillment_orders(
    order_id: int, *, onto: FulfillmentOrder | None = None, by: Actor
) -> list[FulfillmentOrder]:
    """Open work for every reserved unit that no fulfillment order asks for yet; returns the new ones.

    Preorders wait for their day (``OrderLine.ships_on``).

    New units join ``onto`` (units found again in the same warehouse), else one that nobody has started, else
    they get one of their own: what is being picked and packed doesn't grow behind the packer's back. The caller
    holds the order's lock. Three statements for a new order, however many lines.
    """
    with work(by=by):
        missing: defaultdict[int, list[Allocation]] = defaultdict(list)
        for allocation in _uncovered(order_id):
            missing[allocation.warehouse_id].append(allocation)
        opened, lines = [], []
        for warehouse_id, allocations in missing.items():
            growing = onto.pk if onto and onto.warehouse_id == warehouse_id else _growing(allocations)
            if growing:
                _grow(growing, allocations)
                continue
            row = FulfillmentOrder(
                order_id=order_id, warehouse=allocations[0].warehouse, promised_on=_promised_on(allocations)
            )
            opened.append(row)
            lines += [
                FulfillmentOrderLine(fulfillment_order=row, line=a.line, quantity=_missing(a)) for a in allocations
            ]
        FulfillmentOrder.objects.bulk_create(opened)
        FulfillmentOrderLine.objects.bulk_create(lines)
        for row in opened:
            emit(
                FulfillmentOrderOpened(
                    order_id=order_id,
                    fulfillment_order_id=row.pk,
                    fulfillment_order=row.public_id,
                    warehouse=row.warehouse.code if row.warehouse else "",
                    lines=tuple(
                        LineQuantity(line=line.line.public_id, sku=line.line.sku, quantity=line.quantity)
                        for line in lines
                        if line.fulfillment_order is row
                    ),
                )
            )
        return opened


def _uncovered(order_id: int) -> list[Allocation]:
    """Open allocations with more units than active fulfillment orders of their warehouse still have to send.

    Tables that grow fast have old statistics, so nothing here can be led astray by them: the order's key is the only
    way in (no index answers ``warehouse + 0``), and what is missing is computed for the order's own rows alone.
    """
    asked = (
        FulfillmentOrderLine.objects.alias(place=F("fulfillment_order__warehouse_id") + 0)
        .filter(
            line=OuterRef("line"),
            place=OuterRef("warehouse"),
            fulfillment_order__order=order_id,
            fulfillment_order__status__in=ACTIVE,
        )
        .values("line")
    )
    waiting = (
        FulfillmentOrder.objects.alias(place=F("warehouse_id") + 0)
        .filter(order=order_id, place=OuterRef("warehouse"), status=FulfillmentOrderStatus.OPEN)
        .order_by("-pk")
    )
    covered = Subquery(asked.annotate(n=Sum(F("quantity") - F("shipped"))).values("n"), output_field=IntegerField())
    allocations = (
        Allocation.objects.filter(line__order=order_id, line__ships_on=None, status=AllocationStatus.OPEN)
        .annotate(missing=F("quantity") - Coalesce(covered, 0), growing=Subquery(waiting.values("pk")[:1]))
        .select_related("line", "warehouse")
        .order_by("line__position")
    )
    return [allocation for allocation in allocations if _missing(allocation) > 0]


def _growing(allocations: list[Allocation]) -> int | None:
    return allocations[0].growing  # type: ignore[attr-defined,no-any-return]


def _missing(allocation: Allocation) -> int:
    return allocation.missing  # type: ignore[attr-defined,no-any-return]


def _promised_on(allocations: list[Allocation]) -> date | None:
    return max((a.line.promised_on for a in allocations if a.line.promised_on), default=None)


def _grow(fulfillment_order_id: int, allocations: list[Allocation]) -> None:
    for allocation in allocations:
        line, _made = FulfillmentOrderLine.objects.get_or_create(
            fulfillment_order_id=fulfillment_order_id, line=allocation.line, defaults={"quantity": 0}
        )
        FulfillmentOrderLine.objects.filter(pk=line.pk).update(quantity=F("quantity") + _missing(allocation))
