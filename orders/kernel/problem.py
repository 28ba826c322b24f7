"""The one shape of every error answer: RFC 9457 problem details."""

from typing import Any

from orders.kernel.errors import DomainError, FieldError

CONTENT_TYPE = "application/problem+json"


def problem(
    *, status: int, code: str, title: str, detail: str, errors: tuple[FieldError, ...] = (), **extra: Any
) -> dict[str, Any]:
    """The body of an error answer, without ``instance`` and ``request_id``, which the edge adds."""
    body: dict[str, Any] = {
        "type": f"urn:oms:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in errors],
    }
    return body | extra


def problem_of(error: DomainError) -> dict[str, Any]:
    """The problem document of a refusal."""
    return problem(
        status=error.http_status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        errors=error.errors,
        **error.extra,
    )
