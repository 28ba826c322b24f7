"""Legal papers: gapless numbers, issued once, never edited."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Now

from orders.kernel.guards import append_only
from orders.models.fields import AmountField, RateField
from orders.models.line import OrderLine
from orders.models.order import Order
from orders.models.payment import Refund
from orders.states import TaxCategory

PERSONAL = ("buyer", "ship_to")  # keys of a snapshot that go when nobody must keep the paper any longer


class InvoiceSeries(models.Model):
    """A run of numbers without gaps; its row is locked while a number is given, last of all locks."""

    code = models.SlugField(max_length=32)
    year = models.PositiveSmallIntegerField()
    prefix = models.CharField(max_length=16)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "year"], name="invoice_series_once"),
            # Number is prefix, year and sequence: two series must never print the same one.
            models.UniqueConstraint(fields=["prefix", "year"], name="invoice_series_prefix_once"),
        ]
        verbose_name_plural = "invoice series"

    def __str__(self) -> str:
        return f"{self.prefix}{self.year}"


class LegalDocument(models.Model):
    """What an invoice and a credit note share; ``snapshot`` holds names and addresses as they were.

    ``issued_on`` is the seller's calendar day, whose year is the series'; ``country`` is where the goods went.
    """

    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=32, unique=True)
    currency = models.CharField(max_length=3)
    net = AmountField()
    tax = AmountField()
    total = AmountField()
    language = models.CharField(max_length=8)
    snapshot = models.JSONField()
    issued_at = models.DateTimeField()
    issued_on = models.DateField(db_default=Cast(Now(), models.DateField()))
    country = models.CharField(max_length=2, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


@append_only(may_drop={"snapshot": PERSONAL})
class Invoice(LegalDocument):
    """The bill for what left with one shipment, or for what needs none (an empty ``cause_id``)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    shipping = AmountField(default=0, help_text="The part of the total that is for shipping.")
    shipping_tax = AmountField(default=0)
    cause_id = models.CharField(max_length=32, blank=True, help_text="The shipment it is for.")

    class Meta:
        ordering = ["id"]
        permissions = [("export_invoice", "Can export invoices and credit notes")]
        indexes = [models.Index(fields=["issued_on", "id"], name="invoice_issued_on")]
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="invoice_sequence_once"),
            models.UniqueConstraint(
                fields=["order", "cause_id"], condition=~Q(cause_id=""), name="invoice_once_per_cause"
            ),
        ]


@append_only()
class InvoiceLine(models.Model):
    """Units of one order line on an invoice; ``amount`` is after discounts, ``tax`` in (or on) it."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="invoice_lines")
    quantity = models.PositiveIntegerField()
    tax_rate = RateField()
    amount = AmountField()
    tax = AmountField()

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line_id}"


@append_only(may_drop={"snapshot": PERSONAL})
class CreditNote(LegalDocument):
    """The invoice's opposite: what the customer no longer owes, and why."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="credit_notes")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="credit_notes")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, related_name="credit_note")
    reason = models.CharField(max_length=32)
    shipping = AmountField(default=0)
    shipping_tax = AmountField(default=0)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["issued_on", "id"], name="credit_note_issued_on")]
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="credit_note_sequence_once"),
        ]


@append_only()
class CreditNoteLine(models.Model):
    """Units of one order line that are credited (0 for money without goods)."""

    credit_note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="credit_note_lines")
    quantity = models.PositiveIntegerField()
    tax_rate = RateField()
    amount = AmountField()
    tax = AmountField()

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line_id}"


class TaxRow(models.Model):
    """What is taxed at one rate of a paper, shipping included; the rows of a paper add up to it."""

    tax_rate = RateField()
    category = models.CharField(max_length=2, choices=TaxCategory.choices)
    net = AmountField()
    tax = AmountField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.category} {self.tax_rate.normalize():%}"


@append_only()
class InvoiceTax(TaxRow):
    """One rate of an invoice."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "category", "tax_rate"], name="invoice_tax_once"),
        ]


@append_only()
class CreditNoteTax(TaxRow):
    """One rate of a credit note."""

    credit_note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="taxes")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["credit_note", "category", "tax_rate"], name="credit_note_tax_once"),
        ]
