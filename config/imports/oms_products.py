"""Our own products file, CSV or NDJSON: what `manage.py export products` writes comes back as it was."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from config.imports import values
from config.imports.faults import Fault, Refused
from config.imports.ndjson import objects
from config.imports.products import Passed, ProductOptions, Read, Wanted, checked
from config.imports.table import rows
from orders.currencies import CURRENCIES
from orders.exports.cells import as_it_was
from orders.services.product import MOST_UNITS_IN_ONE, ComponentData
from orders.states import Fragility, OutOfStockPolicy

FORMAT = "oms products"
REQUIRED = (("sku",), ("name",), ("price",), ("currency",))
# What an export of the back office has beside the product itself.
IGNORED = frozenset({"id", "is_bundle", "preorder_taken", "version", "created_at", "updated_at"})
WHOLE = ("weight_g", "length_mm", "width_mm", "height_mm")
FLAGS = ("is_hazmat", "ships_alone", "is_active", "is_digital")
KNOWN = frozenset(
    {"sku", "gtin", "name", "description", "image_url", "price", "currency", "tax_rate", "fragility", "stock"}
    | {"out_of_stock_policy", "preorder_ships_on", "preorder_cap", "components", "metadata", *WHOLE, *FLAGS}
)


def read_csv(path: Path, _options: ProductOptions) -> Iterator[Read]:
    """Every row of the CSV."""
    for row in rows(path, required=REQUIRED, format=FORMAT):
        if isinstance(row, tuple):
            yield row
        else:
            cells = {name: as_it_was(cell) for name, cell in row.cells.items()}
            yield checked(row.number, row.text, lambda row=row, cells=cells: _wanted(row.number, row.text, cells))  # type: ignore[misc]


def read_ndjson(path: Path, _options: ProductOptions) -> Iterator[Read]:
    """Every line of the NDJSON."""
    for number, text, found in objects(path):
        if isinstance(found, Refused):
            yield number, text, found
        else:
            cells = {name: _cell(value) for name, value in found.items()}
            yield checked(number, text, lambda n=number, t=text, c=cells: _wanted(n, t, c))  # type: ignore[misc]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)  # numbers look alike


def _wanted(number: int, text: str, cells: Mapping[str, str]) -> Wanted | Passed:
    unknown = cells.keys() - KNOWN - IGNORED
    if unknown:
        raise Refused(Fault.BAD_VALUE, f"{min(unknown)}: there is no such column")
    sku = values.code(cells.get("sku", ""), "sku", longest=64)
    if not sku:
        raise Refused(Fault.NO_SKU)
    told = _required(cells)
    currency = told["currency"]
    told["price"] = values.amount(cells["price"], "price", currency)
    for name in WHOLE:
        if name in cells:
            told[name] = values.whole(cells[name], name)
    for name in FLAGS:
        if cells.get(name, "").strip():
            told[name] = values.flag(cells[name], name)
    told |= _rest(cells) | _kind(cells)
    stock = cells.get("stock", "").strip()
    return Wanted(
        number=number,
        text=text,
        sku=sku,
        values=told,
        stock=values.whole(stock, "stock", most=10_000_000) if stock else None,
    )


def _required(cells: Mapping[str, str]) -> dict[str, Any]:
    for name in ("name", "price", "currency"):
        if not cells.get(name, "").strip():
            raise Refused(Fault.MISSING_VALUE, name)
    currency = cells["currency"].strip()
    if currency not in CURRENCIES:
        raise values.bad("currency", currency, "is no ISO 4217 code")
    return {"name": values.line(cells["name"], "name", longest=255), "currency": currency}


def _rest(cells: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "gtin" in cells:
        told["gtin"] = values.code(cells["gtin"], "gtin", longest=14)
        if told["gtin"] and not told["gtin"].isdecimal():
            raise values.bad("gtin", told["gtin"], "is no GTIN")
    if "description" in cells:
        told["description"] = cells["description"]
        if len(cells["description"]) > 20_000:
            raise values.bad("description", cells["description"], "is longer than 20,000 characters")
    if "image_url" in cells:
        told["image_url"] = image = cells["image_url"].strip()
        if image and (not image.startswith(("http://", "https://")) or len(image) > 500):
            raise values.bad("image_url", image, "is no web address")
    if cells.get("tax_rate", "").strip():
        told["tax_rate"] = values.rate(cells["tax_rate"], "tax_rate")
    if cells.get("fragility", "").strip():
        told["fragility"] = _choice(cells["fragility"], "fragility", Fragility.values)
    if "out_of_stock_policy" in cells:
        policy = values.words(cells["out_of_stock_policy"], "out_of_stock_policy")
        told["out_of_stock_policy"] = tuple(
            _choice(way, "out_of_stock_policy", OutOfStockPolicy.values) for way in policy
        )
    if cells.get("metadata", "").strip():
        told["metadata"] = _metadata(cells["metadata"])
    return told


def _kind(cells: Mapping[str, str]) -> dict[str, Any]:
    """How it is sold: ahead, or as a bundle."""
    told: dict[str, Any] = {}
    if "preorder_ships_on" in cells:
        told["preorder_ships_on"] = values.day(cells["preorder_ships_on"], "preorder_ships_on")
    if "preorder_cap" in cells:
        cap = cells["preorder_cap"].strip()
        told["preorder_cap"] = values.whole(cap, "preorder_cap") if cap else None
    if "components" in cells:
        told["components"] = _components(cells["components"])
    return told


def _choice(text: str, column: str, known: list[str]) -> str:
    if text.strip() not in known:
        raise values.bad(column, text, f"is none of {', '.join(known)}")
    return text.strip()


def _components(text: str) -> tuple[ComponentData, ...]:
    """A JSON list of objects with sku and quantity; empty for what is no bundle."""
    wrong = values.bad("components", text, 'is no list such as [{"sku": "CUP", "quantity": 2}]')
    try:
        found = json.loads(text) if text.strip() else []
    except ValueError:
        raise wrong from None
    if not isinstance(found, list):
        raise wrong
    parts = []
    for each in found:
        if not isinstance(each, dict) or each.keys() != {"sku", "quantity"}:
            raise wrong
        quantity = each["quantity"]
        if not isinstance(each["sku"], str) or type(quantity) is not int or not 0 < quantity <= MOST_UNITS_IN_ONE:
            raise wrong
        parts.append(ComponentData(sku=values.code(each["sku"], "components", longest=64), quantity=quantity))
    return tuple(parts)


def _metadata(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise values.bad("metadata", text, "is no JSON object")
    return found
