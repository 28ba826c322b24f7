"""Reserve a draft's goods, and give them back: while it is a draft, and when it is placed. Joins the open work."""

from collections.abc import Sequence

from django.utils import timezone

from orders.bundles import goods
from orders.errors import StockContention
from orders.kernel.work import ask
from orders.locks import locked_lines
from orders.models import Draft, Order, OrderLine
from orders.questions import Filled, Need, Unreserve
from orders.services.count import Change, count
from orders.services.reserve import plan_for, reserve_planned
from orders.services.wants import Want, filled_of, needs_of

_ATTEMPTS = 3


def reserve_draft(draft: Draft) -> None:
    """Keep the goods as long as ``reserve_until`` says: what a shelf has, nothing waits for goods before placement."""
    if draft.reserve_until is None or draft.reserve_until <= timezone.now():
        return
    today = timezone.localdate()
    lacking = [
        (line, Want(line=i, need=Need(product_id=line.product_id, quantity=line.unsourced, policy=())))
        for i, line in enumerate(goods(locked_lines(draft.order_id)))
        if line.unsourced and line.product.preorder_on(today) is None
    ]
    if lacking:
        take_unsourced(draft.order, lacking)


def unreserve_draft(order: Order) -> list[tuple[OrderLine, int]]:
    """Give back to the shelf what is reserved or waits; returns the lines with the units that were reserved."""
    lines = [line for line in goods(locked_lines(order.pk)) if line.allocated or line.backordered]
    if not lines:
        return []
    ask(Unreserve(line_ids=tuple(line.pk for line in lines)))
    count(order.pk, {line.pk: Change(allocated=-line.allocated, backordered=-line.backordered) for line in lines})
    return [(line, line.allocated) for line in lines]


def take_unsourced(order: Order, lacking: Sequence[tuple[OrderLine, Want]], *, is_whole: bool = False) -> list[Filled]:
    """Reserve what lines of goods lack, as the need beside each says, as far as it is there.

    ``is_whole``: nothing is taken unless all of it can be. Planned anew when others were faster. Raises
    ``StockContention``.
    """
    lines, wants = [line for line, _want in lacking], [want for _line, want in lacking]
    needs = needs_of(wants)
    question = plan_for(order, needs, cause="draft")
    for _attempt in range(_ATTEMPTS):
        answers = ask(question)
        filled = filled_of(wants, answers)
        if is_whole and any(fill.short for fill in filled):
            return filled
        if reserve_planned(order.pk, lines, filled, is_draft=True):
            changes = {
                line.pk: Change(allocated=fill.allocated, backordered=fill.backordered)
                for line, fill in zip(lines, filled, strict=True)
            }
            count(order.pk, changes)
            return filled
    raise StockContention("Too many orders want the same stock right now. Try again in a moment.")
