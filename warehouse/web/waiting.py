"""What customers do about units that wait for goods: go on waiting, or call them off."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from orders.brand import Brand
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.models import Order
from orders.order_words import refusal_words
from orders.services.settle import settle_payments
from orders.web.access import customer_page, needs_proof
from orders.web.views import refused
from warehouse.selectors.waiting import waiting_lines
from warehouse.services.answer_backorder import agree_to_wait, call_off_waiting


@require_POST
@customer_page
def agree(request: HttpRequest, order: Order, line: str) -> HttpResponse:
    """The customer would rather wait."""
    try:
        agree_to_wait(order.pk, line=line, by=CUSTOMER)
    except DomainError as refusal:
        return refused(request, order, refusal)
    return redirect("customer:order", order.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@needs_proof("waiting")
def call_off(request: HttpRequest, order: Order) -> HttpResponse:
    """Choose what not to wait for any more; a code was asked for first, since it can't be undone."""
    if request.method != "POST":
        return _ask(request, order)
    try:
        call_off_waiting(order.pk, line=request.POST.get("line", ""), by=CUSTOMER)
    except DomainError as refusal:
        return _ask(request, order, status=refusal.http_status, refusal=refusal_words(refusal))
    settle_payments(order.pk)
    return redirect("customer:order", order.public_id)


def _ask(request: HttpRequest, order: Order, *, status: int = HTTPStatus.OK, refusal: str = "") -> HttpResponse:
    context = {
        "order": order,
        "waiting": [each for each in waiting_lines(order) if each.can_call_off],
        "brand": Brand(order.channel),
        "refusal": refusal,
    }
    return render(request, "warehouse/web/call_off.html", context, status=status)
