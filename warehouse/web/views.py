"""The first screen of the floor: what is to be done, and the way there by scan."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orders.kernel.errors import DomainError
from warehouse.models import PickList
from warehouse.selectors.find import find_work
from warehouse.selectors.floor import board, put_backs, work_orders
from warehouse.services.finish_put_back import finish_put_back
from warehouse.services.release_pick_list import release_pick_list
from warehouse.web.access import FLOOR, PACK, PICK, PUT_BACK, RELEASE, actor_of, staff, user_of
from warehouse.web.answers import act, misread
from warehouse.web.forms import ReleaseForm


@require_safe
@staff(*FLOOR)
def home(request: HttpRequest) -> HttpResponse:
    """My lists, what is to be picked, packed, released and put back, as far as my rights go."""
    user = user_of(request)
    shown = board(
        user.pk,
        picks=user.has_perm(PICK),
        packs=user.has_perm(PACK),
        releases=user.has_perm(RELEASE),
        puts_back=user.has_perm(PUT_BACK),
    )
    return render(request, "warehouse/home.html", {"board": shown})


@require_safe
@staff(*FLOOR)
def find(request: HttpRequest) -> HttpResponse:
    """A scanned list, package or order opens the screen of whoever scans it."""
    code = request.GET.get("code", "").replace("\0", "")[:64]
    user = user_of(request)
    try:
        found = find_work(code, picks=user.has_perm(PICK), packs=user.has_perm(PACK))
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return redirect("wh:home")
    return redirect("wh:list" if isinstance(found, PickList) else "wh:pack", found.public_id)


@require_POST
@staff(RELEASE)
def release(request: HttpRequest) -> HttpResponse:
    """Put the chosen work of one warehouse onto a list."""
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return misread(request, form, then="wh:home")
    chosen = work_orders().filter(public_id__in=form.cleaned_data["work"]).values_list("pk", flat=True)

    def do() -> str:
        made = release_pick_list(list(chosen), by=actor_of(request))
        return _("Released as list {list}.").format(list=made.public_id)

    return act(request, do, then="wh:home")


@require_POST
@staff(PUT_BACK)
def put_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """The units lie on their shelf again."""
    task = get_object_or_404(put_backs(), public_id=public_id)

    def do() -> str:
        done = finish_put_back(task.pk, by=actor_of(request))
        return _("{units} x {sku} back in bin {bin}.").format(
            units=done.quantity, sku=done.product.sku, bin=done.bin.code
        )

    return act(request, do, then="wh:home")
