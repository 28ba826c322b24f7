"""News from payment gateways, kept before it is read: the row is the queue, and a second copy changes nothing."""

from django.db import models
from django.db.models import Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.states import NoticeStatus

N = NoticeStatus


@guarded("status")
class GatewayNotice(Stateful):
    """One event that a gateway told us of. It holds what it is about (``payment``, ``ref``), and nothing about people.

    What happened is never read from it: the gateway is asked. Parked ones are about things that we don't know.
    """

    gateway = models.CharField(max_length=32)
    event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=100)
    payment = models.CharField(max_length=24, blank=True)
    ref = models.CharField(max_length=255, blank=True)
    facts = models.JSONField(default=dict)
    status = StateField(choices=N.choices, default=N.PENDING)
    error = models.CharField(max_length=255, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=models.functions.Now())
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("process_notice", "Can process a gateway's news again")]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status=N.PENDING), name="notice_due"),
            models.Index(fields=["payment"], condition=~Q(payment=""), name="notice_payment"),
        ]
        constraints = [
            legal("status", NoticeStatus, table="notice"),
            models.UniqueConstraint(fields=["gateway", "event_id"], name="notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.type}"

    @transition(field=status, source=N.PENDING, target=N.PROCESSED)
    def process(self) -> None:
        """The gateway was asked, and our rows say what it says."""

    @transition(field=status, source=N.PENDING, target=N.PARKED)
    def park(self) -> None:
        """It is about nothing of ours, or not yet."""

    @transition(field=status, source=N.PENDING, target=N.FAILED)
    def fail(self) -> None:
        """It can't be worked off; a person is asked."""

    @transition(field=status, source=[N.PARKED, N.FAILED], target=N.PENDING)
    def retry(self) -> None:
        """Look at it once more."""
