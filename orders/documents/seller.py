"""The seller as every paper for a customer shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orders.documents.words import words
from orders.kernel.documents import with_country
from orders.models import Channel

_PARTS = ("street", "postal_code", "city", "country", "tax_number", "registration", "bank", "iban", "bic")


@dataclass(frozen=True, kw_only=True)
class Seller:
    """Who sells: the channel's brand, and the legal person behind it; ``address`` ends with its country."""

    brand: str
    name: str
    address: tuple[str, ...]
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    vat_id: str = ""
    tax_number: str = ""
    registration: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""
    email: str = ""
    colour: str = "#111827"

    @classmethod
    def of(cls, channel: Channel, *, colour: str) -> "Seller":
        """As the channel names it now."""
        return cls(
            brand=channel.brand_name,
            name=channel.seller_name or channel.brand_name,
            address=channel.seller_address,
            vat_id=channel.seller_vat_id,
            email=channel.support_email,
            colour=colour,
        )

    @classmethod
    def as_it_was(cls, told: Mapping[str, Any], *, colour: str) -> "Seller":
        """As a paper's snapshot holds it; the first ones had the address as one text."""
        address = told["address"]
        return cls(
            brand=told["brand"],
            name=told["name"],
            address=tuple(address.splitlines() if isinstance(address, str) else address),
            vat_id=told["vat_id"],
            email=told["email"],
            **{part: told.get(part, "") for part in _PARTS},
            colour=colour,
        )

    @property
    def account(self) -> str:
        """Where money is sent to, on one line."""
        return ", ".join(part for part in (self.bank, spaced(self.iban), self.bic) if part) if self.iban else ""

    def as_data(self, language: str) -> dict[str, Any]:
        """As the templates read it."""
        say = words(language)
        ids = [
            say["vat_id"].format(vat_id=self.vat_id) if self.vat_id else "",
            say["tax_number"].format(number=self.tax_number) if self.tax_number else "",
        ]
        return {
            "brand": self.brand,
            "name": self.name,
            "address": with_country(self.address, language),
            "contact": [line for line in (self.email, *ids) if line],
            "legal": [line for line in (*self.registration.splitlines(), *self._bank()) if line],
            "colour": self.colour,
        }

    def _bank(self) -> list[str]:
        return [self.bank, f"IBAN {spaced(self.iban)}", f"BIC {self.bic}" if self.bic else ""] if self.iban else []


def spaced(iban: str) -> str:
    """An IBAN in groups of four, as banks print it."""
    plain = iban.replace(" ", "").upper()
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))
