"""Invoices and credit notes: written by services, read and exported here."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    FieldTextFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)

from orders.admin.chips import amount, chip, link
from orders.admin.paper_exports import PaperExports
from orders.admin.records import PaperPages, RecordAdmin, RecordInline
from orders.models import (
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    InvoiceTax,
    PaperFile,
)
from orders.services.file_paper import open_paper


class InvoiceLineInline(RecordInline):
    """What the invoice bills."""

    model: ClassVar[Any] = InvoiceLine
    fields: ClassVar[Any] = ("line", "quantity", "tax_rate", "amount", "tax")
    related: ClassVar[tuple[str, ...]] = ("line",)
    show_change_link = False


class InvoiceTaxInline(RecordInline):
    """What is taxed at each rate."""

    model: ClassVar[Any] = InvoiceTax
    fields: ClassVar[Any] = ("category", "tax_rate", "net", "tax")
    verbose_name_plural = _("taxes")
    show_change_link = False


class CreditNoteTaxInline(InvoiceTaxInline):
    """The same of a credit note."""

    model: ClassVar[Any] = CreditNoteTax


class CreditNoteLineInline(InvoiceLineInline):
    """What the credit note gives back."""

    model: ClassVar[Any] = CreditNoteLine


class PaperAdmin(PaperExports, PaperPages, RecordAdmin):
    """What invoices and credit notes share."""

    list_display: ClassVar[Any] = (
        "number",
        link("order"),
        amount("net"),
        amount("tax"),
        amount("total"),
        "issued_on",
        "country",
        "pdf",
    )
    list_select_related: ClassVar[Any] = ("order",)
    list_filter: ClassVar[Any] = (
        ("issued_on", RangeDateFilter),
        ("series", RelatedDropdownFilter),
        ("country", FieldTextFilter),
    )
    search_fields: ClassVar[Any] = ("number__istartswith",)
    search_help_text = _("Order number or the paper's number")
    order_path = "order"
    fields: ClassVar[Any] = (
        ("number", "order", "pdf"),
        ("issued_on", "issued_at", "language", "series", "country"),
        ("net", "tax", "total", "currency"),
        ("shipping", "shipping_tax"),
    )

    def paper(self, row: Any) -> tuple[bytes, str, str]:
        return open_paper(row), "application/pdf", f"{row.number}.pdf"


@admin.register(Invoice)
class InvoiceAdmin(PaperAdmin):
    """Bills, one for each dispatch."""

    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "series")
    inlines: ClassVar[Any] = (InvoiceLineInline, InvoiceTaxInline)


@admin.register(CreditNote)
class CreditNoteAdmin(PaperAdmin):
    """What customers no longer owe."""

    detail_select_related: ClassVar[tuple[str, ...]] = ("order", "series", "invoice", "refund")
    inlines: ClassVar[Any] = (CreditNoteLineInline, CreditNoteTaxInline)


@admin.register(InvoiceLine)
class InvoiceLineAdmin(RecordAdmin):
    """Billed units."""

    list_display: ClassVar[Any] = (
        "__str__",
        link("invoice"),
        link("line"),
        "quantity",
        amount("amount", currency="invoice__currency"),
    )
    list_select_related: ClassVar[Any] = ("invoice", "line")
    detail_select_related: ClassVar[tuple[str, ...]] = ("invoice", "line")
    search_fields: ClassVar[Any] = ("invoice__number__exact",)
    search_help_text = _("Order number or invoice number")
    order_path = "invoice__order"


@admin.register(CreditNoteLine)
class CreditNoteLineAdmin(RecordAdmin):
    """Credited units."""

    list_display: ClassVar[Any] = (
        "__str__",
        link("credit_note"),
        link("line"),
        "quantity",
        amount("amount", currency="credit_note__currency"),
    )
    list_select_related: ClassVar[Any] = ("credit_note", "line")
    detail_select_related: ClassVar[tuple[str, ...]] = ("credit_note", "line")
    search_fields: ClassVar[Any] = ("credit_note__number__exact",)
    search_help_text = _("Order number or credit note number")
    order_path = "credit_note__order"


@admin.register(InvoiceSeries)
class InvoiceSeriesAdmin(RecordAdmin):
    """Runs of legal numbers; counted by services, never set."""

    list_display: ClassVar[Any] = ("code", "year", "prefix", "next_number")
    search_fields: ClassVar[Any] = ("code__exact", "prefix__exact")


@admin.register(InvoiceTax)
class InvoiceTaxAdmin(RecordAdmin):
    """What invoices tax at each rate."""

    list_display: ClassVar[Any] = (
        "__str__",
        link("invoice"),
        "category",
        amount("net", currency="invoice__currency"),
        amount("tax", currency="invoice__currency"),
    )
    list_select_related: ClassVar[Any] = ("invoice",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("invoice",)
    search_fields: ClassVar[Any] = ("invoice__number__exact",)
    search_help_text = _("Order number or invoice number")
    order_path = "invoice__order"


@admin.register(CreditNoteTax)
class CreditNoteTaxAdmin(RecordAdmin):
    """What credit notes give back at each rate."""

    list_display: ClassVar[Any] = (
        "__str__",
        link("credit_note"),
        "category",
        amount("net", currency="credit_note__currency"),
        amount("tax", currency="credit_note__currency"),
    )
    list_select_related: ClassVar[Any] = ("credit_note",)
    detail_select_related: ClassVar[tuple[str, ...]] = ("credit_note",)
    search_fields: ClassVar[Any] = ("credit_note__number__exact",)
    search_help_text = _("Order number or credit note number")
    order_path = "credit_note__order"


@admin.register(PaperFile)
class PaperFileAdmin(RecordAdmin):
    """The files of invoices and credit notes: owed, or filed for good."""

    list_display: ClassVar[Any] = (
        "__str__",
        link("invoice"),
        link("credit_note"),
        chip("status"),
        "has_xml",
        "size",
        "filed_at",
    )
    list_select_related: ClassVar[Any] = ("invoice", "credit_note")
    detail_select_related: ClassVar[tuple[str, ...]] = ("invoice", "credit_note")
    list_filter: ClassVar[Any] = (("status", ChoicesDropdownFilter), "has_xml")
    search_fields: ClassVar[Any] = ("invoice__number__exact", "credit_note__number__exact", "sha256__exact")
