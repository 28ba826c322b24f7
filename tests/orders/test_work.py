"""A unit of work: all of it, or nothing; events in order; the feed after the commit."""

from decimal import Decimal
from threading import Event as Flag
from threading import Thread

import pytest
from django.db import connection, transaction

from orders.events import OrderCompleted, OrderUpdated, PaymentCaptured
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.kernel.errors import DomainError, at
from orders.kernel.work import NoOpenWork, NotLocked, emit, request_id, ring, work
from orders.locks import locked_order, locked_orders
from orders.models import Order, OrderEvent
from orders.services.relay import relay_events
from tests.factories.orders import OrderFactory


def happened(order: Order) -> OrderUpdated:
    return OrderUpdated(order_id=order.pk, number=order.number, fields=("note",))


@pytest.mark.django_db
def test_events_are_numbered_within_their_order_and_signed() -> None:
    order, other = OrderFactory(), OrderFactory()
    token = request_id.set("req-1")
    with work(by=Actor(kind=ActorKind.STAFF, name="sam", id=3)):
        locked_orders([order.pk, other.pk])
        emit(happened(order))
        emit(happened(other))
        emit(OrderCompleted(order_id=order.pk, number=order.number))
    request_id.reset(token)
    with work(by=SYSTEM):
        locked_order(order.pk)
        emit(happened(order))

    rows = OrderEvent.objects.filter(order=order).order_by("seq")
    assert [(r.seq, r.type, r.actor_name, r.public) for r in rows] == [
        (1, "order.updated", "sam", False),
        (2, "order.completed", "sam", True),
        (3, "order.updated", "system", False),
    ]
    assert rows[0].data == {"number": order.number, "fields": ["note"]}
    assert rows[0].change_set == rows[1].change_set != rows[2].change_set
    assert rows[0].request_id == "req-1"
    assert OrderEvent.objects.get(order=other).seq == 1


@pytest.mark.django_db
def test_an_error_leaves_nothing() -> None:
    order = OrderFactory()
    with pytest.raises(ZeroDivisionError), work(by=SYSTEM):
        locked_order(order.pk)
        emit(happened(order))
        raise ZeroDivisionError

    assert OrderEvent.objects.count() == 0


@pytest.mark.django_db
def test_an_order_that_is_not_locked_has_no_events() -> None:
    order, other = OrderFactory(), OrderFactory()
    with pytest.raises(NotLocked, match="OrderUpdated: lock its order first"), work(by=SYSTEM):
        locked_order(other.pk)
        emit(happened(order))
    with work(by=SYSTEM):
        locked_order(order.pk)
    with pytest.raises(NotLocked), work(by=SYSTEM):
        emit(happened(order))

    assert OrderEvent.objects.count() == 0


@pytest.mark.django_db
def test_nothing_happens_outside_of_work() -> None:
    with pytest.raises(NoOpenWork):
        emit(happened(OrderFactory()))
    with pytest.raises(NoOpenWork):
        ring("notify")


@pytest.mark.django_db(transaction=True)
def test_the_outermost_work_is_durable() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), work(by=SYSTEM):
        pass


@pytest.mark.django_db(transaction=True)
def test_bells_ring_once_each_and_only_after_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[str, bool]] = []
    monkeypatch.setattr("orders.kernel.work.wake", lambda bell: rung.append((bell, connection.in_atomic_block)))
    with work(by=SYSTEM):
        ring("notify")
        ring("notify")
        ring("payment")
        assert rung == []
    with pytest.raises(RuntimeError), work(by=SYSTEM):
        ring("carrier")
        raise RuntimeError

    assert rung == [("notify", False), ("payment", False)]


@pytest.mark.django_db(transaction=True)
def test_the_feed_loses_no_slow_transaction() -> None:
    slow, fast = OrderFactory(), OrderFactory()
    emitted, may_commit = Flag(), Flag()

    def take_your_time() -> None:
        with work(by=SYSTEM) as unit:
            locked_order(slow.pk)
            emit(happened(slow))
            unit.do_last(emitted.set)
            unit.do_last(lambda: may_commit.wait(10) and None)
        connection.close()

    thread = Thread(target=take_your_time)
    thread.start()
    assert emitted.wait(10)
    with work(by=SYSTEM):
        locked_order(fast.pk)
        emit(happened(fast))
    assert relay_events() == 1
    may_commit.set()
    thread.join()
    assert relay_events() == 1
    assert relay_events() == 0

    positions = OrderEvent.objects.order_by("feed_position").values_list("order_id", "feed_position")
    assert list(positions) == [(fast.pk, 1), (slow.pk, 2)]
    assert OrderEvent.objects.get(order=slow).pk < OrderEvent.objects.get(order=fast).pk


def test_a_refusal_points_at_what_its_sentence_opens_with() -> None:
    def pointers(detail: str) -> list[str]:
        return [error.pointer for error in DomainError(detail).errors]

    assert pointers("sku: no product has this SKU.") == ["#/sku"]
    assert pointers("delta, counted: give exactly one of them.") == ["#/delta", "#/counted"]
    assert pointers("payment.gateway: use one of manual.") == ["#/payment/gateway"]
    assert pointers("The books say: nothing.") == []
    assert pointers("") == []
    assert DomainError("sku: none.", errors=[at("#/lines/0/sku", "x", "y")]).errors == (at("#/lines/0/sku", "x", "y"),)
    assert DomainError("sku: none.").errors == (at("#/sku", "refused", "sku: none."),)


def test_amounts_are_told_with_the_digits_of_their_currency() -> None:
    def told(amount: str, currency: str) -> object:
        event = PaymentCaptured(order_id=1, number="X", payment="pay_x", amount=Decimal(amount), currency=currency)
        return event.data()

    assert told("40.500", "EUR") == {"number": "X", "payment": "pay_x", "amount": "40.50", "currency": "EUR"}
    assert told("40.000", "JPY") == {"number": "X", "payment": "pay_x", "amount": "40", "currency": "JPY"}
