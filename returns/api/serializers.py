"""Shapes of the returns floor's resources."""

from typing import Any

from rest_framework import serializers

from orders.api.fields import Amount, Currency, Line, Text
from orders.api.serializers import LARGEST_QUANTITY, MOST_LINES
from returns.states import Acceptance, Condition, Disposition, Reception, ReturnReason, ReturnStatus

KINDS = ["return"]


class ReturnLineIn(serializers.Serializer[Any]):
    """Units of an order line to send back, and why."""

    order_line = Line(max_length=24)
    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST_QUANTITY)
    reason = serializers.ChoiceField(choices=ReturnReason.choices)
    note = Text(max_length=2000, required=False, allow_blank=True)


class ReturnIn(serializers.Serializer[Any]):
    """Lines of one order to send back for a refund; nothing is sent in exchange."""

    order = Line(max_length=16)
    kind = serializers.ChoiceField(choices=KINDS)
    lines = serializers.ListField(child=ReturnLineIn(), min_length=1, max_length=MOST_LINES)
    exchange_lines = serializers.ListField(child=Line(), max_length=0, required=False)


class ReturnLine(serializers.Serializer[Any]):
    """Units of an order line that come back, and what became of them."""

    id = serializers.CharField()
    order_line = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField(min_value=1)
    received = serializers.IntegerField(min_value=0)
    accepted = serializers.IntegerField(min_value=0)
    reason = serializers.ChoiceField(choices=ReturnReason.choices)
    note = serializers.CharField()
    reception = serializers.ChoiceField(choices=Reception.choices)
    acceptance = serializers.ChoiceField(choices=Acceptance.choices)
    condition = serializers.ChoiceField(choices=Condition.choices)
    disposition = serializers.ChoiceField(choices=Disposition.choices)


class Return(serializers.Serializer[Any]):
    """Goods that come back. refund_estimate: what accepting every unit would give back."""

    id = serializers.CharField()
    order = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    status = serializers.ChoiceField(choices=ReturnStatus.choices)
    currency = Currency()
    refund_estimate = Amount()
    decline_reason = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True)
    tracking_number = serializers.CharField(allow_null=True)
    label_url = serializers.CharField(allow_null=True)
    lines = ReturnLine(many=True)
    version = serializers.IntegerField(min_value=1)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
