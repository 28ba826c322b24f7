"""What is sold: order lines snapshot it, stock points at it from the floor above."""

import math
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models

from orders.kernel.guards import legal
from orders.models.fields import AmountField, RateField
from orders.states import Fragility, LineKind, OutOfStockPolicy


class Product(models.Model):
    """One sellable thing; its sizes are in millimetres and grams, packed for storage."""

    sku = models.CharField(max_length=64, unique=True)
    gtin = models.CharField(max_length=14, blank=True, db_index=True)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    image_url = models.URLField(max_length=500, blank=True)
    price = AmountField(validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3)
    tax_rate = RateField(default=0)
    weight_g = models.PositiveIntegerField(default=0)
    length_mm = models.PositiveIntegerField(default=0)
    width_mm = models.PositiveIntegerField(default=0)
    height_mm = models.PositiveIntegerField(default=0)
    fragility = models.CharField(max_length=16, choices=Fragility.choices, default=Fragility.NONE)
    is_hazmat = models.BooleanField(default=False)
    ships_alone = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    out_of_stock_policy = ArrayField(
        models.CharField(max_length=16, choices=OutOfStockPolicy.choices),
        default=list,
        blank=True,
        help_text="In order of preference; empty: an order that can't be filled is refused.",
    )
    preorder_ships_on = models.DateField(
        null=True, blank=True, help_text="Orders before this day are preorders: they leave from this day on."
    )
    preorder_cap = models.PositiveIntegerField(
        null=True, blank=True, help_text="The most units that may be preordered; empty: any number."
    )
    preorder_taken = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="Units preordered that wait for their day."
    )
    is_digital = models.BooleanField(
        default=False, db_default=False, help_text="It needs no warehouse: it is delivered by mail once it is paid."
    )
    is_bundle = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="It has components, which are what leaves."
    )
    metadata = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["sku"]
        constraints = [
            models.CheckConstraint(name="product_price_not_negative", condition=models.Q(price__gte=0)),
            models.CheckConstraint(
                name="product_tax_rate_below_one", condition=models.Q(tax_rate__gte=0, tax_rate__lt=1)
            ),
            legal("fragility", Fragility, table="product"),
            models.CheckConstraint(
                name="product_preorder_cap",
                condition=models.Q(preorder_cap=None) | models.Q(preorder_taken__lte=models.F("preorder_cap")),
            ),
            models.CheckConstraint(
                name="product_one_kind",
                condition=models.Q(is_bundle=False, is_digital=False)
                | models.Q(is_bundle=False, preorder_ships_on=None)
                | models.Q(is_digital=False, preorder_ships_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def kind(self) -> LineKind:
        """What an order line of it is."""
        if self.is_bundle:
            return LineKind.BUNDLE
        return LineKind.DIGITAL if self.is_digital else LineKind.GOODS

    def preorder_on(self, today: date) -> date | None:
        """The day from which what is ordered ``today`` leaves; None: it is no preorder."""
        return self.preorder_ships_on if self.preorder_ships_on and self.preorder_ships_on > today else None


class BundleComponent(models.Model):
    """Units of a product that a bundle consists of. A component is neither a bundle nor digital."""

    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="components")
    component = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="part_of")
    quantity = models.PositiveIntegerField(default=1, help_text="Units in one bundle.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "component"], name="bundle_component_once"),
            models.CheckConstraint(name="bundle_component_units", condition=models.Q(quantity__gte=1)),
            models.CheckConstraint(
                name="bundle_component_not_itself", condition=~models.Q(bundle=models.F("component"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.component.sku}"


class ProductSubstitute(models.Model):
    """What may be sent instead of a product: the lowest ``rank`` first, ``ratio`` of it for one unit, rounded up."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="substitutes")
    substitute = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="substitute_for")
    rank = models.PositiveSmallIntegerField(default=1, help_text="The lowest is offered first.")
    ratio = models.DecimalField(
        max_digits=7, decimal_places=3, default=1, help_text="Units of it that stand for one unit; 0.5 is half of one."
    )

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "substitute"], name="product_substitute_once"),
            models.CheckConstraint(name="product_substitute_ratio", condition=models.Q(ratio__gt=0)),
            models.CheckConstraint(
                name="product_substitute_not_itself", condition=~models.Q(product=models.F("substitute"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substitute.sku} for {self.product.sku}"

    def units_for(self, units: int) -> int:
        """How many of it stand for so many units."""
        return math.ceil(self.ratio * units)
