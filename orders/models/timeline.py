"""Everything that ever happened: an order's timeline, the audit trail and the partners' feed are one table."""

from django.db import models
from django.db.models import Q

from orders.kernel.guards import append_only
from orders.kernel.ids import PublicIdField
from orders.models.order import Order
from orders.models.partner import Partner


@append_only(may_fill=["feed_position"])
class OrderEvent(models.Model):
    """One fact. ``seq`` counts within its order; ``feed_position`` is given by the relay after the commit."""

    public_id = PublicIdField(prefix="ev")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seq = models.PositiveIntegerField(null=True, blank=True)
    type = models.CharField(max_length=64)
    public = models.BooleanField(default=True)
    actor_kind = models.CharField(max_length=16)
    actor_name = models.CharField(max_length=150, blank=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)
    change_set = models.UUIDField()
    request_id = models.CharField(max_length=128, blank=True)
    occurred_at = models.DateTimeField()
    feed_position = models.BigIntegerField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ["order", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="order_event_seq_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(feed_position=None), name="order_event_unfed"),
            models.Index(fields=["type", "occurred_at"], name="order_event_type"),
        ]

    def __str__(self) -> str:
        return self.type
