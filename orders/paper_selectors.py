"""What is read of legal papers: one by its number, periods for the bookkeeper, and which series a channel may use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from orders.models import Channel, CreditNote, Invoice, InvoiceSeries
from orders.states import PapersByMail

Papers = QuerySet[Invoice] | QuerySet[CreditNote]


@dataclass(frozen=True, kw_only=True)
class RateSum:
    """What papers come to at one rate, in one currency."""

    currency: str
    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def paper_of(order_id: int, number: str) -> Invoice | CreditNote:
    """The order's paper of that number. Raises ``DoesNotExist``."""
    invoice = Invoice.objects.filter(order_id=order_id, number=number).first()
    return invoice or CreditNote.objects.get(order_id=order_id, number=number)


def mails_papers(order_id: int) -> bool:
    """Whether the order's channel sends its papers by mail."""
    return Channel.objects.filter(orders=order_id, papers_by_mail=PapersByMail.ATTACH).exists()


def sums_by_rate(papers: "QuerySet[Any]") -> list[RateSum]:
    """What these papers (invoices, or credit notes) come to, by currency and rate: one statement."""
    within = papers.model._default_manager.filter(pk__in=papers.order_by().values("pk")).order_by()
    rates = within.exclude(taxes=None).values("currency", "taxes__category", "taxes__tax_rate")
    summed = rates.annotate(sum_net=Sum("taxes__net"), sum_tax=Sum("taxes__tax"))
    return [
        RateSum(
            currency=row["currency"],
            category=row["taxes__category"],
            rate=row["taxes__tax_rate"].normalize(),
            net=row["sum_net"],
            tax=row["sum_tax"],
        )
        for row in summed.order_by("currency", "-taxes__tax_rate", "taxes__category")
    ]


def with_taxes(papers: Papers) -> Iterator[Invoice | CreditNote]:
    """The papers with their taxes, order and series, in constant memory."""
    rows = papers.select_related("order", "series").prefetch_related("taxes").order_by("issued_on", "pk")
    yield from rows.iterator(chunk_size=500)


def clashing_prefix(channel: Channel, *, series: str, prefix: str, kind: str, today: date) -> str:
    """Why a channel may not number its papers so; empty when it may.

    A series that began with a prefix keeps it until the year ends, and no two series share one: their numbers
    would be the same. ``kind`` is ``invoice`` or ``credit_note``.
    """
    begun = InvoiceSeries.objects.filter(year=today.year)
    if begun.filter(code=series).exclude(prefix=prefix).exists():
        return "begun"
    if begun.filter(prefix=prefix).exclude(code=series).exists():
        return "taken"
    others = Channel.objects.exclude(pk=channel.pk)
    for other in ("invoice", "credit_note"):
        same_code, same_prefix = Q(**{f"{other}_series": series}), Q(**{f"{other}_prefix": prefix})
        if others.filter(same_code & ~same_prefix).exists():
            return "shared"
        if others.filter(same_prefix & ~same_code).exists():
            return "taken"
    mine = "credit_note" if kind == "invoice" else "invoice"
    if prefix == getattr(channel, f"{mine}_prefix") or series == getattr(channel, f"{mine}_series"):
        return "own"
    return ""
