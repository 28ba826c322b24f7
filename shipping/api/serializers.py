"""Shapes of the shipping floor's resources."""

from typing import Any

from rest_framework import serializers

from orders.api.fields import Line
from shipping.states import DocumentKind, ShipmentStatus, TrackingStatus


class TrackingEventIn(serializers.Serializer[Any]):
    """News of a shipment. The same event_id again changes nothing; news may come in any order."""

    event_id = Line(max_length=128)
    status = serializers.ChoiceField(choices=TrackingStatus.choices)
    occurred_at = serializers.DateTimeField()
    place = Line(max_length=128, required=False, allow_blank=True)
    detail = Line(max_length=255, required=False, allow_blank=True)


class TrackingEvent(serializers.Serializer[Any]):
    """News of a shipment."""

    event_id = serializers.CharField()
    status = serializers.ChoiceField(choices=TrackingStatus.choices)
    occurred_at = serializers.DateTimeField()
    place = serializers.CharField()
    detail = serializers.CharField()


class PackageLine(serializers.Serializer[Any]):
    """Units of an order line in a package."""

    order_line = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField(min_value=1)


class Package(serializers.Serializer[Any]):
    """One box."""

    id = serializers.CharField()
    box = serializers.CharField(allow_null=True)
    weight_g = serializers.IntegerField(min_value=1, allow_null=True)
    tracking_number = serializers.CharField(allow_null=True)
    lines = PackageLine(many=True)


class Document(serializers.Serializer[Any]):
    """A paper of a shipment; its url needs your key."""

    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    content_type = serializers.CharField()
    url = serializers.CharField()


class Shipment(serializers.Serializer[Any]):
    """One or more packages to one door, as far as they hold your goods."""

    id = serializers.CharField()
    status = serializers.ChoiceField(choices=ShipmentStatus.choices)
    tracking_status = serializers.ChoiceField(choices=TrackingStatus.choices)
    carrier = serializers.CharField(allow_null=True)
    service = serializers.CharField(allow_null=True)
    tracking_number = serializers.CharField(allow_null=True)
    tracking_url = serializers.CharField(allow_null=True)
    promised_on = serializers.DateField(allow_null=True)
    orders = serializers.ListField(child=serializers.CharField())
    packages = Package(many=True)
    documents = Document(many=True)
    tracking_events = TrackingEvent(many=True)
    version = serializers.IntegerField(min_value=1)
    shipped_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
