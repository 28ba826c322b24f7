"""Money, dates and reasons in templates, as readers of the active language say them; for pages and mails."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from orders.kernel.documents import Formats
from orders.order_words import HOLD_WORDS

register = template.Library()


@register.filter
def money(amount: Decimal | str, currency: str) -> str:
    """``{{ amount|money:order.currency }}``: €12.50; takes the decimal strings of stored facts too."""
    return _formats().money(Decimal(amount), currency)


@register.filter
def day(when: date | datetime | str) -> str:
    """``{{ line.promised_on|day }}``: Wednesday, November 25."""
    return _formats().day(_date(when))


@register.filter
def long_day(when: date | datetime | str) -> str:
    """``{{ invoice.issued_at|long_day }}``: November 25, 2026."""
    return _formats().date(_date(when))


@register.filter
def moment(when: datetime | str) -> str:
    """``{{ proposal.answer_until|moment }}``: Nov 25, 2026, 3:00 PM, in the zone that is active."""
    instant = datetime.fromisoformat(when) if isinstance(when, str) else when
    return _formats().moment(timezone.localtime(instant))


@register.filter
def hold_words(reason: str) -> str:
    """``{{ reason|hold_words }}``: why an order waits and what now, for its customer."""
    return str(HOLD_WORDS[reason])


def _formats() -> Formats:
    return Formats(get_language() or settings.LANGUAGE_CODE)


def _date(when: date | datetime | str) -> date:
    """An instant is a day in the zone that is active: the channel's, for its customers."""
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    if isinstance(when, datetime):
        return timezone.localtime(when).date() if timezone.is_aware(when) else when.date()
    return when
