"""By which rules it is decided where goods come from, and what was decided."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.kernel.guards import append_only, legal
from orders.models import Channel, Order
from warehouse.states import SourcingCause, SourcingRuleKind


class SourcingRule(models.Model):
    """One rule of the pipeline: the lowest position decides first. ``parameters``: see ``planning.sourcing_rules``.

    A channel's own rule takes the place of the general one of its kind there. General rules are never deleted:
    switched off instead.
    """

    kind = models.CharField(max_length=32, choices=SourcingRuleKind.choices)
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: all that have no rule of this kind of their own."),
    )
    position = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(1000)], help_text=_("The lowest number decides first.")
    )
    is_active = models.BooleanField(default=True)
    parameters: Any = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            legal("kind", SourcingRuleKind, table="sourcing_rule"),
            models.UniqueConstraint(
                fields=["kind", "channel"],
                nulls_distinct=False,
                name="sourcing_rule_once",
                violation_error_message=_("There is a rule of this kind already: change that one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


@append_only()
class SourcingDecision(models.Model):
    """Where units of an order were to come from: the choice, the best other ways, and the rules that decided.

    ``reason`` holds no personal data: codes of warehouses, keys of products, and scores. See ``sourcing_words``.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="sourcing_decisions")
    cause = models.CharField(max_length=16, choices=SourcingCause.choices)
    reason = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [legal("cause", SourcingCause, table="sourcing_decision")]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.created_at:%Y-%m-%d %H:%M}"
