"""Hold rules: read as sentences, changed by a form of their own kind, tried out on the newest orders."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from orders.admin.action_pages import actor
from orders.admin.chips import column, link
from orders.admin.column_words import column_words
from orders.admin.records import RecordAdmin, SettingAdmin
from orders.admin.trial import TrialPage
from orders.countries import COUNTRIES
from orders.currencies import CURRENCIES
from orders.kernel.money import is_exact
from orders.models import HoldRule, HoldRuleChange
from orders.rule_trial import MOST, trial
from orders.rule_words import sentence
from orders.services.keep_rule import keep_rule
from orders.states import RuleKind

_COMMON = ("name", "is_active", "channel", "reason", "priority", "release_after_hours")
# What a kind can't do without; of products one of the three lists is enough.
_NEEDED: dict[str, tuple[str, ...]] = {
    RuleKind.AMOUNT_ABOVE: ("amount", "currency"),
    RuleKind.FIRST_ORDER_ABOVE: ("amount", "currency"),
    RuleKind.VELOCITY: ("counted", "times", "same", "within_hours"),
    RuleKind.COUNTRIES: ("countries",),
    RuleKind.BLOCKED_CONTACT: ("contacts",),
}


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields that the kind asks for, and what it can't do without."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in _NEEDED.get(self.instance.kind, ()):
            if name in self.fields and not self.errors.get(name) and data.get(name) in (None, "", []):
                self.add_error(name, _("This kind of rule needs it."))
        if self.instance.kind == RuleKind.PRODUCTS and not any(data.get(n) for n in ("skus", "categories", "tags")):
            self.add_error("skus", _("Name products, categories or tags."))
        return data

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency and currency not in CURRENCIES:
            raise forms.ValidationError(_("Use a code such as EUR."))
        amount = self.cleaned_data.get("amount")
        if currency and amount is not None and not is_exact(amount, currency):
            self.add_error("amount", _("%(currency)s has fewer digits.") % {"currency": currency})
        return currency

    def clean_countries(self) -> list[str]:
        countries = list(dict.fromkeys(country.strip().upper() for country in self.cleaned_data["countries"]))
        unknown = [country for country in countries if country not in COUNTRIES]
        if unknown:
            raise forms.ValidationError(_("Use two letters for each country, such as DE: %s") % ", ".join(unknown))
        return countries

    def clean_contacts(self) -> list[str]:
        contacts = list(dict.fromkeys(contact.strip().lower() for contact in self.cleaned_data["contacts"]))
        if any(contact.count("@") != 1 or contact.endswith("@") for contact in contacts):
            raise forms.ValidationError(_("Write whole addresses, or domains with an @ before them: @example.com"))
        return contacts


@admin.register(HoldRule)
class HoldRuleAdmin(TrialPage, SettingAdmin):
    """What holds orders by itself. Never deleted, since holds name the rule that placed them: switched off instead."""

    trial_template = "admin/orders/holdrule/trial.html"

    form = RuleForm
    list_display: ClassVar[Any] = ("name", "says", "reason", "channel", "priority", "is_active")
    list_select_related: ClassVar[Any] = ("channel",)
    list_filter: ClassVar[Any] = ("is_active", "kind", "reason", "channel")
    search_fields: ClassVar[Any] = ("name__icontains",)
    readonly_fields: ClassVar[Any] = ("says", "history")

    def has_delete_permission(self, request: HttpRequest, obj: HoldRule | None = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First what the rule looks at, then the form of that kind."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.GET.get("kind") not in RuleKind.values:
            page = {**self.admin_site.each_context(request), "title": _("What should the rule look at?")}
            kinds = [(kind.value, kind.label) for kind in RuleKind]
            template = "admin/orders/holdrule/kinds.html"
            return TemplateResponse(request, template, {**page, "opts": self.model._meta, "kinds": kinds})
        added: HttpResponse = super().add_view(request, form_url, extra_context)
        return added

    def get_fieldsets(self, request: HttpRequest, obj: HoldRule | None = None) -> Any:
        kind = _kind(request, obj)
        asked = HoldRule.ASKS.get(kind, ())
        told = (("says",) if obj else ()) + _COMMON
        parts: list[Any] = [(None, {"fields": told})]
        if asked:
            parts.append((RuleKind(kind).label, {"fields": asked}))
        return [*parts, (_("Changes"), {"fields": ("history",)})] if obj else parts

    def get_form(self, request: HttpRequest, obj: HoldRule | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows its kind, which never changes."""
        form = super().get_form(request, obj, change, **kwargs)
        kind = _kind(request, obj)

        class OfKind(form):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any, **given: Any) -> None:
                super().__init__(*args, **given)
                self.instance.kind = kind

        return OfKind

    def save_model(self, request: HttpRequest, obj: HoldRule, form: Any, change: bool) -> None:
        keep_rule(obj, by=actor(request))

    def told_of_trial(self, rule: Any) -> dict[str, Any]:
        """Which of the newest orders it would have held."""
        return {"sentence": sentence(rule), "trial": trial(rule), "most": MOST}

    @column(_("what it does"))
    def says(self, rule: HoldRule) -> str:
        return sentence(rule)

    @column(_("changes"))
    def history(self, rule: HoldRule) -> SafeString:
        rows = [
            format_html(
                "<li>{} · {}: {}</li>", f"{change.changed_at:%Y-%m-%d %H:%M}", change.changed_by, in_words(change)
            )
            for change in rule.changes.all()[:50]
        ]
        return format_html("<ul>{}</ul>", SafeString("".join(rows))) if rows else SafeString("–")


@admin.register(HoldRuleChange)
class HoldRuleChangeAdmin(RecordAdmin):
    """Who changed which rule, when, and what it said before."""

    list_display: ClassVar[Any] = (link("rule"), "what", "changed_by", "changed_at")
    list_display_links: ClassVar[Any] = ("what",)
    list_select_related: ClassVar[Any] = ("rule",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("rule",)
    search_fields: ClassVar[Any] = ("rule__name__icontains",)
    search_help_text = _("Name of the rule")
    fields: ClassVar[Any] = (("rule",), "what", ("changed_by", "changed_at"))

    @column(_("changes"))
    def what(self, change: HoldRuleChange) -> str:
        return in_words(change)


def in_words(change: HoldRuleChange) -> str:
    """Each column with its values before and after; a new rule has no before."""
    if not change.before:
        return str(_("made"))
    return "; ".join(
        f"{column_words(name)}: {_said(change.before.get(name))} → {_said(value)}"
        for name, value in change.after.items()
    )


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)


def _kind(request: HttpRequest, obj: HoldRule | None) -> str:
    return obj.kind if obj and obj.kind else str(request.GET.get("kind", ""))
