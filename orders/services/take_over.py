"""Take over an order that was paid elsewhere and hasn't left yet: it becomes work here, like any other order."""

from dataclasses import dataclass
from decimal import Decimal

from orders.errors import DuplicateExternalRef, InvalidRequest
from orders.history import Source
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, text
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import Order
from orders.pricing import LinePrice, price
from orders.requests import OrderRequest
from orders.services.place import place_order
from orders.services.record_history import source_rows
from orders.services.record_payment import record_payment
from orders.states import OrderStatus


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """The order, and whether it is new here."""

    order: Order
    is_new: bool


class _Rehearsed(Exception):
    """All went well, and nothing of it shall stay."""

    def __init__(self, order: Order) -> None:
        self.order = order
        super().__init__("rehearsed")


def take_over_order(
    request: OrderRequest, *, source: Source, total: Decimal, by: Actor, rehearse: bool = False
) -> TakenOver:
    """Place the order as its shop's partner and record that ``total`` was paid, which releases it to the warehouse.

    ``request`` names every line's price and tax rate. 1 know it already? 2 is its total here the one there? 3 place it
    4 record the payment. A step that was done before is skipped, so that repeating finishes what was cut off.
    ``rehearse`` rolls it all back. Raises what ``place_order`` and ``record_payment`` raise, and ``InvalidRequest``
    when the totals differ.
    """
    known = _known(request.external_ref, source)
    if known is None:
        _check_total(request, total)
    if rehearse:
        return TakenOver(order=known, is_new=False) if known else _rehearse(request, source=source, by=by)
    taken = TakenOver(order=known, is_new=False) if known else _place(request, source=source, by=by)
    _pay(taken.order.pk, note=request.external_ref, by=by)
    return taken


def _known(external_ref: str, source: Source) -> Order | None:
    rows = Order.objects.filter(partner__code=source.code, external_ref=external_ref)
    return rows.exclude(status=OrderStatus.DECLINED).first()


def _place(request: OrderRequest, *, source: Source, by: Actor) -> TakenOver:
    with work(by=by):
        _channel, partner = source_rows(source)
    try:
        return TakenOver(order=place_order(request, by=by, partner=partner), is_new=True)
    except DuplicateExternalRef:
        known = _known(request.external_ref, source)  # another import was faster
        if known is None:
            raise
        return TakenOver(order=known, is_new=False)


def _pay(order_id: int, *, note: str, by: Actor) -> None:
    """Looked at under its lock: an import of the same file, at the same time, may have recorded the payment."""
    with work(by=by):
        order = locked_order(order_id)
        if order.status == OrderStatus.PLACED and order.balance > ZERO:
            record_payment(order_id, amount=order.balance, note=note, by=by)


def _rehearse(request: OrderRequest, *, source: Source, by: Actor) -> TakenOver:
    try:
        with work(by=by):
            _channel, partner = source_rows(source)
            raise _Rehearsed(place_order(request, by=by, partner=partner))
    except _Rehearsed as done:
        return TakenOver(order=done.order, is_new=True)


def _check_total(request: OrderRequest, total: Decimal) -> None:
    """Before anything is placed: the lines say their prices and rates, so it can be worked out."""
    lines = [
        LinePrice(
            unit_price=line.unit_price or ZERO,
            quantity=line.quantity,
            discount=line.discount,
            tax_rate=line.tax_rate or ZERO,
        )
        for line in request.lines
    ]
    _amounts, totals = price(
        lines,
        discount=request.discount,
        shipping=request.shipping_price or ZERO,
        shipping_rate=request.shipping_tax_rate,
        includes_tax=bool(request.prices_include_tax),
        currency=request.currency,
    )
    if totals.total != total:
        raise InvalidRequest(
            f"total: it comes to {text(totals.total, request.currency)} {request.currency} here, "
            f"but to {text(total, request.currency)} there; most likely a tax rate is missing."
        )
