"""History on its way in: orders made elsewhere, and the rows they become here, in their final state. No database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from orders.derivation import fulfillment_status, payment_status
from orders.kernel.money import ZERO, spread
from orders.models import (
    Channel,
    Customer,
    Order,
    OrderCancellation,
    OrderCancellationLine,
    OrderLine,
    Partner,
    Payment,
    PaymentTransaction,
    Product,
    Refund,
)
from orders.phones import normal_form
from orders.states import (
    CancelReason,
    OrderStatus,
    PaymentStatus,
    RefundReason,
    RefundStatus,
    TransactionKind,
    TransactionStatus,
)

GATEWAY = "manual"
ADDRESS_PARTS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone")


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
class PastBuyer:
    """Who bought, where the source knows it; with a mail address they are a customer like any other."""

    email: str = ""
    name: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class PastLine:
    """Units of one product that were sold; ``discount`` is for all of them, ``tax`` is in, or on, what is left."""

    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    discount: Decimal = ZERO
    tax_rate: Decimal = ZERO
    tax: Decimal = ZERO
    external_ref: str = ""

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price

    @property
    def value(self) -> Decimal:
        return self.amount - self.discount


@dataclass(frozen=True, kw_only=True)
class PastOrder:
    """An order that is over: delivered, or cancelled at ``cancelled_at``.

    ``customer`` is their number at the source, empty for a guest; ``buyer`` says more. ``paid`` None: all of it.
    """

    external_ref: str
    placed_at: datetime
    customer: str
    country: str
    lines: Sequence[PastLine]
    shipping: Decimal = ZERO
    discount: Decimal = ZERO
    metadata: Mapping[str, Any] = field(default_factory=dict)
    number: str = ""
    buyer: PastBuyer = PastBuyer()
    shipping_address: Mapping[str, str] | None = None
    billing_address: Mapping[str, str] | None = None
    prices_include_tax: bool | None = None
    shipping_tax: Decimal = ZERO
    shipping_tax_rate: Decimal = ZERO
    paid: Decimal | None = None
    refunded: Decimal = ZERO
    cancelled_at: datetime | None = None
    completed_at: datetime | None = None
    tags: Sequence[str] = ()
    note: str = ""

    @property
    def items(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def discounts(self) -> Decimal:
        return sum((line.discount for line in self.lines), self.discount)

    @property
    def tax(self) -> Decimal:
        return sum((line.tax for line in self.lines), self.shipping_tax)

    @property
    def sum(self) -> Decimal:
        """What it came to before anything was called off."""
        on_top = self.tax if self.prices_include_tax is False else ZERO
        return self.items - self.discounts + self.shipping + on_top

    @property
    def total(self) -> Decimal:
        """What it came to in the end."""
        return ZERO if self.cancelled_at else self.sum

    @property
    def received(self) -> Decimal:
        """The money that came in."""
        return self.sum if self.paid is None else self.paid


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


def customer_row(past: PastOrder, channel: Channel) -> Customer:
    """A customer with a mail address; or one known by the source's number only; all guests are one."""
    language = past.buyer.language or channel.default_language
    if past.buyer.email:
        buyer = past.buyer
        return Customer(
            email=buyer.email.lower(),
            name=buyer.name,
            phone=buyer.phone,
            phone_e164=_normal_phone(past),
            language=language,
        )
    reference = customer_reference(past.customer, channel)
    return Customer(reference=reference, name=_numbered(past.customer), language=language)


def customer_key(past: PastOrder, channel: Channel) -> str:
    """The mail address or the reference by which a customer of history is found again."""
    return past.buyer.email.lower() or customer_reference(past.customer, channel)


def customer_reference(number: str, channel: Channel) -> str:
    """The name by which a customer without a mail address is found again."""
    return f"{channel.code}:{number or 'guest'}"


def _normal_phone(past: PastOrder) -> str:
    return normal_form(past.buyer.phone, (past.shipping_address or {}).get("country", past.country))


def _name(past: PastOrder) -> str:
    return past.buyer.name or _numbered(past.customer)


def _numbered(customer: str) -> str:
    return f"Customer {customer}" if customer else "Guest"


