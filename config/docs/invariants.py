"""``invariants.md``: everything that ``manage.py audit`` checks, floor by floor."""

from django.utils.module_loading import import_string

from config.audit import FLOORS

HEAD = """# Invariants

What must be true at any moment. `manage.py audit` checks all of it in one snapshot, names what breaks it, and exits
with 1 when something does. Each check is tested by a fault that is planted past triggers and services
(`tests/audit/plants.py`).
"""


def invariants_page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_floor(path) for path in FLOORS)])


def _floor(path: str) -> str:
    name = "the database itself" if path.startswith("config") else path.split(".", maxsplit=1)[0]
    rows = [f"| `{check.name}` | {check.says} |" for check in import_string(path)]
    return "\n".join([f"## {name}\n", "| check | what holds |", "|---|---|", *rows, ""])
