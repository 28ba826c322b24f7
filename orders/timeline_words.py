"""An order's public history in the customer's words: each event class says its own sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any, get_args, get_type_hints

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from orders.kernel.documents import Formats
from orders.kernel.event import Event
from orders.models import OrderEvent


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What happened on a day."""

    on: date
    words: str


def told(events: Iterable[OrderEvent], *, language: str) -> list[Entry]:
    """The sentences of those events that have words for the customer, in the given order."""
    formats = Formats(language)
    entries = []
    for row in events:
        event = event_classes().get(row.type)
        if row.public and event and (words := str(event.in_words(row.data))):
            facts = facts_of(event, row.data, formats)
            entries.append(Entry(on=timezone.localdate(row.occurred_at), words=words.format_map(facts)))
    return entries


def facts_of(event: type[Event], data: Mapping[str, Any], formats: Formats) -> dict[str, str]:
    """``data`` as people read it: its JSON goes back to the types that the event declares."""
    hints = get_type_hints(event)
    return {
        field.name: _fact(hints[field.name], data[field.name], data.get("currency", ""), formats)
        for field in fields(event)
        if field.name in data
    }


def _fact(hint: Any, value: Any, currency: str, formats: Formats) -> str:
    types = get_args(hint) or (hint,)
    if value is None:
        return _("not known yet")
    if Decimal in types:
        return formats.money(Decimal(value), currency)
    if datetime in types:
        return formats.moment(timezone.localtime(datetime.fromisoformat(value)))
    if date in types:
        return formats.day(date.fromisoformat(value))
    return str(value)


@cache
def event_classes() -> dict[str, type[Event]]:
    """Every event of the house by its public name, as the switchboard lists them."""
    classes: list[type[Event]] = [import_string(path) for path in import_module(settings.SWITCHBOARD).ROUTES]
    return {event.type: event for event in classes}
