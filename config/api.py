"""The API's root: the four floors' resources, their description, and a problem document for all the rest."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.defaults import bad_request as bad_request_page
from django.views.defaults import server_error as server_error_page
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from orders.api import errors
from orders.api.problems import problem_response
from orders.errors import InvalidRequest, NotFound

View = Callable[[HttpRequest], HttpResponse]


def read_only(view: View) -> View:
    """Refuse all but reading as the rest of the API does: Django's own answers would be pages."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        refusal = errors.MethodNotAllowed("Use one of: GET, HEAD.", headers={"Allow": "GET, HEAD"})
        return problem_response(request, refusal)

    return answer


@read_only
def schema(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    return HttpResponse(_schema(), content_type="application/vnd.oai.openapi+json; charset=utf-8")


@cache
def _schema() -> bytes:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    rendered: bytes = OpenApiJsonRenderer().render(document)
    return rendered


def name_expanded_parts(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say what ``?expand=`` brings from the floors above, which the ground floor's own description can't know."""
    parts = result["components"]["schemas"]["Order"]["properties"]
    for part, schema in (("shipments", "Shipment"), ("returns", "Return")):
        parts[part]["items"] = {"$ref": f"#/components/schemas/{schema}"}
    return result


@read_only
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people, to try things out."""
    return render(request, "api/docs.html")


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Whatever isn't a URL of the API."""
    return problem_response(request, NotFound("There is no such URL; /api/v1/schema lists them all."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to a request that Django refused before any view saw it."""
    if request.path.startswith("/api/"):
        return problem_response(request, InvalidRequest("The request's host, path or headers are not valid."))
    return bad_request_page(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer when something broke outside of the views."""
    if request.path.startswith("/api/"):
        return problem_response(request, errors.Unexpected("It was logged under the request_id."))
    return server_error_page(request)


urlpatterns = [
    path("docs", docs),
    path("v1/schema", schema, name="api-schema"),
    path("v1/", include("orders.api.urls")),
    path("v1/", include("warehouse.api.urls")),
    path("v1/", include("shipping.api.urls")),
    path("v1/", include("returns.api.urls")),
    re_path(r"", unknown),
]
