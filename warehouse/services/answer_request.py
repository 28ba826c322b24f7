"""A location answers: it will do its work, or it can't, and then the units are sourced elsewhere."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.errors import InvalidRequest
from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import emit, work
from orders.models import Order
from orders.services.count import Change, count
from orders.states import OrderStatus
from warehouse.errors import NotAnswerable
from warehouse.events import FulfillmentOrderAccepted, FulfillmentOrderClosed, FulfillmentOrderRejected
from warehouse.locks import locked_levels, locked_pick_lists, locked_with_order
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine, PickTask
from warehouse.services.book import Entry, book_stock
from warehouse.services.pick import finish_if_done
from warehouse.services.reallocate import reallocate_units
from warehouse.services.take_off_lists import take_off_lists
from warehouse.services.take_out import take_out
from warehouse.states import ACTIVE, CORRECTS_STOCK, TO_DO, MovementKind, RejectReason, RequestStatus, SourcingCause

_OPEN_REQUESTS = (RequestStatus.UNSUBMITTED, RequestStatus.SUBMITTED)


def accept_fulfillment_order(fulfillment_order_id: int, *, by: Actor) -> FulfillmentOrder:
    """The location will do it. A second yes changes nothing. Raises ``NotAnswerable``."""
    with work(by=by):
        order, row = locked_with_order(fulfillment_order_id)
        if row.request_status == RequestStatus.ACCEPTED:
            return row
        _guard(order, row)
        row.accept()
        row.version += 1
        row.save(update_fields=["request_status", "version", "updated_at"])
        emit(
            FulfillmentOrderAccepted(
                order_id=order.pk, fulfillment_order_id=row.pk, fulfillment_order=row.public_id, location=_code(row)
            )
        )
        return row


def reject_fulfillment_order(
    fulfillment_order_id: int,
    *,
    reason: RejectReason,
    missing: Mapping[str, int] | None = None,
    by: Actor,
) -> FulfillmentOrder:
    """The location can't do it: its reservations end, and every unit is sourced at another location.

    With a reason that says goods aren't there or aren't fit for sale, ``missing`` units (by its line's public id; None:
    all) leave the books too. Nothing may be picked yet. 1 lock 2 guard 3 call the work off 4 tell 5 book 6 source
    again. Raises ``NotAnswerable``, ``InvalidRequest``, ``StockTooLow``.
    """
    with work(by=by):
        order, row = locked_with_order(fulfillment_order_id)
        _guard(order, row)
        lines = list(row.lines.select_related("line").filter(quantity__gt=0))
        lost = _lost(lines, reason, missing)
        if row.warehouse_id is None or any(line.picked for line in lines):
            raise NotAnswerable(_("Some of it is picked already. Put it back first, or pick short what is missing."))
        units = {line.line_id: line.quantity for line in lines}
        told = tuple(
            LineQuantity(line=each.line.public_id, sku=each.line.sku, quantity=each.quantity) for each in lines
        )
        _call_off(row, lines)
        count(order.pk, {pk: Change(allocated=-n) for pk, n in units.items()})
        emit(
            FulfillmentOrderRejected(
                order_id=order.pk,
                fulfillment_order_id=row.pk,
                fulfillment_order=row.public_id,
                location=_code(row),
                reason=reason,
                lines=told,
            )
        )
        emit(
            FulfillmentOrderClosed(
                order_id=order.pk, fulfillment_order_id=row.pk, fulfillment_order=row.public_id, status=row.status
            )
        )
        _book(row.warehouse_id, lines, units, lost, reason)
        reallocate_units(
            order.pk,
            units,
            reason=reason,
            cause=SourcingCause.REJECTION,
            avoids=frozenset([row.warehouse_id]),
            by=by,
        )
        return row


def _guard(order: Order, row: FulfillmentOrder) -> None:
    if row.status not in ACTIVE or order.status != OrderStatus.CONFIRMED:
        raise NotAnswerable(_("Nothing of it is wanted any more."))
    if row.request_status not in (*_OPEN_REQUESTS, RequestStatus.ACCEPTED):
        raise NotAnswerable(_("It was answered before."))


def _lost(lines: list[FulfillmentOrderLine], reason: RejectReason, missing: Mapping[str, int] | None) -> dict[int, int]:
    """Units by line of the order that leave the books. Raises ``InvalidRequest``, pointing at what makes no sense."""
    if reason not in CORRECTS_STOCK:
        if missing:
            raise _bad("#/lines", _("This reason says nothing about stock, so no line can miss units."))
        return {}
    if missing is None:
        return {line.line_id: line.quantity for line in lines}
    asked = {line.public_id: line for line in lines}
    for i, (public_id, units) in enumerate(missing.items()):
        if public_id not in asked:
            raise _bad(f"#/lines/{i}/id", _("It has no such line."))
        if not 1 <= units <= asked[public_id].quantity:
            most = asked[public_id].quantity
            raise _bad(f"#/lines/{i}/missing", _("From 1 to {units}: so many are asked for.").format(units=most))
    return {asked[public_id].line_id: units for public_id, units in missing.items()}


def _bad(pointer: str, words: str) -> InvalidRequest:
    return InvalidRequest(words, errors=[at(pointer, "invalid", words)])


def _call_off(row: FulfillmentOrder, lines: list[FulfillmentOrderLine]) -> None:
    """Nobody fetches it any more, and nothing of it is asked for."""
    tasks = list(PickTask.objects.filter(fulfillment_order=row, status__in=TO_DO).order_by("pk"))
    lists = locked_pick_lists(task.pick_list_id for task in tasks)
    for task in tasks:
        task.pick_list = lists[task.pick_list_id]
    take_off_lists(tasks)
    finish_if_done(lists.values())
    for line in lines:
        line.quantity = 0
    FulfillmentOrderLine.objects.bulk_update(lines, ["quantity"])
    row.reject()
    row.cancel()
    row.closed_at = timezone.now()
    row.version += 1
    row.save(update_fields=["status", "request_status", "closed_at", "version", "updated_at"])


def _book(
    warehouse_id: int,
    lines: list[FulfillmentOrderLine],
    units: Mapping[int, int],
    lost: Mapping[int, int],
    reason: RejectReason,
) -> None:
    """End the reservations, and take out of the books what isn't there."""
    locked_levels({line.line.product_id for line in lines})
    entries = [
        Entry(
            kind=MovementKind.RELEASED,
            product_id=line.line.product_id,
            warehouse_id=warehouse_id,
            allocated=-units[line.line_id],
            line_id=line.line_id,
            reason=f"rejected:{reason}",
        )
        for line in lines
    ]
    for line in lines:
        gone = lost.get(line.line_id, 0)
        if gone:
            entries += take_out(warehouse_id, line.line.product_id, gone, reason=reason, so_far=entries)
    book_stock(entries)


def _code(row: FulfillmentOrder) -> str:
    place = row.warehouse or row.supplier
    return place.code if place else ""
