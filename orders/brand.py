"""A channel's brand as customers see it on pages and mails, readable whatever colour was chosen."""

import re
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils.translation import get_language

from orders.kernel.documents import with_country
from orders.models import Channel

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_NEUTRAL = "#1f2937"


@dataclass(frozen=True)
class Brand:
    """Name, logo and colours of a channel; without one, of the house."""

    channel: Channel | None = None

    @property
    def name(self) -> str:
        return self.channel.brand_name if self.channel else ""

    @property
    def logo_url(self) -> str:
        return self.channel.brand_logo_url if self.channel else ""

    @property
    def support_email(self) -> str:
        return self.channel.support_email if self.channel else ""

    @property
    def sender_email(self) -> str:
        return self.channel.sender_email if self.channel else settings.DEFAULT_FROM_EMAIL

    @property
    def seller(self) -> list[str]:
        """The legal seller, line by line; the country in the reader's language."""
        if self.channel is None:
            return []
        address = with_country(self.channel.seller_address, get_language() or settings.LANGUAGE_CODE)
        return [line for line in (self.channel.seller_name, *address) if line.strip()]

    @cached_property
    def colour(self) -> str:
        """The brand's colour."""
        return plain_colour(self.channel.brand_colour if self.channel else "")

    @cached_property
    def text_colour(self) -> str:
        """Black or white on ``colour``, whichever reads better: at least 4.58 to 1, so always WCAG AA."""
        return "#ffffff" if _luminance(self.colour) < 0.179 else "#000000"


def plain_colour(typed: str) -> str:
    """A colour; a neutral one when what was typed is none, since this goes into stylesheets and papers."""
    return typed if _HEX.fullmatch(typed) else _NEUTRAL


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it; 0.179 is where black and white contrast alike."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
