"""Adjust stock: a count, a loss, a find, the opening stock; by staff or through the API."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from orders.errors import UnknownProduct
from orders.kernel.actor import Actor
from orders.kernel.work import emit, ring, work
from orders.locks import locked_orders
from orders.models import OrderLine, Product
from orders.services.exception import resolve_exceptions
from orders.states import LineKind
from warehouse.errors import InvalidAdjustment, StockChanged, StockTooLow, UnknownBin, UnknownWarehouse
from warehouse.events import StockAdjusted
from warehouse.locks import locked_levels, locked_pick_lists
from warehouse.models import Bin, BinStock, PickTask, StockLevel, SubstitutionProposal, Warehouse
from warehouse.selectors.stock import put_away_bin, unpicked_by_allocation
from warehouse.selectors.substitutes import kept_for_answers
from warehouse.selectors.work import waiting_orders
from warehouse.services.book import Entry, book_stock
from warehouse.services.call_off import CallOff
from warehouse.services.fill_backorders import fill_backorders
from warehouse.services.open_station import open_station
from warehouse.services.pick import finish_if_done
from warehouse.services.take_off_lists import take_off_lists
from warehouse.services.take_out import take_out
from warehouse.services.withdraw_substitute import withdraw_open
from warehouse.states import BIN_DOUBTED, TO_DO, AdjustmentReason, BinKind, MovementKind

_ATTEMPTS = 3
_MOST = 10_000_000


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What is adjusted: a product in a warehouse, or in one of its bins."""

    product: Product
    warehouse: Warehouse
    bin: Bin | None

    @property
    def is_aside(self) -> bool:
        """Goods in quarantine aren't on sale, so nothing is reserved of them."""
        return self.bin is not None and self.bin.kind == BinKind.QUARANTINE

    def on_hand(self) -> int:
        """What the books say lies there now."""
        if self.bin is not None:
            return sum(BinStock.objects.filter(bin=self.bin, product=self.product).values_list("on_hand", flat=True))
        levels = StockLevel.objects.filter(product=self.product, warehouse=self.warehouse)
        return sum(levels.values_list("on_hand", flat=True))


class _Outrun(Exception):
    """More orders are touched than were locked; lock anew."""


def adjust_stock(
    sku: str,
    *,
    warehouse: str,
    delta: int | None = None,
    counted: int | None = None,
    reason: AdjustmentReason,
    bin: str | None = None,
    by: Actor,
) -> StockLevel:
    """Change what the books say lies in a warehouse, or in one of its bins (codes): by ``delta``, or to ``counted``.

    More goods fill the oldest backorders at once. Fewer than are reserved: the youngest reservations are given up
    in the same transaction, all of them in a few statements, and the tick sources their units again, order by order
    (``source_missing``). Raises ``UnknownProduct``,
    ``UnknownWarehouse``, ``UnknownBin``, ``InvalidAdjustment``, ``StockTooLow`` when goods would have to leave
    that are picked already, ``StockChanged``.
    """
    place = _place(sku, warehouse, bin)
    _check(delta, counted)
    for _attempt in range(_ATTEMPTS):
        try:
            with work(by=by):
                return _adjust(place, delta=delta, counted=counted, reason=reason, by=by)
        except _Outrun:
            continue
    raise StockChanged(_("Stock changes too fast right now. Try again in a moment."))


def _adjust(
    place: _Place, *, delta: int | None, counted: int | None, reason: AdjustmentReason, by: Actor
) -> StockLevel:
    """1 lock the orders that will be touched, their lists, the levels 2 move the books 3 tell 4 fill what waits."""
    expected = _change(place, delta, counted)
    orders = locked_orders(
        [
            *waiting_orders(place.product.pk, expected),
            *_claims(place, -expected).orders,
            *(task.fulfillment_order.order_id for task in _tasks(place)),
        ]
    )
    locked = {order.pk for order in orders}
    open_tasks = PickTask.objects.filter(product=place.product, line__order__in=locked, status__in=TO_DO)
    locked_pick_lists(open_tasks.values_list("pick_list_id", flat=True))
    _answer_doubt(place, by=by)
    locked_levels([place.product.pk])
    change = _change(place, delta, counted)
    claims = _claims(place, -change)
    touched = claims.orders | {task.fulfillment_order.order_id for task in _tasks(place)}
    if not touched <= locked:
        raise _Outrun
    for row in claims.questions:
        withdraw_open(row, by=by)
    if change < 0:
        _book_less(place, -change, claims.lines, reason=reason)
    elif change > 0:
        _book_more(place, change, reason=reason)
    level, _made = StockLevel.objects.get_or_create(product=place.product, warehouse=place.warehouse)
    emit(
        StockAdjusted(
            order_id=None,
            sku=place.product.sku,
            warehouse=place.warehouse.code,
            delta=change,
            on_hand=level.on_hand,
            reason=reason,
        )
    )
    if change > 0:
        fill_backorders(place.product.pk, orders=orders, by=by)
    if claims.orders:
        ring("tick")
    level.refresh_from_db()
    return level


