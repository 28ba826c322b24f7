"""Shapes of changes after placement: what may be asked for, what would come of it, and what came of it."""

from typing import Any

from rest_framework import serializers

from orders.api.fields import Amount, Anything, Line, OneOf, Rate, Sku, Text
from orders.api.serializers import LARGEST_QUANTITY, AddressIn, OrderLine, Totals
from orders.states import ChangeStatus, Difference

MOST_ACTIONS = 250


def _is(name: str) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[name])


class AddLineIn(serializers.Serializer[Any]):
    """Another product. Price and tax rate default to the product's; the discount is for the whole line."""

    type = _is("add_line")
    sku = Sku()
    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST_QUANTITY)
    unit_price = Amount(required=False, allow_null=True)
    tax_rate = Rate(required=False, allow_null=True)
    discount = Amount(required=False)
    reason = Line(
        max_length=255, required=False, allow_blank=True, help_text="Why it costs something else than its product."
    )
    external_ref = Line(max_length=128, required=False, allow_blank=True)
    accepts_substitutes = serializers.BooleanField(required=False)


class SetQuantityIn(serializers.Serializer[Any]):
    """How many units of the line shall be ordered and not cancelled; 0 removes it."""

    type = _is("set_quantity")
    line = Line(max_length=24)
    quantity = serializers.IntegerField(min_value=0, max_value=LARGEST_QUANTITY)


class SetPriceIn(serializers.Serializer[Any]):
    """Another price per unit, and why."""

    type = _is("set_price")
    line = Line(max_length=24)
    unit_price = Amount()
    reason = Line(max_length=255)


class SetDiscountIn(serializers.Serializer[Any]):
    """The discount on what isn't billed yet: of the line, or without one of the whole order."""

    type = _is("set_discount")
    line = Line(max_length=24, required=False, allow_blank=True)
    discount = Amount()
    reason = Line(max_length=255)


class SetShippingAddressIn(serializers.Serializer[Any]):
    """Where it goes."""

    type = _is("set_shipping_address")
    address = AddressIn()


class SetBillingAddressIn(serializers.Serializer[Any]):
    """Who is billed from now on; null: the same as shipping."""

    type = _is("set_billing_address")
    address = AddressIn(allow_null=True)


class SetShippingMethodIn(serializers.Serializer[Any]):
    """How it goes; without a price it costs what the method costs."""

    type = _is("set_shipping_method")
    method = Line(max_length=32)
    price = Amount(required=False, allow_null=True)


class SetContactIn(serializers.Serializer[Any]):
    """Where the customer is reached about this order."""

    type = _is("set_contact")
    email = serializers.EmailField(max_length=254, required=False, allow_null=True)
    phone = Line(max_length=32, required=False, allow_blank=True, allow_null=True)


class ChangeIn(serializers.Serializer[Any]):
    """All of these actions or none. With preview nothing is kept; with version only if the order still has it."""

    preview = serializers.BooleanField(required=False)
    version = serializers.IntegerField(min_value=1, max_value=2_147_483_647, required=False, allow_null=True)
    note = Text(max_length=2000, required=False, allow_blank=True)
    notify = serializers.BooleanField(required=False)
    payment_link = serializers.BooleanField(
        required=False, help_text="False: no link is sent by which the customer pays what is owed more now."
    )
    actions = serializers.ListField(
        child=OneOf(
            {
                "add_line": AddLineIn,
                "set_quantity": SetQuantityIn,
                "set_price": SetPriceIn,
                "set_discount": SetDiscountIn,
                "set_shipping_address": SetShippingAddressIn,
                "set_billing_address": SetBillingAddressIn,
                "set_shipping_method": SetShippingMethodIn,
                "set_contact": SetContactIn,
            }
        ),
        min_length=1,
        max_length=MOST_ACTIONS,
    )


class DiffEntry(serializers.Serializer[Any]):
    """One thing that is different: of a line where one is named, else of the order."""

    what = serializers.CharField()
    line = serializers.CharField()
    sku = serializers.CharField()
    name = serializers.CharField()
    before = Anything(allow_null=True, help_text="Null for a line that is new.")
    after = Anything(allow_null=True)


class OrderChange(serializers.Serializer[Any]):
    """A change and what came of it. difference: what becomes of the money."""

    id = serializers.CharField()
    status = serializers.ChoiceField(choices=ChangeStatus.choices)
    note = serializers.CharField(help_text="Yours or the customer's; what staff note of a change isn't shown.")
    diff = DiffEntry(many=True)
    difference = serializers.ChoiceField(choices=Difference.choices)
    total_before = Amount()
    total_after = Amount()
    version_before = serializers.IntegerField(allow_null=True)
    version_after = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()


class Mail(serializers.Serializer[Any]):
    """What the customer would read."""

    subject = serializers.CharField()
    text = serializers.CharField()


class ChangePreview(serializers.Serializer[Any]):
    """What the change would come to. voided and refunded: what would go back of money reserved, and of money taken."""

    preview = serializers.BooleanField()
    version = serializers.IntegerField(help_text="The order's now; send it with the change.")
    diff = DiffEntry(many=True)
    difference = serializers.ChoiceField(choices=Difference.choices)
    totals = Totals()
    voided = Amount()
    refunded = Amount()
    lines = OrderLine(many=True, help_text="New lines get other ids once they are kept.")
    mail = Mail(allow_null=True)
