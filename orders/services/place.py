"""Place an order: what the shop calls when its customer clicks "buy".

A placement without a gateway is one transaction. With one it runs in phases, so that no transaction waits
for the outside world: (1) order, reserved stock and a pending payment with its key are committed; (2) the
gateway is asked, or each of several; (3) its answer is written down, and only then the world hears of the
order. When the house burns down in between, ``orders.services.settle`` asks the gateway again with the same key.

The number of statements doesn't grow with the lines: everything about all lines is one statement.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError
from django.utils import timezone

from orders.derivation import payment_status
from orders.errors import InvalidRequest, OutOfStock, StockContention
from orders.events import OrderConfirmed
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError, at
from orders.kernel.money import ZERO, is_exact
from orders.kernel.work import ask, emit, note_locked, work
from orders.models import Order, OrderLine, Partner, PaymentTransaction, Product
from orders.pricing import TOO_MUCH, LinePrice, price
from orders.questions import Filled, Need, PlanStock
from orders.requests import OrderRequest, Repeatable, Replayed, WantedLine
from orders.services.authorize import authorize_each, authorize_now
from orders.services.capture_early import owe_early_charges
from orders.services.idempotency import Replay, answer, claim_order
from orders.services.offer import Offer, earlier_use, look_up
from orders.services.record_answer import announce, tell_reserved
from orders.services.reserve import reserve_planned, transit_days
from orders.services.settle import apply_answer, settle_payments
from orders.services.tender import Tender, insert_payments, tenders_of, token_errors
from orders.states import CaptureAt, OrderStatus
from orders.taxes import exemption_errors

# How often the same placement is planned anew when others were faster at the shelf.
_ATTEMPTS = 3


class _Moved(Exception):
    """Somebody took what we planned to take."""


def place_order(
    request: OrderRequest, *, by: Actor, partner: Partner | None = None, repeat: Repeatable | None = None
) -> Order:
    """Receive an order, reserve its stock and, where a gateway is named, its money.

    Returns the order with ``lines`` loaded: confirmed when the gateway reserved the money, else placed.
    Raises ``UnknownChannel``, ``UnknownProduct``, ``UnknownShippingMethod``, ``WrongCurrency``,
    ``UnknownGateway``, ``InvalidRequest``, ``OutOfStock``, ``DuplicateExternalRef``, ``ExternalRefInFlight``,
    ``StockContention``, ``PaymentDeclined`` (nothing is kept) and ``GatewayUnavailable`` (settled later). With
    ``repeat`` also ``Replayed``, ``IdempotencyConflict`` and ``IdempotencyInFlight``.
    """
    order, charges = _reserve_with_retries(request, by=by, partner=partner, repeat=repeat)
    if len(charges) > 1:
        order = authorize_each(charges, by=by, repeat=repeat)
    elif charges:
        (charge,) = charges
        lines = list(order.lines.all()) if len(order.payments.all()) == 1 else None
        settled = apply_answer(charge.pk, authorize_now(charge), by=by, repeat=repeat, lines=lines)
        if settled.refusal:
            raise settled.refusal
        order = settled.order
    if order.channel.capture_at != CaptureAt.DISPATCH:
        settle_payments(order.pk, by=by)
    return order


def _reserve_with_retries(
    request: OrderRequest, *, by: Actor, partner: Partner | None, repeat: Repeatable | None
) -> tuple[Order, list[PaymentTransaction]]:
    for _attempt in range(_ATTEMPTS):
        try:
            return _reserve(request, by=by, partner=partner, repeat=repeat)
        except _Moved:
            continue
        except IntegrityError as error:
            if "order_external_ref_once" not in str(error):
                raise
            used = earlier_use(partner, request.external_ref)
            if used is not None:
                raise used from error
    raise StockContention("Too many orders want the same stock right now. Try again in a moment.")


def _reserve(
    request: OrderRequest, *, by: Actor, partner: Partner | None, repeat: Repeatable | None
) -> tuple[Order, list[PaymentTransaction]]:
    """Phase one, and the only one without a gateway. 1 claim 2 look up 3 plan 4 insert 5 take 6 tell.

    What is only reserved takes its stock as the very last statement, so that hot rows are held shortest; what
    is confirmed at once takes it first, since work orders are made from it.
    """
    with work(by=by) as unit:
        order_id = _claim(repeat)
        order, lines, filled, tenders = _accept(request, partner, order_id=order_id, by=by)
        charges = insert_payments(order, tenders, by=by)
        if order.status == OrderStatus.CONFIRMED:
            _take(order, lines, filled)
        else:
            unit.do_last(lambda: _take(order, lines, filled))
        if not charges:
            announce_new(order, lines)
            if repeat:
                answer(repeat.once, repeat.told(order))
    return order, charges


def _claim(repeat: Repeatable | None) -> int | None:
    """The pk that the order must have, so that the request's key names it; None lets the database choose."""
    if repeat is None:
        return None
    claimed = claim_order(repeat.once)
    if isinstance(claimed, Replay):
        raise Replayed(claimed)
    return claimed


