"""Stock and fulfillment orders."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orders.api.errors import blaming
from orders.api.filters import narrowed, parameters_of
from orders.api.pages import SORTS, page
from orders.api.schema import LIST, NOTHING, page_of, sorted_by
from orders.api.view import ApiView, told
from orders.errors import InvalidRequest, NotFound
from orders.kernel.errors import at
from orders.scopes import Scope
from orders.services.idempotency import Answer
from warehouse.api import render, serializers
from warehouse.api.filters import FulfillmentOrderFilter, StockFilter
from warehouse.errors import NotYourLocation, StockTooLow
from warehouse.models import FulfillmentOrder as Row
from warehouse.models import StockLevel
from warehouse.selectors import shown
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.answer_request import accept_fulfillment_order, reject_fulfillment_order
from warehouse.states import RejectReason


class Stock(ApiView):
    tag = "stock"
    scopes = {"GET": Scope.STOCK_READ}
    query = {"GET": [*LIST, *parameters_of(StockFilter)]}

    @extend_schema(operation_id="list_stock", responses=page_of(serializers.Stock))
    def get(self, request: Request) -> HttpResponse:
        """What each warehouse holds of each product."""
        levels = narrowed(StockFilter, shown.stock_levels(), self.http)
        rows = page(levels, self.http, name="stock", sorts=("id",))
        return self.tell_page(rows, [render.stock(row) for row in rows.rows])


class Adjustments(ApiView):
    tag = "stock"
    scopes = {"POST": Scope.STOCK_WRITE}

    @extend_schema(operation_id="adjust_stock", request=serializers.AdjustmentIn, responses={201: serializers.Stock})
    def post(self, request: Request) -> HttpResponse:
        """Correct what the books say lies in a warehouse, for a reason; answers with the level after it."""
        wanted = self.read(serializers.AdjustmentIn)
        sku = wanted.pop("sku")

        def adjust() -> StockLevel:
            with blaming("#/delta" if wanted.get("counted") is None else "#/counted", StockTooLow):
                return adjust_stock(sku, **wanted, by=self.by)

        return self.act_once(
            adjust,
            lambda level: told(render.stock(shown.stock_levels().get(pk=level.pk)), status=201),
        )


class FulfillmentOrders(ApiView):
    tag = "fulfillment orders"
    scopes = {"GET": Scope.FULFILLMENT_READ}
    query = {"GET": [*LIST, sorted_by(*SORTS), *parameters_of(FulfillmentOrderFilter)]}

    @extend_schema(operation_id="list_fulfillment_orders", responses=page_of(serializers.FulfillmentOrder))
    def get(self, request: Request) -> HttpResponse:
        """The work orders for your orders, newest first."""
        mine = shown.fulfillment_orders(self.partner)
        rows = page(narrowed(FulfillmentOrderFilter, mine, self.http), self.http, name="fulfillment-orders")
        return self.tell_page(rows, [render.fulfillment_order(row) for row in rows.rows])


class FulfillmentOrder(ApiView):
    tag = "fulfillment orders"
    scopes = {"GET": Scope.FULFILLMENT_READ}

    @extend_schema(operation_id="read_fulfillment_order", responses=serializers.FulfillmentOrder)
    def get(self, request: Request, id: str) -> HttpResponse:
        """One work order."""
        row = _shown(self, id)
        return self.tell(render.fulfillment_order(row), version=row.version)


class Acceptance(ApiView):
    tag = "fulfillment orders"
    scopes = {"POST": Scope.FULFILLMENT_WRITE}

    @extend_schema(
        operation_id="accept_fulfillment_order", request=NOTHING, responses={200: serializers.FulfillmentOrder}
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        """Your location will do it."""
        self.read_nothing()
        row = _yours(self, id)
        return self.act_once(lambda: accept_fulfillment_order(row.pk, by=self.by), lambda _done: _told(self, id))


class Rejection(ApiView):
    tag = "fulfillment orders"
    scopes = {"POST": Scope.FULFILLMENT_WRITE}

    @extend_schema(
        operation_id="reject_fulfillment_order",
        request=serializers.RejectIn,
        responses={200: serializers.FulfillmentOrder},
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        """Your location can't do it: its units are sourced elsewhere, and the books follow what you say is missing."""
        wanted = self.read(serializers.RejectIn)
        row = _yours(self, id)
        lines = wanted.get("lines")
        missing = None if lines is None else _by_line(lines)
        return self.act_once(
            lambda: reject_fulfillment_order(
                row.pk, reason=RejectReason(wanted["reason"]), missing=missing, by=self.by
            ),
            lambda _done: _told(self, id),
        )


def _by_line(lines: list[dict[str, Any]]) -> dict[str, int]:
    """Units by line. Raises ``InvalidRequest`` when a line is named twice."""
    missing: dict[str, int] = {}
    for i, line in enumerate(lines):
        if line["id"] in missing:
            words = "This line is named twice."
            raise InvalidRequest(words, errors=[at(f"#/lines/{i}/id", InvalidRequest.code, words)])
        missing[line["id"]] = line["missing"]
    return missing


def _shown(view: ApiView, id: str) -> Row:
    row = shown.fulfillment_orders(view.partner).filter(public_id=id).first()
    if row is None:
        raise NotFound("There is no such fulfillment order.")
    return row


def _yours(view: ApiView, id: str) -> Row:
    """The same, if the caller's partner works there. Raises ``NotYourLocation``."""
    row = _shown(view, id)
    place = row.warehouse or row.supplier
    if place is None or place.run_by_id != view.partner.pk:
        raise NotYourLocation("Only who runs the location answers for it.")
    return row


def _told(view: ApiView, id: str) -> Answer:
    row = _shown(view, id)
    return told(render.fulfillment_order(row), status=200, version=row.version)
