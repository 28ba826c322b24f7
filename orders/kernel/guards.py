"""Rules that PostgreSQL keeps, whoever writes: declared state changes only, and rows that never change."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import pgtrigger
from django.db import models
from django_fsm import FSMField, FSMModelMixin

M = TypeVar("M", bound=type[models.Model])


class StateField(FSMField):
    """A status that only transitions change; its values are those of ``states``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("protected", True)
        kwargs.setdefault("max_length", 32)
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False, **kwargs: Any) -> None:
        """Models as migrations draw them have no transitions, and the library's search for some takes half the time."""
        if cls.__module__ == "__fake__":
            models.CharField.contribute_to_class(self, cls, name, private_only, **kwargs)
        else:
            super().contribute_to_class(cls, name, private_only, **kwargs)


class Stateful(FSMModelMixin, models.Model):
    """A model with protected status fields, safe to refresh."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Reload; the library switches protection off meanwhile and must not leave it off when this fails."""
        fields = [f for f in self._meta.concrete_fields if isinstance(f, StateField)]
        protection = [f.protected for f in fields]
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            for field, protected in zip(fields, protection, strict=True):
                field.protected = protected


def edges(model: type[models.Model], field: str) -> list[tuple[str, str]]:
    """The declared state changes of ``field``, read from the model's transitions."""
    status: Any = model._meta.get_field(field)
    found = set()
    for transition in status.get_all_transitions(model):
        sources = [v for v, _ in status.choices or []] if transition.source == "*" else [transition.source]
        found |= {(str(s), str(transition.target)) for s in sources if s != transition.target}
    return sorted(found)


def guarded(*fields: str) -> Callable[[M], M]:
    """Class decorator: a trigger refuses every change of ``fields`` that no transition declares."""

    def decorate(model: M) -> M:
        for field in fields:
            pgtrigger.register(pgtrigger.FSM(name=f"{field}_edges", field=field, transitions=edges(model, field)))(
                model
            )
        return model

    return decorate


def append_only(
    *, may_fill: Iterable[str] = (), may_clear: Iterable[str] = (), may_drop: Mapping[str, Sequence[str]] | None = None
) -> Callable[[M], M]:
    """Class decorator: a trigger refuses UPDATE and DELETE; a NULL in ``may_fill`` may be filled once.

    For the day when a person is forgotten, text in ``may_clear`` may become empty, and the JSON of ``may_drop`` lose
    exactly these keys; nothing else can be written there either.
    """
    fillable = list(may_fill)

    def decorate(model: M) -> M:
        if may_clear or may_drop:
            _register_forgetful(model, clear=list(may_clear), drop=dict(may_drop or {}))
            return model
        if not fillable:
            guard = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
            pgtrigger.register(guard)(model)
            return model
        columns = [f.name for f in model._meta.concrete_fields if f.name not in fillable]
        refilled = pgtrigger.Q()
        for name in fillable:
            refilled |= pgtrigger.Q(**{f"old__{name}__isnull": False})
        pgtrigger.register(
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="filled_once", operation=pgtrigger.Update, condition=refilled),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(*columns)),
        )(model)
        return model

    return decorate


def _register_forgetful(model: type[models.Model], *, clear: list[str], drop: dict[str, Sequence[str]]) -> None:
    columns = [f.name for f in model._meta.concrete_fields if f.name not in {*clear, *drop}]
    odd = [f"NEW.{name} IS DISTINCT FROM OLD.{name} AND NEW.{name} IS DISTINCT FROM ''" for name in clear]
    for name, keys in drop.items():
        left = f"(OLD.{name} - ARRAY[{', '.join(repr(key) for key in keys)}])"
        odd.append(f"NEW.{name} IS DISTINCT FROM OLD.{name} AND NEW.{name} IS DISTINCT FROM {left}")
    otherwise = pgtrigger.Condition(f"({' OR '.join(odd)})")  # AND binds closer than OR
    pgtrigger.register(
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.Protect(name="only_emptied", operation=pgtrigger.Update, condition=otherwise),
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(*columns)),
    )(model)


def final(field: str, *, states: Iterable[str]) -> Callable[[M], M]:
    """Class decorator: a trigger refuses every change of a row whose ``field`` is one of ``states``, and DELETE."""

    def decorate(model: M) -> M:
        is_final = pgtrigger.Q(**{f"old__{field}__in": [str(state) for state in states]})
        pgtrigger.register(
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="final", operation=pgtrigger.Update, condition=is_final),
        )(model)
        return model

    return decorate


def legal(field: str, states: type[models.TextChoices], *, table: str) -> models.CheckConstraint:
    """A CHECK that ``field`` holds one of ``states``; ``table`` makes the constraint's name unique."""
    return models.CheckConstraint(name=f"{table}_{field}_legal", condition=models.Q(**{f"{field}__in": states.values}))
