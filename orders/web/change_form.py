"""What customers type in to have their order changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.address_fields import AddressForm
from orders.change_requests import ChangeAction, SetQuantity, SetShippingAddress
from orders.models import Order

# What a browser fills in by itself.
_FILLS = {
    "name": "name",
    "company": "organization",
    "line1": "address-line1",
    "line2": "address-line2",
    "postal_code": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
    "country": "country",
    "phone": "tel",
}


class ChangeForm(AddressForm):
    """For each product how many it shall be, and an address in place of the one that is known.

    The street is asked for anew: whoever finds an open link shall not read where somebody lives.
    """

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in order.lines.filter(parent=None).order_by("position") if line.active]
        country = order.shipping_address.get("country", "")
        self.ask_address({"country": country})
        self.address_fields = [self[part] for part in self.fields]
        # An address that nobody began to type is none; the country alone stands there from the start.
        typed = any(str(self.data.get(part) or "").strip() for part in _FILLS if part != "country")
        self.moves = typed or self.data.get("country", country) != country
        for part in self.address_fields:
            part.field.required = self.moves and (part.field.required or part.name == "name")
            if part.name in _FILLS:
                part.field.widget.attrs["autocomplete"] = f"shipping {_FILLS[part.name]}"
        for line in self.lines:
            self.fields[line.public_id] = forms.IntegerField(
                label=line.name,
                min_value=0,
                max_value=line.active,
                initial=line.active,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def line_fields(self) -> list[forms.BoundField]:
        """The numbers of units."""
        return [self[line.public_id] for line in self.lines]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() if self.moves else self.cleaned_data
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
        if self.moves:
            asked.append(SetShippingAddress(address=data["address"]))
        return asked
