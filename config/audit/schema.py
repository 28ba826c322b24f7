"""The guards themselves: every trigger and constraint that the models declare stands in the database, and is on.

A constraint that PostgreSQL knows and has validated can't be broken, so rows are only looked at where one is
missing. Triggers can be switched off, which is why the other checks exist.
"""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import CheckConstraint, Model, UniqueConstraint
from pgtrigger.core import INSTALLED

from orders.kernel.audit import Check, Finding, Found

_STANDING = """
    SELECT conname FROM pg_constraint WHERE connamespace = current_schema::regnamespace AND convalidated
    UNION SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema::regnamespace AND i.indisvalid
"""
_REFERENCES = """
    SELECT c.conrelid::regclass::text, a.attname
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
    WHERE c.contype = 'f' AND c.convalidated
"""


def _triggers(most: int) -> Found:
    findings = []
    for model, trigger in pgtrigger.registered():
        status, is_enabled = trigger.get_installation_status(model)
        if status != INSTALLED or not is_enabled:
            state = "disabled" if status == INSTALLED else status.lower()
            findings.append(Finding(subject=f"{model._meta.db_table}: {trigger.name}", facts={"trigger": state}))
    return Found(wrong=len(findings), examples=findings[:most])


def _constraints(most: int) -> Found:
    standing = {name for (name,) in _rows(_STANDING)}
    findings = []
    for model in _models():
        for constraint in model._meta.constraints:
            if constraint.name not in standing:
                broken = _breaking(model, constraint) if isinstance(constraint, CheckConstraint) else []
                facts = {"constraint": "missing or not validated", "rows that break it": broken}
                findings.append(Finding(subject=f"{model._meta.db_table}: {constraint.name}", facts=facts))
                if isinstance(constraint, UniqueConstraint):
                    facts["rows that break it"] = "unknown: look for duplicates"
    return Found(wrong=len(findings), examples=findings[:most])


def _references(most: int) -> Found:
    standing = set(_rows(_REFERENCES))
    findings = [
        Finding(subject=f"{model._meta.db_table}: {field.column}", facts={"foreign key": "missing or not validated"})
        for model in _models()
        for field in model._meta.concrete_fields
        if field.is_relation and (model._meta.db_table, field.column) not in standing
    ]
    return Found(wrong=len(findings), examples=findings[:most])


def _breaking(model: type[Model], constraint: CheckConstraint) -> list[Any]:
    """Primary keys of the first rows that the missing CHECK would refuse; NULL passes, as in SQL."""
    with connection.schema_editor(collect_sql=True) as editor:
        condition = constraint._get_check_sql(model, editor)  # type: ignore[attr-defined]
    table = model._meta.db_table
    return [pk for (pk,) in _rows(f"SELECT id FROM {table} WHERE NOT ({condition}) ORDER BY id LIMIT 20")]  # noqa: S608


def _models() -> Iterator[type[Model]]:
    for config in apps.get_app_configs():
        if not config.name.startswith("django."):
            yield from config.get_models(include_auto_created=True)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


CHECKS = (
    Check(name="triggers", says="Every trigger that a model declares is installed and on.", find=_triggers),
    Check(name="constraints", says="Every rule that a model declares is kept by the database.", find=_constraints),
    Check(name="references", says="Every foreign key is kept by the database.", find=_references),
)
