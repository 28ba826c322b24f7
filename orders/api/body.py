"""The body of a request: measured before it is read, and parsed so that nothing odd gets any further."""

import json
import math
from typing import Any

from django.http import HttpRequest

from orders.api.errors import LengthRequired, MalformedBody, PayloadTooLarge, UnsupportedMediaType
from orders.api.strict import CONTROL
from orders.kernel.errors import FieldError

LARGEST = 1024 * 1024  # bytes


def body_of(request: HttpRequest) -> bytes:
    """The bytes of the body. Raises ``PayloadTooLarge`` without reading it, and ``UnsupportedMediaType``."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise LengthRequired("Send a Content-Length instead of chunks.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        raise PayloadTooLarge(f"At most {LARGEST} bytes.", headers={"Connection": "close"})
    if length != "0" and request.content_type != "application/json":
        raise UnsupportedMediaType("Send Content-Type: application/json.")
    return request.body


def json_of(raw: bytes) -> Any:
    """The body as JSON. Raises ``MalformedBody``, with a pointer where a raw control character is to blame."""
    try:
        return _parse(raw, strict=True)
    except RecursionError:
        raise MalformedBody("The body is nested too deeply.") from None
    except UnicodeDecodeError:
        raise MalformedBody("The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        if error.msg.startswith("Invalid control character"):
            raise _control_character(raw) from None
        raise MalformedBody(f"The body is not JSON: line {error.lineno}, column {error.colno}.") from None
    except ValueError as error:
        raise MalformedBody(str(error) if isinstance(error, _Odd) else "The body has a number without end.") from None


class _Odd(ValueError):
    """JSON that parsers disagree about."""


def _parse(raw: bytes, *, strict: bool) -> Any:
    return json.loads(
        raw.decode("utf-8"),
        strict=strict,
        parse_constant=_no_constant,
        parse_float=_finite,
        object_pairs_hook=_no_duplicates,
    )


def _no_constant(_name: str) -> Any:
    raise _Odd("NaN and Infinity are not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Odd("The body has a number that is too large.")
    return number


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Odd("A name stands twice in one object.")
    return found


def _control_character(raw: bytes) -> MalformedBody:
    """Say in which field the control character stands, as far as the rest can be read."""
    try:
        pointer = _pointer_to_control(_parse(raw, strict=False))
    except (ValueError, RecursionError):
        pointer = None
    detail = "Control characters must not stand in strings."
    errors = [] if pointer is None else [FieldError(pointer=f"#{pointer}", code="control_character", detail=detail)]
    return MalformedBody(detail, errors=errors)


def _pointer_to_control(value: Any) -> str | None:
    if isinstance(value, str):
        return "" if CONTROL.search(value) else None
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        below = _pointer_to_control(item)
        if below is not None:
            return f"/{str(name).replace('~', '~0').replace('/', '~1')}{below}"
    return None
