"""Shapes of the ground floor's resources: the schema, and by ``orders.api.strict`` also the checks of each body."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from orders.api.fields import (
    Amount,
    Anything,
    Balance,
    Country,
    Currency,
    Each,
    Gtin,
    Language,
    Line,
    Metadata,
    Rate,
    Sku,
    Text,
    WebUrl,
)
from orders.kernel.actor import ActorKind
from orders.services.product import MOST_UNITS_IN_ONE
from orders.states import (
    CANCEL_REASONS,
    INVISIBLE,
    Fragility,
    FulfillmentState,
    HoldReason,
    LineKind,
    OrderStatus,
    OutOfStockPolicy,
    PaymentState,
    PaymentStatus,
    RefundStatus,
    RefundTarget,
    ReturnState,
    ShippingPolicy,
    TaxExemption,
)

VISIBLE = [(s.value, s.label) for s in OrderStatus if s not in INVISIBLE]
ACTOR_KINDS = [kind.value for kind in ActorKind]
GATEWAYS = sorted(settings.PAYMENT_GATEWAYS)
LARGEST_QUANTITY = 1_000_000
MOST_LINES = 200
MOST_PAYMENTS = 10
MOST_COMPONENTS = 50
MOST_ORDERS = 500
MOST_PRODUCTS = 1_000
LARGEST_INT = 2_147_483_647


# --- what partners send


class CustomerIn(serializers.Serializer[Any]):
    """Who buys."""

    email = serializers.EmailField(max_length=254)
    name = Line(max_length=255, required=False, allow_blank=True)
    phone = Line(max_length=32, required=False, allow_blank=True)
    language = Language(required=False)


class AddressIn(serializers.Serializer[Any]):
    """Where it goes, or who is billed."""

    name = Line(max_length=200)
    company = Line(max_length=200, required=False, allow_blank=True)
    line1 = Line(max_length=200, required=False, allow_blank=True, help_text="Required where the country's post is.")
    line2 = Line(max_length=200, required=False, allow_blank=True)
    city = Line(max_length=100, required=False, allow_blank=True, help_text="Required where the country's post is.")
    region = Line(max_length=100, required=False, allow_blank=True)
    postal_code = Line(max_length=20, required=False, allow_blank=True)
    country = Country()
    phone = Line(max_length=32, required=False, allow_blank=True)
    vat_id = Line(max_length=32, required=False, allow_blank=True, help_text="Of a firm; it stands on the invoice.")


class DestinationIn(AddressIn):
    """Where it goes. What is digital needs its country only."""

    name = Line(max_length=200, required=False, help_text="Required unless every line is digital.")


class OrderLineIn(serializers.Serializer[Any]):
    """What is bought. Price and tax rate default to the product's; the discount is for the whole line."""

    sku = Sku()
    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST_QUANTITY)
    unit_price = Amount(required=False, allow_null=True)
    tax_rate = Rate(required=False, allow_null=True)
    discount = Amount(required=False)
    external_ref = Line(max_length=128, required=False, allow_blank=True)
    accepts_substitutes = serializers.BooleanField(required=False)


class PaymentIn(serializers.Serializer[Any]):
    """One way to pay: the gateway, and its token for the customer's means of payment, or a gift card's code."""

    gateway = serializers.ChoiceField(choices=GATEWAYS)
    token = Line(max_length=255, required=False, allow_blank=True)
    amount = Amount(
        required=False, allow_null=True, help_text="Null: what is left, or as much of it as the card or credit has."
    )


class OrderIn(serializers.Serializer[Any]):
    """An order to place."""

    external_ref = Line(max_length=128, required=False, allow_blank=True, help_text="Your number; may be used once.")
    channel = Line(max_length=32)
    currency = Currency()
    customer = CustomerIn()
    shipping_address = DestinationIn()
    billing_address = AddressIn(required=False, allow_null=True, help_text="Null: the same as shipping.")
    lines = serializers.ListField(child=OrderLineIn(), min_length=1, max_length=MOST_LINES)
    prices_include_tax = serializers.BooleanField(required=False, allow_null=True)
    shipping_method = Line(max_length=32, required=False, allow_blank=True)
    shipping_policy = serializers.ChoiceField(
        choices=ShippingPolicy.choices, required=False, help_text="Left out: the channel's."
    )
    shipping_price = Amount(required=False, allow_null=True)
    shipping_tax_rate = Rate(
        required=False, allow_null=True, help_text="Null: its method's, else the highest rate of the lines."
    )
    discount = Amount(required=False)
    tax_exemption = serializers.ChoiceField(
        choices=TaxExemption.choices,
        required=False,
        help_text="Why lines with a tax_rate of 0 bear no tax; it stands on the invoice.",
    )
    buyer_reference = Line(
        max_length=100, required=False, allow_blank=True, help_text="What the buyer wants to read on the invoice."
    )
    payment = PaymentIn(required=False, allow_null=True, help_text="Null: unpaid.")
    payments = serializers.ListField(
        child=PaymentIn(),
        max_length=MOST_PAYMENTS,
        required=False,
        allow_null=True,
        help_text="Instead of payment: several ways, charged in this order; all of them or none.",
    )
    tags = serializers.ListField(child=Line(max_length=64), max_length=50, required=False)
    note = Text(max_length=5000, required=False, allow_blank=True)
    metadata = Metadata(required=False)


