"""Where orders come from, the brand their customers see, and what shipping they may choose."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models.fields import AmountField
from orders.states import EInvoice, PapersByMail


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
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

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
