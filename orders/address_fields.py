"""The fields of an address as one country writes it: which there are, in its order, with its words. For every form."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orders.addresses import CountryRules, country_choices, problems, rules_of
from orders.countries import COUNTRIES
from orders.phones import is_nonsense

_FIRST_COUNTRY = "DE"  # of whoever hasn't chosen yet
_BEFORE = ("name", "company", "line1", "line2")
_POSTAL_CODES: dict[str, Any] = {
    "postal": _("Postal code"),
    "zip": _("ZIP code"),
    "eircode": _("Eircode"),
    "pin": _("PIN code"),
}
_REGIONS: dict[str, Any] = {
    "area": _("Area"),
    "county": _("County"),
    "department": _("Department"),
    "district": _("District"),
    "do_si": _("Province or city"),
    "emirate": _("Emirate"),
    "island": _("Island"),
    "oblast": _("Oblast"),
    "parish": _("Parish"),
    "prefecture": _("Prefecture"),
    "province": _("Province"),
    "state": pgettext_lazy("address", "State"),
}
_CITIES: dict[str, Any] = {
    "city": _("City"),
    "district": _("District"),
    "post_town": _("Post town"),
    "suburb": _("Suburb"),
}
_LONGEST = {"city": 100, "region": 100, "postal_code": 20, "phone": 32}


class AddressForm(forms.Form):
    """Base of forms that ask for an address; after another country is chosen it comes back with that one's fields.

    ``cleaned_data["address"]`` is the address as it is stored.
    """

    is_moved = False

    def ask_address(self, told: Mapping[str, Any]) -> None:
        """Add the fields, filled with what is ``told``; called once, before the form is validated."""
        chosen = self.data.get("country") if self.is_bound else told.get("country")
        country = chosen if chosen in COUNTRIES else _FIRST_COUNTRY
        self.is_moved = self.is_bound and self.data.get("fields_of") != country
        if self.is_moved:
            self.data = {**dict(self.data.items()), "fields_of": country}
        self.fields.update(address_fields(country, language=get_language() or "en", told=told))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "country" not in data:
            return data
        if self.is_moved:
            data["fields_of"] = ""
        data["address"], wrong = clean_address(data)
        for name, words in wrong.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, str(words))
        return data


def address_fields(country: str, *, language: str, told: Mapping[str, Any] | None = None) -> dict[str, forms.Field]:
    """The fields of ``country`` in its order, filled with what is ``told``; what its post doesn't use is left out.

    A part that the country doesn't use, but that is told, stays: nobody's words get lost by looking at a form.
    """
    rules, known = rules_of(country), told or {}
    order = [part for part in _order(rules) if part in rules.used or known.get(part)]
    fields: dict[str, forms.Field] = {}
    for part in (*_BEFORE, *order):
        fields[part] = _field(part, rules)
    fields["country"] = forms.ChoiceField(label=_("Country"), choices=country_choices(language))
    fields["phone"] = forms.CharField(label=_("Phone"), max_length=_LONGEST["phone"], required=False)
    # The country that these fields are of: when another one is chosen, they are asked again as that one writes them.
    fields["fields_of"] = forms.CharField(widget=forms.HiddenInput)
    for part, each in fields.items():
        each.initial = known.get(part, "")
    fields["country"].initial = fields["fields_of"].initial = country
    return fields


def clean_address(data: Mapping[str, Any]) -> tuple[dict[str, str], dict[str | None, Any]]:
    """The address in the cleaned data of such a form, and what is wrong with it by field (None: with all of it)."""
    parts = (*_BEFORE, "city", "region", "postal_code", "country", "phone")
    address = {part: str(data.get(part) or "").strip() for part in parts}
    if data.get("fields_of") != address["country"]:
        words = _("These are the fields of the country that you chose. Look through them and save again.")
        return address, {None: words}
    wrong: dict[str | None, Any] = {problem.field: problem.words for problem in problems(address)}
    if is_nonsense(address["phone"]):
        wrong["phone"] = _("There is no digit in it.")
    return address, wrong


def _order(rules: CountryRules) -> list[str]:
    written = " ".join(rules.latin)
    places = {"city": written.find("%C"), "region": written.find("%S"), "postal_code": written.find("%Z")}
    return sorted(places, key=lambda part: places[part] if places[part] >= 0 else len(written))


def _field(part: str, rules: CountryRules) -> forms.Field:
    labels: dict[str, Any] = {
        "name": _("Name"),
        "company": _("Company"),
        "line1": _("Street"),
        "line2": _("Floor, building"),
        "city": _CITIES.get(rules.city_kind, _CITIES["city"]),
        "region": _REGIONS.get(rules.region_kind, _REGIONS["province"]),
        "postal_code": _POSTAL_CODES.get(rules.postal_code_kind, _POSTAL_CODES["postal"]),
    }
    is_required = part in rules.required
    if part == "region" and rules.regions:
        choices = [("", "–"), *((region.key, region.latin) for region in rules.regions)]
        return forms.ChoiceField(label=labels[part], choices=choices, required=is_required)
    hint = rules.postal_code_example if part == "postal_code" else ""
    widget = forms.TextInput(attrs={"placeholder": hint} if hint else {})
    return forms.CharField(label=labels[part], max_length=_LONGEST.get(part, 200), required=is_required, widget=widget)
