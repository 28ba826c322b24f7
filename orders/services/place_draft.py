"""Place a draft: it becomes an order like any other, with what it has reserved, paid, to be paid, or by a link.

The phases are those of ``orders.services.place``: what needs no gateway is one transaction; else the draft is
submitted, the gateway asked, and its answer written down. A refused payment leaves the draft as it was.
"""

from collections.abc import Container, Sequence
from dataclasses import replace
from decimal import Decimal

from orders.addresses import missing_for_delivery
from orders.drafts import PriceMove, asked_of, moved_prices
from orders.errors import InvalidRequest, OutOfStock, PaymentInFlight, PricesChanged
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
from orders.services.authorize import authorize_each, authorize_now
from orders.services.buyer import check_people, keep_addresses
from orders.services.change import until_still
from orders.services.close_draft import close_draft, is_being_paid, locked_draft
from orders.services.idempotency import answer, claim, name_order
from orders.services.place import announce_new, check_money, place_now
from orders.services.reserve import transit_days
from orders.services.reserve_draft import take_unsourced
from orders.services.send_payment_link import send_payment_link
from orders.services.settle import apply_answer, settle_payments
from orders.services.tender import Tender, insert_payments, tenders_of
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
    ``by_link``: unpaid, and the customer is sent where to pay.
    Raises ``NotADraft``, ``Stale``, ``PricesChanged``, ``InvalidRequest`` and ``AddressIncomplete`` for what is
    missing, ``OutOfStock``, ``StockContention``, ``NoAddress`` for a link, ``PaymentDeclined`` (it is a draft as
    before), ``PaymentInFlight`` and ``GatewayUnavailable``; with ``repeat`` also ``Replayed`` and what keys are
    refused for.
    """

    def once() -> tuple[Order, list[PaymentTransaction]]:
        with work(by=by):
            _claim(repeat)
            draft = locked_draft(draft_id, versions=versions)
            lines = locked_lines(draft.order_id)
            request = replace(asked_of(draft, lines), payment=payment, payments=tuple(payments))
            _check(draft, lines, request, expected_total)
            tenders = _tenders(draft.order, request, by=by)
            keep_addresses(request, draft.order.customer_id)
            lines = _take(draft.order, lines)
            charges = _receive(draft, lines, tenders, by=by)
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
    errors = [
        at(f"#/shipping_address/{part}", "required", "Say where it goes before it is placed.")
        for part in (*missing_for_delivery(order.shipping_address), *_NEEDED)
        if not order.shipping_address.get(part)
    ]
    if not order.email and not order.phone:
        errors.append(
            at("#/customer", "required", "Say how the customer is reached: a mail address or a phone number.")
        )
    if errors:
        raise InvalidRequest("Something is still missing; errors names it.", errors=errors)
    check_people(request)
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


def _take(order: Order, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """Reserve what isn't reserved yet, or say line by line what is missing; and find out when all of it arrives."""
    lacking = [line for line in lines if line.unsourced]
    filled = take_unsourced(order, lacking, waits=True) if lacking else ()
    position = {line.pk: i for i, line in enumerate(lines)}
    errors = [
        at(
            f"#/lines/{position[line.pk]}/quantity",
            "out_of_stock",
            f"{line.sku}: {line.allocated + fill.available} available.",
        )
        for line, fill in zip(lacking, filled, strict=True)
        if fill.short
    ]
    if errors:
        raise OutOfStock("lines: some can't be filled; order at most what is available.", errors=errors)
    country = str(order.shipping_address.get("country", ""))
    dates = ask(PromiseDates(order_id=order.pk, country=country, transit_days=transit_days(order.shipping_method)))
    taken = locked_lines(order.pk)
    for line in taken:
        line.promised_on = dates.get(line.pk)
    OrderLine.objects.bulk_update(taken, ["promised_on"])
    return taken


def _receive(draft: Draft, lines: list[OrderLine], tenders: list[Tender], *, by: Actor) -> list[PaymentTransaction]:
    """Placed, or submitted to the gateways that are returned with what they are asked for."""
    order = locked_order(draft.order_id)
    place_now(order, tenders)
    order.version += 1
    order.save()
    order.remember(lines=lines, payments=(), holds=())
    charges = insert_payments(order, tenders, by=by)
    draft.order = order
    if charges:
        answer_call(draft, resolution="being placed", by=by)
    return charges


def _placed(draft: Draft, lines: Sequence[OrderLine], *, by_link: bool, repeat: Repeatable | None, by: Actor) -> None:
    """No gateway is asked: the world may know of it now."""
    order = draft.order
    close_draft(draft, resolution="placed", by=by)
    announce_new(order, lines)
    if by_link and order.status == OrderStatus.PLACED:
        send_payment_link(order.pk, by=by)
    order.remember(payments=list(Payment.objects.filter(order=order).order_by("pk")))
    if repeat:
        answer(repeat.once, repeat.told(order))
