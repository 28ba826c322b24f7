"""Our own orders file, CSV or NDJSON: what `manage.py export orders` writes comes back as it was."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.exports.orders import LINE_NAMES, ORDER_NAMES
from config.imports import values
from config.imports.faults import Fault, Refused
from config.imports.foreign import ForeignLine, ForeignOrder
from config.imports.ndjson import objects
from config.imports.orders import OrderOptions, Read, Told
from config.imports.table import Row, rows
from orders.countries import COUNTRIES
from orders.currencies import CURRENCIES
from orders.exports.cells import as_it_was
from orders.exports.columns import ADDRESS_PARTS
from orders.history import PastBuyer
from orders.kernel.ids import check_character

FORMAT = "oms orders"
REQUIRED = tuple((name,) for name in ("external_ref", "currency", "placed_at", "total", "sent", "line_sku"))
SENT = ("all", "some", "none")
_KNOWN = frozenset(ORDER_NAMES)
_LINE_KNOWN = frozenset(name.removeprefix("line_") for name in LINE_NAMES)
_MOST_LINES = 10_000


def read_csv(path: Path, _options: OrderOptions) -> Iterator[Read]:
    """The orders of the CSV: rows with the same reference (or number, without one) stand together."""
    group: list[Row] = []
    for row in rows(path, required=REQUIRED, format=FORMAT):
        if isinstance(row, tuple):
            yield row
            continue
        if group and (_name(row) != _name(group[0]) or len(group) >= _MOST_LINES):
            yield _told(group)
            group = []
        group.append(row)
    if group:
        yield _told(group)


def read_ndjson(path: Path, _options: OrderOptions) -> Iterator[Read]:
    """The orders of the NDJSON, one a line."""
    for number, text, found in objects(path):
        if isinstance(found, Refused):
            yield number, text, found
        else:
            yield Told(rows=[(number, text)], read=lambda found=found: _of_object(found))  # type: ignore[misc]


def _name(row: Row) -> tuple[str, str]:
    return row.get("external_ref"), row.get("number")


def _told(group: list[Row]) -> Told:
    return Told(rows=[(row.number, row.text) for row in group], read=lambda: _of_rows(group))


def _of_rows(group: list[Row]) -> ForeignOrder:
    cells = [{name: as_it_was(cell) for name, cell in row.cells.items()} for row in group]
    unknown = cells[0].keys() - _KNOWN - set(LINE_NAMES)
    if unknown:
        raise Refused(Fault.BAD_VALUE, f"{min(unknown)}: there is no such column")
    lines = [{name.removeprefix("line_"): row.get(name, "") for name in LINE_NAMES} for row in cells]
    return _order(cells[0], lines)


def _of_object(told: Mapping[str, Any]) -> ForeignOrder:
    lines = told.get("lines")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise Refused(Fault.BAD_JSON, "lines must be a list of objects")
    cells = {name: _cell(value) for name, value in told.items() if name != "lines"}
    for kind in ("shipping", "billing"):
        address = told.get(f"{kind}_address") or {}
        if not isinstance(address, dict):
            raise Refused(Fault.BAD_JSON, f"{kind}_address must be an object")
        cells |= {f"{kind}_{part}": _cell(value) for part, value in address.items()}
        cells.pop(f"{kind}_address", None)
    unknown = cells.keys() - _KNOWN
    if unknown:
        raise Refused(Fault.BAD_VALUE, f"{min(unknown)}: there is no such member")
    for line in lines:
        if unknown := line.keys() - _LINE_KNOWN:
            raise Refused(Fault.BAD_VALUE, f"lines: {min(unknown)}: there is no such member")
    return _order(cells, [{name: _cell(value) for name, value in line.items()} for line in lines])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _order(cells: Mapping[str, str], lines: list[dict[str, str]]) -> ForeignOrder:
    def get(name: str) -> str:
        return cells.get(name, "").strip()

    currency = get("currency")
    if currency not in CURRENCIES:
        raise values.bad("currency", currency, "is no ISO 4217 code")
    placed_at = values.instant(get("placed_at"), "placed_at")
    number = _number(get("number"))
    external_ref = values.line(get("external_ref") or number, "external_ref", longest=128)
    if placed_at is None or not external_ref or not get("total"):
        raise Refused(Fault.MISSING_VALUE, "placed_at, total and external_ref or number")
    if get("sent") not in SENT:
        raise values.bad("sent", get("sent"), f"is none of {', '.join(SENT)}")

    def amount(name: str) -> Decimal:
        return values.amount(get(name), name, currency)

    return ForeignOrder(
        external_ref=external_ref,
        number=number,
        channel=get("channel"),
        placed_at=placed_at,
        completed_at=values.instant(get("completed_at"), "completed_at"),
        cancelled_at=values.instant(get("cancelled_at"), "cancelled_at"),
        currency=currency,
        lines=tuple(_line(line, currency) for line in lines),
        sent=get("sent"),
        paid=amount("paid"),
        refunded=amount("refunded"),
        includes_tax=values.flag(get("prices_include_tax"), "prices_include_tax", default=True),
        shipping=amount("shipping"),
        shipping_tax=amount("shipping_tax"),
        shipping_tax_rate=values.rate(get("shipping_tax_rate"), "shipping_tax_rate"),
        tax=amount("tax"),
        total=amount("total"),
        shipping_method=get("shipping_method"),
        buyer=PastBuyer(
            email=values.line(get("email"), "email", longest=254),
            name=values.line(get("name"), "name", longest=255),
            phone=values.code(get("phone"), "phone", longest=32),
            language=values.line(get("language"), "language", longest=8),
        ),
        shipping_address=_address(cells, "shipping"),
        billing_address=_address(cells, "billing") or None,
        tags=tuple(tag[:64] for tag in values.words(get("tags"), "tags")),
        note=cells.get("note", ""),
        metadata=_metadata(get("metadata")),
        is_ours=True,
    )


def _line(line: Mapping[str, str], currency: str) -> ForeignLine:
    sku = values.code(line.get("sku", ""), "line_sku", longest=64)
    if not sku:
        raise Refused(Fault.NO_SKU)
    found = ForeignLine(
        sku=sku,
        name=values.line(line.get("name", "") or sku, "line_name", longest=255),
        quantity=values.whole(line.get("quantity", ""), "line_quantity", least=1, most=1_000_000),
        unit_price=values.amount(line.get("unit_price", ""), "line_unit_price", currency),
        discount=values.amount(line.get("discount", ""), "line_discount", currency),
        tax_rate=values.rate(line.get("tax_rate", ""), "line_tax_rate"),
        tax=values.amount(line.get("tax", ""), "line_tax", currency),
        external_ref=values.line(line.get("external_ref", ""), "line_external_ref", longest=128),
    )
    if found.value < 0:
        raise values.bad("line_discount", line.get("discount", ""), "is more than the line")
    return found


def _number(text: str) -> str:
    """An order number of ours, whose last character proves it."""
    plain = text.replace("-", "")
    if text and (len(plain) != 9 or check_character_or_none(plain[:8]) != plain[8]):
        raise values.bad("number", text, "is no order number")
    return text


def check_character_or_none(body: str) -> str | None:
    """The check character, or None for what can't be the body of a number."""
    try:
        return check_character(body)
    except ValueError:
        return None


def _address(cells: Mapping[str, str], kind: str) -> dict[str, str]:
    address = {
        part: values.line(cells.get(f"{kind}_{part}", ""), f"{kind}_{part}", longest=255) for part in ADDRESS_PARTS
    }
    if address["country"] and address["country"] not in COUNTRIES:
        raise values.bad(f"{kind}_country", address["country"], "is no ISO 3166-1 code of two letters")
    return address if any(address.values()) else {}


def _metadata(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise values.bad("metadata", text, "is no JSON object")
    return found
