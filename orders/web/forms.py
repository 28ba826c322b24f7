"""What customers can send us from their page."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.preferences import REFUSABLE, Preferences
from orders.states import FeedbackTag

RATINGS = [
    (1, _("Bad")),
    (2, _("Poor")),
    (3, _("Okay")),
    (4, _("Good")),
    (5, _("Great")),
]


class FeedbackForm(forms.Form):
    """How it went."""

    rating = forms.TypedChoiceField(
        label=_("How did it go?"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the five.")},
    )
    tags = forms.MultipleChoiceField(
        label=_("What stood out?"), choices=FeedbackTag.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    comment = forms.CharField(
        label=_("Anything else?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class LinkForm(forms.Form):
    """Where to send a new link."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Please enter your e-mail address."),
            **dict.fromkeys(
                ("invalid", "max_length"), _("Please enter a whole e-mail address, like name@example.com.")
            ),
        },
    )


class CodeForm(forms.Form):
    """The digits of the mail."""

    code = forms.CharField(
        label=_("The code from our mail"),
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 -]*"}),
        error_messages={"required": _("Please enter the six digits of our mail.")},
    )


class PreferencesForm(forms.Form):
    """Which mails."""

    wanted = forms.MultipleChoiceField(
        label=_("Write to me about"),
        choices=[(kind.value, kind.label) for kind in REFUSABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "PreferencesForm":
        """The form as it opens."""
        known = Preferences.of(kept)
        wanted = [kind.value for kind in REFUSABLE if known.wants(kind)]
        return cls(initial={"wanted": wanted})

    @property
    def refused(self) -> set[str]:
        """The kinds that weren't ticked."""
        return {kind.value for kind in REFUSABLE} - set(self.cleaned_data["wanted"])
