"""How staff find things: by what they read, hear or copy, however it is written, and always by an index."""

import re
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from orders.kernel.ids import ALPHABET
from orders.models import Customer, Order
from orders.selectors import with_phone
from orders.states import OrderStatus
from orders.web.panels import parts

MOST = 200  # hits of one kind; who finds more must ask better

_MISREAD = str.maketrans("ILO", "110")
_NUMBER = re.compile(f"[{ALPHABET}]{{9}}")


def order_number_of(text: str) -> str:
    """The order number that ``text`` means, with or without dashes, in any case; empty when it is none."""
    plain = re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)
    return f"{plain[:4]}-{plain[4:8]}-{plain[8]}" if _NUMBER.fullmatch(plain) else ""


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
    refs = Order.objects.filter(external_ref__iexact=text).exclude(external_ref="")
    hits = [refs.exclude(status=OrderStatus.DECLINED), *_by_customer(text)]
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
    phoning, ordered = with_phone(Customer.objects.all(), text), with_phone(Order.objects.all(), text)
    if phoning is not None and ordered is not None:
        theirs = Order.objects.filter(customer__in=_survivors(phoning))
        as_given = Order.objects.filter(phone=text)
        return [theirs, ordered, as_given, Order.objects.filter(customer__reference=text)]
    named = Customer.objects.filter(name__icontains=text)
    return [Order.objects.filter(customer__in=_survivors(named)), Order.objects.filter(customer__reference=text)]


def _survivors(customers: QuerySet[Customer]) -> QuerySet[Any, Any]:
    """Their keys; of those that were merged, the key of the one that they are now."""
    return customers.order_by().annotate(now=Coalesce("merged_into_id", "pk")).values("now")[:MOST]


def by_order(rows: QuerySet[Any], path: str, text: str) -> QuerySet[Any] | None:
    """The rows of the order whose number ``text`` is, each once, ``path`` leading to it; None when it is no number."""
    number = order_number_of(text)
    if not number:
        return None
    return rows.filter(pk__in=rows.model._default_manager.filter(**{f"{path}__number": number}).values("pk"))
