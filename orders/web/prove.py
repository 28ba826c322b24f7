"""The page between a customer and what can't be undone: a code is sent to the order's mailbox, and typed in here."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from orders.brand import Brand
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.models import Order
from orders.order_words import refusal_words
from orders.selectors import usable_code
from orders.services.send_code import send_code
from orders.services.use_code import use_code
from orders.web.access import STEPS, customer_page, with_proof
from orders.web.forms import CodeForm


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def prove(request: HttpRequest, order: Order) -> HttpResponse:
    """Send a code, or take it; then go on to where the customer came from."""
    if request.method != "POST":
        return _page(request, order, CodeForm())
    if "send" in request.POST:
        return _send(request, order)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        use_code(order.pk, form.cleaned_data["code"], by=CUSTOMER)
    except DomainError as refusal:
        form.add_error("code", refusal_words(refusal))
        return _page(request, order, form, status=refusal.http_status)
    return with_proof(redirect(STEPS[_step(request)], order.public_id), request, order)


def _send(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        send_code(order.pk, by=CUSTOMER)
    except DomainError as refusal:
        return _page(request, order, CodeForm(), status=refusal.http_status, refusal=refusal_words(refusal))
    return redirect(_here(request, order))


def _page(
    request: HttpRequest, order: Order, form: CodeForm, *, status: int = HTTPStatus.OK, refusal: str = ""
) -> HttpResponse:
    context = {
        "order": order,
        "brand": Brand(order.channel),
        "form": form,
        "is_sent": usable_code(order.pk) is not None,
        "masked": masked(order.email),
        "here": _here(request, order),
        "refusal": refusal,
    }
    return render(request, "orders/web/prove.html", context, status=status)


def masked(email: str) -> str:
    """Enough of an address to know it by, too little to write to it."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""


def _step(request: HttpRequest) -> str:
    asked = request.GET.get("next", "")
    return asked if asked in STEPS else next(iter(STEPS))


def _here(request: HttpRequest, order: Order) -> str:
    return f"{reverse('customer:prove', args=[order.public_id])}?{urlencode({'next': _step(request)})}"
