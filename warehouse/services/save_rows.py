"""Save many rows at once, for services whose work may reach a thousand orders."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def save_rows(rows: Iterable[models.Model], fields: Sequence[str]) -> None:
    """Write ``fields`` of rows of one model in one statement: an array per column.

    ``bulk_update`` writes one CASE per row and column instead, and takes seconds to build it for a thousand rows.
    """
    rows = list(rows)
    if not rows:
        return
    meta = type(rows[0])._meta
    columns: list[Any] = [meta.pk, *(meta.get_field(name) for name in fields)]
    arrays = [[column.get_db_prep_save(getattr(row, column.attname), connection) for row in rows] for column in columns]
    key, *names = [connection.ops.quote_name(column.column) for column in columns]
    sql = f"""
        UPDATE {connection.ops.quote_name(meta.db_table)} t SET {", ".join(f"{name} = d.{name}" for name in names)}
        FROM unnest({", ".join(f"%s::{column.cast_db_type(connection)}[]" for column in columns)})
            AS d({key}, {", ".join(names)}) WHERE t.{key} = d.{key}
    """  # noqa: S608 - names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(sql, arrays)
