"""Inspect what came back: its condition, what we accept, and where it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.models import Order
from orders.services.count import Change, count
from orders.services.exception import open_exception
from returns.errors import InvalidReceipt, WrongReturnStatus
from returns.events import ReturnInspected
from returns.locks import locked_return
from returns.models import Return, ReturnLine
from returns.selectors import about
from returns.services.close_return import close_return
from returns.states import Acceptance, Condition, Disposition, ReturnStatus
from warehouse.services.return_stock import return_stock


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found of one line (its public id): ``accepted`` of the received units are refunded.

    ``disposition`` is for those; units that we don't accept stay the customer's: they enter no stock, don't count as
    returned any more, and a person is asked whether they are sent back.
    """

    line: str
    accepted: int
    condition: Condition
    disposition: Disposition = Disposition.NONE


def inspect_return(return_id: int, *, findings: Sequence[Finding], by: Actor) -> Return:
    """Judge lines of a received return; when the last one is judged, refund what was accepted and close.

    Raises ``WrongReturnStatus`` and ``InvalidReceipt``; then nothing is judged.
    """
    with work(by=by):
        order, returning = locked_return(return_id, with_payments=True)
        if returning.status != ReturnStatus.RECEIVED:
            raise WrongReturnStatus(f"This return is {returning.status}; inspect it once all of it is received.")
        lines = list(returning.lines.select_related("line").order_by("pk"))
        judged = _judged(lines, findings)
        ReturnLine.objects.bulk_update(judged, ["accepted", "acceptance", "condition", "disposition"])
        count(order.pk, {line.line_id: Change(returned=-line.rejected) for line in judged if line.rejected})
        for line in judged:
            emit(
                ReturnInspected(
                    **about(order, returning),
                    line=line.line.public_id,
                    sku=line.line.sku,
                    received=line.received,
                    accepted=line.accepted,
                    condition=line.condition,
                    disposition=line.disposition,
                )
            )
        _ask_a_person(order, [line for line in judged if line.rejected], by=by)
        _put_away(returning, judged, by=by)
        if not any(_is_pending(line) for line in lines):
            close_return(order, returning, lines, by=by)
        return returning


def _judged(lines: list[ReturnLine], findings: Sequence[Finding]) -> list[ReturnLine]:
    pending = {line.public_id: line for line in lines if _is_pending(line)}
    names = [finding.line for finding in findings]
    if not names or len(set(names)) < len(names) or not set(names) <= pending.keys():
        raise InvalidReceipt("Judge each line that was received and isn't judged yet, once.")
    return [_judge(pending[finding.line], finding) for finding in findings]


def _judge(line: ReturnLine, finding: Finding) -> ReturnLine:
    if not 0 <= finding.accepted <= line.received:
        raise InvalidReceipt(f"{line.line.sku}: 0 to {line.received} units can be accepted.")
    if finding.condition == Condition.UNKNOWN:
        raise InvalidReceipt(f"{line.line.sku}: say in which condition it is.")
    if bool(finding.accepted) != (finding.disposition != Disposition.NONE):
        raise InvalidReceipt(f"{line.line.sku}: say where accepted units go, and only theirs.")
    line.accepted = finding.accepted
    line.acceptance = Acceptance.ACCEPTED if finding.accepted else Acceptance.REJECTED
    line.condition = finding.condition
    line.disposition = finding.disposition
    return line


def _is_pending(line: ReturnLine) -> bool:
    return line.received > 0 and line.acceptance == Acceptance.PENDING


def _ask_a_person(order: Order, lines: Sequence[ReturnLine], *, by: Actor) -> None:
    for line in lines:
        open_exception(
            order_id=order.pk,
            category="return_rejected",
            subject_kind="return_line",
            subject_id=line.public_id,
            facts={"units": line.rejected, "sku": line.line.sku},
            by=by,
        )


def _put_away(returning: Return, judged: list[ReturnLine], *, by: Actor) -> None:
    """Accepted units become stock again, or don't, as their disposition says."""
    for line in judged:
        if line.accepted and line.disposition != Disposition.KEEP and returning.warehouse_id is not None:
            return_stock(
                line.line_id,
                quantity=line.accepted,
                warehouse_id=returning.warehouse_id,
                disposition=line.disposition,
                by=by,
            )
