"""What the warehouse floor tells customers; the words are in ``templates/warehouse/mail``."""

from typing import Any

from orders.kernel.money import text
from orders.services.notify import owe_message
from warehouse.events import SubstitutionDeclined, SubstitutionEvent, SubstitutionProposed
from warehouse.models import SubstitutionProposal

PROPOSED, DECLINED = "warehouse/mail/substitute", "warehouse/mail/substitute_declined"


def tell_proposed(event: SubstitutionProposed) -> None:
    """Ask: what is missing, what there is instead, what it costs, until when, and what silence means."""
    row = _row(event)
    owe_message(
        order_id=event.order_id,
        template=PROPOSED,
        context={**_facts(event, row), "unanswered": row.unanswered, "answer_until": row.answer_until},
    )


def tell_declined(event: SubstitutionDeclined) -> None:
    """Acknowledge a no, or a silence that counts as one."""
    owe_message(
        order_id=event.order_id,
        template=DECLINED,
        context={**_facts(event, _row(event)), "answered_by": event.answered_by},
    )


def _row(event: SubstitutionEvent) -> SubstitutionProposal:
    return SubstitutionProposal.objects.select_related("line", "product", "order").get(public_id=event.proposal)


def _facts(event: SubstitutionEvent, row: SubstitutionProposal) -> dict[str, Any]:
    currency = row.order.currency
    return {
        **event.data(),
        "missing": row.line.name,
        "instead": row.product.name,
        "more": text(row.difference, currency) if row.difference > 0 else "",
        "less": text(-row.difference, currency) if row.difference < 0 else "",
        "currency": currency,
    }
