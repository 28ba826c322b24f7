"""Orders in the states that customers look at, as rows: tests of the page, not of the way to it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils import timezone

from orders.models import DeliveryPromise, Order, OrderChange, OrderEvent, OrderHold, Payment
from orders.states import FulfillmentState, HoldReason, OrderStatus, PaymentState, PaymentStatus
from tests.factories.orders import ChannelFactory, OrderFactory, OrderLineFactory, ProductFactory

TODAY = timezone.localdate


def order_with(*, language: str = "en", lines: tuple[dict[str, Any], ...] = ({},), **fields: Any) -> Order:
    """An order of some goods at 12.50 each, 4.90 shipping, with a date that can be kept."""
    soon = TODAY() + timedelta(days=3)
    units = sum(line.get("ordered", 1) - line.get("cancelled", 0) for line in lines)
    items = Decimal("12.50") * units
    order = OrderFactory(
        **{
            "channel": ChannelFactory(support_email="help@bluemug.example", seller_name="Blue Mug GmbH"),
            "language": language,
            "status": OrderStatus.CONFIRMED,
            "payment_status": PaymentState.AUTHORIZED,
            "placed_at": timezone.now() - timedelta(days=2),
            "items_total": items,
            "shipping_total": Decimal("4.90"),
            "tax_total": Decimal("4.77"),
            "total": items + Decimal("4.90"),
            "authorized_total": items + Decimal("4.90"),
            **fields,
        }
    )
    names = ["Blue mug with a wide handle", "Tea towel, linen, set of three", "Sugar bowl"]
    for line, name in zip(lines, names, strict=False):
        row = OrderLineFactory(order=order, product=ProductFactory(name=name), **{"promised_on": soon, **line})
        DeliveryPromise.objects.create(line=row, promised_on=soon, source="stock")
    happened(order, "order.placed", days_ago=2)
    if order.status != OrderStatus.PLACED:
        happened(order, "order.confirmed", days_ago=2)
    return order


def happened(order: Order, kind: str, *, days_ago: int = 0, **data: Any) -> None:
    """A public fact of the order's history."""
    OrderEvent.objects.create(
        order=order,
        seq=order.events.count() + 1,
        type=kind,
        data={"number": order.number, **data},
        actor_kind="system",
        change_set=uuid4(),
        occurred_at=timezone.now() - timedelta(days=days_ago),
    )


def confirmed(**fields: Any) -> Order:
    return order_with(lines=({"ordered": 2, "allocated": 2}, {"allocated": 1}), **fields)


def changed(**fields: Any) -> Order:
    """One of the mugs was taken off, and where it goes is another place."""
    order = confirmed(**fields)
    line = order.lines.all()[0]
    place = {**order.shipping_address, "city": "Bonn", "postal_code": "53111"}
    named = {"line": line.public_id, "sku": line.sku, "name": line.name}
    whole = {"line": "", "sku": "", "name": ""}
    OrderChange.objects.create(
        public_id="ch_7k3m92qxh2w4t8vz",
        order=order,
        actions=[],
        diff=[
            {"what": "quantity", **named, "before": 2, "after": 1},
            {"what": "unit_price", **named, "before": "12.50", "after": "11.00"},
            {"what": "discount", **named, "before": "0.00", "after": "1.00"},
            {"what": "promised_on", **named, "before": "2026-11-25", "after": "2026-11-27"},
            {"what": "shipping_address", **whole, "before": order.shipping_address, "after": place},
            {"what": "billing_address", **whole, "before": None, "after": place},
            {"what": "email", **whole, "before": order.email, "after": "ada@example.com"},
            {"what": "phone", **whole, "before": "", "after": "1"},
            {"what": "shipping_method", **whole, "before": "Standard", "after": "Express"},
            {"what": "shipping", **whole, "before": "4.90", "after": "9.90"},
            {"what": "tax", **whole, "before": "4.77", "after": "3.00"},
            {"what": "total", **whole, "before": "42.40", "after": "29.90"},
        ],
    )
    return order


def on_its_way(**fields: Any) -> Order:
    """One parcel has left, one line waits for goods and is late."""
    late = {"ordered": 3, "backordered": 3, "promised_on": TODAY() + timedelta(days=12)}
    shipped = {"ordered": 2, "picked": 2, "packed": 2, "shipped": 2}
    order = order_with(
        lines=(shipped, late, {"cancelled": 1}),
        fulfillment_status=FulfillmentState.PARTIALLY_SHIPPED,
        captured_total=Decimal("29.90"),
        payment_status=PaymentState.PARTIALLY_PAID,
        **fields,
    )
    happened(order, "payment.captured", days_ago=1, payment="pay_1", amount="29.90", currency="EUR")
    happened(order, "promise.changed", line="ol_1", promised_on=late["promised_on"].isoformat(), reason="backordered")
    return order


def delivered(**fields: Any) -> Order:
    line = {"ordered": 2, "picked": 2, "packed": 2, "shipped": 2, "delivered": 2}
    return order_with(
        lines=(line,),
        fulfillment_status=FulfillmentState.DELIVERED,
        payment_status=PaymentState.PAID,
        captured_total=Decimal("29.90"),
        **fields,
    )


def held(**fields: Any) -> Order:
    order = order_with(lines=({"allocated": 1},), fulfillment_status=FulfillmentState.ON_HOLD, **fields)
    OrderHold.objects.create(order=order, reason=HoldReason.ADDRESS, placed_by="test")
    happened(order, "order.held", hold="hl_1", reason="address")
    return order


def cancelled(**fields: Any) -> Order:
    order = order_with(
        lines=({"cancelled": 1},),
        status=OrderStatus.CANCELLED,
        fulfillment_status=FulfillmentState.NOT_REQUIRED,
        payment_status=PaymentState.VOIDED,
        **fields,
    )
    happened(order, "order.cancelled", reason="customer", whole=True)
    return order


def placed(**fields: Any) -> Order:
    """Reserved, and not paid yet."""
    return order_with(
        lines=({"ordered": 2, "allocated": 2},),
        status=OrderStatus.PLACED,
        payment_status=PaymentState.UNPAID,
        authorized_total=Decimal(0),
        expires_at=timezone.now() + timedelta(days=1),
        **fields,
    )


def expired(**fields: Any) -> Order:
    """Nobody paid it."""
    order = order_with(
        lines=({"cancelled": 1},),
        status=OrderStatus.EXPIRED,
        fulfillment_status=FulfillmentState.NOT_REQUIRED,
        payment_status=PaymentState.UNPAID,
        authorized_total=Decimal(0),
        **fields,
    )
    happened(order, "order.expired", amount="17.40", currency="EUR", lines=[])
    return order


def waiting_for_approval(**fields: Any) -> Order:
    order = order_with(
        lines=({"ordered": 2, "allocated": 2},),
        status=OrderStatus.PLACED,
        payment_status=PaymentState.UNPAID,
        authorized_total=Decimal(0),
        **fields,
    )
    payment = Payment.objects.create(
        order=order,
        gateway="sandbox",
        token="tok_requires_action",
        currency="EUR",
        amount=order.total,
        status=PaymentStatus.REQUIRES_ACTION,
    )
    payment.action_url = f"http://127.0.0.1:8000/sandbox/pay/{payment.public_id}"
    payment.save(update_fields=["action_url"])
    return order
