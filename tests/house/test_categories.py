"""Every question that the house asks people has words, somebody who opens it, and an end."""

import ast
import re
import string
from importlib import import_module

import pytest
from django.utils.module_loading import import_string

from orders.categories import CATEGORIES, ORDER, SUBJECT
from tests.house.sources import sources

# Only a person can know that these are done: the reason is in the world, not in the rows.
ENDED_BY_PEOPLE = {
    "chargeback_lost",
    "e_invoice_incomplete",
    "low_rating",
    "refunded_at_gateway",
    "payment_conflict",
    "receipt_differs",
    "return_differs",
    "return_rejected",
}
# Named before what opens them is built.
AWAITED: set[str] = set()
# The words of several categories are put together from what was asked of a gateway.
COMPOSED = {"capture_failed": "CHARGE", "void_failed": "VOID", "refund_failed": "REFUND"}
WRITERS = [source for source in sources() if source.room in ("services", "handlers")]


def names_of(category: str) -> list[str]:
    """How sources name it: in quotes, or by a constant."""
    constants = [
        match[1] for source in sources() for match in re.finditer(rf'^(\w+) = "{category}"$', source.text, re.MULTILINE)
    ]
    return [f'"{category}"', *constants]


def calls(function: str, category: str) -> bool:
    """Whether some service or handler that names the category calls the function."""
    if category in COMPOSED:
        return any("_trouble(charge)" in source.text and function in source.text for source in WRITERS)
    if function == "open_exception":
        return category in opened()
    names = names_of(category)
    return any(f"{function}(" in source.text and any(name in source.text for name in names) for source in WRITERS)


def opened() -> set[str]:
    """The categories that calls of ``open_exception`` name, in quotes or by a constant of their module."""
    found = set()
    for source in WRITERS:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open_exception":
                for keyword in node.keywords:
                    if keyword.arg == "category" and isinstance(keyword.value, ast.Constant):
                        found.add(keyword.value.value)
                    elif keyword.arg == "category" and isinstance(keyword.value, ast.Name):
                        told = getattr(import_module(source.module), keyword.value.id, None)
                        found |= {told} if told else named_in(source.tree)
                    elif keyword.arg in ("category", None):
                        found |= named_in(source.tree)
    return found


def named_in(tree: ast.AST) -> set[str]:
    """The categories that a module names anywhere: it chooses among them."""
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return strings & CATEGORIES.keys()


@pytest.mark.parametrize("category", CATEGORIES)
def test_somebody_opens_it_and_it_ends(category: str) -> None:
    known = CATEGORIES[category]
    assert known.awaited == (category in AWAITED)
    assert bool(known.ends) == (category not in ENDED_BY_PEOPLE)
    assert calls("open_exception", category) == (category not in AWAITED)
    if known.ends and not known.awaited:
        assert calls("resolve_exceptions", category)


def test_nobody_asks_what_has_no_words() -> None:
    assert opened() <= set(CATEGORIES)


@pytest.mark.parametrize("category", CATEGORIES)
def test_its_words_are_complete(category: str) -> None:
    known = CATEGORIES[category]
    placeholders = {name for _text, name, _spec, _conversion in string.Formatter().parse(str(known.says)) if name}
    assert set(known.codes) <= placeholders
    assert str(known.title)
    assert str(known.next_step).endswith((".", "!"))
    assert known.on in (ORDER, SUBJECT)
    for path in known.codes.values():
        assert import_string(path).choices
