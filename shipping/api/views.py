"""Shipments, their papers, and news of them."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from orders.api.filters import narrowed, parameters_of
from orders.api.pages import SORTS, page
from orders.api.schema import LIST, page_of, sorted_by
from orders.api.view import ApiView, told
from orders.errors import NotFound
from orders.scopes import Scope
from shipping import selectors
from shipping.api import render, serializers
from shipping.api.filters import ShipmentFilter
from shipping.carriers.protocol import News
from shipping.models import Shipment as ShipmentRow
from shipping.services.record_tracking import record_tracking


class Shipments(ApiView):
    tag = "shipments"
    scopes = {"GET": Scope.SHIPMENTS_READ}
    query = {"GET": [*LIST, sorted_by(*SORTS), *parameters_of(ShipmentFilter)]}

    @extend_schema(operation_id="list_shipments", responses=page_of(serializers.Shipment))
    def get(self, request: Request) -> HttpResponse:
        """The shipments of your orders, newest first."""
        mine = narrowed(ShipmentFilter, selectors.partner_shipments(self.partner), self.http)
        rows = page(mine, self.http, name="shipments")
        return self.tell_page(rows, [render.shipment(row, partner_id=self.partner.pk) for row in rows.rows])


class Shipment(ApiView):
    tag = "shipments"
    scopes = {"GET": Scope.SHIPMENTS_READ}

    @extend_schema(operation_id="read_shipment", responses=serializers.Shipment)
    def get(self, request: Request, id: str) -> HttpResponse:
        """One shipment with its packages, papers and news."""
        row = shipment_of(self, id)
        return self.tell(render.shipment(row, partner_id=self.partner.pk), version=row.version)


class AnyType(DefaultContentNegotiation):
    """What a paper is, it is: nobody chooses its type. Errors are told as JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ShipmentDocument(ApiView):
    tag = "shipments"
    scopes = {"GET": Scope.SHIPMENTS_READ}
    content_negotiation_class = AnyType

    @extend_schema(
        operation_id="read_shipment_document",
        responses={(200, media_type): OpenApiTypes.BINARY for media_type in ("application/pdf", "application/zpl")},
    )
    def get(self, request: Request, id: str, document: str) -> HttpResponse:
        """A paper of a shipment, to be printed."""
        paper = shipment_of(self, id).documents.filter(public_id=document).first()
        if paper is None:
            raise NotFound("There is no such document.")
        return HttpResponse(bytes(paper.content), content_type=paper.content_type)


class TrackingEvents(ApiView):
    tag = "shipments"
    scopes = {"POST": Scope.SHIPMENTS_WRITE}

    @extend_schema(
        operation_id="report_tracking_event",
        request=serializers.TrackingEventIn,
        responses={201: serializers.TrackingEvent},
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        """Tell where a shipment is; the customer, the order and its completion follow."""
        news = News(**self.read(serializers.TrackingEventIn))
        shipment = shipment_of(self, id)
        return self.act_once(
            lambda: record_tracking(shipment.pk, news, by=self.by),
            lambda event: told(render.tracking_event(event), status=201),
        )


def shipment_of(view: ApiView, public_id: str) -> ShipmentRow:
    """The caller's shipment of that id. Raises ``NotFound``."""
    row = selectors.partner_shipments(view.partner).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("There is no such shipment.")
    return row
