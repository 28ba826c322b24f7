"""What Stripe knows of a payment, read from its payment intent, its page, its refunds and its disputes.

Captures and partial voids have no objects of their own at Stripe: each leaves a note in the intent's metadata, under
the part of its key that is its own (``capture.INV-2026-000001``).
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orders.gateways.protocol import ZERO, Answer, Call, Dispute, Movement, Outcome, Standing, State
from orders.gateways.stripe.amounts import from_units
from orders.gateways.stripe.client import ask

CAPTURES, VOIDS = "capture.", "void."
_STANDING = {
    "requires_payment_method": Standing.FAILED,
    "requires_confirmation": Standing.PENDING,
    "requires_action": Standing.ACTION_REQUIRED,
    "processing": Standing.PENDING,
    "requires_capture": Standing.AUTHORIZED,
    "canceled": Standing.VOIDED,
    "succeeded": Standing.CAPTURED,
}
_LAPSED = "automatic"  # Stripe's reason when the banks let an authorisation lapse
_OUTCOME = {"succeeded": Outcome.DONE, "failed": Outcome.REFUSED, "canceled": Outcome.REFUSED}


def own_part(call: Call) -> str:
    """What a key says beside the payment: the name of a note."""
    return call.key.removeprefix(f"{call.payment}.")


def find(call: Call) -> State:
    """By the intent's or the page's name; else by ours, which Stripe finds a minute after it was told it."""
    if call.ref:
        return of_intent(ask(lambda c: c.v1.payment_intents.retrieve(call.ref, params={"expand": ["latest_charge"]})))
    if call.page_ref:
        return _of_page(ask(lambda c: c.v1.checkout.sessions.retrieve(call.page_ref)))
    query = f"metadata['payment']:'{call.payment}'"
    params = {"query": query, "limit": 1, "expand": ["data.latest_charge"]}
    found = ask(lambda c: c.v1.payment_intents.search(params=params)).data
    return of_intent(found[0]) if found else State(standing=Standing.UNKNOWN)


def _of_page(page: Any) -> State:
    """Until the customer has chosen how to pay there is no intent that says more than the page does."""
    if page.payment_intent and page.status != "open":
        intent = ask(lambda c: c.v1.payment_intents.retrieve(page.payment_intent, params={"expand": ["latest_charge"]}))
        return of_intent(intent, page_ref=page.id)
    currency = page.currency.upper()
    if page.status == "expired":
        return State(standing=Standing.FAILED, currency=currency, page_ref=page.id, error_code="page_expired")
    return State(standing=Standing.ACTION_REQUIRED, currency=currency, page_ref=page.id, action_url=page.url or "")


def of_intent(intent: Any, *, page_ref: str = "") -> State:
    """One intent, with its latest charge expanded; refunds and disputes are asked for when there can be some."""
    currency = intent.currency.upper()
    notes = _notes(intent)
    taken = from_units(intent.amount_received or 0, currency)
    free = from_units(intent.amount_capturable or 0, currency)
    given_up = _noted(notes, VOIDS, currency) if free else ZERO
    standing = _STANDING.get(intent.status, Standing.PENDING)
    if standing is Standing.VOIDED and taken:
        standing = Standing.CAPTURED
    refunds = _refunds(intent, currency) if taken else ()
    return State(
        standing=standing,
        currency=currency,
        authorized=taken + free - given_up,
        captured=taken,
        refunded=sum((r.amount for r in refunds if r.outcome is Outcome.DONE), ZERO),
        expires_at=capture_before(intent) if free else None,
        ref=intent.id,
        page_ref=page_ref,
        action_url=action_url(intent),
        error_code=_why(intent),
        captures={
            f"{notes.get('payment', '')}.{name}": Answer(outcome=Outcome.DONE, ref=intent.id)
            for name in notes
            if name.startswith(CAPTURES)
        },
        refunds=refunds,
        disputes=_disputes(intent, currency),
    )


def _notes(thing: Any) -> dict[str, str]:
    return thing.metadata.to_dict() if thing.metadata else {}


def _noted(notes: dict[str, str], kind: str, currency: str) -> Decimal:
    return sum((from_units(units, currency) for name, units in notes.items() if name.startswith(kind)), ZERO)


def action_url(intent: Any) -> str:
    """Where the customer approves the payment."""
    step = getattr(intent, "next_action", None)
    redirect = getattr(step, "redirect_to_url", None) if step else None
    return str(redirect.url) if redirect else ""


def capture_before(intent: Any) -> datetime | None:
    """Until when the banks keep the money reserved."""
    until = _card(intent, "capture_before")
    return datetime.fromtimestamp(until, UTC) if until else None


def captures_often(intent: Any) -> bool:
    """Whether the rest stays reserved after a part was captured."""
    multicapture = _card(intent, "multicapture")
    return bool(multicapture) and multicapture.status == "available"


def _card(intent: Any, name: str) -> Any:
    charge = getattr(intent, "latest_charge", None)
    details = getattr(charge, "payment_method_details", None)
    return getattr(getattr(details, "card", None), name, None)


def _why(intent: Any) -> str:
    if intent.status == "canceled":
        return "expired" if intent.cancellation_reason == _LAPSED else "cancelled_at_gateway"
    fault = getattr(intent, "last_payment_error", None)
    if intent.status != "requires_payment_method" or not fault:
        return "no_payment_method" if intent.status == "requires_payment_method" else ""
    return str(getattr(fault, "decline_code", None) or getattr(fault, "code", None) or "refused")[:64]


def _refunds(intent: Any, currency: str) -> tuple[Movement, ...]:
    """All of them, ours and those that somebody made on Stripe's own pages."""
    listed = ask(lambda c: c.v1.refunds.list(params={"payment_intent": intent.id, "limit": 100})).data
    return tuple(refund_of(refund, currency) for refund in reversed(listed))


def refund_of(refund: Any, currency: str) -> Movement:
    """A refund; one that waits or needs the customer's bank details is pending."""
    return Movement(
        ref=refund.id,
        amount=from_units(refund.amount, currency),
        outcome=_OUTCOME.get(refund.status, Outcome.PENDING),
        key=_notes(refund).get("key", ""),
        error_code=str(getattr(refund, "failure_reason", None) or "")[:64],
    )


def _disputes(intent: Any, currency: str) -> tuple[Dispute, ...]:
    charge = getattr(intent, "latest_charge", None)
    if not charge or not getattr(charge, "disputed", False):
        return ()
    listed = ask(lambda c: c.v1.disputes.list(params={"payment_intent": intent.id, "limit": 100})).data
    return tuple(_dispute(dispute, currency) for dispute in reversed(listed))


def _dispute(dispute: Any, currency: str) -> Dispute:
    due = getattr(dispute.evidence_details, "due_by", None) if dispute.evidence_details else None
    return Dispute(
        ref=dispute.id,
        amount=from_units(dispute.amount, currency),
        reason=dispute.reason or "",
        answer_by=datetime.fromtimestamp(due, UTC) if due else None,
        is_withdrawn=not dispute.status.startswith("warning_"),
        needs_answer=dispute.status.endswith("needs_response"),
        is_won=dispute.status == "won",
        is_lost=dispute.status == "lost",
    )
