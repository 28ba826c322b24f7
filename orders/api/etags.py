"""Versions on the wire: ``"<version>-<hash of the answer>"``.

The version decides whether a change may be made; the hash makes 304 honest also for what moves without a new
version, such as quantities picked.
"""

import re
from hashlib import blake2s

from django.http import HttpRequest

from orders.api.errors import InvalidPrecondition, PreconditionRequired

_TAG = re.compile(r'(?:W/)?"?(\d{1,9})(?:-[0-9a-f]{8})?"?')


def etag(version: int, body: str) -> str:
    """The tag of an answer."""
    return f'"{version}-{blake2s(body.encode(), digest_size=4).hexdigest()}"'


def expected_version(request: HttpRequest, *, is_required: bool) -> int | None:
    """The version that If-Match names; None for ``*`` or when it isn't required and absent.

    A bare version in quotes is as good as a whole tag. Raises ``PreconditionRequired``.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given and is_required:
        raise PreconditionRequired("Send If-Match with the ETag that you read.")
    if given in ("", "*"):
        return None
    found = _TAG.fullmatch(given)
    if found is None:
        raise InvalidPrecondition("Send If-Match with one ETag as you got it.")
    return int(found[1])


def is_unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether If-None-Match names this very answer."""
    given = request.headers.get("If-None-Match", "")
    return given.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in given.split(",")]
