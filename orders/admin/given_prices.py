"""Prices, discounts and shipping that somebody gave a draft instead of the catalogue's: before, after, who, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orders.admin.chips import money
from orders.admin.event_words import actor_words
from orders.models import Draft, Order, PriceOverride


@dataclass(frozen=True, kw_only=True)
class GivenPrice:
    """One of them; ``before`` is what the catalogue said, empty where it says nothing."""

    what: str
    before: str
    after: str
    who: str
    why: str
    at: datetime | None = None


def given_prices(order: Order) -> list[GivenPrice]:
    """Those of the order's draft, lines first; one statement where the draft is loaded with the order."""
    overrides = PriceOverride.objects.filter(line__order=order).select_related("line").order_by("line__position")
    found = [row for override in overrides for row in _of_line(override, order.currency)]
    draft = getattr(order, "draft", None)
    return [*found, *(_of_draft(draft, order) if draft else ())]


def as_list(rows: Iterable[GivenPrice]) -> SafeString:
    """For a page of a record."""
    said = ((f"{row.what}: {row.before or '–'} → {row.after}", row.who, row.why or "–") for row in rows)
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{} · {} · {}</li>", said))


def _of_line(row: PriceOverride, currency: str) -> Iterable[GivenPrice]:
    known: dict[str, Any] = {"who": actor_words(row.made_by), "why": row.reason, "at": row.made_at}
    if row.unit_price is not None:
        before, after = money(row.catalogue_price, currency), money(row.unit_price, currency)
        yield GivenPrice(what=row.line.sku, before=before, after=after, **known)
    if row.tax_rate is not None:
        what = _("Tax rate of %(sku)s") % {"sku": row.line.sku}
        yield GivenPrice(what=what, before="", after=f"{row.tax_rate * 100:.2f} %", **known)
    if row.discount:
        what = _("Discount on %(sku)s") % {"sku": row.line.sku}
        yield GivenPrice(what=what, before="", after=money(row.discount, currency), **known)


def _of_draft(draft: Draft, order: Order) -> Iterable[GivenPrice]:
    if draft.discount_by:
        after = money(draft.discount_given, order.currency)
        who, why = actor_words(draft.discount_by), draft.discount_reason
        yield GivenPrice(what=_("Discount on the order"), before="", after=after, who=who, why=why)
    if draft.shipping_price is not None and draft.shipping_by:
        method = order.shipping_method
        before = money(method.price, order.currency) if method else ""
        after = money(draft.shipping_price, order.currency)
        who, why = actor_words(draft.shipping_by), draft.shipping_reason
        yield GivenPrice(what=_("Shipping"), before=before, after=after, who=who, why=why)
