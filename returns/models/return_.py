"""Goods that come back."""

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import Order, OrderLine, Refund
from orders.models.fields import AmountField
from returns.states import Acceptance, Condition, Disposition, Reception, ReturnReason, ReturnStatus
from warehouse.models import Warehouse

S = ReturnStatus


@guarded("status")
class Return(Stateful):
    """A customer sends lines of one order back to one warehouse for a refund."""

    public_id = PublicIdField(prefix="rt")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = StateField(choices=S.choices, default=S.REQUESTED)
    currency = models.CharField(max_length=3)
    refund_estimate = AmountField(default=0, help_text="What accepting every unit would give back.")
    decline_reason = models.CharField(max_length=255, blank=True)
    requested_by = models.CharField(max_length=16, help_text="The kind of actor who asked.")
    has_label = models.BooleanField(default=False, help_text="Our own vans collect it: a label can be printed.")
    tracking_number = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    expires_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("approve_return", "Can approve and decline returns"),
            ("receive_return", "Can receive returned goods"),
            ("inspect_return", "Can inspect returned goods and decide on them"),
        ]
        ordering = ["-id"]
        constraints = [legal("status", ReturnStatus, table="return")]

    def __str__(self) -> str:
        return self.public_id

    @transition(field=status, source=S.REQUESTED, target=S.APPROVED)
    def approve(self) -> None:
        """The customer may send it back."""

    @transition(field=status, source=S.REQUESTED, target=S.DECLINED)
    def decline(self) -> None:
        """Not within the rules."""

    @transition(field=status, source=S.APPROVED, target=S.IN_TRANSIT)
    def travel(self) -> None:
        """A carrier has it."""

    @transition(field=status, source=[S.APPROVED, S.IN_TRANSIT, S.PARTIALLY_RECEIVED], target=S.PARTIALLY_RECEIVED)
    def receive_part(self) -> None:
        """Some of it arrived."""

    @transition(field=status, source=[S.APPROVED, S.IN_TRANSIT, S.PARTIALLY_RECEIVED], target=S.RECEIVED)
    def receive(self) -> None:
        """All of it that will come has arrived."""

    @transition(field=status, source=S.RECEIVED, target=S.CLOSED)
    def close(self) -> None:
        """Inspected and settled."""

    @transition(field=status, source=[S.REQUESTED, S.APPROVED], target=S.CANCELLED)
    def cancel(self) -> None:
        """The customer keeps it after all."""

    @transition(field=status, source=S.APPROVED, target=S.EXPIRED)
    def expire(self) -> None:
        """Nothing was sent in time."""


class ReturnLine(models.Model):
    """Units of one order line that come back, how they arrived, and what becomes of them."""

    public_id = PublicIdField(prefix="rl")
    return_request = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="return_lines")
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=32, choices=ReturnReason.choices)
    note = models.TextField(blank=True, max_length=2000)
    reception = models.CharField(max_length=16, choices=Reception.choices, default=Reception.AWAITING)
    acceptance = models.CharField(max_length=16, choices=Acceptance.choices, default=Acceptance.PENDING)
    condition = models.CharField(max_length=16, choices=Condition.choices, default=Condition.UNKNOWN)
    disposition = models.CharField(max_length=32, choices=Disposition.choices, default=Disposition.NONE)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            legal("reason", ReturnReason, table="return_line"),
            legal("reception", Reception, table="return_line"),
            legal("acceptance", Acceptance, table="return_line"),
            legal("condition", Condition, table="return_line"),
            legal("disposition", Disposition, table="return_line"),
            models.UniqueConstraint(fields=["return_request", "line"], name="return_line_once"),
            models.CheckConstraint(
                name="return_line_quantities",
                condition=Q(quantity__gte=1, received__lte=F("quantity"), accepted__lte=F("received")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"

    @property
    def not_arrived(self) -> int:
        """Units that were announced and weren't there."""
        return self.quantity - self.received

    @property
    def rejected(self) -> int:
        """Units that came back and were not accepted: they are the customer's again."""
        return 0 if self.acceptance == Acceptance.PENDING else self.received - self.accepted


class ReturnRule(models.Model):
    """When a return is allowed: the first active rule of the order's channel decides, by ``priority``."""

    name = models.CharField(max_length=100)
    channel = models.ForeignKey("orders.Channel", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    window_days = models.PositiveSmallIntegerField(default=30, help_text="Counted from delivery.")
    send_back_days = models.PositiveSmallIntegerField(default=21, help_text="Days from approval to send it back.")
    is_auto_approved = models.BooleanField(default=True)
    priority = models.PositiveSmallIntegerField(default=10)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["priority", "id"]

    def __str__(self) -> str:
        return self.name
