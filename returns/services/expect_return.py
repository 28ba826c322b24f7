"""Expect goods that the carrier brings back because nobody took them; follows the dock's word that they are here."""

from collections.abc import Mapping

from django.utils import timezone

from orders.bundles import goods
from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order
from orders.services.count import Change, count, derive_statuses
from returns.events import ReturnExpected
from returns.models import Return, ReturnLine
from returns.selectors import about
from returns.services.request_return import refund_estimate
from returns.states import ReturnReason


def expect_return(order_id: int, *, units: Mapping[int, int], warehouse_id: int, by: Actor) -> Return | None:
    """Open a return for undelivered ``units`` (by line pk): approved and on its way, as nobody has to ask or send.

    Goods-in, inspection and refund go on as with any other. Units that the customer has asked to return are
    awaited already; None when all of them are.
    """
    with work(by=by):
        order = locked_order(order_id)
        free = {line: line.shipped - line.returned - line.return_requested for line in goods(locked_lines(order_id))}
        back = {line: min(units[line.pk], n) for line, n in free.items() if line.pk in units and n > 0}
        if not back:
            return None
        by_pk = {line.pk: n for line, n in back.items()}
        returning = Return(
            order=order,
            warehouse_id=warehouse_id,
            currency=order.currency,
            refund_estimate=refund_estimate(order, by_pk),
            requested_by=by.kind,
            approved_at=timezone.now(),
        )
        returning.approve()
        returning.travel()
        returning.save(force_insert=True)
        ReturnLine.objects.bulk_create(
            ReturnLine(return_request=returning, line=line, quantity=n, reason=ReturnReason.UNDELIVERABLE)
            for line, n in back.items()
        )
        count(order_id, {pk: Change(return_requested=n) for pk, n in by_pk.items()})
        derive_statuses(order_id, is_in_return=True)
        emit(
            ReturnExpected(
                **about(order, returning),
                refund_estimate=returning.refund_estimate,
                currency=returning.currency,
                lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=n) for line, n in back.items()),
            )
        )
        return returning
