"""Availability: what could be sold now, and when it would arrive."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from orders import selectors
from orders.api import render, serializers
from orders.api.view import ApiView
from orders.countries import COUNTRIES
from orders.errors import InvalidRequest, UnknownProduct
from orders.kernel.errors import FieldError
from orders.kernel.work import ask
from orders.questions import Availability as AvailabilityQuestion
from orders.questions import ProductAvailability
from orders.scopes import Scope

_MOST_SKUS = 100


class Availability(ApiView):
    tag = "stock"
    scopes = {"GET": Scope.STOCK_READ}
    query = {
        "GET": [
            OpenApiParameter(
                "sku",
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "maxItems": _MOST_SKUS},
                style="form",
                explode=False,
                required=True,
            ),
            OpenApiParameter("country", {"type": "string", "enum": sorted(COUNTRIES)}, required=True),
            OpenApiParameter("quantity", {"type": "integer", "minimum": 1, "maximum": serializers.LARGEST_QUANTITY}),
        ]
    }

    @extend_schema(operation_id="read_availability", responses=serializers.AvailabilityList)
    def get(self, request: Request) -> HttpResponse:
        """What could be sold of up to 100 products now, what is on its way, and when it would arrive."""
        skus, country, quantity = self._asked()
        known = selectors.product_ids(skus)
        unknown = [sku for sku in skus if sku not in known]
        if unknown:
            errors = [FieldError(pointer="?sku", code="unknown_product", detail="No product has this SKU.")]
            raise UnknownProduct("sku names products that don't exist.", errors=errors * len(unknown))
        ids = tuple(known[sku] for sku in skus)
        answers = ask(AvailabilityQuestion(product_ids=ids, country=country, quantity=quantity))
        return self.tell({"data": [_shown(each) for each in answers]})

    def _asked(self) -> tuple[list[str], str, int]:
        given = self.http.GET
        skus = list(dict.fromkeys(sku.strip() for sku in given.get("sku", "").split(",") if sku.strip()))
        country = given.get("country", "")
        quantity = given.get("quantity", "1")
        errors = []
        if not 1 <= len(skus) <= _MOST_SKUS:
            errors.append(FieldError(pointer="?sku", code="range", detail=f"1 to {_MOST_SKUS}, separated by commas."))
        if country not in COUNTRIES:
            errors.append(FieldError(pointer="?country", code="choice", detail="An ISO 3166-1 alpha-2 code."))
        is_number = quantity.isascii() and quantity.isdecimal() and len(quantity) <= 7
        if not is_number or not 1 <= int(quantity) <= serializers.LARGEST_QUANTITY:
            detail = f"1 to {serializers.LARGEST_QUANTITY}."
            errors.append(FieldError(pointer="?quantity", code="range", detail=detail))
        if errors:
            raise InvalidRequest("Some query parameters are not valid; errors names each of them.", errors=errors)
        return skus, country, int(quantity)


def _shown(row: ProductAvailability) -> dict[str, object]:
    promise = None
    if row.promise_from is not None and row.promise_to is not None:
        promise = {"from": render.day(row.promise_from), "to": render.day(row.promise_to)}
    return {
        "sku": row.sku,
        "available": max(row.available, 0),
        "incoming": [{"quantity": quantity, "on": render.day(on)} for quantity, on in row.incoming],
        "promise": promise,
    }
