"""Where orders come from, the brand their customers see, and what shipping they may choose."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.fields import AmountField


class Channel(models.Model):
    """A web shop, a marketplace, the phone or an import: currency, tax mode, policies and brand."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField(default=True)
    confirms_manual_at_once = models.BooleanField(
        default=False, help_text="Orders paid by hand (cash on delivery) go to the warehouse at once."
    )
    unpaid_expires_after_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 365)],
        help_text=_("Orders that nobody paid expire after this time, and their goods are free again. Empty: never."),
    )
    reminder_hours_before_expiry = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 365)],
        help_text=_("The customer is reminded once, this long before it expires. Empty: not at all."),
    )
    hold_rules_version = models.UUIDField(
        default=uuid4,
        db_default=RandomUUID(),
        editable=False,
        help_text="Another one whenever a hold rule that counts here was changed.",
    )
    default_language = models.CharField(max_length=8, default="en")
    brand_name = models.CharField(max_length=100)
    brand_logo_url = models.URLField(max_length=500, blank=True)
    brand_colour = models.CharField(max_length=7, default="#1f4b3f")
    sender_email = models.EmailField(default="orders@example.com")
    support_email = models.EmailField(default="support@example.com")
    seller_name = models.CharField(max_length=200, blank=True, help_text="The legal seller on invoices.")
    seller_address = models.TextField(blank=True)
    seller_vat_id = models.CharField(max_length=32, blank=True)
    bank_account = models.TextField(
        blank=True, help_text="Where customers may send money: holder, IBAN, BIC, a line each. Empty: no transfers."
    )
    link_gateways = ArrayField(
        models.CharField(max_length=32),
        default=list,
        blank=True,
        help_text="What customers may choose on the page of a payment link, by code; empty: all that there are.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="channel_reminder_before_expiry",
                condition=models.Q(reminder_hours_before_expiry=None)
                | models.Q(unpaid_expires_after_hours__gt=models.F("reminder_hours_before_expiry")),
                violation_error_message=_("The reminder must come before the order expires."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def unpaid_until(self, placed_at: datetime) -> datetime | None:
        """When an order that is placed now expires unless it is paid; None: never."""
        hours = self.unpaid_expires_after_hours
        return placed_at + timedelta(hours=hours) if hours else None


class ShippingMethod(models.Model):
    """What the customer chooses; the shipping floor maps it to carrier services."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    price = AmountField(default=0)
    countries = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text="ISO codes; empty: everywhere."
    )
    days_min = models.PositiveSmallIntegerField(default=1, help_text="Working days from dispatch to delivery.")
    days_max = models.PositiveSmallIntegerField(default=3)
    channels = models.ManyToManyField(Channel, related_name="shipping_methods", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
