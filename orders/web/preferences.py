"""What customers want to hear from us: their page of preferences, and the one click below a mail (RFC 8058)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from orders.brand import Brand
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.links import unsubscribing_order
from orders.models import Order
from orders.order_words import refusal_words
from orders.preferences import REFUSABLE
from orders.services.change_customer import refuse_messages, set_preferences
from orders.states import MessageKind
from orders.web.access import NoAccess, customer_page, private, with_logo
from orders.web.forms import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def preferences(request: HttpRequest, order: Order) -> HttpResponse:
    """Show and save them; they hold for all orders of the customer."""
    if request.method != "POST":
        saved = "saved" in request.GET
        return _page(request, order, PreferencesForm.of(order.customer.notification_preferences), saved=saved)
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        set_preferences(order.customer_id, refused=form.refused, by=CUSTOMER)
    except DomainError as refusal:
        return _page(request, order, form, status=refusal.http_status, refusal=refusal_words(refusal))
    response = redirect("customer:preferences", order.public_id)
    response["Location"] += "?saved=1"
    return response


@csrf_exempt  # mail programs post here by themselves; the token in the address is the proof, and it only stops mails
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, public_id: str, kind: str, token: str) -> HttpResponse:
    """Stop mails of one kind. Looking changes nothing, since mail scanners follow links; posting does, at once."""
    order = unsubscribing_order(public_id, kind, token) if kind in REFUSABLE else None
    if order is None:
        raise NoAccess
    if request.method == "POST":
        refuse_messages(order.customer_id, kind=MessageKind(kind), by=CUSTOMER)
    with override(order.language):
        return private(with_logo(_unsubscribed, order)(request, order, kind=MessageKind(kind)))


def _unsubscribed(request: HttpRequest, order: Order, *, kind: MessageKind) -> HttpResponse:
    context = {"order": order, "brand": Brand(order.channel), "kind": kind.label, "is_done": request.method == "POST"}
    return render(request, "orders/web/unsubscribe.html", context)


def _page(
    request: HttpRequest, order: Order, form: PreferencesForm, *, status: int = HTTPStatus.OK, **more: object
) -> HttpResponse:
    context = {"order": order, "brand": Brand(order.channel), "form": form, **more}
    return render(request, "orders/web/preferences.html", context, status=status)