def line_rows(past: PastOrder, product_ids: Mapping[str, int], channel: Channel) -> list[OrderLine]:
    """The lines of an order: all delivered or all called off, nothing picked here; its discount is spread over them."""
    discounts = spread(past.discount, [line.value for line in past.lines], channel.currency)
    is_off = past.cancelled_at is not None
    return [
        OrderLine(
            position=position,
            product_id=product_ids[line.sku],
            sku=line.sku,
            name=line.name,
            unit_price=line.unit_price,
            tax_rate=line.tax_rate,
            discount=line.discount,
            order_discount=discount,
            amount=ZERO if is_off else line.value - discount,
            tax=ZERO if is_off else line.tax,
            external_ref=line.external_ref,
            accepts_substitutes=False,
            ordered=line.quantity,
            cancelled=line.quantity if is_off else 0,
            shipped=0 if is_off else line.quantity,
            delivered=0 if is_off else line.quantity,
        )
        for position, (line, discount) in enumerate(zip(past.lines, discounts, strict=True), start=1)
    ]


def order_row(
    past: PastOrder, lines: Sequence[OrderLine], *, channel: Channel, partner: Partner, customer_id: int
) -> Order:
    """An order that is over, dated when it was placed where the source tells no other moment."""
    is_off = past.cancelled_at is not None
    includes_tax = channel.prices_include_tax if past.prices_include_tax is None else past.prices_include_tax
    order = Order(
        channel=channel,
        partner=partner,
        external_ref=past.external_ref,
        customer_id=customer_id,
        customer_name=_name(past),
        email=past.buyer.email.lower(),
        phone=past.buyer.phone,
        phone_e164=_normal_phone(past),
        language=past.buyer.language or channel.default_language,
        shipping_address=past.shipping_address or _address(past),
        billing_address=past.billing_address,
        status=OrderStatus.CANCELLED if is_off else OrderStatus.COMPLETED,
        currency=channel.currency,
        prices_include_tax=includes_tax,
        discount=past.discount,
        items_total=ZERO if is_off else past.items,
        discount_total=ZERO if is_off else past.discounts,
        shipping_total=ZERO if is_off else past.shipping,
        shipping_tax_rate=past.shipping_tax_rate,
        shipping_tax=ZERO if is_off else past.shipping_tax,
        tax_total=ZERO if is_off else past.tax,
        total=past.total,
        authorized_total=past.received,
        captured_total=past.received,
        refunded_total=past.refunded,
        # What was paid back was also credited there; a cancelled order costs nothing that could be credited.
        credited_total=ZERO if is_off else min(past.refunded, past.total),
        tags=list(past.tags),
        note=past.note,
        metadata=dict(past.metadata),
        placed_at=past.placed_at,
        confirmed_at=None if is_off else past.placed_at,
        completed_at=None if is_off else past.completed_at or past.placed_at,
        cancelled_at=past.cancelled_at,
        created_at=past.placed_at,
        imported_at=timezone.now(),
    )
    if past.number:
        order.number = past.number
    order.fulfillment_status = fulfillment_status(lines, is_held=False)
    order.payment_status = payment_status(order)
    return order


def _address(past: PastOrder) -> dict[str, str]:
    return dict.fromkeys(ADDRESS_PARTS, "") | {"name": _name(past), "country": past.country}


def payment_row(order: Order) -> Payment:
    """The money of an order, all of it received by hand."""
    return Payment(
        order=order,
        gateway=GATEWAY,
        status=PaymentStatus.CAPTURED,
        currency=order.currency,
        amount=order.captured_total,
        authorized_amount=order.captured_total,
        captured_amount=order.captured_total,
        refunded_amount=order.refunded_total,
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


def refund_rows(payment: Payment) -> tuple[Refund, PaymentTransaction]:
    """How some of it went back."""
    refund = Refund(
        order=payment.order,
        status=RefundStatus.SUCCEEDED,
        currency=payment.currency,
        amount=payment.refunded_amount,
        reason=RefundReason.OTHER,
        granted_by="import",
        succeeded_at=payment.order.cancelled_at or payment.order.completed_at,
    )
    sent = PaymentTransaction(
        payment=payment,
        refund=refund,
        kind=TransactionKind.REFUND,
        status=TransactionStatus.SUCCESS,
        amount=payment.refunded_amount,
        idempotency_key=f"history:{refund.public_id}",
        finished_at=refund.succeeded_at,
    )
    return refund, sent


def cancellation_row(order: Order, past: PastOrder) -> OrderCancellation:
    """That all of it was called off, where it was made."""
    return OrderCancellation(
        order=order,
        reason=CancelReason.OTHER,
        restock=False,
        refund=False,
        notify=False,
        amount=past.sum,
        cancelled_by="import",
    )


def cancellation_lines(cancellation: OrderCancellation, lines: Sequence[OrderLine]) -> Iterator[OrderCancellationLine]:
    """Which units those were."""
    for line in lines:
        worth = line.unit_price * line.ordered - line.discount - line.order_discount
        yield OrderCancellationLine(cancellation=cancellation, line=line, quantity=line.ordered, amount=worth)
