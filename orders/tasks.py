"""Alarm clocks of the ground floor: each drains its rows, so it may ring twice, late, or not at all."""

from celery import shared_task

from orders.kernel.actor import SYSTEM
from orders.mailer import send_due_messages
from orders.services.hold import release_due_holds
from orders.services.idempotency import forget_keys
from orders.services.notice import work_off_notices
from orders.services.reconcile import reconcile_due_payments
from orders.services.relay import relay_events
from orders.services.renew_payment import renew_expiring_payments
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
def read_gateway_notices() -> int:
    """Work off what the gateways told us."""
    return work_off_notices()


@shared_task
def renew_payments() -> int:
    """Renew what is reserved before it lapses."""
    return renew_expiring_payments(by=SYSTEM)


@shared_task
def reconcile() -> int:
    """Compare payments with their gateways' books."""
    return reconcile_due_payments(by=SYSTEM)


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
