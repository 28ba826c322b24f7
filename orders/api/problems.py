"""Every refusal of the API as a problem document (RFC 9457), whoever raised it."""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf

from orders.api import errors
from orders.errors import InvalidRequest, NotFound
from orders.kernel.errors import DomainError
from orders.kernel.problem import CONTENT_TYPE, problem_of
from orders.kernel.work import request_id

logger = logging.getLogger(__name__)

# Refusals that the same request may outlive, and after how many seconds it may be sent again.
RETRY_AFTER = {
    "idempotency_in_flight": 1,
    "external_ref_in_flight": 1,
    "stock_contention": 1,
    "stock_changed": 1,
    "busy": 1,
    "gateway_unavailable": 5,
    "payment_in_flight": 2,
}


def on_exception(exception: Exception, context: dict[str, Any]) -> HttpResponse:
    """Turn whatever a view raised into an answer; the hook that Django REST framework calls."""
    request: HttpRequest = context["request"]
    return problem_response(request, refusal_of(exception, request))


def refusal_of(exception: Exception, request: HttpRequest) -> DomainError:
    """The refusal that stands for any exception; what nobody foresaw is logged and becomes a 500."""
    if isinstance(exception, DomainError):
        return exception
    for kind, refusal in _FORESEEN.items():
        if isinstance(exception, kind):
            return refusal()
    if isinstance(exception, OperationalError):
        logger.error("the database said no", exc_info=exception)
        return errors.Busy("The database is busy. Nothing was changed; try again.")
    got_request_exception.send(sender=None, request=request)
    logger.error("unexpected error", exc_info=exception)
    return errors.Unexpected("It was logged under the request_id. Repeat with the same Idempotency-Key.")


_FORESEEN: dict[type[Exception], Callable[[], DomainError]] = {
    Http404: lambda: NotFound("There is nothing here."),
    PermissionDenied: lambda: errors.InsufficientScope("This key may not do that."),
    RequestDataTooBig: lambda: errors.PayloadTooLarge("At most 1 MiB."),
    drf.NotAcceptable: lambda: errors.NotAcceptable("Send Accept: application/json, or none."),
    DataError: lambda: InvalidRequest(errors.TOO_LARGE),
}


def problem_response(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """The answer that tells a refusal."""
    headers = dict(getattr(refusal, "headers", {}))
    if refusal.code in RETRY_AFTER:
        headers["Retry-After"] = str(RETRY_AFTER[refusal.code])
    body = problem_text(request, refusal)
    return HttpResponse(body, status=refusal.http_status, content_type=CONTENT_TYPE, headers=headers)


def problem_text(request: HttpRequest, refusal: DomainError) -> str:
    """The problem document as JSON text."""
    document = problem_of(refusal) | {"instance": request.path, "request_id": request_id.get()}
    if document.get("order"):
        document["order_url"] = f"/api/v1/orders/{document['order']}"
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
