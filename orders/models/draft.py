"""Orders in the making: what staff take down on the phone and shops prepare, before it is placed."""

from typing import Any

from django.db import models
from django.db.models import Q

from orders.kernel.ids import PublicIdField
from orders.models.fields import AmountField, RateField
from orders.models.line import OrderLine
from orders.models.order import Order


class Draft(models.Model):
    """What only a draft has, beside its order in status ``draft``. It stays when the order is placed, as its history.

    ``shipping_price`` and ``shipping_tax_rate`` are None where the method says them; who gave the price and why stands
    beside, as with ``discount_given`` on the order, which changes after placement leave as it was. Until
    ``reserve_until`` its goods are kept.
    Frozen prices stay as they are; others follow the catalogue with each save.
    """

    public_id = PublicIdField(prefix="dr")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="draft")
    shipping_price: Any = AmountField(null=True, blank=True)  # type: ignore[misc]
    shipping_tax_rate: Any = RateField(null=True, blank=True)  # type: ignore[misc]
    shipping_reason = models.CharField(max_length=255, blank=True, default="", db_default="")
    shipping_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    discount_given = AmountField(default=0, db_default=0)
    discount_reason = models.CharField(max_length=255, blank=True, default="", db_default="")
    discount_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    is_frozen = models.BooleanField(default=False)
    reserve_until = models.DateTimeField(null=True, blank=True)
    call_back_at = models.DateTimeField(null=True, blank=True)
    call_back_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person was asked to call; they are asked once."
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    reorder_of = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="reorders")
    made_by = models.CharField(max_length=150)
    taken_over_by = models.CharField(max_length=150, blank=True)
    taken_over_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=255, blank=True, help_text="Why it was given up.")
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("write_draft", "Can make, place and discard drafts")]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="draft_newest"),
            models.Index(fields=["reserve_until"], name="draft_reserves", condition=Q(reserve_until__isnull=False)),
            models.Index(fields=["expires_at"], name="draft_expires", condition=Q(expires_at__isnull=False)),
            models.Index(
                fields=["call_back_at"],
                name="draft_call_back",
                condition=Q(call_back_at__isnull=False, call_back_asked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class PriceOverride(models.Model):
    """A line of a draft that costs something else than its product, or is taxed otherwise; None: as the product.

    Of a line that has only a ``discount`` it is kept when somebody said why.
    """

    line = models.OneToOneField(OrderLine, on_delete=models.CASCADE, related_name="price_override")
    unit_price: Any = AmountField(null=True, blank=True)  # type: ignore[misc]
    tax_rate: Any = RateField(null=True, blank=True)  # type: ignore[misc]
    discount = AmountField(default=0, db_default=0)
    catalogue_price = AmountField()
    reason = models.CharField(max_length=255, blank=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        price = self.catalogue_price if self.unit_price is None else self.unit_price
        return f"{price} instead of {self.catalogue_price}"

    @property
    def is_price(self) -> bool:
        """Whether price or tax rate were given, not a discount alone."""
        return self.unit_price is not None or self.tax_rate is not None
