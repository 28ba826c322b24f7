"""The OpenAPI description: what each view declares, and what is true of all of them."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from orders.api.fields import Line
from orders.kernel.problem import CONTENT_TYPE


class FieldProblem(serializers.Serializer[Any]):
    """One mistake."""

    pointer = serializers.CharField(
        help_text="A JSON pointer into the body (#/lines/0/quantity), ?name of a query parameter, "
        "or the name of a header or of a part of the path."
    )
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Problem details for HTTP APIs (RFC 9457). Some codes bring further members, such as current_version."""

    type = serializers.CharField(help_text="urn:oms:problem: and the code.")
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The path that was asked for.")
    code = serializers.CharField(help_text="For programs; docs/api.md lists them.")
    request_id = serializers.CharField()
    errors = FieldProblem(many=True)  # type: ignore[assignment]


ALWAYS = {
    400: "The request is not valid: errors names each mistake.",
    401: "No valid API key.",
    403: "The key lacks a scope.",
    406: "The client refuses JSON.",
    429: "Too many requests; Retry-After says when to go on.",
    500: "Something went wrong on our side.",
    503: "Busy; nothing was changed.",
}
WITH_PATH = {404: "There is no such thing, or not for this key."}
WITH_BODY = {
    411: "Content-Length is missing.",
    413: "The body is larger than 1 MiB.",
    415: "The body isn't application/json.",
}
ON_POST = {
    409: "The house's state doesn't allow it now.",
    422: "The Idempotency-Key was used for another request.",
}
WITH_VERSION = {412: "Somebody else changed it meanwhile; current_version is in the answer."}
ON_PATCH = {428: "If-Match is missing."}

LIST = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 250, "default": 50}),
    OpenApiParameter("cursor", OpenApiTypes.STR, description="The next_cursor of the page before."),
]


# Of a POST that says it all by its URL.
NOTHING = {
    "application/json": {"type": "object", "additionalProperties": False, "description": "An empty object, or no body."}
}


_TAILING = (
    "To keep a copy up to date take updated_at, and begin each round a minute before the newest one that you have. "
    "By created_at you would miss an order whose payment took a while: it appears behind newer ones."
)


def sorted_by(*sorts: str) -> OpenApiParameter:
    """``?sort=`` with its choices; the first is the default."""
    return OpenApiParameter("sort", OpenApiTypes.STR, enum=sorts, default=sorts[0], description=_TAILING)


def page_of(serializer: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The schema of a page of a list."""
    return type(
        f"{serializer.__name__}Page",
        (serializers.Serializer,),
        {
            "__doc__": "One page of a list.",
            "data": serializer(many=True),
            "has_more": serializers.BooleanField(),
            "next_cursor": Line(allow_null=True),
        },
    )


class ProblemSchema(AutoSchema):
    """Adds to each operation the headers it reads, the refusals it may give, and the scope it needs."""

    view: Any  # an orders.api.view.ApiView

    def get_auth(self) -> list[dict[str, Any]]:
        scope = getattr(self.view, "scopes", {}).get(self.method)
        return [{"bearerKey": [str(scope)]}] if scope else super().get_auth()

    def get_summary(self) -> str:
        return self.get_description().splitlines()[0].rstrip(".")

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_override_parameters(self) -> list[Any]:
        parameters = list(self.view.query.get(self.method, []))
        if self.method == "POST":
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!-~]([ -~]*[!-~])?$"},
                    OpenApiParameter.HEADER,
                    required=self.view.requires_key,
                    description="New for each thing that you want done; the same when you repeat it. Kept 48 hours.",
                )
            )
        if self._reads_one:
            parameters.append(
                OpenApiParameter(
                    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="ETags that you have read."
                )
            )
        if self.method in ("PATCH", "PUT", "DELETE"):
            parameters.append(
                OpenApiParameter(
                    "If-Match",
                    {"type": "string", "pattern": '^("[0-9]{1,9}(-[0-9a-f]{16})?"|\\*)$'},
                    OpenApiParameter.HEADER,
                    required=self.method in ("PATCH", "DELETE"),
                    description="The ETag that you read, or several; * for whatever is there.",
                )
            )
        return parameters

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        self._tell_headers(operation["responses"])
        if self.method == "PATCH":
            operation["requestBody"]["required"] = True  # of its fields none is
        if self._reads_one:
            operation["responses"]["304"] = {"description": "You have read this version before."}
        for status, meaning in sorted(self._refusals(operation).items()):
            operation["responses"].setdefault(str(status), self._problem(meaning))
        return operation

    @property
    def _reads_one(self) -> bool:
        return self.method == "GET" and self.path.endswith("}") and "document" not in self.path

    def _tell_headers(self, responses: dict[str, Any]) -> None:
        for status, answer in responses.items():
            names = ["X-Request-Id", "RateLimit-Policy", "RateLimit"]
            if self._reads_one or self.method in ("PATCH", "PUT"):
                names.append("ETag")
            if self.method == "POST":
                names.append("Idempotent-Replayed")
            if (
                self.method == "POST"
                and status == "201"
                and self.view.requires_key
                and not self.path.endswith("refunds")
            ):
                names += ["ETag", "Location"]
            answer["headers"] = {name: {"schema": {"type": "string"}} for name in names}

    def _refusals(self, operation: dict[str, Any]) -> dict[int, str]:
        found = dict(ALWAYS)
        if "{" in self.path:
            found |= WITH_PATH
        if "requestBody" in operation:
            found |= WITH_BODY
        if self.method == "POST":
            found |= ON_POST
        if self.method in ("PATCH", "PUT", "DELETE"):
            found |= WITH_VERSION
        if self.method in ("PATCH", "DELETE"):
            found |= ON_PATCH
        own: dict[int, str] = self.view.refusals.get(self.method, {})
        return found | own

    def _problem(self, meaning: str) -> dict[str, Any]:
        component = self.resolve_serializer(Problem, "response")
        return {"description": meaning, "content": {CONTENT_TYPE: {"schema": component.ref}}}


def close_bodies(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say that what partners send has no other fields: a hook of the generator. Such shapes are named ...In."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("In"):
            schema["additionalProperties"] = False
    return result


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "orders.api.auth.BearerKey"
    name = "bearerKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "description": "A partner's API key."}
