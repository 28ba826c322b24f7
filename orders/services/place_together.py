"""Place many orders in the statements of one: what a batch of the API does with all that no gateway decides about.

Everything about a chunk of orders is one transaction and one statement per table. An order that can't be placed, or
isn't of the simple kind, is left out, and placed by itself afterwards: so one bad order never spoils the others, and
each gets exactly the answer of a single placement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, OperationalError
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from orders.bundles import moving, sold
from orders.gateways import gateway
from orders.gateways.stored import STORED
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.kernel.money import ZERO
from orders.kernel.work import ask, emit, note_locked, work
from orders.models import Channel, Customer, Order, OrderLine, Partner, Payment, Product, ShippingMethod
from orders.questions import Filled, PlanManyStocks
from orders.requests import OrderRequest, Repeatable
from orders.services.apply_rules import hold_by_rules
from orders.services.assortment import known_products, sold_products
from orders.services.buyer import buying_customers, check_people
from orders.services.compose import compose_lines, compose_order
from orders.services.idempotency import Answer, answer_many, claim_orders
from orders.services.offer import Offer, channel_and_method
from orders.services.place import insert_lines, plan_of
from orders.services.place_now import place_now
from orders.services.price import Priced, price_request
from orders.services.promise import promise_lines
from orders.services.reserve import reserve_planned
from orders.services.tell_placed import placed
from orders.services.tender import Tender, tenders_of
from orders.services.wants import Want, filled_of, needs_of, refuse_short, wants_of
from orders.states import OrderStatus

# How many orders share a transaction: many enough to pay for its statements, few enough to hold stock for a moment.
_CHUNK = 100
_ATTEMPTS = 2


@dataclass(frozen=True, kw_only=True)
class Item:
    """One order of a batch; its key is its own, so a batch that is sent again goes on where it broke off."""

    request: OrderRequest
    repeat: Repeatable


class _Moved(Exception):
    """Somebody took what we planned to take."""


def place_together(items: Mapping[int, Item], *, by: Actor, partner: Partner) -> dict[int, Answer]:
    """Place those of ``items`` (by their index) that only wait for their payment; their answers, by index.

    What is left out is to be placed by itself: what a gateway decides about, what is paid by a gift card or credit,
    confirmed at once or preordered, what was answered before, and what can't be placed.
    """
    answers: dict[int, Answer] = {}
    simple = [i for i, item in items.items() if _is_simple(item.request)]
    for start in range(0, len(simple), _CHUNK):
        chunk = {i: items[i] for i in simple[start : start + _CHUNK]}
        for _attempt in range(_ATTEMPTS):
            try:
                answers |= _place(chunk, by=by, partner=partner)
            except (_Moved, IntegrityError):
                continue
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
                continue
            break
    return answers


def _is_simple(request: OrderRequest) -> bool:
    try:
        return not any(way.gateway in STORED or gateway(way.gateway).is_online for way in request.ways)
    except DomainError:
        return False


@dataclass(kw_only=True)
class _Candidate:
    """An order on its way; ``order`` and ``lines`` once it is composed."""

    item: Item
    offer: Offer
    priced: Priced
    tenders: list[Tender]
    wants: list[Want]
    filled: Sequence[Filled] = ()

    @property
    def request(self) -> OrderRequest:
        return self.item.request


def _place(chunk: Mapping[int, Item], *, by: Actor, partner: Partner) -> dict[int, Answer]:
    """1 look up 2 plan 3 claim the keys 4 insert 5 tell 6 reserve, last."""
    with work(by=by) as unit:
        found = _filled(_candidates(chunk, partner))
        claimed = claim_orders([c.item.repeat.once for c in found.values()]) if found else {}
        new = {i: c for i, c in found.items() if c.item.repeat.once.key in claimed}
        if not new:
            return {}
        customers = buying_customers([(c.request, c.offer.channel) for c in new.values()])
        orders: dict[int, Order] = {}
        lines: dict[int, list[OrderLine]] = {}
        for (i, c), customer in zip(new.items(), customers, strict=True):
            offer = replace(c.offer, customer=customer)
            pk = claimed[c.item.repeat.once.key]
            orders[i] = compose_order(c.request, offer, partner, c.priced, order_id=pk)
            place_now(orders[i], c.tenders)
            lines[i] = compose_lines(orders[i], c.request, offer, c.priced, wants=c.wants, filled=c.filled)
        Order.objects.bulk_create(orders.values())
        note_locked(order.pk for order in orders.values())
        insert_lines([line for mine in lines.values() for line in mine])
        payments = {i: [tender.payment_of(orders[i]) for tender in c.tenders] for i, c in new.items()}
        Payment.objects.bulk_create(payment for mine in payments.values() for payment in mine)
        promise_lines([line for mine in lines.values() for line in sold(mine)], source="stock")
        answers = {}
        for i, order in orders.items():
            order.remember(lines=lines[i], payments=payments[i], holds=())
            emit(placed(order, lines[i]))
            hold_by_rules(order, lines[i])
            answers[i] = new[i].item.repeat.told(order)
        answer_many([(new[i].item.repeat.once, answer) for i, answer in answers.items()])
        unit.do_last(lambda: _take(new, lines))
        return answers


def _take(found: Mapping[int, _Candidate], lines: Mapping[int, Sequence[OrderLine]]) -> None:
    units = [line for i in found for line in moving(lines[i])]
    filled = [fill for c in found.values() for fill in c.filled]
    if not reserve_planned(units[0].order_id, units, filled):
        raise _Moved


def _candidates(chunk: Mapping[int, Item], partner: Partner) -> dict[int, _Candidate]:
    """Those that may be ordered, with all that a placement looks up but the customer."""
    products = sold_products({line.sku for item in chunk.values() for line in item.request.lines})
    refs = [item.request.external_ref for item in chunk.values() if item.request.external_ref]
    known = Order.objects.filter(partner=partner, external_ref__in=refs).exclude(status=OrderStatus.DECLINED)
    used = set(known.values_list("external_ref", flat=True))
    offers: dict[tuple[str, ...], tuple[Channel, ShippingMethod | None]] = {}
    found = {}
    for i, item in chunk.items():
        ref = item.request.external_ref
        if ref in used:
            continue
        try:
            candidate = _candidate(item, partner, products, offers)
        except DomainError:
            continue
        if candidate is not None:
            found[i] = candidate
            used |= {ref} - {""}
    return found


def _candidate(
    item: Item,
    partner: Partner,
    products: Mapping[str, Product],
    offers: dict[tuple[str, ...], tuple[Channel, ShippingMethod | None]],
) -> _Candidate | None:
    """None: it isn't simple. Raises why it can't be placed at all."""
    request = item.request
    country = str(request.shipping_address.get("country", ""))
    key = (request.channel, request.shipping_method, request.currency, country)
    if key not in offers:
        offers[key] = channel_and_method(request, partner)
    channel, method = offers[key]
    mine = known_products(request, products)
    check_people(request, mine.values())
    offer = Offer(channel=channel, method=method, products=mine, customer=Customer())
    priced = price_request(request, offer)
    tenders = tenders_of(
        request.ways,
        total=priced.totals.total,
        currency=request.currency,
        customer_id=0,  # nothing is taken from a customer's credit
        pointers=request.pointers,
        tries_of="",
    )
    ordered = [(mine[line.sku], line.quantity) for line in request.lines]
    wants = wants_of(ordered, today=timezone.localdate(), together=channel.ships_together)
    is_confirmed = priced.totals.total == ZERO or (bool(tenders) and channel.confirms_manual_at_once)
    if is_confirmed or any(want.is_preorder for want in wants):
        return None
    return _Candidate(item=item, offer=offer, priced=priced, tenders=tenders, wants=wants)


def _filled(candidates: dict[int, _Candidate]) -> dict[int, _Candidate]:
    """Those that the warehouse can fill, one after the other."""
    plans = tuple(plan_of(c.request, c.offer, needs_of(c.wants)) for c in candidates.values())
    answers = ask(PlanManyStocks(plans=plans)) if plans else ()
    found = {}
    for (i, candidate), answer in zip(candidates.items(), answers, strict=True):
        candidate.filled = filled_of(candidate.wants, answer)
        try:
            refuse_short(candidate.wants, candidate.filled, skus=[line.sku for line in candidate.request.lines])
        except DomainError:
            continue
        found[i] = candidate
    return found
