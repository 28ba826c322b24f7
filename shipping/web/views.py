"""Parcels at the packing station: their part of the packer's screen, their papers, and the way out of the house."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shipping.models import Shipment, ShippingDocument
from shipping.selectors import packed_shipments
from shipping.services.dispatch_shipment import dispatch_shipment
from shipping.services.want_label import want_label
from warehouse.models import FulfillmentOrder
from warehouse.web.access import PACK, actor_of, staff
from warehouse.web.answers import act

DISPATCH = "shipping.dispatch_shipment"
BUY_LABEL = "shipping.buy_label"


@require_safe
@staff(PACK)
def shipment(request: HttpRequest, public_id: str) -> HttpResponse:
    """The part of the packer's screen about one shipment, for a screen that waits for its label."""
    row = _shipment(public_id)
    return render(request, "shipping/web/parcel.html", {"shipment": row, "work": _work(row), "is_news": True})


@require_safe
@staff(PACK)
def paper(_request: HttpRequest, public_id: str) -> HttpResponse:
    """A label or a packing slip, to be printed."""
    row = get_object_or_404(ShippingDocument, public_id=public_id)
    return HttpResponse(bytes(row.content), content_type=row.content_type)


@require_POST
@staff(BUY_LABEL)
def label(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the carrier at once, after a change or a failure."""
    row = _shipment(public_id)

    def do() -> str:
        want_label(row.pk, by=actor_of(request))
        return _("The carrier is asked again now.")

    return act(request, do, then="wh:pack", public_id=_work(row).public_id)


@require_POST
@staff(DISPATCH)
def dispatch(request: HttpRequest, public_id: str) -> HttpResponse:
    """The parcel is handed over to the carrier."""
    row = _shipment(public_id)

    def do() -> str:
        dispatch_shipment(row.pk, by=actor_of(request))
        return _("Dispatched. The customer is told.")

    return act(request, do, then="wh:pack", public_id=_work(row).public_id)


def _shipment(public_id: str) -> Shipment:
    return get_object_or_404(packed_shipments(), public_id=public_id)


def _work(row: Shipment) -> FulfillmentOrder:
    """What was packed into it; its screen is where the packer is."""
    return row.parcels.all()[0].package.fulfillment_order
