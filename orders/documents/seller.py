"""The seller as every paper for a customer shows it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, kw_only=True)
class Seller:
    """Who sells: the channel's brand, and the legal person behind it."""

    brand: str
    name: str
    address: tuple[str, ...]
    vat_id: str = ""
    email: str = ""
    colour: str = "#111827"

    def as_data(self) -> dict[str, Any]:
        """As the templates read it."""
        vat_id = _("VAT ID {vat_id}").format(vat_id=self.vat_id) if self.vat_id else ""
        return {
            "brand": self.brand,
            "name": self.name,
            "address": self.address,
            "contact": [line for line in (self.email, vat_id) if line],
            "colour": self.colour,
        }
