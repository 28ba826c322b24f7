"""A draft as the request that it will be placed with, and where the catalogue has moved away from it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from orders.models import Draft, OrderLine, PriceOverride
from orders.requests import Buyer, OrderRequest, WantedLine


@dataclass(frozen=True, kw_only=True)
class DraftLine(WantedLine):
    """A wanted line of a draft: the row that it keeps (public id), and why it doesn't cost what its product costs.

    ``is_frozen``: price and tax rate are those of an earlier day, and nobody gave them.
    """

    line: str = ""
    reason: str = ""
    is_frozen: bool = False


@dataclass(frozen=True, kw_only=True)
class DraftBuyer(Buyer):
    """Who buys; ``customer_id`` when staff chose one that we know, who may have no mail address."""

    customer_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class PriceMove:
    """A line that would cost something else today."""

    line: OrderLine
    before: Decimal
    now: Decimal


def asked_of(draft: Draft, lines: Sequence[OrderLine]) -> OrderRequest:
    """What is asked for, as the next save prices it: prices nobody gave come from the catalogue unless frozen."""
    order = draft.order
    overrides = overrides_of(lines)
    return OrderRequest(
        channel=order.channel.code,
        currency=order.currency,
        customer=DraftBuyer(
            customer_id=order.customer_id,
            email=order.email,
            name=order.customer_name,
            phone=order.phone,
            language=order.language,
        ),
        shipping_address=order.shipping_address,
        billing_address=order.billing_address,
        lines=tuple(_asked_line(line, overrides.get(line.pk), is_frozen=draft.is_frozen) for line in lines),
        external_ref=order.external_ref,
        prices_include_tax=order.prices_include_tax,
        shipping_method=order.shipping_method.code if order.shipping_method else "",
        shipping_price=order.shipping_total if draft.is_frozen else draft.shipping_price,
        shipping_tax_rate=order.own_shipping_tax_rate if draft.is_frozen else draft.shipping_tax_rate,
        discount=order.discount,
        tax_exemption=order.tax_exemption,
        buyer_reference=order.buyer_reference,
        tags=tuple(order.tags),
        note=order.note,
        metadata=order.metadata,
    )


def overrides_of(lines: Sequence[OrderLine]) -> dict[int, PriceOverride]:
    """By line pk."""
    return {row.line_id: row for row in PriceOverride.objects.filter(line__in=lines)}


def moved_prices(draft: Draft, lines: Sequence[OrderLine]) -> list[PriceMove]:
    """The lines that follow the catalogue and would cost something else today; ``line.product`` is read."""
    if draft.is_frozen:
        return []
    given = {pk for pk, row in overrides_of(lines).items() if row.unit_price is not None}
    return [
        PriceMove(line=line, before=line.unit_price, now=line.product.price)
        for line in lines
        if line.pk not in given and line.product.price != line.unit_price
    ]


def frozen(wanted: Sequence[WantedLine], lines: Sequence[OrderLine]) -> tuple[WantedLine, ...]:
    """``wanted`` with the prices of earlier days where nobody gives another and the draft had the product already."""
    named = {line.public_id: line for line in lines}
    by_sku = {line.sku: line for line in reversed(lines)}
    return tuple(_frozen_line(line, named.get(getattr(line, "line", "")) or by_sku.get(line.sku)) for line in wanted)


def _frozen_line(wanted: WantedLine, row: OrderLine | None) -> WantedLine:
    if row is None or row.sku != wanted.sku or wanted.unit_price is not None:
        return wanted
    known = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    return DraftLine(**{**known, "unit_price": row.unit_price, "tax_rate": row.tax_rate, "is_frozen": True})


def _asked_line(line: OrderLine, override: PriceOverride | None, *, is_frozen: bool) -> DraftLine:
    given = override if override and override.is_price else None
    return DraftLine(
        line=line.public_id,
        is_frozen=is_frozen and given is None,
        sku=line.sku,
        quantity=line.ordered,
        unit_price=given.unit_price if given else line.unit_price if is_frozen else None,
        tax_rate=given.tax_rate if given else line.tax_rate if is_frozen else None,
        discount=line.discount,
        external_ref=line.external_ref,
        accepts_substitutes=line.accepts_substitutes,
        reason=override.reason if override else "",
    )
