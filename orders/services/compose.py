"""Compose an order: the rows that a placement writes, from what was asked, looked up and planned. Writes nothing.

Used by ``orders.services.place`` for one order, and by ``orders.services.place_together`` for many at once.
"""

from collections.abc import Sequence
from itertools import groupby

from orders.bundles import counters, latest, moving
from orders.derivation import fulfillment_status
from orders.kernel.money import ZERO
from orders.models import Order, OrderLine, Partner, Product
from orders.questions import Filled
from orders.requests import OrderRequest
from orders.services.offer import Offer
from orders.services.price import Priced
from orders.services.wants import Want


def compose_order(
    request: OrderRequest, offer: Offer, partner: Partner | None, priced: Priced, *, order_id: int | None = None
) -> Order:
    """The order, as nobody knows of it yet; ``place_now`` places it."""
    totals = priced.totals
    return Order(
        pk=order_id,
        channel=offer.channel,
        partner=partner,
        external_ref=request.external_ref,
        customer=offer.customer,
        customer_name=request.customer.name,
        email=request.customer.email.lower(),
        phone=request.customer.phone,
        phone_e164=offer.customer.phone_e164,
        language=request.customer.language or offer.channel.default_language,
        shipping_address=dict(request.shipping_address),
        billing_address=dict(request.billing_address) if request.billing_address else None,
        shipping_method=offer.method,
        shipping_policy=request.shipping_policy or offer.channel.shipping_policy,
        currency=request.currency,
        prices_include_tax=priced.includes_tax,
        tax_exemption=request.tax_exemption,
        buyer_reference=request.buyer_reference,
        discount=request.discount,
        items_total=totals.items,
        discount_total=totals.discount,
        shipping_total=totals.shipping,
        shipping_tax_rate=totals.shipping_tax_rate,
        own_shipping_tax_rate=priced.own_shipping_rate,
        shipping_tax=totals.shipping_tax,
        tax_total=totals.tax,
        total=totals.total,
        tags=list(request.tags),
        note=request.note,
        metadata=dict(request.metadata),
    )


def compose_lines(
    order: Order,
    request: OrderRequest,
    offer: Offer,
    priced: Priced,
    *,
    wants: Sequence[Want],
    filled: Sequence[Filled],
) -> list[OrderLine]:
    """The order's lines, each bundle followed by its components; the order's fulfillment status follows from them."""
    lines: list[OrderLine] = []
    found = groupby(zip(wants, filled, strict=True), key=lambda pair: pair[0].line)
    for wanted, line_price, amounts, (_i, mine) in zip(request.lines, priced.lines, priced.amounts, found, strict=True):
        line = OrderLine(
            order=order,
            position=len(lines) + 1,
            unit_price=line_price.unit_price,
            tax_rate=line_price.tax_rate,
            discount=wanted.discount,
            order_discount=amounts.order_discount,
            amount=amounts.amount,
            tax=amounts.tax,
            external_ref=wanted.external_ref,
            accepts_substitutes=wanted.accepts_substitutes,
            ordered=wanted.quantity,
        )
        lines += composed(line, offer.products[wanted.sku], list(mine))
    order.fulfillment_status = fulfillment_status(moving(lines), is_held=False)
    return lines


def composed(line: OrderLine, product: Product, found: Sequence[tuple[Want, Filled]]) -> list[OrderLine]:
    """``line`` as one of ``product``, followed by its components when it is a bundle; nothing is saved yet."""
    line.product, line.sku, line.name, line.kind = product, product.sku, product.name, product.kind
    if not line.is_bundle:
        ((want, fill),) = found
        _fill(line, want, fill)
        return [line]
    components = [component(line, i, want, fill) for i, (want, fill) in enumerate(found, start=1)]
    for name, units in counters(components).items():
        setattr(line, name, units)
    line.promised_on = latest([component.promised_on for component in components])
    return [line, *components]


def component(bundle: OrderLine, i: int, want: Want, fill: Filled) -> OrderLine:
    """The ``i``-th component line of ``bundle``, counted from 1; not saved yet."""
    part = want.part
    assert part is not None
    line = OrderLine(
        order=bundle.order,
        position=bundle.position + i,
        product_id=part.product_id,
        parent=bundle,
        per_bundle=part.quantity,
        bundle_value=part.price * part.quantity,
        sku=part.sku,
        name=part.name,
        unit_price=ZERO,
        tax_rate=bundle.tax_rate,
        accepts_substitutes=bundle.accepts_substitutes,
        ordered=bundle.ordered * part.quantity,
    )
    _fill(line, want, fill)
    return line


def _fill(line: OrderLine, want: Want, fill: Filled) -> None:
    line.allocated, line.backordered, line.promised_on = fill.allocated, fill.backordered, fill.promised_on
    line.ships_on, line.preordered = want.need.not_before, want.preordered
