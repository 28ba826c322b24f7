"""What lists of the ground floor may be narrowed by."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django_filters import BaseInFilter, CharFilter, ChoiceFilter, Filter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from orders.api.serializers import VISIBLE
from orders.api.strict import Wrong, read_instant
from orders.errors import InvalidRequest
from orders.kernel.errors import FieldError
from orders.models import Order, Product
from orders.selectors import with_phone
from orders.states import FulfillmentState, PaymentState, ReturnState

FEW = 1000  # orders


class InstantField(forms.CharField):
    """An instant as the rest of the API takes it."""

    def to_python(self, value: Any) -> datetime | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            return read_instant(value)
        except Wrong as wrong:
            raise forms.ValidationError(wrong.found[0][2]) from None


class InstantFilter(Filter):  # type: ignore[misc]
    field_class = InstantField


class ChoiceInFilter(BaseInFilter, ChoiceFilter):  # type: ignore[misc]
    """Any of several choices, separated by commas."""


class OrderFilter(FilterSet):  # type: ignore[misc]
    status = ChoiceFilter(choices=VISIBLE)
    status__in = ChoiceInFilter(field_name="status", choices=VISIBLE, lookup_expr="in")
    payment_status = ChoiceFilter(choices=PaymentState.choices)
    fulfillment_status = ChoiceFilter(choices=FulfillmentState.choices)
    return_status = ChoiceFilter(choices=ReturnState.choices)
    created_at__gte = InstantFilter(field_name="created_at", lookup_expr="gte")
    created_at__lt = InstantFilter(field_name="created_at", lookup_expr="lt")
    updated_at__gte = InstantFilter(field_name="updated_at", lookup_expr="gte")
    updated_at__lt = InstantFilter(field_name="updated_at", lookup_expr="lt")
    external_ref = CharFilter()
    customer_email = CharFilter(method="by_email")
    tag = CharFilter(method="by_tag")
    q = CharFilter(
        method="search",
        help_text="A number or its beginning, an external_ref, an e-mail address, or a phone however it is written.",
    )

    class Meta:
        model = Order
        fields: list[str] = []

    def by_email(self, orders: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        return orders.filter(email=value.lower())

    def by_tag(self, orders: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        """A few are taken by the tag's own index; of many, a page is soon full on the way back through time.

        PostgreSQL guesses that a tag it doesn't know is common, and would read every order to find none.
        """
        tagged = orders.filter(tags__contains=[value])
        few = list(tagged.order_by().values_list("pk", flat=True)[: FEW + 1])
        return orders.filter(pk__in=few) if len(few) <= FEW else tagged

    def search(self, orders: QuerySet[Order], _name: str, value: str) -> QuerySet[Order]:
        """Each way by its own index, then together: one condition with OR would read every order."""
        ways = [
            {"number__startswith": value.upper()},
            {"external_ref": value},
            {"email": value.lower()},
            {"phone": value},
        ]
        found = [orders.filter(**way) for way in ways]
        phoning = with_phone(orders, value)
        if phoning is not None:
            found.append(phoning)
        first, *others = [hits.values("pk") for hits in found]
        return orders.filter(pk__in=first.union(*others))


class ProductFilter(FilterSet):  # type: ignore[misc]
    is_active = ChoiceFilter(choices=[("true", "Active"), ("false", "Inactive")], method="by_activity")
    gtin = CharFilter()
    updated_at__gte = InstantFilter(field_name="updated_at", lookup_expr="gte")
    q = CharFilter(method="search", help_text="The beginning of a SKU, or a GTIN.")

    class Meta:
        model = Product
        fields: list[str] = []

    def by_activity(self, products: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        return products.filter(is_active=value == "true")

    def search(self, products: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        return products.filter(Q(sku__startswith=value) | Q(gtin=value))


def narrowed(filters: type[FilterSet], rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """``rows`` narrowed by the query. Raises ``InvalidRequest`` naming each parameter that is wrong."""
    bound = filters(request.GET, queryset=rows, request=request)
    wrong = [name for name in bound.filters if name in bound.errors or request.GET.get(name, "x").strip() == ""]
    if wrong:
        errors = [
            FieldError(pointer=f"?{name}", code="not_valid", detail=_advice(bound.filters[name])) for name in wrong
        ]
        raise InvalidRequest("Some query parameters are not valid; errors names each of them.", errors=errors)
    found: QuerySet[Any] = bound.qs
    return found


def _advice(used: Filter) -> str:
    if isinstance(used, ChoiceFilter):
        return f"One of: {', '.join(value for value, _ in used.extra['choices'])}."
    if isinstance(used, CharFilter):
        return "Must not be empty; leave it out to see all."
    return "Must be an instant with offset, such as 2026-11-22T10:00:00Z (RFC 3339)."


def parameters_of(filters: type[FilterSet]) -> list[OpenApiParameter]:
    """The same filters as the schema tells them."""
    return [_parameter(name, used) for name, used in filters.base_filters.items()]


def _parameter(name: str, used: Filter) -> OpenApiParameter:
    choices = [value for value, _ in used.extra.get("choices", ())]
    described = {"description": used.extra.get("help_text", "")}
    if isinstance(used, ChoiceInFilter):
        listed = {"type": "array", "items": {"type": "string", "enum": choices}}
        return OpenApiParameter(name, listed, style="form", explode=False, **described)
    if choices:
        return OpenApiParameter(name, OpenApiTypes.STR, enum=choices, **described)
    if isinstance(used, InstantFilter):
        return OpenApiParameter(name, OpenApiTypes.DATETIME, **described)
    return OpenApiParameter(name, {"type": "string", "minLength": 1}, **described)
