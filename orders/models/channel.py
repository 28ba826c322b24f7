"""Where orders come from, the brand their customers see, and what shipping they may choose."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orders.models.fields import AmountField


class Channel(models.Model):
    """A web shop, a marketplace, the phone or an import: currency, tax mode, policies and brand."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField(default=True)
    confirms_manual_at_once = models.BooleanField(
        default=False, help_text="Orders paid by hand (cash on delivery) go to the warehouse at once."
    )
    ships_together = models.BooleanField(
        default=False,
        db_default=False,
        help_text="An order with a preorder waits for its day as a whole; else the rest leaves at once.",
    )
    default_language = models.CharField(max_length=8, default="en")
    brand_name = models.CharField(max_length=100)
    brand_logo_url = models.URLField(max_length=500, blank=True)
    brand_colour = models.CharField(max_length=7, default="#1f4b3f")
    sender_email = models.EmailField(default="orders@example.com")
    support_email = models.EmailField(default="support@example.com")
    seller_name = models.CharField(max_length=200, blank=True, help_text="The legal seller on invoices.")
    seller_address = models.TextField(blank=True)
    seller_vat_id = models.CharField(max_length=32, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ShippingMethod(models.Model):
    """What the customer chooses; the shipping floor maps it to carrier services."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    price = AmountField(default=0)
    countries = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text="ISO codes; empty: everywhere."
    )
    days_min = models.PositiveSmallIntegerField(default=1, help_text="Working days from dispatch to delivery.")
    days_max = models.PositiveSmallIntegerField(default=3)
    channels = models.ManyToManyField(Channel, related_name="shipping_methods", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
