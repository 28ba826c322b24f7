"""Shapes of the warehouse floor's resources."""

from typing import Any

from rest_framework import serializers

from orders.api.fields import Line, Sku
from warehouse.states import AdjustmentReason, FulfillmentOrderStatus, RejectReason, RequestStatus

LARGEST_ADJUSTMENT = 10_000_000
LOCATION_KINDS = ["warehouse", "supplier"]


class AdjustmentIn(serializers.Serializer[Any]):
    """By how much stock differs (delta), or how much there is (counted): one of the two."""

    sku = Sku()
    warehouse = Line(max_length=16)
    delta = serializers.IntegerField(
        min_value=-LARGEST_ADJUSTMENT, max_value=LARGEST_ADJUSTMENT, required=False, allow_null=True
    )
    counted = serializers.IntegerField(min_value=0, max_value=LARGEST_ADJUSTMENT, required=False, allow_null=True)
    reason = serializers.ChoiceField(choices=AdjustmentReason.choices)
    bin = Line(max_length=32, required=False, allow_null=True, help_text="Null: the warehouse as a whole.")


class MissingIn(serializers.Serializer[Any]):
    """Units of a line of the fulfillment order that aren't there, or aren't fit for sale."""

    id = Line(max_length=24)
    missing = serializers.IntegerField(min_value=1, max_value=LARGEST_ADJUSTMENT)


class RejectIn(serializers.Serializer[Any]):
    """Why the location can't do it. out_of_stock and damaged correct the books, too."""

    reason = serializers.ChoiceField(choices=RejectReason.choices)
    lines = serializers.ListField(
        child=MissingIn(),
        min_length=1,
        max_length=200,
        required=False,
        allow_null=True,
        help_text="With out_of_stock and damaged: what is missing; null: all of it.",
    )


class Stock(serializers.Serializer[Any]):
    """How much of a product a warehouse holds. available: what may still be promised."""

    sku = serializers.CharField()
    warehouse = serializers.CharField()
    on_hand = serializers.IntegerField(min_value=0)
    allocated = serializers.IntegerField(min_value=0)
    unavailable = serializers.IntegerField(min_value=0)
    safety_stock = serializers.IntegerField(min_value=0)
    available = serializers.IntegerField(help_text="Negative while less is left than the safety stock.")
    incoming = serializers.IntegerField(min_value=0)


class Location(serializers.Serializer[Any]):
    """Who fulfills: a warehouse or a supplier."""

    kind = serializers.ChoiceField(choices=LOCATION_KINDS)
    code = serializers.CharField()


class FulfillmentOrderLine(serializers.Serializer[Any]):
    """Units of an order line that this location sends."""

    id = serializers.CharField()
    order_line = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField(min_value=0)
    picked = serializers.IntegerField(min_value=0)
    packed = serializers.IntegerField(min_value=0)
    shipped = serializers.IntegerField(min_value=0)


class FulfillmentOrder(serializers.Serializer[Any]):
    """What one location has to send for one order."""

    id = serializers.CharField()
    order = serializers.CharField()
    status = serializers.ChoiceField(choices=FulfillmentOrderStatus.choices)
    request_status = serializers.ChoiceField(choices=RequestStatus.choices)
    location = Location()
    promised_on = serializers.DateField(allow_null=True)
    lines = FulfillmentOrderLine(many=True)
    version = serializers.IntegerField(min_value=1)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
