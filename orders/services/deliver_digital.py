"""Deliver what needs no warehouse: once an order is confirmed and paid, its buyer gets links and codes."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from orders.events import DigitalDelivered, LineQuantity
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.ids import public_id
from orders.kernel.secret import fingerprint, sealed
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order
from orders.models import DigitalCode, DigitalGood, Order, OrderHold, OrderLine
from orders.selectors import waiting_digital_orders
from orders.services.complete import complete_if_done
from orders.services.count import Change, count
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.invoice import issue_invoice
from orders.states import LineKind, OrderStatus

CODES_MISSING = "codes_missing"


def deliver_digital(order_id: int, *, by: Actor) -> bool:
    """Hand out what is digital of a confirmed order that owes nothing and isn't held; tells whether anything was.

    1 lock 2 guard 3 give each unit its code 4 count it as delivered 5 bill it 6 tell. Where the pool has too few
    codes, those units wait and a person is asked for more. May be called again: what was delivered stays so.
    """
    with work(by=by):
        order = locked_order(order_id)
        if order.status != OrderStatus.CONFIRMED or order.balance > 0:
            return False
        lines = [line for line in locked_lines(order_id) if line.kind == LineKind.DIGITAL and line.open]
        waiting = [line for line in lines if not _is_held(order, line)]
        if not waiting:
            return False
        goods = {
            good.product_id: good for good in DigitalGood.objects.filter(product__in=[w.product_id for w in waiting])
        }
        given = {line.pk: _give(goods.get(line.product_id), line) for line in waiting}
        units = {pk: n for pk, n in given.items() if n}
        _ask_for_codes(order, [line for line in waiting if given[line.pk] < line.open], by=by)
        if not units:
            return False
        count(order_id, {pk: Change(shipped=n, delivered=n) for pk, n in units.items()})
        issue_invoice(order_id, units=units, cause_id=public_id("dg"), by=by)
        emit(
            DigitalDelivered(
                order_id=order.pk,
                number=order.number,
                lines=tuple(
                    LineQuantity(line=line.public_id, sku=line.sku, quantity=units[line.pk])
                    for line in waiting
                    if line.pk in units
                ),
            )
        )
        complete_if_done(order_id, by=by)
        return True


def deliver_waiting(*, by: Actor = SYSTEM) -> int:
    """Deliver what waited for codes, a payment or a hold; called by the beat. Returns how many orders got some."""
    return sum(deliver_digital(order_id, by=by) for order_id in waiting_digital_orders())


def need_no_codes(order_id: int, *, by: Actor) -> None:
    """Units were called off: where none waits for a code any more, nobody is asked for some."""
    with work(by=by):
        order = locked_order(order_id)
        lines = [line for line in locked_lines(order_id) if line.kind == LineKind.DIGITAL]
        if lines and not any(line.open for line in lines):
            _got_codes(order, resolution="Nothing waits for codes any more.", by=by)


def add_codes(good_id: int, codes: Sequence[str], *, by: Actor) -> int:
    """Put codes into a pool, and give them to those who wait; returns how many were new. Known ones change nothing."""
    with work(by=by):
        good = DigitalGood.objects.select_for_update(of=("self",), no_key=True).get(pk=good_id)
        before = good.codes.count()
        rows = [DigitalCode(good=good, sealed=sealed(code), fingerprint=fingerprint(code)) for code in codes]
        DigitalCode.objects.bulk_create(rows, ignore_conflicts=True)
        added = good.codes.count() - before
    deliver_waiting(by=by)
    return added


def _is_held(order: Order, line: OrderLine) -> bool:
    holds: QuerySet[OrderHold] = order.holds.filter(released_at=None)
    return any(not hold.lines.all() or line in hold.lines.all() for hold in holds.prefetch_related("lines"))


def _give(good: DigitalGood | None, line: OrderLine) -> int:
    """How many units are delivered: with codes at most as many as the pool has. Nobody else gets the same one."""
    if good is None or not good.uses_codes:
        return line.open
    free = good.codes.filter(line=None).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    codes: Sequence[DigitalCode] = list(free[: line.open])
    DigitalCode.objects.filter(pk__in=[code.pk for code in codes]).update(line=line, given_at=timezone.now())
    return len(codes)


def _ask_for_codes(order: Order, short: Sequence[OrderLine], *, by: Actor) -> None:
    if not short:
        _got_codes(order, resolution="There were codes again.", by=by)
        return
    open_exception(
        order_id=order.pk,
        category=CODES_MISSING,
        subject_kind="order",
        subject_id=order.public_id,
        facts={"skus": [line.sku for line in short]},
        by=by,
    )


def _got_codes(order: Order, *, resolution: str, by: Actor) -> None:
    resolve_exceptions(
        category=CODES_MISSING, subject_kind="order", subject_id=order.public_id, resolution=resolution, by=by
    )
