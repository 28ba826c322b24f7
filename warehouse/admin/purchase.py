"""Buying: purchase orders, what came of them, and where it is put."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.chips import chip, column, link
from orders.admin.records import PaperPages, RecordAdmin, RecordInline
from warehouse.admin.purchase_actions import PURCHASE_ACTIONS, PUT_AWAY
from warehouse.documents.printing import print_purchase_order
from warehouse.models import PurchaseOrder, PurchaseOrderLine, PutAwayTask, Receipt, ReceiptLine
from warehouse.states import COMING


class PurchaseLineInline(RecordInline):
    """What is bought."""

    model = PurchaseOrderLine
    fields: ClassVar[Any] = (
        "product",
        "supplier_sku",
        "quantity",
        "received",
        "cancelled",
        "cost",
        "expected_on",
        "promised_on",
        "why",
    )
    related: ClassVar[tuple[str, ...]] = ("product", "purchase_order")

    @column(_("why so many"))
    def why(self, line: PurchaseOrderLine) -> str:
        return why(line)


class ReceiptInline(RecordInline):
    """What came of it."""

    model = Receipt
    fields: ClassVar[Any] = ("public_id", "delivery_note", "received_by", "created_at")


class ComingFilter(admin.SimpleListFilter):
    """Bought, and not all here yet; or proposed by the planner."""

    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("coming", _("On its way")), ("proposed", _("Proposals"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PurchaseOrder]) -> QuerySet[PurchaseOrder]:
        match self.value():
            case "coming":
                return queryset.filter(status__in=COMING)
            case "proposed":
                return queryset.filter(status="draft", is_proposed=True)
        return queryset


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(PaperPages, RecordAdmin):
    """What we buy."""

    list_display: ClassVar[Any] = (
        "number",
        link("supplier"),
        "warehouse",
        "purpose",
        chip("status"),
        "coming",
        "placed_at",
        "pdf",
    )
    list_select_related: ClassVar[Any] = ("supplier", "warehouse")
    detail_select_related: ClassVar[tuple[str, ...]] = ("supplier", "warehouse")
    list_filter: ClassVar[Any] = (
        ComingFilter,
        ("status", ChoicesDropdownFilter),
        ("purpose", ChoicesDropdownFilter),
        "supplier",
        "warehouse",
        ("placed_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("number__iexact", "public_id__exact", "supplier_ref__exact")
    search_help_text = _("The purchase order's number, or the supplier's")
    inlines: ClassVar[Any] = (PurchaseLineInline, ReceiptInline)
    staff_actions = PURCHASE_ACTIONS
    fields: ClassVar[Any] = (
        ("number", "status"),
        ("supplier", "supplier_ref"),
        ("warehouse", "purpose"),
        ("note", "is_proposed"),
        ("created_at", "placed_at"),
        ("acknowledged_at", "closed_at"),
        "pdf",
    )
    exports: ClassVar[Any] = {"coming": (("units", Sum("lines__quantity")),)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[PurchaseOrder]:
        rows: QuerySet[PurchaseOrder] = super().get_queryset(request)
        return rows.prefetch_related("lines")

    @column(_("units still to come"))
    def coming(self, row: PurchaseOrder) -> str:
        lines = row.lines.all()
        return f"{sum(line.open for line in lines)} / {sum(line.quantity for line in lines)}"

    def paper(self, row: PurchaseOrder) -> tuple[bytes, str, str]:
        return print_purchase_order(row), "application/pdf", f"{row.number}.pdf"


@admin.register(PurchaseOrderLine)
class PurchaseOrderLineAdmin(RecordAdmin):
    """What we buy, line by line."""

    list_display: ClassVar[Any] = (
        link("product"),
        link("purchase_order"),
        "quantity",
        "received",
        "cancelled",
        "expected_on",
        "promised_on",
    )
    list_display_links: ClassVar[Any] = ("quantity",)
    list_select_related: ClassVar[Any] = ("product", "purchase_order")
    detail_select_related: ClassVar[tuple[str, ...]] = ("product", "purchase_order")
    list_filter: ClassVar[Any] = (("purchase_order__status", ChoicesDropdownFilter), ("expected_on", RangeDateFilter))
    search_fields: ClassVar[Any] = ("product__sku__exact", "purchase_order__number__iexact")
    search_help_text = _("SKU or the purchase order's number")
    fields: ClassVar[Any] = (
        ("purchase_order", "product", "supplier_sku"),
        ("quantity", "received", "cancelled"),
        ("cost", "expected_on", "promised_on"),
        "why",
    )

    @column(_("why so many"))
    def why(self, line: PurchaseOrderLine) -> str:
        return why(line)


class ReceiptLineInline(RecordInline):
    """What came, and what was wrong with it."""

    model = ReceiptLine
    fields: ClassVar[Any] = ("product", "accepted", "damaged", "over", "wrong_item", "short")
    related: ClassVar[tuple[str, ...]] = ("purchase_line__product",)

    @column(_("product"))
    def product(self, row: ReceiptLine) -> str:
        return f"{row.purchase_line.product.sku} {row.purchase_line.product.name}"


@admin.register(Receipt)
class ReceiptAdmin(RecordAdmin):
    """Deliveries, as they were counted."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("purchase_order"),
        link("purchase_order__supplier"),
        "delivery_note",
        "received_by",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("purchase_order__supplier",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("purchase_order__supplier",)
    list_filter: ClassVar[Any] = ("purchase_order__supplier", ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact", "purchase_order__number__iexact", "delivery_note__exact")
    search_help_text = _("Receipt id, delivery note or the purchase order's number")
    inlines: ClassVar[Any] = (ReceiptLineInline,)


@admin.register(ReceiptLine)
class ReceiptLineAdmin(RecordAdmin):
    """Deliveries, line by line."""

    list_display: ClassVar[Any] = (
        link("receipt"),
        link("purchase_line__product"),
        "accepted",
        "damaged",
        "over",
        "wrong_item",
        "short",
    )
    list_display_links: ClassVar[Any] = ("accepted",)
    list_select_related: ClassVar[Any] = ("receipt", "purchase_line__product")
    detail_select_related: ClassVar[tuple[str, ...]] = ("receipt", "purchase_line")
    search_fields: ClassVar[Any] = ("receipt__public_id__exact", "purchase_line__product__sku__exact")
    search_help_text = _("Receipt id or SKU")


@admin.register(PutAwayTask)
class PutAwayTaskAdmin(RecordAdmin):
    """Received units that belong into a bin."""

    list_display: ClassVar[Any] = (
        "public_id",
        link("product"),
        "quantity",
        "bin",
        "warehouse",
        chip("status"),
        "created_at",
        "finished_at",
    )
    list_select_related: ClassVar[Any] = ("product", "warehouse", "bin__warehouse")
    detail_select_related: ClassVar[tuple[str, ...]] = ("product", "warehouse", "bin__warehouse", "receipt_line")
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), "warehouse", ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact", "product__sku__exact")
    search_help_text = _("SKU or task id")
    staff_actions = (PUT_AWAY,)


# What the planner's figures are called, in the order in which they are read.
FIGURES = {
    "waiting": _("waiting"),
    "a_day": _("sold a day"),
    "deviation": _("give or take"),
    "lead_time_days": _("days to get it"),
    "safety_stock": _("safety stock"),
    "reorder_point": _("buy at"),
    "position": _("free or coming"),
}


def why(line: PurchaseOrderLine) -> str:
    """What the planner reckoned with; a dash for what a person wants."""
    said = [f"{words} {line.figures[name]}" for name, words in FIGURES.items() if name in line.figures]
    return ", ".join(said) or "–"
