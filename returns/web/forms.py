"""What customers fill in to send something back: one small form per line, so it works without JavaScript."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from returns.selectors import Returnable
from returns.services.request_return import WantedReturn
from returns.states import CUSTOMER_REASONS, ReturnReason


class LineForm(forms.Form):
    """How many units of one line come back, and why."""

    reason = forms.ChoiceField(label=_("Why?"), choices=[("", _("Please choose")), *CUSTOMER_REASONS], required=False)

    def __init__(self, entry: Returnable, data: Any = None) -> None:
        super().__init__(data, prefix=entry.line.public_id)
        self.entry = entry
        self.fields["quantity"] = forms.IntegerField(
            label=_("How many?"), min_value=0, max_value=entry.quantity, initial=0
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("quantity") and not cleaned.get("reason"):
            self.add_error("reason", _("Please choose why."))
        return cleaned


class NoteForm(forms.Form):
    """What else the customer wants to say; ``seen`` tells a second click from a second return."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Anything we should know?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


class SentForm(forms.Form):
    """The carrier's number, for those who have one."""

    tracking_number = forms.CharField(label=_("Tracking number, if you have one"), max_length=64, required=False)


def wanted(forms_: Sequence[LineForm], note: NoteForm) -> list[WantedReturn]:
    """The lines that were chosen; all forms are valid."""
    return [
        WantedReturn(
            order_line=form.entry.line.public_id,
            quantity=form.cleaned_data["quantity"],
            reason=ReturnReason(form.cleaned_data["reason"]),
            note=note.cleaned_data["note"],
        )
        for form in forms_
        if form.cleaned_data["quantity"]
    ]
