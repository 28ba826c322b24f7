"""Take one payment more for an order that was placed: by a gateway, a gift card or store credit.

In phases, as a placement: the pending payment is committed, the gateway asked, its answer written down. What is
stored with us needs nobody outside, and is one transaction.
"""

from dataclasses import replace
from decimal import Decimal

from orders.errors import InvalidRequest, NotPayable, PaymentInFlight
from orders.gateways import gateway
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.money import ZERO, is_exact, text
from orders.kernel.work import work
from orders.locks import locked_order, locked_payments
from orders.models import Order, Payment, PaymentLink, PaymentTransaction
from orders.requests import PayBy, Repeatable, Replayed
from orders.selectors import payment as payment_now
from orders.services.authorize import authorize_now
from orders.services.balance import take_value
from orders.services.give_up_payment import give_up_unmade
from orders.services.idempotency import claim, name_payment
from orders.services.record_answer import record_answer
from orders.services.settle import apply_answer
from orders.services.tender import Tender, owe_authorization, pending_authorizations, tenders_of
from orders.services.use_link import use_link
from orders.states import OrderStatus, PaymentStatus

_PAYABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def take_payment(order_id: int, wish: PayBy, *, by: Actor, repeat: Repeatable | None = None) -> Payment:
    """Pay ``wish.amount``, else all that is owed, or as much of it as a gift card or the credit has.

    Returns the payment as it stands then: authorised, or waiting for the customer at ``action_url``. Raises
    ``NotPayable``, ``PaymentInFlight``, ``PaymentDeclined`` (the failed payment stays, nothing else),
    ``GatewayUnavailable``, ``TooManyTries``; with ``repeat`` also ``Replayed`` and ``IdempotencyConflict``.
    """
    return _take(order_id, wish, link_id=None, expected=None, by=by, repeat=repeat)


def pay_by_link(order_id: int, wish: PayBy, *, link_id: int | None, expected: Decimal, by: Actor) -> Payment:
    """The customer pays what is due by a link; ``expected`` is what their page said. No link: as ``use_link`` has it.

    Clicked twice, or in two tabs, it is one payment: one that waits for the customer is gone on with, and given up
    for another way or amount. Raises as ``take_payment``, ``PaymentLinkClosed`` and ``AmountChanged``.
    """
    return _take(order_id, wish, link_id=link_id, expected=expected, by=by, repeat=None)


def _take(
    order_id: int,
    wish: PayBy,
    *,
    link_id: int | None,
    expected: Decimal | None,
    by: Actor,
    repeat: Repeatable | None,
) -> Payment:
    with work(by=by):
        if repeat and (replay := claim(repeat.once)):
            raise Replayed(replay)
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        due, link = _due(order, payments, link_id, expected, by=by)
        if link and (waiting := _waiting(payments, link, wish, due)):
            return waiting
        amount = _amount(order, payments, wish, due)
        payment, charge = _insert(order, replace(wish, amount=amount), due, link, by=by)
        if repeat:
            name_payment(repeat.once, order_id=order.pk, payment_id=payment.pk)
        if link:
            give_up_unmade(order, [row for row in payments if row.link_id == link.pk])
        if payment.gift_card_id or payment.store_credit_id:
            # Taken from the balance just now: the order hears of it as of a gateway's yes.
            yes = Answer(outcome=Outcome.DONE, ref=charge.idempotency_key)
            record_answer(charge, yes, repeat=repeat, lines=None, by=by)
            return payment
    settled = apply_answer(charge.pk, authorize_now(charge), by=by, repeat=repeat)
    if settled.refusal:
        raise settled.refusal
    return payment_now(payment.pk)


def _due(
    order: Order, payments: list[Payment], link_id: int | None, expected: Decimal | None, *, by: Actor
) -> tuple[Decimal, PaymentLink | None]:
    if expected is None:
        if order.status not in _PAYABLE:
            raise NotPayable(f"A {order.get_status_display().lower()} order takes no payment.")
        return order.balance, None
    link, due = use_link(order, link_id, payments, expected=expected, by=by)
    return due, link


def _waiting(payments: list[Payment], link: PaymentLink, wish: PayBy, due: Decimal) -> Payment | None:
    """The same payment, begun in another tab or by the first of two clicks, that waits at its gateway's page."""
    for payment in payments:
        is_same = (payment.gateway, payment.amount, payment.link_id) == (wish.gateway, wish.amount or due, link.pk)
        if is_same and payment.status == PaymentStatus.REQUIRES_ACTION and payment.action_url:
            return payment
    return None


def _amount(order: Order, payments: list[Payment], wish: PayBy, due: Decimal) -> Decimal | None:
    """What may be paid now: what gateways are being asked for at this moment may be paid a second later."""
    if due <= ZERO:
        raise NotPayable("Nothing is owed for this order.")
    if wish.amount is not None and (wish.amount <= ZERO or not is_exact(wish.amount, order.currency)):
        raise NotPayable(f"amount: give a positive amount in {order.currency}.")
    if wish.amount is not None and wish.amount > due:
        raise NotPayable(f"amount: at most {text(due, order.currency)} {order.currency} is owed.")
    asking = pending_authorizations(row for row in payments if row.status == PaymentStatus.PENDING)
    free = order.balance - sum((charge.amount for charge in asking), ZERO)
    if asking and (wish.amount or due) > free:
        raise PaymentInFlight("Another payment of this order is being made right now; try again in a moment.")
    return wish.amount


def _insert(
    order: Order, wish: PayBy, due: Decimal, link: PaymentLink | None, *, by: Actor
) -> tuple[Payment, PaymentTransaction]:
    """The pending payment with its pending authorisation."""
    if not gateway(wish.gateway).is_online:
        raise InvalidRequest("gateway: money by hand is recorded, not taken.")
    (tender,) = tenders_of(
        [wish],
        total=due,
        currency=order.currency,
        customer_id=order.customer_id,
        pointers=["#"],
        tries_of=f"order:{order.public_id}" if by.kind == ActorKind.CUSTOMER else f"{by.kind}:{by.id or by}",
    )
    payment = _row(order, tender, link)
    if tender.value is not None:
        take_value(payment, tender.value, by=by)
    return payment, owe_authorization(payment)


def _row(order: Order, tender: Tender, link: PaymentLink | None) -> Payment:
    payment = tender.payment_of(order)
    payment.link = link
    payment.save(force_insert=True)
    return payment
