"""The sandbox gateway's own page, where a customer approves or declines a payment made with ``tok_requires_action``."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from orders.brand import Brand
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.links import status_path
from orders.models import Payment
from orders.order_words import refusal_words
from orders.selectors import payments_of_gateway
from orders.services.complete_action import complete_action
from orders.web.access import private

GATEWAY = "sandbox"


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, payment_id: str) -> HttpResponse:
    """Show what is to be paid; the buttons decide, and lead back to the order. 404 where no sandbox is enabled."""
    if GATEWAY not in settings.PAYMENT_GATEWAYS:
        raise Http404
    payment = get_object_or_404(payments_of_gateway(GATEWAY), public_id=payment_id)
    with override(payment.order.language):
        return private(_decide(request, payment) if request.method == "POST" else _page(request, payment))


def _decide(request: HttpRequest, payment: Payment) -> HttpResponse:
    try:
        complete_action(payment.public_id, approved=request.POST.get("decision") == "approve", by=CUSTOMER)
    except DomainError as refusal:
        return _page(request, payment, status=refusal.http_status, refusal=refusal_words(refusal))
    return redirect(status_path(payment.order))


def _page(request: HttpRequest, payment: Payment, *, status: int = HTTPStatus.OK, refusal: str = "") -> HttpResponse:
    context = {"payment": payment, "order": payment.order, "brand": Brand(payment.order.channel), "refusal": refusal}
    return render(request, "orders/web/sandbox_pay.html", context, status=status)
