"""What the customer is told: one sentence that says where the order is, and what comes next."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from orders.errors import NotCancellable, OutOfStock
from orders.models import Order, OrderHold, OrderLine
from orders.order_words import Sentence, delay, line_states, refusal_words, sentence, steps
from orders.states import FulfillmentState as F
from orders.states import HoldReason, OrderStatus, PaymentState, ReturnState

TODAY = date(2026, 11, 22)
WEDNESDAY, MONDAY, LAST_WEEK = date(2026, 11, 25), date(2026, 11, 30), date(2026, 11, 16)


def an_order(status=OrderStatus.CONFIRMED, fulfillment_status=F.UNFULFILLED, **fields):
    return Order(status=status, fulfillment_status=fulfillment_status, currency="EUR", **fields)


def a_line(ordered=1, promised_on=WEDNESDAY, **counters):
    return OrderLine(ordered=ordered, promised_on=promised_on, **counters)


def said(order, *lines, **more):
    told = sentence(order, lines or [a_line()], today=TODAY, **more)
    return f"{told.where} {told.next}".strip()


@pytest.mark.parametrize(
    ("promised", "next_"),
    [
        ([WEDNESDAY], "It should arrive by Wednesday, November 25."),
        ([WEDNESDAY, WEDNESDAY], "It should arrive by Wednesday, November 25."),
        (
            [MONDAY, WEDNESDAY],
            "The first part should arrive by Wednesday, November 25, the last by Monday, November 30.",
        ),
        (
            [WEDNESDAY, None],
            "The first part should arrive by Wednesday, November 25. For the rest we will tell you a date soon.",
        ),
        ([None], "We will tell you the delivery date as soon as we know it."),
        (
            [LAST_WEEK, WEDNESDAY],
            "It should have arrived by Monday, November 16. We are sorry. "
            "We are looking into it and will write to you.",
        ),
        ([TODAY], "It should arrive by Sunday, November 22."),
    ],
)
def test_when_it_comes(promised, next_):
    lines = [a_line(promised_on=day) for day in promised]
    assert sentence(an_order(), lines, today=TODAY) == Sentence(where="We are getting your order ready.", next=next_)


def test_what_has_arrived_has_no_date_any_more():
    order = an_order(fulfillment_status=F.PARTIALLY_DELIVERED)
    there = a_line(promised_on=LAST_WEEK, shipped=1, delivered=1)
    assert said(order, there, a_line()) == "Part of your order has arrived. It should arrive by Wednesday, November 25."


def test_an_order_that_is_there():
    order = an_order(status=OrderStatus.COMPLETED, fulfillment_status=F.DELIVERED)
    there = a_line(shipped=1, delivered=1)
    assert said(order, there) == "Your order has arrived."
    assert said(order, there, delivered_on=TODAY) == "Your order has arrived. It was delivered on Sunday, November 22."


@pytest.mark.parametrize(
    ("money", "words"),
    [
        ((0, 0), "You were not charged."),
        ((10, 0), "Your money is on its way back to you."),
        ((10, 4), "Your money is on its way back to you."),
        ((10, 10), "We sent €10.00 back to you."),
    ],
)
def test_the_money_of_a_cancelled_order(money, words):
    captured, refunded = money
    order = an_order(
        OrderStatus.CANCELLED, F.NOT_REQUIRED, captured_total=Decimal(captured), refunded_total=Decimal(refunded)
    )
    assert said(order) == f"Your order was cancelled. {words}"


def test_before_it_is_paid():
    order = an_order(OrderStatus.PLACED, payment_status=PaymentState.UNPAID)
    received = "We have received your order."
    assert said(order) == f"{received} We start as soon as your payment arrives."
    assert said(order, must_act=True) == f"{received} Please approve your payment so that we can start."
    order.payment_status = PaymentState.AUTHORIZED
    assert said(order) == f"{received} We will confirm it soon."


@pytest.mark.parametrize("reason", HoldReason.values)
def test_every_hold_says_why_and_what_now(reason):
    order = an_order(fulfillment_status=F.ON_HOLD)
    told = sentence(order, [a_line()], today=TODAY, holds=[OrderHold(reason=reason)])
    assert told.where == "Your order is paused while we check something."
    assert told.next


def test_goods_on_their_way_back():
    there = a_line(shipped=1, delivered=1)
    coming = an_order(fulfillment_status=F.DELIVERED, return_status=ReturnState.IN_RETURN)
    back = an_order(fulfillment_status=F.DELIVERED, return_status=ReturnState.RETURNED, captured_total=Decimal(10))
    assert said(coming, there, delivered_on=TODAY) == (
        "Your return is under way. Under “Your return” you see what comes next."
    )
    assert said(back, there) == "You sent your order back."
    back.refunded_total = Decimal(10)
    assert said(back, there) == "You sent your order back. We sent €10.00 back to you."


def test_german_dates():
    order = an_order(language="de")
    with override("de"):
        assert (
            said(order) == "Wir stellen Ihre Bestellung zusammen. Sie sollte bis Mittwoch, 25. November bei Ihnen sein."
        )


@pytest.mark.parametrize(
    ("order", "states"),
    [
        (an_order(OrderStatus.PLACED), "now later later later"),
        (an_order(), "done now later later"),
        (an_order(fulfillment_status=F.ON_HOLD), "done now later later"),
        (an_order(fulfillment_status=F.PARTIALLY_SHIPPED), "done done now later"),
        (an_order(fulfillment_status=F.DELIVERED), "done done done done"),
        (an_order(OrderStatus.CANCELLED, F.NOT_REQUIRED), ""),
        (an_order(OrderStatus.EXPIRED), ""),
    ],
)
def test_steps(order, states):
    assert " ".join(step.state for step in steps(order)) == states


@pytest.mark.parametrize(
    ("counters", "states"),
    [
        ({}, ["Being prepared"]),
        ({"picked": 1}, ["Being packed"]),
        ({"backordered": 1}, ["Waiting for stock"]),
        ({"cancelled": 1}, ["Cancelled"]),
        ({"picked": 1, "packed": 1, "shipped": 1}, ["On its way"]),
        ({"shipped": 1, "delivered": 1}, ["Delivered"]),
        ({"shipped": 1, "delivered": 1, "return_requested": 1}, ["Return under way"]),
        ({"shipped": 1, "delivered": 1, "returned": 1}, ["Returned"]),
        (
            {"ordered": 6, "shipped": 3, "delivered": 2, "returned": 1, "backordered": 1, "cancelled": 1},
            [
                *("1 × Returned", "1 × Delivered", "1 × Cancelled"),
                *("1 × On its way", "1 × Being prepared", "1 × Waiting for stock"),
            ],
        ),
    ],
)
def test_every_unit_of_a_line_is_somewhere(counters, states):
    told = [state.words for state in line_states(a_line(**counters), an_order())]
    assert told == states


def test_a_line_before_the_order_is_paid_and_one_that_is_held():
    assert line_states(a_line(), an_order(OrderStatus.PLACED))[0].words == "Reserved for you"
    assert line_states(a_line(), an_order(fulfillment_status=F.ON_HOLD))[0].words == "Paused"


@pytest.mark.parametrize(
    ("promised_on", "reason", "words"),
    [
        (WEDNESDAY, "", ""),
        (TODAY, "", ""),
        (MONDAY, "", "Now expected by Monday, November 30 instead of Wednesday, November 25. We are sorry."),
        (
            MONDAY,
            "supplier",
            "Our supplier needs longer than we were told. "
            "Now expected by Monday, November 30 instead of Wednesday, November 25. We are sorry.",
        ),
        (
            None,
            "the printer burnt down",
            "We can't keep Wednesday, November 25. We will tell you the new date as soon as we know it.",
        ),
    ],
)
def test_a_delay_says_why_and_what_now(promised_on, reason, words):
    line = a_line(promised_on=promised_on)
    assert delay(line, first_promised_on=WEDNESDAY, reason=reason, today=TODAY, language="en") == words


def test_nothing_that_arrived_or_was_never_promised_is_late():
    there = a_line(promised_on=MONDAY, shipped=1, delivered=1)
    assert delay(there, first_promised_on=WEDNESDAY, reason="", today=TODAY, language="en") == ""
    assert delay(a_line(), first_promised_on=None, reason="", today=TODAY, language="en") == ""


def test_refusals_in_the_customers_words():
    assert refusal_words(NotCancellable("Part of it has left.")) == "This order can no longer be cancelled."
    assert refusal_words(OutOfStock("Nothing left.")) == "Nothing left."


def test_what_nobody_took_came_back():
    order = an_order(fulfillment_status=F.NOT_REQUIRED, return_status=ReturnState.IN_RETURN)
    assert said(order, a_line(shipped=1, written_off=1, return_requested=1)) == (
        "Your order could not be delivered and came back to us. Under “Your return” you see what comes next."
    )


@pytest.mark.parametrize(
    ("counters", "places"),
    [
        ({"written_off": 2, "return_requested": 2}, ["2 × Return under way", "2 × On its way"]),
        ({"delivered": 2, "written_off": 2, "return_requested": 2}, ["2 × Return under way", "2 × Delivered"]),
        (
            {"delivered": 2, "written_off": 2, "returned": 2, "return_requested": 1},
            ["2 × Returned", "1 × Return under way", "1 × Delivered"],
        ),
    ],
)
def test_units_that_came_back_undelivered_are_not_taken_for_delivered_ones(counters, places):
    line = a_line(ordered=4, shipped=4, **counters)
    assert [state.words for state in line_states(line, an_order())] == places
