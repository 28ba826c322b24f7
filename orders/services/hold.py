"""Hold an order, or let it go on: an open hold stops picking and says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from orders.bundles import moving, with_components
from orders.errors import AlreadyReleased, InvalidRequest, NotFound, NotHoldable
from orders.events import OrderHeld, OrderReleased
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order
from orders.models import HoldRule, Order, OrderHold
from orders.services.count import derive_statuses
from orders.services.exception import resolve_exceptions
from orders.states import HoldReason, OrderStatus

# An unpaid order that was held has this much time to be paid afterwards.
_AT_LEAST = timedelta(days=1)
_HOLDABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def hold_order(
    order_id: int,
    *,
    reason: HoldReason,
    note: str = "",
    release_at: datetime | None = None,
    lines: Sequence[str] = (),
    rule: HoldRule | None = None,
    facts: Mapping[str, Any] | None = None,
    by: Actor,
) -> OrderHold:
    """Stop the order, or some of its lines (public ids), until somebody or ``release_at`` releases it.

    A bundle is stopped with its components. Several holds may be open at once; ``rule`` places one by itself, because
    of ``facts``. Raises ``NotHoldable`` when nothing is left to stop, ``NotFound`` for a line, ``InvalidRequest`` for a
    ``release_at`` that has passed.
    """
    if release_at is not None and release_at <= timezone.now():
        passed = at("#/release_at", "passed", "Give a time that is still to come.")
        raise InvalidRequest("release_at: give a time that is still to come.", errors=[passed])
    with work(by=by):
        order = locked_order(order_id)
        mine = locked_lines(order_id)
        if order.status not in _HOLDABLE or not any(line.open for line in moving(mine)):
            raise NotHoldable("Nothing of this order is left to hold.")
        named = [line for line in mine if line.public_id in lines]
        if len(named) != len(set(lines)):
            raise NotFound("lines: use ids of lines of this order.")
        chosen = with_components(named, mine)
        hold = OrderHold.objects.create(
            order=order,
            reason=reason,
            note=note,
            rule=rule,
            facts=dict(facts or {}),
            release_at=release_at,
            placed_by=str(by),
        )
        hold.lines.set(chosen)
        derive_statuses(order_id)
        emit(OrderHeld(order_id=order.pk, number=order.number, hold=hold.public_id, reason=reason))
        return hold


def release_hold(hold: str, *, order_id: int | None = None, by: Actor) -> OrderHold:
    """Let the order go on, as far as this hold (public id) is concerned. Raises ``NotFound``, ``AlreadyReleased``."""
    found = OrderHold.objects.filter(public_id=hold)
    if order_id is not None:
        found = found.filter(order_id=order_id)
    owner = found.values_list("order_id", flat=True).first()
    if owner is None:
        raise NotFound("hold: there is no such hold on this order.")
    with work(by=by):
        order = locked_order(owner)
        row = found.get()
        if row.released_at is not None:
            raise AlreadyReleased("This hold was released before.")
        row.released_at = timezone.now()
        row.released_by = str(by)
        row.save(update_fields=["released_at", "released_by"])
        _give_time(order, row)
        derive_statuses(order.pk)
        resolve_exceptions(
            category="hold_too_old",
            subject_kind="order_hold",
            subject_id=row.public_id,
            resolution="It was released.",
            by=by,
        )
        emit(OrderReleased(order_id=order.pk, number=order.number, hold=row.public_id, reason=row.reason))
        return row


def release_due_holds(*, by: Actor) -> int:
    """Release every hold whose time has come; called by the beat. Returns how many."""
    due = OrderHold.objects.filter(released_at=None, release_at__lte=timezone.now())
    released = 0
    for hold in due.values_list("public_id", flat=True):
        try:
            release_hold(hold, by=by)
        except AlreadyReleased:
            continue
        released += 1
    return released


def _give_time(order: Order, hold: OrderHold) -> None:
    """Time that we held an unpaid order for isn't its customer's: it waits that much longer, a day at least.

    Of several holds the last one gives the time back, so that no day counts twice.
    """
    if order.status != OrderStatus.PLACED or order.expires_at is None or hold.reason == HoldReason.AWAITING_PAYMENT:
        return
    others = OrderHold.objects.filter(order=order, released_at=None).exclude(reason=HoldReason.AWAITING_PAYMENT)
    if others.exists():
        return
    now = timezone.now()
    order.expires_at = max(order.expires_at + (now - hold.created_at), now + _AT_LEAST)
    order.save(update_fields=["expires_at", "updated_at"])
