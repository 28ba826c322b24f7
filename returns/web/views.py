"""What customers do about returns: ask for one, print its label, say it is sent, call it off."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders.brand import Brand
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.models import Order
from orders.order_words import refusal_words
from orders.web.access import customer_page
from returns.models import Return
from returns.selectors import can_print_label, return_card, returnable_lines, rule_for
from returns.services.cancel_return import cancel_return
from returns.services.print_label import print_return_label
from returns.services.request_return import request_return
from returns.services.send_return import send_return
from returns.web.forms import LineForm, NoteForm, SentForm, wanted


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def request(request: HttpRequest, order: Order) -> HttpResponse:
    """Choose what to send back and why; a form with faults comes back with everything that was typed."""
    data = request.POST if request.method == "POST" else None
    entries = [entry for entry in returnable_lines(order, rule_for(order)) if entry.is_open]
    forms = [LineForm(entry, data) for entry in entries]
    note = NoteForm(data, initial={"seen": order.returns.count()})
    if data is None:
        return _form(request, order, forms, note)
    if not all([form.is_valid() for form in forms] + [note.is_valid()]):
        return _form(request, order, forms, note, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        request_return(order.pk, lines=wanted(forms, note), seen=note.cleaned_data["seen"], by=CUSTOMER)
    except DomainError as refusal:
        return _form(request, order, forms, note, status=refusal.http_status, refusal=refusal_words(refusal))
    return redirect("customer:order", order.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def cancel(request: HttpRequest, order: Order, return_id: str) -> HttpResponse:
    """Ask first, then let the customer keep it after all."""
    returning = _return(order, return_id)
    if request.method != "POST":
        return _ask_to_cancel(request, order, returning)
    try:
        cancel_return(returning.pk, by=CUSTOMER)
    except DomainError as refusal:
        return _refused(request, order, refusal)
    return redirect("customer:order", order.public_id)


@require_POST
@customer_page
def sent(request: HttpRequest, order: Order, return_id: str) -> HttpResponse:
    """It is with the carrier."""
    form = SentForm(request.POST)
    number = form.cleaned_data["tracking_number"] if form.is_valid() else ""
    try:
        send_return(_return(order, return_id).pk, tracking_number=number, by=CUSTOMER)
    except DomainError as refusal:
        return _refused(request, order, refusal)
    return redirect("customer:order", order.public_id)


@require_safe
@customer_page
def label(_request: HttpRequest, order: Order, return_id: str) -> HttpResponse:
    """The return label as a PDF."""
    returning = _return(order, return_id)
    if not can_print_label(returning):
        raise Http404
    answer = HttpResponse(print_return_label(returning), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{returning.public_id}.pdf"'
    return answer


def _ask_to_cancel(request: HttpRequest, order: Order, returning: Return) -> HttpResponse:
    context = {"order": order, "brand": Brand(order.channel), "entry": return_card(returning)}
    return render(request, "returns/web/cancel.html", context)


def _return(order: Order, return_id: str) -> Return:
    return get_object_or_404(order.returns.select_related("order", "warehouse"), public_id=return_id)


def _form(
    request: HttpRequest,
    order: Order,
    forms: list[LineForm],
    note: NoteForm,
    *,
    status: int = HTTPStatus.OK,
    refusal: str = "",
) -> HttpResponse:
    context = {"order": order, "brand": Brand(order.channel), "forms": forms, "note": note, "refusal": refusal}
    return render(request, "returns/web/request.html", context, status=status)


def _refused(request: HttpRequest, order: Order, refusal: DomainError) -> HttpResponse:
    context = {"order": order, "brand": Brand(order.channel), "refusal": refusal_words(refusal)}
    return render(request, "returns/web/refused.html", context, status=refusal.http_status)
