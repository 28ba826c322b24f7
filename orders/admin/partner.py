"""Partners and their keys: issued here, shown once, revoked here."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from orders.admin.action import Action, ActionForm, Answer
from orders.admin.chips import BAD, GOOD, QUIET, column, link
from orders.admin.records import RecordAdmin, RecordInline, SettingAdmin
from orders.kernel.actor import Actor
from orders.models import ApiKey, IdempotencyKey, Partner
from orders.scopes import Scope
from orders.services.key import issue_key, revoke_key


class IssueKeyForm(ActionForm):
    """What a new key may do."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Where it will be used: “shop, production”."))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=Scope.values
    )
    requests_per_minute = forms.IntegerField(label=_("Requests per minute"), min_value=1, initial=600)
    expires_at = forms.DateTimeField(
        label=_("Expires"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


def _issue(partner: Partner, data: dict[str, Any], by: Actor) -> Answer:
    key, secret = issue_key(
        partner,
        name=data["name"],
        scopes=data["scopes"],
        requests_per_minute=data["requests_per_minute"],
        expires_at=data["expires_at"],
        by=by,
    )
    return Answer(template="admin/orders/key_issued.html", context={"key": key, "secret": secret, "partner": partner})


def _revoke(key: ApiKey, data: dict[str, Any], by: Actor) -> Any:
    revoke_key(key.pk, by=by)
    return _("The key is revoked: no request with it will be answered any more.")


ISSUE = Action(
    name="issue_key",
    label=_("Issue an API key"),
    intro=_("The key is shown once, right after this. Keys that the partner has already stay valid."),
    permission="orders.issue_key",
    form=IssueKeyForm,
    call=_issue,
    icon="key",
    variant="primary",
)
REVOKE = Action(
    name="revoke",
    label=_("Revoke"),
    intro=_("Requests with this key will be refused from now on. This can't be undone."),
    permission="orders.issue_key",
    call=_revoke,
    icon="key_off",
    variant="danger",
    fits=lambda key: key.revoked_at is None,
)


class ApiKeyInline(RecordInline):
    """The partner's keys, without their secrets."""

    model = ApiKey
    fields: ClassVar[Any] = ("prefix", "name", "scopes", "last_used_at", "expires_at", "revoked_at")
    verbose_name_plural = _("API keys")


@admin.register(Partner)
class PartnerAdmin(SettingAdmin):
    """Shops, marketplaces, suppliers and carriers that use the API."""

    list_display: ClassVar[Any] = ("code", "name", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (("code", "name"), "channels", "is_active")
    filter_horizontal: ClassVar[Any] = ("channels",)
    inlines: ClassVar[Any] = (ApiKeyInline,)
    staff_actions = (ISSUE,)


@admin.register(ApiKey)
class ApiKeyAdmin(RecordAdmin):
    """Keys to the API; only a hash of each is kept."""

    list_display: ClassVar[Any] = ("prefix", link("partner"), "name", "state", "last_used_at", "expires_at")
    list_select_related: ClassVar[Any] = ("partner",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("partner",)
    search_fields: ClassVar[Any] = ("prefix__startswith", "partner__code__exact", "name__icontains")
    hidden: ClassVar[tuple[str, ...]] = ("key_hash",)
    staff_actions = (REVOKE,)

    @column(_("state"), label={"live": GOOD, "revoked": BAD, "expired": QUIET})
    def state(self, key: ApiKey) -> tuple[str, Any]:
        if key.is_live:
            return "live", _("Live")
        return ("revoked", _("Revoked")) if key.revoked_at else ("expired", _("Expired"))


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(RecordAdmin):
    """Requests that partners may repeat, and what they were answered."""

    list_display: ClassVar[Any] = ("key", link("api_key"), link("order"), "status", "created_at")
    list_select_related: ClassVar[Any] = ("api_key__partner", "order")
    detail_select_related: ClassVar[tuple[str, ...]] = ("api_key__partner", "order")
    search_fields: ClassVar[Any] = ("key__exact",)
    search_help_text = _("Order number or the whole key")
    order_path = "order"
