"""The page where an order is paid: what is due, and by which way. A payment link opens this page and nothing else."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from orders.brand import Brand
from orders.gateways.manual import MANUAL
from orders.gateways.stored import GIFT_CARD, STORE_CREDIT
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.kernel.money import ZERO
from orders.links import opened_link
from orders.models import Order, PaymentLink
from orders.order_words import refusal_words
from orders.pay_page import PayPage, pay_page
from orders.requests import PayBy
from orders.selectors import newest_link
from orders.services.announce_transfer import announce_transfer
from orders.services.take_payment import pay_by_link
from orders.states import PaymentLinkStatus
from orders.ways_to_pay import ways_of
from orders.web.access import (
    TOKEN_PARAMETER,
    NoAccess,
    cookie_for_token,
    customer_order,
    keep_cookie,
    link_expired,
    private,
    with_logo,
)
from orders.web.forms import LinkForm

COOKIE = "pay_access"
COOKIE_SECONDS = 7 * 24 * 60 * 60
LINK_PARAMETER = "link"

View = Callable[[HttpRequest, Order, PaymentLink | None, bool], HttpResponse]


def _guarded(view: View) -> Callable[..., HttpResponse]:
    """Let in who holds the payment link, or the order's own; everybody else gets the page that offers a new link."""

    def guarded(request: HttpRequest, public_id: str) -> HttpResponse:
        if request.method == "GET" and TOKEN_PARAMETER in request.GET:
            is_order = LINK_PARAMETER not in request.GET
            return private(cookie_for_token(request, public_id) if is_order else _exchanged(request, public_id))
        order, link, is_mine = _opened(request, public_id)
        if order is None:
            return private(link_expired(request, public_id, LinkForm()))
        with override(order.language):
            response = with_logo(lambda req, row: view(req, row, link, is_mine), order)(request, order)
            response.setdefault("Content-Language", order.language)
        return private(response)

    return guarded


def _opened(request: HttpRequest, public_id: str) -> tuple[Order | None, PaymentLink | None, bool]:
    """The order, the link to pay by, and whether this browser may see the order's own page too."""
    link_id, _dot, token = request.COOKIES.get(COOKIE, "").partition(".")
    link = opened_link(public_id, link_id, token)
    try:
        order = customer_order(request, public_id)
    except NoAccess:
        return (link.order, link, False) if link else (None, None, False)
    if link is None or link.status != PaymentLinkStatus.OPEN:
        link = newest_link(order.pk) or link
    return order, link, True


def _exchanged(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the browser to the same address without the token, which it keeps for this page alone."""
    link_id, token = request.GET[LINK_PARAMETER], request.GET[TOKEN_PARAMETER]
    response = redirect(request.path)
    if opened_link(public_id, link_id, token):
        path = reverse("customer:pay", args=[public_id])
        keep_cookie(response, request, COOKIE, f"{link_id}.{token}", path=path, seconds=COOKIE_SECONDS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@_guarded
def pay(request: HttpRequest, order: Order, link: PaymentLink | None, is_mine: bool) -> HttpResponse:
    """Show what is due; take it by the way that was chosen. Who sees the order's own page needs no link to pay by."""
    if request.method != "POST":
        return _page(request, order, link, is_mine)
    try:
        return _pay(request, order, link if not is_mine else None)
    except DomainError as refusal:
        order.refresh_from_db()
        if link is not None:
            link.refresh_from_db()
        words = refusal_words(refusal)
        return _page(request, order, link, is_mine, status=refusal.http_status, refusal=words)


def _pay(request: HttpRequest, order: Order, link: PaymentLink | None) -> HttpResponse:
    link_id = link.pk if link else None
    here = reverse("customer:pay", args=[order.public_id])
    expected = _amount(request.POST.get("due", ""))
    way = _wish(request, order)
    if way is None:
        return redirect(here)
    if way.gateway == MANUAL:
        announce_transfer(order.pk, link_id=link_id, expected=expected, by=CUSTOMER)
        return redirect(here)
    payment = pay_by_link(order.pk, way, link_id=link_id, expected=expected, by=CUSTOMER)
    return _go(request, order, payment.action_url) if payment.action_url else redirect(here)


def _wish(request: HttpRequest, order: Order) -> PayBy | None:
    """What was chosen; None for what this page didn't offer."""
    match request.POST.get("do"):
        case "gift_card" if code := request.POST.get("code", "").strip()[:64]:
            return PayBy(gateway=GIFT_CARD, token=code)
        case "credit":
            return PayBy(gateway=STORE_CREDIT)
        case "pay":
            offered = {way.code for way in ways_of(order)}
            code = request.POST.get("way", "")
            return PayBy(gateway=code) if code in offered else None
    return None


def _amount(said: str) -> Decimal:
    try:
        amount = Decimal(said)
    except InvalidOperation:
        return ZERO
    return amount if amount.is_finite() else ZERO


def _go(request: HttpRequest, order: Order, url: str) -> HttpResponse:
    """To the gateway's page. A form's answer must not lead to another site (``form-action``), but a page may."""
    if url.startswith(f"{settings.SITE_URL}/"):
        return redirect(url)
    context = {"order": order, "brand": Brand(order.channel), "url": url}
    return render(request, "orders/web/pay_go.html", context)


def _page(
    request: HttpRequest,
    order: Order,
    link: PaymentLink | None,
    is_mine: bool,
    *,
    status: int = HTTPStatus.OK,
    refusal: str = "",
) -> HttpResponse:
    page: PayPage = pay_page(order, link, is_mine=is_mine)
    context: dict[str, Any] = {
        "order": order,
        "page": page,
        "brand": Brand(order.channel),
        "refusal": refusal,
        "is_mine": is_mine,
    }
    return render(request, "orders/web/pay.html", context, status=status)
