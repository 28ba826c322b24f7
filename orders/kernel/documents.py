"""Paper for every floor: typst templates printed as PDF/A, barcodes, addresses, numbers in a language."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from django.conf import settings
from django.utils.translation import to_locale

from orders.kernel.glyphs import covered

if TYPE_CHECKING:
    import typst

BarcodeKind = Literal["Code128", "QRCode", "DataMatrix"]

NO_GLYPH: Final = "□"
INVISIBLE: Final = frozenset({"Cc", "Cf", "Mn", "Me"})


def render_pdf(template: Path, data: Mapping[str, Any], *, on: date) -> bytes:
    """The template filled with `data` as a PDF/A-3b dated `on`; the same data always gives the same bytes.

    The template reads `data` as JSON from `sys.inputs`, so a name can't become markup.
    """
    import typst

    return typst.compile(
        str(template),
        root=str(settings.BASE_DIR),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": json.dumps(_printable(data))},
        pdf_standards="a-3b",
        timestamp=datetime.combine(on, time(), UTC),
    )


def barcode_svg(text: str, kind: BarcodeKind) -> str:
    """A barcode with its quiet zone, one unit per module.

    Raises ValueError for what the kind can't say (Code 128: Latin-1 only, about 100 characters).
    """
    import zxingcpp

    return zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind), force_square=True).to_svg()


@dataclass(frozen=True, kw_only=True)
class Address:
    """A postal address with the fields of the API."""

    name: str
    line1: str
    city: str
    country: str
    company: str = ""
    line2: str = ""
    region: str = ""
    postal_code: str = ""
    phone: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Address":
        """The address in JSON as orders and warehouses keep it; what it doesn't tell is empty."""
        return cls(**{field.name: str(told.get(field.name) or "") for field in fields(cls)})


def with_country(lines: Sequence[str], language: str) -> list[str]:
    """An address as somebody typed it; a country in its last line (by code or in English) is named in `language`."""
    if not lines:
        return []
    *place, last = lines
    code = _country_codes().get(last.strip(), last.strip())
    return [*place, Locale.parse(to_locale(language)).territories.get(code, last)]


@cache
def _country_codes() -> dict[str, str]:
    """By English name."""
    return {name: code for code, name in Locale("en").territories.items() if len(code) == 2}


@dataclass(frozen=True)
class Formats:
    """Money, numbers and dates as the readers of a language write them (CLDR)."""

    language: str

    @property
    def locale(self) -> Locale:
        return Locale.parse(to_locale(self.language))

    def money(self, amount: Decimal, currency: str) -> str:
        """With the currency's sign: €1,234.50."""
        return format_currency(amount, currency, locale=self.locale)

    def amount(self, amount: Decimal, currency: str) -> str:
        """With the currency's digits and without its sign, for columns: 1,234.50."""
        return format_currency(amount, currency, format="#,##0.00", locale=self.locale)

    def number(self, value: Decimal | int) -> str:
        return format_decimal(value, locale=self.locale)

    def percent(self, rate: Decimal) -> str:
        """0.055 as 5.5%."""
        return format_percent(rate, locale=self.locale, decimal_quantization=False)

    def day(self, day: date) -> str:
        """A day that is near, as people say it: Wednesday, November 25."""
        weekday = format_date(day, "EEEE", locale=self.locale)
        return f"{weekday}, {format_skeleton('MMMMd', day, locale=self.locale)}"

    def date(self, day: date) -> str:
        return format_date(day, "long", locale=self.locale)

    def moment(self, instant: datetime) -> str:
        """Date and time of day, in the zone of `instant`."""
        day = format_date(instant, "medium", locale=self.locale)
        return f"{day}, {format_time(instant.timetz(), 'short', tzinfo=instant.tzinfo, locale=self.locale)}"


@cache
def _fonts() -> "typst.Fonts":
    import typst

    folders = [str(folder) for folder in _font_folders()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def _font_folders() -> tuple[Path, Path]:
    """The house's own face, and those of other scripts."""
    return Path(settings.BASE_DIR) / "static" / "fonts", Path(__file__).parent / "fonts"


def _printable(value: Any) -> Any:
    """`value` with every text in characters that the fonts have: PDF/A refuses a missing glyph."""
    if isinstance(value, str):
        if value.isascii() and value.replace("\n", "").isprintable():
            return value
        return "".join(_printable_character(character) for character in unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


def is_covered(character: str) -> bool:
    """Whether one of the fonts has a glyph for it."""
    return any(ord(character) in points for points in _coverage())


@cache
def _coverage() -> tuple[frozenset[int], ...]:
    """The house's own face first: it has most of what is printed."""
    own, others = _font_folders()
    return tuple(covered(font.read_bytes()) for font in [own / "Inter-Regular.ttf", *sorted(others.glob("*.ttf"))])


@lru_cache(maxsize=4096)
def _printable_character(character: str) -> str:
    """The character, a plainer form of it, nothing for an invisible one, or a box that shows the gap."""
    category = unicodedata.category(character)
    if character == "\n" or (category not in {"Cc", "Cf"} and is_covered(character)):
        return character
    if character.isspace():
        return " "
    if category in INVISIBLE:
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain if all(map(is_covered, plain)) else NO_GLYPH
