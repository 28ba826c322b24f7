"""Who may see an order in the browser: the holder of a signed link, and nobody else.

A link's token is exchanged at once for a cookie that only this order's pages get, so that it stays out of the
address bar, history, referrers and logs. Upper floors wrap their own customer views, at addresses below
``/o/<public_id>/``, in ``customer_page`` too.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import override

from orders.brand import Brand
from orders.codes import PROOF_SECONDS, proof_for, proves
from orders.links import opened_order
from orders.models import Order
from orders.web.forms import LinkForm

TOKEN_PARAMETER = "t"  # noqa: S105 - the parameter's name
COOKIE = "order_access"
COOKIE_SECONDS = 30 * 24 * 60 * 60
PROOF_COOKIE = "order_proof"
# Where a customer goes on after a one-time code.
STEPS = {
    "cancel": "customer:cancel",
    "change": "customer:change",
    "codes": "customer:codes",
    "waiting": "customer-warehouse:call-off",
}

View = Callable[..., HttpResponse]


class NoAccess(Http404):
    """No such order, or no right to see it: outside, nobody can tell which."""


def customer_order(request: HttpRequest, public_id: str) -> Order:
    """The order that this browser's cookie opens. Raises ``NoAccess``."""
    order = opened_order(public_id, request.COOKIES.get(COOKIE, ""))
    if order is None:
        raise NoAccess
    return order


def customer_page(view: View) -> View:
    """Turn ``view(request, order, ...)`` into a page for the link's holder, in the order's language and time zone.

    Everybody else gets the page that offers a new link.
    """

    @wraps(view)
    def guarded(request: HttpRequest, public_id: str, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and TOKEN_PARAMETER in request.GET:
            return private(cookie_for_token(request, public_id))
        try:
            order = customer_order(request, public_id)
        except NoAccess:
            return private(link_expired(request, public_id, LinkForm()))
        with override(order.language), timezone.override(order.channel.zone):
            response = with_logo(view, order)(request, order, **kwargs)
            response.setdefault("Content-Language", order.language)
        return private(response)

    return guarded


def needs_proof(step: str) -> Callable[[View], View]:
    """Ask for a one-time code before a customer's view goes on; inside ``customer_page``.

    ``step`` names the address (in ``STEPS``) to come back to. A link alone may have been forwarded or seen by
    others: it is good enough for looking, not for what can't be undone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, order: Order, **kwargs: Any) -> HttpResponse:
            if proves(order, request.COOKIES.get(PROOF_COOKIE, "")):
                return view(request, order, **kwargs)
            way = reverse("customer:prove", args=[order.public_id])
            return HttpResponseRedirect(f"{way}?{urlencode({'next': step})}")

        return guarded

    return decorate


def with_proof(response: HttpResponse, request: HttpRequest, order: Order) -> HttpResponse:
    """The browser keeps the proof for a quarter of an hour, for this order's pages."""
    path = reverse("customer:order", args=[order.public_id])
    keep_cookie(response, request, PROOF_COOKIE, proof_for(order), path=path, seconds=PROOF_SECONDS)
    return response


def link_expired(request: HttpRequest, public_id: str, form: LinkForm) -> HttpResponse:
    """The way out for whoever has no valid link; the same for every address, so it tells nothing."""
    context = {"public_id": public_id, "form": form, "brand": Brand()}
    return render(request, "orders/web/link_expired.html", context, status=HTTPStatus.NOT_FOUND)


def private(response: HttpResponse) -> HttpResponse:
    """Keep the page out of caches, search engines and other sites' logs.

    Not ``no-referrer``: with it browsers send ``Origin: null``, and our own forms would fail the CSRF check.
    """
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def with_logo(view: View, order: Order) -> View:
    """The brand's logo is the one thing that may come from elsewhere."""
    logo_url = order.channel.brand_logo_url
    return cast("View", csp_update({"img-src": [logo_url]})(view)) if logo_url else view


def cookie_for_token(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the browser to the same address without the token; a wrong one leaves an older cookie alone."""
    parameters = request.GET.copy()
    token = parameters.pop(TOKEN_PARAMETER)[-1]
    query = urlencode(list(parameters.lists()), doseq=True)
    response = HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)
    if opened_order(public_id, str(token)):
        path = reverse("customer:order", args=[public_id])
        keep_cookie(response, request, COOKIE, str(token), path=path, seconds=COOKIE_SECONDS)
    return response


def keep_cookie(
    response: HttpResponse, request: HttpRequest, name: str, value: str, *, path: str, seconds: int
) -> None:
    """The browser sends it back to addresses below ``path`` only."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
