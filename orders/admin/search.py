"""How staff find things: by what they read, hear or copy, however it is written, and always by an index."""

import re
from typing import Any

from django.db.models import QuerySet

from orders.kernel.ids import ALPHABET
from orders.models import Customer, Order
from orders.states import OrderStatus
from orders.web.panels import parts

MOST = 200  # hits of one kind; who finds more must ask better

_MISREAD = str.maketrans("ILO", "110")
_NUMBER = re.compile(f"[{ALPHABET}]{{9}}")


def order_number_of(text: str) -> str:
    """The order number that ``text`` means, with or without dashes, in any case; empty when it is none."""
    plain = re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)
    return f"{plain[:4]}-{plain[4:8]}-{plain[8]}" if _NUMBER.fullmatch(plain) else ""


def phones_of(text: str) -> list[str]:
    """How a phone number may have been stored: as typed, as digits, with a plus; empty when it is none."""
    digits = re.sub(r"[\s()/.-]", "", text)
    if not re.fullmatch(r"\+?\d{5,20}", digits):
        return []
    bare = digits.removeprefix("+").removeprefix("00")
    return list(dict.fromkeys([text, digits, bare, f"+{bare}"]))


def found_orders(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Orders by number, mail, phone, external reference, the customer's name, or whatever upper floors know.

    One statement finds the keys: each kind of hit is a query of its own with its own index, since an OR over
    tables would read them all.
    """
    text = text.strip()
    number = order_number_of(text)
    if number:
        exact = orders.filter(number=number)
        if exact.exists():
            return exact
    hits = [Order.objects.filter(external_ref=text).exclude(status=OrderStatus.DECLINED), *_by_customer(text)]
    if len(text) >= 4:
        hits.append(Order.objects.filter(number__startswith=text.upper()))
    pks = [hit.order_by().values_list("pk", flat=True)[:MOST] for hit in hits]
    found = set(pks[0].union(*pks[1:], all=True))
    for finder in parts("found"):
        found.update(finder(text))
    return orders.filter(pk__in=found)


def _by_customer(text: str) -> list[QuerySet[Order]]:
    if "@" in text:
        return [Order.objects.filter(email__startswith=text.lower())]
    phones = phones_of(text)
    if phones:
        return [
            Order.objects.filter(phone__in=phones),
            Order.objects.filter(customer__phone__in=phones),
            Order.objects.filter(customer__reference=text),
        ]
    named = Customer.objects.filter(name__icontains=text).order_by().values("pk")[:MOST]
    return [Order.objects.filter(customer__in=named), Order.objects.filter(customer__reference=text)]


def by_order(rows: QuerySet[Any], path: str, text: str) -> QuerySet[Any] | None:
    """The rows of the order whose number ``text`` is, ``path`` leading to it; None when it is no number."""
    number = order_number_of(text)
    return rows.filter(**{f"{path}__number": number}) if number else None
