"""The badge that a picker scans to get onto the floor."""

from django.conf import settings
from django.db import models


class Badge(models.Model):
    """One badge per person; its barcode is shown once and stored as a SHA-256 hash. It opens ``/wh/``, nothing else."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="badge")
    code_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("issue_badge", "Can issue badges")]

    def __str__(self) -> str:
        return f"badge of {self.user}"
