"""What people type about themselves and an order, as far as it can be kept: each text's longest, mail addresses.

The API refuses the same before a service sees it; the services refuse it from whoever else asks. Pure.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from orders.kernel.errors import FieldError, at

REASON, NOTE, REFERENCE = 255, 5000, 128
CONTACT = {"email": 254, "name": 255, "phone": 32, "language": 8}
_ADDRESS_PART = 200

Fault = tuple[str, str]  # an error's code and sentence


def text_fault(text: str, most: int) -> Fault | None:
    """Why it can't be kept; None when it can."""
    if "\0" in text:
        return "control_character", "Must not contain control characters."
    return ("too_long", f"At most {most} characters.") if len(text) > most else None


def mail_fault(text: str) -> Fault | None:
    """Why it is no mail address that can be kept; an empty one is none that is wrong."""
    fault = text_fault(text, CONTACT["email"])
    if fault or not text:
        return fault
    try:
        validate_email(text)
    except ValidationError:
        return "email", "Must be an e-mail address."
    return None


def address_faults(address: Mapping[str, Any]) -> Iterable[tuple[str, Fault]]:
    """The parts of an address that can't be kept, and why."""
    for part, value in address.items():
        fault = text_fault(str(value or ""), _ADDRESS_PART)
        if fault:
            yield part, fault


def errors_in(texts: Iterable[tuple[str, str, int]]) -> list[FieldError]:
    """The errors of texts, each with its pointer and how long it may be."""
    faults = ((pointer, text_fault(text, most)) for pointer, text, most in texts)
    return [at(pointer, *fault) for pointer, fault in faults if fault]
