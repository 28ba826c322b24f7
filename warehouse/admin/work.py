"""The floor's work: what is to be sent, picked, put back, and every scan."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.action_pages import way
from orders.admin.chips import anchors, chip, column, link
from orders.admin.records import PaperPages, RecordAdmin, RecordInline
from warehouse.admin.work_actions import ACCEPT, PUT_BACK, REJECT, RELEASE
from warehouse.documents.printing import print_pick_list
from warehouse.models import (
    FulfillmentOrder,
    FulfillmentOrderLine,
    Package,
    PickList,
    PickTask,
    PutBackTask,
    ScanEvent,
)
from warehouse.selectors.work import to_release
from warehouse.states import FulfillmentOrderStatus, PickListStatus

# For exports: a worked-out column must not cost a query per row.
_LISTS_OF_WORK = PickList.objects.filter(fulfillment_orders=OuterRef("pk")).order_by("id").values("public_id")
_ORDERS_OF_LIST = FulfillmentOrder.objects.filter(pick_lists=OuterRef("pk")).order_by("id").values_list("order__number")


class FulfillmentLineInline(RecordInline):
    """Units to send."""

    model = FulfillmentOrderLine
    fields: ClassVar[Any] = ("line", "quantity", "picked", "packed", "shipped")
    related: ClassVar[tuple[str, ...]] = ("line",)


class FulfillmentPackageInline(RecordInline):
    """Its boxes."""

    model = Package
    fields: ClassVar[Any] = ("public_id", "status", "box", "weight_g", "sealed_at")
    related: ClassVar[tuple[str, ...]] = ("box",)


class ReleaseFilter(admin.SimpleListFilter):
    """Work with units that are on no pick list yet."""

    title = _("pick list")
    parameter_name = "to_release"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("To release"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FulfillmentOrder]) -> QuerySet[FulfillmentOrder]:
        return to_release(queryset) if self.value() == "1" else queryset


@admin.register(FulfillmentOrder)
class FulfillmentOrderAdmin(RecordAdmin):
    """What one location has to send for one order."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("order"),
        "location",
        chip("status"),
        chip("request_status", _("request")),
        "order_state",
        "lists",
        "promised_on",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("order", "warehouse", "supplier")
    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "warehouse", "supplier")
    list_filter: ClassVar[Any] = (
        ReleaseFilter,
        ("status", ChoicesDropdownFilter),
        "warehouse",
        ("order__fulfillment_status", ChoicesDropdownFilter),
        ("promised_on", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or fulfillment order id")
    order_path = "order"
    inlines: ClassVar[Any] = (FulfillmentLineInline, FulfillmentPackageInline)
    staff_actions = (RELEASE, ACCEPT, REJECT)
    fields: ClassVar[Any] = (
        ("public_id", "order"),
        ("status", "request_status"),
        ("warehouse", "supplier"),
        ("lists", "promised_on"),
        ("created_at", "updated_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[FulfillmentOrder]:
        rows: QuerySet[FulfillmentOrder] = super().get_queryset(request)
        return rows.prefetch_related("pick_lists")

    exports: ClassVar[Any] = {
        "location": ("warehouse", "supplier"),
        "order_state": (("order_fulfillment_status", "order__fulfillment_status"),),
        "lists": (("pick_lists", ArraySubquery(_LISTS_OF_WORK)),),
    }

    @column(_("pick list"))
    def lists(self, work: FulfillmentOrder) -> str:
        return anchors(work.pick_lists.all())

    def ways(self, request: HttpRequest, row: FulfillmentOrder) -> list[dict[str, Any]]:
        user: Any = request.user
        if row.status != FulfillmentOrderStatus.IN_PROGRESS or not user.has_perm("warehouse.pack"):
            return []
        return [way(_("Pack"), reverse("wh:pack", args=[row.public_id]), icon="package_2")]

    @column(_("location"))
    def location(self, work: FulfillmentOrder) -> str:
        return str(work.warehouse or work.supplier)

    @column(_("order is"))
    def order_state(self, work: FulfillmentOrder) -> str:
        return work.order.get_fulfillment_status_display()


@admin.register(FulfillmentOrderLine)
class FulfillmentOrderLineAdmin(RecordAdmin):
    """Units of order lines that a location sends."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("fulfillment_order__order"),
        link("line"),
        "quantity",
        "picked",
        "packed",
        "shipped",
    )
    list_select_related: ClassVar[Any] = ("fulfillment_order__order", "line")
    detail_select_related: ClassVar[tuple[str, ...]] = ("fulfillment_order__order", "line")
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or line id")
    order_path = "fulfillment_order__order"


class PickTaskInline(RecordInline):
    """The walk."""

    model = PickTask
    fields: ClassVar[Any] = ("sequence", "bin", "product", "quantity", "picked", "tote", "status", "short_reason")
    related: ClassVar[tuple[str, ...]] = ("bin__warehouse", "product", "tote")
    ordering: ClassVar[Any] = ("sequence",)


@admin.register(PickList)
class PickListAdmin(PaperPages, RecordAdmin):
    """What one picker fetches in one walk."""

    list_display: ClassVar[Any] = (
        "public_id",
        "kind",
        "orders",
        "warehouse",
        chip("status"),
        "picker",
        "planned_metres",
        "created_at",
        "finished_at",
        "pdf",
    )
    list_select_related: ClassVar[Any] = ("warehouse", "picker")
    detail_select_related: ClassVar[tuple[str, ...]] = ("warehouse", "picker", "wave")
    list_filter: ClassVar[Any] = (
        ("status", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        "warehouse",
        ("created_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("public_id__exact",)
    search_help_text = _("Order number or pick list id")
    order_path = "fulfillment_orders__order"
    inlines: ClassVar[Any] = (PickTaskInline,)
    fields: ClassVar[Any] = (
        ("public_id", "status"),
        ("kind", "zone"),
        ("wave", "planned_metres"),
        ("warehouse", "picker"),
        "orders",
        ("created_at", "released_at", "finished_at"),
        "pdf",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PickList]:
        rows: QuerySet[PickList] = super().get_queryset(request)
        return rows.prefetch_related("fulfillment_orders__order")

    exports: ClassVar[Any] = {"orders": (("orders", ArraySubquery(_ORDERS_OF_LIST)),)}

    @column(_("orders"))
    def orders(self, pick_list: PickList) -> str:
        found = {work.order.pk: work.order for work in pick_list.fulfillment_orders.all()}
        return anchors(found.values())

    def ways(self, request: HttpRequest, row: PickList) -> list[dict[str, Any]]:
        user: Any = request.user
        is_open = row.status in (PickListStatus.RELEASED, PickListStatus.IN_PROGRESS)
        if not is_open or not user.has_perm("warehouse.pick"):
            return []
        return [way(_("Pick"), reverse("wh:list", args=[row.public_id]), icon="barcode_scanner")]

    def paper(self, row: PickList) -> tuple[bytes, str, str]:
        return print_pick_list(row), "application/pdf", f"{row.public_id}.pdf"


@admin.register(PickTask)
class PickTaskAdmin(RecordAdmin):
    """One stop of a walk."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("pick_list"),
        link("fulfillment_order__order"),
        "bin",
        link("product"),
        "quantity",
        "picked",
        chip("status"),
        "short_reason",
    )
    list_select_related: ClassVar[Any] = ("pick_list", "fulfillment_order__order", "bin__warehouse", "product")
    detail_select_related: ClassVar[tuple[str, ...]] = (
        "pick_list",
        "fulfillment_order__order",
        "line",
        "product",
        "bin__warehouse",
    )
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), ("short_reason", ChoicesDropdownFilter))
    search_fields: ClassVar[Any] = ("public_id__exact", "pick_list__public_id__exact")
    search_help_text = _("Order number, task id or pick list id")
    order_path = "fulfillment_order__order"


@admin.register(PutBackTask)
class PutBackTaskAdmin(RecordAdmin):
    """Picked units that were cancelled and belong on a shelf again."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("line__order"),
        link("product"),
        "quantity",
        "bin",
        chip("status"),
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("line__order", "product", "bin__warehouse")
    detail_select_related: ClassVar[tuple[str, ...]] = ("warehouse", "line", "product", "bin__warehouse")
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), "warehouse")
    search_fields: ClassVar[Any] = ("public_id__exact", "product__sku__exact")
    search_help_text = _("Order number, SKU or task id")
    order_path = "line__order"
    staff_actions = (PUT_BACK,)


@admin.register(ScanEvent)
class ScanEventAdmin(RecordAdmin):
    """Every scan of every device."""

    list_display: ClassVar[Any] = (
        "code",
        "kind",
        "user",
        link("pick_list"),
        link("package"),
        "is_accepted",
        "message",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("user", "pick_list", "package")
    detail_select_related: ClassVar[tuple[str, ...]] = ("user", "pick_list", "task", "package")
    search_fields: ClassVar[Any] = ("client_id__exact", "pick_list__public_id__exact")
    search_help_text = _("Pick list id or the device's id of the scan")
