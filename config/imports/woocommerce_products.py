"""WooCommerce's own products export: simple products, and the variations of variable ones.

A variation says only where it differs from its parent, which it names by SKU or as ``id:123``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.imports import values
from config.imports.faults import Fault, Refused, Remark
from config.imports.products import STANDARD, Passed, ProductOptions, Read, Wanted, checked
from config.imports.table import Row, rows

FORMAT = "WooCommerce products"
REQUIRED = (("ID",), ("Type",), ("SKU",), ("Name",), ("Published",), ("Regular price",), ("Sale price",))
_GRAMS = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lbs": Decimal("453.59237"),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
_MM = {
    "mm": Decimal(1),
    "cm": Decimal(10),
    "m": Decimal(1000),
    "in": Decimal("25.4"),
    "yd": Decimal("914.4"),
}
_UNIT = re.compile(r"(?P<what>weight|length|width|height) \((?P<unit>[a-z]+)\)")
_VARIABLE, _VARIATION, _SIMPLE = "variable", "variation", "simple"


@dataclass
class _Parents:
    """The variable products so far: what their variations have from them. Grows with them, not with the file."""

    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        self.rows[f"id:{row.get('id')}"] = row
        if row.get("sku"):
            self.rows[row.get("sku")] = row

    def of(self, row: Row) -> Row:
        parent = self.rows.get(row.get("parent"))
        if parent is None:
            raise Refused(Fault.UNKNOWN_PARENT, f"Parent: {row.get('parent') or 'empty'}")
        return parent


def read_products(path: Path, options: ProductOptions) -> Iterator[Read]:
    """Every row: a simple product, a variation, the parent of some, or why it can't be read."""
    parents = _Parents()
    for row in rows(path, required=REQUIRED, format=FORMAT):
        if isinstance(row, tuple):
            yield row
        else:
            yield checked(row.number, row.text, lambda row=row: _row(row, parents, options))  # type: ignore[misc]


def _row(row: Row, parents: _Parents, options: ProductOptions) -> Wanted | Passed:
    kinds = {kind.strip() for kind in row.get("type").casefold().split(",")}
    if _VARIABLE in kinds:
        parents.add(row)
        return Passed(number=row.number)
    if _VARIATION in kinds:
        return _product(row, parents.of(row), options)
    if _SIMPLE in kinds:
        return _product(row, None, options)
    raise Refused(Fault.NOT_STOCKABLE, f"Type: {row.get('type') or 'empty'}")


def _product(row: Row, parent: Row | None, options: ProductOptions) -> Wanted:
    def either(*names: str) -> str:
        return row.get(*names) or (parent.get(*names) if parent else "")

    name = values.line(row.get("name") or either("name"), "Name", longest=255)
    if not name:
        raise Refused(Fault.MISSING_VALUE, "Name")
    remarks = []
    sku = values.code(row.get("sku"), "SKU", longest=64)
    if not sku:
        raise Refused(Fault.NO_SKU, name)
    price, metadata = _price(row, options.currency)
    if metadata:
        remarks.append(Remark.SALE_PRICE)
    told: dict[str, Any] = {
        "name": name,
        "description": _description(row, parent),
        "price": price,
        "currency": options.currency,
        "is_active": row.get("published") == "1" and (parent is None or parent.get("published") == "1"),
        "out_of_stock_policy": ("backorder",) if either("backorders allowed?") in {"1", "notify"} else (),
        "metadata": {"woocommerce_id": row.get("id"), **metadata},
        **_sizes(row, parent),
    }
    if (tax := _tax_rate(row, parent, options)) is not None:
        told["tax_rate"] = tax
    if image := either("images").split(",")[0].strip():
        told["image_url"] = _image(image)
    barcode = values.code(values.unquoted(either("gtin, upc, ean, or isbn")), "GTIN", longest=64)
    if gtin := values.gtin(barcode):
        told["gtin"] = gtin
    elif barcode:
        told["metadata"]["barcode"] = barcode
        remarks.append(Remark.ODD_BARCODE)
    return Wanted(number=row.number, text=row.text, sku=sku, values=told, stock=_stock(row), remarks=tuple(remarks))


def _price(row: Row, currency: str) -> tuple[Decimal, Mapping[str, str]]:
    """The sale price while it holds, which the regular one is remembered beside."""
    regular = values.amount(row.get("regular price"), "Regular price", currency)
    if not row.get("sale price"):
        if not row.get("regular price"):
            raise Refused(Fault.MISSING_VALUE, "Regular price")
        return regular, {}
    sale = values.amount(row.get("sale price"), "Sale price", currency)
    starts = _day(row.get("date sale price starts"), "Date sale price starts")
    ends = _day(row.get("date sale price ends"), "Date sale price ends")
    today = datetime.now(UTC).date()
    if (starts and starts > today) or (ends and ends < today):
        return regular, {}
    return sale, {"regular_price": f"{regular:f}"}


def _day(text: str, column: str) -> date | None:
    """Only the date: some versions write a time behind it."""
    return values.day(text[:10], column)


def _sizes(row: Row, parent: Row | None) -> dict[str, int]:
    """Weight in grams and sizes in millimetres; the unit is part of the column's name."""
    found = {}
    for column in row.cells:
        match = _UNIT.fullmatch(column)
        if not match:
            continue
        what, unit = match["what"], match["unit"]
        factors = _GRAMS if what == "weight" else _MM
        if unit not in factors:
            raise Refused(Fault.BAD_VALUE, f"{column}: the unit is none of {', '.join(factors)}")
        text = row.get(column) or (parent.get(column) if parent else "")
        found["weight_g" if what == "weight" else f"{what}_mm"] = values.scaled(text, column, factors[unit])
    return found


def _tax_rate(row: Row, parent: Row | None, options: ProductOptions) -> Decimal | None:
    """None while nobody said any rate; then a product keeps the one it has."""
    status = row.get("tax status") or (parent.get("tax status") if parent else "")
    if status == "none":
        return Decimal(0)
    tax_class = row.get("tax class").casefold()
    if tax_class == "parent" and parent:
        tax_class = parent.get("tax class").casefold()
    tax_class = tax_class or STANDARD
    if not options.tax_rates:
        return None
    if tax_class not in options.tax_rates:
        raise Refused(Fault.UNKNOWN_TAX_CLASS, f"Tax class: {tax_class}")
    return options.tax_rates[tax_class]


def _description(row: Row, parent: Row | None) -> str:
    markup = row.get("description", "short description")
    if not markup and parent:
        markup = parent.get("description", "short description")
    text = values.plain_text(markup.replace("\\n", "\n"))
    if len(text) > 20_000:
        raise values.bad("Description", text, "is longer than 20,000 characters")
    return text


def _image(image: str) -> str:
    if not image.startswith(("http://", "https://")) or len(image) > 500 or " " in image:
        raise values.bad("Images", image, "is no web address")
    return image


def _stock(row: Row) -> int | None:
    """Empty, or the word ``parent``: the shop doesn't count this one."""
    told = row.get("stock")
    if not told or told == "parent":
        return None
    return max(0, values.whole(told, "Stock", least=-1_000_000, most=10_000_000))
