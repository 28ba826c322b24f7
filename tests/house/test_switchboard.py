"""The switchboard is complete, leads nowhere that isn't there, and never downwards."""

import dataclasses
import re
from collections import Counter
from inspect import signature

import pytest
from django.template.loader import get_template
from django.utils.module_loading import import_string

from config.docs.house import FLOORS, events, path, questions
from config.switchboard import ANSWERS, PANELS, ROUTES
from orders.admin.action import Action
from orders.kernel.event import Event
from tests.house.sources import sources

EVENTS = [event for floor in FLOORS for event in events(floor)]
HANDLERS = [(event, handler) for event, handlers in ROUTES.items() for handler in handlers]


def floor_of(dotted: str) -> int:
    return FLOORS.index(dotted.split(".", maxsplit=1)[0])


def test_every_event_is_routed_and_every_route_is_an_event() -> None:
    assert sorted(ROUTES) == sorted(map(path, EVENTS))


def test_events_are_declared_in_the_events_module_of_their_floor() -> None:
    strays = [
        source.name
        for source in sources()
        if source.room not in ("events", "kernel") and re.search(r"^class \w+\(Event\)", source.text, re.MULTILINE)
    ]
    assert strays == []


@pytest.mark.parametrize(("event", "handler"), HANDLERS)
def test_a_handler_is_there_takes_event_and_actor_and_stands_no_lower_than_its_event(event, handler) -> None:
    assert len(signature(import_string(handler)).parameters) == 2
    assert handler.split(".")[1] == "handlers"
    assert floor_of(handler) >= floor_of(event)


def test_every_question_has_exactly_one_answerer_above() -> None:
    asked = [path(question) for floor in FLOORS for question in questions(floor)]
    assert sorted(ANSWERS) == sorted(asked)
    for question, answerer in ANSWERS.items():
        assert len(signature(import_string(answerer)).parameters) == 1
        assert floor_of(answerer) > floor_of(question)


@pytest.mark.parametrize("name", sorted(PANELS))
def test_a_panel_has_its_selector_and_its_parts_are_there(name: str) -> None:
    panel = PANELS[name]
    audiences = {"customer", "admin", "floor"}
    assert {"selector", "admin"} <= panel.keys() <= {"selector", "part", "found", "actions"} | audiences
    for audience in audiences & panel.keys():
        get_template(panel[audience])
    for function in {"selector", "part", "found"} & panel.keys():
        assert callable(import_string(panel[function]))
    if "actions" in panel:
        assert all(isinstance(action, Action) for action in import_string(panel["actions"]))


def test_public_names_are_unique_and_read_alike() -> None:
    names = Counter(event.type for event in EVENTS)
    assert [name for name, n in names.items() if n > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z_]+\.[a-z_]+", name)] == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_is_frozen_carries_plain_facts_and_has_words_only_for_what_it_tells(event: type[Event]) -> None:
    assert event.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert event.__doc__
    fields = {f.name: str(f.type) for f in dataclasses.fields(event)}
    assert [name for name, kind in fields.items() if "models." in kind] == []
    assert event.public or not event.words
    placeholders = set(re.findall(r"{(\w+)", str(event.words)))
    assert placeholders <= {name for name in fields if not name.endswith(("_id", "_ids"))}
