"""The ground floor's tables."""

from orders.models.access_code import AccessCode
from orders.models.cancellation import OrderCancellation, OrderCancellationLine
from orders.models.change import OrderChange
from orders.models.channel import Channel, ShippingMethod
from orders.models.contact import ContactLog
from orders.models.customer import Customer
from orders.models.draft import Draft, PriceOverride
from orders.models.exception import ProcessException
from orders.models.feedback import Feedback
from orders.models.hold import OrderHold
from orders.models.invoice import CreditNote, CreditNoteLine, Invoice, InvoiceLine, InvoiceSeries
from orders.models.order import Order, OrderLine
from orders.models.outbox import Notification
from orders.models.partner import ApiKey, IdempotencyKey, Partner
from orders.models.payment import Payment, PaymentTransaction, Refund
from orders.models.product import Product
from orders.models.promise import DeliveryPromise
from orders.models.timeline import OrderEvent

__all__ = [
    "AccessCode",
    "ApiKey",
    "Channel",
    "ContactLog",
    "CreditNote",
    "CreditNoteLine",
    "Customer",
    "DeliveryPromise",
    "Draft",
    "Feedback",
    "IdempotencyKey",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "Notification",
    "Order",
    "OrderCancellation",
    "OrderCancellationLine",
    "OrderChange",
    "OrderEvent",
    "OrderHold",
    "OrderLine",
    "Partner",
    "Payment",
    "PaymentTransaction",
    "PriceOverride",
    "ProcessException",
    "Product",
    "Refund",
    "ShippingMethod",
]
