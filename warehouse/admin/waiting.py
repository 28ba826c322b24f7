"""What waits for goods: backorders one by one, grouped by product, and what is bought for them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action_pages import way
from orders.admin.chips import anchors, chip, column, link
from orders.admin.records import RecordAdmin, RecordInline
from warehouse.models import Backorder, BackorderSupply, PurchaseOrder
from warehouse.selectors.waiting import waiting_products

_BOUGHT_BY = PurchaseOrder.objects.filter(lines__supplies__backorder=OuterRef("pk")).order_by("id").values("number")


class SupplyInline(RecordInline):
    """What is bought for it."""

    model = BackorderSupply
    fields: ClassVar[Any] = ("purchase_line", "quantity")
    related: ClassVar[tuple[str, ...]] = ("purchase_line__purchase_order",)


@admin.register(Backorder)
class BackorderAdmin(RecordAdmin):
    """Lines that wait for goods; who comes first is the warehouse's policy."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("line__order"),
        link("product"),
        "quantity",
        chip("status"),
        "bought",
        "expected_on",
        "agreed_on",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("line__order", "product")
    detail_select_related: ClassVar[tuple[str, ...]] = ("line", "product")
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), ("expected_on", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact", "product__sku__exact")
    search_help_text = _("Order number, SKU or backorder id")
    order_path = "line__order"
    inlines: ClassVar[Any] = (SupplyInline,)
    exports: ClassVar[Any] = {"bought": (("purchase_orders", ArraySubquery(_BOUGHT_BY)),)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Backorder]:
        rows: QuerySet[Backorder] = super().get_queryset(request)
        return rows.prefetch_related("supplies__purchase_line__purchase_order")

    @column(_("bought with"))
    def bought(self, row: Backorder) -> str:
        found = {
            supply.purchase_line.purchase_order_id: supply.purchase_line.purchase_order for supply in row.supplies.all()
        }
        return anchors(found.values())

    def list_ways(self, request: HttpRequest) -> list[dict[str, Any]]:
        grouped = way(_("By product"), reverse("admin:warehouse_backorder_by_product"), icon="stacks")
        return [grouped, *super().list_ways(request)]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.by_product)
        return [path("by-product/", view, name="warehouse_backorder_by_product"), *super().get_urls()]

    def by_product(self, request: HttpRequest) -> TemplateResponse:
        """What waits, since when, and for what."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("What waits for goods"),
            "opts": self.model._meta,
            "products": waiting_products(),
        }
        return TemplateResponse(request, "admin/warehouse/waiting.html", context)


@admin.register(BackorderSupply)
class BackorderSupplyAdmin(RecordAdmin):
    """Units on order that will fill backorders."""

    list_display: ClassVar[Any] = ("quantity", link("backorder"), link("purchase_line__purchase_order"))
    list_select_related: ClassVar[Any] = ("backorder", "purchase_line__purchase_order")
    detail_select_related: ClassVar[tuple[str, ...]] = ("backorder", "purchase_line__purchase_order")
    search_fields: ClassVar[Any] = ("purchase_line__purchase_order__number__exact",)
    search_help_text = _("Order number or purchase order")
    order_path = "backorder__line__order"
