"""Products: PUT makes or replaces, GET reads."""

import re
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from orders import selectors
from orders.api import render, serializers
from orders.api.etags import expected_versions
from orders.api.filters import ProductFilter, narrowed, parameters_of
from orders.api.pages import SORTS, page
from orders.api.schema import LIST, page_of, sorted_by
from orders.api.view import ApiView
from orders.errors import InvalidRequest, NotFound
from orders.kernel.errors import FieldError
from orders.scopes import Scope
from orders.services.product import ComponentData, ProductData, upsert_product

# No slash (it parts a path), no comma (it parts a list), no control characters, no blanks around it.
SKU = r"[^\s/,\x00-\x1f\x7f-\x9f]([^/,\x00-\x1f\x7f-\x9f]{0,62}[^\s/,\x00-\x1f\x7f-\x9f])?"
SKU_PARAMETER = OpenApiParameter(
    "sku", {"type": "string", "pattern": r"^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?$"}, OpenApiParameter.PATH
)


class Products(ApiView):
    tag = "products"
    query = {"GET": [*LIST, sorted_by(*SORTS), *parameters_of(ProductFilter)]}

    @extend_schema(operation_id="list_products", responses=page_of(serializers.Product))
    def get(self, request: Request) -> HttpResponse:
        """The catalogue, which all partners share; newest first."""
        rows = page(narrowed(ProductFilter, selectors.products(), self.http), self.http, name="products")
        return self.tell_page(rows, [render.product(row) for row in rows.rows])


@extend_schema(parameters=[SKU_PARAMETER])
class Product(ApiView):
    tag = "products"
    scopes = {"PUT": Scope.PRODUCTS_WRITE}

    @extend_schema(operation_id="read_product", responses=serializers.Product)
    def get(self, request: Request, sku: str) -> HttpResponse:
        """One product."""
        product = selectors.products().filter(sku=checked_sku(sku)).first()
        if product is None:
            raise NotFound("There is no product with this SKU.")
        return self.tell(render.product(product), version=product.version)

    @extend_schema(
        operation_id="put_product",
        request=serializers.ProductIn,
        responses={200: serializers.Product, 201: serializers.Product},
    )
    def put(self, request: Request, sku: str) -> HttpResponse:
        """Make a product, or replace it as a whole. If-Match is honoured when sent."""
        wanted = self.read(serializers.ProductIn)
        versions = expected_versions(self.http, is_required=False)
        product, is_new = upsert_product(checked_sku(sku), product_data(wanted), versions=versions, by=self.by)
        shown = selectors.products().get(pk=product.pk)
        return self.tell(render.product(shown), status=201 if is_new else 200, version=shown.version)


def product_data(values: dict[str, Any]) -> ProductData:
    """The parsed body as the service takes it."""
    components = tuple(ComponentData(**component) for component in values.pop("components", ()))
    return ProductData(**values, components=components)


def checked_sku(given: str, *, pointer: str = "sku") -> str:
    """A SKU that can stand in a path and in a list. Raises ``InvalidRequest``."""
    if given in (".", "..") or not re.fullmatch(SKU, given):
        detail = "1 to 64 characters without slashes, commas, control characters and blanks around it."
        raise InvalidRequest("sku is not valid.", errors=[FieldError(pointer=pointer, code="format", detail=detail)])
    return given
