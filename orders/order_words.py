"""What we say to the customer about an order: where it is, when it comes, why it waits. Pure functions of rows.

Used by the customer's page and the mails. The words of the states themselves stand in ``states.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.errors import (
    AlreadyRequested,
    AmountChanged,
    FeedbackRefused,
    GatewayUnavailable,
    NotCancellable,
    NotChangeable,
    NotPayable,
    NotReorderable,
    NotRequested,
    PaymentDeclined,
    PaymentInFlight,
    PaymentLinkClosed,
    Stale,
    TooManyTries,
)
from orders.kernel.documents import Formats
from orders.kernel.errors import DomainError
from orders.models import Order, OrderHold, OrderLine
from orders.states import (
    CUSTOMER_WORDS,
    FulfillmentState,
    HoldReason,
    OrderStatus,
    PaymentState,
    PromiseReason,
    ReturnState,
)

F = FulfillmentState
_NOT_PAID = (PaymentState.UNPAID, PaymentState.PARTIALLY_PAID, PaymentState.VOIDED)

HOLD_WORDS: dict[str, Promise] = {
    HoldReason.AWAITING_PAYMENT: gettext_lazy("We start as soon as your payment arrives."),
    HoldReason.FRAUD_REVIEW: gettext_lazy("It is a routine check. There is nothing you need to do."),
    HoldReason.ADDRESS: gettext_lazy(
        "We are not sure about the delivery address. Please write to us and tell us if it is right."
    ),
    HoldReason.OUT_OF_STOCK: gettext_lazy("Something is out of stock. We are looking for a way to fill your order."),
    HoldReason.AWAITING_RETURN: gettext_lazy("We go on as soon as your return has arrived."),
    HoldReason.CUSTOMER_REQUEST: gettext_lazy("You asked us to wait. Write to us when we should go on."),
    HoldReason.OTHER: gettext_lazy("We will write to you as soon as we go on."),
}

PROMISE_REASON_WORDS: dict[str, Promise] = {
    PromiseReason.BACKORDERED: gettext_lazy("It ran out, and more is on its way to us."),
    PromiseReason.SHORT: gettext_lazy("We found fewer on the shelf than we had counted."),
    PromiseReason.SUPPLIER: gettext_lazy("Our supplier needs longer than we were told."),
    PromiseReason.CARRIER: gettext_lazy("The carrier needs longer than planned."),
    PromiseReason.CHANGED: gettext_lazy("You changed where or how it goes."),
    PromiseReason.ARRIVED: gettext_lazy("It has come in and will leave soon."),
    PromiseReason.RELEASE: gettext_lazy("The day on which it comes out was moved."),
}

REFUSAL_WORDS: dict[str, Promise] = {
    NotCancellable.code: gettext_lazy("This order can no longer be cancelled."),
    NotPayable.code: gettext_lazy("This payment was settled already."),
    AmountChanged.code: gettext_lazy("The amount has changed meanwhile. Please look again, then pay."),
    PaymentInFlight.code: gettext_lazy("Your payment is being made right now. Look again in a moment."),
    PaymentLinkClosed.code: gettext_lazy("Nothing can be paid by this link any more."),
    GatewayUnavailable.code: gettext_lazy("The payment provider does not answer. Look again in a moment."),
    TooManyTries.code: gettext_lazy("Too many wrong codes. Please try again in an hour."),
    FeedbackRefused.code: gettext_lazy("We have your feedback already. Thank you!"),
    NotChangeable.code: gettext_lazy("We can't change your order that way here. Write to us, and we will help."),
    AlreadyRequested.code: gettext_lazy("We are looking at what you asked for before."),
    NotRequested.code: gettext_lazy("Nothing that you asked for waits for an answer."),
    Stale.code: gettext_lazy("Your order was changed meanwhile. Please look again."),
    NotReorderable.code: gettext_lazy("We can't repeat this order here. Write to us, and we will help."),
}


DECLINED_WORDS: dict[str, Promise] = {
    "unknown_card": gettext_lazy("We know no gift card with this code. Please look again."),
    "card_unusable": gettext_lazy("This gift card has expired, or can't be used any more."),
    "wrong_currency": gettext_lazy("This gift card is in another currency."),
    "insufficient_balance": gettext_lazy("There is not enough left on it."),
    "no_credit": gettext_lazy("You have no credit left."),
}


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """Where the order is, and what comes next."""

    where: str
    next: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stop on the way from us to the customer."""

    name: str
    state: str  # done, now, later


