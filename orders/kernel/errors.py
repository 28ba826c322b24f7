"""Refusals: one class per reason, each with a code, a status and a sentence that names the way out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """What is wrong with one field; ``pointer`` is a JSON pointer into the request body (RFC 6901)."""

    pointer: str
    code: str
    detail: str


def at(pointer: str, code: str, detail: str) -> FieldError:
    """A field error, on one line."""
    return FieldError(pointer=pointer, code=code, detail=detail)


_NAMED = re.compile(r"[a-z_.]+(?:, [a-z_.]+)*(?=: )")


class DomainError(Exception):
    """A rule of the business says no. Nothing was changed; ``detail`` is safe to show to anyone.

    A ``detail`` that opens with the names of what is wrong, such as ``sku: no product has this SKU.``, points at
    them; only what stands in lists, or is wrong in several ways, needs ``errors`` of its own.
    ``extra`` holds further public members of the problem document (RFC 9457), such as ``current_version``.
    """

    code: ClassVar[str] = "refused"
    http_status: ClassVar[int] = 409
    title: ClassVar[str] = "Refused"

    def __init__(self, detail: str = "", *, errors: Sequence[FieldError] = (), **extra: Any) -> None:
        self.detail = detail or self.title
        self.errors = tuple(errors) or self._named()
        self.extra = extra
        super().__init__(self.detail)

    def _named(self) -> tuple[FieldError, ...]:
        found = _NAMED.match(self.detail)
        names = found[0].replace(".", "/").split(", ") if found else ()
        return tuple(at(f"#/{name}", self.code, self.detail) for name in names)
