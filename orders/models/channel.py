"""Where orders come from, the brand their customers see, and what shipping they may choose."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models.fields import AmountField, RateField
from orders.states import CaptureAt, EInvoice, PapersByMail, ShippingPolicy, SubstitutePrice, Unanswered


def house_timezone() -> str:
    """The zone of a new channel."""
    return settings.TIME_ZONE


def check_timezone(name: str) -> None:
    """Refuse what isn't a time zone of the IANA database."""
    if name not in available_timezones():
        raise ValidationError(_("Give a time zone by its IANA name, such as Europe/Berlin."))


PREFIX = RegexValidator(r"^[A-Za-z0-9-]+$", _("Use letters, digits and hyphens: it is part of file names."))


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
    capture_at = models.CharField(
        max_length=16,
        choices=CaptureAt.choices,
        default=CaptureAt.DISPATCH,
        db_default=CaptureAt.DISPATCH,
        help_text="When reserved money is taken. At dispatch: each parcel's bill when it leaves.",
    )
    draft_expires_after_days = models.PositiveSmallIntegerField(
        default=14, db_default=14, help_text="Days after which a draft that nobody placed ends; 0: never."
    )
    customers_reorder = models.BooleanField(
        default=False, db_default=False, help_text="Customers may order the same again from their order's page."
    )
    customers_change_at_once = models.BooleanField(
        default=False,
        db_default=False,
        help_text="What a customer changes is done at once where it costs nothing more; else staff decide.",
    )
    ships_together = models.BooleanField(
        default=False,
        db_default=False,
        help_text="An order with a preorder waits for its day as a whole; else the rest leaves at once.",
    )
    shipping_policy = models.CharField(
        max_length=32,
        choices=ShippingPolicy.choices,
        default=ShippingPolicy.SHIP_AS_AVAILABLE,
        db_default=ShippingPolicy.SHIP_AS_AVAILABLE,
        help_text="Of orders that don't say it themselves.",
    )
    default_language = models.CharField(max_length=8, default="en")
    timezone = models.CharField(
        max_length=64,
        default=house_timezone,
        validators=[check_timezone],
        help_text="Of the seller: legal dates and the dates that customers read follow it.",
    )
    brand_name = models.CharField(max_length=100)
    brand_logo_url = models.URLField(max_length=500, blank=True)
    brand_colour = models.CharField(max_length=7, default="#1f4b3f")
    sender_email = models.EmailField(default="orders@example.com")
    support_email = models.EmailField(default="support@example.com")
    seller_name = models.CharField(max_length=200, blank=True, help_text="The legal seller on invoices.")
    seller_street = models.CharField(max_length=200, blank=True)
    seller_postal_code = models.CharField(max_length=20, blank=True)
    seller_city = models.CharField(max_length=100, blank=True)
    seller_country = models.CharField(
        max_length=2, blank=True, validators=[RegexValidator(r"^[A-Z]{2}$", _("Give the country's two letters."))]
    )
    seller_vat_id = models.CharField(max_length=32, blank=True)
    link_gateways = ArrayField(
        models.CharField(max_length=32),
        default=list,
        blank=True,
        help_text="What customers may choose on the page of a payment link, by code; empty: all that there are.",
    )
    seller_tax_number = models.CharField(max_length=32, blank=True, help_text="The local one, of the tax office.")
    seller_registration = models.CharField(
        max_length=200, blank=True, help_text="Register, number and directors, as the law wants them on letters."
    )
    seller_bank = models.CharField(max_length=100, blank=True)
    seller_iban = models.CharField(max_length=34, blank=True)
    seller_bic = models.CharField(max_length=11, blank=True)
    invoice_series = models.SlugField(
        max_length=32, default="invoice", help_text="Channels of one seller may share a run of numbers."
    )
    invoice_prefix = models.CharField(max_length=16, default="INV-", validators=[PREFIX])
    credit_note_series = models.SlugField(max_length=32, default="credit_note")
    credit_note_prefix = models.CharField(max_length=16, default="CN-", validators=[PREFIX])
    papers_by_mail = models.CharField(
        max_length=8,
        choices=PapersByMail.choices,
        default=PapersByMail.LINK,
        help_text="Whether customers get invoices and credit notes as a mail with the PDF, or find them on their page.",
    )
    e_invoice = models.CharField(max_length=16, choices=EInvoice.choices, default=EInvoice.OFF)
    substitute_hours = models.PositiveSmallIntegerField(
        default=24,
        db_default=24,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 14)],
        help_text="How long customers have to say whether something else may be sent.",
    )
    substitute_unanswered = models.CharField(
        max_length=8, choices=Unanswered.choices, default=Unanswered.DECLINE, db_default=Unanswered.DECLINE.value
    )
    substitute_price = models.CharField(
        max_length=16,
        choices=SubstitutePrice.choices,
        default=SubstitutePrice.NEVER_MORE,
        db_default=SubstitutePrice.NEVER_MORE.value,
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

    @property
    def zone(self) -> ZoneInfo:
        """The seller's time zone."""
        return ZoneInfo(self.timezone)

    def day_of(self, instant: datetime) -> date:
        """The seller's calendar day at that instant."""
        return timezone.localdate(instant, timezone=self.zone)

    @property
    def seller_address(self) -> tuple[str, ...]:
        """The lines of the seller's address; the last is the country's code."""
        place = f"{self.seller_postal_code} {self.seller_city}".strip()
        return tuple(line for line in (*self.seller_street.splitlines(), place, self.seller_country) if line)

    @property
    def bank_account(self) -> tuple[str, ...]:
        """Where customers may send money: holder, IBAN, BIC and bank, a line each; nothing without an IBAN."""
        if not self.seller_iban:
            return ()
        iban = self.seller_iban.replace(" ", "")
        spaced = " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
        parts = (self.seller_name or self.brand_name, f"IBAN {spaced}")
        more = (f"BIC {self.seller_bic}" if self.seller_bic else "", self.seller_bank)
        return (*parts, *(line for line in more if line))


class ShippingMethod(models.Model):
    """What the customer chooses; the shipping floor maps it to carrier services."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    price = AmountField(default=0)
    tax_rate: Any = RateField(  # type: ignore[misc]
        null=True, blank=True, help_text="A fraction: 0.19 is 19 %; empty: the highest rate of what is bought."
    )
    countries = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text="ISO codes; empty: everywhere."
    )
    days_min = models.PositiveSmallIntegerField(default=1, help_text="Working days from dispatch to delivery.")
    days_max = models.PositiveSmallIntegerField(default=3)
    channels = models.ManyToManyField(Channel, related_name="shipping_methods", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="shipping_method_tax_rate_below_one", condition=models.Q(tax_rate__gte=0, tax_rate__lt=1)
            )
        ]

    def __str__(self) -> str:
        return self.name
