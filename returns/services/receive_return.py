"""Receive what came back; the warehouse counts it at the returns desk."""

from collections.abc import Collection, Mapping

from django.utils import timezone

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.models import Order
from orders.services.count import Change, count
from orders.services.exception import open_exception
from returns.errors import InvalidReceipt, WrongReturnStatus
from returns.events import ReturnReceived
from returns.locks import locked_return
from returns.models import Return, ReturnLine
from returns.selectors import RECEIVABLE, about
from returns.services.close_return import close_return
from returns.states import Reception


def receive_return(
    return_id: int,
    *,
    received: Mapping[str, int],
    missing: Collection[str] = (),
    wrong: Collection[str] = (),
    by: Actor,
) -> Return:
    """Count units in, by public id of the return's line; what else the line asked for may still come.

    ``missing`` lines won't bring more; for ``wrong`` lines something else was in the box. Once no line is
    awaited the return is received, and a person is asked about what is missing or wrong.
    Raises ``WrongReturnStatus`` and ``InvalidReceipt``; then nothing is counted.
    """
    with work(by=by):
        order, returning = locked_return(return_id, with_payments=True)
        if returning.status not in RECEIVABLE:
            raise WrongReturnStatus(f"This return is {returning.status}; nothing of it can be received.")
        lines = list(returning.lines.select_related("line").order_by("pk"))
        _refuse(lines, received, missing, wrong)
        changes = {line.line_id: _receive(line, received, missing, wrong) for line in lines}
        ReturnLine.objects.bulk_update(lines, ["received", "reception"])
        is_complete = all(line.reception != Reception.AWAITING for line in lines)
        _move_on(returning, is_complete=is_complete)
        count(order.pk, {pk: change for pk, change in changes.items() if change != Change()})
        emit(
            ReturnReceived(
                **about(order, returning),
                is_complete=is_complete,
                lines=tuple(
                    LineQuantity(line=line.line.public_id, sku=line.line.sku, quantity=received[line.public_id])
                    for line in lines
                    if received.get(line.public_id)
                ),
            )
        )
        _ask_a_person(order, returning, [line for line in lines if line.public_id in {*missing, *wrong}], by=by)
        if is_complete and not any(line.received for line in lines):
            close_return(order, returning, lines, by=by)
        return returning


def _refuse(
    lines: list[ReturnLine], received: Mapping[str, int], missing: Collection[str], wrong: Collection[str]
) -> None:
    by_id = {line.public_id: line for line in lines}
    named = [*received, *missing, *wrong]
    if not named or not set(named) <= by_id.keys() or set(missing) & set(wrong):
        raise InvalidReceipt("Name lines of this return, each as missing or wrong but not both.")
    for name in named:
        line = by_id[name]
        units = received.get(name, 0)
        if line.reception != Reception.AWAITING or not 0 <= units <= line.quantity - line.received:
            raise InvalidReceipt(f"{line.line.sku}: {_awaited(line)} units are awaited.")
        if not units and name not in {*missing, *wrong}:
            raise InvalidReceipt(f"{line.line.sku}: count at least one unit, or mark it missing or wrong.")


def _awaited(line: ReturnLine) -> int:
    return line.quantity - line.received if line.reception == Reception.AWAITING else 0


def _receive(line: ReturnLine, received: Mapping[str, int], missing: Collection[str], wrong: Collection[str]) -> Change:
    """Move one line on; units that won't come may be named by another return."""
    units = received.get(line.public_id, 0)
    line.received += units
    if line.public_id in wrong:
        line.reception = Reception.WRONG_ITEM
    elif line.received == line.quantity:
        line.reception = Reception.RECEIVED
    elif line.public_id in missing:
        line.reception = Reception.MISSING
    given_up = line.quantity - line.received if line.public_id in {*missing, *wrong} else 0
    return Change(returned=units, return_requested=-units - given_up)


def _move_on(returning: Return, *, is_complete: bool) -> None:
    if is_complete:
        returning.receive()
        returning.received_at = timezone.now()
    else:
        returning.receive_part()
    returning.version += 1
    returning.save()


_ODD = (Reception.MISSING, Reception.WRONG_ITEM)


def _ask_a_person(order: Order, returning: Return, odd: list[ReturnLine], *, by: Actor) -> None:
    if not odd:
        return
    by_kind = {kind: [line.line.sku for line in odd if line.reception == kind] for kind in _ODD}
    open_exception(
        order_id=order.pk,
        category="return_differs",
        subject_kind="return",
        subject_id=returning.public_id,
        facts={"missing": by_kind[Reception.MISSING], "wrong": by_kind[Reception.WRONG_ITEM]},
        by=by,
    )
