"""What a scanner types, compared with what is on the label."""


def same(scanned: str, label: str) -> bool:
    """Whether two codes mean the same, whatever their case and surrounding space."""
    return bool(label) and scanned.strip().casefold() == label.strip().casefold()


def names_product(scanned: str, *, sku: str, gtin: str) -> bool:
    """Whether the code is the product's SKU or its GTIN; GTINs of 8 to 14 digits differ by leading zeros only."""
    if same(scanned, sku):
        return True
    digits = scanned.strip()
    return bool(gtin) and digits.isdecimal() and digits.lstrip("0") == gtin.lstrip("0")


def as_quantity(scanned: str) -> int | None:
    """A number typed by hand, at most four digits, so that it is never mistaken for a GTIN."""
    digits = scanned.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 4 else None
