"""What waits for goods: of one order for its customer, and of everything for who buys."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Sum

from orders.models import Order, Product
from orders.states import OrderStatus
from warehouse.models import Backorder, BackorderSupply, PurchaseOrder
from warehouse.states import UNFILLED, BackorderStatus


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """Units that wait; ``is_agreed``: the customer said that they will, until the day that is expected now."""

    line: str
    name: str
    sku: str
    quantity: int
    on: date | None
    is_bought: bool
    is_agreed: bool
    can_call_off: bool


def waiting_lines(order: Order) -> list[WaitingLine]:
    """The units of a customer's order that wait, in the order of its lines; one statement.

    What comes out on a day of its own (a preorder) waits because it was ordered so: nothing is to be decided.
    """
    if order.status not in (OrderStatus.PLACED, OrderStatus.CONFIRMED):
        return []
    rows = Backorder.objects.filter(line__order=order, line__ships_on=None, status__in=UNFILLED)
    return [
        WaitingLine(
            line=row.line.public_id,
            name=row.line.name,
            sku=row.line.sku,
            quantity=row.quantity,
            on=row.line.promised_on,
            is_bought=row.status != BackorderStatus.WAITING,
            is_agreed=row.agreed_on is not None and row.agreed_on == row.expected_on,
            can_call_off=row.line.parent_id is None,
        )
        for row in rows.select_related("line").order_by("line__position")
    ]


@dataclass(frozen=True, kw_only=True)
class WaitingProduct:
    """A product that orders wait for: how many units, since when, and what is bought for them."""

    product: Product
    units: int
    orders: int
    since: datetime
    bought: int
    next_on: date | None
    purchase_orders: tuple[PurchaseOrder, ...]

    @property
    def missing(self) -> int:
        """Units that nobody has bought yet."""
        return self.units - self.bought


def waiting_products() -> list[WaitingProduct]:
    """What waits, by product, who has waited longest first; three statements whatever waits."""
    rows = Backorder.objects.filter(status__in=UNFILLED).order_by().values("product")
    sums = list(
        rows.annotate(units=Sum("quantity"), orders=Count("line__order", distinct=True), since=Min("created_at"))
    )
    products = Product.objects.in_bulk([row["product"] for row in sums])
    ties: defaultdict[int, list[BackorderSupply]] = defaultdict(list)
    supplies = BackorderSupply.objects.filter(backorder__status__in=UNFILLED).order_by("pk")
    for tie in supplies.select_related("backorder", "purchase_line__purchase_order"):
        ties[tie.backorder.product_id].append(tie)
    found = []
    for row in sorted(sums, key=lambda row: row["since"]):
        mine = ties[row["product"]]
        days = [tie.purchase_line.expected_on for tie in mine if tie.purchase_line.expected_on]
        bought_with = {tie.purchase_line.purchase_order_id: tie.purchase_line.purchase_order for tie in mine}
        found.append(
            WaitingProduct(
                product=products[row["product"]],
                units=row["units"],
                orders=row["orders"],
                since=row["since"],
                bought=sum(tie.quantity for tie in mine),
                next_on=min(days, default=None),
                purchase_orders=tuple(bought_with.values()),
            )
        )
    return found
