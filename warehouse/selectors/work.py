"""What is still to be done."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from orders.models import OrderLine, ProcessException
from orders.models.line import UNSOURCED
from orders.states import ExceptionStatus, LineKind, OrderStatus, ShippingPolicy
from warehouse.models import (
    Backorder,
    FulfillmentOrder,
    FulfillmentOrderLine,
    PickTask,
    StockLevel,
    SubstitutionProposal,
)
from warehouse.selectors.supply import fill_policy, queue, unfilled
from warehouse.states import ACTIVE, OUT_OF_STOCK, TO_DO, UNFILLED, FillPolicy, ProposalStatus

# Goods that still have to leave and that aren't all reserved, or wait for their day.
_LACKING = Q(kind=LineKind.GOODS, ordered__gt=F("cancelled") + F("shipped")) & (
    Q(ordered__gt=F("cancelled") + F("shipped") + F("allocated")) | Q(ships_on__isnull=False)
)
_TOLD = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def unreleased_lines(fulfillment_order_ids: Collection[int]) -> list[FulfillmentOrderLine]:
    """Lines with units that are neither picked nor on a pick list; each carries how many as ``unreleased``."""
    lines = _unreleased(FulfillmentOrderLine.objects.filter(fulfillment_order_id__in=fulfillment_order_ids))
    return list(lines.select_related("line").order_by("fulfillment_order_id", "line__position"))


def to_release(work: "QuerySet[FulfillmentOrder]") -> "QuerySet[FulfillmentOrder]":
    """Those of confirmed orders with units that are neither picked nor on a pick list, and that need not wait.

    An order that ships complete waits until all of it is there.
    """
    lines = _unreleased(FulfillmentOrderLine.objects.filter(fulfillment_order=OuterRef("pk")))
    lacking = OrderLine.objects.filter(_LACKING, order=OuterRef("order"))
    must_wait = Q(Exists(lacking), order__shipping_policy=ShippingPolicy.SHIP_COMPLETE)
    ready = work.filter(Exists(lines), status__in=ACTIVE, order__status=OrderStatus.CONFIRMED, warehouse__isnull=False)
    return ready.exclude(must_wait)


def lacking_lines(order_ids: Collection[int]) -> list[OrderLine]:
    """Lines of goods with units that no shelf holds for them now, or that don't leave before a later day."""
    return list(OrderLine.objects.filter(_LACKING, order__in=order_ids).order_by("order", "position"))


def _unreleased(lines: "QuerySet[FulfillmentOrderLine]") -> "QuerySet[Any]":
    on_lists = (
        PickTask.objects.filter(
            fulfillment_order=OuterRef("fulfillment_order"), line=OuterRef("line"), status__in=TO_DO
        )
        .order_by()
        .values("line")
    )
    units = Subquery(on_lists.annotate(n=Sum(F("quantity") - F("picked"))).values("n"), output_field=IntegerField())
    return lines.annotate(unreleased=F("quantity") - F("picked") - Coalesce(units, 0)).filter(unreleased__gt=0)


def waiting_orders(product_id: int, units: int) -> list[int]:
    """The orders whose units of a product come first, as far as ``units`` would fill them."""
    orders = []
    rows: Iterable[Backorder] = unfilled(product_id).iterator(chunk_size=100)  # far fewer than wait, by age
    policy = fill_policy(product_id)
    if policy != FillPolicy.OLDEST:
        rows = queue(rows, policy=policy, free=units)
    for row in rows:
        if units <= 0:
            break
        orders.append(row.line.order_id)
        units -= row.quantity
    return orders


def fillable_products() -> list[int]:
    """Products that some line waits for and some shelf has."""
    waiting = Backorder.objects.filter(Exists(_on_a_shelf()), status__in=UNFILLED)
    return list(waiting.order_by("product").values_list("product", flat=True).distinct())


def refillable_orders() -> list[int]:
    """Orders with a line that nobody could fill, and that some shelf has goods for now."""
    asked = ProcessException.objects.filter(category=OUT_OF_STOCK, status=ExceptionStatus.OPEN).values("subject_id")
    lines = OrderLine.objects.filter(Exists(_on_a_shelf()), public_id__in=asked)
    return list(lines.order_by("order").values_list("order", flat=True).distinct())


def unsourced_orders(most: int) -> list[int]:
    """Orders with units that stock was reserved for until an adjustment took it, the oldest first.

    What nobody could fill is a person's question already, or its customer's, and an order that is only submitted has
    nobody to tell.
    """
    asked = ProcessException.objects.filter(
        category=OUT_OF_STOCK, status=ExceptionStatus.OPEN, subject_id=OuterRef("public_id")
    )
    customer_asked = SubstitutionProposal.objects.filter(
        line=OuterRef("pk"),
        status=ProposalStatus.PROPOSED,
        units__gte=OuterRef("ordered")
        - OuterRef("cancelled")
        - OuterRef("allocated")
        - OuterRef("backordered")
        - OuterRef("shipped"),
    )
    lines = OrderLine.objects.filter(UNSOURCED, ~Exists(asked), ~Exists(customer_asked), order__status__in=_TOLD)
    return list(lines.order_by("order").values_list("order", flat=True).distinct()[:most])


def _on_a_shelf() -> QuerySet[StockLevel]:
    """Stock of the outer row's product that nobody has reserved and safety doesn't keep back."""
    levels = StockLevel.objects.filter(product=OuterRef("product"), warehouse__is_active=True)
    free = F("on_hand") - F("allocated") - F("unavailable") - F("safety_stock")
    return levels.annotate(free=free).filter(free__gt=0)
