"""An order's derived axes: pure functions of its counters, holds and money, the only place that decides them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from orders.states import FulfillmentState, OrderStatus, PaymentState, ReturnState

_GOES_ON = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)


class Counters(Protocol):
    """What a line must tell."""

    ordered: int
    cancelled: int
    backordered: int
    picked: int
    shipped: int
    delivered: int
    written_off: int
    return_requested: int
    returned: int
    ships_on: date | None


class Amounts(Protocol):
    """What an order must tell."""

    status: str
    total: Decimal
    authorized_total: Decimal
    captured_total: Decimal
    refunded_total: Decimal
    credited_total: Decimal


def fulfillment_status(lines: Sequence[Counters], *, is_held: bool) -> FulfillmentState:
    """How far the goods are that have arrived or still are to; what has left counts more than what waits.

    ``lines`` are those whose units move: components instead of their bundle.
    """
    F = FulfillmentState
    due = sum(line.ordered - line.cancelled - line.written_off for line in lines)
    shipped = sum(line.shipped - line.written_off for line in lines)
    delivered = sum(line.delivered for line in lines)
    if due == 0:
        return F.NOT_REQUIRED
    if delivered == due:
        return F.DELIVERED
    if delivered:
        return F.PARTIALLY_DELIVERED
    if shipped == due:
        return F.SHIPPED
    if shipped:
        return F.PARTIALLY_SHIPPED
    return _before_dispatch(lines, is_held=is_held)


def _before_dispatch(lines: Sequence[Counters], *, is_held: bool) -> FulfillmentState:
    F = FulfillmentState
    if is_held:
        return F.ON_HOLD
    if any(line.picked for line in lines):
        return F.IN_PROGRESS
    here = [line for line in lines if line.ordered > line.cancelled + line.shipped and not line.ships_on]
    if not here:
        return F.SCHEDULED
    return F.BACKORDERED if any(line.backordered for line in here) else F.UNFULFILLED


def return_status(lines: Sequence[Counters], *, is_in_return: bool = False) -> ReturnState:
    """How far goods are on their way back; ``is_in_return``: a request was approved. Lines as above."""
    R = ReturnState
    shipped = sum(line.shipped for line in lines)
    returned = sum(line.returned for line in lines)
    if returned and returned == shipped:
        return R.RETURNED
    if is_in_return:
        return R.IN_RETURN
    if sum(line.return_requested for line in lines):
        return R.REQUESTED
    return R.PARTIALLY_RETURNED if returned else R.NONE


def payment_status(amounts: Amounts, *, was_voided: bool = False) -> PaymentState:
    """How far the money is. ``authorized_total`` counts captured money; voids lower it.

    What goes on and costs nothing is paid; a cancelled order costs nothing either, but nobody paid it.
    """
    P = PaymentState
    captured, refunded = amounts.captured_total, amounts.refunded_total
    if captured:
        return _after_capture(amounts, captured=captured, refunded=refunded)
    if amounts.authorized_total:
        return P.AUTHORIZED if amounts.authorized_total >= amounts.total - amounts.credited_total else P.PARTIALLY_PAID
    if was_voided:
        return P.VOIDED
    is_free = not amounts.total and amounts.status in _GOES_ON
    return P.PAID if is_free else P.UNPAID


def _after_capture(amounts: Amounts, *, captured: Decimal, refunded: Decimal) -> PaymentState:
    P = PaymentState
    if refunded:
        return P.REFUNDED if refunded >= captured else P.PARTIALLY_REFUNDED
    owed = amounts.total - amounts.credited_total
    if captured < owed:
        return P.PARTIALLY_PAID
    return P.PAID if captured == owed else P.OVERPAID
