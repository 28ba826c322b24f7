"""How staff read an event: its title, what it was about, and who did it. Every event class brings its own words."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orders.admin.message_words import message_words
from orders.events import RefundGranted
from orders.exception_words import category_words
from orders.kernel.actor import ActorKind
from orders.kernel.documents import Formats
from orders.kernel.event import Codes, Event
from orders.models import OrderEvent
from orders.timeline_words import event_classes, facts_of

# What each fact of an event is called. A fact without a name here is one that staff have no use for: a test keeps
# the two apart.
NAMES: dict[str, Promise] = {
    "absorbed": _("The duplicate's number"),
    "accepted": _("Accepted"),
    "aisles": _("Aisles"),
    "amount": _("Amount"),
    "answer_until": _("Answer until"),
    "answered_by": _("Answered"),
    "attempts": _("Attempts"),
    "bin": _("Bin"),
    "call_back_at": _("Call back at"),
    "carrier": _("Carrier"),
    "category": _("About"),
    "channel": _("By"),
    "condition": _("Condition"),
    "credit_note": _("Credit note"),
    "delta": _("Difference"),
    "difference": _("Money"),
    "direction": _("Who began"),
    "disposition": _("Goes to"),
    "due_on": _("Invoices kept until"),
    "error_code": _("Answer"),
    "expected_before": _("Expected before"),
    "expected_on": _("Expected"),
    "expires_at": _("Expires"),
    "expires_on": _("To be sent by"),
    "fulfillment_order": _("Fulfillment order"),
    "gift_card": _("Gift card"),
    "into": _("Number of who stays"),
    "invoice": _("Invoice"),
    "kind": _("Asked for"),
    "on_hand": _("On hand"),
    "order_count": _("Orders"),
    "orders": _("Orders"),
    "owner": _("Owner"),
    "package": _("Package"),
    "packages": _("Packages"),
    "payment_link": _("Payment link"),
    "pick_list": _("Pick list"),
    "pick_lists": _("Pick lists"),
    "promised_on": _("Promised"),
    "purchase_order": _("Purchase order"),
    "purchase_orders": _("Purchase orders"),
    "purpose": _("Purpose"),
    "quantity": _("Units of it"),
    "rating": _("Rating"),
    "reason": _("Reason"),
    "receipt": _("Receipt"),
    "received": _("Arrived"),
    "refused": _("Not wanted"),
    "refund_estimate": _("Worth"),
    "resolution": _("What was done"),
    "reorder_of": _("Repeats order"),
    "return": _("Return"),
    "service": _("Service"),
    "severity": _("Severity"),
    "shipment": _("Shipment"),
    "sku": _("Product"),
    "status": _("Status"),
    "store_credit": _("Store credit"),
    "substitute": _("Instead"),
    "substitutes": _("When out of stock"),
    "summary": _("What happened"),
    "supplier": _("Supplier"),
    "tags": _("Said of it"),
    "template": _("Message"),
    "to": _("As"),
    "total": _("Total"),
    "total_before": _("Total before"),
    "tracking_number": _("Tracking number"),
    "units": _("Units"),
    "until": _("Until"),
    "warehouse": _("Warehouse"),
    "wave": _("Wave"),
    "location": _("Location"),
}
# What is said when it is so; that it isn't goes without saying.
SIGNS: dict[str, Promise] = {
    "asks": _("the customer is asked"),
    "is_auto_approved": _("approved at once"),
    "is_complete": _("nothing more is to come"),
    "is_last": _("all is packed"),
    "is_new_code": _("with a new code"),
}
ACTORS: dict[str, Promise] = {
    ActorKind.SYSTEM: _("by itself"),
    ActorKind.STAFF: _("Staff"),
    ActorKind.PARTNER: _("Partner"),
    ActorKind.CUSTOMER: _("Customer"),
    ActorKind.CARRIER: _("Carrier"),
    ActorKind.SUPPLIER: _("Supplier"),
}


def title_of(row: OrderEvent) -> str:
    """The heading of an event."""
    event = event_classes().get(row.type)
    return str(event.titled(row.data)) if event else row.type


def who_did(row: OrderEvent) -> str:
    """The name of the actor, or what kind of actor it was."""
    return actor_words(row.actor_name or row.actor_kind)


def actor_words(name: str) -> str:
    """An actor as rows keep it: a name, or a kind for those who have none."""
    return str(ACTORS.get(name, name))


def refund_words(reason: str) -> str:
    """Why money went back, as a refund keeps it."""
    return _word(RefundGranted, "reason", reason)


def facts_in_words(row: OrderEvent) -> list[str]:
    """What an event was about: units of lines first, then its other facts; empty ones say nothing."""
    event = event_classes().get(row.type)
    data = row.data
    lines = [line for line in (*data.get("lines", ()), data.get("line")) if isinstance(line, dict)]
    units = [f"{abs(line['quantity'])} × {line['sku']}" for line in lines]
    if event is None:
        return units
    told = facts_of(event, data, Formats(get_language() or "en"))
    named = [
        f"{NAMES[name]}: {_said(event, name, value, told)}"
        for name, value in data.items()
        if name in NAMES and value not in ("", None, [], {})
    ]
    return [*units, *named, *(str(sign) for name, sign in SIGNS.items() if data.get(name))]


def _said(event: type[Event], name: str, value: Any, told: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(_word(event, name, str(each)) for each in value)
    return _word(event, name, told.get(name, str(value)))


def _word(event: type[Event], name: str, value: str) -> str:
    match name:
        case "category":
            return category_words(value)
        case "template":
            return message_words(value)
    for choices in (*event.codes.get(name, ()), *_codes_of_all().get(name, ())):
        if value in choices.values:
            return str(choices(value).label)
    return value.replace("_", " ") if name in event.codes else value


@cache
def _codes_of_all() -> Codes:
    """What a fact's codes mean elsewhere: a floor may tell a code that a floor above has words for."""
    codes: dict[str, list[type[TextChoices]]] = {}
    for event in event_classes().values():
        for name, choices in event.codes.items():
            codes.setdefault(name, []).extend(choices)
    return codes
