"""Which customers look like the same person: same phone, same mailbox, or same name at the same postal code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Max, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower, Reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import Customer, CustomerAddress
from orders.models.customer import plain_email

MOST = 100  # groups of one kind in the list, hits on one page

REASONS: dict[str, Promise] = {
    "phone": _("Same phone"),
    "mail": _("Same mailbox"),
    "place": _("Same name and postal code"),
}


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A customer who may be the same person, with the reasons, and what they have."""

    customer: Customer
    reasons: tuple[str, ...]
    orders: int
    last_order_at: Any


def living() -> QuerySet[Customer]:
    """Those that orders can belong to: neither merged nor forgotten."""
    return Customer.objects.filter(merged_into=None, anonymised_at=None)


def twins_of(customer: Customer) -> tuple[Twin, ...]:
    """Who may be the same person as ``customer``; three statements, each by an index."""
    found: dict[int, list[str]] = {}
    hits = [query.exclude(pk=customer.pk).order_by() for query in _alike(customer)]
    if hits:
        first, *others = [hit.values_list("pk", "reason")[:MOST] for hit in hits]
        for pk, reason in first.union(*others):
            found.setdefault(pk, []).append(reason)
    rows = Customer.objects.filter(pk__in=found).annotate(n=Count("orders"), last=Max("orders__created_at"))
    return tuple(
        Twin(customer=row, reasons=tuple(sorted(found[row.pk])), orders=row.n, last_order_at=row.last)
        for row in rows.order_by("pk")
    )


def with_twins() -> set[int]:
    """The keys of customers who have a twin, a hundred groups of each kind at most: for the list of candidates."""
    phones = _repeated(_phoned(), "backwards")
    mails = _repeated(living().exclude(email=None).annotate(plain=plain_email()), "plain")
    found = set(_phoned().filter(backwards__in=phones).values_list("pk", flat=True)[: 2 * MOST])
    mailed = living().annotate(plain=plain_email()).filter(email__isnull=False, plain__in=mails)
    found.update(mailed.values_list("pk", flat=True)[: 2 * MOST])
    places = _places().filter(customer__merged_into=None, customer__anonymised_at=None).exclude(postal="")
    groups = places.values("person", "postal").annotate(n=Count("customer", distinct=True)).filter(n__gt=1)
    for person, postal in groups.order_by().values_list("person", "postal")[:MOST]:
        found.update(_places().filter(person=person, postal=postal).values_list("customer_id", flat=True)[:MOST])
    return found


def _alike(customer: Customer) -> Sequence[QuerySet[Any]]:
    alike: list[QuerySet[Any]] = []
    if customer.phone_e164:
        alike.append(_phoned().filter(backwards=customer.phone_e164[::-1]).annotate(reason=_because("phone")))
    if customer.email:
        mine = Customer.objects.filter(pk=customer.pk).annotate(plain=plain_email()).values("plain")
        mailed = living().filter(email__isnull=False).annotate(plain=plain_email(), reason=_because("mail"))
        alike.append(mailed.filter(plain__in=list(mine.values_list("plain", flat=True))))
    places = {
        (row.address["name"].lower(), row.address["postal_code"])
        for row in customer.addresses.all()[:MOST]
        if row.address.get("name") and row.address.get("postal_code")
    }
    for person, postal in sorted(places)[:10]:
        there = _places().filter(person=person, postal=postal).values("customer")
        alike.append(living().filter(pk__in=there).annotate(reason=_because("place")))
    return alike


def _phoned() -> QuerySet[Any]:
    """With the number backwards, as the index has it."""
    return living().exclude(phone_e164="").annotate(backwards=Reverse("phone_e164"))


def _places() -> QuerySet[Any]:
    return CustomerAddress.objects.annotate(
        person=Lower(KeyTextTransform("name", "address")), postal=KeyTextTransform("postal_code", "address")
    )


def _repeated(customers: QuerySet[Any], column: str) -> list[str]:
    groups = customers.order_by().values(column).annotate(n=Count("pk")).filter(n__gt=1)
    return list(groups.values_list(column, flat=True)[:MOST])


def _because(reason: str) -> Value:
    return Value(reason, output_field=CharField())
