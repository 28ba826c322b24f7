"""Who buys, and where their parcels have gone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower

from orders.models.fields import NormalPhoneField, phone_index


def plain_email() -> Func:
    """An address without its plus-tag: ``ada+shop@example.com`` is ``ada@example.com`` to the mail server."""
    return Func(
        F("email"), Value(r"\+[^@]*@"), Value("@"), function="regexp_replace", output_field=TextField(null=True)
    )


class Customer(models.Model):
    """A person or firm that buys; ``email`` is kept in lower case, and is empty for imported history and the forgotten.

    A row that was merged stays as a tombstone: it keeps its mail address and points to the survivor, which later
    orders by that address go to. ``erasure_due_on`` is when the last legal paper of a forgotten one may go, too.
    """

    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    reference = models.CharField(max_length=128, unique=True, null=True, blank=True)
    name = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    phone_e164 = NormalPhoneField()
    language = models.CharField(max_length=8, default="en")
    notification_preferences = models.JSONField(default=dict, blank=True)
    tags = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed", db_index=False
    )
    merged_at = models.DateTimeField(null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)
    erasure_due_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [
            ("merge_customer", "Can merge duplicate customers"),
            ("export_customer", "Can export all of a customer's data"),
            ("erase_customer", "Can erase customers"),
        ]
        indexes = [
            phone_index("customer_phone_backwards"),
            models.Index(plain_email(), name="customer_plain_email", condition=Q(email__isnull=False)),
            models.Index(fields=["merged_into"], name="customer_merged_into", condition=Q(merged_into__isnull=False)),
            models.Index(
                fields=["erasure_due_on"], name="customer_erasure_due", condition=Q(erasure_due_on__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="customer_email_lower", condition=Q(email=Lower("email")) | Q(email=None)),
            models.CheckConstraint(name="customer_merged_elsewhere", condition=~Q(merged_into=F("id"))),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.reference or f"customer {self.pk}"


class CustomerAddress(models.Model):
    """An address that a customer's orders went to or were billed to, once; ``fingerprint`` tells it from the others."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="addresses")
    fingerprint = models.CharField(max_length=32, editable=False)
    label = models.CharField(max_length=64, blank=True)
    address = models.JSONField(default=dict)
    is_default_shipping = models.BooleanField(default=False, db_default=False)
    is_default_billing = models.BooleanField(default=False, db_default=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=models.functions.Now())

    class Meta:
        ordering = ["-last_used_at", "-id"]
        verbose_name_plural = "customer addresses"
        indexes = [
            models.Index(
                Lower(KeyTextTransform("name", "address")),
                KeyTextTransform("postal_code", "address"),
                name="customer_address_person",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer", "fingerprint"], name="customer_address_once"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default_shipping=True), name="customer_address_one_shipping"
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default_billing=True), name="customer_address_one_billing"
            ),
        ]

    def __str__(self) -> str:
        parts = (self.label, self.address.get("line1"), self.address.get("city"))
        return ", ".join(part for part in parts if part) or f"address {self.pk}"