def _accept(
    request: OrderRequest, partner: Partner | None, *, order_id: int | None, by: Actor
) -> tuple[Order, list[OrderLine], tuple[Filled, ...], list[Tender]]:
    """Look up, plan and insert. Of what was placed before, that is the answer: the shelf may be empty because of it."""
    try:
        offer = look_up(request, partner)
        filled = _plan(request, offer)
        order, lines, tenders = _insert_order(request, offer, partner, filled, order_id=order_id, by=by)
    except DomainError as refusal:
        raise earlier_use(partner, request.external_ref) or refusal from None
    return order, lines, filled, tenders


def _plan(request: OrderRequest, offer: Offer) -> tuple[Filled, ...]:
    """Ask the warehouse how it would fill the lines; refuse what nobody can."""
    needs = tuple(
        Need(
            product_id=offer.products[line.sku].pk,
            quantity=line.quantity,
            policy=tuple(offer.products[line.sku].out_of_stock_policy),
        )
        for line in request.lines
    )
    filled = ask(
        PlanStock(
            needs=needs,
            country=str(request.shipping_address.get("country", "")),
            transit_days=transit_days(offer.method),
        )
    )
    errors = [
        at(f"#/lines/{i}/quantity", "out_of_stock", f"{line.sku}: {answer.available} available.")
        for i, (line, answer) in enumerate(zip(request.lines, filled, strict=True))
        if answer.short
    ]
    if errors:
        raise OutOfStock("Some lines can't be filled; order at most what is available.", errors=errors)
    return filled


def _insert_order(
    request: OrderRequest,
    offer: Offer,
    partner: Partner | None,
    filled: Sequence[Filled],
    *,
    order_id: int | None,
    by: Actor,
) -> tuple[Order, list[OrderLine], list[Tender]]:
    channel, method, products = offer.channel, offer.method, offer.products
    includes_tax = channel.prices_include_tax if request.prices_include_tax is None else request.prices_include_tax
    shipping = request.shipping_price
    if shipping is None:
        shipping = method.price if method else ZERO
    priced = [line_price(line, products[line.sku]) for line in request.lines]
    check_money(request, priced, shipping)
    amounts, totals = price(
        priced, discount=request.discount, shipping=shipping, includes_tax=includes_tax, currency=request.currency
    )
    order = Order(
        pk=order_id,
        channel=channel,
        partner=partner,
        external_ref=request.external_ref,
        customer=offer.customer,
        customer_name=request.customer.name,
        email=request.customer.email.lower(),
        phone=request.customer.phone,
        phone_e164=offer.customer.phone_e164,
        language=request.customer.language or channel.default_language,
        shipping_address=dict(request.shipping_address),
        billing_address=dict(request.billing_address) if request.billing_address else None,
        shipping_method=method,
        currency=request.currency,
        prices_include_tax=includes_tax,
        tax_exemption=request.tax_exemption,
        buyer_reference=request.buyer_reference,
        discount=request.discount,
        items_total=totals.items,
        discount_total=totals.discount,
        shipping_total=totals.shipping,
        shipping_tax_rate=totals.shipping_tax_rate,
        shipping_tax=totals.shipping_tax,
        tax_total=totals.tax,
        total=totals.total,
        tags=list(request.tags),
        note=request.note,
        metadata=dict(request.metadata),
        fulfillment_status="backordered" if any(f.backordered for f in filled) else "unfulfilled",
    )
    tenders = tenders_of(
        request.ways,
        total=order.total,
        currency=order.currency,
        customer_id=offer.customer.pk,
        pointers=request.pointers,
        tries_of=f"{by.kind}:{by.id or by}",
    )
    place_now(order, tenders)
    order.save(force_insert=True)
    note_locked([order.pk])
    lines = [
        OrderLine(
            order=order,
            position=i,
            product=products[wanted.sku],
            sku=wanted.sku,
            name=products[wanted.sku].name,
            unit_price=line.unit_price,
            tax_rate=line.tax_rate,
            discount=line.discount,
            order_discount=amount.order_discount,
            amount=amount.amount,
            tax=amount.tax,
            external_ref=wanted.external_ref,
            accepts_substitutes=wanted.accepts_substitutes,
            promised_on=fill.promised_on,
            ordered=wanted.quantity,
            allocated=fill.allocated,
            backordered=fill.backordered,
        )
        for i, (wanted, line, amount, fill) in enumerate(
            zip(request.lines, priced, amounts, filled, strict=True), start=1
        )
    ]
    OrderLine.objects.bulk_create(lines)
    order.remember(lines=lines, payments=(), holds=())
    return order, lines, tenders


