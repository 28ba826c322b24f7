"""What the back office's templates draw: chips, money, addresses and the buttons of staff actions.

``orders.admin`` is imported when a tag is first used: unfold draws widgets while it is imported itself, which loads
every tag library.
"""

from decimal import Decimal
from typing import Any

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def chip(row: Any, field: str) -> SafeString:
    """The state of a row as a coloured word."""
    from orders.admin import chips

    return chips.badge(row, field)


@register.filter
def message_words(template: str) -> str:
    """What a message is about, from the name of its template."""
    from orders.admin import message_words

    return message_words.message_words(template)


@register.filter
def category_words(category: str) -> str:
    """The name of an exception's category."""
    from orders import exception_words

    return exception_words.category_words(category)


@register.filter
def next_step(row: Any) -> str:
    """What to do about an exception."""
    from orders import exception_words

    return exception_words.next_step(row)


@register.filter
def exception_summary(row: Any) -> str:
    """What happened, of an exception."""
    from orders import exception_words

    return exception_words.summary(row)


@register.filter
def hold_why(hold: Any) -> str:
    """Why a rule has placed a hold."""
    from orders import rule_words

    return rule_words.why(hold)


@register.filter
def hold_to_do(reason: str) -> str:
    """What staff do about a hold."""
    from orders import rule_words

    return str(rule_words.WHAT_TO_DO.get(reason, ""))


@register.filter
def actor_words(name: str) -> str:
    """Who did it, as staff read it."""
    from orders.admin import event_words

    return event_words.actor_words(name)


@register.filter
def refund_words(reason: str) -> str:
    """Why money went back."""
    from orders.admin import event_words

    return event_words.refund_words(reason)


@register.simple_tag
def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency."""
    from orders.admin import chips

    return chips.money(amount, currency)


@register.simple_tag
def address(value: dict[str, Any] | None) -> SafeString:
    """A postal address on its lines."""
    from orders.admin import chips

    return chips.address(value)


@register.inclusion_tag("admin/action_button.html")
def action_button(url_name: str, pk: Any, label: str, back_to: Model | None = None) -> dict[str, Any]:
    """A button that opens a staff action's form, and comes back to the page of ``back_to``."""
    from orders.admin import chips

    url = reverse(f"admin:{url_name}", args=[pk])
    if back_to is not None:
        url = f"{url}?{urlencode({'next': chips.url_of(back_to)})}"
    return {"url": url, "label": label}


@register.filter
def share(value: float | None) -> str:
    """0.954 as 95 %; a dash where nothing can be said."""
    from django.utils.translation import get_language

    from orders.kernel.documents import Formats

    return "–" if value is None else Formats(get_language() or "en").percent(round(Decimal(value), 2))
