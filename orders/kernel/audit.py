"""An invariant, and how to find what breaks it: declared in each floor's ``audit``, run by ``manage.py audit``."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

# Work that is due is done within seconds; what is later than this has been forgotten.
OVERDUE = "15 minutes"
_CHUNK = 5_000


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that breaks an invariant: by the name that people look it up with, and the facts that disagree."""

    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Found:
    """How many things break an invariant, and the first of them."""

    wrong: int
    examples: list[Finding]


@dataclass(frozen=True, kw_only=True)
class Check:
    """An invariant; ``says`` is the sentence that holds, ``find(most)`` looks for what breaks it."""

    name: str
    says: str
    find: Callable[[int], Found]


def sql_check(name: str, says: str, sql: str, **parameters: Any) -> Check:
    """An invariant in SQL: ``sql`` selects what breaks it, as ``subject`` and the facts in further columns."""
    counted = f"SELECT wrong.*, count(*) OVER () FROM ({sql}) wrong ORDER BY wrong.subject LIMIT %(most)s"  # noqa: S608

    def find(most: int) -> Found:
        with connection.cursor() as cursor:
            cursor.execute(counted, {**parameters, "overdue": OVERDUE, "most": most})
            names = [column.name for column in cursor.description or ()][1:-1]
            rows = cursor.fetchall()
        examples = [Finding(subject=str(row[0]), facts=dict(zip(names, row[1:-1], strict=True))) for row in rows]
        return Found(wrong=rows[0][-1] if rows else 0, examples=examples)

    return Check(name=name, says=says, find=find)


def row_check(
    name: str, says: str, sql: str, judge: Callable[[Mapping[str, Any]], Finding | None], **parameters: Any
) -> Check:
    """An invariant that Python knows: ``judge`` sees one row of ``sql`` after the other, in constant memory."""

    def find(most: int) -> Found:
        wrong, examples = 0, list[Finding]()
        for row in _streamed(sql, parameters):
            finding = judge(row)
            if finding is not None:
                wrong += 1
                if len(examples) < most:
                    examples.append(finding)
        return Found(wrong=wrong, examples=examples)

    return Check(name=name, says=says, find=find)


def _streamed(sql: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(_CHUNK):
            names = [column.name for column in cursor.description or ()]
            for row in rows:
                yield dict(zip(names, row, strict=True))
