"""Boxes, what protects their contents, and what is in each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models.fields import AmountField
from warehouse.models.fulfillment import FulfillmentOrder, FulfillmentOrderLine
from warehouse.models.place import Warehouse
from warehouse.states import MaterialPurpose, PackageStatus

P = PackageStatus


class BoxType(models.Model):
    """A carton we have; inner sizes in millimetres, empty weight in grams."""

    code = models.SlugField(max_length=16, unique=True)
    name = models.CharField(max_length=64)
    inner_length_mm = models.PositiveIntegerField()
    inner_width_mm = models.PositiveIntegerField()
    inner_height_mm = models.PositiveIntegerField()
    weight_g = models.PositiveIntegerField()
    max_weight_g = models.PositiveIntegerField(default=30_000)
    cost = AmountField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["inner_length_mm", "code"]

    def __str__(self) -> str:
        return self.name


class PackingMaterial(models.Model):
    """Bubble wrap, paper, styrofoam: used up as packages are sealed."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    purpose = models.CharField(max_length=8, choices=MaterialPurpose.choices, default=MaterialPurpose.FILL)
    unit = models.CharField(max_length=16, default="piece")
    weight_g_per_unit = models.PositiveIntegerField(default=0)
    cost = AmountField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [legal("purpose", MaterialPurpose, table="packing_material")]

    def __str__(self) -> str:
        return self.name


class MaterialStock(models.Model):
    """How much of a material is left; may fall below zero, since packing never waits for a count."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="materials")
    material = models.ForeignKey(PackingMaterial, on_delete=models.CASCADE, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reorder_point = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "material stock"
        constraints = [models.UniqueConstraint(fields=["warehouse", "material"], name="material_stock_once")]

    def __str__(self) -> str:
        return f"{self.on_hand} {self.material_id}"


@guarded("status")
class Package(Stateful):
    """One box on its way; its barcode is ``public_id``. Weights in grams."""

    public_id = PublicIdField(prefix="pk")
    fulfillment_order = models.ForeignKey(FulfillmentOrder, on_delete=models.PROTECT, related_name="packages")
    box = models.ForeignKey(BoxType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = StateField(choices=P.choices, default=P.OPEN)
    expected_weight_g = models.PositiveIntegerField(default=0)
    weight_g = models.PositiveIntegerField(null=True, blank=True, help_text="As weighed at the seal.")
    advised_box = models.ForeignKey(BoxType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    packed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("pack", "Can pack on the warehouse floor")]
        ordering = ["id"]
        constraints = [
            legal("status", PackageStatus, table="package"),
            models.UniqueConstraint(fields=["fulfillment_order"], condition=Q(status="open"), name="package_one_open"),
            models.CheckConstraint(
                name="package_sealed_is_weighed",
                condition=Q(status__in=["open", "voided"]) | Q(weight_g__gte=1, box__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @transition(field=status, source=P.OPEN, target=P.SEALED)
    def seal(self) -> None:
        """Closed and weighed."""

    @transition(field=status, source=P.SEALED, target=P.LABELLED)
    def label(self) -> None:
        """Carries its shipping label."""

    @transition(field=status, source=P.LABELLED, target=P.SHIPPED)
    def ship(self) -> None:
        """Left the building."""

    @transition(field=status, source=[P.OPEN, P.SEALED, P.LABELLED], target=P.VOIDED)
    def void(self) -> None:
        """Opened again; its contents are to be packed anew or put back."""


class PackageLine(models.Model):
    """What is in the box."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="lines")
    fulfillment_line = models.ForeignKey(FulfillmentOrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "fulfillment_line"], name="package_line_once"),
            models.CheckConstraint(name="package_line_quantity", condition=Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} in {self.package_id}"


class PackageMaterial(models.Model):
    """What protects the contents of the box."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="materials")
    material = models.ForeignKey(PackingMaterial, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "material"], name="package_material_once")]

    def __str__(self) -> str:
        return f"{self.quantity} {self.material_id}"