class OrderBatchIn(serializers.Serializer[Any]):
    """Orders to place; each by itself, as if it were sent alone."""

    orders = serializers.ListField(child=Each(OrderIn), min_length=1, max_length=MOST_ORDERS)


class OrderPatchIn(serializers.Serializer[Any]):
    """What may be changed of an order without asking anyone; the shipping policy while all of it is still here."""

    shipping_policy = serializers.ChoiceField(choices=ShippingPolicy.choices, required=False)
    tags = serializers.ListField(child=Line(max_length=64), max_length=50, required=False)
    note = Text(max_length=5000, required=False, allow_blank=True)
    metadata = Metadata(required=False)


class CancelLineIn(serializers.Serializer[Any]):
    """Units of a line to call off."""

    id = Line(max_length=24)
    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST_QUANTITY)


class CancelIn(serializers.Serializer[Any]):
    """Call off the whole order, or the units of ``lines``."""

    reason = serializers.ChoiceField(choices=CANCEL_REASONS)
    note = Text(max_length=2000, required=False, allow_blank=True)
    restock = serializers.BooleanField(required=False)
    refund = serializers.BooleanField(required=False)
    notify = serializers.BooleanField(required=False)
    lines = serializers.ListField(
        child=CancelLineIn(), min_length=1, max_length=MOST_LINES, required=False, allow_null=True
    )


class HoldIn(serializers.Serializer[Any]):
    """Stop the order, or some of its lines."""

    reason = serializers.ChoiceField(choices=HoldReason.choices)
    note = Text(max_length=2000, required=False, allow_blank=True)
    release_at = serializers.DateTimeField(required=False, allow_null=True)
    lines = serializers.ListField(
        child=Line(max_length=24), min_length=1, max_length=MOST_LINES, required=False, allow_null=True
    )


class ReleaseIn(serializers.Serializer[Any]):
    """Let it go on, as far as this hold is concerned."""

    hold = Line(max_length=24)


class AddPaymentIn(serializers.Serializer[Any]):
    """One payment more. ``manual`` records money that came in: a bank transfer, cash at the door."""

    gateway = serializers.ChoiceField(choices=GATEWAYS)
    token = Line(max_length=255, required=False, allow_blank=True)
    amount = Amount(required=False, allow_null=True, help_text="At most what is owed; null: all of it.")
    note = Line(max_length=255, required=False, allow_blank=True, help_text="The bank's reference, for manual.")


class RefundIn(serializers.Serializer[Any]):
    """Money to give back."""

    amount = Amount()
    reason = serializers.ChoiceField(choices=CANCEL_REASONS)
    note = Text(max_length=2000, required=False, allow_blank=True)
    refund_to = serializers.ChoiceField(choices=RefundTarget.choices, required=False)


class ComponentIn(serializers.Serializer[Any]):
    """Units of another product in a bundle."""

    sku = Sku()
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS_IN_ONE)


class ProductIn(serializers.Serializer[Any]):
    """A product as a whole: what is left out goes back to its default."""

    name = Line(max_length=255)
    description = Text(max_length=20_000, required=False, allow_blank=True)
    gtin = Gtin(required=False)
    image_url = WebUrl(required=False)
    price = Amount()
    currency = Currency()
    tax_rate = Rate(required=False)
    weight_g = serializers.IntegerField(min_value=0, max_value=LARGEST_INT, required=False)
    length_mm = serializers.IntegerField(min_value=0, max_value=LARGEST_INT, required=False)
    width_mm = serializers.IntegerField(min_value=0, max_value=LARGEST_INT, required=False)
    height_mm = serializers.IntegerField(min_value=0, max_value=LARGEST_INT, required=False)
    fragility = serializers.ChoiceField(choices=Fragility.choices, required=False)
    is_hazmat = serializers.BooleanField(required=False)
    ships_alone = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)
    out_of_stock_policy = serializers.ListField(
        child=serializers.ChoiceField(choices=OutOfStockPolicy.choices), max_length=4, required=False
    )
    preorder_ships_on = serializers.DateField(
        required=False, allow_null=True, help_text="Orders before this day are preorders; they leave from it on."
    )
    preorder_cap = serializers.IntegerField(
        min_value=0, max_value=LARGEST_INT, required=False, allow_null=True, help_text="Null: any number of units."
    )
    is_digital = serializers.BooleanField(required=False, help_text="It needs no warehouse and no street.")
    components = serializers.ListField(
        child=ComponentIn(), max_length=MOST_COMPONENTS, required=False, help_text="They make it a bundle."
    )
    metadata = Metadata(required=False)


