"""Place an order: what the shop calls when its customer clicks "buy".

A placement without a gateway is one transaction. With one it runs in phases, so that no transaction waits
for the outside world: (1) order, reserved stock and a pending payment with its key are committed; (2) the
gateway is asked, or each of several; (3) its answer is written down, and only then the world hears of the
order. When the house burns down in between, ``orders.services.settle`` asks the gateway again with the same key.

The number of statements doesn't grow with the lines: everything about all lines is one statement. Components of bundles
name their bundle's line, so they come in a second insert.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from orders.bundles import moving
from orders.errors import StockContention
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.kernel.work import ask, emit, note_locked, work
from orders.models import Order, OrderLine, Partner, PaymentTransaction
from orders.questions import Filled, Need, PlanStock
from orders.requests import OrderRequest, Repeatable, Replayed
from orders.services.authorize import authorize_each, authorize_now
from orders.services.capture_early import owe_early_charges
from orders.services.compose import compose_lines, compose_order
from orders.services.idempotency import Replay, answer, claim_order
from orders.services.offer import Offer, earlier_use, look_up
from orders.services.place_now import authorize_on, place_now
from orders.services.preorder import take_preorders
from orders.services.price import price_request
from orders.services.record_answer import announce, tell_reserved
from orders.services.reserve import reserve_planned, transit_days
from orders.services.settle import apply_answer, settle_payments
from orders.services.tell_placed import as_it_is_now, confirmed
from orders.services.tender import Tender, insert_payments, tenders_of
from orders.services.wants import Want, filled_of, needs_of, refuse_short, wants_of
from orders.states import CaptureAt, OrderStatus, ShippingPolicy

# How often the same placement is planned anew when others were faster at the shelf.
_ATTEMPTS = 3


class _Moved(Exception):
    """Somebody took what we planned to take."""


@dataclass(frozen=True, kw_only=True)
class _Accepted:
    """An order that is inserted, and how it is paid; ``asks_at``: not before are its gateways asked, None: at once."""

    order: Order
    lines: list[OrderLine]
    filled: Sequence[Filled]
    tenders: list[Tender]
    asks_at: datetime | None


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
        accepted = _accept(request, partner, order_id=order_id, by=by)
        order, lines, filled = accepted.order, accepted.lines, accepted.filled
        charges = insert_payments(order, accepted.tenders, asks_at=accepted.asks_at, by=by)
        if order.status == OrderStatus.CONFIRMED:
            _take(order, lines, filled)
        else:
            unit.do_last(lambda: _take(order, lines, filled))
        if not charges:
            announce_new(order, lines)
            order = as_it_is_now(order, lines)
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


def _accept(request: OrderRequest, partner: Partner | None, *, order_id: int | None, by: Actor) -> _Accepted:
    """Look up, plan and insert. Of what was placed before, that is the answer: the shelf may be empty because of it."""
    try:
        offer = look_up(request, partner)
        priced = price_request(request, offer)
        wants, filled = _plan(request, offer)
        order = compose_order(request, offer, partner, priced, order_id=order_id)
        tenders = tenders_of(
            request.ways,
            total=order.total,
            currency=order.currency,
            customer_id=offer.customer.pk,
            pointers=request.pointers,
            tries_of=f"{by.kind}:{by.id or by}",
        )
        asks_at = authorize_on(tenders, wants, offer.channel)
    except DomainError as refusal:
        raise earlier_use(partner, request.external_ref) or refusal from None
    place_now(order, tenders, asks_at=asks_at)
    lines = compose_lines(order, request, offer, priced, wants=wants, filled=filled)
    order.save(force_insert=True)
    note_locked([order.pk])
    insert_lines(lines)
    order.remember(lines=lines, payments=(), holds=())
    return _Accepted(order=order, lines=lines, filled=filled, tenders=tenders, asks_at=asks_at)


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
    policy = request.shipping_policy or offer.channel.shipping_policy
    return PlanStock(
        needs=needs,
        country=str(request.shipping_address.get("country", "")),
        postal_code=str(request.shipping_address.get("postal_code", "")),
        transit_days=transit_days(offer.method),
        channel_id=offer.channel.pk,
        ships_complete=policy == ShippingPolicy.SHIP_COMPLETE,
    )


def insert_lines(lines: Sequence[OrderLine]) -> None:
    """One statement, and one more for the components of bundles, which name theirs."""
    OrderLine.objects.bulk_create([line for line in lines if line.parent is None])
    components = [line for line in lines if line.parent is not None]
    if components:
        OrderLine.objects.bulk_create(components)


def announce_new(order: Order, lines: Sequence[OrderLine]) -> None:
    """The world may know of an order that needs no gateway, and of what is reserved for it. Joins the open work."""
    announce(order, lines)
    tell_reserved(order.payments.all())
    owe_early_charges(order, list(order.payments.all()))
    if order.status == OrderStatus.CONFIRMED:
        emit(confirmed(order, lines))


def _take(order: Order, lines: Sequence[OrderLine], filled: Sequence[Filled]) -> None:
    """Reserve as planned; stock comes last, so that hot rows are held shortest."""
    units = moving(lines)  # in the order of what is filled
    if not take_preorders(units) or not reserve_planned(order.pk, units, filled):
        raise _Moved
