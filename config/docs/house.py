"""The house as Python objects: its floors, their models, states, events and refusals."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

from django.apps import apps
from django.db.models import Model

from orders.kernel.errors import DomainError
from orders.kernel.event import Event, Question
from orders.kernel.guards import StateField

FLOORS = ("orders", "warehouse", "shipping", "returns")  # the ground floor first

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class StateMachine:
    """A status field of a model."""

    model: type[Model]
    field: StateField

    @property
    def name(self) -> str:
        return f"{self.model.__name__}.{self.field.name}"


def models() -> Iterator[type[Model]]:
    """Every model of the floors, in the order of their making."""
    for floor in FLOORS:
        yield from apps.get_app_config(floor).get_models()


def state_machines() -> list[StateMachine]:
    """Every status that moves by declared transitions only."""
    return [
        StateMachine(model=model, field=field)
        for model in models()
        for field in model._meta.concrete_fields
        if isinstance(field, StateField)
    ]


def events(floor: str) -> list[type[Event]]:
    """The floor's own events, in the order of its ``events.py``; without those that only others derive from."""
    return [event for event in _classes(f"{floor}.events", Event) if "type" in vars(event)]


def questions(floor: str) -> list[type[Question]]:  # type: ignore[type-arg]
    """What a floor asks the floors above, in the order of its ``questions.py``."""
    return _classes(f"{floor}.questions", Question)


def refusals(floor: str) -> list[type[DomainError]]:
    """The floor's own refusals: of its rules, and of its API's edge; without those that only others derive from."""
    found = _classes(f"{floor}.errors", DomainError) + _classes(f"{floor}.api.errors", DomainError)
    return [refusal for refusal in found if "code" in vars(refusal)]


def path(cls: type) -> str:
    """A class as the switchboard names it."""
    return f"{cls.__module__}.{cls.__qualname__}"


def first_line(documented: object) -> str:
    """The first line of a docstring; empty when there is none."""
    text = (documented.__doc__ or "").strip()
    return text.splitlines()[0] if text else ""


def _classes(module: str, parent: type[T]) -> list[type[T]]:
    if find_spec(module) is None:
        return []
    members = vars(import_module(module)).values()
    return [cls for cls in members if isinstance(cls, type) and issubclass(cls, parent) and cls.__module__ == module]
