"""What was called off before it left."""

from django.db import models
from django.db.models import Q

from orders.kernel.guards import append_only, legal
from orders.models.fields import AmountField
from orders.models.line import OrderLine
from orders.models.order import Order
from orders.states import CancelReason


@append_only(may_clear=["note"])
class OrderCancellation(models.Model):
    """A whole order or parts of its lines, called off for a reason. Final."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cancellations")
    reason = models.CharField(max_length=16, choices=CancelReason.choices)
    note = models.TextField(blank=True)
    restock = models.BooleanField(default=True)
    refund = models.BooleanField(default=True)
    notify = models.BooleanField(default=True)
    amount = AmountField(default=0, help_text="By how much the order's total fell.")
    cancelled_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [legal("reason", CancelReason, table="cancellation")]

    def __str__(self) -> str:
        return f"cancellation of {self.order_id}"


@append_only()
class OrderCancellationLine(models.Model):
    """Units of one line that were called off."""

    cancellation = models.ForeignKey(OrderCancellation, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="cancellations")
    quantity = models.PositiveIntegerField()
    amount = AmountField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="cancellation_line_quantity", condition=Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line_id}"
