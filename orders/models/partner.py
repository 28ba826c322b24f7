"""The machines that talk to us, and what they may do."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from orders.models.channel import Channel


class Partner(models.Model):
    """A shop, marketplace, supplier or carrier that uses the API."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    channels = models.ManyToManyField(Channel, related_name="partners", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A credential: shown once, stored as a SHA-256 hash with a visible prefix."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32), default=list)
    requests_per_minute = models.PositiveIntegerField(default=600)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("issue_key", "Can issue and revoke API keys")]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.partner})"

    @property
    def is_live(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class IdempotencyKey(models.Model):
    """One POST of one credential and the answer it got; kept 48 hours.

    ``status`` is null while the request is in flight. ``order`` names the order that a placement with a
    gateway call was about, so that a later retry can be answered when the first attempt died in between;
    ``payment`` does so for one payment more.
    """

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, null=True, related_name="+")
    payment = models.ForeignKey(
        "orders.Payment", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, help_text="JSON, repeated byte by byte.")
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
