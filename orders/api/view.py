"""What every view of the API shares: who calls, what they may do, how often, and how answers look."""

import json
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from orders.api import errors
from orders.api.auth import BearerKey, actor_of
from orders.api.body import body_of, json_of
from orders.api.etags import etag, is_unchanged
from orders.api.limits import Allowance, count_request
from orders.api.once import answered, once_of, remembering_refusals
from orders.api.pages import Page
from orders.api.problems import on_exception
from orders.api.query import check_path, checked
from orders.api.strict import read
from orders.kernel.actor import Actor
from orders.models import ApiKey, Partner
from orders.scopes import Scope
from orders.services.idempotency import Answer, Once, act_once
from orders.services.idempotency import answer as store_answer

T = TypeVar("T")


class _NoFields(Serializer[Any]):
    """An empty object."""


class ApiView(APIView):
    """One resource: by method, ``scopes`` says what a key needs and ``query`` what the URL may ask.

    ``requires_key``: its POST needs an Idempotency-Key. ``refusals`` are statuses that only it answers with.
    ``tag`` is its chapter in the documentation.
    """

    tag: ClassVar[str] = ""
    scopes: ClassVar[dict[str, Scope]] = {}
    query: ClassVar[dict[str, list[OpenApiParameter]]] = {}
    requires_key: ClassVar[bool] = False
    refusals: ClassVar[dict[str, dict[int, str]]] = {}

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    authentication_classes = (BearerKey,)
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)

    allowance: Allowance | None = None

    # --- before and after

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.allowance = count_request(self.key)
        if self.allowance is not None and self.allowance.remaining < 0:
            wait = {"Retry-After": str(self.allowance.seconds_left)}
            raise errors.RateLimited(f"At most {self.allowance.quota} requests a minute.", headers=wait)
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        needed = self.scopes.get(self._method)
        if needed is not None and needed not in self.key.scopes:
            raise errors.InsufficientScope(f"This needs a key with the scope {needed}.")
        check_path(kwargs)
        self.http.GET = checked(self.http.GET, self.query.get(self._method, ()))  # type: ignore[assignment]

    def finalize_response(self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        if self.allowance is not None:
            for name, value in self.allowance.headers.items():
                response[name] = value
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]

    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        raise errors.MethodNotAllowed(f"Use one of: {', '.join(self.allowed_methods)}.")

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], HttpResponse]:
        return on_exception

    # --- who and what

    @property
    def http(self) -> HttpRequest:
        return self.request._request

    @property
    def key(self) -> ApiKey:
        key: ApiKey = self.request.auth  # type: ignore[assignment]
        return key

    @property
    def partner(self) -> Partner:
        return self.key.partner

    @property
    def by(self) -> Actor:
        return actor_of(self.key)

    def read(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """The body, measured, parsed and checked against ``serializer``."""
        return read(serializer, json_of(body_of(self.http)))

    def read_nothing(self) -> None:
        """For a POST that says it all by its URL: no body, or an empty object."""
        if body_of(self.http):
            self.read(_NoFields)

    # --- answers

    def tell(
        self,
        data: dict[str, Any],
        *,
        status: int = 200,
        version: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> HttpResponse:
        """An answer now; 304 when the caller has read it before."""
        answer = told(data, status=status, version=version, headers=headers)
        tag = answer.headers.get("ETag")
        if tag and self._method == "GET" and is_unchanged(self.http, tag):
            return HttpResponse(status=304, headers={"ETag": tag})
        return answered(answer, is_replay=False)

    def tell_page(self, page: Page[Any], data: list[Any]) -> HttpResponse:
        return self.tell(page.body(data), headers=page.headers(self.http))

    def once(self) -> Once | None:
        """The Idempotency-Key of this POST; its body is measured first."""
        body_of(self.http)
        return once_of(self.http, self.key, is_required=self.requires_key)

    def act_once(
        self, act: Callable[[], T], tell: Callable[[T], Answer], *, after: Callable[[], object] | None = None
    ) -> HttpResponse:
        """Do a POST's work at most once per Idempotency-Key: ``act`` calls one service, ``tell`` its outcome.

        ``after`` runs once the work is committed, where a gateway is asked; the answer is then told anew.
        """
        once = self.once()
        return remembering_refusals(self.http, once, lambda: self._act_once(once, act, tell, after))

    def _act_once(
        self,
        once: Once | None,
        act: Callable[[], T],
        tell: Callable[[T], Answer],
        after: Callable[[], object] | None,
    ) -> HttpResponse:
        done: list[T] = []

        def act_and_tell() -> Answer:
            done.append(act())
            return tell(done[0])

        answer, is_replay = act_once(once, by=self.by, act=act_and_tell) if once else (act_and_tell(), False)
        if after is not None and not is_replay:
            after()
            answer = tell(done[0])
            if once:
                store_answer(once, answer)
        return answered(answer, is_replay=is_replay)

    # --- private

    @property
    def _method(self) -> str:
        method = self.request.method or ""
        return "GET" if method == "HEAD" else method


def told(
    data: dict[str, Any], *, status: int = 200, version: int | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """An answer as it is sent and stored."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    named = dict(headers or {})
    if version is not None:
        named["ETag"] = etag(version, body)
    return Answer(status=status, body=body, headers=named)
