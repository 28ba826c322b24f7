"""The ledger of dates given to customers."""

from django.db import models

from orders.kernel.guards import append_only, legal
from orders.models.line import OrderLine
from orders.states import PromiseKind


@append_only()
class DeliveryPromise(models.Model):
    """A date promised for a line, a notice that the customer was told of it, or how it ended.

    ``source`` says who reckoned it (stock, supplier, carrier, staff), ``reason`` why it moved.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=16, choices=PromiseKind.choices, default=PromiseKind.PROMISE)
    promised_on = models.DateField()
    source = models.CharField(max_length=32, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    is_kept = models.BooleanField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [legal("kind", PromiseKind, table="promise")]

    def __str__(self) -> str:
        return f"{self.kind} {self.promised_on}"
