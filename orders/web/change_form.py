"""What customers type in to have their order changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.change_requests import ChangeAction, SetQuantity, SetShippingAddress
from orders.countries import COUNTRIES
from orders.models import Order

# What a browser fills in by itself.
_PARTS = {
    "name": (_("Name"), 200, True, "name"),
    "company": (_("Company"), 200, False, "organization"),
    "line1": (_("Street and number"), 200, True, "address-line1"),
    "line2": (_("More of the address"), 200, False, "address-line2"),
    "postal_code": (_("Postcode"), 20, False, "postal-code"),
    "city": (_("City"), 100, True, "address-level2"),
    "region": (_("Region"), 100, False, "address-level1"),
    "country": (_("Country (two letters)"), 2, True, "country"),
}


class ChangeForm(forms.Form):
    """The address as it is, to be corrected, and for each product how many it shall be.

    The street is asked for anew: whoever finds an open link shall not read where somebody lives.
    """

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.lines = [line for line in order.lines.filter(parent=None).order_by("position") if line.active]
        self.fields["moves"] = forms.BooleanField(label=_("It shall go to another address"), required=False)
        for part, (label, length, _needed, fill) in _PARTS.items():
            widget = forms.TextInput(attrs={"autocomplete": f"shipping {fill}"})
            self.fields[part] = forms.CharField(label=label, max_length=length, required=False, widget=widget)
        self.fields["country"].initial = order.shipping_address.get("country", "")
        for line in self.lines:
            self.fields[line.public_id] = forms.IntegerField(
                label=line.name,
                min_value=0,
                max_value=line.active,
                initial=line.active,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def address_fields(self) -> list[forms.BoundField]:
        """The parts of the address."""
        return [self[part] for part in _PARTS]

    @property
    def line_fields(self) -> list[forms.BoundField]:
        """The numbers of units."""
        return [self[line.public_id] for line in self.lines]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("moves"):
            for part, (_label, _length, needed, _fill) in _PARTS.items():
                if needed and not data.get(part) and part not in self.errors:
                    self.add_error(part, _("Please fill this in."))
            if data.get("country") and data["country"].upper() not in COUNTRIES:
                self.add_error("country", _("Please give the country's two letters, such as DE."))
        if not self.errors and not self.actions():
            raise forms.ValidationError(_("Nothing is different yet."))
        return data

    def actions(self) -> list[ChangeAction]:
        """What is asked for."""
        data = self.cleaned_data
        asked: list[ChangeAction] = [
            SetQuantity(line=line.public_id, quantity=data[line.public_id])
            for line in self.lines
            if data[line.public_id] != line.active
        ]
        if data["moves"]:
            address = {part: data[part] for part in _PARTS} | {"country": data["country"].upper(), "phone": ""}
            asked.append(SetShippingAddress(address=address))
        return asked