def _place(sku: str, warehouse: str, bin_code: str | None) -> _Place:
    product = Product.objects.filter(sku=sku).first()
    if product is None:
        raise UnknownProduct("sku: no product has this SKU.")
    if product.kind != LineKind.GOODS and not StockLevel.objects.filter(product=product).exists():
        raise InvalidAdjustment("sku: this is a bundle or digital and has no stock; count a bundle's components.")
    building = Warehouse.objects.filter(code=warehouse).first()
    if building is None:
        raise UnknownWarehouse("warehouse: no warehouse has this code.")
    shelf = Bin.objects.filter(warehouse=building, code=bin_code).first() if bin_code else None
    if bin_code and shelf is None:
        raise UnknownBin("bin: this warehouse has no bin with this code.")
    if shelf is not None and shelf.kind == BinKind.PACKING:
        raise InvalidAdjustment("bin: goods at the packing station belong to orders; undo their pick first.")
    return _Place(product=product, warehouse=building, bin=shelf)


def _check(delta: int | None, counted: int | None) -> None:
    if (delta is None) == (counted is None):
        raise InvalidAdjustment("delta, counted: give exactly one of them.")
    if delta == 0 or not -_MOST <= (delta or 0) <= _MOST:
        raise InvalidAdjustment(f"delta: from {-_MOST} to {_MOST}, and not 0.")
    if counted is not None and not 0 <= counted <= _MOST:
        raise InvalidAdjustment(f"counted: from 0 to {_MOST}.")


def _change(place: _Place, delta: int | None, counted: int | None) -> int:
    return delta if delta is not None else (counted or 0) - place.on_hand()


@dataclass(frozen=True, kw_only=True)
class _Claims:
    """Who gives way so that units may go: questions first, then reservations (units by line)."""

    questions: list[SubstitutionProposal]
    lines: dict[OrderLine, int]

    @property
    def orders(self) -> set[int]:
        return {row.order_id for row in self.questions} | {line.order_id for line in self.lines}


def _claims(place: _Place, loss: int) -> _Claims:
    """What is only kept for an answer goes first, then the youngest reservations, as far as they aren't picked."""
    claims = _Claims(questions=[], lines={})
    if loss <= 0 or place.is_aside:
        return claims
    level = StockLevel.objects.filter(product=place.product, warehouse=place.warehouse).first()
    if level is None or level.on_hand < loss:
        raise StockTooLow(_("The books say {units}.").format(units=level.on_hand if level else 0))
    short = level.allocated + level.unavailable - level.backorder_limit - (level.on_hand - loss)
    for row in kept_for_answers(place.product.pk, place.warehouse.pk) if short > 0 else ():
        if short > 0:
            claims.questions.append(row)
            short -= row.quantity
    for allocation, units in unpicked_by_allocation(place.product.pk, place.warehouse.pk) if short > 0 else ():
        if short > 0 and units > 0:
            claims.lines[allocation.line] = min(short, units)
            short -= claims.lines[allocation.line]
    if short > 0:
        raise StockTooLow(_("{units} of them are picked, packed or set aside already.").format(units=short))
    return claims


def _tasks(place: _Place) -> list[PickTask]:
    """Tasks that will take goods out of the one bin that is adjusted, the youngest first."""
    if place.bin is None:
        return []
    rows = PickTask.objects.filter(bin=place.bin, product=place.product, status__in=TO_DO)
    return list(rows.select_related("fulfillment_order", "pick_list").order_by("-pk"))


def _book_less(place: _Place, loss: int, victims: dict[OrderLine, int], *, reason: AdjustmentReason) -> None:
    call_off = CallOff(victims.keys(), warehouse_id=place.warehouse.pk)
    for line, units in victims.items():
        call_off.unpicked(line, units)
    call_off.write()
    _unlist(place, loss)
    bin_id = place.bin.pk if place.bin else None
    entries = take_out(place.warehouse.pk, place.product.pk, loss, bin_id=bin_id, reason=reason)
    if place.is_aside:
        entries = [replace(entry, unavailable=entry.on_hand) for entry in entries]
    book_stock(entries)


def _answer_doubt(place: _Place, *, by: Actor) -> None:
    """Somebody looked: what was set aside because a picker did not find it counts again, as far as it is there."""
    shelves = BinStock.objects.filter(bin=place.bin, product=place.product) if place.bin else ()
    for shelf in shelves:
        resolve_exceptions(
            category=BIN_DOUBTED, subject_kind="bin_stock", subject_id=str(shelf.pk), resolution="counted", by=by
        )


def _unlist(place: _Place, loss: int) -> None:
    """Take tasks off their lists until the one bin has ``loss`` free units; their units are released anew later."""
    if place.bin is None:
        return
    shelf = BinStock.objects.filter(bin=place.bin, product=place.product).first()
    missing = loss - (shelf.on_hand - shelf.picking if shelf else 0)
    surplus = []
    for task in _tasks(place):
        if missing <= 0:
            break
        surplus.append(task)
        missing -= task.left
    take_off_lists(surplus)
    finish_if_done({task.pick_list_id: task.pick_list for task in surplus}.values())


def _book_more(place: _Place, gain: int, *, reason: AdjustmentReason) -> None:
    warehouse_id, product_id = place.warehouse.pk, place.product.pk
    shelf = place.bin or put_away_bin(warehouse_id, product_id) or open_station(warehouse_id, BinKind.RECEIVING)
    book_stock(
        [
            Entry(
                kind=MovementKind.ADJUSTED,
                product_id=product_id,
                warehouse_id=warehouse_id,
                on_hand=gain,
                unavailable=gain if place.is_aside else 0,
                bin_id=shelf.pk,
                bin=gain,
                reason=reason,
            )
        ]
    )
