"""Batches: up to 500 orders or 1,000 products in one request, each answered as if it were sent alone."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orders import selectors
from orders.api import render, serializers
from orders.api.batch import (
    answered_one_by_one,
    batch_response,
    canonical,
    items_of,
)
from orders.api.strict import read
from orders.api.view import ApiView, told
from orders.api.views.orders import order_request, place_one, refused_by, told_placed
from orders.api.views.products import checked_sku, product_data
from orders.errors import InvalidRequest
from orders.requests import OrderRequest, Repeatable
from orders.scopes import Scope
from orders.services.idempotency import Answer, item_of, open_batch
from orders.services.place_together import Item, place_together
from orders.services.product import upsert_product


class OrderBatch(ApiView):
    tag = "orders"
    scopes = {"POST": Scope.ORDERS_WRITE}
    requires_key = True

    @extend_schema(operation_id="place_orders", request=serializers.OrderBatchIn, responses={200: serializers.Batch})
    def post(self, request: Request) -> HttpResponse:
        """Place up to 500 orders. A batch that is sent again goes on where it broke off, and acts once."""
        batch = self.once()
        assert batch is not None  # it needs a key
        items = items_of(self.http, serializers.OrderBatchIn)
        open_batch(batch)
        keys = [item_of(batch, i, canonical(item)) for i, item in enumerate(items)]
        wanted = {i: each for i, item in enumerate(items) if (each := _readable(item)) is not None}
        together = {
            i: Item(request=each, repeat=Repeatable(once=keys[i], told=told_placed, refused=refused_by(self)))
            for i, each in wanted.items()
        }
        answers = place_together(together, by=self.by, partner=self.partner)

        def place(i: int) -> Answer:
            order = wanted.get(i) or order_request(read(serializers.OrderIn, items[i]))
            return place_one(self, order, keys[i])[0]

        return batch_response(answered_one_by_one(self.http, answers, len(items), place))


def _readable(item: Any) -> OrderRequest | None:
    """None for a body with mistakes: it is read again where they are told."""
    try:
        return order_request(read(serializers.OrderIn, item))
    except InvalidRequest:
        return None


class ProductBatch(ApiView):
    tag = "products"
    scopes = {"POST": Scope.PRODUCTS_WRITE}

    @extend_schema(operation_id="put_products", request=serializers.ProductBatchIn, responses={200: serializers.Batch})
    def post(self, request: Request) -> HttpResponse:
        """Make or replace up to 1,000 products; a bundle may follow its components in the same batch."""
        batch = self.once()
        items = items_of(self.http, serializers.ProductBatchIn)
        if batch is not None:
            open_batch(batch)

        def put(i: int) -> Answer:
            wanted = read(serializers.ProductBatchItemIn, items[i])
            sku = checked_sku(wanted.pop("sku"), pointer="#/sku")
            product, is_new = upsert_product(sku, product_data(wanted), by=self.by)
            shown = selectors.products().get(pk=product.pk)
            return told(render.product(shown), status=201 if is_new else 200, version=shown.version)

        return batch_response(answered_one_by_one(self.http, {}, len(items), put))
