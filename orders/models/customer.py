"""Who buys."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from orders.models.fields import phone_index


class Customer(models.Model):
    """A person or firm that buys; ``email`` is kept in lower case, and is empty only for imported history."""

    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    reference = models.CharField(max_length=128, unique=True, null=True, blank=True)
    name = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=8, default="en")
    notification_preferences = models.JSONField(default=dict, blank=True)
    tags = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [phone_index("customer_phone_tail")]
        constraints = [
            models.CheckConstraint(
                name="customer_email_lower", condition=models.Q(email=Lower("email")) | models.Q(email=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.reference or f"customer {self.pk}"
