"""Something similar: what a customer is asked to take instead of goods that nobody can find."""

from django.db import models
from django.db.models import Q
from django_fsm import transition

from orders.kernel.guards import StateField, Stateful, guarded, legal
from orders.kernel.ids import PublicIdField
from orders.models import Order, OrderChange, OrderLine, Product
from orders.models.fields import AmountField
from orders.states import Unanswered
from warehouse.models.place import Warehouse
from warehouse.states import AnswerBy, ProposalStatus

P = ProposalStatus


@guarded("status")
class SubstitutionProposal(Stateful):
    """``quantity`` of ``product`` instead of ``units`` of a line, kept in a warehouse until there is an answer.

    ``unit_price`` and ``discount`` (for all of it) are what it would cost, ``difference`` what the order's total would
    change by when it was proposed; in the order's currency. While it is proposed its goods count as allocated.
    """

    public_id = PublicIdField(prefix="su")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="proposals")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="proposals")
    units = models.PositiveIntegerField(help_text="Units of the line that it would stand for.")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(help_text="Units of the substitute.")
    unit_price = AmountField()
    discount = AmountField(default=0)
    difference = AmountField(default=0, help_text="What the order costs more (or less, below 0) with it.")
    status = StateField(choices=P.choices, default=P.PROPOSED)
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when its units waited for goods; a no gives them their place back."
    )
    unanswered = models.CharField(max_length=8, choices=Unanswered.choices, help_text="What silence means.")
    answer_until = models.DateTimeField()
    answered_by = models.CharField(max_length=16, choices=AnswerBy.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=255, blank=True)
    change = models.OneToOneField(
        OrderChange, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="What came of it."
    )
    proposed_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("answer_substitution", "Can propose substitutes and record customers' answers")]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["answer_until"], name="proposal_unanswered", condition=Q(status="proposed")),
            models.Index(fields=["product", "warehouse"], name="proposal_keeps", condition=Q(status="proposed")),
        ]
        constraints = [
            legal("status", ProposalStatus, table="proposal"),
            legal("unanswered", Unanswered, table="proposal"),
            models.CheckConstraint(name="proposal_answered_by", condition=Q(answered_by__in=["", *AnswerBy.values])),
            models.UniqueConstraint(fields=["line"], condition=Q(status="proposed"), name="proposal_one_open"),
            models.CheckConstraint(name="proposal_has_units", condition=Q(units__gte=1, quantity__gte=1)),
            models.CheckConstraint(
                name="proposal_changed_when_applied", condition=Q(status="applied") | Q(change__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @transition(field=status, source=P.PROPOSED, target=P.ACCEPTED)
    def accept(self) -> None:
        """The customer wants it."""

    @transition(field=status, source=P.PROPOSED, target=P.DECLINED)
    def decline(self) -> None:
        """The customer doesn't want it."""

    @transition(field=status, source=P.PROPOSED, target=P.EXPIRED)
    def expire(self) -> None:
        """The customer didn't say."""

    @transition(field=status, source=[P.ACCEPTED, P.EXPIRED], target=P.APPLIED)
    def apply(self) -> None:
        """It is a line of the order now."""

    @transition(field=status, source=P.PROPOSED, target=P.WITHDRAWN)
    def withdraw(self) -> None:
        """The question is settled otherwise: cancelled, found, or the substitute is gone too."""
