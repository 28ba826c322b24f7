"""The seller as every paper for a customer shows it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orders.kernel.documents import with_country


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
            "address": with_country(self.address, get_language() or settings.LANGUAGE_CODE),
            "contact": [line for line in (self.email, vat_id) if line],
            "colour": self.colour,
        }
