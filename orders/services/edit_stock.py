"""What a change of an order does to stock: preorders are counted, units taken, days promised. Joins the open work."""

from collections import Counter
from collections.abc import Sequence

from orders.bundles import components_of, goods, latest, moving, sold
from orders.errors import OutOfStock, StockContention
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import ask
from orders.models import Order, OrderLine
from orders.questions import Filled, PromiseDates
from orders.services.count import Change, count
from orders.services.edit import Edit
from orders.services.preorder import take_preordered
from orders.services.promise import move_promises, promise_lines
from orders.services.reserve import plan_for, reserve_planned, transit_days
from orders.services.wants import need_of
from orders.states import PromiseReason

_ATTEMPTS = 3
_TOO_FAST = "Too many orders want the same stock right now. Try again in a moment."


def count_preorders(edit: Edit) -> None:
    """What is preordered in addition counts against the caps. Raises ``OutOfStock``."""
    wanted = Counter[int]()
    for line in moving([*edit.added, *edit.added_parts]):
        wanted[line.product_id] += line.preordered
    for line in moving([*edit.lines, *edit.parts]):
        if line.preordered and edit.more[line.pk]:
            line.preordered += edit.more[line.pk]
            wanted[line.product_id] += edit.more[line.pk]
    if not take_preordered(wanted):
        errors = [at("#/actions", "out_of_stock", "Fewer can be preordered.")]
        raise OutOfStock("actions: so many can't be preordered any more.", errors=errors)


def reserve_edit(edit: Edit, *, by: Actor) -> None:
    """Take what became more, and promise when it comes."""
    order = edit.order
    units = goods([*edit.all_lines, *edit.parts, *edit.added_parts])
    wanted = {line.pk: edit.more[line.pk] or line.ordered for line in units if _grew(edit, line)}
    lines = [line for line in units if line.pk in wanted]
    if lines:
        filled = _take(edit, lines, wanted)
        count(
            order.pk,
            {
                line.pk: Change(allocated=fill.allocated, backordered=fill.backordered)
                for line, fill in zip(lines, filled, strict=True)
            },
        )
        _promise(edit, lines, filled, by=by)
    if edit.is_moved:
        dates = ask(PromiseDates(order_id=order.pk, country=_country(order), transit_days=_transit(order)))
        move_promises(order.pk, dates, source="change", reason=PromiseReason.CHANGED, by=by)


def _grew(edit: Edit, line: OrderLine) -> bool:
    return line in edit.added or line in edit.added_parts or edit.more[line.pk] > 0


def _take(edit: Edit, lines: list[OrderLine], wanted: dict[int, int]) -> tuple[Filled, ...]:
    """Plan and reserve; planned anew when somebody was faster at the shelf, since then nothing was taken."""
    for _attempt in range(_ATTEMPTS):
        filled = _plan(edit, lines, wanted)
        if reserve_planned(edit.order.pk, lines, filled):
            return filled
    raise StockContention(_TOO_FAST)


def _plan(edit: Edit, lines: list[OrderLine], wanted: dict[int, int]) -> tuple[Filled, ...]:
    needs = tuple(need_of(line, wanted[line.pk]) for line in lines)
    order = edit.order
    filled = ask(plan_for(order, needs, cause="change"))
    errors = [
        at("#/actions", "out_of_stock", f"{line.sku}: {fill.available} available.")
        for line, fill in zip(lines, filled, strict=True)
        if fill.short
    ]
    if errors:
        raise OutOfStock("actions: some lines can't be filled; order at most what is available.", errors=errors)
    return filled


def _country(order: Order) -> str:
    return str(order.shipping_address.get("country", ""))


def _transit(order: Order) -> int:
    return transit_days(order.shipping_method)


def _promise(edit: Edit, lines: list[OrderLine], filled: Sequence[Filled], *, by: Actor) -> None:
    """New lines get their first date; one that grew may come later than it was promised."""
    fresh, later = [], {}
    for line, fill in zip(lines, filled, strict=True):
        if line in edit.added or line in edit.added_parts:
            line.promised_on = fill.promised_on
            fresh.append(line)
        elif line.promised_on is not None and (fill.promised_on is None or fill.promised_on > line.promised_on):
            later[line.pk] = fill.promised_on
    for pk, parts in components_of(edit.added_parts).items():
        bundle = next(line for line in edit.added if line.pk == pk)
        bundle.promised_on = latest([part.promised_on for part in parts])
        fresh.append(bundle)
    OrderLine.objects.bulk_update(fresh, ["promised_on"])
    promise_lines(sold(fresh), source="change")
    if later:
        move_promises(edit.order.pk, later, source="change", reason=PromiseReason.CHANGED, by=by)
