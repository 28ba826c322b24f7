"""What lists of the returns floor may be narrowed by."""

from django_filters import CharFilter, ChoiceFilter, FilterSet

from orders.api.filters import ChoiceInFilter, InstantFilter
from returns.models import Return
from returns.states import ReturnStatus


class ReturnFilter(FilterSet):  # type: ignore[misc]
    order = CharFilter(field_name="order__number", help_text="An order's number.")
    status = ChoiceFilter(choices=ReturnStatus.choices)
    status__in = ChoiceInFilter(field_name="status", choices=ReturnStatus.choices, lookup_expr="in")
    updated_at__gte = InstantFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Return
        fields: list[str] = []
