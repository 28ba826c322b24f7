"""The way back from a gateway's own page: see at once what the customer did there, then show them their order."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from orders.gateways.protocol import NoAnswer
from orders.kernel.actor import CUSTOMER
from orders.links import is_return, status_path
from orders.models import Payment
from orders.selectors import returning_payments
from orders.services.settle import settle_payments
from orders.services.sync_payment import sync_payment
from orders.web.access import private

log = structlog.get_logger(__name__)


@require_safe
def pay_back(request: HttpRequest, payment_id: str) -> HttpResponse:
    """Only by the address that the gateway was given, on the day of the payment, until links are revoked."""
    payment = get_object_or_404(returning_payments(), public_id=payment_id)
    if not is_return(payment, request.GET.get("s", "")):
        raise Http404
    _look(payment)
    return private(redirect(where_it_began(payment)))


def where_it_began(payment: Payment) -> str:
    """The page of the payment's link, which its cookie opens, or else the order's."""
    return reverse("customer:pay", args=[payment.order.public_id]) if payment.link_id else status_path(payment.order)


def _look(payment: Payment) -> None:
    """The gateway's news may be faster or slower than its customer: whoever comes first books it."""
    try:
        sync_payment(payment.pk, by=CUSTOMER)
    except NoAnswer:
        log.warning("payment.no_answer_on_return", payment=payment.public_id)
        return
    settle_payments(payment.order_id)
