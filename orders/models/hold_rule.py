"""Rules by which orders are held by themselves, and every change of them."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.kernel.guards import append_only, legal
from orders.models.channel import Channel
from orders.states import Counted, HoldReason, RuleKind, Sameness

K = RuleKind
_LONGEST_HOURS = 24 * 365


class HoldRule(models.Model):
    """When a new order is held, why, and for how long. Which columns count depends on ``kind``: see ``ASKS``.

    Never deleted, since holds name the rule that placed them: switched off instead.
    """

    ASKS: dict[str, tuple[str, ...]] = {
        K.AMOUNT_ABOVE: ("amount", "currency"),
        K.FIRST_ORDER_ABOVE: ("amount", "currency"),
        K.VELOCITY: ("counted", "times", "same", "within_hours"),
        K.COUNTRY_MISMATCH: (),
        K.COUNTRIES: ("countries",),
        K.ADDRESS_INCOMPLETE: (),
        K.PRODUCTS: ("skus", "categories", "tags", "only_lines"),
        K.BLOCKED_CONTACT: ("contacts",),
    }

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=32, choices=K.choices)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="hold_rules", help_text=_("Empty: all.")
    )
    reason = models.CharField(max_length=32, choices=HoldReason.choices, default=HoldReason.FRAUD_REVIEW)
    priority = models.PositiveSmallIntegerField(default=100, help_text=_("The lowest number is looked at first."))
    is_active = models.BooleanField(default=True)
    release_after_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(_LONGEST_HOURS)],
        help_text=_("Empty: until a person releases it."),
    )
    amount = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Orders that come to more are held."),
    )
    currency = models.CharField(
        max_length=3, blank=True, help_text=_("Orders in other currencies pass: make one rule for each.")
    )
    counted = models.CharField(max_length=16, choices=Counted.choices, blank=True)
    times = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(1000)],
        help_text=_("From this many on, the new order included."),
    )
    same = models.CharField(max_length=16, choices=Sameness.choices, blank=True)
    within_hours = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(_LONGEST_HOURS)]
    )
    countries = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text=_("ISO codes of bill or delivery.")
    )
    skus = ArrayField(
        models.CharField(max_length=64), default=list, blank=True, help_text=_("A * at the end stands for any ending.")
    )
    categories = ArrayField(
        models.CharField(max_length=64), default=list, blank=True, help_text=_("As «category» of a product's data.")
    )
    tags = ArrayField(
        models.CharField(max_length=64), default=list, blank=True, help_text=_("Of a product's data, or of the order.")
    )
    only_lines = models.BooleanField(default=False, help_text=_("Hold only the lines with such products."))
    contacts = ArrayField(
        models.CharField(max_length=254), default=list, blank=True, help_text=_("Addresses, or domains: @example.com")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["priority", "id"]
        constraints = [
            legal("kind", RuleKind, table="hold_rule"),
            legal("reason", HoldReason, table="hold_rule"),
            models.CheckConstraint(
                name="hold_rule_amount",
                condition=~Q(kind__in=[K.AMOUNT_ABOVE, K.FIRST_ORDER_ABOVE])
                | (Q(amount__isnull=False, amount__gte=0) & ~Q(currency="")),
            ),
            models.CheckConstraint(
                name="hold_rule_velocity",
                condition=~Q(kind=K.VELOCITY)
                | Q(
                    counted__in=Counted.values,
                    same__in=Sameness.values,
                    times__isnull=False,
                    times__gte=2,
                    within_hours__isnull=False,
                    within_hours__gte=1,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@append_only()
class HoldRuleChange(models.Model):
    """A rule was made or changed: who, when, and what each column said before and says now."""

    rule = models.ForeignKey(HoldRule, on_delete=models.PROTECT, related_name="changes")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.rule} {self.changed_at:%Y-%m-%d %H:%M}"
