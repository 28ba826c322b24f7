"""Boxes, materials, and what is packed in what."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.chips import chip, column, link
from orders.admin.records import RecordAdmin, RecordInline, SettingAdmin
from warehouse.admin.work_actions import VOID
from warehouse.models import BoxType, MaterialStock, Package, PackageLine, PackageMaterial, PackingMaterial


@admin.register(BoxType)
class BoxTypeAdmin(SettingAdmin):
    """Cartons we have."""

    list_display: ClassVar[Any] = ("code", "name", "inside", "weight_g", "max_weight_g", "cost", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (
        ("code", "name"),
        ("inner_length_mm", "inner_width_mm", "inner_height_mm"),
        ("weight_g", "max_weight_g", "cost"),
        "is_active",
    )

    @column(_("inside, mm"))
    def inside(self, box: BoxType) -> str:
        return f"{box.inner_length_mm} × {box.inner_width_mm} × {box.inner_height_mm}"


@admin.register(PackingMaterial)
class PackingMaterialAdmin(SettingAdmin):
    """What protects the goods."""

    list_display: ClassVar[Any] = ("code", "name", "unit", "weight_g_per_unit", "cost", "is_active")
    list_filter: ClassVar[Any] = ("is_active",)
    search_fields: ClassVar[Any] = ("code__istartswith", "name__icontains")
    fields: ClassVar[Any] = (("code", "name", "purpose"), ("unit", "weight_g_per_unit", "cost"), "is_active")


@admin.register(MaterialStock)
class MaterialStockAdmin(SettingAdmin):
    """How much of a material is left; counted by hand, used up by packing."""

    list_display: ClassVar[Any] = (link("material"), link("warehouse"), "on_hand", "reorder_point")
    list_display_links: ClassVar[Any] = ("on_hand",)
    list_select_related: ClassVar[Any] = ("warehouse", "material")
    list_filter: ClassVar[Any] = ("warehouse",)
    search_fields: ClassVar[Any] = ("material__code__istartswith", "material__name__icontains")
    fields: ClassVar[Any] = (("warehouse", "material"), ("on_hand", "reorder_point"))


class PackageLineInline(RecordInline):
    """What is in the box."""

    model = PackageLine
    fields: ClassVar[Any] = ("product", "quantity")
    related: ClassVar[tuple[str, ...]] = ("fulfillment_line__line",)

    @column(_("product"))
    def product(self, row: PackageLine) -> str:
        line = row.fulfillment_line.line
        return f"{line.sku} {line.name}"


class PackageMaterialInline(RecordInline):
    """What protects it."""

    model = PackageMaterial
    fields: ClassVar[Any] = ("material", "quantity")
    related: ClassVar[tuple[str, ...]] = ("material",)


@admin.register(Package)
class PackageAdmin(RecordAdmin):
    """Boxes on their way."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("fulfillment_order__order"),
        chip("status"),
        "box",
        "weight_g",
        "packed_by",
        "sealed_at",
    )
    list_select_related: ClassVar[Any] = ("fulfillment_order__order", "box", "packed_by")
    detail_select_related: ClassVar[tuple[str, ...]] = ("fulfillment_order__order", "box", "advised_box", "packed_by")
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or package barcode")
    order_path = "fulfillment_order__order"
    inlines: ClassVar[Any] = (PackageLineInline, PackageMaterialInline)
    staff_actions = (VOID,)


@admin.register(PackageLine)
class PackageLineAdmin(RecordAdmin):
    """Units in boxes."""

    list_display: ClassVar[Any] = ("__str__", link("package"), link("fulfillment_line__line"), "quantity")
    list_select_related: ClassVar[Any] = ("package", "fulfillment_line__line")
    detail_select_related: ClassVar[tuple[str, ...]] = ("package", "fulfillment_line")
    search_fields: ClassVar[Any] = ("package__public_id__exact",)
    search_help_text = _("Order number or package barcode")
    order_path = "package__fulfillment_order__order"


@admin.register(PackageMaterial)
class PackageMaterialAdmin(RecordAdmin):
    """Material in boxes."""

    list_display: ClassVar[Any] = ("__str__", link("package"), link("material"), "quantity")
    list_select_related: ClassVar[Any] = ("package", "material")
    detail_select_related: ClassVar[tuple[str, ...]] = ("package", "material")
    search_fields: ClassVar[Any] = ("package__public_id__exact",)
    search_help_text = _("Order number or package barcode")
    order_path = "package__fulfillment_order__order"
