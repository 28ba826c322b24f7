"""Where goods come from: the rules, read as sentences and tried out on the newest orders, and what was decided."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from orders.admin.chips import column, link
from orders.admin.records import RecordAdmin, SettingAdmin
from orders.admin.trial import TrialPage
from warehouse.errors import InvalidRule
from warehouse.models import SourcingDecision, SourcingRule
from warehouse.planning.countries import CENTRES
from warehouse.planning.sourcing_rules import ANYWHERE, PARAMETERS
from warehouse.services.keep_sourcing_rule import check_rule, drop_sourcing_rule, keep_sourcing_rule
from warehouse.sourcing_trial import MOST, trial
from warehouse.sourcing_words import rule_sentence, skus_of, told
from warehouse.states import SourcingRuleKind

_COST_PARTS = 3


class CostsField(forms.CharField):
    """Costs as people write them: a line for each warehouse and country."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        rows = [(code, country, cost) for code, to in value.items() for country, cost in to.items()]
        rows.sort(key=lambda row: (row[0], row[1] == ANYWHERE, row[1]))
        return "\n".join(" ".join(row) for row in rows)

    def to_python(self, value: Any) -> Any:
        costs: dict[str, dict[str, str]] = {}
        for line in str(value or "").splitlines():
            parts = line.split()
            if not parts:
                continue
            if len(parts) != _COST_PARTS:
                raise forms.ValidationError(_("Warehouse, country, amount: %(line)s"), params={"line": line})
            code, country, cost = parts[0], parts[1].upper(), parts[2].replace(",", ".")
            if country != ANYWHERE and country not in CENTRES:
                raise forms.ValidationError(_("Use two letters for a country, or *: %(line)s"), params={"line": line})
            if country in costs.setdefault(code, {}):
                raise forms.ValidationError(_("Twice: %(line)s"), params={"line": line})
            costs[code][country] = cost
        return costs


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The parameters that the kind asks for."""

    split_lines = forms.BooleanField(
        label=_("Lines may be split"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Units of one line may come from several warehouses. Else what one hasn't, waits."),
    )
    step_km = forms.IntegerField(
        label=_("Step in km"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Warehouses within the same step count as equally near."),
    )
    keep_free = forms.IntegerField(
        label=_("Parcels to keep free"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("A warehouse counts as full when only so many are left of its parcels per day."),
    )
    units = forms.IntegerField(
        label=_("Units that should stay"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Beyond the safety stock, which is never touched, whatever the rules say."),
    )
    costs = CostsField(
        label=_("Costs of a parcel"),
        required=False,
        help_text=_("A line each: warehouse, country (* for all others), amount. BER DE 4.10"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked = PARAMETERS.get(self.instance.kind, {})
        for name in {name for names in PARAMETERS.values() for name in names}:
            if name not in self._asked:
                self.fields.pop(name, None)
            elif name in self.fields:
                self.initial.setdefault(name, self.instance.parameters.get(name, self._asked[name]))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        channel = data.get("channel") or self.instance.channel
        same = SourcingRule.objects.filter(kind=self.instance.kind, channel=channel)
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("channel", _("There is such a rule already: change that one, or choose another channel."))
        if not any(name in self.errors for name in self._asked):
            self.instance.parameters = {name: data[name] for name in self._asked if name in data}
            self.instance.is_active = data.get("is_active", self.instance.is_active)
            _check(self, self.instance)
        return data


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of the list: order, on and off."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self.instance.is_active = data.get("is_active", self.instance.is_active)
        _check(self, self.instance)
        return data


def _check(form: Any, rule: SourcingRule) -> None:
    """What the service would refuse, said at the field."""
    try:
        check_rule(rule)
    except InvalidRule as refused:
        for error in refused.errors:
            name = error.pointer.rpartition("/")[2]
            form.add_error(name if name in form.fields else None, refused.detail)


@admin.register(SourcingRule)
class SourcingRuleAdmin(TrialPage, SettingAdmin):
    """By which rules it is decided where goods come from: the lowest position decides first."""

    trial_template = "admin/warehouse/sourcingrule/trial.html"

    form = RuleForm
    list_display: ClassVar[Any] = ("kind", "says", "channel", "position", "is_active")
    list_editable: ClassVar[Any] = ("position", "is_active")
    list_select_related: ClassVar[Any] = ("channel",)
    list_filter: ClassVar[Any] = ("is_active", "channel")
    search_fields: ClassVar[Any] = ("kind__icontains", "channel__name__icontains")
    search_help_text = _("Kind, or the channel's name")
    ordering: ClassVar[Any] = ("position", "id")
    sortable_by: ClassVar[Any] = ()
    readonly_fields: ClassVar[Any] = ("says",)

    def has_delete_permission(self, request: HttpRequest, obj: SourcingRule | None = None) -> bool:
        """A channel's own rule; a general one is switched off."""
        may: bool = super().has_delete_permission(request, obj)
        return may and obj is not None and obj.channel_id is not None

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First the kind, then the form of that kind."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.GET.get("kind") not in SourcingRuleKind.values:
            page = {**self.admin_site.each_context(request), "title": _("What should the rule look at?")}
            kinds = [(kind.value, kind.label) for kind in SourcingRuleKind]
            template = "admin/orders/holdrule/kinds.html"
            return TemplateResponse(request, template, {**page, "opts": self.model._meta, "kinds": kinds})
        added: HttpResponse = super().add_view(request, form_url, extra_context)
        return added

    def get_fieldsets(self, request: HttpRequest, obj: SourcingRule | None = None) -> Any:
        kind = obj.kind if obj else str(request.GET.get("kind", ""))
        asked = tuple(PARAMETERS.get(kind, ()))
        common = ("says", "position", "is_active") if obj else ("channel", "position", "is_active")
        return [(None, {"fields": common})] + ([(SourcingRuleKind(kind).label, {"fields": asked})] if asked else [])

    def get_form(
        self, request: HttpRequest, obj: SourcingRule | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form knows its kind, which never changes; what isn't a column is the form's own."""
        columns = ["position", "is_active"] if obj else ["channel", "position", "is_active"]
        form = super().get_form(request, obj, change, **{**kwargs, "fields": columns})
        kind = obj.kind if obj else str(request.GET.get("kind", ""))

        class OfKind(form):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any, **given: Any) -> None:
                given["instance"] = given.get("instance") or SourcingRule(kind=kind)
                super().__init__(*args, **given)

        return OfKind

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{**kwargs, "form": RowForm})

    def save_model(self, request: HttpRequest, obj: SourcingRule, form: Any, change: bool) -> None:
        keep_sourcing_rule(obj)

    def delete_model(self, request: HttpRequest, obj: SourcingRule) -> None:
        drop_sourcing_rule(obj)

    def told_of_trial(self, rule: Any) -> dict[str, Any]:
        """Where the newest orders would go, with this rule and without it."""
        return {"sentence": rule_sentence(rule), "trial": trial(rule), "most": MOST}

    @column(_("what it does"))
    def says(self, rule: SourcingRule) -> str:
        return rule_sentence(rule)


@admin.register(SourcingDecision)
class SourcingDecisionAdmin(RecordAdmin):
    """Where units of an order were to come from, and why."""

    list_display: ClassVar[Any] = ("places", link("order"), "cause", "created_at")
    list_display_links: ClassVar[Any] = ("places",)
    list_select_related: ClassVar[Any] = ("order",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("order",)
    list_filter: ClassVar[Any] = (("cause", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("order__number__exact",)
    search_help_text = _("Order number")
    order_path = "order"
    fields: ClassVar[Any] = (("order", "cause"), ("places", "created_at"), "because", "instead")
    exports: ClassVar[Any] = {"places": ("reason",)}

    @column(_("from"))
    def places(self, decision: SourcingDecision) -> str:
        chosen = decision.reason.get("chosen")
        return " + ".join(chosen["from"]) if chosen else "–"

    @column(_("why"))
    def because(self, decision: SourcingDecision) -> str:
        return " ".join(told(decision, skus_of(decision.order)).why) if decision.reason.get("chosen") else "–"

    @column(_("what else was possible"))
    def instead(self, decision: SourcingDecision) -> str:
        if not decision.reason.get("chosen"):
            return "–"
        others = told(decision, skus_of(decision.order)).others
        return " ".join(f"{each.places}: {', '.join(each.costs)}. {each.why_not}" for each in others) or "–"
