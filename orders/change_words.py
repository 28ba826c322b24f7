"""A change of an order in words, one sentence for each thing that is different; for customers and staff alike.

Why somebody gave a price or a discount is for staff alone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.addresses import country_name
from orders.kernel.documents import Formats
from orders.models import OrderChange

Entry = Mapping[str, Any]


def sentences(diff: Sequence[Entry], *, currency: str, language: str) -> list[str]:
    """``OrderChange.diff`` in the active language; ``language`` writes amounts and dates."""
    formats = Formats(language)

    def money(amount: str | None) -> str:
        return formats.money(Decimal(amount or 0), currency)

    return [said for entry in diff if (said := _SAY[entry["what"]](entry, money, formats))]


def staff_sentences(change: OrderChange, *, currency: str, language: str) -> list[str]:
    """What is different, and the reasons that were given for it."""
    return [*sentences(change.diff, currency=currency, language=language), *_reasons(change)]


def _reasons(change: OrderChange) -> list[str]:
    """New lines have no id in what was asked for: their SKU finds their name."""
    names = {entry[key]: entry["name"] for entry in change.diff for key in ("sku", "line") if entry.get(key)}
    said = []
    for asked in change.actions:
        name = asked.get("line") or asked.get("sku", "")
        if asked.get("reason"):
            words = _why(asked["type"]) if name else _("Why a discount on the order: {reason}")
            said.append(words.format(name=names.get(name, name), reason=asked["reason"]))
    return said


def _why(kind: str) -> str:
    return (
        _("Why a discount on {name}: {reason}") if kind == "set_discount" else _("Why this price of {name}: {reason}")
    )


Money = Callable[[str | None], str]


def _quantity(entry: Entry, _money: Money, _formats: Formats) -> str:
    facts = {"name": entry["name"], "before": entry["before"], "after": entry["after"]}
    if not entry["before"]:
        return _("New: {after} × {name}").format(**facts)
    if not entry["after"]:
        return _("Removed: {before} × {name}").format(**facts)
    return _("{name}: {after} instead of {before}").format(**facts)


def _unit_price(entry: Entry, money: Money, _formats: Formats) -> str:
    facts = {"name": entry["name"], "before": money(entry["before"]), "after": money(entry["after"])}
    return _("{name}: {after} each instead of {before}").format(**facts)


def _discount(entry: Entry, money: Money, _formats: Formats) -> str:
    return _("{name}: {after} off").format(name=entry["name"], after=money(entry["after"]))


def _promised_on(entry: Entry, _money: Money, formats: Formats) -> str:
    if entry["after"] is None:
        return _("{name}: the delivery date isn't known yet").format(name=entry["name"])
    day = formats.day(date.fromisoformat(entry["after"]))
    return _("{name}: by {day}").format(name=entry["name"], day=day)


def _shipping_address(entry: Entry, _money: Money, formats: Formats) -> str:
    """Place and name, as everywhere: whoever finds an open mail shall not learn where somebody lives."""
    address = entry["after"]
    place = f"{address.get('postal_code', '')} {address.get('city', '')}".strip()
    if address.get("country") != (entry["before"] or {}).get("country"):
        place = f"{place}, {country_name(address.get('country', ''), formats.language)}"
    return _("It goes to {name}, {place}").format(name=address.get("name", ""), place=place)


def _billing_address(_entry: Entry, _money: Money, _formats: Formats) -> str:
    return _("The billing address is new")


def _email(entry: Entry, _money: Money, _formats: Formats) -> str:
    return _("We write to {email} from now on").format(email=entry["after"])


def _phone(_entry: Entry, _money: Money, _formats: Formats) -> str:
    return _("The phone number is new")


def _shipping_method(entry: Entry, _money: Money, _formats: Formats) -> str:
    return _("It goes by {method}").format(method=entry["after"])


def _shipping(entry: Entry, money: Money, _formats: Formats) -> str:
    return _("Shipping costs {after} instead of {before}").format(
        before=money(entry["before"]), after=money(entry["after"])
    )


def _total(entry: Entry, money: Money, _formats: Formats) -> str:
    return _("The total is {after} instead of {before}").format(
        before=money(entry["before"]), after=money(entry["after"])
    )


def _nothing(_entry: Entry, _money: Money, _formats: Formats) -> str:
    return ""


_SAY: dict[str, Callable[[Entry, Money, Formats], str]] = {
    "quantity": _quantity,
    "unit_price": _unit_price,
    "discount": _discount,
    "promised_on": _promised_on,
    "shipping_address": _shipping_address,
    "billing_address": _billing_address,
    "email": _email,
    "phone": _phone,
    "shipping_method": _shipping_method,
    "shipping": _shipping,
    "tax": _nothing,
    "total": _total,
}
