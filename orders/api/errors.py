"""What the edge of the API refuses before any business rule is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import DataError

from orders.errors import InvalidRequest
from orders.kernel.errors import DomainError, at

TOO_LARGE = "A number or text of the request is too large to be kept."


@contextmanager
def blaming(pointer: str, *reasons: type[DomainError]) -> Iterator[None]:
    """Let refusals for ``reasons``, and numbers that no column holds, point at the one field that can cause them."""
    try:
        yield
    except reasons as refusal:
        refusal.errors = refusal.errors or (at(pointer, refusal.code, refusal.detail),)
        raise
    except DataError as error:
        raise InvalidRequest(TOO_LARGE, errors=[at(pointer, "too_large", TOO_LARGE)]) from error


class EdgeError(DomainError):
    """A refusal of the protocol; ``headers`` go out with it."""

    def __init__(self, detail: str = "", *, headers: dict[str, str] | None = None, **kwargs: Any) -> None:
        self.headers = headers or {}
        super().__init__(detail, **kwargs)


class MalformedBody(EdgeError):
    code = "malformed_body"
    http_status = 400
    title = "The body is not valid JSON"


class InvalidCursor(EdgeError):
    code = "invalid_cursor"
    http_status = 400
    title = "The cursor is not valid"


class InvalidPrecondition(EdgeError):
    code = "invalid_precondition"
    http_status = 400
    title = "If-Match is not valid"


class Unauthenticated(EdgeError):
    code = "unauthenticated"
    http_status = 401
    title = "A valid API key is required"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class InsufficientScope(EdgeError):
    code = "insufficient_scope"
    http_status = 403
    title = "The key lacks a scope"


class MethodNotAllowed(EdgeError):
    code = "method_not_allowed"
    http_status = 405
    title = "Method not allowed"


class NotAcceptable(EdgeError):
    code = "not_acceptable"
    http_status = 406
    title = "Only JSON is spoken here"


class LengthRequired(EdgeError):
    code = "length_required"
    http_status = 411
    title = "Content-Length required"


class PayloadTooLarge(EdgeError):
    code = "payload_too_large"
    http_status = 413
    title = "The body is too large"


class UnsupportedMediaType(EdgeError):
    code = "unsupported_media_type"
    http_status = 415
    title = "The body must be application/json"


class PreconditionRequired(EdgeError):
    code = "precondition_required"
    http_status = 428
    title = "If-Match required"


class RateLimited(EdgeError):
    code = "rate_limited"
    http_status = 429
    title = "Too many requests"


class Unexpected(EdgeError):
    code = "internal_error"
    http_status: ClassVar[int] = 500
    title = "Something went wrong on our side"


class Busy(EdgeError):
    code = "busy"
    http_status = 503
    title = "Try again in a moment"
