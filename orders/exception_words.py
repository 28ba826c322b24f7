"""A question of the exceptions queue in its reader's language, made from its category and facts.

Used by the back office and by mails to the team. Rows from before categories had facts say what they said then.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from orders.categories import CATEGORIES, Category
from orders.kernel.documents import Formats
from orders.models import ProcessException

_SUMS = ("amount", "paid", "booked")


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "–"


def category_words(category: str) -> str:
    """The name of a category."""
    known = CATEGORIES.get(category)
    return str(known.title) if known else category.replace("_", " ").capitalize()


def next_step(row: ProcessException) -> str:
    """What to do now."""
    known = CATEGORIES.get(row.category)
    if known is None:
        return row.next_action
    return str(known.next_steps.get(row.facts.get("status", ""), known.next_step))


def summary(row: ProcessException) -> str:
    """What happened, with its facts."""
    known = CATEGORIES.get(row.category)
    if known is None or (row.summary and not row.facts):
        return row.summary
    return str(known.says).format_map(_Facts(_in_words(known, row.facts))).strip()


def _in_words(category: Category, facts: Mapping[str, Any]) -> dict[str, str]:
    formats, currency = Formats(get_language() or "en"), str(facts.get("currency", ""))
    told = {}
    for name, value in facts.items():
        if name in category.codes:
            choices: type[TextChoices] = import_string(category.codes[name])
            told[name] = _word(choices, value)
        elif name in _SUMS and currency:
            told[name] = formats.money(Decimal(value), currency)
        else:
            told[name] = (", ".join(map(str, value)) or "–") if isinstance(value, list) else str(value)
    return told


def _word(choices: type[TextChoices], value: Any) -> str:
    """The label of a code, or of several; one that the choices no longer have stands as it is."""
    if isinstance(value, list | tuple):
        return ", ".join(_word(choices, each) for each in value)
    return str(choices(value).label) if value in choices.values else str(value).replace("_", " ")
