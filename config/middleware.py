"""What every request passes: its id and its line in the log, its language, and the policy of its page."""

import re
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils.translation import override
from django_structlog.middlewares import RequestMiddleware

from orders.kernel.work import request_id
from warehouse.web.badge import came_by_badge

if TYPE_CHECKING:
    from contextvars import Token

FITTING_ID = re.compile(r"[\w.:/+=@-]{1,128}", re.ASCII)


class RequestLog(RequestMiddleware):
    """One line per request. The caller's X-Request-Id is kept when it is a sane one, and always echoed.

    Query strings (tokens, mail addresses) and customers' links stay out of the log, and no user is looked up for it.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        name = given if FITTING_ID.fullmatch(given) else str(uuid.uuid4())
        request.META["HTTP_X_REQUEST_ID"] = name
        token: Token[str] = request_id.set(name)
        try:
            self.prepare(request)
            response = cast("HttpResponse", self.get_response(request))
            self.handle_response(request, response)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = name
        return response

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


class Languages(LocaleMiddleware):
    """Pages speak their reader's language. The API speaks English: its answers are kept, compared and logged."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return cast("HttpResponse", super().__call__(request))
        with override("en"):
            response = cast("HttpResponse", self.get_response(request))
        response["Content-Language"] = "en"
        return response


class ContentSecurityPolicy(CSPMiddleware):
    """The strict policy everywhere; the admin's Alpine evaluates expressions and sets styles, so it needs two more."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            own = parts.replace or {}
            parts.replace = {"script-src": [SELF, NONCE, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE], **own}
        return parts


class BadgesStayOnTheFloor:
    """A badge can be lost or copied: a session that it opened is sent to the back office's own login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        inside = request.path_info.startswith("/admin/") and request.path_info != reverse("admin:login")
        if inside and came_by_badge(request):
            logout(request)
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return self._get_response(request)
