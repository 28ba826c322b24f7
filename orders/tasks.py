"""Alarm clocks of the ground floor: each drains its rows, so it may ring twice, late, or not at all."""

from celery import shared_task

from orders.kernel.actor import SYSTEM
from orders.mailer import send_due_messages
from orders.services.call_back import ask_for_due_calls
from orders.services.deliver_digital import deliver_waiting
from orders.services.end_drafts import end_due_reservations, expire_due_drafts
from orders.services.erase import finish_erasures
from orders.services.escalate import escalate_unowned
from orders.services.expire import expire_due_orders
from orders.services.file_paper import file_due_papers
from orders.services.follow_preorders import follow_preorders
from orders.services.hold import release_due_holds
from orders.services.idempotency import forget_keys
from orders.services.notice import work_off_notices
from orders.services.reconcile import reconcile_due_payments
from orders.services.relay import relay_events
from orders.services.remind import remind_due_customers
from orders.services.renew_payment import renew_expiring_payments
from orders.services.send_payment_link import expire_payment_links
from orders.services.settle import settle_payments
from orders.services.watch_holds import watch_old_holds


@shared_task
def send_notifications() -> int:
    """Send what is due."""
    return send_due_messages()


@shared_task
def file_papers() -> int:
    """Make and keep the files of invoices and credit notes that were issued."""
    return file_due_papers()


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
def expire_orders() -> int:
    """Expire what nobody paid in time."""
    return expire_due_orders(by=SYSTEM)


@shared_task
def remind_customers() -> int:
    """Remind customers to pay before their orders expire."""
    return remind_due_customers(by=SYSTEM)


@shared_task
def watch_holds() -> int:
    """Ask people about holds that last too long."""
    return watch_old_holds(by=SYSTEM)


@shared_task
def escalate_exceptions() -> int:
    """Write to the team about urgent questions that nobody has taken."""
    return escalate_unowned(by=SYSTEM)


@shared_task
def expire_links() -> int:
    """Let payment links run out whose time has come."""
    return expire_payment_links()


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


@shared_task
def finish_due_erasures() -> int:
    """Empty the papers of the forgotten whose years are over."""
    return finish_erasures()


@shared_task
def end_drafts() -> int:
    """Give back what drafts kept until now, and end those that nobody placed in time."""
    return end_due_reservations(by=SYSTEM) + expire_due_drafts(by=SYSTEM)


@shared_task
def ask_for_calls() -> int:
    """Ask people to make the calls that are due."""
    return ask_for_due_calls(by=SYSTEM)
