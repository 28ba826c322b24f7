"""Request a change: what customers ask for on their order's page, decided by staff, or made at once where it may be."""

from collections.abc import Sequence

from orders.change_requests import ChangeAction, SetQuantity, SetShippingAddress
from orders.changes import as_asked
from orders.errors import AlreadyRequested, NotChangeable, NotRequested, Stale
from orders.events import ChangeRequested, ChangeWithdrawn
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order
from orders.models import Order, OrderChange, OrderLine
from orders.services.change import change_order
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.preview_change import Preview, preview_change
from orders.states import ChangeStatus, OrderStatus

CATEGORY = "change_requested"
_OPEN = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def request_change(order_id: int, actions: Sequence[ChangeAction], *, by: Actor) -> OrderChange:
    """Keep what a customer asks for: another address, or fewer units, as long as nothing is packed.

    Made at once where the channel allows it and it costs nothing more, else a person is asked. Raises
    ``AlreadyRequested``, ``NotChangeable``, ``Stale`` where somebody changed the order meanwhile, and what the change
    itself would be refused for.
    """
    with work(by=by):
        order = locked_order(order_id)
        _check(order, locked_lines(order_id), actions)
    preview = preview_change(order_id, actions, versions={order.version}, by=by)
    if order.channel.customers_change_at_once and preview.change.total_after <= preview.change.total_before:
        return change_order(order_id, actions, versions={order.version}, by=by)
    return _keep(order_id, actions, preview, by=by)


def withdraw_change(order_id: int, *, by: Actor) -> OrderChange:
    """The customer takes back what they asked for. Raises ``NotRequested``."""
    with work(by=by):
        order = locked_order(order_id)
        change = _drop(order, resolution="withdrawn", by=by)
        if change is None:
            raise NotRequested("Nothing that you asked for waits for an answer.")
        emit(ChangeWithdrawn(order_id=order.pk, number=order.number, change=change.public_id))
        return change


def drop_change(order_id: int, *, by: Actor) -> None:
    """An order that is over has nothing left to be changed. Joins the open work; the order is locked."""
    order = Order.objects.get(pk=order_id)
    if order.status not in _OPEN:
        _drop(order, resolution="the order is over", by=by)


def _drop(order: Order, *, resolution: str, by: Actor) -> OrderChange | None:
    change = order.changes.filter(status=ChangeStatus.REQUESTED).first()
    if change is not None:
        change.cancel()
        change.save(update_fields=["status"])
        close_request(change, resolution=resolution, by=by)
    return change


def close_request(change: OrderChange, *, resolution: str, by: Actor) -> None:
    """Nobody has to look at it any more. Joins the open work; the order is locked."""
    resolve_exceptions(
        category=CATEGORY, subject_kind="order_change", subject_id=change.public_id, resolution=resolution, by=by
    )


def _check(order: Order, lines: Sequence[OrderLine], actions: Sequence[ChangeAction]) -> None:
    if order.changes.filter(status=ChangeStatus.REQUESTED).exists():
        raise AlreadyRequested("We are looking at what you asked for before; take that back first.")
    if order.status not in _OPEN or any(line.packed or line.shipped for line in lines):
        raise NotChangeable("This order can no longer be changed here: it is packed, or over. Write to us.")
    active = {line.public_id: line.active for line in lines}
    for action in actions:
        is_fewer = isinstance(action, SetQuantity) and action.quantity <= active.get(action.line, 0)
        if not is_fewer and not isinstance(action, SetShippingAddress):
            raise NotChangeable("Here you can change the address or order less; for all else write to us.")


def _keep(order_id: int, actions: Sequence[ChangeAction], preview: Preview, *, by: Actor) -> OrderChange:
    with work(by=by):
        order = locked_order(order_id)
        _check(order, locked_lines(order_id), actions)
        if order.version != preview.change.version_before:
            raise Stale("The order was changed meanwhile; read it again.", current_version=order.version)
        change = OrderChange(order=order, actions=as_asked(actions), made_by=str(by), diff=preview.change.diff)
        change.version_before, change.total_before = order.version, order.total
        change.total_after = preview.change.total_after
        change.request()
        change.save(force_insert=True)
        open_exception(
            order_id=order.pk,
            category=CATEGORY,
            subject_kind="order_change",
            subject_id=change.public_id,
            by=by,
        )
        emit(
            ChangeRequested(
                order_id=order.pk,
                number=order.number,
                change=change.public_id,
                actions=tuple(dict.fromkeys(asked["type"] for asked in change.actions)),
            )
        )
        return change
