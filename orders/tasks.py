"""Alarm clocks of the ground floor: each drains its rows, so it may ring twice, late, or not at all."""

from celery import shared_task

from orders.kernel.actor import SYSTEM
from orders.mailer import send_due_messages
from orders.services.deliver_digital import deliver_waiting
from orders.services.follow_preorders import follow_preorders
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
def deliver_digital_goods() -> int:
    """Hand out what waited for codes or its payment."""
    return deliver_waiting(by=SYSTEM)


@shared_task
def follow_due_preorders() -> int:
    """Let preorders follow their products' days."""
    return follow_preorders(by=SYSTEM)


@shared_task
def forget_idempotency_keys() -> int:
    """Delete the keys that are older than two days."""
    return forget_keys()
