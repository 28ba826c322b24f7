"""Lists by keyset: a page costs the same wherever it stands, and nothing is ever counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import HttpRequest

from orders.api.errors import InvalidCursor
from orders.errors import InvalidRequest
from orders.kernel.errors import FieldError

M = TypeVar("M", bound=Model)

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 250
NEWEST_FIRST = "-created_at"
SORTS = (NEWEST_FIRST, "created_at", "updated_at", "-updated_at")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[M]):
    """Some rows of a list, and the cursor behind the last of them when there are more."""

    rows: Sequence[M]
    next_cursor: str | None

    def body(self, data: list[Any]) -> dict[str, Any]:
        return {"data": data, "has_more": self.next_cursor is not None, "next_cursor": self.next_cursor}

    def headers(self, request: HttpRequest) -> dict[str, str]:
        if self.next_cursor is None:
            return {}
        query = urlencode({**request.GET.dict(), "cursor": self.next_cursor})
        return {"Link": f'<{request.build_absolute_uri(request.path)}?{query}>; rel="next"'}


def page(rows: QuerySet[M], request: HttpRequest, *, name: str, sorts: Sequence[str] = SORTS) -> Page[M]:
    """One page of ``rows``, sorted by ``?sort=`` (one of ``sorts``) and then by primary key, which an index serves.

    ``name`` ties a cursor to its list. Raises ``InvalidRequest`` and ``InvalidCursor``.
    """
    parameters = request.GET
    sort = _sort(parameters, sorts)
    limit = _limit(parameters)
    column = sort.removeprefix("-")
    if "cursor" in parameters:
        after = _position(parameters["cursor"], f"{name}:{sort}")
        compare = TupleLessThan if sort.startswith("-") else TupleGreaterThan
        rows = rows.filter(compare(Tuple(F(column), F("pk")), after))
    direction = "-" if sort.startswith("-") else ""
    found = list(rows.order_by(sort, f"{direction}pk")[: limit + 1])
    shown = found[:limit]
    if len(found) == len(shown):
        return Page(rows=shown, next_cursor=None)
    return Page(rows=shown, next_cursor=_cursor(f"{name}:{sort}", getattr(shown[-1], column), shown[-1].pk))


def _sort(parameters: Mapping[str, str], sorts: Sequence[str]) -> str:
    sort = parameters.get("sort", sorts[0])
    if sort not in sorts:
        raise InvalidRequest(
            "sort is not valid.",
            errors=[FieldError(pointer="?sort", code="choice", detail=f"One of: {', '.join(sorts)}.")],
        )
    return sort


def _limit(parameters: Mapping[str, str]) -> int:
    given = parameters.get("limit", str(DEFAULT_LIMIT))
    if not (given.isascii() and given.isdecimal() and len(given) <= 3 and 1 <= int(given) <= LARGEST_LIMIT):
        raise InvalidRequest(
            "limit is not valid.",
            errors=[FieldError(pointer="?limit", code="range", detail=f"1 to {LARGEST_LIMIT}.")],
        )
    return int(given)


_signer = Signer(salt="orders.api.pages", sep=".")


def _cursor(name: str, value: Any, pk: int) -> str:
    shown = value.isoformat() if isinstance(value, datetime) else value
    return _signer.sign_object([name, shown, pk])


def _position(cursor: str, name: str) -> tuple[Any, int]:
    try:
        found_name, value, pk = _signer.unsign_object(cursor)
    except (BadSignature, ValueError):
        found_name, value, pk = None, None, 0
    if found_name != name:
        raise InvalidCursor("Send a next_cursor of this list, sorted the same way, as you got it.")
    return value, pk
