"""Ask to send something back: the customer's page, the API, or support on the phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.errors import InvalidRequest
from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import Order
from orders.services.count import Change, count
from orders.services.credit import credit_for_units
from orders.states import LineKind
from returns.errors import NotReturnable
from returns.events import ReturnRequested
from returns.models import Return, ReturnLine, ReturnRule
from returns.selectors import Returnable, about, returnable_lines, rule_for
from returns.services.approve_return import approve_return
from returns.states import ReturnReason
from shipping.selectors import last_warehouse_of


@dataclass(frozen=True, kw_only=True)
class WantedReturn:
    """Units of an order line (by public id) that the customer wants to send back, and why; of a bundle: all of it."""

    order_line: str
    quantity: int
    reason: ReturnReason
    note: str = ""


def request_return(order_id: int, *, lines: Sequence[WantedReturn], seen: int | None = None, by: Actor) -> Return:
    """Open a return, approved at once where the channel's rule says so.

    1 lock 2 refuse what hasn't left, came back before, is in another return or is past its window 3 reckon
    the refund 4 write 5 count. ``seen`` is how many returns the order had when the form was shown: a second
    click on it is refused. Raises ``InvalidRequest`` and ``NotReturnable``, each naming the lines.
    """
    with work(by=by):
        order = locked_order(order_id)
        if seen is not None and seen != order.returns.count():
            raise NotReturnable(_("Your request is here already; see the page of your order."))
        rule = rule_for(order)
        if rule is None:
            raise NotReturnable(_("Nothing can be sent back online. Please write to us."))
        rows = _rows(order, rule, [part for line in lines for part in _parts(order, line)])
        units = {row.line_id: row.quantity for row in rows}
        returning = Return.objects.create(
            order=order,
            warehouse_id=last_warehouse_of(units),
            currency=order.currency,
            refund_estimate=refund_estimate(order, units),
            requested_by=by.kind,
        )
        for row in rows:
            row.return_request = returning
        ReturnLine.objects.bulk_create(rows)
        count(order_id, {pk: Change(return_requested=n) for pk, n in units.items()})
        emit(
            ReturnRequested(
                **about(order, returning),
                is_auto_approved=rule.is_auto_approved,
                refund_estimate=returning.refund_estimate,
                currency=returning.currency,
                lines=tuple(
                    LineQuantity(line=row.line.public_id, sku=row.line.sku, quantity=row.quantity) for row in rows
                ),
            )
        )
        return approve_return(returning.pk, by=by) if rule.is_auto_approved else returning


def _parts(order: Order, wanted: WantedReturn) -> list[WantedReturn]:
    """A bundle comes back as its components, any other line as itself."""
    bundle = order.lines.filter(public_id=wanted.order_line, kind=LineKind.BUNDLE).first()
    if bundle is None:
        return [wanted]
    return [
        replace(wanted, order_line=part.public_id, quantity=wanted.quantity * part.per_bundle)
        for part in bundle.components.order_by("position")
    ]


def refund_estimate(order: Order, units: Mapping[int, int]) -> Decimal:
    """What accepting all of these units (by line pk) would give back: their share of what was billed."""
    return credit_for_units(order, units).total


def _rows(order: Order, rule: ReturnRule, lines: Sequence[WantedReturn]) -> list[ReturnLine]:
    known = set(order.lines.values_list("public_id", flat=True))
    wanted = [line.order_line for line in lines]
    errors = [
        at(f"#/lines/{i}/order_line", "unknown_line", _("Name each line of this order at most once."))
        for i, line in enumerate(wanted)
        if line not in known or line in wanted[:i]
    ]
    if errors or not wanted:
        raise InvalidRequest(_("Choose what you want to send back."), errors=errors)
    returnable = {entry.line.public_id: entry for entry in returnable_lines(order, rule)}
    refusals = [(i, _refusal(line, returnable.get(line.order_line))) for i, line in enumerate(lines)]
    errors = [at(f"#/lines/{i}/quantity", "not_returnable", words) for i, words in refusals if words]
    if errors:
        raise NotReturnable(" ".join(dict.fromkeys(error.detail for error in errors)), errors=errors)
    return [
        ReturnLine(
            line=returnable[line.order_line].line,
            quantity=line.quantity,
            reason=ReturnReason(line.reason),
            note=line.note[:2000],
        )
        for line in lines
    ]


def _refusal(wanted: WantedReturn, found: Returnable | None) -> str:
    """Why these units can't come back; empty when they can."""
    if found is None:
        return _("Nothing of this line can be sent back: it hasn't left yet, or is in a return already.")
    if not found.is_open:
        return _("The time to send {name} back is over.").format(name=found.line.name)
    if not 1 <= wanted.quantity <= found.quantity:
        return _("Of {name}, 1 to {most} can be sent back.").format(name=found.line.name, most=found.quantity)
    return ""
