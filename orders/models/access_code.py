"""One-time codes by which customers show that a mailbox is theirs, before anything that can't be undone."""

from django.db import models
from django.db.models import Q

from orders.kernel.ids import PublicIdField
from orders.models.order import Order

MOST_ATTEMPTS = 5  # guesses at one code: of a million, so a guesser wins once in 200,000 codes


class AccessCode(models.Model):
    """One code that was asked for. The digits are derived from ``public_id`` (``orders.codes``), stored nowhere."""

    public_id = PublicIdField(prefix="ac")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="access_codes")
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="access_code_attempts", condition=Q(attempts__lte=MOST_ATTEMPTS)),
        ]

    def __str__(self) -> str:
        return self.public_id
