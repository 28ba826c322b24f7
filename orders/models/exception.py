"""The back office's one queue of things that need a person."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.models.order import Order
from orders.states import ExceptionStatus, Severity


@guarded("status")
class ProcessException(Stateful):
    """Something went wrong and a person must act. ``subject`` names the thing (kind and public id).

    ``facts`` fill in the words of the category (``orders.categories``); they hold no personal data. ``summary`` and
    ``next_action`` are the words of rows from before there were facts. ``urgency`` sorts the queue.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="exceptions")
    category = models.CharField(max_length=64)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.MEDIUM)
    urgency = models.GeneratedField(
        expression=Case(
            When(severity=Severity.HIGH, then=Value(0)),
            When(severity=Severity.MEDIUM, then=Value(1)),
            default=Value(2),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    facts = models.JSONField(default=dict, db_default={})
    summary = models.CharField(max_length=255, blank=True, default="", db_default="")
    next_action = models.CharField(max_length=255, blank=True, default="", db_default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    status = StateField(choices=ExceptionStatus.choices, default=ExceptionStatus.OPEN)
    resolution = models.CharField(max_length=255, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_note = models.CharField(max_length=255, blank=True, default="", db_default="")
    escalated_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("resolve_exception", "Can take and resolve exceptions")]
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "urgency", "opened_at", "id"], name="exception_queue")]
        constraints = [
            legal("status", ExceptionStatus, table="exception"),
            models.UniqueConstraint(
                fields=["category", "subject_kind", "subject_id"],
                condition=Q(status="open"),
                name="exception_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.category.replace("_", " ")

    @transition(field=status, source=ExceptionStatus.OPEN, target=ExceptionStatus.RESOLVED)
    def resolve(self) -> None:
        """A person dealt with it, or its cause is gone."""
