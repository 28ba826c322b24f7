"""What is sold: order lines snapshot it, stock points at it from the floor above."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models

from orders.kernel.guards import legal
from orders.models.fields import AmountField, RateField
from orders.states import Fragility, OutOfStockPolicy


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
    preorder_ships_on = models.DateField(null=True, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"
