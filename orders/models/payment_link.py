"""Links by which customers pay an order on a page of ours."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models.fields import AmountField
from orders.models.order import Order
from orders.states import PaymentLinkStatus

S = PaymentLinkStatus


@guarded("status")
class PaymentLink(Stateful):
    """What a customer was asked to pay: ``amount``, or (none) all that is owed when they pay. One is open at a time."""

    public_id = PublicIdField(prefix="pl")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payment_links")
    status = StateField(choices=S.choices, default=S.OPEN)
    currency = models.CharField(max_length=3)
    amount: Any = AmountField(null=True, blank=True)  # type: ignore[misc]
    note = models.TextField(blank=True)
    sent_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("send_payment_link", "Can send and cancel payment links")]
        ordering = ["-id"]
        indexes = [models.Index(fields=["expires_at"], condition=Q(status=S.OPEN), name="payment_link_due")]
        constraints = [
            legal("status", PaymentLinkStatus, table="payment_link"),
            models.CheckConstraint(name="payment_link_amount_positive", condition=Q(amount=None) | Q(amount__gt=0)),
            models.UniqueConstraint(fields=["order"], condition=Q(status=S.OPEN), name="payment_link_open_once"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def has_run_out(self) -> bool:
        """Whether its time is over; the beat says so a little later."""
        return self.expires_at <= timezone.now()

    @transition(field=status, source=S.OPEN, target=S.PAID)
    def pay(self) -> None:
        """What it asked for is reserved or charged."""

    @transition(field=status, source=S.OPEN, target=S.CANCELLED)
    def cancel(self) -> None:
        """It isn't wanted any more: replaced, taken back, or paid in another way."""

    @transition(field=status, source=S.OPEN, target=S.EXPIRED)
    def expire(self) -> None:
        """Nobody paid by it in time."""
