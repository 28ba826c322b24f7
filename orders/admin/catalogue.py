"""What is sold, where, and how it may be shipped."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from orders.admin.chips import amount, chip, column
from orders.admin.records import SettingAdmin
from orders.kernel.money import is_exact
from orders.models import Channel, Product, ShippingMethod


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rules that the API has for products too."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        price, currency = data.get("price"), data.get("currency")
        if price is not None and currency and not is_exact(price, currency):
            self.add_error("price", _("%(currency)s has fewer digits.") % {"currency": currency})
        policy = data.get("out_of_stock_policy") or []
        if len(set(policy)) < len(policy):
            self.add_error("out_of_stock_policy", _("Name each way out once."))
        return data


@admin.register(Product)
class ProductAdmin(SettingAdmin):
    """Products; partners write them through the API as well."""

    form = ProductForm
    list_display: ClassVar[Any] = ("sku", "name", amount("price"), "weight_g", chip("fragility"), "is_active")
    list_filter: ClassVar[Any] = ("is_active", ("fragility", ChoicesDropdownFilter), "ships_alone", "is_hazmat")
    search_fields: ClassVar[Any] = ("sku__istartswith", "name__icontains", "gtin__exact")
    readonly_fields: ClassVar[Any] = ("version", "created_at", "updated_at")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("sku", "gtin"), "name", "description", "image_url", "is_active")}),
        (_("Price"), {"fields": (("price", "currency", "tax_rate"),)}),
        (
            _("Size and weight"),
            {"fields": (("weight_g", "length_mm", "width_mm", "height_mm"), ("fragility", "is_hazmat", "ships_alone"))},
        ),
        (_("When it is out of stock"), {"fields": ("out_of_stock_policy", "preorder_ships_on")}),
        (_("Data"), {"fields": ("metadata", ("version", "created_at", "updated_at"))}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """A SKU is a product's name for everybody outside; it never changes."""
        return (*self.readonly_fields, "sku") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """Partners that read the product before must read it again before they write."""
        obj.version += change
        super().save_model(request, obj, form, change)


@admin.register(Channel)
class ChannelAdmin(SettingAdmin):
    """Channels: currency, policies and brand."""

    list_display: ClassVar[Any] = ("code", "name", "currency", "default_language", "brand_name", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("code", "name"), "is_active")}),
        (
            _("Policies"),
            {
                "fields": (
                    ("currency", "default_language"),
                    "prices_include_tax",
                    ("capture_at", "confirms_manual_at_once"),
                )
            },
        ),
        (_("Brand"), {"fields": ("brand_name", "brand_logo_url", "brand_colour", ("sender_email", "support_email"))}),
        (_("Legal seller"), {"fields": ("seller_name", "seller_address", "seller_vat_id")}),
    )


@admin.register(ShippingMethod)
class ShippingMethodAdmin(SettingAdmin):
    """What customers choose between."""

    list_display: ClassVar[Any] = ("code", "name", "shown_price", "days", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (("code", "name"), "price", "countries", ("days_min", "days_max"), "channels", "is_active")

    @column(_("price"), ordering="price")
    def shown_price(self, method: ShippingMethod) -> str:
        return f"{method.price:.2f}"

    @column(_("working days"))
    def days(self, method: ShippingMethod) -> str:
        return f"{method.days_min}–{method.days_max}"
