"""Place a draft: it becomes an order like any other, with what it has reserved, paid, to be paid, or by a link.

The phases are those of ``orders.services.place``: what needs no gateway is one transaction; else the draft is
submitted, the gateway asked, and its answer written down. A refused payment leaves the draft as it was.
"""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from orders.addresses import missing_for_delivery
from orders.bundles import components_of, latest, moving, sold
from orders.drafts import PriceMove, asked_of, moved_prices
from orders.errors import InvalidRequest, PaymentInFlight, PricesChanged, StockContention, UnknownProduct
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.money import text
from orders.kernel.work import ask, is_open, work
from orders.locks import locked_lines, locked_order
from orders.models import Draft, Order, OrderLine, Payment, PaymentTransaction
from orders.pricing import LinePrice
from orders.questions import PromiseDates
from orders.requests import OrderRequest, PayBy, Repeatable, Replayed
from orders.services.answer_draft import answer_call
from orders.services.assortment import sold_products
from orders.services.authorize import authorize_each, authorize_now
from orders.services.buyer import check_people, is_sent, keep_addresses
from orders.services.change import until_still
from orders.services.close_draft import close_draft, is_being_paid, locked_draft
from orders.services.idempotency import answer, claim, name_order
from orders.services.place import announce_new
from orders.services.place_now import authorize_on, place_now
from orders.services.preorder import take_preorders
from orders.services.price import check_money
from orders.services.reserve import transit_days
from orders.services.reserve_draft import take_unsourced
from orders.services.send_payment_link import send_payment_link
from orders.services.settle import apply_answer, settle_payments
from orders.services.tell_placed import as_it_is_now
from orders.services.tender import Tender, insert_payments, tenders_of
from orders.services.wants import Want, refuse_short, wants_of
from orders.states import CaptureAt, OrderStatus

_NEEDED = ("name", "country")  # beside what its country's post needs


def place_draft(
    draft_id: int,
    *,
    payment: PayBy | None = None,
    payments: Sequence[PayBy] = (),
    by_link: bool = False,
    versions: Container[int] | None = None,
    expected_total: Decimal | None = None,
    repeat: Repeatable | None = None,
    by: Actor,
) -> Order:
    """Receive the order that the draft has become, once, whoever asks at the same time.

    What is reserved stays, the rest is planned and taken; paid in all the ways of a placement.
    ``by_link``: the customer is sent where to pay what the payments leave, if they leave anything.
    Raises ``NotADraft``, ``Stale``, ``PricesChanged``, ``InvalidRequest`` and ``AddressIncomplete`` for what is
    missing, ``OutOfStock``, ``StockContention``, ``NoAddress`` and ``NoWayToPay`` for a link, ``PaymentDeclined`` (it
    is a draft as before), ``PaymentInFlight`` and ``GatewayUnavailable``; with ``repeat`` also ``Replayed`` and what
    keys are refused for.
    """

    def once() -> tuple[Order, list[PaymentTransaction]]:
        with work(by=by):
            _claim(repeat)
            draft = locked_draft(draft_id, versions=versions)
            lines = locked_lines(draft.order_id)
            request = replace(asked_of(draft, sold(lines)), payment=payment, payments=tuple(payments))
            _check(draft, sold(lines), request, expected_total)
            wants = _wants(draft.order, lines)
            tenders = _tenders(draft.order, request, by=by)
            keep_addresses(request, draft.order.customer_id)
            lines = _take(draft.order, lines, wants)
            asks_at = authorize_on(tenders, wants, draft.order.channel)
            charges = _receive(draft, lines, tenders, asks_at=asks_at, by=by)
            if repeat:
                name_order(repeat.once, draft.order_id)
            if not charges:
                _placed(draft, lines, by_link=by_link, repeat=repeat, by=by)
            return draft.order, charges

    order, charges = until_still(once)
    if charges:
        order = _authorize(draft_id, charges, repeat=repeat, by=by)
    if order.channel.capture_at != CaptureAt.DISPATCH and not is_open():
        settle_payments(order.pk, by=by)
    return order


def _claim(repeat: Repeatable | None) -> None:
    replay = claim(repeat.once) if repeat else None
    if replay is not None:
        raise Replayed(replay)


def _authorize(draft_id: int, charges: Sequence[PaymentTransaction], *, repeat: Repeatable | None, by: Actor) -> Order:
    """Ask the gateways; the first no makes it a draft again."""
    if len(charges) > 1:
        order = authorize_each(charges, by=by, repeat=repeat)
    else:
        (charge,) = charges
        settled = apply_answer(charge.pk, authorize_now(charge), by=by, repeat=repeat)
        if settled.refusal:
            settle_payments(settled.order.pk, by=by)
            raise settled.refusal
        order = settled.order
    with work(by=by):
        order = locked_order(order.pk)
        close_draft(Draft.objects.get(pk=draft_id), resolution="placed", by=by)
        return order


def _check(draft: Draft, lines: Sequence[OrderLine], request: OrderRequest, expected_total: Decimal | None) -> None:
    """Nobody places what isn't complete, nor pays a price that they haven't seen."""
    order = draft.order
    priced = [
        LinePrice(unit_price=row.unit_price, quantity=row.ordered, discount=row.discount, tax_rate=row.tax_rate)
        for row in lines
    ]
    check_money(request, priced, order.shipping_total)
    products = [line.product for line in lines]
    needed = (*missing_for_delivery(order.shipping_address), *_NEEDED) if is_sent(products) else ("country",)
    errors = [
        at(f"#/shipping_address/{part}", "required", "Say where it goes before it is placed.")
        for part in needed
        if not order.shipping_address.get(part)
    ]
    if not order.email and not order.phone:
        errors.append(
            at("#/customer", "required", "Say how the customer is reached: a mail address or a phone number.")
        )
    if errors:
        raise InvalidRequest("Something is still missing; errors names it.", errors=errors)
    check_people(request, products)
    _check_prices(draft, lines, expected_total)


