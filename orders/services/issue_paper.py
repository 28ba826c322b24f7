"""What all legal papers have in common when they are issued: a number, the facts as they are now, a file to be made."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from orders.kernel.work import owe
from orders.locks import locked_series
from orders.models import Channel, CreditNote, CreditNoteTax, Invoice, InvoiceTax, Order, PaperFile
from orders.taxes import TaxShare


def issue_paper(paper: Invoice | CreditNote, taxes: Iterable[TaxShare]) -> None:
    """Number and save a paper with its taxes, and owe its file. Joins the open work; the order is locked.

    The day of issue is the seller's calendar day, and its year the series' year.
    """
    channel = paper.order.channel
    paper.issued_at = timezone.now()
    paper.issued_on = channel.day_of(paper.issued_at)
    paper.snapshot["issued_on"] = paper.issued_on.isoformat()
    paper.country = str(paper.order.shipping_address.get("country") or "")[:2]
    _number(paper, channel)
    paper.save(force_insert=True)
    if isinstance(paper, Invoice):
        InvoiceTax.objects.bulk_create(InvoiceTax(invoice=paper, **_tax(share)) for share in taxes)
        owe(PaperFile(invoice=paper), bell="notify")
    else:
        CreditNoteTax.objects.bulk_create(CreditNoteTax(credit_note=paper, **_tax(share)) for share in taxes)
        owe(PaperFile(credit_note=paper), bell="notify")


def snapshot(order: Order, *, supplied_on: date | None = None) -> dict[str, Any]:
    """Names, addresses and terms as they are now: a legal paper never changes with them."""
    channel = order.channel
    placed_at: datetime = order.placed_at or order.created_at
    return {
        "seller": _seller(channel),
        "buyer": order.billing_address or order.shipping_address,
        "ship_to": order.shipping_address,
        "order_number": order.number,
        "buyer_reference": order.buyer_reference,
        "ordered_on": channel.day_of(placed_at).isoformat(),
        "supplied_on": (supplied_on or channel.day_of(timezone.now())).isoformat(),
        "prices_include_tax": order.prices_include_tax,
        "shipping_tax_rate": str(order.shipping_tax_rate),
        "shipping_name": order.shipping_method.name if order.shipping_method else "",
        "tax_exemption": order.tax_exemption,
        "e_invoice": channel.e_invoice,
        "papers_by_mail": channel.papers_by_mail,
    }


def _seller(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.seller_name or channel.brand_name,
        "address": list(channel.seller_address),
        "street": channel.seller_street,
        "postal_code": channel.seller_postal_code,
        "city": channel.seller_city,
        "country": channel.seller_country,
        "vat_id": channel.seller_vat_id,
        "tax_number": channel.seller_tax_number,
        "registration": channel.seller_registration,
        "bank": channel.seller_bank,
        "iban": channel.seller_iban,
        "bic": channel.seller_bic,
        "email": channel.support_email,
        "brand": channel.brand_name,
        "colour": channel.brand_colour,
    }


def _number(paper: Invoice | CreditNote, channel: Channel) -> None:
    """The next number of the year's series, without a gap: the series stays locked until the commit."""
    code, prefix = (
        (channel.invoice_series, channel.invoice_prefix)
        if isinstance(paper, Invoice)
        else (channel.credit_note_series, channel.credit_note_prefix)
    )
    series = locked_series(code, paper.issued_on.year, prefix=prefix)
    paper.series = series
    paper.sequence = series.next_number
    paper.number = f"{series.prefix}{series.year}-{series.next_number:06d}"
    series.next_number += 1
    series.save(update_fields=["next_number"])


def _tax(share: TaxShare) -> dict[str, Any]:
    return {"tax_rate": share.rate, "category": share.category, "net": share.net, "tax": share.tax}