def place_now(order: Order, tenders: Sequence[Tender]) -> None:
    """What needs nobody outside is placed at once, and confirmed when it is paid, free, or paid at the door.

    Else it is submitted, as a new order is from the beginning. The caller saves.
    """
    order.authorized_total = sum((tender.amount for tender in tenders if tender.value), ZERO)
    if any(tender.asks_gateway for tender in tenders):
        if order.status == OrderStatus.DRAFT:
            order.submit()
    else:
        order.place(at=timezone.now())
        is_by_hand = any(tender.value is None for tender in tenders)
        if order.balance <= ZERO or (is_by_hand and order.channel.confirms_manual_at_once):
            order.confirm(at=timezone.now())
        else:
            order.expires_at = order.channel.unpaid_until(timezone.now())
    order.payment_status = payment_status(order)


def line_price(line: WantedLine, product: Product) -> LinePrice:
    """What is known of a wanted line; what it doesn't say is its product's."""
    return LinePrice(
        unit_price=product.price if line.unit_price is None else line.unit_price,
        quantity=line.quantity,
        discount=line.discount,
        tax_rate=product.tax_rate if line.tax_rate is None else line.tax_rate,
    )


def check_money(request: OrderRequest, lines: Sequence[LinePrice], shipping: Decimal) -> None:
    """Amounts have the currency's digits, no discount is larger than what it is taken from, and a gateway its token."""
    currency = request.currency
    errors = exemption_errors(
        request.tax_exemption,
        rates=[line.tax_rate for line in lines],
        vat_id=str((request.billing_address or request.shipping_address).get("vat_id") or ""),
    )
    errors += token_errors(request.ways, request.pointers)
    if request.payment and request.payments:
        errors.append(at("#/payments", "ambiguous", "Send payment or payments, not both."))
    for i, line in enumerate(lines):
        if not is_exact(line.unit_price, currency):
            errors.append(at(f"#/lines/{i}/unit_price", "too_precise", f"{currency} has fewer digits."))
        if not is_exact(line.discount, currency):
            errors.append(at(f"#/lines/{i}/discount", "too_precise", f"{currency} has fewer digits."))
        if line.unit_price * line.quantity >= TOO_MUCH:
            errors.append(at(f"#/lines/{i}/quantity", "too_large", "The line is worth more than can be kept."))
        if line.value < 0:
            errors.append(at(f"#/lines/{i}/discount", "too_large", "The discount exceeds the line."))
    for name, amount in (("discount", request.discount), ("shipping_price", shipping)):
        if not is_exact(amount, currency):
            errors.append(at(f"#/{name}", "too_precise", f"{currency} has fewer digits."))
    if shipping >= TOO_MUCH:
        errors.append(at("#/shipping_price", "too_large", "It is more than can be kept."))
    if not errors and request.discount > sum((line.value for line in lines), ZERO):
        errors.append(at("#/discount", "too_large", "The discount exceeds the order's lines."))
    if errors:
        raise InvalidRequest("The amounts named below can't be right.", errors=errors)


def announce_new(order: Order, lines: Sequence[OrderLine]) -> None:
    """The world may know of an order that needs no gateway, and of what is reserved for it. Joins the open work."""
    announce(order, lines)
    tell_reserved(order.payments.all())
    owe_early_charges(order, list(order.payments.all()))
    if order.status == OrderStatus.CONFIRMED:
        emit(OrderConfirmed(order_id=order.pk, number=order.number))


def _take(order: Order, lines: Sequence[OrderLine], filled: Sequence[Filled]) -> None:
    """Reserve as planned; stock comes last, so that hot rows are held shortest."""
    if not reserve_planned(order.pk, lines, filled):
        raise _Moved
