"""Show what a change of an order would come to: it is made, looked at, and rolled back."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.bundles import sold
from orders.change_requests import ChangeAction
from orders.kernel.actor import Actor
from orders.kernel.work import Work, work
from orders.locks import locked_lines, locked_order
from orders.models import Notification, Order, OrderChange, OrderLine
from orders.services.capture import pending
from orders.services.change import make_change, until_still
from orders.services.render import Rendered, render_message
from orders.states import TransactionKind

_MAIL = "orders/mail/changed"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The order as it would be.

    ``voided`` is what would go back of what is reserved, ``refunded`` what would go back of what was charged.
    """

    change: OrderChange
    order: Order
    lines: tuple[OrderLine, ...]
    voided: Decimal
    refunded: Decimal
    mail: Rendered | None


class _Previewed(Exception):
    """Everything was done and looked at; now it is rolled back."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        super().__init__("previewed")


def preview_change(
    order_id: int, actions: Sequence[ChangeAction], *, versions: Container[int] | None = None, by: Actor
) -> Preview:
    """What ``change_order`` would do now, to the cent and the unit, and the mail that the customer would get.

    Nothing of it is kept, and no gateway is asked. Raises what ``change_order`` raises.
    """

    def once() -> Preview:
        try:
            with work(by=by) as unit:
                locked_order(order_id)
                before = _going_back(order_id)
                change = make_change(order_id, actions, versions=versions, note="", notify=True, by=by)
                raise _Previewed(_look(change, before, unit))
        except _Previewed as shown:
            return shown.preview

    return until_still(once)


def _look(change: OrderChange, before: tuple[Decimal, Decimal], unit: Work) -> Preview:
    voided, refunded = _going_back(change.order_id)
    owed = [row for row in unit.owed.get(Notification, ()) if isinstance(row, Notification) and row.template == _MAIL]
    order = locked_order(change.order_id)
    return Preview(
        change=change,
        order=order,
        lines=tuple(sold(locked_lines(order.pk))),
        voided=voided - before[0],
        refunded=refunded - before[1],
        mail=render_message(owed[0]) if owed else None,
    )


def _going_back(order_id: int) -> tuple[Decimal, Decimal]:
    """What is about to be voided, and to be refunded."""
    return (
        pending(TransactionKind.VOID, order_id=order_id),
        pending(TransactionKind.REFUND, order_id=order_id),
    )
