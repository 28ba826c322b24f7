"""What customers can send us from their page."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orders.address_fields import address_fields, clean_address
from orders.countries import COUNTRIES
from orders.preferences import REFUSABLE, Preferences
from orders.states import FeedbackTag

FIRST_COUNTRY = "DE"  # the form of whoever hasn't chosen yet

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


class AddressForm(forms.Form):
    """An address as its country writes it; choosing another country asks again with that one's fields."""

    def __init__(self, *args: Any, told: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.get("country") if self.is_bound else (told or {}).get("country")
        country = chosen if chosen in COUNTRIES else FIRST_COUNTRY
        self.fields.update(address_fields(country, language=get_language() or "en", told=told))
        self.address: dict[str, str] = {}
        if self.is_bound and self.data.get("fields_of") != country:
            self.data = {**dict(self.data.items()), "fields_of": country, "moved": "1"}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.data.get("moved"):
            data["fields_of"] = ""
        self.address, wrong = clean_address(data)
        for name, words in wrong.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, str(words))
        return data
