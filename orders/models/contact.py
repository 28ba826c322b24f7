"""What was said between customers and us, in a few words and with a reason that can be counted."""

from django.db import models
from django.db.models import Q

from orders.kernel.guards import legal
from orders.kernel.ids import PublicIdField
from orders.models.customer import Customer
from orders.models.order import Order
from orders.states import ContactChannel, ContactDirection, ContactReason


class ContactLog(models.Model):
    """One call, mail or chat. ``call_back_at`` asks for another; whoever logs the next one answers it."""

    public_id = PublicIdField(prefix="ct")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts")
    direction = models.CharField(max_length=8, choices=ContactDirection.choices)
    channel = models.CharField(max_length=16, choices=ContactChannel.choices)
    reason = models.CharField(max_length=32, choices=ContactReason.choices)
    note = models.TextField(blank=True)
    call_back_at = models.DateTimeField(null=True, blank=True)
    call_back_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person was asked to call; they are asked once."
    )
    called_back_at = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("log_contact", "Can log contacts with customers")]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="contact_newest"),
            models.Index(fields=["reason", "created_at"], name="contact_reason"),
            models.Index(
                fields=["call_back_at"],
                name="contact_call_back",
                condition=Q(call_back_at__isnull=False, call_back_asked_at=None, called_back_at=None),
            ),
        ]
        constraints = [
            legal("direction", ContactDirection, table="contact"),
            legal("channel", ContactChannel, table="contact"),
            legal("reason", ContactReason, table="contact"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.get_channel_display()})"
