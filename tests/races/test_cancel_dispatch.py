"""The customer cancels while the van is loaded: one of the two wins, whole, and the other is refused."""

from collections import Counter
from functools import partial

import pytest

from orders.errors import NotCancellable
from orders.kernel.actor import CUSTOMER
from orders.models import Invoice, Order, OrderEvent, PaymentTransaction
from orders.services.cancel import cancel_order
from orders.states import CancelReason
from shipping.errors import AlreadyDispatched, OrderNotShippable
from shipping.models import Shipment
from shipping.services.buy_label import buy_label
from shipping.services.dispatch_shipment import dispatch_shipment
from tests.factories.orders import ProductFactory
from tests.factories.shipping import PACKER, CarrierServiceFactory, confirmed_order, packed, ready, stocked
from tests.races.runners import at_once
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)


def test_cancel_against_dispatch() -> None:
    mug = stocked(ProductFactory(), 8)
    wins: Counter[str] = Counter()
    for _ in range(4):
        order = confirmed_order([(mug, 2)])
        shipment = ready(order)
        jobs = [
            partial(cancel_order, order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER),
            partial(dispatch_shipment, shipment.pk, by=PACKER),
        ]

        cancelled, left = at_once(jobs)

        order.refresh_from_db()
        shipment.refresh_from_db()
        kinds = set(PaymentTransaction.objects.filter(payment__order=order).values_list("kind", flat=True))
        if isinstance(cancelled, Exception):
            assert isinstance(cancelled, NotCancellable)
            assert isinstance(left, Shipment)
            assert (order.status, shipment.status) == ("confirmed", "shipped")
            assert Invoice.objects.filter(order=order).count() == 1
            assert kinds == {"authorization", "charge"}
            wins["dispatch"] += 1
        else:
            assert isinstance(cancelled, Order)
            assert isinstance(left, OrderNotShippable)
            assert (order.status, shipment.status) == ("cancelled", "cancelled")
            assert not Invoice.objects.filter(order=order).exists()
            assert kinds == {"authorization", "void"}
            wins["cancel"] += 1
    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated) == (8 - 2 * wins["dispatch"], 0)
    assert wins.total() == 4


def test_a_parcel_scanned_twice_at_the_dock_leaves_once() -> None:
    order = confirmed_order([(stocked(ProductFactory(), 5), 2)])
    shipment = ready(order)

    outcomes = at_once([partial(dispatch_shipment, shipment.pk, by=PACKER)] * 4)

    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [AlreadyDispatched] * 3
    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated, order.lines.get().shipped) == (3, 0, 2)
    assert Invoice.objects.count() == PaymentTransaction.objects.filter(kind="charge").count() == 1
    assert OrderEvent.objects.filter(type="shipment.dispatched").count() == 1


def test_many_workers_buy_each_label_once() -> None:
    CarrierServiceFactory()
    mug = stocked(ProductFactory(), 3)
    for _ in range(3):
        packed(confirmed_order([(mug, 1)]))

    outcomes = at_once([buy_label] * 6)

    assert Counter(outcomes) == {True: 3, False: 3}
    assert set(Shipment.objects.values_list("status", "attempts")) == {("ready", 1)}
    assert OrderEvent.objects.filter(type="shipment.ready").count() == 3
