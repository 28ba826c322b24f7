"""Phone numbers in any format: their one normal form (E.164), how they are shown, how they are looked for. Pure."""

import re
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

SHORTEST = 7  # digits that say which number is meant
_EXTENSION = re.compile(r"\s*(?:ext\.?|extn\.?|extension|durchwahl|dw\.?|poste|x|#|;ext=)\s*\d{1,7}\s*$", re.IGNORECASE)
_OPTIONAL_ZERO = re.compile(r"\(0\)")
_BETWEEN = re.compile(r"[\s()/.\u2010-\u2015-]")
_DIGITS = re.compile(r"\d{7,20}")
_TRUNK = "8"  # what some countries dial where most dial 0


def normal_form(phone: str, country: str = "") -> str:
    """E.164, such as ``+4915112345678``; empty when nobody could dial it. ``country`` is where it was written down.

    The number must be possible; whether it is given to anybody is not asked. An extension is left out.
    """
    from phonenumbers import PhoneNumberFormat, format_number

    number = _read(phone, country)
    return format_number(number, PhoneNumberFormat.E164) if number else ""


def shown(phone: str, *, country: str = "", for_country: str = "") -> str:
    """The number as people read it: nationally in its own country, else with the country's code; odd ones as given."""
    from phonenumbers import PhoneNumberFormat, format_number, region_code_for_number

    number = _read(phone, country)
    if number is None:
        return phone
    is_at_home = bool(for_country) and region_code_for_number(number) == for_country
    return format_number(number, PhoneNumberFormat.NATIONAL if is_at_home else PhoneNumberFormat.INTERNATIONAL)


def problem(phone: str, country: str = "") -> Promise | None:
    """What a person should look at before they call; None when it is a number like those that are given out."""
    from phonenumbers import is_valid_number

    if not phone:
        return None
    number = _read(phone, country)
    if number is None:
        return _("This can't be dialled.")
    return None if is_valid_number(number) else _("No such number is given out in that country.")


def is_nonsense(phone: str) -> bool:
    """Not a digit in it: no phone number, however it is read."""
    return bool(phone) and not any(letter.isdecimal() for letter in phone)


def endings(text: str) -> list[str]:
    """The last digits that the E.164 form of the number ``text`` must have, however it is written; empty: no number.

    Country code and trunk prefix may be missing, there, or both: only what follows them is compared.
    """
    plain = _BETWEEN.sub("", _OPTIONAL_ZERO.sub("", _EXTENSION.sub("", text.strip()))).removeprefix("+")
    if not _DIGITS.fullmatch(plain):
        return []
    bare = plain.lstrip("0")
    if len(bare) < SHORTEST:
        return []
    is_trunk = bare == plain and len(plain) == 11 and plain.startswith(_TRUNK)
    return [bare, plain[1:]] if is_trunk else [bare]


def _read(phone: str, country: str) -> "PhoneNumber | None":
    """The number, if it can be one; a leading 00 means + in most of the world, whatever its own country dials."""
    plain = _BETWEEN.sub("", phone)
    abroad = _possible(f"+{plain[2:]}", "") if plain.startswith("00") else None
    return abroad or _possible(phone, country)


def _possible(phone: str, country: str) -> "PhoneNumber | None":
    from phonenumbers import NumberParseException, is_possible_number, parse

    try:
        number = parse(phone, country or None)
    except NumberParseException:
        return None
    return number if is_possible_number(number) else None
