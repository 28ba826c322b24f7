"""Versions on the wire: ``"<version>-<hash of the answer><seal>"``.

The version decides whether a change may be made; the hash makes 304 honest also for what moves without a new
version, such as quantities picked, so it need not be the present one. The seal tells a tag that was given from one
that was made up.
"""

import re
from collections.abc import Container
from hashlib import blake2s

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from orders.api.errors import InvalidPrecondition, PreconditionRequired

# RFC 9110, 8.8.3: a tag may hold commas, so lists are not simply split.
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_OURS = re.compile(r"([0-9]{1,9})(?:-([0-9a-f]{8})([0-9a-f]{8}))?")
_EVERY_VERSION = range(1, 10**9)


def etag(version: int, body: str) -> str:
    """The tag of an answer."""
    digest = blake2s(body.encode(), digest_size=4).hexdigest()
    return f'"{version}-{digest}{_seal(version, digest)}"'


def expected_versions(request: HttpRequest, *, is_required: bool) -> Container[int] | None:
    """The versions that If-Match allows (all of them for ``*``); None when it isn't required and absent.

    Tags are compared strongly: weak ones, and those that we never gave, match nothing. A version alone in quotes
    is as good as a whole tag. Raises ``PreconditionRequired`` and ``InvalidPrecondition``.
    """
    given = request.headers.get("If-Match")
    if given is None:
        if is_required:
            raise PreconditionRequired("Send If-Match with the ETag that you read.")
        return None
    if given.strip(" \t") == "*":
        return _EVERY_VERSION
    items = {item.strip(" \t") for item in _TAG.sub("\0", given).split(",")} - {""}
    if items != {"\0"}:
        raise InvalidPrecondition("Send If-Match with ETags as you got them.")
    return {version for weak, opaque in _TAG.findall(given) if not weak for version in _named(opaque)}


def is_unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether If-None-Match names this very answer."""
    given = request.headers.get("If-None-Match", "")
    return given.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in given.split(",")]


def _named(opaque: str) -> list[int]:
    """The version that a tag names; none when we never gave it."""
    found = _OURS.fullmatch(opaque)
    if found is None:
        return []
    version, digest, seal = int(found[1]), found[2], found[3]
    return [version] if seal is None or seal == _seal(version, digest) else []


def _seal(version: int, digest: str) -> str:
    return salted_hmac("orders.api.etags", f"{version}-{digest}", algorithm="sha256").hexdigest()[:8]
