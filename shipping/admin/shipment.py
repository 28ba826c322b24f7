"""Parcels: their labels, documents, dispatch and tracking."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from orders.admin.chips import address, chip, column, link
from orders.admin.records import PaperPages, RecordAdmin, RecordInline, paper_link
from shipping.admin.shipment_actions import SHIPMENT_ACTIONS
from shipping.models import Shipment, ShipmentLine, ShipmentPackage, ShippingDocument, TrackingEvent
from shipping.states import DocumentKind


class ParcelInline(RecordInline):
    """Its packages."""

    model = ShipmentPackage
    fields: ClassVar[Any] = ("sequence", "package", "tracking_number")
    related: ClassVar[tuple[str, ...]] = ("package",)


class ShipmentLineInline(RecordInline):
    """What is in it."""

    model = ShipmentLine
    fields: ClassVar[Any] = ("order", "line", "quantity")
    related: ClassVar[tuple[str, ...]] = ("line__order",)

    @column(_("order"))
    def order(self, row: ShipmentLine) -> str:
        return row.line.order.number


class TrackingInline(RecordInline):
    """News from the carrier."""

    model = TrackingEvent
    fields: ClassVar[Any] = ("occurred_at", "status", "place", "detail")
    ordering: ClassVar[Any] = ("-occurred_at", "-id")


class DocumentInline(RecordInline):
    """Its papers."""

    model = ShippingDocument
    fields: ClassVar[Any] = ("kind", "file", "created_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    @column(_("file"))
    def file(self, paper: ShippingDocument) -> str:
        return paper_link(paper, paper.get_kind_display())


@admin.register(Shipment)
class ShipmentAdmin(RecordAdmin):
    """Parcels on their way to one door."""

    list_display: ClassVar[Any] = (
        "public_id",
        "ship_to_name",
        "warehouse",
        "carrier",
        chip("status"),
        chip("tracking_status", _("tracking")),
        "tracking_number",
        "promised_on",
        "created_at",
    )
    list_select_related: ClassVar[Any] = ("warehouse", "carrier")
    detail_select_related: ClassVar[tuple[str, ...]] = ("warehouse", "carrier", "service__carrier")
    list_filter: ClassVar[Any] = (
        ("status", ChoicesDropdownFilter),
        ("tracking_status", ChoicesDropdownFilter),
        "warehouse",
        "carrier",
        ("created_at", RangeDateFilter),
    )
    search_fields: ClassVar[Any] = ("tracking_number__exact", "public_id__exact")
    search_help_text = _("Order number, tracking number or shipment id")
    order_path = "lines__line__order"
    fields: ClassVar[Any] = (
        ("public_id", "warehouse"),
        ("status", "tracking_status"),
        ("carrier", "service"),
        ("tracking_number", "tracking_url"),
        ("ship_to_lines", "language"),
        ("promised_on", "shipped_at", "delivered_at"),
        ("label_error", "attempts"),
    )
    inlines: ClassVar[Any] = (ParcelInline, ShipmentLineInline, DocumentInline, TrackingInline)
    staff_actions = SHIPMENT_ACTIONS

    exports: ClassVar[Any] = {"ship_to_name": ("ship_to",)}

    @column(_("to"))
    def ship_to_name(self, shipment: Shipment) -> str:
        return f"{shipment.ship_to.get('name', '')}, {shipment.ship_to.get('city', '')}"

    @column(_("ship to"))
    def ship_to_lines(self, shipment: Shipment) -> str:
        return address(shipment.ship_to)


@admin.register(ShipmentPackage)
class ShipmentPackageAdmin(RecordAdmin):
    """Packages and their own tracking numbers."""

    list_display: ClassVar[Any] = ("tracking_number", link("shipment"), link("package"), "sequence")
    list_display_links: ClassVar[Any] = ("tracking_number", "sequence")
    list_select_related: ClassVar[Any] = ("shipment", "package")
    detail_select_related: ClassVar[tuple[str, ...]] = ("shipment", "package")
    search_fields: ClassVar[Any] = ("shipment__public_id__exact", "package__public_id__exact")
    search_help_text = _("Shipment id or package barcode")


@admin.register(ShipmentLine)
class ShipmentLineAdmin(RecordAdmin):
    """Units in shipments."""

    list_display: ClassVar[Any] = ("__str__", link("shipment"), link("line__order"), link("line"), "quantity")
    list_select_related: ClassVar[Any] = ("shipment", "line__order")
    detail_select_related: ClassVar[tuple[str, ...]] = ("shipment", "line", "package_line")
    search_fields: ClassVar[Any] = ("shipment__public_id__exact",)
    search_help_text = _("Order number or shipment id")
    order_path = "line__order"


@admin.register(TrackingEvent)
class TrackingEventAdmin(RecordAdmin):
    """News from carriers, each once."""

    list_display: ClassVar[Any] = (chip("status"), link("shipment"), "place", "detail", "occurred_at", "received_at")
    list_select_related: ClassVar[Any] = ("shipment",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("shipment",)
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), ("occurred_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("shipment__tracking_number__exact", "shipment__public_id__exact")
    search_help_text = _("Tracking number or shipment id")


@admin.register(ShippingDocument)
class ShippingDocumentAdmin(PaperPages, RecordAdmin):
    """Papers as they were printed."""

    list_display: ClassVar[Any] = ("kind", link("shipment"), link("package"), "pdf", "created_at")
    list_select_related: ClassVar[Any] = ("shipment", "package")
    detail_select_related: ClassVar[tuple[str, ...]] = ("shipment", "package")
    list_filter: ClassVar[Any] = (("kind", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields: ClassVar[Any] = ("public_id__exact", "shipment__public_id__exact")
    search_help_text = _("Document id or shipment id")
    hidden: ClassVar[tuple[str, ...]] = ("content",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    def paper(self, row: ShippingDocument) -> tuple[bytes, str, str]:
        ending = "zpl" if row.kind == DocumentKind.LABEL_ZPL else "pdf"
        return bytes(row.content), row.content_type, f"{row.kind}-{row.public_id}.{ending}"
