"""Place an order: what the shop calls when its customer clicks "buy".

A placement without a gateway is one transaction. With one it runs in phases, so that no transaction waits
for the outside world: (1) order, reserved stock and a pending payment with its key are committed; (2) the
gateway is asked; (3) its answer is written down, and only then the world hears of the order. When the house
burns down in between, ``orders.services.settle`` asks the gateway again with the same key.

The number of statements doesn't grow with the lines: everything about all lines is one statement. Components of bundles
name their bundle's line, so they come in a second insert.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import IntegrityError
from django.utils import timezone

from orders.bundles import moving
from orders.errors import GatewayUnavailable, StockContention
from orders.gateways import gateway
from orders.gateways.protocol import NoAnswer
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.kernel.money import ZERO
from orders.kernel.work import ask, emit, note_locked, work
from orders.models import (
    Order,
    OrderLine,
    Partner,
    Payment,
    PaymentTransaction,
)
from orders.models.payment import FRESH
from orders.questions import Filled, Need, PlanStock
from orders.requests import OrderRequest, Repeatable, Replayed
from orders.services.compose import asks_gateway, authorize_on, compose_lines, compose_order
from orders.services.idempotency import Replay, answer, claim_order
from orders.services.offer import Offer, earlier_use, look_up
from orders.services.preorder import take_preorders
from orders.services.price import price_request
from orders.services.record_answer import announce, as_it_is_now, confirmed
from orders.services.reserve import reserve_planned, transit_days
from orders.services.settle import apply_answer, call_of
from orders.services.wants import Want, filled_of, needs_of, refuse_short, wants_of
from orders.states import OrderStatus, TransactionKind

# How often the same placement is planned anew when others were faster at the shelf.
_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class _Accepted:
    """An order that is inserted; ``authorize_on``: not before that day is its gateway asked, None: at once."""

    order: Order
    lines: list[OrderLine]
    filled: Sequence[Filled]
    authorize_on: date | None


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
    order, charge = _reserve_with_retries(request, by=by, partner=partner, repeat=repeat)
    if charge is None:
        return order
    try:
        said = gateway(charge.payment.gateway).authorize(call_of(charge))
    except NoAnswer as silence:
        raise GatewayUnavailable(
            "The payment gateway did not answer yet. Repeat the request with the same key for the outcome."
        ) from silence
    settled = apply_answer(charge.pk, said, by=by, repeat=repeat, lines=list(order.lines.all()))
    if settled.refusal:
        raise settled.refusal
    return settled.order


def _reserve_with_retries(
    request: OrderRequest, *, by: Actor, partner: Partner | None, repeat: Repeatable | None
) -> tuple[Order, PaymentTransaction | None]:
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
) -> tuple[Order, PaymentTransaction | None]:
    """Phase one, and the only one without a gateway. 1 claim 2 look up 3 plan 4 insert 5 take 6 tell.

    What is only reserved takes its stock as the very last statement, so that hot rows are held shortest; what
    is confirmed at once takes it first, since work orders are made from it.
    """
    with work(by=by) as unit:
        order_id = _claim(repeat)
        accepted = _accept(request, partner, order_id=order_id)
        order, lines, filled = accepted.order, accepted.lines, accepted.filled
        charge = _insert_payment(request, order, due_on=accepted.authorize_on)
        if order.status == OrderStatus.CONFIRMED:
            _take(order, lines, filled)
        else:
            unit.do_last(lambda: _take(order, lines, filled))
        if charge is None:
            announce_placed(order, lines)
            order = as_it_is_now(order, lines)
            if repeat:
                answer(repeat.once, repeat.told(order))
    return order, charge


def _claim(repeat: Repeatable | None) -> int | None:
    """The pk that the order must have, so that the request's key names it; None lets the database choose."""
    if repeat is None:
        return None
    claimed = claim_order(repeat.once)
    if isinstance(claimed, Replay):
        raise Replayed(claimed)
    return claimed