def _tenders(order: Order, request: OrderRequest, *, by: Actor) -> list[Tender]:
    """How the total is shared; gift cards and credit are locked, before any stock is.

    Money of an attempt that was refused must have gone back first, or it would seem to pay this one.
    """
    if is_being_paid(order):
        raise PaymentInFlight("What an earlier attempt reserved is still going back; try again in a moment.")
    return tenders_of(
        request.ways,
        total=order.total,
        currency=order.currency,
        customer_id=order.customer_id,
        pointers=request.pointers,
        tries_of=f"{by.kind}:{by.id or by}",
    )


def _check_prices(draft: Draft, lines: Sequence[OrderLine], expected_total: Decimal | None) -> None:
    order = draft.order
    position = {line.pk: i for i, line in enumerate(lines)}

    def said(move: PriceMove) -> str:
        now, before = text(move.now, order.currency), text(move.before, order.currency)
        return f"{move.line.sku} costs {now} now instead of {before}."

    moved = [
        at(f"#/lines/{position[move.line.pk]}/unit_price", "price_changed", said(move))
        for move in moved_prices(draft, lines)
    ]
    if moved:
        raise PricesChanged("lines: prices have moved since the last save; save the draft again.", errors=moved)
    if expected_total is not None and expected_total != order.total:
        raise PricesChanged(f"total: the draft comes to {text(order.total, order.currency)} now; read it again.")


def _wants(order: Order, lines: Sequence[OrderLine]) -> list[Want]:
    """What each of the moving lines needs, in their order. Raises ``PricesChanged`` for bundles that are others now."""
    bought = sold(lines)
    products = sold_products({line.sku for line in bought})
    unknown = [
        at(f"#/lines/{i}/sku", "unknown_product", "No product has this SKU.")
        for i, line in enumerate(bought)
        if line.sku not in products
    ]
    if unknown:
        raise UnknownProduct("lines: some are no longer sold; take them out.", errors=unknown)
    wants = wants_of(
        [(products[line.sku], line.ordered) for line in bought],
        today=timezone.localdate(),
        together=order.channel.ships_together,
    )
    told = [(want.need.product_id, want.need.quantity) for want in wants]
    if told != [(line.product_id, line.ordered) for line in moving(lines)]:
        raise PricesChanged("lines: a bundle consists of other parts since the last save; save the draft again.")
    return wants


def _take(order: Order, lines: Sequence[OrderLine], wants: Sequence[Want]) -> list[OrderLine]:
    """Reserve what isn't reserved yet, or say line by line what is missing; and find out when all of it arrives."""
    units = moving(lines)
    for line, want in zip(units, wants, strict=True):
        line.ships_on, line.preordered = want.need.not_before, want.preordered
    OrderLine.objects.bulk_update(units, ["ships_on", "preordered"])
    lacking = [
        (line, replace(want, need=replace(want.need, quantity=line.unsourced)))
        for line, want in zip(units, wants, strict=True)
        if not want.is_digital and line.unsourced
    ]
    filled = take_unsourced(order, lacking, is_whole=True) if lacking else []
    refuse_short(
        [want for _line, want in lacking],
        [
            replace(fill, available=line.allocated + fill.available)
            for (line, _want), fill in zip(lacking, filled, strict=True)
        ],
        skus=[line.sku for line in sold(lines)],
    )
    if not take_preorders(units):
        raise StockContention("Too many orders want the same stock right now. Try again in a moment.")
    country = str(order.shipping_address.get("country", ""))
    dates = ask(PromiseDates(order_id=order.pk, country=country, transit_days=transit_days(order.shipping_method)))
    taken = locked_lines(order.pk)
    for line in taken:
        line.promised_on = dates.get(line.pk)
    for pk, parts in components_of(taken).items():
        next(line for line in taken if line.pk == pk).promised_on = latest([part.promised_on for part in parts])
    OrderLine.objects.bulk_update(taken, ["promised_on"])
    return taken


def _receive(
    draft: Draft, lines: list[OrderLine], tenders: list[Tender], *, asks_at: datetime | None, by: Actor
) -> list[PaymentTransaction]:
    """Placed, or submitted to the gateways that are returned with what they are asked for."""
    order = locked_order(draft.order_id)
    place_now(order, tenders, asks_at=asks_at)
    order.version += 1
    order.save()
    order.remember(lines=lines, payments=(), holds=())
    charges = insert_payments(order, tenders, asks_at=asks_at, by=by)
    draft.order = order
    if charges:
        answer_call(draft, resolution="being placed", by=by)
    return charges


def _placed(draft: Draft, lines: Sequence[OrderLine], *, by_link: bool, repeat: Repeatable | None, by: Actor) -> None:
    """No gateway is asked: the world may know of it now."""
    order = draft.order
    close_draft(draft, resolution="placed", by=by)
    announce_new(order, lines)
    draft.order = order = as_it_is_now(order, lines)
    if by_link and order.status == OrderStatus.PLACED:
        send_payment_link(order.pk, by=by)
    order.remember(payments=list(Payment.objects.filter(order=order).order_by("pk")))
    if repeat:
        answer(repeat.once, repeat.told(order))
