"""What the forms about buying ask: which units of which line, on which day, at what cost."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.admin.action import ABOVE, ActionForm
from orders.admin.chips import money
from warehouse.models import PurchaseOrderLine, PutAwayTask, Warehouse
from warehouse.services.draft_purchase import MOST_UNITS, WantedGoods
from warehouse.services.receive_goods import Arrived
from warehouse.states import PurchaseOrderStatus, PurchasePurpose

_OFFERS = 200  # of one supplier that a form shows
_NONE = forms.NumberInput(attrs={"placeholder": "0"})
_DAY = forms.DateInput(attrs={"type": "date"})


class PurchaseForm(ActionForm):
    """A form with a row for each line of the purchase order; it knows which version was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def build(self) -> None:
        self.fields["version"].initial = self.target.version
        self.lines: list[PurchaseOrderLine] = [
            line for line in self.target.lines.select_related("product") if self.is_asked(line)
        ]
        for line in self.lines:
            for name, each in self.questions(line).items():
                self.fields[f"{line.pk}-{name}"] = each

    def is_asked(self, line: PurchaseOrderLine) -> bool:
        """Whether anything is to be said of the line now."""
        return bool(line.open)

    def questions(self, line: PurchaseOrderLine) -> dict[str, forms.Field]:
        """What is asked of the line."""
        return {}

    def known(self, line: PurchaseOrderLine) -> list[Any]:
        """What is known of the line."""
        return [f"{line.product.sku} {line.product.name}", line.open]

    @property
    def headings(self) -> list[Any]:
        return [_("Product"), _("To come")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"cells": self.known(line), "fields": [self[f"{line.pk}-{name}"] for name in self.questions(line)]}
            for line in self.lines
        ]

    def field_of(self, path: str) -> str | None:
        """Services name lines by SKU, or by their place in what they were given."""
        match path.split("/"):
            case ["dates" | "units", sku]:
                return next((self._first(line) for line in self.lines if line.product.sku == sku), ABOVE)
            case ["arrived" | "lines", place, *_rest] if place.isdecimal():
                return self._first(self.lines[int(place)]) if int(place) < len(self.lines) else ABOVE
            case ["dates" | "units" | "arrived" | "lines"]:
                return ABOVE
        return super().field_of(path)

    def said(self, line: PurchaseOrderLine, name: str) -> Any:
        """The answer to a question about a line."""
        return self.cleaned_data.get(f"{line.pk}-{name}")

    def _first(self, line: PurchaseOrderLine) -> str:
        return f"{line.pk}-{next(iter(self.questions(line)))}"


class PlaceForm(PurchaseForm):
    """What it costs, before it is asked for."""

    @property
    def facts(self) -> list[Any]:
        lines = list(self.target.lines.all())
        total = money(sum(line.cost * line.quantity for line in lines), self.target.currency)
        to = self.target.supplier.email or _("nobody: the supplier has no address, tell them yourself")
        return [(_("Total without tax"), total), (_("Lines"), len(lines)), (_("Mail goes to"), to)]


class ReviseForm(PurchaseForm):
    """How many units of each line, and one more product."""

    sku = forms.CharField(label=_("One more SKU"), max_length=64, required=False)
    more = forms.IntegerField(label=_("Units of it"), min_value=1, max_value=MOST_UNITS, required=False)

    def questions(self, line: PurchaseOrderLine) -> dict[str, forms.Field]:
        units = forms.IntegerField(label=_("Units"), min_value=0, max_value=MOST_UNITS, initial=line.quantity)
        return {"units": units}

    def known(self, line: PurchaseOrderLine) -> list[Any]:
        why = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in line.figures.items())
        return [f"{line.product.sku} {line.product.name}", money(line.cost, self.target.currency), why or "–"]

    @property
    def headings(self) -> list[Any]:
        return [_("Product"), _("Each"), _("Why"), _("Units")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("sku")) != bool(data.get("more")):
            self.add_error("more" if data.get("sku") else "sku", _("Say both, which product and how many."))
        data["quantities"] = {line.product.sku: self.said(line, "units") for line in self.lines}
        if data.get("sku"):
            data["quantities"][data["sku"].strip()] = data.get("more")
        return data


