"""Place a draft: it becomes an order like any other, with what it has reserved, paid, to be paid, or by a link.

The phases are those of ``orders.services.place``: what needs no gateway is one transaction; else the draft is
submitted, the gateway asked, and its answer written down. A refused payment leaves the draft as it was.
"""

from collections.abc import Container, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils import timezone

from orders.derivation import payment_status
from orders.drafts import PriceMove, asked_of, moved_prices
from orders.errors import GatewayUnavailable, InvalidRequest, NotADraft, OutOfStock, PricesChanged
from orders.events import OrderConfirmed
from orders.gateways import gateway
from orders.gateways.protocol import NoAnswer
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.money import ZERO, text
from orders.kernel.work import ask, emit, work
from orders.locks import locked_lines, locked_order
from orders.models import Draft, Order, OrderLine, Payment, PaymentTransaction
from orders.pricing import LinePrice
from orders.questions import PromiseDates
from orders.requests import PayBy, Repeatable, Replayed
from orders.services.ask_to_pay import ask_to_pay
from orders.services.change import until_still
from orders.services.close_draft import answer_call, close_draft, locked_draft
from orders.services.idempotency import answer, claim, name_order
from orders.services.place import check_money, insert_payment
from orders.services.record_answer import announce
from orders.services.reserve import transit_days
from orders.services.reserve_draft import take_unsourced
from orders.services.settle import apply_answer, call_of
from orders.states import OrderStatus

_NEEDED = ("name", "line1", "city", "country")


def place_draft(
    draft_id: int,
    *,
    payment: PayBy | None = None,
    by_link: bool = False,
    versions: Container[int] | None = None,
    expected_total: Decimal | None = None,
    repeat: Repeatable | None = None,
    by: Actor,
) -> Order:
    """Receive the order that the draft has become, once, whoever asks at the same time.

    What is reserved stays, the rest is planned and taken. ``by_link``: unpaid, and the customer is sent where to pay.
    Raises ``NotADraft``, ``Stale``, ``PricesChanged``, ``InvalidRequest`` for what is missing, ``OutOfStock``,
    ``StockContention``, ``PaymentDeclined`` and ``GatewayUnavailable``; with ``repeat`` also ``Replayed`` and what
    keys are refused for.
    """

    def once() -> tuple[Order, PaymentTransaction | None]:
        with work(by=by):
            _claim(repeat)
            draft = locked_draft(draft_id, versions=versions)
            lines = locked_lines(draft.order_id)
            _check(draft, lines, payment, expected_total)
            lines = _take(draft.order, lines)
            return _receive(draft, lines, payment, by_link=by_link, repeat=repeat, by=by)

    order, charge = until_still(once)
    if charge is None:
        return order
    try:
        said = gateway(charge.payment.gateway).authorize(call_of(charge))
    except NoAnswer as silence:
        raise GatewayUnavailable(
            "The payment gateway did not answer yet. Repeat the request with the same key for the outcome."
        ) from silence
    settled = apply_answer(charge.pk, said, by=by, repeat=repeat)
    if settled.refusal:
        raise settled.refusal
    with work(by=by):
        order = locked_order(settled.order.pk)
        close_draft(Draft.objects.get(pk=draft_id), resolution="placed", by=by)
        return order


def _claim(repeat: Repeatable | None) -> None:
    replay = claim(repeat.once) if repeat else None
    if replay is not None:
        raise Replayed(replay)


def _check(draft: Draft, lines: Sequence[OrderLine], payment: PayBy | None, expected_total: Decimal | None) -> None:
    """Nobody places what isn't complete, nor pays a price that they haven't seen."""
    order = draft.order
    request = replace(asked_of(draft, lines), payment=payment)
    priced = [
        LinePrice(unit_price=row.unit_price, quantity=row.ordered, discount=row.discount, tax_rate=row.tax_rate)
        for row in lines
    ]
    check_money(request, priced, order.shipping_total)
    errors = [
        at(f"#/shipping_address/{part}", "required", "Say where it goes before it is placed.")
        for part in _NEEDED
        if not order.shipping_address.get(part)
    ]
    if not order.email and not order.phone:
        errors.append(
            at("#/customer", "required", "Say how the customer is reached: a mail address or a phone number.")
        )
    if errors:
        raise InvalidRequest("Something is still missing; errors names it.", errors=errors)
    _check_prices(draft, lines, expected_total)


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


def _receive(
    draft: Draft,
    lines: list[OrderLine],
    payment: PayBy | None,
    *,
    by_link: bool,
    repeat: Repeatable | None,
    by: Actor,
) -> tuple[Order, PaymentTransaction | None]:
    order = locked_order(draft.order_id)
    if order.status != OrderStatus.DRAFT:
        raise NotADraft("This draft was placed meanwhile.")
    _move_on(order, payment)
    order.remember(lines=lines, payments=(), holds=())
    charge = insert_payment(replace(asked_of(draft, lines), payment=payment), order)
    order.remember(payments=list(Payment.objects.filter(order=order).order_by("pk")))
    if repeat:
        name_order(repeat.once, order.pk)
    draft.order = order
    if charge is not None:
        answer_call(draft, resolution="being placed", by=by)
        return order, charge
    close_draft(draft, resolution="placed", by=by)
    announce(order, lines)
    if order.status == OrderStatus.CONFIRMED:
        emit(OrderConfirmed(order_id=order.pk, number=order.number))
    if by_link and order.status == OrderStatus.PLACED:
        ask_to_pay(order, by=by)
    if repeat:
        answer(repeat.once, repeat.told(order))
    return order, None


def _move_on(order: Order, payment: PayBy | None) -> None:
    """Submitted to its gateway; else placed, and confirmed where it is free or paid at the door."""
    now = timezone.now()
    if payment is not None and order.total > ZERO and gateway(payment.gateway).is_online:
        order.submit()
    elif order.total == ZERO or (payment is not None and order.channel.confirms_manual_at_once):
        order.place_paid(at=now)
    else:
        order.place(at=now)
    order.payment_status = payment_status(order)
    order.version += 1
    order.save()
