"""The sandbox gateway's own page, where a customer chooses a test card, and approves or declines a payment."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from orders.brand import Brand
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.links import return_path
from orders.models import Payment
from orders.order_words import refusal_words
from orders.selectors import payments_of_gateway
from orders.services.complete_action import complete_action
from orders.services.settle import settle_payments
from orders.web.access import private
from orders.web.pay_back import where_it_began

GATEWAY = "sandbox"
APPROVAL = "tok_requires_action"
DECLINED = "tok_decline"


@dataclass(frozen=True, kw_only=True)
class Card:
    """A card that doesn't exist, and what comes of it."""

    token: str
    name: str | Promise
    number: str
    hint: str | Promise


CARDS = (
    Card(token="tok_ok", name=_("Works"), number="4242 4242", hint=_("is accepted")),  # noqa: S106
    Card(token=DECLINED, name=_("Declined"), number="4000 0002", hint=_("the bank says no")),
    Card(token=APPROVAL, name=_("Needs approval"), number="4000 3220", hint=_("the bank asks you once more")),
    Card(
        token="tok_capture_fails",  # noqa: S106
        name=_("Fails later"),
        number="4000 0341",
        hint=_("is accepted, but charging it fails when goods leave"),
    ),
    Card(
        token="tok_refund_fails",  # noqa: S106
        name=_("Takes nothing back"),
        number="4000 5126",
        hint=_("is accepted, but a refund fails"),
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, payment_id: str) -> HttpResponse:
    """Show what is to be paid; the buttons decide, and lead back to the order. 404 where no sandbox is enabled."""
    if GATEWAY not in settings.PAYMENT_GATEWAYS:
        raise Http404
    payment = get_object_or_404(payments_of_gateway(GATEWAY), public_id=payment_id)
    with override(payment.order.language):
        return private(_decide(request, payment) if request.method == "POST" else _page(request, payment))


def _decide(request: HttpRequest, payment: Payment) -> HttpResponse:
    card = request.POST.get("card", "") if not payment.token else ""
    if card not in {"", *(known.token for known in CARDS)}:
        return _page(request, payment, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    decision = request.POST.get("decision")
    if decision == "choose" and card == APPROVAL:
        return _page(request, payment, token=card)
    approved = decision == "approve" or (decision == "choose" and card not in ("", DECLINED))
    token = "tok_ok" if card == APPROVAL else card
    try:
        complete_action(payment.public_id, approved=approved, token=token if approved else "", by=CUSTOMER)
    except DomainError as refusal:
        return _page(request, payment, status=refusal.http_status, refusal=refusal_words(refusal))
    settle_payments(payment.order_id)
    return redirect(return_path(payment))


def _page(
    request: HttpRequest, payment: Payment, *, status: int = HTTPStatus.OK, refusal: str = "", token: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "payment": payment,
        "order": payment.order,
        "brand": Brand(payment.order.channel),
        "refusal": refusal,
        "is_choosing": not payment.token and not token,
        "cards": CARDS,
        "token": token,
        "back": where_it_began(payment) if payment.link_id else "",
    }
    return render(request, "orders/web/sandbox_pay.html", context, status=status)
