"""What staff are asked before they do something to an order; the money stands above the questions."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from orders.admin.action import ABOVE, ActionForm
from orders.admin.chips import money
from orders.bundles import moving, scales, sold
from orders.kernel.money import ZERO, decimals, minor_unit, share, text
from orders.models import Order, OrderLine
from orders.services.promised import refundable
from orders.states import CANCEL_REASONS, HoldReason, RefundReason, RefundTarget, ShippingPolicy

REFUND_REASONS = [choice for choice in RefundReason.choices if choice[0] != RefundReason.RETURN]


class MoneyForm(ActionForm):
    """A form that shows how the order's money stands before anything is decided."""

    @property
    def facts(self) -> list[Any]:
        order = self.target
        if not isinstance(order, Order):
            return []
        reserved = order.authorized_total - order.captured_total
        amounts = [
            (_("Total"), order.total),
            (_("Reserved"), reserved),
            (_("Charged"), order.captured_total),
            (_("Given back"), order.refunded_total),
            (_("Still owed"), order.balance),
        ]
        return [(name, money(value, order.currency)) for name, value in amounts]


class AmountForm(MoneyForm):
    """A money form that asks for an amount, in the digits of the order's currency."""

    def build(self) -> None:
        self.fields["amount"] = forms.DecimalField(
            label=f"{_('Amount')}, {self.target.currency}",
            max_digits=15,
            decimal_places=decimals(self.target.currency),
            min_value=minor_unit(self.target.currency),
        )
        self.order_fields(["amount"])


class RecordPaymentForm(AmountForm):
    """How much came in."""

    note = forms.CharField(
        label=_("Reference"), max_length=255, required=False, help_text=_("The bank's, for example.")
    )

    def build(self) -> None:
        super().build()
        if self.target.balance > 0:
            self.fields["amount"].initial = text(self.target.balance, self.target.currency)


class HoldForm(ActionForm):
    """Why, for how long, and what."""

    reason = forms.ChoiceField(label=_("Reason"), choices=HoldReason.choices)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("For colleagues only."))
    release_at = forms.DateTimeField(
        label=_("Release by itself"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    lines = forms.MultipleChoiceField(
        label=_("Only these lines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: the order."),
    )

    def build(self) -> None:
        if not isinstance(self.target, Order):
            del self.fields["lines"]
            return
        open_lines = [line for line in sold(self.target.lines.all()) if line.open]
        choices = [(line.public_id, f"{line.open} × {line.sku} {line.name}") for line in open_lines]
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]

    def clean_release_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["release_at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(_("Give a time that is still to come."))
        return at


class ExtendForm(MoneyForm):
    """Until when an unpaid order waits for its money."""

    expires_at = forms.DateTimeField(
        label=_("Wait until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    @property
    def facts(self) -> list[Any]:
        now = self.target.expires_at
        until = date_format(timezone.localtime(now), "DATETIME_FORMAT") if now else _("it doesn't")
        return [*super().facts, (_("Expires now"), until)]


class CancelForm(MoneyForm):
    """The whole order, or how many units of which lines."""

    whole = forms.BooleanField(label=_("The whole order"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=CANCEL_REASONS)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("For colleagues only."))
    restock = forms.BooleanField(label=_("Put the goods back into stock"), required=False, initial=True)
    refund = forms.BooleanField(
        label=_("Give back what was charged"),
        required=False,
        initial=True,
        help_text=_("What is only reserved goes back in any case."),
    )
    notify = forms.BooleanField(label=_("Tell the customer"), required=False, initial=True)

    def build(self) -> None:
        self.scales = scales(list(self.target.lines.all()))
        lines = [line for scale in self.scales.values() for line in dict.fromkeys([scale.line, *scale.members])]
        self.open_lines: list[OrderLine] = [line for line in lines if self._open(line)]
        for line in self.open_lines:
            self.fields[line.public_id] = forms.IntegerField(
                label=_("Units of %(sku)s to cancel") % {"sku": line.sku},
                min_value=0,
                max_value=self._open(line),
                required=False,
                widget=forms.NumberInput(attrs={"placeholder": "0"}),
            )

    @property
    def facts(self) -> list[Any]:
        order = self.target
        is_whole = not any(line.shipped for line in moving(order.lines.all()))
        going = sum((self._worth(line, self._open(line)) for line in self.open_lines), ZERO)
        rest = ZERO if is_whole else order.total - going
        return [*super().facts, (_("Total without all that can go"), money(rest, order.currency))]

    def _worth(self, line: OrderLine, units: int) -> Decimal:
        """A component is worth its share of its bundle."""
        scale = self.scales[line.parent_id or line.pk]
        bought = scale.line
        whole = bought.amount if self.target.prices_include_tax else bought.amount + bought.tax
        points = scale.points[line.pk] * units if line.parent_id else scale.one * units
        return share(whole, points, scale.active, self.target.currency)

    def _open(self, line: OrderLine) -> int:
        """What can be called off: bundles as a whole, and what is left of those that have left in part."""
        scale = self.scales[line.parent_id or line.pk]
        return scale.open_rest(line) if line.parent_id else scale.open

    @property
    def headings(self) -> list[Any]:
        return [_("Product"), _("Ordered"), _("Can be cancelled"), _("Each"), _("Together"), _("Cancel")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        currency = self.target.currency
        return [
            {
                "cells": [
                    f"{line.sku} {line.name}",
                    line.ordered,
                    self._open(line),
                    money(self._worth(line, 1), currency),
                    money(self._worth(line, self._open(line)), currency),
                ],
                "fields": [self[line.public_id]],
            }
            for line in self.open_lines
        ]

    def field_of(self, path: str) -> str | None:
        name, _slash, i = path.partition("/")
        if name != "lines":
            return super().field_of(path)
        return list(self.cleaned_data["units"])[int(i)] if i else ABOVE

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        units = {line.public_id: data.get(line.public_id) for line in self.open_lines}
        data["units"] = {key: n for key, n in units.items() if n}
        if data.get("whole") and data["units"]:
            raise forms.ValidationError(_("Choose the whole order or some of its units, not both."))
        if not data.get("whole") and not data["units"] and not self.errors:
            raise forms.ValidationError(_("Say what to cancel: the whole order, or units of its lines."))
        return data


class RefundForm(AmountForm):
    """How much, why, and where it goes."""

    to = forms.ChoiceField(label=_("To"), choices=RefundTarget.choices)
    reason = forms.ChoiceField(label=_("Reason"), choices=REFUND_REASONS)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)

    @property
    def facts(self) -> list[Any]:
        most = money(refundable(self.target), self.target.currency)
        return [*super().facts, (_("Can be given back"), most)]


class PolicyForm(ActionForm):
    """At once or all together."""

    shipping_policy = forms.ChoiceField(label=_("Parcels"), choices=ShippingPolicy.choices)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def build(self) -> None:
        self.fields["shipping_policy"].initial = self.target.shipping_policy
        self.fields["version"].initial = self.target.version


class NoteForm(ActionForm):
    """What colleagues should know."""

    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 5}))
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def build(self) -> None:
        self.fields["note"].initial = self.target.note
        self.fields["tags"].initial = ", ".join(self.target.tags)
        self.fields["version"].initial = self.target.version

    def clean_tags(self) -> list[str]:
        tags = [tag.strip() for tag in self.cleaned_data["tags"].split(",")]
        return list(dict.fromkeys(tag[:64] for tag in tags if tag))
