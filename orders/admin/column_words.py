"""What columns are called: models name them in English, by the name in the code; here those that staff meet daily."""

from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, pgettext_lazy

_WORDS: dict[str, Promise] = {
    "acceptance": pgettext_lazy("column", "Acceptance"),
    "accepted": pgettext_lazy("column", "Accepted"),
    "allocated": pgettext_lazy("column", "Allocated"),
    "amount": pgettext_lazy("column", "Amount"),
    "attempts": pgettext_lazy("column", "Attempts"),
    "box": pgettext_lazy("column", "Box"),
    "bundle": pgettext_lazy("column", "Bundle"),
    "carrier": pgettext_lazy("column", "Carrier"),
    "categories": pgettext_lazy("column", "Categories"),
    "changed at": pgettext_lazy("column", "Changed at"),
    "changed by": pgettext_lazy("column", "Changed by"),
    "channel": pgettext_lazy("column", "Channel"),
    "checked at": pgettext_lazy("column", "Checked at"),
    "component": pgettext_lazy("column", "Component"),
    "condition": pgettext_lazy("column", "Condition"),
    "contacts": pgettext_lazy("column", "Addresses and domains"),
    "counted": pgettext_lazy("column", "What is counted"),
    "countries": pgettext_lazy("column", "Countries"),
    "created at": pgettext_lazy("column", "Created at"),
    "currency": pgettext_lazy("column", "Currency"),
    "delivered at": pgettext_lazy("column", "Delivered at"),
    "disposition": pgettext_lazy("column", "Disposition"),
    "error": pgettext_lazy("column", "Error"),
    "expected on": pgettext_lazy("column", "Expected on"),
    "expires at": pgettext_lazy("column", "Expires at"),
    "filed at": pgettext_lazy("column", "Filed at"),
    "finished at": pgettext_lazy("column", "Finished at"),
    "fulfillment order": pgettext_lazy("column", "Fulfillment order"),
    "given at": pgettext_lazy("column", "Given at"),
    "good": pgettext_lazy("column", "Digital good"),
    "incoming": pgettext_lazy("column", "Incoming"),
    "is active": pgettext_lazy("column", "Is active"),
    "is bundle": pgettext_lazy("column", "Is a bundle"),
    "is digital": pgettext_lazy("column", "Is digital"),
    "issued at": pgettext_lazy("column", "Issued at"),
    "issued on": pgettext_lazy("column", "Issued on"),
    "kind": pgettext_lazy("column", "Kind"),
    "line": pgettext_lazy("column", "Line"),
    "name": pgettext_lazy("column", "Name"),
    "on hand": pgettext_lazy("column", "On hand"),
    "only lines": pgettext_lazy("column", "Only the lines"),
    "opened at": pgettext_lazy("column", "Opened at"),
    "owner": pgettext_lazy("column", "Owner"),
    "packed": pgettext_lazy("column", "Packed"),
    "picked": pgettext_lazy("column", "Picked"),
    "picker": pgettext_lazy("column", "Picker"),
    "priority": pgettext_lazy("column", "Priority"),
    "processed at": pgettext_lazy("column", "Processed at"),
    "promised on": pgettext_lazy("column", "Promised on"),
    "public id": pgettext_lazy("column", "Public id"),
    "quantity": pgettext_lazy("column", "Quantity"),
    "reason": pgettext_lazy("column", "Reason"),
    "received": pgettext_lazy("column", "Received"),
    "received at": pgettext_lazy("column", "Received at"),
    "renews": pgettext_lazy("column", "Renews"),
    "reception": pgettext_lazy("column", "Reception"),
    "release after hours": pgettext_lazy("column", "Released by itself after hours"),
    "released at": pgettext_lazy("column", "Released at"),
    "reminder hours before expiry": pgettext_lazy("column", "Reminder, hours before"),
    "requested by": pgettext_lazy("column", "Requested by"),
    "resolution": pgettext_lazy("column", "Resolution"),
    "resolved at": pgettext_lazy("column", "Resolved at"),
    "rule": pgettext_lazy("column", "Rule"),
    "safety stock": pgettext_lazy("column", "Safety stock"),
    "same": pgettext_lazy("column", "With the same"),
    "sent at": pgettext_lazy("column", "Sent at"),
    "sent to": pgettext_lazy("column", "Sent to"),
    "sequence": pgettext_lazy("column", "Sequence"),
    "service": pgettext_lazy("column", "Service"),
    "severity": pgettext_lazy("column", "Severity"),
    "shipped": pgettext_lazy("column", "Shipped"),
    "shipped at": pgettext_lazy("column", "Shipped at"),
    "short reason": pgettext_lazy("column", "Short reason"),
    "skus": pgettext_lazy("column", "SKUs"),
    "snooze note": pgettext_lazy("column", "Why it was put aside"),
    "snoozed until": pgettext_lazy("column", "Put aside until"),
    "status": pgettext_lazy("column", "Status"),
    "summary": pgettext_lazy("column", "Summary"),
    "tags": pgettext_lazy("column", "Tags"),
    "times": pgettext_lazy("column", "From how many on"),
    "total": pgettext_lazy("column", "Total"),
    "tracking number": pgettext_lazy("column", "Tracking number"),
    "unavailable": pgettext_lazy("column", "Unavailable"),
    "unpaid expires after hours": pgettext_lazy("column", "Unpaid orders expire after hours"),
    "updated at": pgettext_lazy("column", "Updated at"),
    "weight g": pgettext_lazy("column", "Weight, g"),
    "within hours": pgettext_lazy("column", "Within hours"),
}


def column_words(name: str) -> Any:
    """The title of a column, from its name in the code: of ours, or of those that some text has already."""
    plain = name.rsplit("__", 1)[-1].replace("_", " ")
    return _WORDS.get(plain, gettext_lazy(capfirst(plain)))


def name_columns(model: type[Model]) -> None:
    """Call the model's columns in its pages as staff call them."""
    for field in model._meta.concrete_fields:
        if isinstance(field.verbose_name, str):  # Django's own have their translations
            field.verbose_name = column_words(field.verbose_name)
