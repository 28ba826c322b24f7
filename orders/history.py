"""History on its way in: orders made elsewhere, and the rows they become here, in their final state. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from orders.derivation import fulfillment_status, payment_status
from orders.kernel.money import ZERO, spread
from orders.models import Channel, Customer, Order, OrderLine, Partner, Payment, PaymentTransaction, Product
from orders.states import OrderStatus, PaymentStatus, TransactionKind, TransactionStatus

GATEWAY = "manual"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where history comes from: a channel, and a partner of the same code whose references the orders keep."""

    code: str
    name: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class PastProduct:
    """What a product is called and costs, should the catalogue not have it."""

    name: str
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class PastLine:
    """Units of one product that were sold; prices hold whatever tax there was."""

    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    external_ref: str = ""

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


@dataclass(frozen=True, kw_only=True)
class PastOrder:
    """An order that is over. ``customer`` is their number at the source, empty for a guest."""

    external_ref: str
    placed_at: datetime
    customer: str
    country: str
    lines: Sequence[PastLine]
    shipping: Decimal = ZERO
    discount: Decimal = ZERO
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def items(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        return self.items + self.shipping - self.discount


def product_row(sku: str, past: PastProduct, channel: Channel) -> Product:
    """An inactive product: it was sold once, which doesn't mean that it still is."""
    return Product(
        sku=sku,
        name=past.name,
        price=past.price,
        currency=channel.currency,
        is_active=False,
        metadata={"imported_from": channel.code},
    )


def customer_row(number: str, channel: Channel) -> Customer:
    """A customer known by the source's number only; all guests of a channel are one nameless customer."""
    return Customer(
        reference=customer_reference(number, channel), name=_name(number), language=channel.default_language
    )


def customer_reference(number: str, channel: Channel) -> str:
    """The name by which a customer of history is found again."""
    return f"{channel.code}:{number or 'guest'}"


def _name(customer: str) -> str:
    return f"Customer {customer}" if customer else "Guest"


def line_rows(past: PastOrder, product_ids: Mapping[str, int], channel: Channel) -> list[OrderLine]:
    """The lines of an order: all delivered, nothing picked here; the order's discount is spread over them."""
    discounts = spread(past.discount, [line.amount for line in past.lines], channel.currency)
    return [
        OrderLine(
            position=position,
            product_id=product_ids[line.sku],
            sku=line.sku,
            name=line.name,
            unit_price=line.unit_price,
            order_discount=discount,
            amount=line.amount - discount,
            external_ref=line.external_ref,
            accepts_substitutes=False,
            ordered=line.quantity,
            shipped=line.quantity,
            delivered=line.quantity,
        )
        for position, (line, discount) in enumerate(zip(past.lines, discounts, strict=True), start=1)
    ]


def order_row(
    past: PastOrder, lines: Sequence[OrderLine], *, channel: Channel, partner: Partner, customer_id: int
) -> Order:
    """A completed order, dated when it was placed: the source tells no other moment."""
    order = Order(
        channel=channel,
        partner=partner,
        external_ref=past.external_ref,
        customer_id=customer_id,
        customer_name=_name(past.customer),
        language=channel.default_language,
        shipping_address=_address(past),
        status=OrderStatus.COMPLETED,
        currency=channel.currency,
        prices_include_tax=channel.prices_include_tax,
        discount=past.discount,
        items_total=past.items,
        discount_total=past.discount,
        shipping_total=past.shipping,
        total=past.total,
        authorized_total=past.total,
        captured_total=past.total,
        metadata=dict(past.metadata),
        placed_at=past.placed_at,
        confirmed_at=past.placed_at,
        completed_at=past.placed_at,
        created_at=past.placed_at,
        imported_at=timezone.now(),
    )
    order.fulfillment_status = fulfillment_status(lines, is_held=False)
    order.payment_status = payment_status(order)
    return order


def _address(past: PastOrder) -> dict[str, str]:
    empty = dict.fromkeys(("company", "line1", "line2", "city", "region", "postal_code", "phone"), "")
    return {"name": _name(past.customer), "country": past.country, **empty}


def payment_row(order: Order) -> Payment:
    """The money of an order, all of it received by hand."""
    return Payment(
        order=order,
        gateway=GATEWAY,
        status=PaymentStatus.CAPTURED,
        currency=order.currency,
        amount=order.total,
        authorized_amount=order.total,
        captured_amount=order.total,
    )


def charge_row(payment: Payment) -> PaymentTransaction:
    """How it was received."""
    return PaymentTransaction(
        payment=payment,
        kind=TransactionKind.CHARGE,
        status=TransactionStatus.SUCCESS,
        amount=payment.amount,
        idempotency_key=f"history:{payment.public_id}",
        finished_at=payment.order.placed_at,
    )
