"""Who drives: carrier accounts, and which of their services a customer's choice means."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orders.models import ShippingMethod


class Carrier(models.Model):
    """An account with a carrier; ``adapter`` names its module in ``shipping/carriers``."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    adapter = models.CharField(max_length=32, default="house")
    account = models.CharField(max_length=64, blank=True)
    tracking_url = models.CharField(
        max_length=255, blank=True, help_text="With {tracking_number} in it; empty: no tracking page."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class CarrierService(models.Model):
    """A carrier's service that fills a shipping method for some countries, up to a weight in grams."""

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="services")
    method = models.ForeignKey(ShippingMethod, on_delete=models.PROTECT, related_name="carrier_services")
    code = models.SlugField(max_length=32)
    name = models.CharField(max_length=100)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    max_weight_g = models.PositiveIntegerField(default=31_500)
    priority = models.PositiveSmallIntegerField(default=10)

    class Meta:
        ordering = ["priority", "id"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "method", "code"], name="carrier_service_once"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.name}"
