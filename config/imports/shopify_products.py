"""Shopify's products export: the rows of one handle are one product, each variant of it becomes one of ours.

Column names are those of the export; the names of Shopify's newer template are known too.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.imports import values
from config.imports.faults import Fault, Refused, Remark
from config.imports.products import STANDARD, Passed, ProductOptions, Read, Wanted, checked
from config.imports.table import Row, rows

FORMAT = "Shopify products"
REQUIRED = (("Handle", "URL handle"), ("Title",), ("Variant Price", "Price"), ("Variant SKU", "SKU"))
_GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}


def read_products(path: Path, options: ProductOptions) -> Iterator[Read]:
    """Every row: a variant, a further picture, or why it can't be read."""
    head: Row | None = None
    for row in rows(path, required=REQUIRED, format=FORMAT):
        if isinstance(row, tuple):
            yield row
            continue
        if row.get("title"):
            head = row
        yield checked(row.number, row.text, lambda row=row, head=head: _row(row, head, options))  # type: ignore[misc]


def _row(row: Row, head: Row | None, options: ProductOptions) -> Wanted | Passed:
    handle = row.get("handle", "url handle")
    if not handle:
        raise Refused(Fault.MISSING_VALUE, "Handle")
    if head is None or head.get("handle", "url handle") != handle:
        raise Refused(Fault.NO_FIRST_ROW, f"Handle: {handle}")
    if not row.get("variant price", "price"):
        return Passed(number=row.number)  # a further picture of the product
    return _variant(row, head, options)


def _variant(row: Row, head: Row, options: ProductOptions) -> Wanted:
    choices = [choice for n in (1, 2, 3) if (choice := _choice(row, n))]
    title = values.line(head.get("title"), "Title", longest=255)
    name = f"{title} – {', '.join(choices)}"[:255] if choices else title
    remarks = []
    sku = values.code(row.get("variant sku", "sku"), "Variant SKU", longest=64)
    if not sku:
        sku = values.sku_from("-".join([row.get("handle", "url handle"), *choices]))
        remarks.append(Remark.SKU_MADE)
    told: dict[str, Any] = {
        "name": name,
        "description": _description(head),
        "price": values.amount(row.get("variant price", "price"), "Variant Price", options.currency),
        "currency": options.currency,
        "weight_g": _weight(row),
        "is_active": _is_active(head),
        "out_of_stock_policy": _policy(row),
        "metadata": {"shopify_handle": row.get("handle", "url handle")},
    }
    barcode = values.code(values.unquoted(row.get("variant barcode", "barcode")), "Variant Barcode", longest=64)
    if gtin := values.gtin(barcode):
        told["gtin"] = gtin
    elif barcode:
        told["metadata"]["barcode"] = barcode
        remarks.append(Remark.ODD_BARCODE)
    if image := _image(row, head):
        told["image_url"] = image
    if not values.flag(row.get("variant taxable", "charge tax"), "Variant Taxable", default=True):
        told["tax_rate"] = Decimal(0)
    elif STANDARD in options.tax_rates:
        told["tax_rate"] = options.tax_rates[STANDARD]
    return Wanted(number=row.number, text=row.text, sku=sku, values=told, stock=_stock(row), remarks=tuple(remarks))


def _choice(row: Row, n: int) -> str:
    value = values.line(row.get(f"option{n} value"), f"Option{n} Value", longest=255)
    return "" if value == "Default Title" else value


def _description(head: Row) -> str:
    text = values.plain_text(head.get("body (html)", "description"))
    if len(text) > 20_000:
        raise values.bad("Body (HTML)", text, "is longer than 20,000 characters")
    return text


def _weight(row: Row) -> int:
    """``Variant Grams`` is the weight, whatever unit the shop shows it in."""
    grams = row.get("variant grams", "weight value (grams)")
    if not grams and row.get("variant weight"):
        unit = row.get("variant weight unit").casefold() or "g"
        if unit not in _GRAMS:
            raise values.bad("Variant Weight Unit", unit, "is none of g, kg, lb, oz")
        return values.scaled(row.get("variant weight"), "Variant Weight", _GRAMS[unit])
    return values.scaled(grams, "Variant Grams", Decimal(1))


def _is_active(head: Row) -> bool:
    """``Status`` decides (active; draft and archived are not); older exports only have ``Published``."""
    if status := head.get("status").casefold():
        if status not in {"active", "draft", "archived", "unlisted"}:
            raise values.bad("Status", status, "is none of active, draft, archived")
        return status in {"active", "unlisted"}
    return values.flag(head.get("published", "published on online store"), "Published", default=True)


def _policy(row: Row) -> tuple[str, ...]:
    policy = row.get("variant inventory policy", "continue selling when out of stock").casefold()
    return ("backorder",) if policy in {"continue", "true"} else ()


def _image(row: Row, head: Row) -> str:
    image = row.get("variant image", "variant image url") or head.get("image src", "product image url")
    if not image:
        return ""
    if not image.startswith(("http://", "https://")) or len(image) > 500 or " " in image:
        raise values.bad("Image Src", image, "is no web address")
    return image


def _stock(row: Row) -> int | None:
    told = row.get("variant inventory qty", "inventory quantity")
    return max(0, values.whole(told, "Variant Inventory Qty", least=-1_000_000, most=10_000_000)) if told else None
