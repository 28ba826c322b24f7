"""Shapes of drafts: orders in the making."""

from typing import Any

from rest_framework import serializers

from orders.api.fields import Amount, Currency, Language, Line, Metadata, Rate, Sku, Text
from orders.api.serializers import (
    LARGEST_QUANTITY,
    MOST_LINES,
    MOST_PAYMENTS,
    Address,
    AddressIn,
    Customer,
    OrderLine,
    PaymentIn,
)
from orders.states import TaxExemption

STATUSES = ["draft", "submitted", "placed", "discarded"]


class DraftCustomerIn(serializers.Serializer[Any]):
    """Who buys; without a mail address they must have a phone number before it is placed."""

    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    name = Line(max_length=255, required=False, allow_blank=True)
    phone = Line(max_length=32, required=False, allow_blank=True)
    language = Language(required=False)


class DraftLineIn(serializers.Serializer[Any]):
    """What is wanted. With an id that line is kept, with what is reserved for it; a price of yours may say why."""

    id = Line(max_length=24, required=False, allow_blank=True)
    sku = Sku()
    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST_QUANTITY)
    unit_price = Amount(required=False, allow_null=True)
    tax_rate = Rate(required=False, allow_null=True)
    discount = Amount(required=False)
    reason = Line(max_length=255, required=False, allow_blank=True)
    external_ref = Line(max_length=128, required=False, allow_blank=True)
    accepts_substitutes = serializers.BooleanField(required=False)


class DraftPatchIn(serializers.Serializer[Any]):
    """What shall be different; lines are replaced as a whole, prices that nobody gave are today's unless frozen."""

    customer = DraftCustomerIn(required=False)
    shipping_address = AddressIn(required=False, allow_null=True, help_text="Null: not known yet.")
    billing_address = AddressIn(required=False, allow_null=True, help_text="Null: the same as shipping.")
    lines = serializers.ListField(child=DraftLineIn(), min_length=1, max_length=MOST_LINES, required=False)
    prices_include_tax = serializers.BooleanField(required=False, allow_null=True)
    shipping_method = Line(max_length=32, required=False, allow_blank=True)
    shipping_price = Amount(required=False, allow_null=True)
    shipping_tax_rate = Rate(
        required=False, allow_null=True, help_text="Null: its method's, else the highest rate of the lines."
    )
    shipping_reason = Line(max_length=255, required=False, allow_blank=True, help_text="Why shipping costs that.")
    discount = Amount(required=False)
    discount_reason = Line(max_length=255, required=False, allow_blank=True, help_text="Why there is a discount.")
    tax_exemption = serializers.ChoiceField(
        choices=TaxExemption.choices,
        required=False,
        allow_blank=True,
        help_text="Why lines with a tax_rate of 0 bear no tax; it stands on the invoice.",
    )
    buyer_reference = Line(max_length=100, required=False, allow_blank=True)
    tags = serializers.ListField(child=Line(max_length=64), max_length=50, required=False)
    note = Text(max_length=5000, required=False, allow_blank=True)
    metadata = Metadata(required=False)
    reserve_until = serializers.DateTimeField(required=False, allow_null=True, help_text="Null: keep nothing.")
    freeze = serializers.BooleanField(required=False, help_text="Prices stay as they are now.")
    call_back_at = serializers.DateTimeField(required=False, allow_null=True)


class DraftIn(DraftPatchIn):
    """An order to be placed later. Nothing is kept for it unless reserve_until says until when."""

    external_ref = Line(max_length=128, required=False, allow_blank=True, help_text="Your number; may be used once.")
    channel = Line(max_length=32)
    currency = Currency()
    customer = DraftCustomerIn()
    lines = serializers.ListField(child=DraftLineIn(), min_length=1, max_length=MOST_LINES)


class DraftPlaceIn(serializers.Serializer[Any]):
    """How it is paid; with total only if that is still what it comes to."""

    payment = PaymentIn(required=False, allow_null=True, help_text="Null: unpaid.")
    payments = serializers.ListField(
        child=PaymentIn(),
        max_length=MOST_PAYMENTS,
        required=False,
        allow_null=True,
        help_text="Instead of payment: several ways, charged in this order; all of them or none.",
    )
    total = Amount(required=False, allow_null=True)


class DraftTotals(serializers.Serializer[Any]):
    """What it comes to."""

    items = Amount()
    discount = Amount()
    shipping = Amount()
    tax = Amount()
    total = Amount()


class DraftLine(OrderLine):
    """A line; reason: why it doesn't cost what its product costs."""

    reason = serializers.CharField()


class PriceChange(serializers.Serializer[Any]):
    """A line that would cost something else today: the next PATCH takes today's price."""

    line = serializers.CharField()
    sku = serializers.CharField()
    unit_price = Amount()
    catalogue_price = Amount()


class Draft(serializers.Serializer[Any]):
    """A draft. order: the number of the order that it is or was."""

    id = serializers.CharField()
    order = serializers.CharField()
    external_ref = serializers.CharField()
    channel = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUSES)
    currency = serializers.CharField()
    prices_include_tax = serializers.BooleanField()
    totals = DraftTotals()
    customer = Customer()
    shipping_address = Address(allow_null=True)
    billing_address = Address(allow_null=True)
    shipping_method = serializers.CharField(allow_null=True)
    shipping_tax_rate = Rate()
    shipping_reason = serializers.CharField()
    discount_reason = serializers.CharField()
    tax_exemption = serializers.CharField(help_text="Empty where none was told.")
    buyer_reference = serializers.CharField()
    lines = DraftLine(many=True)
    price_changes = PriceChange(many=True)
    frozen = serializers.BooleanField()
    reserve_until = serializers.DateTimeField(allow_null=True)
    call_back_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    metadata = Metadata()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
