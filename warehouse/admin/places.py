"""Warehouses, bins and suppliers: edited by people."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from orders.admin.address import AddressField
from orders.admin.chips import column, link
from orders.admin.records import SettingAdmin
from warehouse.admin.purchase_actions import DRAFT, PROPOSE
from warehouse.admin.wave_actions import PLAN_WAVE
from warehouse.admin.work_actions import ADJUST_HERE
from warehouse.models import Bin, Supplier, SupplierProduct, Warehouse
from warehouse.selectors.performance import performance_of


class WarehouseForm(forms.ModelForm):  # type: ignore[type-arg]
    """With its address in fields of their own."""

    address = AddressField(label=_("Address"), required=False)


@admin.register(Warehouse)
class WarehouseAdmin(SettingAdmin):
    """Buildings with stock."""

    form = WarehouseForm
    list_display: ClassVar[Any] = (
        "code",
        "name",
        "country",
        "cutoff_time",
        "capacity_per_day",
        "priority",
        "is_active",
    )
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (
        ("code", "name"),
        "address",
        ("country", "timezone"),
        ("latitude", "longitude"),
        ("cutoff_time", "working_days"),
        ("capacity_per_day", "priority"),
        ("aisle_length_m", "aisle_distance_m", "bay_pitch_m"),
        "fill_policy",
        ("service_level", "demand_days", "cover_days"),
        ("run_by", "is_active"),
    )
    staff_actions = (PLAN_WAVE, ADJUST_HERE)


@admin.register(Bin)
class BinAdmin(SettingAdmin):
    """Places in a warehouse."""

    list_display: ClassVar[Any] = ("code", link("warehouse"), "kind", "zone", "aisle", "bay", "level", "walk_sequence")
    list_select_related: ClassVar[Any] = ("warehouse",)
    list_filter: ClassVar[Any] = ("warehouse", ("kind", ChoicesDropdownFilter), "is_active")
    search_fields: ClassVar[Any] = ("code__istartswith",)
    search_help_text = _("The bin's code")
    fields: ClassVar[Any] = (
        ("warehouse", "code", "kind"),
        ("zone", "aisle", "bay", "level"),
        ("walk_sequence", "is_active"),
    )


class SupplierProductInline(TabularInline):  # type: ignore[misc]
    """What the supplier offers."""

    model = SupplierProduct
    extra = 0
    autocomplete_fields: ClassVar[Any] = ("product",)
    ordering: ClassVar[Any] = ("id",)
    per_page = 50


@admin.register(Supplier)
class SupplierAdmin(SettingAdmin):
    """Who sells to us."""

    list_display: ClassVar[Any] = ("code", "name", "email", "currency", "lead_time_days", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (
        ("code", "name"),
        ("email", "currency"),
        ("lead_time_days", "run_by"),
        ("delivers_to", "is_placed_by_itself"),
        "is_active",
        "performance",
    )
    readonly_fields: ClassVar[Any] = ("performance",)
    inlines: ClassVar[Any] = (SupplierProductInline,)
    staff_actions = (DRAFT, PROPOSE)

    @column(_("how it delivers"))
    def performance(self, supplier: Supplier) -> str:
        if supplier.pk is None:
            return "–"
        return render_to_string("admin/warehouse/performance.html", {"of": performance_of(supplier.pk)})


@admin.register(SupplierProduct)
class SupplierProductAdmin(SettingAdmin):
    """Offers of suppliers."""

    list_display: ClassVar[Any] = (
        "supplier_sku",
        link("supplier"),
        link("product"),
        "cost",
        "lead_time_days",
        "minimum_order_quantity",
        "dropships",
    )
    list_display_links: ClassVar[Any] = ("supplier_sku", "cost")
    list_select_related: ClassVar[Any] = ("supplier", "product")
    list_filter: ClassVar[Any] = ("supplier", "dropships")
    search_fields: ClassVar[Any] = ("supplier_sku__istartswith", "product__sku__istartswith")
    autocomplete_fields: ClassVar[Any] = ("product",)
