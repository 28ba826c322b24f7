"""The file of a legal paper: owed with the paper, stored once, and handed out as it was stored ever after."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, final, guarded, legal
from orders.models.invoice import CreditNote, Invoice
from orders.states import PaperStatus

P = PaperStatus


@final("status", states=[P.FILED])
@guarded("status")
class PaperFile(Stateful):
    """The PDF of one invoice or credit note in the ``papers`` storage; ``sha256`` is of its bytes.

    While owed it is a queue: claimed until ``due_at``. ``has_xml`` says that the e-invoice is embedded.
    """

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="file")
    credit_note = models.OneToOneField(CreditNote, on_delete=models.PROTECT, null=True, blank=True, related_name="file")
    status = StateField(choices=P.choices, default=P.OWED)
    name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    has_xml = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    filed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(status=P.OWED), name="paper_file_due")]
        constraints = [
            legal("status", PaperStatus, table="paper_file"),
            models.CheckConstraint(
                name="paper_file_of_one_paper",
                condition=Q(invoice__isnull=True, credit_note__isnull=False)
                | Q(invoice__isnull=False, credit_note__isnull=True),
            ),
            models.CheckConstraint(
                name="paper_file_filed_whole",
                condition=Q(status=P.OWED) | Q(status=P.FILED, size__gt=0, filed_at__isnull=False) & ~Q(sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"file of {self.invoice_id or self.credit_note_id}"

    @transition(field=status, source=P.OWED, target=P.FILED)
    def file(self) -> None:
        """It is stored, and never changes again."""
