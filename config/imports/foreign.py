"""An order as another shop, or another house of ours, tells it; and what it is to us: history, work, or neither."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.imports.faults import Fault, Refused, Remark
from orders.history import PastBuyer, PastLine, PastOrder
from orders.kernel.money import ZERO, spread
from orders.requests import Buyer, OrderRequest, WantedLine

LARGEST_LINE = Decimal(10) ** 9


@dataclass(frozen=True, kw_only=True)
class ForeignLine:
    """Units that were bought; ``tax`` None: the order only tells the sum."""

    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    discount: Decimal = ZERO
    tax_rate: Decimal = ZERO
    tax: Decimal | None = None
    is_taxed: bool = True
    external_ref: str = ""

    @property
    def value(self) -> Decimal:
        return self.unit_price * self.quantity - self.discount


@dataclass(frozen=True, kw_only=True)
class ForeignOrder:
    """``sent`` is ``all``, ``some`` or ``none``; ``paid`` and ``refunded`` are the money that moved there."""

    external_ref: str
    placed_at: datetime
    currency: str
    lines: tuple[ForeignLine, ...]
    sent: str
    paid: Decimal
    refunded: Decimal = ZERO
    includes_tax: bool = True
    shipping: Decimal = ZERO
    shipping_tax: Decimal | None = None
    shipping_tax_rate: Decimal = ZERO
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal
    shipping_method: str = ""
    buyer: PastBuyer = field(default_factory=PastBuyer)
    shipping_address: dict[str, str] = field(default_factory=dict)
    billing_address: dict[str, str] | None = None
    number: str = ""
    channel: str = ""
    cancelled_at: datetime | None = None
    completed_at: datetime | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    is_ours: bool = False  # from another house like this one: its metadata stays as it is

    @property
    def sum(self) -> Decimal:
        """What its parts come to."""
        goods = sum((line.value for line in self.lines), -self.discount)
        return goods + self.shipping + (ZERO if self.includes_tax else self.tax)


@dataclass(frozen=True, kw_only=True)
class Work:
    """An order to be placed here, that was paid there."""

    request: OrderRequest
    total: Decimal


def judge(order: ForeignOrder, *, is_open_taken: bool, shipping_method: str, channel: str) -> PastOrder | Work:
    """What the order is to us. Raises ``Refused``.

    | there | without --open | with --open |
    |---|---|---|
    | cancelled | history, cancelled | the same |
    | sent as a whole | history, delivered | the same |
    | not sent, all of its money given back | history, cancelled | the same |
    | not sent, paid | ``still_open`` | placed here, payment recorded |
    | not sent, not paid | ``not_paid`` | the same |
    | sent in part | ``partly_sent`` | the same |
    """
    if not order.lines:
        raise Refused(Fault.NO_LINES)
    if max(line.unit_price * line.quantity for line in order.lines) >= LARGEST_LINE:
        raise Refused(Fault.BAD_VALUE, "a line is worth more than can be kept")
    if order.sum != order.total:
        raise Refused(Fault.SUMS_DIFFER, f"{order.sum:f} instead of {order.total:f}")
    if order.refunded > order.paid:
        raise Refused(Fault.SUMS_DIFFER, f"{order.refunded:f} went back of {order.paid:f} that came in")
    if order.cancelled_at or order.sent == "all":
        return _history(order, channel, cancelled_at=order.cancelled_at)
    if order.sent == "some":
        raise Refused(Fault.PARTLY_SENT)
    if order.paid and order.refunded == order.paid:
        return _history(order, channel, cancelled_at=order.placed_at)
    if order.paid - order.refunded < order.total:
        raise Refused(Fault.NOT_PAID, f"{order.paid - order.refunded:f} of {order.total:f}")
    if not is_open_taken:
        raise Refused(Fault.STILL_OPEN)
    return _work(order, shipping_method=shipping_method, channel=channel)


def remarks_of(order: ForeignOrder) -> tuple[Remark, ...]:
    """What is unusual about it as history."""
    found = list(order.remarks)
    if not order.buyer.email:
        found.append(Remark.NO_EMAIL)
    if not order.shipping_address.get("country"):
        found.append(Remark.UNKNOWN_COUNTRY)
    if order.cancelled_at and order.refunded < order.paid:
        found.append(Remark.NOT_PAID_BACK)
    if not order.cancelled_at and order.paid < order.total:
        found.append(Remark.UNPAID)
    return tuple(dict.fromkeys(found))


def _history(order: ForeignOrder, channel: str, *, cancelled_at: datetime | None) -> PastOrder:
    taxes, shipping_tax = _taxes(order)
    return PastOrder(
        external_ref=order.external_ref,
        number=order.number,
        placed_at=order.placed_at,
        customer="",
        country=order.shipping_address.get("country", ""),
        buyer=order.buyer,
        shipping_address=order.shipping_address or None,
        billing_address=order.billing_address,
        lines=[
            PastLine(
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount,
                tax_rate=line.tax_rate,
                tax=tax,
                external_ref=line.external_ref,
            )
            for line, tax in zip(order.lines, taxes, strict=True)
        ],
        shipping=order.shipping,
        shipping_tax=shipping_tax,
        shipping_tax_rate=order.shipping_tax_rate,
        discount=order.discount,
        prices_include_tax=order.includes_tax,
        paid=order.paid,
        refunded=order.refunded,
        cancelled_at=cancelled_at,
        completed_at=order.completed_at,
        tags=order.tags,
        note=order.note,
        metadata=order.metadata if order.is_ours else _marked(order, channel),
    )


def _marked(order: ForeignOrder, channel: str) -> dict[str, Any]:
    notes = sorted(remark.code for remark in remarks_of(order))
    return {"imported_from": channel, **order.metadata, "notes": notes}


def _taxes(order: ForeignOrder) -> tuple[list[Decimal], Decimal]:
    """The tax of each line and of the shipping: as told, else the sum spread over what is taxed, by value and rate."""
    if all(line.tax is not None for line in order.lines):
        return [line.tax or ZERO for line in order.lines], order.shipping_tax or ZERO
    weights = [line.value * (line.tax_rate or Decimal(1)) if line.is_taxed else ZERO for line in order.lines]
    weights.append(order.shipping * order.shipping_tax_rate)
    if not any(weights):
        weights = [line.value for line in order.lines] + [ZERO]
    *taxes, shipping_tax = spread(order.tax, weights, order.currency)
    return taxes, shipping_tax


def _work(order: ForeignOrder, *, shipping_method: str, channel: str) -> Work:
    if not order.buyer.email:
        raise Refused(Fault.REFUSED, "it has no mail address, and the customer must be told where it is")
    if not order.shipping_address.get("country"):
        raise Refused(Fault.REFUSED, "its address has no country")
    highest = max((line.tax_rate for line in order.lines if line.is_taxed), default=ZERO)
    lines = tuple(
        WantedLine(
            sku=line.sku,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_rate=line.tax_rate if line.is_taxed else ZERO,
            discount=line.discount,
            external_ref=line.external_ref,
        )
        for line in order.lines
    )
    request = OrderRequest(
        channel=channel,
        currency=order.currency,
        customer=Buyer(
            email=order.buyer.email, name=order.buyer.name, phone=order.buyer.phone, language=order.buyer.language
        ),
        shipping_address=order.shipping_address,
        billing_address=order.billing_address,
        lines=lines,
        external_ref=order.external_ref,
        prices_include_tax=order.includes_tax,
        shipping_method=shipping_method,
        shipping_price=order.shipping,
        shipping_tax_rate=order.shipping_tax_rate if order.is_ours else highest,
        discount=order.discount,
        tags=order.tags,
        note=order.note,
        metadata={**order.metadata, "taken_over_from": channel},
    )
    return Work(request=request, total=order.total)
