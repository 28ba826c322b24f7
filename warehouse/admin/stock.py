"""The stock ledger: counters, bins, reservations and every movement; adjusted only through the service."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.chips import chip, column, link
from orders.admin.records import RecordAdmin
from warehouse.admin.work_actions import ADJUST
from warehouse.models import Allocation, BinStock, Lot, StockLevel, StockMovement


@admin.register(StockLevel)
class StockLevelAdmin(RecordAdmin):
    """How much of what is where."""

    list_display: ClassVar[Any] = (
        link("product"),
        link("warehouse"),
        "on_hand",
        "allocated",
        "unavailable",
        "safety_stock",
        "left",
        "incoming",
    )
    list_display_links: ClassVar[Any] = ("on_hand",)
    list_select_related: ClassVar[Any] = ("product", "warehouse")
    detail_select_related: ClassVar[tuple[str, ...]] = ("product", "warehouse")
    list_filter: ClassVar[Any] = ("warehouse",)
    search_fields: ClassVar[Any] = ("product__sku__istartswith", "product__name__icontains", "product__gtin__exact")
    search_help_text = _("SKU, name or GTIN")
    staff_actions = (ADJUST,)
    fields: ClassVar[Any] = (
        ("product", "warehouse"),
        ("on_hand", "allocated", "unavailable", "left"),
        ("incoming", "safety_stock"),
        ("reorder_point", "backorder_limit"),
        "updated_at",
    )

    exports: ClassVar[Any] = {
        "left": (("available", F("on_hand") - F("allocated") - F("unavailable") - F("safety_stock")),)
    }

    @column(_("available"))
    def left(self, level: StockLevel) -> int:
        return level.available


@admin.register(BinStock)
class BinStockAdmin(RecordAdmin):
    """The same units by bin."""

    list_display: ClassVar[Any] = (link("bin"), link("product"), "lot", "on_hand", "picking")
    list_display_links: ClassVar[Any] = ("on_hand",)
    list_select_related: ClassVar[Any] = ("bin__warehouse", "product", "lot")
    detail_select_related: ClassVar[tuple[str, ...]] = ("bin__warehouse", "product", "lot")
    list_filter: ClassVar[Any] = ("bin__warehouse",)
    search_fields: ClassVar[Any] = ("bin__code__exact", "product__sku__istartswith")
    search_help_text = _("Bin or SKU")


@admin.register(Lot)
class LotAdmin(RecordAdmin):
    """Batches with one expiry date."""

    list_display: ClassVar[Any] = ("code", link("product"), "expires_on")
    list_select_related: ClassVar[Any] = ("product",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("product",)
    list_filter: ClassVar[Any] = (("expires_on", RangeDateFilter),)
    search_fields: ClassVar[Any] = ("code__istartswith", "product__sku__istartswith")


@admin.register(StockMovement)
class StockMovementAdmin(RecordAdmin):
    """Why a counter changed: the stock card."""

    list_display: ClassVar[Any] = (
        chip("kind"),
        link("product"),
        "warehouse",
        "on_hand_delta",
        "allocated_delta",
        "unavailable_delta",
        "bin",
        "reason",
        "who",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("product", "warehouse", "bin__warehouse")
    detail_select_related: ClassVar[tuple[str, ...]] = (
        "product",
        "warehouse",
        "bin__warehouse",
        "lot",
        "line",
        "package",
    )
    list_filter: ClassVar[Any] = ("warehouse", ("kind", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("product__sku__exact", "public_id__exact")
    search_help_text = _("Order number, SKU or movement id")
    order_path = "line__order"

    @column(_("who"))
    def who(self, movement: StockMovement) -> str:
        return movement.actor_name or movement.actor_kind


@admin.register(Allocation)
class AllocationAdmin(RecordAdmin):
    """Units reserved for orders."""

    list_display: ClassVar[Any] = (
        "quantity",
        link("line__order"),
        link("product"),
        "warehouse",
        chip("status"),
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("line__order", "product", "warehouse")
    detail_select_related: ClassVar[tuple[str, ...]] = ("line", "product", "warehouse")
    list_filter: ClassVar[Any] = ("warehouse", ("status", ChoicesDropdownFilter))
    search_fields: ClassVar[Any] = ("product__sku__exact",)
    search_help_text = _("Order number or SKU")
    order_path = "line__order"
