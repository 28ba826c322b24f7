"""How a value is written into a cell: plain, stable, and never a formula."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from orders.kernel.money import rounded

# What spreadsheets take for the beginning of a formula, also as full-width signs. The apostrophes before it
# are ours, or were somebody's: one more keeps the way back free of doubt.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_SEPARATOR = ","


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it instead of working it out. Numbers never come here: they stay numbers."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_it_was(text: str) -> str:
    """The way back of ``harmless``."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def plain(value: Any) -> str | int | Decimal | None:  # noqa: PLR0911 - one line a type
    """A number as a number, everything else as text: instants in UTC, lists with commas, the rest as JSON."""
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case int() | str():
            return value
        case Decimal():
            return shortest(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case list() | tuple() if all(isinstance(each, str) for each in value):
            return joined(value) or None
        case dict() | list() | tuple():
            return as_json(value) if value else None
        case _:
            return str(value)


def shortest(value: Decimal) -> Decimal:
    """Without zeros at its end, and never with an exponent."""
    return Decimal(f"{value.normalize():f}")


def money(value: Decimal | None, currency: str) -> Decimal | None:
    """The amount with the currency's digits; with all it has, should those not be enough."""
    if value is None:
        return None
    short = rounded(value, currency)
    return short if short == value else shortest(value)


def joined(words: Sequence[str]) -> str:
    """Words with commas between them; as JSON when one of them has a comma itself, or could be taken for JSON."""
    is_plain = all(word and word == word.strip() and _SEPARATOR not in word for word in words)
    return _SEPARATOR.join(words) if is_plain and not (words and words[0].startswith("[")) else as_json(list(words))


def parted(text: str) -> list[str]:
    """The way back of ``joined``. Raises ValueError for broken JSON."""
    if text.startswith("["):
        words = json.loads(text)
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError("a list of texts is expected")
        return words
    return [word.strip() for word in text.split(_SEPARATOR) if word.strip()]


def as_json(value: Any) -> str:
    """Compact JSON with its letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