class ProductBatchItemIn(ProductIn):
    """A product with its name."""

    sku = Sku()


class ProductBatchIn(serializers.Serializer[Any]):
    """Products to make or replace; each by itself, as if it were sent alone."""

    products = serializers.ListField(child=Each(ProductBatchItemIn), min_length=1, max_length=MOST_PRODUCTS)


# --- what we answer


class BatchItem(serializers.Serializer[Any]):
    """What a single call would have been answered: its status, and the order, the product or the problem."""

    status = serializers.IntegerField(min_value=200, max_value=599)
    body = Anything()


class Batch(serializers.Serializer[Any]):
    """One entry for each that was sent, in their order."""

    data = BatchItem(many=True)  # type: ignore[assignment]


class Customer(serializers.Serializer[Any]):
    """Who bought."""

    email = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField()


class Address(serializers.Serializer[Any]):
    """Every part of an address; empty where there is none."""

    name = serializers.CharField()
    company = serializers.CharField()
    line1 = serializers.CharField()
    line2 = serializers.CharField()
    city = serializers.CharField()
    region = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField()
    phone = serializers.CharField()
    vat_id = serializers.CharField()


class Totals(serializers.Serializer[Any]):
    """The money of what is ordered and not cancelled. balance: what the customer still owes; negative: what we owe."""

    items = Amount()
    discount = Amount()
    shipping = Amount()
    tax = Amount()
    total = Amount()
    authorized = Amount(help_text="Counts captured money too.")
    captured = Amount()
    refunded = Amount()
    balance = Balance()


class Quantities(serializers.Serializer[Any]):
    """Where the units of a line are."""

    ordered = serializers.IntegerField(min_value=1)
    cancelled = serializers.IntegerField(min_value=0)
    allocated = serializers.IntegerField(min_value=0)
    backordered = serializers.IntegerField(min_value=0)
    picked = serializers.IntegerField(min_value=0)
    packed = serializers.IntegerField(min_value=0)
    shipped = serializers.IntegerField(min_value=0)
    delivered = serializers.IntegerField(min_value=0)
    return_requested = serializers.IntegerField(min_value=0)
    returned = serializers.IntegerField(min_value=0)
    written_off = serializers.IntegerField(min_value=0)


class LineComponent(serializers.Serializer[Any]):
    """Units of a bundle that leave and come back; shipments and returns name them by this id."""

    id = serializers.CharField()
    sku = serializers.CharField()
    name = serializers.CharField()
    per_bundle = serializers.IntegerField(min_value=1)
    ships_on = serializers.DateField(allow_null=True)
    quantities = Quantities()


class OrderLine(serializers.Serializer[Any]):
    """A line as it was bought. total: the money of its units that aren't cancelled, after all discounts.

    A bundle is as far as the slowest of its components. ships_on: a preorder doesn't leave before this day.
    """

    id = serializers.CharField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField(min_value=1)
    unit_price = Amount()
    tax_rate = Rate()
    discount = Amount()
    total = Amount()
    external_ref = serializers.CharField()
    accepts_substitutes = serializers.BooleanField()
    promised_on = serializers.DateField(allow_null=True)
    kind = serializers.ChoiceField(choices=LineKind.choices)
    ships_on = serializers.DateField(allow_null=True)
    quantities = Quantities()
    components = LineComponent(many=True, help_text="Of a bundle; else empty.")


class Payment(serializers.Serializer[Any]):
    """One way in which an order is paid; action_url when the customer must act."""

    id = serializers.CharField()
    gateway = serializers.CharField()
    status = serializers.ChoiceField(choices=PaymentStatus.choices)
    amount = Amount()
    action_url = serializers.CharField(allow_null=True)


