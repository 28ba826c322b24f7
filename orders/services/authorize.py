"""Authorise what was just owed: the second phase of a placement or payment, outside of any transaction."""

from collections.abc import Sequence

from django.db.models import F

from orders.errors import GatewayUnavailable
from orders.gateways import gateway
from orders.gateways.protocol import Answer, KeySpent, NoAnswer, Outcome
from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.models import Order, PaymentTransaction
from orders.requests import Repeatable
from orders.services.ask_gateway import call_of
from orders.services.settle import apply_answer, settle_payments
from orders.states import TransactionStatus


def authorize_now(charge: PaymentTransaction) -> Answer:
    """What the gateway says to an authorisation. Raises ``GatewayUnavailable``; the completer asks again then."""
    try:
        said = gateway(charge.payment.gateway).authorize(call_of(charge))
        if said.outcome is Outcome.PENDING:
            raise NoAnswer("it is still working on it")
    except (NoAnswer, KeySpent) as silence:
        raise GatewayUnavailable(
            "The payment gateway did not answer yet. Repeat the request with the same key for the outcome."
        ) from silence
    return said


def authorize_each(charges: Sequence[PaymentTransaction], *, by: Actor, repeat: Repeatable | None) -> Order:
    """Ask one gateway after the other for a placement that several pay; the first no ends it, and nothing is kept.

    Each attempt is noted first, so that after a crash it is known which gateways can't have heard of it. Raises
    ``PaymentDeclined`` and ``GatewayUnavailable``.
    """
    for charge in charges:
        _note_attempt(charge, by=by)
        settled = apply_answer(
            charge.pk, authorize_now(charge), by=by, repeat=repeat if charge is charges[-1] else None
        )
        if settled.refusal:
            settle_payments(settled.order.pk, by=by)  # what the others reserved goes back at once
            raise settled.refusal
    return settled.order


def _note_attempt(charge: PaymentTransaction, *, by: Actor) -> None:
    with work(by=by):
        PaymentTransaction.objects.filter(pk=charge.pk, status=TransactionStatus.PENDING).update(
            attempts=F("attempts") + 1
        )
