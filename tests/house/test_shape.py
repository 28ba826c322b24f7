"""Small pieces with telling names: the sizes and names that house.md asks for."""

import ast
from pathlib import Path

from tests.house.sources import services, sources

LONGEST_MODULE = 350
# Lists: what goes in and what comes out, entity by entity; every fact of a floor.
LONG_MODULES = {
    "orders/api/serializers.py",
    "orders/categories.py",
    "orders/events.py",
    "orders/states.py",
    "warehouse/events.py",
}
LONGEST_FUNCTION = 60
BANNED = {"utils", "util", "helpers", "common", "misc", "base", "manager", "managers", "processor", "processors"}
ALLOWED = {"config/settings/base.py"}  # Django's custom
MOST_VERBS = 5
# The three lives of a key (claimed, answered, forgotten) make sense only side by side.
MANY_VERBS = {"orders/services/idempotency.py"}


def test_no_module_is_longer_than_a_few_screens() -> None:
    lengths = {source.name: len(source.text.splitlines()) for source in sources()}
    assert {name for name, n in lengths.items() if n > LONGEST_MODULE} - LONG_MODULES == set()


def test_functions_fit_on_a_screen() -> None:
    long = {
        f"{source.name}: {function.name}"
        for source in sources()
        for function in source.functions()
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    }
    assert long == set()


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = {source.name: {Path(part).stem for part in Path(source.name).parts} for source in sources()}
    assert {name for name, words in parts.items() if words & BANNED} - ALLOWED == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [source.name for source in sources() if source.text.strip() and not ast.get_docstring(source.tree)]
    assert silent == []


def test_a_service_file_is_a_verb_on_one_subject() -> None:
    crowded = {source.name for source in services() if len(source.public_functions()) > MOST_VERBS}
    assert crowded == MANY_VERBS


def test_a_public_function_of_a_service_says_what_it_does() -> None:
    silent = [
        f"{source.name}: {node.name}"
        for source in services()
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []
