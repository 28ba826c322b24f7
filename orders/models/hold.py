"""Reasons not to pick an order yet."""

from django.db import models

from orders.kernel.guards import legal
from orders.kernel.ids import PublicIdField
from orders.models.hold_rule import HoldRule
from orders.models.line import OrderLine
from orders.models.order import Order
from orders.states import HoldReason


class OrderHold(models.Model):
    """One reason to wait, on the whole order or on ``lines``; open until ``released_at``.

    ``rule`` placed it by itself, because of ``facts``.
    """

    public_id = PublicIdField(prefix="hl")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="holds")
    lines = models.ManyToManyField(OrderLine, related_name="holds", blank=True)
    reason = models.CharField(max_length=32, choices=HoldReason.choices)
    note = models.TextField(blank=True)
    rule = models.ForeignKey(HoldRule, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    facts = models.JSONField(default=dict, db_default={})
    placed_by = models.CharField(max_length=150)
    release_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(released_at=None), name="hold_open_since"),
        ]
        constraints = [legal("reason", HoldReason, table="hold")]

    def __str__(self) -> str:
        return self.get_reason_display()
