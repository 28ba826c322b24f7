"""What lists of the shipping floor may be narrowed by."""

from django.db.models import Exists, OuterRef, QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet

from orders.api.filters import ChoiceInFilter, InstantFilter
from shipping.models import Shipment, ShipmentLine
from shipping.states import ShipmentStatus, TrackingStatus


class ShipmentFilter(FilterSet):  # type: ignore[misc]
    order = CharFilter(method="by_order", help_text="An order's number.")
    status = ChoiceFilter(choices=ShipmentStatus.choices)
    status__in = ChoiceInFilter(field_name="status", choices=ShipmentStatus.choices, lookup_expr="in")
    tracking_status = ChoiceFilter(choices=TrackingStatus.choices)
    tracking_number = CharFilter()
    updated_at__gte = InstantFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Shipment
        fields: list[str] = []

    def by_order(self, shipments: QuerySet[Shipment], _name: str, value: str) -> QuerySet[Shipment]:
        return shipments.filter(Exists(ShipmentLine.objects.filter(shipment=OuterRef("pk"), line__order__number=value)))
