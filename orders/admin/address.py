"""A postal address in a form of the back office: one input for each of its parts."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from orders.addresses import country_choices

PARTS = {
    "name": _("Name"),
    "company": _("Company"),
    "line1": _("Street"),
    "line2": _("Floor, building"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "region": _("Region"),
    "country": _("Country"),
    "phone": _("Phone"),
}


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Country")), *country_choices(get_language() or "en")]


def _input(part: str, words: Any) -> Any:
    if part == "country":
        return UnfoldAdminSelectWidget(attrs={"aria-label": words}, choices=_countries)
    return UnfoldAdminTextInputWidget(attrs={"placeholder": words, "aria-label": words})


class AddressWidget(forms.MultiWidget):
    """An input for each part."""

    def __init__(self) -> None:
        super().__init__([_input(part, words) for part, words in PARTS.items()])

    def decompress(self, value: Any) -> list[str]:
        return [(value or {}).get(part, "") for part in PARTS]


class AddressField(forms.MultiValueField):
    """The parts as the dictionary that addresses are stored as."""

    def __init__(self, **kwargs: Any) -> None:
        fields: list[forms.Field] = [
            forms.ChoiceField(required=False, choices=_countries)
            if part == "country"
            else forms.CharField(required=False, max_length=200)
            for part in PARTS
        ]
        super().__init__(fields, require_all_fields=False, widget=AddressWidget(), **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        return dict(zip(PARTS, data_list or [""] * len(PARTS), strict=True))

    def has_changed(self, initial: Any, data: Any) -> bool:
        was = {part: (initial or {}).get(part, "") for part in PARTS}
        return was != self.compress([text or "" for text in data])
