"""Change an order after it was placed: lines, quantities, prices, discounts, address, shipping, contact.

``orders.services.preview_change`` runs the very same and rolls it back, so previews are exact.
"""

from collections.abc import Callable, Container, Sequence
from typing import TypeVar

from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from orders.bundles import moving, scales, sold
from orders.change_requests import (
    AddLine,
    ChangeAction,
    SetBillingAddress,
    SetContact,
    SetDiscount,
    SetPrice,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
)
from orders.changes import Facts, as_asked, facts_of, told_units
from orders.errors import InvalidRequest, NotChangeable, Stale, StockContention
from orders.events import OrderChanged
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import emit, is_open, work
from orders.locks import locked_lines, locked_order, locked_payments
from orders.models import Order, OrderChange, OrderLine
from orders.services.apply_rules import evaluate_holds
from orders.services.ask_to_pay import ask_to_pay
from orders.services.assortment import sold_products
from orders.services.billed import billed_shipping
from orders.services.call_off_units import Wish, call_off_units, sum_up
from orders.services.edit import Edit
from orders.services.edit_delivery import (
    check_method,
    set_billing_address,
    set_contact,
    set_shipping_address,
    set_shipping_method,
)
from orders.services.edit_lines import add_line, raise_quantity, set_discount, set_price
from orders.services.edit_stock import count_preorders, reserve_edit
from orders.services.settle_change import settle_change
from orders.states import (
    CancelReason,
    Difference,
    OrderStatus,
)
from orders.typed import NOTE, errors_in

_CHANGEABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
_ATTEMPTS = 3
_TOO_FAST = "Others are changing the same right now. Try again in a moment."

T = TypeVar("T")


def change_order(
    order_id: int,
    actions: Sequence[ChangeAction],
    *,
    versions: Container[int] | None = None,
    note: str = "",
    notify: bool = True,
    send_link: bool = True,
    asked: OrderChange | None = None,
    by: Actor,
) -> OrderChange:
    """Make all of ``actions`` or none, if the order's version is one of ``versions`` (None: whatever it is).

    1 lock 2 call off what becomes fewer 3 let the other actions edit 4 price what isn't billed anew 5 reserve what
    became more 6 settle the money 7 tell. Only what isn't packed changes. What becomes dearer is owed, and what hasn't
    left waits for it; surplus goes back. ``send_link``: the customer is sent where to pay what is owed, once and with
    the change. ``asked`` is the customer's wish that this fulfils.
    Raises ``Stale``, ``NotChangeable``, ``InvalidRequest``, ``OutOfStock`` and
    ``StockContention``.
    """

    def once() -> OrderChange:
        with work(by=by):
            change = make_change(order_id, actions, versions=versions, note=note, notify=notify, asked=asked, by=by)
            if send_link:
                ask_to_pay(change, by=by)
            return change

    return until_still(once)


def until_still(attempt: Callable[[], T]) -> T:
    """Try again when the database broke a deadlock: others locked the same rows the other way round.

    Inside of an open work nothing can be tried again: whoever opened it may, and knows it by the refusal's cause.
    Raises ``StockContention``.
    """
    broken: Exception | None = None
    for _attempt in range(1 if is_open() else _ATTEMPTS):
        try:
            return attempt()
        except (OperationalError, StockContention) as error:
            if not _is_of_deadlock(error):
                raise
            broken = error
    raise StockContention(_TOO_FAST) from broken


def _is_of_deadlock(error: BaseException | None) -> bool:
    return error is not None and (isinstance(error, DeadlockDetected) or _is_of_deadlock(error.__cause__))


def make_change(
    order_id: int,
    actions: Sequence[ChangeAction],
    *,
    versions: Container[int] | None,
    note: str,
    notify: bool,
    asked: OrderChange | None = None,
    by: Actor,
) -> OrderChange:
    """Make the change in the open work: what ``change_order`` keeps and a preview rolls back."""
    order = locked_order(order_id)
    payments = locked_payments(order_id)
    _check(order, actions, versions, note)
    lines = sold(locked_lines(order_id))
    before, was_owed = facts_of(order, lines), order.balance > 0
    version, total = order.version, order.total
    _call_off(order_id, actions, by=by)
    edit = Edit.of(locked_order(order_id), locked_lines(order_id))
    _edit(edit, actions, by=by)
    change = asked or OrderChange(order=edit.order, actions=as_asked(actions), note=note, made_by=str(by))
    change.version_before, change.total_before = version, total
    _save(edit)
    reserve_edit(edit, by=by)
    difference = settle_change(edit.order.pk, payments, was=total, was_owed=was_owed, by=by)
    evaluate_holds(locked_order(order_id), by=by)
    return _keep(change, before, difference, notify=notify, by=by)


