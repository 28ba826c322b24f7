"""Propose a substitute: something similar is kept for a customer, who is asked whether it may be sent."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order
from orders.models import Order, OrderLine
from orders.states import SubstituteWish
from warehouse.errors import NotSubstitutable
from warehouse.events import SubstitutionProposed
from warehouse.locks import locked_levels
from warehouse.models import Backorder, SubstitutionProposal, Warehouse
from warehouse.selectors.substitutes import (
    RUNNING,
    Candidate,
    asked_units,
    candidates,
    is_replaceable,
    offer_for,
    wish_of,
)
from warehouse.services.answer_substitute import accept_open
from warehouse.services.book import Entry, book_stock
from warehouse.services.call_off import CallOff
from warehouse.services.end_shortages import end_shortages
from warehouse.services.price_substitute import terms_of
from warehouse.states import UNFILLED, AnswerBy, MovementKind


def propose_substitute(
    order_id: int, *, line: str, sku: str, warehouse: str = "", units: int | None = None, by: Actor
) -> SubstitutionProposal:
    """Keep ``sku`` for ``units`` of a line (public id; None: all that are missing or wait) and ask the customer.

    Where the customer, or the order, has said before that anything close may be sent, it is sent at once. 1 lock
    2 guard 3 keep the goods 4 price 5 tell. ``warehouse`` (a code; empty: any) has the goods. Raises
    ``NotSubstitutable`` and what ``answer_substitute`` raises.
    """
    with work(by=by):
        order, row = _locked(order_id, line)
        found_nowhere = row.unsourced - asked_units(order_id).get(row.pk, 0)
        missing = found_nowhere + row.backordered
        wanted = missing if units is None else units
        _guard(order, row, missing=missing, wanted=wanted)
        place = Warehouse.objects.filter(code=warehouse).first() if warehouse else None
        if warehouse and place is None:
            raise NotSubstitutable(_("No warehouse has this code."))
        offers = candidates(row, wanted, warehouse_id=place.pk if place else None)
        chosen = next((offer for offer in offers if offer.product.sku == sku), None)
        if chosen is None:
            raise NotSubstitutable(
                _("{sku} can't be sent instead: it is no substitute, not there, or was asked about before.").format(
                    sku=sku
                )
            )
        since = _no_longer_waiting(row, wanted - max(found_nowhere, 0))
        return _propose(order, row, wanted, chosen, waiting_since=since, by=by)


def offer_substitutes(order_id: int, *, by: Actor) -> list[SubstitutionProposal]:
    """Ask about everything that is missing and whose product's policy names a substitute first; by the tick."""
    with work(by=by):
        order = locked_order(order_id)
        asked = asked_units(order_id)
        proposed = []
        for row in locked_lines(order_id) if order.status in RUNNING else ():
            missing = row.unsourced - asked.get(row.pk, 0)
            offer = offer_for(row, missing) if missing > 0 and row.pk not in asked else None
            if offer is not None:
                proposed.append(_propose(order, row, missing, offer, by=by))
        return proposed


def _locked(order_id: int, line: str) -> tuple[Order, OrderLine]:
    order = locked_order(order_id)
    row = next((row for row in locked_lines(order_id) if row.public_id == line), None)
    if row is None:
        raise NotSubstitutable(_("This order has no such line."))
    return order, row


def _guard(order: Order, line: OrderLine, *, missing: int, wanted: int) -> None:
    if order.status not in RUNNING:
        raise NotSubstitutable(_("Nothing of this order is sent any more."))
    if not is_replaceable(line):
        raise NotSubstitutable(_("Nothing else may be sent for this line: its customer, or its kind, forbids it."))
    if SubstitutionProposal.objects.filter(line=line, status="proposed").exists():
        raise NotSubstitutable(_("The customer is being asked about this line already."))
    if not 1 <= wanted <= missing:
        raise NotSubstitutable(
            _("{missing} units of this line are missing or wait for goods.").format(missing=max(missing, 0))
        )


def _no_longer_waiting(line: OrderLine, units: int) -> datetime | None:
    """Take units out of the queue for goods; returns since when they were in it."""
    waiting = Backorder.objects.filter(line=line, status__in=UNFILLED).first() if units > 0 else None
    if waiting is None:
        return None
    call_off = CallOff([line])
    call_off.waiting(line, units)
    call_off.write()
    return waiting.created_at


def _propose(
    order: Order,
    line: OrderLine,
    units: int,
    offer: Candidate,
    *,
    waiting_since: datetime | None = None,
    by: Actor,
) -> SubstitutionProposal:
    """Keep and ask; the caller holds the order's lock."""
    _keep(offer)
    terms = terms_of(order.pk, line.pk, units, product=offer.product, quantity=offer.quantity)
    channel = order.channel
    row = SubstitutionProposal(
        order=order,
        line=line,
        units=units,
        product=offer.product,
        warehouse_id=offer.warehouse_id,
        quantity=offer.quantity,
        unit_price=terms.unit_price,
        discount=terms.discount,
        difference=terms.difference,
        waiting_since=waiting_since,
        unanswered=channel.substitute_unanswered,
        answer_until=timezone.now() + timedelta(hours=channel.substitute_hours),
        proposed_by=str(by),
    )
    row.save()
    end_shortages(order.pk, [line.pk], resolution="a substitute is proposed", by=by)
    is_wanted = wish_of(line) == SubstituteWish.ALWAYS_ACCEPT
    emit(
        SubstitutionProposed(
            order_id=order.pk,
            number=order.number,
            proposal=row.public_id,
            line=line.public_id,
            sku=line.sku,
            units=units,
            substitute=offer.product.sku,
            quantity=offer.quantity,
            difference=terms.difference,
            currency=order.currency,
            answer_until=row.answer_until,
            asks=not is_wanted,
        )
    )
    if is_wanted:
        accept_open(row, answered_by=AnswerBy.WISH, by=by)
    return row


def _keep(offer: Candidate) -> None:
    """Reserve the substitute's units, if they are there still."""
    level = next(row for row in locked_levels([offer.product.pk]) if row.warehouse_id == offer.warehouse_id)
    if level.available < offer.quantity:
        raise NotSubstitutable(_("Somebody else has just taken {sku}.").format(sku=offer.product.sku))
    book_stock(
        [
            Entry(
                kind=MovementKind.ALLOCATED,
                product_id=offer.product.pk,
                warehouse_id=offer.warehouse_id,
                allocated=offer.quantity,
                reason="substitute",
            )
        ]
    )
