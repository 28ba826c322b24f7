"""What a digital product delivers: a link, words, and for some a code that only one customer gets."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.line import OrderLine
from orders.models.product import Product


class DigitalGood(models.Model):
    """What the buyers of a digital product get; with ``uses_codes`` each unit takes one code out of its pool."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="digital_good")
    url = models.URLField("download link", max_length=500, blank=True)
    text = models.TextField(blank=True, max_length=5000, help_text="How to use it, or the licence's words.")
    uses_codes = models.BooleanField(default=False, help_text="Each unit takes one code out of the pool.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="digital_good_delivers",
                condition=~Q(url="") | ~Q(text="") | Q(uses_codes=True),
                violation_error_message=_("Give a link, words or codes: something must be delivered."),
            ),
        ]

    def __str__(self) -> str:
        return self.product.sku


class DigitalCode(models.Model):
    """One code: free, or given to one unit of an order line. Encrypted; ``fingerprint`` finds a second copy of it."""

    good = models.ForeignKey(DigitalGood, on_delete=models.PROTECT, related_name="codes")
    sealed = models.BinaryField(help_text="The code, encrypted by the house's secret key.")
    fingerprint = models.CharField(max_length=64)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="digital_codes")
    given_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["good", "id"], condition=Q(line=None), name="digital_code_free")]
        constraints = [
            models.UniqueConstraint(fields=["good", "fingerprint"], name="digital_code_once"),
            models.CheckConstraint(
                name="digital_code_given",
                condition=Q(line=None, given_at=None) | Q(line__isnull=False, given_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"
