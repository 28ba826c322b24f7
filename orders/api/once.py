"""The Idempotency-Key header: what a repeated POST is answered."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from orders.api.problems import RETRY_AFTER, problem_text
from orders.errors import IdempotencyKeyRequired, InvalidRequest
from orders.kernel.errors import DomainError, FieldError
from orders.kernel.problem import CONTENT_TYPE
from orders.models import ApiKey
from orders.services.idempotency import Answer, Once, remember_refusal

T = TypeVar("T")

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
# Decided by the state of the house, not by the request: a repetition is told the same. What passes by itself
# (see RETRY_AFTER) isn't kept: the same key may then do the work.
_REMEMBERED = (402, 409)


def once_of(request: HttpRequest, key: ApiKey, *, is_required: bool) -> Once | None:
    """What the header says, bare or quoted. Raises ``IdempotencyKeyRequired`` and ``InvalidRequest``.

    The web server hands on as empty what isn't ASCII: a header that is there, but empty, is malformed.
    """
    given = request.headers.get("Idempotency-Key")
    if given is None:
        if is_required:
            raise IdempotencyKeyRequired("Send an Idempotency-Key, a new one for each thing that you want done.")
        return None
    given = given.strip(" \t")
    if len(given) >= 2 and given[0] == given[-1] == '"':
        given = given[1:-1]
    if not _KEY.fullmatch(given):
        detail = "1 to 255 printable ASCII characters."
        raise InvalidRequest(
            "Idempotency-Key is not valid.",
            errors=[FieldError(pointer="Idempotency-Key", code="format", detail=detail)],
        )
    asked = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return Once(api_key_id=key.pk, key=given, fingerprint=sha256(asked).hexdigest())


def answered(answer: Answer, *, is_replay: bool) -> HttpResponse:
    """The stored answer as a response."""
    content_type = CONTENT_TYPE if answer.status >= 400 else "application/json"
    headers = dict(answer.headers)
    if is_replay:
        headers["Idempotent-Replayed"] = "true"
    return HttpResponse(answer.body, status=answer.status, content_type=content_type, headers=headers)


def refusal_answer(request: HttpRequest, refusal: DomainError) -> Answer:
    """A refusal as it is stored."""
    return Answer(status=refusal.http_status, body=problem_text(request, refusal))


def remembering_refusals(request: HttpRequest, once: Once | None, act: Callable[[], T]) -> T:
    """Run ``act``; a refusal that the house's state decided is kept for repetitions, and raised."""
    try:
        return act()
    except DomainError as refusal:
        if once is not None and refusal.http_status in _REMEMBERED and refusal.code not in RETRY_AFTER:
            remember_refusal(once, refusal_answer(request, refusal))
        raise
