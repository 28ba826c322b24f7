"""Where the newest orders would go under the rules as they are, and with one of them switched: for the trial page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orders.bundles import goods
from orders.models import Order, OrderLine
from orders.questions import Need
from orders.selectors import visible_orders
from orders.states import OrderStatus
from warehouse.models import Allocation, SourcingRule
from warehouse.planning.rule_book import RuleBook
from warehouse.selectors.stock import ShelfRow, shelves_and_rules
from warehouse.sourcing import Chosen, Destination, choose_locations
from warehouse.states import AllocationStatus

MOST = 100
_OPEN = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One order: where its goods are reserved, where they would go, and where with the rule switched."""

    order: Order
    now: str
    with_rules: str
    switched: str

    @property
    def differs(self) -> bool:
        """Whether the rule makes a difference."""
        return self.with_rules != self.switched


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of it."""

    tried: tuple[Tried, ...]

    @property
    def differing(self) -> int:
        """For how many orders the rule makes a difference."""
        return sum(each.differs for each in self.tried)


def trial(rule: SourcingRule) -> Trial:
    """Source the newest open orders anew, each as if it gave its own reservations back first; nothing is written.

    Each is tried by itself, on the shelves as they are now. Five statements, however many orders.
    """
    orders = visible_orders().filter(imported_at=None, status__in=_OPEN)
    if rule.channel_id:
        orders = orders.filter(channel_id=rule.channel_id)
    newest = list(orders.prefetch_related("lines").order_by("-created_at", "-pk")[:MOST])
    lines = {order.pk: [line for line in goods(order.lines.all()) if line.open] for order in newest}
    reserved = _reserved([order.pk for order in newest])
    rows, book = shelves_and_rules({line.product_id for mine in lines.values() for line in mine})
    by_product: defaultdict[int, list[ShelfRow]] = defaultdict(list)
    for row in rows:
        by_product[row.product_id].append(row)
    switched = book.switched(rule.kind, rule.channel_id)
    tried = []
    for order in newest:
        mine = lines[order.pk]
        if mine:
            own = reserved.get(order.pk, {})
            shelves = [_given_back(row, own) for pk in {line.product_id for line in mine} for row in by_product[pk]]
            tried.append(_try(order, mine, shelves, own, book=book, switched=switched))
    return Trial(tried=tuple(tried))


Reserved = Mapping[tuple[int, int], tuple[str, int]]


def _reserved(order_ids: Sequence[int]) -> dict[int, dict[tuple[int, int], tuple[str, int]]]:
    """By order what is reserved for it: by product and warehouse the warehouse's code and the units."""
    held = Allocation.objects.filter(line__order__in=order_ids, status=AllocationStatus.OPEN)
    found: defaultdict[int, dict[tuple[int, int], tuple[str, int]]] = defaultdict(dict)
    columns = ("line__order", "product", "warehouse", "warehouse__code", "quantity")
    for order_id, product, warehouse, code, units in held.order_by("pk").values_list(*columns):
        so_far = found[order_id].get((product, warehouse), (code, 0))[1]
        found[order_id][product, warehouse] = (code, so_far + units)
    return found


def _given_back(row: ShelfRow, own: Reserved) -> ShelfRow:
    _code, units = own.get((row.product_id, row.warehouse_id), ("", 0))
    return replace(row, sellable=row.sellable + units) if units else row


def _try(
    order: Order,
    lines: Sequence[OrderLine],
    shelves: Sequence[ShelfRow],
    own: Reserved,
    *,
    book: RuleBook,
    switched: RuleBook,
) -> Tried:
    needs = [Need(product_id=line.product_id, quantity=line.open) for line in lines]
    destination = Destination(
        country=str(order.shipping_address.get("country", "")),
        postal_code=str(order.shipping_address.get("postal_code", "")),
        channel_id=order.channel_id,
        ships_complete=order.ships_complete,
    )
    return Tried(
        order=order,
        now=" + ".join(sorted({code for code, _units in own.values()})),
        with_rules=_places(choose_locations(needs, shelves, book, destination)),
        switched=_places(choose_locations(needs, shelves, switched, destination)),
    )


def _places(chosen: Chosen) -> str:
    way = chosen.sourced.chosen
    return " + ".join(sorted(chosen.codes[pk] for pk in way.locations)) if way else ""
