"""Promise a delivery date: each date ever given is a row of the ledger, the line shows the latest."""

from collections.abc import Mapping, Sequence
from datetime import date

from orders.bundles import components_of, latest, sold
from orders.events import PromiseChanged
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order
from orders.models import DeliveryPromise, OrderLine
from orders.states import PromiseKind


def promise_lines(lines: Sequence[OrderLine], *, source: str) -> None:
    """Write down the first dates given, those that the lines already show; joins the open work.

    The confirmation that goes out with them tells the customer, so the notice is written too.
    """
    dated = [(line, line.promised_on) for line in lines if line.promised_on is not None]
    DeliveryPromise.objects.bulk_create(
        DeliveryPromise(line=line, kind=kind, promised_on=promised_on, source=source)
        for line, promised_on in dated
        for kind in (PromiseKind.PROMISE, PromiseKind.NOTICE)
    )


def move_promises(order_id: int, dates: Mapping[int, date | None], *, source: str, reason: str, by: Actor) -> None:
    """Give new dates to lines (by pk), and tell the customer where one differs from the last. None: nobody knows.

    A bundle comes with the last of its components; they have no promises of their own.
    """
    with work(by=by):
        order = locked_order(order_id)
        lines = locked_lines(order_id)
        dated = {**dates, **_of_bundles(lines, dates)}
        later = [line for line in lines if line.pk in dated and line.promised_on != dated[line.pk]]
        for line in later:
            line.promised_on = dated[line.pk]
        OrderLine.objects.bulk_update(later, ["promised_on"])
        moved = sold(later)
        DeliveryPromise.objects.bulk_create(
            DeliveryPromise(line=line, kind=kind, promised_on=line.promised_on, source=source, reason=reason)
            for line in moved
            if line.promised_on is not None
            for kind in (PromiseKind.PROMISE, PromiseKind.NOTICE)
        )
        for line in moved:
            emit(
                PromiseChanged(
                    order_id=order.pk,
                    number=order.number,
                    line=line.public_id,
                    promised_on=line.promised_on,
                    reason=reason,
                )
            )


def _of_bundles(lines: Sequence[OrderLine], dates: Mapping[int, date | None]) -> dict[int, date | None]:
    """The new dates of bundles of whose components ``dates`` names any."""
    return {
        pk: latest([dates.get(part.pk, part.promised_on) for part in parts if part.active])
        for pk, parts in components_of(lines).items()
        if any(part.pk in dates for part in parts)
    }


def close_promises(order_id: int, delivered: Mapping[int, date]) -> None:
    """Write down how the latest promise of each delivered line (by pk) ended; joins the open work."""
    lines = [line for line in locked_lines(order_id) if line.pk in delivered and line.promised_on is not None]
    DeliveryPromise.objects.bulk_create(
        DeliveryPromise(
            line=line,
            kind=PromiseKind.OUTCOME,
            promised_on=line.promised_on,
            is_kept=delivered[line.pk] <= line.promised_on,
        )
        for line in lines
        if line.promised_on is not None
    )