@dataclass(frozen=True, kw_only=True)
class LineState:
    """How it stands with some units of a line; ``tone`` colours it: good, busy, wait, bad, done."""

    words: str
    tone: str


def sentence(
    order: Order,
    lines: Sequence[OrderLine],
    *,
    today: date,
    holds: Sequence[OrderHold] = (),
    must_act: bool = False,
    pays_later: bool = False,
    delivered_on: date | None = None,
) -> Sentence:
    """Where the order is and when it comes; ``must_act``: the customer has to approve a payment.

    ``pays_later``: its payment is reserved shortly before a preorder's day.
    """
    formats = Formats(order.language)
    match order.status:
        case OrderStatus.CANCELLED | OrderStatus.EXPIRED:
            return Sentence(where=str(CUSTOMER_WORDS[order.status]), next=_money_back(order, formats))
        case OrderStatus.PLACED if not holds:
            return Sentence(
                where=str(CUSTOMER_WORDS[OrderStatus.PLACED]), next=_before_payment(order, must_act, pays_later)
            )
    return Sentence(where=_where(order), next=_next(order, lines, today, holds, delivered_on))


def steps(order: Order) -> list[Step]:
    """The way of the goods, as far as they came; none for an order that won't come."""
    if order.status in {OrderStatus.CANCELLED, OrderStatus.EXPIRED} or order.fulfillment_status == F.NOT_REQUIRED:
        return []
    names = [_("Received"), _("Being prepared"), _("On its way"), _("Delivered")]
    match order.fulfillment_status:
        case F.DELIVERED:
            now = len(names)
        case F.SHIPPED | F.PARTIALLY_SHIPPED | F.PARTIALLY_DELIVERED:
            now = 2
        case _:
            now = 0 if order.status == OrderStatus.PLACED else 1
    return [
        Step(name=name, state="done" if i < now else "now" if i == now else "later") for i, name in enumerate(names)
    ]


def line_states(line: OrderLine, order: Order) -> list[LineState]:
    """Where the units of a line are, each with their number when they are in several places.

    Furthest first; what is still to come stands last, next to its day.
    """
    coming_back = line.returned + line.return_requested
    kept_from = max(0, coming_back - line.written_off)  # of those that had arrived, or may have
    places = [
        (line.returned, _("Returned"), "done"),
        (line.return_requested, _("Return under way"), "busy"),
        (line.delivered - kept_from, _("Delivered"), "good"),
        (line.cancelled, _("Cancelled"), "done"),
        (line.shipped - line.written_off - max(line.delivered, kept_from), _("On its way"), "busy"),
        (0 if line.ships_on else line.open - line.backordered, *_before_dispatch(line, order)),
        (0 if line.ships_on else line.backordered, _("Waiting for stock"), "wait"),
        (line.open if line.ships_on else 0, _("Preordered"), "wait"),
    ]
    return [
        LineState(words=words if units == line.ordered else f"{units} × {words}", tone=tone)
        for units, words, tone in places
        if units > 0
    ]


def delay(line: OrderLine, *, first_promised_on: date | None, reason: str, today: date, language: str) -> str:
    """Why a line comes later than it was first promised, and what now; empty when it is in time."""
    formats = Formats(language)
    if line.delivered >= line.due or first_promised_on is None:
        return ""
    why = str(PROMISE_REASON_WORDS.get(reason, ""))
    if line.promised_on is None:
        what_now = _("We can't keep {day}. We will tell you the new date as soon as we know it.").format(
            day=formats.day(first_promised_on)
        )
    elif line.promised_on < today:
        what_now = _overdue(line.promised_on, formats)
    elif line.promised_on > first_promised_on:
        what_now = _("Now expected by {day} instead of {first_day}. We are sorry.").format(
            day=formats.day(line.promised_on), first_day=formats.day(first_promised_on)
        )
    else:
        return ""
    return f"{why} {what_now}".strip()


