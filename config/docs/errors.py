"""``errors.md``: every refusal, as clients see it."""

from config.docs.house import FLOORS, first_line, refusals
from orders.kernel.errors import DomainError

HEAD = """# Refusals

A rule that says no changes nothing. The API answers with a problem document (RFC 9457) whose `code` is stable:
programs may rely on it, never on the words.

| code | status | title | when |
|---|---|---|---|
"""


def errors_page() -> str:
    """The whole page, by code."""
    found = [refusal for floor in FLOORS for refusal in refusals(floor)]
    return HEAD + "".join(_row(refusal) for refusal in sorted(found, key=lambda refusal: refusal.code))


def _row(refusal: type[DomainError]) -> str:
    when = first_line(refusal) if "__doc__" in vars(refusal) else ""
    return f"| `{refusal.code}` | {refusal.http_status} | {refusal.title} | {when} |\n".replace("|  |", "| |")