def _accept(request: OrderRequest, partner: Partner | None, *, order_id: int | None) -> _Accepted:
    """Look up, plan and insert. Of what was placed before, that is the answer: the shelf may be empty because of it."""
    try:
        offer = look_up(request, partner)
        priced = price_request(request, offer)
        wants, filled = _plan(request, offer)
    except DomainError as refusal:
        raise earlier_use(partner, request.external_ref) or refusal from None
    late = authorize_on(request, wants, timezone.localdate())
    asks_now = asks_gateway(request) and late is None
    order = compose_order(request, offer, partner, priced, order_id=order_id, asks_now=asks_now)
    lines = compose_lines(order, request, offer, priced, wants=wants, filled=filled)
    order.save(force_insert=True)
    note_locked([order.pk])
    insert_lines(lines)
    order.remember(lines=lines, payments=(), holds=())
    return _Accepted(order=order, lines=lines, filled=filled, authorize_on=late)


def _plan(request: OrderRequest, offer: Offer) -> tuple[list[Want], list[Filled]]:
    """Ask the warehouse how it would fill the lines; refuse what nobody can."""
    ordered = [(offer.products[line.sku], line.quantity) for line in request.lines]
    wants = wants_of(ordered, today=timezone.localdate(), together=offer.channel.ships_together)
    needs = needs_of(wants)
    answers = ask(plan_of(request, offer, needs)) if needs else ()
    filled = filled_of(wants, answers)
    refuse_short(wants, filled, skus=[line.sku for line in request.lines])
    return wants, filled


def plan_of(request: OrderRequest, offer: Offer, needs: tuple[Need, ...]) -> PlanStock:
    """The question to the warehouse."""
    country = str(request.shipping_address.get("country", ""))
    return PlanStock(needs=needs, country=country, transit_days=transit_days(offer.method))


def insert_lines(lines: Sequence[OrderLine]) -> None:
    """One statement, and one more for the components of bundles, which name theirs."""
    OrderLine.objects.bulk_create([line for line in lines if line.parent is None])
    components = [line for line in lines if line.parent is not None]
    if components:
        OrderLine.objects.bulk_create(components)


def _insert_payment(request: OrderRequest, order: Order, *, due_on: date | None) -> PaymentTransaction | None:
    """The pending payment, and for a gateway the pending authorisation: the row is the debt.

    Returned is what the gateway is asked for now.
    """
    payment = payment_of(request, order)
    if payment is None:
        return None
    payment.save(force_insert=True)
    order.remember(payments=[payment])
    if order.status != OrderStatus.SUBMITTED and due_on is None:
        return None
    charge = PaymentTransaction.objects.create(
        payment=payment,
        kind=TransactionKind.AUTHORIZATION,
        amount=order.total,
        idempotency_key=f"{payment.public_id}.authorize",
        due_at=timezone.now() + FRESH if due_on is None else _start_of(due_on),
    )
    return charge if due_on is None else None


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def payment_of(request: OrderRequest, order: Order) -> Payment | None:
    """How it is paid, not saved yet; nothing for nothing."""
    if request.payment is None or order.total == ZERO:
        return None
    return Payment(
        order=order,
        gateway=request.payment.gateway,
        token=request.payment.token,
        currency=order.currency,
        amount=order.total,
    )


def announce_placed(order: Order, lines: Sequence[OrderLine]) -> None:
    """The world hears of an order that nobody outside decides about; joins the open work."""
    announce(order, lines)
    if order.status == OrderStatus.CONFIRMED:
        emit(confirmed(order, lines))


def _take(order: Order, lines: Sequence[OrderLine], filled: Sequence[Filled]) -> None:
    """Reserve as planned; stock comes last, so that hot rows are held shortest."""
    units = moving(lines)  # in the order of what is filled
    if not take_preorders(units) or not reserve_planned(order.pk, units, filled):
        raise _Moved
