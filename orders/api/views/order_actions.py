"""What partners may do to an order they placed: cancel, hold, release, pay, refund."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orders import selectors
from orders.api import render, serializers
from orders.api.once import answered, refusal_answer, remembering_refusals
from orders.api.strict import INVALID
from orders.api.view import ApiView, told
from orders.api.views.orders import order_of, shown_order
from orders.errors import IdempotencyConflict, IdempotencyKeyRequired, InvalidRequest
from orders.gateways.manual import MANUAL
from orders.kernel.errors import DomainError, at
from orders.kernel.money import is_exact
from orders.models import Order
from orders.requests import PayBy, Repeatable, Replayed
from orders.scopes import Scope
from orders.services.cancel import cancel_order
from orders.services.hold import hold_order, release_hold
from orders.services.idempotency import Answer, Once, Replay
from orders.services.idempotency import answer as store_answer
from orders.services.record_payment import record_payment
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from orders.services.take_payment import take_payment
from orders.services.tender import token_errors
from orders.states import RefundTarget


class OrderAction(ApiView):
    """A POST on one order."""

    tag = "orders"
    scopes = {"POST": Scope.ORDERS_WRITE}

    def tell_order(self, number: str) -> Answer:
        order = shown_order(self, number)
        return told(render.order(order), version=order.version)


class Cancel(OrderAction):
    requires_key = True

    @extend_schema(operation_id="cancel_order", request=serializers.CancelIn, responses=serializers.Order)
    def post(self, request: Request, number: str) -> HttpResponse:
        """Call off the whole order or units of its lines, before dispatch."""
        wanted = self.read(serializers.CancelIn)
        order = order_of(self, number)
        units = _units(wanted.pop("lines", None), order)
        return self.act_once(
            lambda: cancel_order(order.pk, lines=units, **wanted, by=self.by),
            lambda _: self.tell_order(number),
            after=lambda: settle_payments(order.pk, by=self.by),
        )


def _units(lines: Sequence[dict[str, Any]] | None, order: Order) -> dict[str, int] | None:
    """Units by line id; None is the whole order."""
    if lines is None:
        return None
    _check_lines([line["id"] for line in lines], order, pointer="#/lines/{}/id")
    return {line["id"]: line["quantity"] for line in lines}


def _check_lines(names: Sequence[str], order: Order, *, pointer: str) -> None:
    """Raises ``InvalidRequest`` unless each is a line of the order, and named once."""
    known = selectors.line_names(order.pk) if names else ()
    errors = [
        at(pointer.format(i), "repeated", "Name each line once.")
        if name in known
        else at(pointer.format(i), "unknown_line", "This order has no such line.")
        for i, name in enumerate(names)
        if name not in known or name in names[:i]
    ]
    if errors:
        raise InvalidRequest(INVALID, errors=errors)


def _check_amount(amount: Decimal, order: Order) -> None:
    """Raises ``InvalidRequest`` unless it is money of the order's currency, and some."""
    if not amount:
        raise InvalidRequest(INVALID, errors=[at("#/amount", "too_small", "Must be more than nothing.")])
    if not is_exact(amount, order.currency):
        raise InvalidRequest(INVALID, errors=[at("#/amount", "too_precise", f"{order.currency} has fewer digits.")])


class Hold(OrderAction):
    @extend_schema(operation_id="hold_order", request=serializers.HoldIn, responses={201: serializers.Hold})
    def post(self, request: Request, number: str) -> HttpResponse:
        """Stop the order, or some of its lines."""
        wanted = self.read(serializers.HoldIn)
        order = order_of(self, number)
        lines = wanted.pop("lines", None) or ()
        _check_lines(lines, order, pointer="#/lines/{}")
        return self.act_once(
            lambda: hold_order(order.pk, lines=lines, **wanted, by=self.by),
            lambda hold: told(render.hold(hold), status=201),
        )


class Release(OrderAction):
    @extend_schema(operation_id="release_order", request=serializers.ReleaseIn, responses=serializers.Hold)
    def post(self, request: Request, number: str) -> HttpResponse:
        """Let the order go on, as far as this hold is concerned."""
        wanted = self.read(serializers.ReleaseIn)
        order = order_of(self, number)
        return self.act_once(
            lambda: release_hold(wanted["hold"], order_id=order.pk, by=self.by),
            lambda hold: told(render.hold(hold)),
        )


class Payments(OrderAction):
    requires_key = True
    refusals = {"POST": {402: "The payment was declined; the failed payment is all that is kept."}}

    @extend_schema(operation_id="take_payment", request=serializers.AddPaymentIn, responses={201: serializers.Payment})
    def post(self, request: Request, number: str) -> HttpResponse:
        """Pay what is owed, or a part of it; an order that is paid in full is confirmed."""
        wanted = self.read(serializers.AddPaymentIn)
        order = order_of(self, number)
        note = wanted.pop("note", "")
        wish = PayBy(**wanted)
        self._check(wish, order)
        if wish.gateway == MANUAL:
            amount = order.balance if wish.amount is None else wish.amount
            return self.act_once(
                lambda: record_payment(order.pk, amount=amount, note=note, by=self.by),
                lambda payment: told(render.payment(payment), status=201),
            )
        once = self.once()
        if once is None:  # the view requires one
            raise IdempotencyKeyRequired
        return remembering_refusals(self.http, once, lambda: self._take(order, wish, once))

    def _check(self, wish: PayBy, order: Order) -> None:
        errors = token_errors([wish], ["#"])
        if errors:
            raise InvalidRequest(INVALID, errors=errors)
        if wish.amount is not None:
            _check_amount(wish.amount, order)

    def _take(self, order: Order, wish: PayBy, once: Once) -> HttpResponse:
        def told_payment(_order: Order) -> Answer:
            return told(render.payment(selectors.payment_of_key(self.key.pk, once.key)), status=201)

        def refused(refusal: DomainError) -> Answer:
            return refusal_answer(self.http, refusal)

        repeat = Repeatable(once=once, told=told_payment, refused=refused)
        try:
            payment = take_payment(order.pk, wish, by=self.by, repeat=repeat)
        except Replayed as replayed:
            return self._replayed(replayed.replay, once)
        return answered(self._told(payment.pk), is_replay=False)

    def _replayed(self, replay: Replay, once: Once) -> HttpResponse:
        """The first attempt's answer; had it died before it could answer, its payment tells what it came to."""
        answer = replay.answer
        if answer is None:
            if replay.payment_id is None:
                raise IdempotencyConflict("This Idempotency-Key was used for another request; send a new key.")
            answer = self._told(replay.payment_id)
            store_answer(once, answer)
        return answered(answer, is_replay=True)

    def _told(self, payment_id: int) -> Answer:
        return told(render.payment(selectors.payment(payment_id)), status=201)


class Refunds(OrderAction):
    requires_key = True

    @extend_schema(operation_id="refund_order", request=serializers.RefundIn, responses={201: serializers.Refund})
    def post(self, request: Request, number: str) -> HttpResponse:
        """Give money back, at most what was captured: the way it came, or as store credit."""
        wanted = self.read(serializers.RefundIn)
        to = wanted.pop("refund_to", RefundTarget.ORIGINAL)
        order = order_of(self, number)
        _check_amount(wanted["amount"], order)
        return self.act_once(
            lambda: grant_refund(order.pk, to=to, **wanted, by=self.by),
            lambda refund: told(render.refund(selectors.refund(refund.pk)), status=201),
            after=lambda: settle_payments(order.pk, by=self.by),
        )
