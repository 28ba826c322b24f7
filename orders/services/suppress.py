"""Keep a message back that its customer doesn't want; the row stays, so that everybody sees why nothing was sent."""

from uuid import UUID

from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.models import Notification
from orders.preferences import Preferences
from orders.services.render import CUSTOMER
from orders.states import NotificationStatus


def is_unwanted(message: Notification) -> bool:
    """Whether the customer refused messages of this kind, or is nobody any more; asked right before it is sent."""
    if message.order is None or message.recipient != CUSTOMER:
        return False
    customer = message.order.customer
    is_wanted = Preferences.of(customer.notification_preferences).wants(message.kind, channel=message.channel)
    return customer.anonymised_at is not None or not is_wanted


def suppress_message(message_id: int, *, lease: UUID) -> None:
    """Mark a claimed message as not wanted; nothing when its lease was lost."""
    with work(by=SYSTEM):
        held = Notification.objects.select_for_update(of=("self",))
        row = held.filter(pk=message_id, lease_token=lease, status=NotificationStatus.LEASED).first()
        if row is not None:
            row.suppress()
            row.lease_token = row.leased_until = None
            row.save(update_fields=["status", "lease_token", "leased_until"])
