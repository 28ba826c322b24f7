"""Where payment gateways send their news: the signature is checked on the raw body, the news is kept, and that's all.

What it means is found out afterwards (``orders.services.notice``), so a gateway never waits for us.
"""

from http import HTTPStatus

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders.errors import UnknownGateway
from orders.gateways import gateway
from orders.gateways.protocol import ForgedNotice
from orders.services.notice import store_notice

MOST_BYTES = 256 * 1024

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def payments(request: HttpRequest, code: str) -> HttpResponse:
    """200 once it is kept, also for a copy; 400 for what the gateway didn't sign just now, or is too long to be it."""
    try:
        provider = gateway(code)
    except UnknownGateway as unknown:
        raise Http404 from unknown
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return _refused(code, "It is too long.")
    try:
        notice = provider.read_notice(request.body, request.headers)
    except ForgedNotice as forged:
        return _refused(code, str(forged))
    store_notice(code, notice)
    return HttpResponse(status=HTTPStatus.OK)


def _refused(code: str, why: str) -> HttpResponse:
    log.warning("hook.refused", gateway=code, why=why)
    return HttpResponse(f"{why}\n", status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8")
