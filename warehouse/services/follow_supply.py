"""Follow supply: what waits is tied to what is coming, and customers hear of every day that moves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.models import Order, OrderLine
from orders.services.promise import move_promises
from orders.services.reserve import transit_days
from orders.states import OrderStatus, PromiseReason
from warehouse.events import BackorderFollowed
from warehouse.locks import locked_supply
from warehouse.models import Backorder, BackorderSupply
from warehouse.planning.calendar import CARRIER_DAYS, arrives_on, leaves_not_before, received_on, working_day_after
from warehouse.planning.supply import cover
from warehouse.selectors.stock import lead_times
from warehouse.selectors.supply import Coming, coming
from warehouse.states import UNFILLED, BackorderStatus

_TOLD = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class _Outlook:
    """What a backorder can expect: the state that it is in, and the day that its last unit is with the customer.

    ``moves``: that day is to be told, whatever was said before.
    """

    row: Backorder
    status: BackorderStatus
    expected_on: date | None
    moves: bool
    purchase_orders: tuple[str, ...]


def follow_product(product_id: int, *, by: Actor) -> None:
    """Bring all that waits for a product up to date with what is coming."""
    with work(by=by):
        locked_supply([product_id])
        follow_supply([product_id], by=by)


def follow_supply(product_ids: Collection[int], *, by: Actor) -> None:
    """Tie what waits for these products to what is coming of them, oldest to first; joins the open work.

    Orders and purchase orders are locked (``locked_supply``); what waits in an order that isn't keeps what it has.
    1 share out 2 save ties and states 3 tell: an event for each state, and a promise for each day that moves. A date
    is told as soon as it is known to be broken, so before it has passed: goods that are bought and late, or that
    nobody has bought in time, make it later or unknown.
    """
    with work(by=by) as unit:
        rows = list(
            Backorder.objects.filter(product_id__in=product_ids, status__in=UNFILLED, line__order__in=unit.locked)
            .select_related("line__order__shipping_method")
            .order_by("created_at", "pk")
        )
        if not rows:
            return
        others = BackorderSupply.objects.filter(backorder__product_id__in=product_ids).exclude(backorder__in=rows)
        arriving = coming(product_ids, spoken_for=list(others.values_list("backorder", flat=True).distinct()))
        days = lead_times(product_ids)
        outlooks = []
        for product_id in product_ids:
            mine = [row for row in rows if row.product_id == product_id]
            here = {each.line_id: each for each in arriving if each.product_id == product_id}
            shares = cover([row.quantity for row in mine], [each.delivery for each in here.values()])
            _tie({row.pk: dict(share) for row, share in zip(mine, shares, strict=True)})
            outlooks += [
                _outlook(row, [(here[key], n) for key, n in share], days.get(product_id))
                for row, share in zip(mine, shares, strict=True)
            ]
        for order, of_order in _by_order(outlooks).items():
            _save(order, of_order, by=by)


def trim_supplies(rows: Iterable[Backorder]) -> None:
    """Fewer units of these wait: free what was to fill the others, the last to come first. Joins the open work."""
    left = {row.pk: row.quantity for row in rows}
    ties = list(BackorderSupply.objects.filter(backorder__in=left).order_by("purchase_line__expected_on", "pk"))
    for tie in ties:
        kept = min(tie.quantity, left[tie.backorder_id])
        left[tie.backorder_id] -= kept
        if not kept:
            tie.delete()
        elif kept < tie.quantity:
            tie.quantity = kept
            tie.save(update_fields=["quantity"])


def _tie(wanted: Mapping[int, Mapping[int, int]]) -> None:
    """Let exactly these ties (backorder -> purchase line -> units) be; the same again writes nothing."""
    known = {
        (tie.backorder_id, tie.purchase_line_id): tie for tie in BackorderSupply.objects.filter(backorder__in=wanted)
    }
    asked = {(row, line): units for row, share in wanted.items() for line, units in share.items()}
    gone = [tie.pk for key, tie in known.items() if asked.get(key) != tie.quantity]
    BackorderSupply.objects.filter(pk__in=gone).delete()
    BackorderSupply.objects.bulk_create(
        BackorderSupply(backorder_id=row, purchase_line_id=line, quantity=units)
        for (row, line), units in asked.items()
        if (row, line) not in known or known[row, line].quantity != units
    )


def _outlook(row: Backorder, share: Sequence[tuple[Coming, int]], lead_time: int | None) -> _Outlook:
    today = timezone.localdate()
    was = row.line.promised_on
    transit = transit_days(row.line.order.shipping_method)

    def arrival(leaves: date) -> date:
        return arrives_on(leaves_not_before(leaves, row.line.ships_on) if row.line.ships_on else leaves, transit)

    known = [arrival(working_day_after(each.on, each.hours.working_days)) for each, _n in share if each.on]
    is_known = len(known) == len(share)
    numbers = tuple(dict.fromkeys(each.purchase_order for each, _n in share))
    if sum(n for _each, n in share) == row.quantity:
        day = max(known) if is_known else None
        is_promised = is_known and all(each.is_promised for each, _n in share)
        status = BackorderStatus.PROMISED if is_promised else BackorderStatus.ORDERED
        moves = day != was if is_promised or day is None else was is None or day > was
        return _Outlook(row=row, status=status, expected_on=day, moves=moves, purchase_orders=numbers)
    # Nobody has bought the rest: it comes no sooner than if somebody did now.
    soonest = arrival(working_day_after(today, CARRIER_DAYS))
    later = None if lead_time is None else arrival(working_day_after(received_on(today, lead_time), CARRIER_DAYS))
    day = max([*known, later]) if later and is_known else None
    was_bought = row.status != BackorderStatus.WAITING
    is_broken = was is not None and (was_bought or soonest > was) and (day is None or day > was)
    return _Outlook(
        row=row,
        status=BackorderStatus.WAITING,
        expected_on=day if is_broken else row.expected_on,
        moves=is_broken,
        purchase_orders=numbers,
    )


def _by_order(outlooks: Iterable[_Outlook]) -> dict[Order, list[_Outlook]]:
    found: defaultdict[Order, list[_Outlook]] = defaultdict(list)
    for outlook in sorted(outlooks, key=lambda each: (each.row.line.order_id, each.row.pk)):
        found[outlook.row.line.order].append(outlook)
    return found


def _save(order: Order, outlooks: Sequence[_Outlook], *, by: Actor) -> None:
    """One order's part: states, timeline and dates."""
    dates: defaultdict[PromiseReason, dict[int, date | None]] = defaultdict(dict)
    for outlook in outlooks:
        row, before = outlook.row, outlook.row.status
        reason = _reason(outlook, before)
        if outlook.moves:
            dates[reason][row.line_id] = outlook.expected_on
        if (before, row.expected_on) == (outlook.status, outlook.expected_on):
            continue
        if before != outlook.status:
            _MOVES[outlook.status](row)
        row.expected_on = outlook.expected_on
        row.save(update_fields=["status", "expected_on"])
        if before != row.status and order.status in _TOLD:
            emit(
                BackorderFollowed(
                    order_id=order.pk,
                    status=row.status,
                    lines=(LineQuantity(line=row.line.public_id, sku=row.line.sku, quantity=row.quantity),),
                    purchase_orders=outlook.purchase_orders,
                    expected_on=outlook.expected_on,
                )
            )
    for why, moved in dates.items():
        _promise(order, moved, why, by=by)


def _reason(outlook: _Outlook, before: str) -> PromiseReason:
    """Late is a supplier who had named a day, or whose day has passed; all else is that it ran out."""
    is_later = outlook.expected_on is None or (outlook.row.line.promised_on or date.max) < outlook.expected_on
    was_named = before == BackorderStatus.PROMISED or outlook.expected_on is None
    is_late = is_later and was_named and outlook.status != BackorderStatus.WAITING
    return PromiseReason.SUPPLIER if is_late else PromiseReason.BACKORDERED


def _promise(order: Order, dates: Mapping[int, date | None], reason: PromiseReason, *, by: Actor) -> None:
    """Tell the customer; of an order that is only submitted nobody hears before it is placed, of drafts never."""
    if order.status in _TOLD:
        move_promises(order.pk, dates, source="supplier", reason=reason, by=by)
    elif order.status == OrderStatus.SUBMITTED:
        for line_id, promised_on in dates.items():
            OrderLine.objects.filter(pk=line_id).update(promised_on=promised_on)


_MOVES = {
    BackorderStatus.WAITING: Backorder.wait,
    BackorderStatus.ORDERED: Backorder.order,
    BackorderStatus.PROMISED: Backorder.promise,
}
