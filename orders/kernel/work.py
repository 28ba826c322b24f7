"""A unit of work: one use case, one transaction, its events, and what it owes to the outside world.

``work()`` opens it, ``emit()`` says what happened, ``owe()`` writes down what must still be done and
``ring()`` wakes whoever does it, after the commit. Inner services join the outer unit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from orders.kernel.actor import Actor
from orders.kernel.event import Event, Question
from orders.kernel.wake import wake


@dataclass
class Work:
    """The open unit of work."""

    by: Actor
    change_set: UUID = field(default_factory=uuid4)
    events: list[Event] = field(default_factory=list)
    owed: dict[type[models.Model], list[models.Model]] = field(default_factory=lambda: defaultdict(list))
    bells: set[str] = field(default_factory=set)
    last: list[Callable[[], None]] = field(default_factory=list)
    locked: set[int] = field(default_factory=set)

    def do_last(self, step: Callable[[], None]) -> None:
        """Run ``step`` after everything else of this work was written, right before the commit."""
        self.last.append(step)


A = TypeVar("A")

_open: ContextVar[Work | None] = ContextVar("open_work", default=None)
request_id: ContextVar[str] = ContextVar("request_id", default="")


class NoOpenWork(RuntimeError):
    """A programming error: something happened outside of a unit of work."""


class NotLocked(RuntimeError):
    """A programming error: an event of an order that this work hasn't locked, so nobody can count it safely."""


def current() -> Work:
    """The open unit of work; raises ``NoOpenWork`` when there is none."""
    unit = _open.get()
    if unit is None:
        raise NoOpenWork("open work() before you change anything")
    return unit


def is_open() -> bool:
    """Whether a unit of work is open, which a new one would join."""
    return _open.get() is not None


@contextmanager
def work(*, by: Actor) -> Iterator[Work]:
    """Open a use case: the outermost is durable, inner ones join it without a savepoint.

    Events and owed rows are inserted at the end, one statement per table. When anything raises, nothing
    of it happened. The outermost ``by`` signs all events: who started it, did it.
    """
    outer = _open.get()
    if outer is not None:
        yield outer
        return
    unit = Work(by=by)
    token = _open.set(unit)
    try:
        with transaction.atomic(durable=True):
            yield unit
            _write_down(unit)
            for step in unit.last:
                step()
            for bell in sorted(unit.bells):
                # A lambda: Django names the callback when it logs a failure, and a partial has no name.
                transaction.on_commit(lambda bell=bell: wake(bell), robust=True)  # type: ignore[misc]
    finally:
        _open.reset(token)


def emit(event: Event) -> None:
    """Say what happened: kept for the timeline, and told to the handlers of ROUTES now, in this transaction.

    The event's order must be locked: the lock makes its ``seq`` safe, and keeps the house's order of locks.
    """
    unit = current()
    if event.order_id is not None and event.order_id not in unit.locked:
        raise NotLocked(f"{type(event).__name__}: lock its order first")
    unit.events.append(event)
    for handler in _handlers(_path(type(event))):
        handler(event, unit.by)


def note_locked(order_ids: Iterable[int]) -> None:
    """Remember that these orders are locked, or were made by this work, so that events of them may be told."""
    unit = _open.get()
    if unit is not None:
        unit.locked.update(order_ids)


def owe(row: models.Model, *, bell: str = "") -> None:
    """Write down something to be done after the commit, and ring ``bell`` for it then."""
    unit = current()
    unit.owed[type(row)].append(row)
    if bell:
        unit.bells.add(bell)


def ring(bell: str) -> None:
    """Wake the workers of a queue once, after the commit."""
    current().bells.add(bell)


def ask(question: Question[A]) -> A:
    """Put a question to the one floor above that can answer it (ANSWERS in the switchboard)."""
    return _answerer(_path(type(question)))(question)  # type: ignore[no-any-return]


def _write_down(unit: Work) -> None:
    if unit.events:
        write = import_string("orders.services.timeline.write_events")
        write(unit.events, by=unit.by, change_set=unit.change_set, request_id=request_id.get())
    for model, rows in unit.owed.items():
        model._default_manager.bulk_create(rows, ignore_conflicts=True)


@cache
def _switchboard() -> Any:
    from importlib import import_module

    return import_module(settings.SWITCHBOARD)


@cache
def _handlers(event: str) -> tuple[Any, ...]:
    return tuple(import_string(path) for path in _switchboard().ROUTES[event])


@cache
def _answerer(question: str) -> Any:
    return import_string(_switchboard().ANSWERS[question])


def _path(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"
