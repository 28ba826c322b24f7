"""Cells to values: each function takes a text and the column's name, and raises ``Refused`` that names both."""

import html
import re
from datetime import UTC, date, datetime
from decimal import Decimal

from config.imports.faults import Fault, Refused
from orders.exports.cells import parted
from orders.kernel.money import is_exact

_MANGLED = re.compile(r"-?\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d{1,12}([.,]\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,10}([.,]0+)?", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")
_BREAKING = re.compile(r"<(?:br|/p|/li|/h[1-6]|/div|/tr)\b[^<>]*>", re.IGNORECASE)
_BREAKS = re.compile(r"[\t\r\n]+")
_BLANKS = re.compile(r"[ \t]+")
_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no", ""})
LARGEST_INT = 2_147_483_647
_SHOWN = 40


def bad(column: str, text: str, why: str, fault: Fault = Fault.BAD_VALUE) -> Refused:
    """What is wrong with a column."""
    return Refused(fault, f"{column}: “{text[:_SHOWN]}” {why}")


def line(text: str, column: str, *, longest: int) -> str:
    """Text on one line."""
    text = _BREAKS.sub(" ", text.strip())
    if len(text) > longest:
        raise bad(column, text, f"is longer than {longest} characters")
    return text


def unquoted(text: str) -> str:
    """Without the apostrophe that shops put before postal codes and phone numbers."""
    text = text.strip()
    return text[1:].strip() if text.startswith("'") else text


def code(text: str, column: str, *, longest: int) -> str:
    """Text that names something; a spreadsheet must not have rounded it."""
    text = line(text, column, longest=longest)
    if _MANGLED.fullmatch(text):
        raise bad(column, text, "was a number with more digits", Fault.MANGLED_NUMBER)
    return text


def amount(text: str, column: str, currency: str) -> Decimal:
    """Money: a plain decimal, with a point or a comma, in the currency's digits; empty is 0."""
    value = decimal(text, column)
    if value < 0:
        raise bad(column, text, "is below zero")
    if not is_exact(value, currency):
        raise bad(column, text, f"has more digits than {currency}")
    return value


def decimal(text: str, column: str) -> Decimal:
    """A plain decimal number. ``1,234`` may mean two things, so it is refused, as are signs for thousands."""
    text = text.strip()
    if not text:
        return Decimal(0)
    if not _DECIMAL.fullmatch(text) or re.fullmatch(r"-?\d{1,3},\d{3}", text):
        raise bad(column, text, "is no plain number such as 12.50")
    return Decimal(text.replace(",", "."))


def whole(text: str, column: str, *, least: int = 0, most: int = LARGEST_INT) -> int:
    """A whole number; empty is the least."""
    text = text.strip()
    if not text:
        return least
    if not _WHOLE.fullmatch(text) or not least <= int(re.split("[.,]", text)[0]) <= most:
        raise bad(column, text, f"is no whole number from {least} to {most:,}")
    return int(re.split("[.,]", text)[0])


def scaled(text: str, column: str, factor: Decimal) -> int:
    """A measure in our unit, rounded to the nearest whole one."""
    value = decimal(text, column) * factor
    if value < 0 or value > LARGEST_INT:
        raise bad(column, text, "is below zero or too large")
    return int(value.to_integral_value(rounding="ROUND_HALF_UP"))


def flag(text: str, column: str, *, default: bool = False) -> bool:
    """True or false, as shops write it."""
    text = text.strip().casefold()
    if not text:
        return default
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise bad(column, text, "is neither true nor false")


def rate(text: str, column: str) -> Decimal:
    """A tax rate as a fraction below one."""
    value = decimal(text, column)
    if not 0 <= value < 1:
        raise bad(column, text, "is no fraction such as 0.19")
    return value


def instant(text: str, column: str) -> datetime | None:
    """A moment: ISO 8601, or as Shopify writes it (``2026-05-04 10:21:33 +0200``); without a zone it is UTC."""
    text = text.strip()
    if not text:
        return None
    plain = re.sub(r" ([+-]\d\d):?(\d\d)$", r"\1:\2", text).replace(" UTC", "+00:00").replace("Z", "+00:00")
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        raise bad(column, text, "is no moment such as 2026-05-04 10:21:33 +0200") from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not 1970 <= at.year <= datetime.now(UTC).year + 1:
        raise bad(column, text, "lies before 1970 or in the future")
    return at.astimezone(UTC)


def day(text: str, column: str) -> date | None:
    """A date."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise bad(column, text, "is no date such as 2026-05-04") from None


def words(text: str, column: str) -> list[str]:
    """Words with commas between them, or a JSON list of them; each once."""
    try:
        return list(dict.fromkeys(parted(text.strip())))
    except ValueError:
        raise bad(column, text, "is no list of words") from None


def plain_text(markup: str) -> str:
    """What a description in HTML says, with its paragraphs as lines."""
    said = html.unescape(_TAG.sub("", _BREAKING.sub("\n", markup)))
    lines = (_BLANKS.sub(" ", each).strip() for each in said.replace("\r", "").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def gtin(text: str) -> str:
    """The digits of a GTIN whose check digit is right; empty for anything else."""
    digits = unquoted(text)
    if not re.fullmatch(r"\d{8}|\d{12,14}", digits, re.ASCII):
        return ""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return digits if total % 10 == 0 else ""


def sku_from(name: str) -> str:
    """A SKU for what has none: its name in capitals, with dashes."""
    made = re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")
    return made[:64].rstrip("-") or "NO-SKU"
