"""Messages owed to people. The row is the promise to send; workers claim it, send it, and mark it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.models.order import Order
from orders.states import MessageKind, NotificationStatus

N = NotificationStatus


@guarded("status")
class Notification(Stateful):
    """One message: the floor that knows the fact stores template and context, the sender does the rest.

    ``context`` holds no personal data; name and address are read when it is sent. ``subject``, ``text``
    and ``html`` are what was really sent.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications")
    recipient = models.CharField(max_length=264, default="customer")
    channel = models.CharField(max_length=16, default="email")
    kind = models.CharField(
        max_length=16, choices=MessageKind.choices, default=MessageKind.ORDER, db_default=MessageKind.ORDER.value
    )
    template = models.CharField(max_length=100)
    context = models.JSONField(default=dict)
    change_set = models.UUIDField()
    status = StateField(choices=N.choices, default=N.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    sent_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("resend_notification", "Can send a message again")]
        ordering = ["-id"]
        constraints = [
            legal("status", NotificationStatus, table="notification"),
            legal("kind", MessageKind, table="notification"),
            models.UniqueConstraint(
                fields=["change_set", "order", "recipient", "channel", "template"], name="notification_once"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status__in=[N.PENDING, N.LEASED]), name="notification_due"),
        ]

    def __str__(self) -> str:
        return self.subject or self.template.rsplit("/", 1)[-1].replace("_", " ")

    @transition(field=status, source=[N.PENDING, N.LEASED], target=N.LEASED)
    def lease(self) -> None:
        """A worker has it, until its lease ends."""

    @transition(field=status, source=N.LEASED, target=N.SENT)
    def send(self) -> None:
        """The mail server took it."""

    @transition(field=status, source=N.LEASED, target=N.PENDING)
    def retry(self) -> None:
        """It failed for now."""

    @transition(field=status, source=[N.PENDING, N.LEASED], target=N.SUPPRESSED)
    def suppress(self) -> None:
        """The customer doesn't want messages of this kind, or is nobody any more."""

    @transition(field=status, source=[N.PENDING, N.LEASED], target=N.DEAD)
    def bury(self) -> None:
        """It failed for good; a person must look."""

    @transition(field=status, source=N.DEAD, target=N.PENDING)
    def revive(self) -> None:
        """A person asked to send it again."""
