"""The ground floor's tables."""

from orders.models.access_code import AccessCode
from orders.models.cancellation import OrderCancellation, OrderCancellationLine
from orders.models.change import OrderChange
from orders.models.channel import Channel, ShippingMethod
from orders.models.customer import Customer
from orders.models.digital import DigitalCode, DigitalGood
from orders.models.exception import ProcessException
from orders.models.feedback import Feedback
from orders.models.hold import OrderHold
from orders.models.invoice import CreditNote, CreditNoteLine, Invoice, InvoiceLine, InvoiceSeries
from orders.models.order import Order, OrderLine
from orders.models.outbox import Notification
from orders.models.partner import ApiKey, IdempotencyKey, Partner
from orders.models.payment import Payment, PaymentTransaction, Refund
from orders.models.product import BundleComponent, Product
from orders.models.promise import DeliveryPromise
from orders.models.timeline import OrderEvent

__all__ = [
    "AccessCode",
    "ApiKey",
    "BundleComponent",
    "Channel",
    "CreditNote",
    "CreditNoteLine",
    "Customer",
    "DeliveryPromise",
    "DigitalCode",
    "DigitalGood",
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
    "ProcessException",
    "Product",
    "Refund",
    "ShippingMethod",
]
