"""Edits of an order after it was placed, kept with what they were about and what came of them."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models.fields import AmountField
from orders.models.order import Order
from orders.states import ChangeStatus, Difference

C = ChangeStatus


@guarded("status")
class OrderChange(Stateful):
    """``actions`` as they were asked for, ``diff`` as it was found afterwards (see ``orders.changes``).

    Totals are in the order's currency. A customer's wish is ``requested`` until staff make or decline it.
    """

    public_id = PublicIdField(prefix="ch")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="changes")
    status = StateField(choices=C.choices, default=C.PENDING)
    actions = models.JSONField(encoder=DjangoJSONEncoder)
    diff = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    note = models.TextField(blank=True)
    answer = models.TextField(blank=True, help_text="What the customer was told when it was declined.")
    difference = models.CharField(
        max_length=16, choices=Difference.choices, default=Difference.NONE, help_text="What became of the money."
    )
    version_before = models.PositiveIntegerField(null=True)
    version_after = models.PositiveIntegerField(null=True)
    total_before = AmountField(default=0)
    total_after = AmountField(default=0)
    made_by = models.CharField(max_length=150)
    decided_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("change_placed_order", "Can change orders after placement")]
        ordering = ["id"]
        constraints = [
            legal("status", ChangeStatus, table="change"),
            legal("difference", Difference, table="change"),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(status="requested"), name="change_requested_once"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @transition(field=status, source=C.PENDING, target=C.REQUESTED)
    def request(self) -> None:
        """The customer asks for it; staff decide."""

    @transition(field=status, source=[C.PENDING, C.REQUESTED], target=C.CONFIRMED)
    def confirm(self) -> None:
        """It is made."""

    @transition(field=status, source=C.REQUESTED, target=C.DECLINED)
    def decline(self) -> None:
        """Staff said no, and why."""

    @transition(field=status, source=[C.PENDING, C.REQUESTED], target=C.CANCELLED)
    def cancel(self) -> None:
        """Whoever asked for it doesn't want it any more."""