def _check(order: Order, actions: Sequence[ChangeAction], versions: Container[int] | None, note: str) -> None:
    if versions is not None and order.version not in versions:
        raise Stale("The order was changed meanwhile; read it again.", current_version=order.version)
    if order.status not in _CHANGEABLE:
        raise NotChangeable(f"This order is {order.get_status_display().lower()} and can't be changed.")
    seen, errors = set(), []
    for i, action in enumerate(actions):
        key = (type(action), getattr(action, "line", ""))
        if key in seen and not isinstance(action, AddLine):
            errors.append(at(f"#/actions/{i}", "repeated", "Say each thing once."))
        seen.add(key)
    if errors:
        raise InvalidRequest("actions: each of them once for each line.", errors=errors)
    if errors := errors_in([("#/note", note, NOTE)]):
        raise InvalidRequest("note: it can't be kept.", errors=errors)


def _call_off(order_id: int, actions: Sequence[ChangeAction], *, by: Actor) -> None:
    """What becomes fewer: never more than isn't packed, and never the whole order."""
    by_id = {scale.line.public_id: scale for scale in scales(locked_lines(order_id)).values()}
    lines = [scale.line for scale in by_id.values()]
    fewer, errors = [], []
    for i, action in enumerate(actions):
        scale = by_id.get(action.line) if isinstance(action, SetQuantity) else None
        if scale is None or not isinstance(action, SetQuantity) or action.quantity >= scale.line.active:
            continue
        line, fixed = scale.line, scale.line.active - scale.free
        if action.quantity < fixed:
            errors.append(at(f"#/actions/{i}/quantity", "packed", f"{fixed} of this line are packed or have left."))
        fewer.append((line, line.active - action.quantity))
    if errors:
        raise NotChangeable("actions: what is packed can't be changed; open its package first.", errors=errors)
    if not fewer:
        return
    gone = {line.pk: n for line, n in fewer}
    if all(line.active == gone.get(line.pk, 0) for line in lines) and not _adds(actions):
        raise NotChangeable("actions: nothing would be left of the order; cancel it instead.")
    wish = Wish(reason=CancelReason.CUSTOMER, note="", notify=False)
    emit(call_off_units(order_id, fewer, wish, end=None, by=by).event)


def _adds(actions: Sequence[ChangeAction]) -> bool:
    return any(isinstance(action, AddLine) for action in actions)


def _edit(edit: Edit, actions: Sequence[ChangeAction], *, by: Actor) -> None:
    """Let the actions edit in memory, in their order. Raises ``InvalidRequest`` naming all that is wrong."""
    skus = {action.sku for action in actions if isinstance(action, AddLine)}
    products = sold_products(skus) if skus else {}
    for i, action in enumerate(actions):
        match action:
            case AddLine():
                add_line(edit, i, action, products, by=by)
            case SetQuantity():
                raise_quantity(edit, i, action)
            case SetPrice():
                set_price(edit, i, action)
            case SetDiscount():
                set_discount(edit, i, action)
            case SetShippingAddress():
                set_shipping_address(edit, i, action)
            case SetBillingAddress():
                set_billing_address(edit, i, action)
            case SetShippingMethod():
                set_shipping_method(edit, i, action)
            case SetContact():
                set_contact(edit, i, action)
    if edit.is_moved:
        _check_moved(edit, actions)
    if edit.wrong:
        raise InvalidRequest("Some of the actions can't be done; errors names each of them.", errors=edit.wrong)


def _check_moved(edit: Edit, actions: Sequence[ChangeAction]) -> None:
    moves = [i for i, a in enumerate(actions) if isinstance(a, SetShippingAddress | SetShippingMethod)]
    if any(line.packed > line.shipped for line in moving([*edit.lines, *edit.parts])):
        errors = [at(f"#/actions/{i}", "packed", "A package is on its way out.") for i in moves]
        raise NotChangeable(
            "actions: where and how it goes can't be changed once a package is packed; open the package first.",
            errors=errors,
        )
    check_method(edit, moves[-1])


def _save(edit: Edit) -> None:
    order = edit.order
    if not any(line.open for line in edit.all_lines):  # nothing else will leave, so no more shipping is ever billed
        order.shipping_total, _tax = billed_shipping(order)
    edit.price_anew()
    sum_up(order, edit.all_lines)
    order.version += 1
    order.save()
    count_preorders(edit)
    counted = ["ordered", "preordered", "unit_price", "discount", "order_discount", "amount", "tax"]
    OrderLine.objects.bulk_update([*edit.lines, *edit.parts], counted)
    OrderLine.objects.bulk_create(edit.added)
    OrderLine.objects.bulk_create(edit.added_parts)


def _keep(change: OrderChange, before: Facts, difference: Difference, *, notify: bool, by: Actor) -> OrderChange:
    order = locked_order(change.order_id)
    after = facts_of(order, sold(locked_lines(order.pk)))
    change.order, change.diff = order, before.diff(after)
    if not change.diff:
        raise NotChangeable("actions: nothing would be different.")
    change.version_after, change.total_after = order.version, order.total
    change.difference = difference
    change.decided_by, change.decided_at = str(by), timezone.now()
    change.confirm()
    change.save()
    emit(
        OrderChanged(
            order_id=order.pk,
            number=order.number,
            change=change.public_id,
            fields=tuple(sorted({entry["what"] for entry in change.diff})),
            lines=told_units(change.diff),
            total_before=change.total_before,
            total=order.total,
            currency=order.currency,
            difference=difference,
            notify=notify,
        )
    )
    return change
