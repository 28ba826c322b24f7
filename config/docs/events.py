"""``events.md``: what happens in the house, who hears of it, and what is told to the outside."""

import dataclasses
from collections.abc import Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from config.docs.house import FLOORS, events, first_line, path, questions
from orders.kernel.event import Event

HEAD = """# Events

What each floor says has happened, and which handlers hear of it, in this order and in the same transaction
(`config/switchboard.py`). The public name is what the timeline, the partners' feed and webhooks call it;
*internal* events are told to nobody outside. Every event carries its order, who did it, and when; fields that
end in `_id` are for handlers only and are never told.
"""


def events_page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(text for floor in FLOORS for text in _floor(floor)), _questions()])


def _floor(floor: str) -> Iterator[str]:
    found = events(floor)
    if found:
        yield f"## {floor}\n"
        yield "| event | public name | it means | fields | handlers |"
        yield "|---|---|---|---|---|"
        for event in found:
            yield _row(event)
        yield ""


def _row(event: type[Event]) -> str:
    handlers = import_string(f"{settings.SWITCHBOARD}.ROUTES").get(path(event), ())
    fields = [f.name for f in dataclasses.fields(event) if f.name != "order_id"]
    cells = [
        event.__name__,
        f"`{event.type}`" + ("" if event.public else " (internal)"),
        first_line(event),
        _code(fields),
        _code(handlers),
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _questions() -> str:
    answers = import_string(f"{settings.SWITCHBOARD}.ANSWERS")
    rows = [
        f"| {question.__name__} | {first_line(question)} | `{answers.get(path(question), '')}` |"
        for floor in FLOORS
        for question in questions(floor)
    ]
    return "\n".join(
        [
            "## Questions\n",
            "What a floor asks the floors above it; each has exactly one answerer.\n",
            "| question | it asks | answered by |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _code(names: "list[str] | tuple[str, ...]") -> str:
    return ", ".join(f"`{name}`" for name in names)
