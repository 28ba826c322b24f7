"""What lists of the warehouse floor may be narrowed by."""

from django_filters import CharFilter, ChoiceFilter, FilterSet

from orders.api.filters import ChoiceInFilter, InstantFilter
from warehouse.models import FulfillmentOrder, StockLevel
from warehouse.states import FulfillmentOrderStatus, RequestStatus


class StockFilter(FilterSet):  # type: ignore[misc]
    sku = CharFilter(field_name="product__sku")
    warehouse = CharFilter(field_name="warehouse__code")

    class Meta:
        model = StockLevel
        fields: list[str] = []


class FulfillmentOrderFilter(FilterSet):  # type: ignore[misc]
    order = CharFilter(field_name="order__number", help_text="An order's number.")
    warehouse = CharFilter(field_name="warehouse__code")
    status = ChoiceFilter(choices=FulfillmentOrderStatus.choices)
    status__in = ChoiceInFilter(field_name="status", choices=FulfillmentOrderStatus.choices, lookup_expr="in")
    request_status = ChoiceFilter(choices=RequestStatus.choices)
    updated_at__gte = InstantFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = FulfillmentOrder
        fields: list[str] = []
