"""Dispatch: goods leave the building and the books, the bill is issued, money is captured, the customer is told."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.errors import OnHold
from orders.kernel.errors import DomainError
from orders.models import Invoice, Notification, Order, OrderEvent, PaymentTransaction
from orders.services.hold import hold_order, release_hold
from orders.services.settle import settle_payments
from orders.states import HoldReason
from shipping.errors import AlreadyDispatched, OrderNotShippable, ShipmentNotReady
from shipping.models import Shipment
from shipping.services.dispatch_shipment import dispatch_shipment
from tests.factories.orders import OrderFactory, ProductFactory
from tests.factories.shipping import PACKER, CarrierServiceFactory, confirmed_order, packed, ready, stocked
from warehouse.models import FulfillmentOrder, StockLevel, StockMovement

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Two mugs of ten: 25.00 and 4.90 shipping, authorised."""
    return confirmed_order([(stocked(ProductFactory(sku="MUG"), 10), 2)])


def refused(shipment: Shipment, error: type[DomainError]) -> None:
    """It says no, and nothing has changed."""

    def state() -> list[object]:
        return [
            Shipment.objects.values().get(pk=shipment.pk),
            list(StockLevel.objects.values("on_hand", "allocated")),
            *(
                model.objects.count()
                for model in (Invoice, OrderEvent, Notification, StockMovement, PaymentTransaction)
            ),
        ]

    before = state()
    with pytest.raises(error):
        dispatch_shipment(shipment.pk, by=PACKER)
    assert state() == before


def test_everything_happens_at_once(order: Order) -> None:
    shipment = ready(order)

    dispatch_shipment(shipment.pk, by=PACKER)

    shipment.refresh_from_db()
    order.refresh_from_db()
    line, level, invoice = order.lines.get(), StockLevel.objects.get(), Invoice.objects.get()
    assert shipment.status == "shipped"
    assert shipment.shipped_at is not None
    assert shipment.parcels.get().package.status == "shipped"
    assert (level.on_hand, level.allocated) == (8, 0)
    assert (line.allocated, line.picked, line.packed, line.shipped, line.delivered) == (0, 2, 2, 2, 0)
    assert FulfillmentOrder.objects.get().status == "closed"
    assert (order.fulfillment_status, order.status) == ("shipped", "confirmed")
    assert (invoice.total, invoice.cause_id) == (Decimal("29.90"), shipment.public_id)
    charge = PaymentTransaction.objects.get(kind="charge")
    assert (charge.amount, charge.status) == (Decimal("29.90"), "pending")
    told = OrderEvent.objects.get(order=order, type="shipment.dispatched")
    assert told.data == {
        "number": order.number,
        "shipment": shipment.public_id,
        "carrier": "house",
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "lines": [{"line": line.public_id, "sku": "MUG", "quantity": 2}],
    }
    mail = Notification.objects.get(template="shipping/mail/dispatched")
    assert (mail.order, mail.recipient, mail.context["lines"]) == (
        order,
        "customer",
        [{"name": "Mug", "sku": "MUG", "quantity": 2}],
    )

    settle_payments(order.pk)
    order.refresh_from_db()
    assert (order.payment_status, order.captured_total) == ("paid", Decimal("29.90"))


def test_twice_is_refused(order: Order) -> None:
    shipment = ready(order)
    dispatch_shipment(shipment.pk, by=PACKER)
    refused(shipment, AlreadyDispatched)


def test_without_a_label_it_stays(order: Order) -> None:
    CarrierServiceFactory()
    packed(order)
    refused(Shipment.objects.get(), ShipmentNotReady)


def test_a_held_order_stays_until_it_is_released(order: Order) -> None:
    shipment = ready(order)
    hold = hold_order(order.pk, reason=HoldReason.ADDRESS, by=PACKER)
    refused(shipment, OnHold)
    release_hold(hold.public_id, by=PACKER)
    dispatch_shipment(shipment.pk, by=PACKER)


def test_a_hold_on_other_lines_doesnt_stop_it(order: Order) -> None:
    shipment = ready(order)
    hold = hold_order(order.pk, reason=HoldReason.OTHER, by=PACKER)
    elsewhere = confirmed_order([(stocked(ProductFactory()), 1)])
    hold.lines.set(elsewhere.lines.all())
    dispatch_shipment(shipment.pk, by=PACKER)
    assert Shipment.objects.get(pk=shipment.pk).status == "shipped"


def test_an_order_that_isnt_confirmed_keeps_its_parcels() -> None:
    order = OrderFactory(status="cancelled", cancelled_at=timezone.now())
    shipment = ready(confirmed_order([(stocked(ProductFactory()), 1)]))
    line = shipment.lines.get().line
    line.order = order
    line.save()
    refused(shipment, OrderNotShippable)


def test_its_statements_do_not_grow_with_the_lines() -> None:
    spent = []
    for n in (2, 12):
        small = {"weight_g": 10, "length_mm": 10, "width_mm": 10, "height_mm": 10}
        order = confirmed_order([(stocked(ProductFactory(**small), 5), 1) for _ in range(n)])
        shipment = ready(order)
        with CaptureQueriesContext(connection) as queries:
            dispatch_shipment(shipment.pk, by=PACKER)
        spent.append(len(queries))
    assert spent[0] == spent[1]
