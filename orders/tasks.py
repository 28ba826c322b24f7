"""Alarm clocks of the ground floor: each drains its rows, so it may ring twice, late, or not at all."""

from celery import shared_task

from orders.kernel.actor import SYSTEM
from orders.mailer import send_due_messages
from orders.services.call_back import ask_for_due_calls
from orders.services.end_drafts import end_due_reservations, expire_due_drafts
from orders.services.hold import release_due_holds
from orders.services.idempotency import forget_keys
from orders.services.relay import relay_events
from orders.services.settle import settle_payments


@shared_task
def send_notifications() -> int:
    """Send what is due."""
    return send_due_messages()


@shared_task
def settle_due_payments() -> int:
    """Ask the gateways for what is owed."""
    return settle_payments(by=SYSTEM)


@shared_task
def relay_feed() -> int:
    """Place new events in the partners' feed."""
    return relay_events()


@shared_task
def release_holds() -> int:
    """Release the holds whose time has come."""
    return release_due_holds(by=SYSTEM)


@shared_task
def forget_idempotency_keys() -> int:
    """Delete the keys that are older than two days."""
    return forget_keys()


@shared_task
def end_drafts() -> int:
    """Give back what drafts kept until now, and end those that nobody placed in time."""
    return end_due_reservations(by=SYSTEM) + expire_due_drafts(by=SYSTEM)


@shared_task
def ask_for_calls() -> int:
    """Ask people to make the calls that are due."""
    return ask_for_due_calls(by=SYSTEM)