def refusal_words(refusal: DomainError) -> str:
    """Why something did not work, for a customer; upper floors' refusals say it themselves."""
    if refusal.code == PaymentDeclined.code:
        declined = _("Your payment was declined, and nothing was charged. Try again, or choose another way.")
        return str(DECLINED_WORDS.get(refusal.extra.get("gateway_code", ""), declined))
    return str(REFUSAL_WORDS.get(refusal.code, refusal.detail))


def _overdue(day: date, formats: Formats) -> str:
    return _("It should have arrived by {day}. We are sorry. We are looking into it and will write to you.").format(
        day=formats.day(day)
    )


def _before_dispatch(line: OrderLine, order: Order) -> tuple[str, str]:
    if order.fulfillment_status == F.ON_HOLD:
        return _("Paused"), "wait"
    if line.picked > line.shipped:
        return _("Being packed"), "busy"
    return _("Reserved for you") if order.status == OrderStatus.PLACED else _("Being prepared"), "busy"


def _money_back(order: Order, formats: Formats) -> str:
    """What became of the money of an order that won't come."""
    if not order.captured_total:
        return _("You were not charged.")
    if order.refunded_total < order.captured_total:
        return _("Your money is on its way back to you.")
    return _("We sent {amount} back to you.").format(amount=formats.money(order.refunded_total, order.currency))


def _before_payment(order: Order, must_act: bool, pays_later: bool) -> str:
    if must_act:
        return _("Please approve your payment so that we can start.")
    if pays_later and order.fulfillment_status == F.SCHEDULED:
        return _("We reserve the money shortly before we send it.")
    if order.payment_status in _NOT_PAID:
        return str(HOLD_WORDS[HoldReason.AWAITING_PAYMENT])
    return _("We will confirm it soon.")


def _where(order: Order) -> str:
    match order.return_status:
        case ReturnState.IN_RETURN | ReturnState.RETURNED if order.fulfillment_status == F.NOT_REQUIRED:
            return _("Your order could not be delivered and came back to us.")
        case ReturnState.RETURNED:
            return _("You sent your order back.")
        case ReturnState.IN_RETURN if order.fulfillment_status == F.DELIVERED:
            return _("Your return is under way.")
    return str(CUSTOMER_WORDS[order.fulfillment_status])


def _next(
    order: Order, lines: Sequence[OrderLine], today: date, holds: Sequence[OrderHold], delivered_on: date | None
) -> str:
    if order.fulfillment_status == F.ON_HOLD and holds:
        return str(HOLD_WORDS[holds[0].reason])
    coming = [line for line in lines if line.delivered < line.due]
    if coming:
        return _when([line.promised_on for line in coming], today, Formats(order.language))
    if order.return_status == ReturnState.RETURNED:
        return _money_back(order, Formats(order.language)) if order.refunded_total else ""
    if order.return_status == ReturnState.IN_RETURN:
        return _("Under “Your return” you see what comes next.")
    if delivered_on:
        return _("It was delivered on {day}.").format(day=Formats(order.language).day(delivered_on))
    return ""


def _when(promised: Sequence[date | None], today: date, formats: Formats) -> str:
    """One sentence about the dates of everything that has not arrived."""
    days = sorted({day for day in promised if day})
    if not days:
        return _("We will tell you the delivery date as soon as we know it.")
    first, last = formats.day(days[0]), formats.day(days[-1])
    if days[0] < today:
        return _overdue(days[0], formats)
    if None in promised:
        return _("The first part should arrive by {day}. For the rest we will tell you a date soon.").format(day=first)
    if first != last:
        return _("The first part should arrive by {first_day}, the last by {day}.").format(first_day=first, day=last)
    return _("It should arrive by {day}.").format(day=first)
