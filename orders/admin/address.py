"""A postal address in a form of the back office: one input for each of its parts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

PARTS = {
    "name": _("Name"),
    "company": _("Company"),
    "line1": _("Street"),
    "line2": _("Floor, building"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "region": _("Region"),
    "country": _("Country, two letters"),
    "phone": _("Phone"),
}


class AddressWidget(forms.MultiWidget):
    """An input for each part."""

    def __init__(self) -> None:
        inputs = [
            UnfoldAdminTextInputWidget(attrs={"placeholder": words, "aria-label": words}) for words in PARTS.values()
        ]
        super().__init__(inputs)

    def decompress(self, value: Any) -> list[str]:
        return [(value or {}).get(part, "") for part in PARTS]


class AddressField(forms.MultiValueField):
    """The parts as the dictionary that addresses are stored as."""

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False, max_length=2 if part == "country" else 200) for part in PARTS]
        super().__init__(fields, require_all_fields=False, widget=AddressWidget(), **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        return dict(zip(PARTS, data_list or [""] * len(PARTS), strict=True))

    def has_changed(self, initial: Any, data: Any) -> bool:
        was = {part: (initial or {}).get(part, "") for part in PARTS}
        return was != self.compress([text or "" for text in data])
