"""A row of any table in any state, planted past foreign keys and triggers: for tests of the triggers themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

# What some CHECKs ask for in certain states.
NEEDED: dict[str, dict[str, Any]] = {
    "FulfillmentOrder": {"warehouse_id": 1},
    "Package": {"weight_g": 500, "box_id": 1},
    "Order": {"currency": "EUR"},
    "BalanceMovement": {"gift_card_id": 1},
    "PaperFile": {"invoice_id": count(1).__next__, "size": 1, "filed_at": "2026-01-01T00:00:00Z"},
}
PLAIN: list[tuple[type[models.Field], Any]] = [
    (models.UUIDField, uuid4),
    (models.ForeignKey, count(1).__next__),
    (models.BooleanField, False),
    (models.IntegerField, 1),
    (models.DecimalField, 1),
    (models.DateTimeField, "2026-01-01T00:00:00Z"),
    (models.DateField, "2026-01-01"),
    (models.JSONField, dict),
    (models.BinaryField, b""),
]


@contextmanager
def without_triggers() -> Iterator[None]:
    """Triggers and foreign keys look away; CHECK and UNIQUE don't."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield  # an error undoes it: SET belongs to the transaction
        cursor.execute("SET session_replication_role = origin")


def plant(model: type[models.Model], **values: Any) -> models.Model:
    """Insert a row of ``model`` with ``values`` and something legal in every other column."""
    fields = {field.attname: _something(field) for field in model._meta.concrete_fields if _must_be_given(field)}
    needed = {name: value() if callable(value) else value for name, value in NEEDED.get(model.__name__, {}).items()}
    row = model(**(fields | needed | _quantity(model, values) | values))
    with without_triggers():
        model._default_manager.bulk_create([row])
    return row


def _must_be_given(field: Any) -> bool:
    has_default = field.default is not NOT_PROVIDED or field.db_default is not NOT_PROVIDED
    return not (field.primary_key or field.null or has_default or getattr(field, "auto_now_add", False))


def _something(field: models.Field) -> Any:
    if field.choices:
        return field.choices[0][0]  # type: ignore[index]
    value = next((value for kind, value in PLAIN if isinstance(field, kind)), uuid4().hex[: field.max_length])
    return value() if callable(value) else value


def _quantity(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """An allocation holds units only while it is open."""
    if model.__name__ == "Allocation":
        return {"quantity": 1 if values.get("status", "open") == "open" else 0}
    return {}
