"""The picker's screen: one list, one next step, one field for the scanner."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from warehouse.models import PickList, PickTask
from warehouse.selectors.floor import pick_lists, pick_tasks, tasks_of, to_pack_on
from warehouse.selectors.picking import position
from warehouse.selectors.substitutes import offers_at
from warehouse.services.offer_at_shelf import Offered, offer_at_shelf
from warehouse.services.scan_pick import scan_pick, undo_last_pick, undo_task
from warehouse.services.short_pick import short_pick
from warehouse.services.skip_task import skip_task
from warehouse.services.start_pick_list import start_pick_list
from warehouse.states import PickListStatus, ProposalStatus, ShortReason
from warehouse.web.access import PACK, PICK, actor_of, staff, user_of
from warehouse.web.answers import act, misread, new_client_id
from warehouse.web.forms import ClientForm, ScanForm, ShortForm


@require_safe
@staff(PICK)
def pick_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where to go, what to take, how many."""
    row = _list(public_id)
    tasks = list(tasks_of(row))
    user = user_of(request)
    at = position(row, user_id=user.pk)
    done = row.status not in (PickListStatus.RELEASED, PickListStatus.IN_PROGRESS)
    return render(
        request,
        "warehouse/pick.html",
        {
            "list": row,
            "tasks": tasks,
            "at": at,
            "units": sum(task.wanted for task in tasks),
            "picked": sum(task.picked for task in tasks),
            "is_anothers": row.picker_id not in (None, user.pk),
            "reasons": ShortReason.choices,
            "offers": offers_at(at.task),
            "to_pack": to_pack_on(row) if done and user.has_perm(PACK) else (),
            "client_id": new_client_id(),
        },
    )


@require_POST
@staff(PICK)
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the list."""
    row = _list(public_id)

    def do() -> str:
        start_pick_list(row.pk, user_id=user_of(request).pk, by=actor_of(request))
        return _("The list is yours.")

    return act(request, do, then="wh:list", public_id=public_id)


@require_POST
@staff(PICK)
def scan(request: HttpRequest, public_id: str) -> HttpResponse:
    """A bin, an item, or a number."""
    row, form = _list(public_id), ScanForm(request.POST)
    if not form.is_valid():
        return misread(request, form, then="wh:list", public_id=public_id)

    def do() -> str:
        return scan_pick(row.pk, **form.cleaned_data, user_id=user_of(request).pk, by=actor_of(request)).message

    return act(request, do, then="wh:list", public_id=public_id)


@require_POST
@staff(PICK)
def undo_last(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back what the last scan took."""
    row, form = _list(public_id), ClientForm(request.POST)
    if not form.is_valid():
        return misread(request, form, then="wh:list", public_id=public_id)

    def do() -> str:
        return undo_last_pick(row.pk, **form.cleaned_data, user_id=user_of(request).pk, by=actor_of(request)).message

    return act(request, do, then="wh:list", public_id=public_id)


@require_POST
@staff(PICK)
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put all units of a task back."""
    task, form = _task(public_id), ClientForm(request.POST)
    if not form.is_valid():
        return misread(request, form, then="wh:list", public_id=task.pick_list.public_id)

    def do() -> str:
        return undo_task(task.pk, **form.cleaned_data, user_id=user_of(request).pk, by=actor_of(request)).message

    return act(request, do, then="wh:list", public_id=task.pick_list.public_id)


@require_POST
@staff(PICK)
def short(request: HttpRequest, public_id: str) -> HttpResponse:
    """The bin has less than it should."""
    task, form = _task(public_id), ShortForm(request.POST)
    if not form.is_valid():
        return misread(request, form, then="wh:list", public_id=task.pick_list.public_id)

    def do() -> str:
        reason, sku = ShortReason(form.cleaned_data["reason"]), form.cleaned_data["substitute"]
        who, by = user_of(request).pk, actor_of(request)
        if sku:
            return _offered(offer_at_shelf(task.pk, sku=sku, reason=reason, user_id=who, by=by))
        done = short_pick(task.pk, reason=reason, user_id=who, by=by)
        return _("{missing} x {sku} reported missing. The order is being looked after.").format(
            missing=done.quantity - done.picked, sku=done.product.sku
        )

    return act(request, do, then="wh:list", public_id=task.pick_list.public_id)


@require_POST
@staff(PICK)
def skip(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leave a task for the end."""
    task = _task(public_id)

    def do() -> str:
        done = skip_task(task.pk, user_id=user_of(request).pk, by=actor_of(request))
        return _("{sku} comes at the end.").format(sku=done.product.sku)

    return act(request, do, then="wh:list", public_id=task.pick_list.public_id)


def _offered(offered: Offered) -> str:
    """What became of a picker's proposal."""
    facts = {"missing": offered.missing, "sku": offered.task.product.sku, "n": offered.to_fetch}
    if offered.proposal is None:
        return _("{missing} x {sku} reported missing. Nothing can be sent instead now.").format(**facts)
    facts["substitute"] = offered.proposal.product.sku
    if offered.to_fetch:
        return _("The customer takes {substitute} instead: {n} are on your walk.").format(**facts)
    if offered.proposal.status == ProposalStatus.APPLIED:
        return _("The customer takes {substitute} instead; it gets a list of its own.").format(**facts)
    return _("{missing} x {sku} reported missing. The customer is asked about {substitute}.").format(**facts)


def _list(public_id: str) -> PickList:
    return get_object_or_404(pick_lists(), public_id=public_id)


def _task(public_id: str) -> PickTask:
    return get_object_or_404(pick_tasks(), public_id=public_id)
