"""Parcels on their way to one door."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, append_only, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import OrderLine
from orders.models.fields import AmountField
from shipping.models.carrier import Carrier, CarrierService
from shipping.states import DocumentKind, ShipmentStatus, TrackingStatus
from warehouse.models import Package, PackageLine, Warehouse

S = ShipmentStatus


@guarded("status")
class Shipment(Stateful):
    """One or more packages to one door; may hold lines of several orders.

    While ``label_wanted`` or while a void is owed it is a queue: claimed by lease, tried again at ``due_at``.
    ``label_key`` is the idempotency key of the label's purchase.
    """

    public_id = PublicIdField(prefix="sh")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    status = StateField(choices=S.choices, default=S.PENDING)
    tracking_status = models.CharField(max_length=32, choices=TrackingStatus.choices, default=TrackingStatus.UNKNOWN)
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, null=True, blank=True, related_name="shipments")
    service = models.ForeignKey(CarrierService, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ship_to = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="en")
    tracking_number = models.CharField(max_length=64, blank=True, db_index=True)
    tracking_url = models.URLField(max_length=500, blank=True)
    label_key = models.CharField(max_length=64, unique=True)
    label_error = models.CharField(max_length=255, blank=True)
    label_cost = AmountField(default=0, help_text="What the carrier charges for it.")
    label_currency = models.CharField(max_length=3, blank=True)
    is_void_owed = models.BooleanField(default=False, help_text="Cancelled after a label was asked for.")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("buy_label", "Can ask the carrier for a label again"),
            ("dispatch_shipment", "Can dispatch shipments"),
            ("record_tracking", "Can record tracking events"),
            ("cancel_shipment", "Can cancel shipments"),
        ]
        ordering = ["-id"]
        constraints = [
            legal("status", ShipmentStatus, table="shipment"),
            legal("tracking_status", TrackingStatus, table="shipment"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(status=S.LABEL_WANTED) | Q(is_void_owed=True),
                name="shipment_carrier_due",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @transition(field=status, source=S.PENDING, target=S.LABEL_WANTED)
    def want_label(self) -> None:
        """All packages are sealed; the carrier is to be asked for a label."""

    @transition(field=status, source=S.LABEL_WANTED, target=S.READY)
    def make_ready(self) -> None:
        """The label is on the box."""

    @transition(field=status, source=S.READY, target=S.SHIPPED)
    def dispatch(self) -> None:
        """Handed to the carrier."""

    @transition(field=status, source=S.SHIPPED, target=S.DELIVERED)
    def deliver(self) -> None:
        """At the customer's door."""

    @transition(field=status, source=S.SHIPPED, target=S.RETURNED_TO_SENDER)
    def return_to_sender(self) -> None:
        """Undeliverable; it came back."""

    @transition(field=status, source=[S.PENDING, S.LABEL_WANTED, S.READY], target=S.CANCELLED)
    def cancel(self) -> None:
        """It never left."""


class ShipmentPackage(models.Model):
    """A package of a shipment and its own tracking number; a package is in one live shipment only."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="parcels")
    package = models.OneToOneField(Package, on_delete=models.PROTECT, related_name="parcel")
    sequence = models.PositiveSmallIntegerField(default=1)
    tracking_number = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"parcel {self.sequence} of {self.shipment_id}"


class ShipmentLine(models.Model):
    """Units of an order line in a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    package_line = models.OneToOneField(PackageLine, on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="shipment_line_quantity", condition=Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"


@append_only(may_clear=["place", "detail"])
class TrackingEvent(models.Model):
    """News from the carrier; ``event_id`` is the carrier's, so news told twice counts once."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="tracking_events")
    event_id = models.CharField(max_length=128)
    status = models.CharField(max_length=32, choices=TrackingStatus.choices)
    occurred_at = models.DateTimeField()
    place = models.CharField(max_length=128, blank=True)
    detail = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "event_id"], name="tracking_event_once"),
            legal("status", TrackingStatus, table="tracking_event"),
        ]

    def __str__(self) -> str:
        return self.status


class ShippingDocument(models.Model):
    """A paper of a shipment, kept as it was printed."""

    public_id = PublicIdField(prefix="doc")
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="documents")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=DocumentKind.choices)
    content_type = models.CharField(max_length=64, default="application/pdf")
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [legal("kind", DocumentKind, table="shipping_document")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.shipment_id}"
