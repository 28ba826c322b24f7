"""Proof that a refusal changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db.models import Model

FLOORS = ("orders", "warehouse", "shipping", "returns")
# What even a refusal may write: that the key was used, and what it was told.
BOOKKEEPING = ("ApiKey", "IdempotencyKey")


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every floor."""
    models: list[type[Model]] = [m for floor in FLOORS for m in apps.get_app_config(floor).get_models()]
    return {
        m.__name__: list(m._default_manager.order_by("pk").values_list())
        for m in models
        if m.__name__ not in BOOKKEEPING
    }


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = rows()
    yield
    assert rows() == before
