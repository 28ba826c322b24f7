"""What the messages to customers are called."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

_NAMES: dict[str, Promise] = {
    "approved": pgettext_lazy("message", "Return approved"),
    "cancelled": pgettext_lazy("message", "Cancelled"),
    "closed": pgettext_lazy("message", "Return complete"),
    "code": pgettext_lazy("message", "One-time code"),
    "confirmed": pgettext_lazy("message", "Order confirmed"),
    "declined": pgettext_lazy("message", "Return declined"),
    "delivered": pgettext_lazy("message", "Parcel delivered"),
    "dispatched": pgettext_lazy("message", "Parcel on its way"),
    "expired": pgettext_lazy("message", "Order expired"),
    "gift_card": pgettext_lazy("message", "Gift card"),
    "held": pgettext_lazy("message", "Order on hold"),
    "link": pgettext_lazy("message", "New link"),
    "payment_action": pgettext_lazy("message", "Payment to be approved"),
    "payment_link": pgettext_lazy("message", "Payment link"),
    "payment_reminder": pgettext_lazy("message", "Reminder to pay"),
    "placed": pgettext_lazy("message", "Order received"),
    "promise_changed": pgettext_lazy("message", "New delivery date"),
    "received": pgettext_lazy("message", "Return received"),
    "refunded": pgettext_lazy("message", "Money sent back"),
    "requested": pgettext_lazy("message", "Return requested"),
    "store_credit": pgettext_lazy("message", "Store credit"),
}


def message_words(template: str) -> str:
    """What a message is about, from its template: ``orders/mail/placed`` is «Order received»."""
    name = template.rsplit("/", 1)[-1]
    return str(_NAMES.get(name, name.replace("_", " ").capitalize()))
