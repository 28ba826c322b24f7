"""Channels: where orders come from, their brand, and the legal seller with its papers."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.admin.records import SettingAdmin
from orders.admin.value import ISSUE
from orders.kernel.money import decimals
from orders.models import Channel
from orders.paper_selectors import clashing_prefix
from orders.states import EInvoice

_CLASHES = {
    "begun": _("This series began the year with another prefix. Choose another series, or wait for January."),
    "shared": _("Another channel uses this series with another prefix; both must be the same."),
    "taken": _("Another series has this prefix; their numbers would be the same."),
    "own": _("Invoices and credit notes need a series and a prefix each."),
}
_FOR_MACHINES = ("seller_name", "seller_street", "seller_city", "seller_country", "seller_vat_id")


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses series whose numbers would collide, e-invoices of a seller that isn't told, and unknown gateways."""

    def clean_link_gateways(self) -> list[str]:
        codes: list[str] = self.cleaned_data["link_gateways"] or []
        unknown = [code for code in codes if code not in settings.PAYMENT_GATEWAYS]
        if unknown:
            raise forms.ValidationError(_("There is no gateway %(code)s.") % {"code": unknown[0]})
        return codes

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self._check_series(data)
        if data.get("e_invoice", EInvoice.OFF) != EInvoice.OFF:
            self._check_seller(data)
        return data

    def _check_series(self, data: dict[str, Any]) -> None:
        if any(not data.get(f"{kind}_{part}") for kind in ("invoice", "credit_note") for part in ("series", "prefix")):
            return
        for kind in ("invoice", "credit_note"):
            for part in ("series", "prefix"):
                setattr(self.instance, f"{kind}_{part}", data[f"{kind}_{part}"])
        for kind in ("invoice", "credit_note"):
            clash = clashing_prefix(
                self.instance,
                series=data[f"{kind}_series"],
                prefix=data[f"{kind}_prefix"],
                kind=kind,
                today=timezone.localdate(),
            )
            if clash:
                self.add_error(f"{kind}_prefix", _CLASHES[clash])

    def _check_seller(self, data: dict[str, Any]) -> None:
        for name in _FOR_MACHINES:
            if not data.get(name):
                self.add_error(name, _("An e-invoice must name it."))
        if data.get("currency") and decimals(data["currency"]) > 2:
            self.add_error("e_invoice", _("EN 16931 knows no amounts with three decimals."))


@admin.register(Channel)
class ChannelAdmin(SettingAdmin):
    """Channels: currency, policies, brand and seller."""

    form = ChannelForm
    staff_actions = (ISSUE,)
    list_display: ClassVar[Any] = ("code", "name", "currency", "default_language", "brand_name", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("code", "name"), "is_active")}),
        (
            _("Policies"),
            {
                "fields": (
                    ("currency", "default_language", "timezone"),
                    "prices_include_tax",
                    ("capture_at", "confirms_manual_at_once"),
                    ("shipping_policy", "ships_together"),
                    ("unpaid_expires_after_hours", "reminder_hours_before_expiry"),
                    "link_gateways",
                    ("draft_expires_after_days", "customers_reorder", "customers_change_at_once"),
                    ("substitute_price", "substitute_hours", "substitute_unanswered"),
                )
            },
        ),
        (_("Brand"), {"fields": ("brand_name", "brand_logo_url", "brand_colour", ("sender_email", "support_email"))}),
        (
            _("Legal seller"),
            {
                "fields": (
                    "seller_name",
                    "seller_street",
                    ("seller_postal_code", "seller_city", "seller_country"),
                    ("seller_vat_id", "seller_tax_number"),
                    "seller_registration",
                    ("seller_bank", "seller_iban", "seller_bic"),
                )
            },
        ),
        (
            _("Invoices and credit notes"),
            {
                "fields": (
                    ("invoice_series", "invoice_prefix"),
                    ("credit_note_series", "credit_note_prefix"),
                    ("papers_by_mail", "e_invoice"),
                )
            },
        ),
    )
