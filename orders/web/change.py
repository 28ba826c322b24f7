"""What customers can ask to be different: another address, fewer units; or the same goods once more."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orders.brand import Brand
from orders.errors import InvalidRequest
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.models import Order
from orders.order_page import order_page
from orders.order_words import refusal_words
from orders.services.reorder import reorder
from orders.services.request_change import request_change, withdraw_change
from orders.services.settle import settle_payments
from orders.web.access import customer_page, needs_proof
from orders.web.change_form import ChangeForm
from orders.web.views import refused


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@needs_proof("change")
def change(request: HttpRequest, order: Order) -> HttpResponse:
    """Take what should be different; staff decide, or it is made at once where it may be."""
    if not order_page(order).can_change:
        return _ask(request, order, None)
    form = ChangeForm(request.POST or None, order=order)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return _ask(request, order, form, status=status)
    try:
        request_change(order.pk, form.actions(), by=CUSTOMER)
    except DomainError as refusal:
        cannot = _("Something of it can't be done; it may not be shipped there. Write to us.")
        form.add_error(None, cannot if isinstance(refusal, InvalidRequest) else refusal_words(refusal))
        return _ask(request, order, form, status=refusal.http_status)
    settle_payments(order.pk)
    return redirect("customer:order", order.public_id)


@require_POST
@customer_page
def withdraw(request: HttpRequest, order: Order) -> HttpResponse:
    """Take a wish back."""
    try:
        withdraw_change(order.pk, by=CUSTOMER)
    except DomainError as refusal:
        return refused(request, order, refusal)
    return redirect("customer:order", order.public_id)


@require_POST
@customer_page
def order_again(request: HttpRequest, order: Order) -> HttpResponse:
    """Ask for the same goods once more: a draft that staff complete with the customer."""
    try:
        reorder(order.pk, by=CUSTOMER)
    except DomainError as refusal:
        return refused(request, order, refusal)
    return render(request, "orders/web/again.html", {"order": order, "brand": Brand(order.channel)})


def _ask(request: HttpRequest, order: Order, form: ChangeForm | None, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"order": order, "page": order_page(order), "form": form, "brand": Brand(order.channel)}
    return render(request, "orders/web/change.html", context, status=status)
