"""The ground floor's tables."""

from orders.models.access_code import AccessCode
from orders.models.balance import BalanceMovement, GiftCard, StoreCredit
from orders.models.cancellation import OrderCancellation, OrderCancellationLine
from orders.models.change import OrderChange
from orders.models.channel import Channel, ShippingMethod
from orders.models.contact import ContactLog
from orders.models.customer import Customer, CustomerAddress
from orders.models.digital import DigitalCode, DigitalGood
from orders.models.draft import Draft, PriceOverride
from orders.models.exception import ProcessException
from orders.models.feedback import Feedback
from orders.models.hold import OrderHold
from orders.models.hold_rule import HoldRule, HoldRuleChange
from orders.models.invoice import (
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    InvoiceTax,
)
from orders.models.job import Job
from orders.models.line import OrderLine
from orders.models.notice import GatewayNotice
from orders.models.order import Order
from orders.models.outbox import Notification
from orders.models.paper import PaperFile
from orders.models.partner import ApiKey, IdempotencyKey, Partner
from orders.models.payment import Payment, PaymentTransaction, Refund
from orders.models.payment_link import PaymentLink
from orders.models.product import BundleComponent, Product, ProductSubstitute
from orders.models.promise import DeliveryPromise
from orders.models.timeline import OrderEvent

__all__ = [
    "AccessCode",
    "ApiKey",
    "BalanceMovement",
    "BundleComponent",
    "Channel",
    "ContactLog",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteTax",
    "Customer",
    "CustomerAddress",
    "DeliveryPromise",
    "DigitalCode",
    "DigitalGood",
    "Draft",
    "Feedback",
    "GatewayNotice",
    "GiftCard",
    "HoldRule",
    "HoldRuleChange",
    "IdempotencyKey",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "InvoiceTax",
    "Job",
    "Notification",
    "Order",
    "OrderCancellation",
    "OrderCancellationLine",
    "OrderChange",
    "OrderEvent",
    "OrderHold",
    "OrderLine",
    "PaperFile",
    "Partner",
    "Payment",
    "PaymentLink",
    "PaymentTransaction",
    "PriceOverride",
    "ProcessException",
    "Product",
    "ProductSubstitute",
    "Refund",
    "ShippingMethod",
    "StoreCredit",
]
