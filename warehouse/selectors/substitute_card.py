"""What people read about substitutes: the customer's question, the order's page in the back office, the API's part."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from orders.models import Order, OrderLine, Product
from orders.states import Unanswered
from warehouse.models import SubstitutionProposal
from warehouse.states import ProposalStatus


@dataclass(frozen=True, kw_only=True)
class SubstituteCard:
    """A question to a customer: what is missing, what there is instead, what it costs more (or less, below 0)."""

    proposal: SubstitutionProposal
    line: OrderLine
    product: Product

    @property
    def more(self) -> Decimal:
        """What they would pay in addition."""
        return max(self.proposal.difference, Decimal(0))

    @property
    def less(self) -> Decimal:
        """What they would get back."""
        return max(-self.proposal.difference, Decimal(0))

    @property
    def is_open(self) -> bool:
        return bool(self.proposal.status == ProposalStatus.PROPOSED)

    @property
    def is_late(self) -> bool:
        """The time is over, and silence hasn't been followed yet."""
        return self.proposal.answer_until <= timezone.now()

    @property
    def silence_accepts(self) -> bool:
        return self.proposal.unanswered == Unanswered.ACCEPT


def substitutions_panel(order: Order) -> dict[str, Any]:
    """What its customer is, and was, asked; one statement."""
    rows = SubstitutionProposal.objects.filter(order=order).select_related("line", "product", "warehouse")
    cards = [SubstituteCard(proposal=row, line=row.line, product=row.product) for row in rows.order_by("pk")]
    return {"substitutes": [card for card in cards if card.is_open], "proposals": [card.proposal for card in cards]}


def proposals_of_orders(order_ids: Iterable[int]) -> list[SubstitutionProposal]:
    """The proposals of these orders, the newest first."""
    rows = SubstitutionProposal.objects.filter(order__in=list(order_ids))
    return list(rows.select_related("line", "product", "order").order_by("-pk"))
