"""The packer's screen: scan the goods into a package, choose its box, weigh it, seal it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orders.web.panels import panels
from warehouse.models import FulfillmentOrder, Package
from warehouse.selectors.floor import packages, work_orders
from warehouse.selectors.pack_page import active_materials, pack_page
from warehouse.services.pack import unpack_units
from warehouse.services.scan_pack import scan_pack
from warehouse.services.seal_package import seal_package
from warehouse.services.void_package import void_package
from warehouse.web.access import PACK, actor_of, staff, user_of
from warehouse.web.answers import act, misread, new_client_id
from warehouse.web.forms import ScanForm, SealForm, UnpackForm


@require_safe
@staff(PACK)
def pack(request: HttpRequest, public_id: str) -> HttpResponse:
    """What waits to be packed, what is in the package, the box that fits, and what becomes of closed packages."""
    row = _work(public_id)
    context = {
        "page": pack_page(row, request.GET.dict()),
        "panels": panels(row.order, "floor", request, work=row),
        "client_id": new_client_id(),
    }
    return render(request, "warehouse/pack.html", context)


@require_POST
@staff(PACK)
def scan(request: HttpRequest, public_id: str) -> HttpResponse:
    """One item into the package."""
    row, form = _work(public_id), ScanForm(request.POST)
    if not form.is_valid():
        return misread(request, form, then="wh:pack", public_id=public_id)

    def do() -> str:
        return scan_pack(row.pk, **form.cleaned_data, user_id=user_of(request).pk, by=actor_of(request)).message

    return act(request, do, then="wh:pack", public_id=public_id)


@require_POST
@staff(PACK)
def unpack(request: HttpRequest, public_id: str) -> HttpResponse:
    """One unit out of the package."""
    package, form = _package(public_id), UnpackForm(request.POST)
    back = package.fulfillment_order.public_id
    if not form.is_valid():
        return misread(request, form, then="wh:pack", public_id=back)

    def do() -> str:
        unpack_units(package.pk, fulfillment_line_id=form.cleaned_data["line"], quantity=1, by=actor_of(request))
        return _("One taken out again.")

    return act(request, do, then="wh:pack", public_id=back)


@require_POST
@staff(PACK)
def seal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Box, materials and weight: closed."""
    package, form = _package(public_id), SealForm(request.POST, materials=active_materials())
    back = reverse("wh:pack", args=[package.fulfillment_order.public_id])
    kept = {name: request.POST.get(name, "") for name in form.fields if name not in form.errors}
    again = f"{back}?{urlencode(kept)}"
    if not form.is_valid():
        return misread(request, form, then=again)

    def do() -> str:
        seal_package(
            package.pk,
            box=form.cleaned_data["box"],
            materials=form.materials(),
            weight_g=form.cleaned_data["weight_g"],
            by=actor_of(request),
        )
        return _("Sealed. The label comes next.")

    return act(request, do, then=back, otherwise=again)


@require_POST
@staff(PACK)
def void(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open the package again and take everything out."""
    package = _package(public_id)

    def do() -> str:
        void_package(package.pk, by=actor_of(request))
        return _("Opened again. Pack the goods anew.")

    return act(request, do, then="wh:pack", public_id=package.fulfillment_order.public_id)


def _work(public_id: str) -> FulfillmentOrder:
    return get_object_or_404(work_orders(), public_id=public_id)


def _package(public_id: str) -> Package:
    return get_object_or_404(packages(), public_id=public_id)
