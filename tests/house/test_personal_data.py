"""Every text that may be about a person was judged: it is emptied when they are forgotten, or kept on purpose."""

from collections.abc import Iterator

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Model

from config.docs.house import FLOORS
from config.docs.house import models as every_model
from config.switchboard import PERSONAL_DATA
from orders.models import Customer
from orders.personal_data import Held, everything_held

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)
TABLE: dict[type[Model], Held] = {held.model: held for held in everything_held()}


def reachable() -> Iterator[type[Model]]:
    """Every model from whose rows foreign keys lead to a customer, in however many steps."""
    found: list[type[Model]] = [Customer]
    for model in found:
        yield model
        found += [
            other
            for other in every_model()
            if other not in found and any(field.related_model is model for field in other._meta.concrete_fields)
        ]


def texts(model: type[Model]) -> set[str]:
    """Its columns that can hold words; states and other closed lists can't."""
    fields = model._meta.concrete_fields
    return {field.name for field in fields if isinstance(field, TEXT) and not field.choices and not field.primary_key}


REACHED = [model for model in dict.fromkeys([*reachable(), *TABLE]) if texts(model)]


def test_every_floor_names_what_it_holds() -> None:
    assert tuple(PERSONAL_DATA) == FLOORS


@pytest.mark.parametrize("model", REACHED, ids=lambda model: model._meta.label)
def test_every_text_is_emptied_or_kept_on_purpose(model: type[Model]) -> None:
    """A new table, or a new text column, belongs into ``personal_data.HELD`` of its floor."""
    assert model in TABLE, "name the table in HELD"
    held = TABLE[model]
    if not held.is_deleted:
        assert held.emptied.keys() | held.kept == texts(model)
        assert held.emptied.keys() & held.kept == set()


@pytest.mark.parametrize("held", everything_held(), ids=lambda held: held.model._meta.label)
def test_a_row_of_the_table_reads(held: Held, db: None) -> None:
    assert bool(held.section) == bool(held.told)
    assert list(held.rows([1]).values(*held.told)[:1]) == []


def test_sections_are_unique() -> None:
    sections = [held.section for held in everything_held() if held.section]
    assert len(sections) == len(set(sections))
    assert len(TABLE) == len(everything_held())
