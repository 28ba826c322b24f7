"""An import or an export: the record of who took what in or out, and the row that a worker works off."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.states import JobKind, JobStatus

J = JobStatus


@guarded("status")
class Job(Stateful):
    """One file on its way in or out; ``subject`` is what it holds: ``orders``, ``products``, or a list such as
    ``returns.return``.

    ``options`` are fit to be kept: they hold no personal data. ``request`` may (a search), and is emptied at the end.
    A streamed export never waits for a worker: its row is there so that it is known.
    """

    public_id = PublicIdField(prefix="job")
    kind = models.CharField(max_length=8, choices=JobKind.choices)
    subject = models.CharField(max_length=64)
    format = models.CharField(max_length=32)
    status = StateField(choices=J.choices, default=J.QUEUED)
    is_streamed = models.BooleanField(default=False)
    is_personal = models.BooleanField(default=False, help_text="Its file names people.")
    options = models.JSONField(default=dict, blank=True)
    request = models.JSONField(default=dict, blank=True)
    requested_by = models.CharField(max_length=150)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    file = models.CharField(max_length=255, blank=True, help_text="Its name in the storage.")
    file_name = models.CharField(max_length=255, blank=True, help_text="What people call it.")
    rejects_file = models.CharField(max_length=255, blank=True)
    done = models.PositiveBigIntegerField(default=0, help_text="Rows so far.")
    total = models.PositiveBigIntegerField(default=0, help_text="Rows there are; 0 while nobody knows.")
    report = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    files_deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("import_data", "Can import orders and products from files"),
            ("export_records", "Can export lists that name no people"),
            ("export_personal_data", "Can export lists that name people"),
        ]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(status__in=[J.QUEUED, J.RUNNING]), name="job_unfinished"),
        ]
        constraints = [legal("status", JobStatus, table="job"), legal("kind", JobKind, table="job")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_over(self) -> bool:
        """Nobody works on it any more."""
        return self.status in (J.DONE, J.FAILED)

    @transition(field=status, source=J.QUEUED, target=J.RUNNING)
    def start(self) -> None:
        """A worker took it."""

    @transition(field=status, source=J.RUNNING, target=J.DONE)
    def finish(self) -> None:
        """All rows are in, or out."""

    @transition(field=status, source=[J.QUEUED, J.RUNNING], target=J.FAILED)
    def fail(self) -> None:
        """It broke off; ``error`` says why."""