class Hold(serializers.Serializer[Any]):
    """One reason to wait; lines is null when it stops the whole order."""

    id = serializers.CharField()
    reason = serializers.ChoiceField(choices=HoldReason.choices)
    note = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField(), allow_null=True)
    release_at = serializers.DateTimeField(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class Actor(serializers.Serializer[Any]):
    """Who did it."""

    kind = serializers.ChoiceField(choices=ACTOR_KINDS)
    name = serializers.CharField()


class Event(serializers.Serializer[Any]):
    """One fact of an order's timeline; data depends on the type."""

    id = serializers.CharField()
    sequence = serializers.IntegerField(min_value=1)
    type = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    actor = Actor()
    public = serializers.BooleanField()
    data = Metadata()  # type: ignore[assignment]


class Order(serializers.Serializer[Any]):
    """An order; shipments, returns and events only when asked for with ?expand=."""

    number = serializers.CharField()
    external_ref = serializers.CharField()
    channel = serializers.CharField()
    version = serializers.IntegerField(min_value=1)
    status = serializers.ChoiceField(choices=VISIBLE)
    payment_status = serializers.ChoiceField(choices=PaymentState.choices)
    fulfillment_status = serializers.ChoiceField(choices=FulfillmentState.choices)
    return_status = serializers.ChoiceField(choices=ReturnState.choices)
    currency = Currency()
    prices_include_tax = serializers.BooleanField()
    shipping_tax_rate = Rate()
    tax_exemption = serializers.CharField(help_text="Empty where none was told.")
    buyer_reference = serializers.CharField()
    totals = Totals()
    customer = Customer()
    shipping_address = Address()
    billing_address = Address()
    shipping_method = serializers.CharField(allow_null=True)
    lines = OrderLine(many=True)
    payments = Payment(many=True)
    holds = Hold(many=True, help_text="The open ones.")
    status_url = serializers.CharField(help_text="The customer's own page.")
    tags = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    metadata = Metadata()
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="When it expires unless it is paid; null when it does not."
    )
    placed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    shipments = serializers.ListField(child=Metadata(), required=False)
    returns = serializers.ListField(child=Metadata(), required=False)
    events = Event(many=True, required=False)


class Refund(serializers.Serializer[Any]):
    """Money that goes back."""

    id = serializers.CharField()
    status = serializers.ChoiceField(choices=RefundStatus.choices)
    amount = Amount()
    currency = Currency()
    refund_to = serializers.ChoiceField(choices=RefundTarget.choices)
    reason = serializers.CharField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    succeeded_at = serializers.DateTimeField(allow_null=True)


class Component(serializers.Serializer[Any]):
    """Units of another product in a bundle."""

    sku = serializers.CharField()
    quantity = serializers.IntegerField(min_value=1)


class Product(serializers.Serializer[Any]):
    """A product of the catalogue."""

    sku = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    gtin = serializers.CharField()
    image_url = serializers.CharField()
    price = Amount()
    currency = Currency()
    tax_rate = Rate()
    weight_g = serializers.IntegerField(min_value=0)
    length_mm = serializers.IntegerField(min_value=0)
    width_mm = serializers.IntegerField(min_value=0)
    height_mm = serializers.IntegerField(min_value=0)
    fragility = serializers.ChoiceField(choices=Fragility.choices)
    is_hazmat = serializers.BooleanField()
    ships_alone = serializers.BooleanField()
    is_active = serializers.BooleanField()
    out_of_stock_policy = serializers.ListField(child=serializers.ChoiceField(choices=OutOfStockPolicy.choices))
    preorder_ships_on = serializers.DateField(allow_null=True)
    preorder_cap = serializers.IntegerField(min_value=0, allow_null=True)
    preorder_taken = serializers.IntegerField(min_value=0, help_text="Units preordered that wait for their day.")
    is_digital = serializers.BooleanField()
    components = Component(many=True)
    metadata = Metadata()
    version = serializers.IntegerField(min_value=1)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class Incoming(serializers.Serializer[Any]):
    """Units on their way to us; on is null while nobody knows when."""

    quantity = serializers.IntegerField(min_value=1)
    on = serializers.DateField(allow_null=True)


# Made by hand: one of its names is a keyword.
PromiseSpan = type(
    "PromiseSpan",
    (serializers.Serializer,),
    {
        "__doc__": "The earliest and the latest day on which the customer would have it.",
        "from": serializers.DateField(),
        "to": serializers.DateField(),
    },
)


class Availability(serializers.Serializer[Any]):
    """What could be sold of a product now."""

    sku = serializers.CharField()
    available = serializers.IntegerField(min_value=0)
    incoming = Incoming(many=True)
    promise = PromiseSpan(allow_null=True, help_text="Null: nobody can tell.")


class AvailabilityList(serializers.Serializer[Any]):
    """One entry per SKU, in the order asked for."""

    data = Availability(many=True)  # type: ignore[assignment]