class DatesForm(PurchaseForm):
    """On which day each line comes."""

    def questions(self, line: PurchaseOrderLine) -> dict[str, forms.Field]:
        return {"day": forms.DateField(label=_("Day"), required=False, initial=line.expected_on, widget=_DAY)}

    @property
    def headings(self) -> list[Any]:
        return [*super().headings, _("Day")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["dates"] = {line.product.sku: day for line in self.lines if (day := self.said(line, "day"))}
        return data


class AcknowledgeForm(DatesForm):
    """The same, with the supplier's own number."""

    supplier_ref = forms.CharField(label=_("The supplier's number"), max_length=64, required=False)


class MoveForm(DatesForm):
    """The same, with the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class CancelForm(PurchaseForm):
    """How many units of which line; what is left empty stays."""

    whole = forms.BooleanField(label=_("All that is still to come"), required=False)

    def build(self) -> None:
        super().build()
        self.fields["whole"].initial = self.target.status == PurchaseOrderStatus.DRAFT

    def is_asked(self, line: PurchaseOrderLine) -> bool:
        return super().is_asked(line) and self.target.status != PurchaseOrderStatus.DRAFT

    def questions(self, line: PurchaseOrderLine) -> dict[str, forms.Field]:
        units = forms.IntegerField(label=_("Cancel"), min_value=0, max_value=line.open, required=False, widget=_NONE)
        return {"units": units}

    @property
    def headings(self) -> list[Any]:
        return [*super().headings, _("Cancel")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["units"] = {line.product.sku: n for line in self.lines if (n := self.said(line, "units"))}
        if not data["units"] and not data.get("whole") and not self.errors:
            raise forms.ValidationError(_("Say what is to be cancelled."))
        return data


class ReceiveForm(PurchaseForm):
    """What came of each line, and whether the rest is still to come."""

    delivery_note = forms.CharField(label=_("Delivery note"), max_length=64, required=False)

    def is_asked(self, line: PurchaseOrderLine) -> bool:
        return line.quantity > line.cancelled  # what came too many is counted in as well

    def questions(self, line: PurchaseOrderLine) -> dict[str, forms.Field]:
        def units(label: Any) -> forms.Field:
            return forms.IntegerField(label=label, min_value=0, max_value=MOST_UNITS, required=False, widget=_NONE)

        return {
            "accepted": units(_("Good")),
            "damaged": units(_("Damaged")),
            "wrong": units(_("Something else")),
            "all": forms.BooleanField(label=_("The rest won't come"), required=False),
        }

    @property
    def headings(self) -> list[Any]:
        return [*super().headings, _("Good"), _("Damaged"), _("Something else"), _("The rest won't come")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["arrived"] = [
            Arrived(
                sku=line.product.sku,
                accepted=self.said(line, "accepted") or 0,
                damaged=self.said(line, "damaged") or 0,
                wrong_item=self.said(line, "wrong") or 0,
                is_all=bool(self.said(line, "all")),
            )
            for line in self.lines
        ]
        return data


class DraftForm(ActionForm):
    """Where to, what for, and how many of what the supplier offers."""

    warehouse: "forms.ModelChoiceField[Warehouse]" = forms.ModelChoiceField(
        label=_("Warehouse"), queryset=None, empty_label=None
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=[choice for choice in PurchasePurpose.choices if choice[0] != PurchasePurpose.DROPSHIP],
    )
    note = forms.CharField(label=_("Note for the supplier"), max_length=255, required=False)

    def build(self) -> None:
        places = Warehouse.objects.filter(is_active=True)
        self.fields["warehouse"].queryset = places  # type: ignore[attr-defined]
        self.fields["warehouse"].initial = self.target.delivers_to_id or places.values_list("pk", flat=True).first()
        offers = self.target.products.select_related("product").order_by("product__sku")
        self.offers = list(offers.filter(product__is_bundle=False, product__is_digital=False)[:_OFFERS])
        for offer in self.offers:
            self.fields[f"{offer.pk}-units"] = forms.IntegerField(
                label=_("Units"), min_value=0, max_value=MOST_UNITS, required=False, widget=_NONE
            )

    @property
    def headings(self) -> list[Any]:
        return [_("Product"), _("Each"), _("At least"), _("Units")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "cells": [
                    f"{offer.product.sku} {offer.product.name}",
                    money(offer.cost, self.target.currency),
                    offer.minimum_order_quantity,
                ],
                "fields": [self[f"{offer.pk}-units"]],
            }
            for offer in self.offers
        ]

    def field_of(self, path: str) -> str | None:
        match path.split("/"):
            case ["lines", place, *_rest]:
                sku = self.cleaned_data["lines"][int(place)].sku
                return next(f"{offer.pk}-units" for offer in self.offers if offer.product.sku == sku)
            case ["lines"] | ["supplier"]:
                return ABOVE
        return super().field_of(path)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["lines"] = [
            WantedGoods(sku=offer.product.sku, quantity=units)
            for offer in self.offers
            if (units := data.get(f"{offer.pk}-units"))
        ]
        if not data["lines"] and not self.errors:
            raise forms.ValidationError(_("Say how many units of which product."))
        return data


class PutAwayForm(ActionForm):
    """Into which bin, and how many."""

    bin = forms.CharField(label=_("Bin"), max_length=32, required=False)
    units = forms.IntegerField(label=_("Units"), min_value=1, required=False)

    def build(self) -> None:
        if isinstance(self.target, PutAwayTask):
            self.fields["bin"].initial = self.target.bin.code if self.target.bin else ""
            self.fields["units"].initial = self.target.quantity
        else:
            self.fields["bin"].help_text = _("Empty: the bins that were suggested.")
