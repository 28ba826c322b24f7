"""Show what a draft would come to, placed as it is typed: it is saved and placed unpaid, looked at, and rolled back."""

from collections.abc import Callable, Container
from dataclasses import dataclass

from orders.bundles import sold
from orders.drafts import PriceMove, moved_prices
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.kernel.work import Work, work
from orders.locks import locked_lines, locked_order
from orders.models import Draft, Notification, Order, OrderLine
from orders.services.change import until_still
from orders.services.close_draft import locked_draft
from orders.services.place_draft import place_draft
from orders.services.render import Rendered, render_message

_MAIL = "orders/mail/placed"


@dataclass(frozen=True, kw_only=True)
class DraftPreview:
    """The order as it would be placed; ``refusal`` says what still stands against that.

    ``moved`` are the lines of the saved draft whose product costs something else by now.
    """

    order: Order
    lines: tuple[OrderLine, ...]
    moved: tuple[PriceMove, ...]
    mail: Rendered | None
    refusal: DomainError | None


class _Previewed(Exception):
    """Everything was done and looked at; now it is rolled back."""

    def __init__(self, preview: DraftPreview) -> None:
        self.preview = preview
        super().__init__("previewed")


def preview_draft(
    save: Callable[[], Draft], *, draft_id: int | None = None, versions: Container[int] | None = None, by: Actor
) -> DraftPreview:
    """What ``save`` (which makes or updates a draft) and a placement after it would come to; nothing is kept.

    Raises what ``save`` raises; what only a placement would be refused for is in the preview.
    """

    def once() -> DraftPreview:
        try:
            with work(by=by) as unit:
                moved = _moved(draft_id, versions)
                raise _Previewed(_look(save(), moved, unit, by=by))
        except _Previewed as shown:
            return shown.preview

    return until_still(once)


def _moved(draft_id: int | None, versions: Container[int] | None) -> tuple[PriceMove, ...]:
    if draft_id is None:
        return ()
    draft = locked_draft(draft_id, versions=versions)
    return tuple(moved_prices(draft, list(draft.order.lines.filter(parent=None).select_related("product"))))


def _look(draft: Draft, moved: tuple[PriceMove, ...], unit: Work, *, by: Actor) -> DraftPreview:
    refusal: DomainError | None = None
    try:
        place_draft(draft.pk, by=by)
    except DomainError as refused:
        refusal = refused
    owed = [row for row in unit.owed.get(Notification, ()) if isinstance(row, Notification) and row.template == _MAIL]
    order = locked_order(draft.order_id)
    return DraftPreview(
        order=order,
        lines=tuple(sold(locked_lines(order.pk))),
        moved=moved,
        mail=render_message(owed[0]) if owed and refusal is None else None,
        refusal=refusal,
    )
