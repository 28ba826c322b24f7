"""A shipment that doesn't leave: its label goes back, its parcels are free, and a cancelled order sends nothing."""

import pytest
from django.db.models.functions import Now

from orders.errors import NotCancellable
from orders.models import Order, OrderEvent, ProcessException
from orders.services.cancel import cancel_order
from orders.states import CancelReason
from shipping.errors import AlreadyDispatched, ShipmentNotReady
from shipping.models import Shipment, ShipmentPackage
from shipping.services.buy_label import buy_label
from shipping.services.cancel_shipment import cancel_shipment
from shipping.services.create_shipment import create_shipment
from shipping.services.dispatch_shipment import dispatch_shipment
from shipping.services.void_label import void_label
from shipping.tasks import void_labels
from tests.factories.orders import ProductFactory
from tests.factories.shipping import PACKER, CarrierServiceFactory, confirmed_order, packed, ready, stocked
from tests.shipping.carriers import Moody, carrier
from warehouse.models import FulfillmentOrder, Package, StockLevel
from warehouse.services.void_package import void_package

__all__ = ["carrier"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Two mugs and a pot, ten of each in stock."""
    return confirmed_order([(stocked(ProductFactory(sku="MUG")), 2), (stocked(ProductFactory(sku="POT")), 1)])


def statuses() -> list[str]:
    return list(Shipment.objects.order_by("pk").values_list("status", flat=True))


def test_the_label_is_given_back_and_the_parcels_wait_for_a_person(order: Order, carrier: Moody) -> None:
    shipment = ready(order)

    cancel_shipment(shipment.pk, by=PACKER)

    shipment.refresh_from_db()
    asked = ProcessException.objects.get()
    assert (shipment.status, shipment.is_void_owed) == ("cancelled", True)
    assert not ShipmentPackage.objects.exists()
    assert Package.objects.get().status == "labelled"
    assert (asked.category, asked.subject_id) == ("parcels_without_shipment", FulfillmentOrder.objects.get().public_id)

    void_labels()
    shipment.refresh_from_db()
    assert (carrier.voided, shipment.is_void_owed) == ([shipment.public_id], False)
    told = OrderEvent.objects.filter(order=order, type__startswith="shipment.").order_by("seq")
    assert [event.type for event in told][-2:] == ["shipment.cancelled", "shipment.label_voided"]

    again = create_shipment(FulfillmentOrder.objects.get().pk, by=PACKER)
    assert buy_label()
    again.refresh_from_db()
    asked.refresh_from_db()
    assert (again.status, asked.status) == ("ready", "resolved")
    assert again.label_key != shipment.label_key
    dispatch_shipment(again.pk, by=PACKER)


def test_twice_or_too_late_is_refused(order: Order) -> None:
    shipment = ready(order)
    cancel_shipment(shipment.pk, by=PACKER)
    with pytest.raises(ShipmentNotReady):
        cancel_shipment(shipment.pk, by=PACKER)
    again = create_shipment(FulfillmentOrder.objects.get().pk, by=PACKER)
    buy_label()
    dispatch_shipment(again.pk, by=PACKER)
    with pytest.raises(AlreadyDispatched):
        cancel_shipment(again.pk, by=PACKER)
    assert statuses() == ["cancelled", "shipped"]


def test_a_label_that_is_being_bought_is_voided_after_the_purchase(order: Order, carrier: Moody) -> None:
    def cancel_meanwhile() -> None:
        cancel_shipment(Shipment.objects.get().pk, by=PACKER)
        assert not void_label()  # the purchase still holds the lease

    CarrierServiceFactory()
    packed(order)
    carrier.afterwards = cancel_meanwhile

    assert buy_label()
    assert void_label()

    shipment = Shipment.objects.get()
    assert (shipment.status, shipment.is_void_owed) == ("cancelled", False)
    assert carrier.bought == carrier.voided == [shipment.public_id]
    assert not shipment.documents.exists()


def test_a_carrier_that_refuses_a_void_is_asked_again(order: Order, carrier: Moody) -> None:
    cancel_shipment(ready(order).pk, by=PACKER)
    carrier.refuses = True
    assert void_label()
    shipment = Shipment.objects.get()
    assert (shipment.is_void_owed, shipment.label_error, shipment.lease_token) == (True, "closed for today", None)
    carrier.refuses = False
    Shipment.objects.update(due_at=Now())
    assert void_label()
    assert not Shipment.objects.get().is_void_owed


def test_without_a_request_there_is_nothing_to_void(order: Order) -> None:
    CarrierServiceFactory()
    packed(order)
    cancel_shipment(Shipment.objects.get().pk, by=PACKER)
    assert not Shipment.objects.get().is_void_owed
    assert not void_label()


def test_cancelling_the_order_stops_its_shipment_and_frees_the_stock(order: Order) -> None:
    shipment = ready(order)

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=PACKER)

    order.refresh_from_db()
    shipment.refresh_from_db()
    assert (order.status, shipment.status, shipment.is_void_owed) == ("cancelled", "cancelled", True)
    assert Package.objects.get().status == "voided"
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(10, 0), (10, 0)]
    assert not ProcessException.objects.exists()


def test_cancelling_one_line_ships_the_untouched_parcel_anew(order: Order) -> None:
    ready(order, parcels=2)
    pot = order.lines.get(sku="POT")

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={pot.public_id: 1}, by=PACKER)

    assert statuses() == ["cancelled", "label_wanted"]
    again = Shipment.objects.latest("pk")
    assert list(again.lines.values_list("line__sku", "quantity")) == [("MUG", 2)]
    assert buy_label()
    dispatch_shipment(again.pk, by=PACKER)
    order.refresh_from_db()
    assert order.fulfillment_status == "shipped"


def test_cancelling_units_of_another_warehouse_leaves_a_shipment_alone() -> None:
    here, there = stocked(ProductFactory(sku="MUG")), stocked(ProductFactory(sku="POT"), warehouse="HAM")
    order = confirmed_order([(here, 2), (there, 1)])
    assert FulfillmentOrder.objects.count() == 2
    CarrierServiceFactory()
    packed(order)

    lines = {order.lines.get(sku="POT").public_id: 1}
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines=lines, by=PACKER)

    assert statuses() == ["label_wanted"]
    assert sorted(FulfillmentOrder.objects.values_list("status", flat=True)) == ["cancelled", "in_progress"]


def test_more_than_there_is_cant_be_cancelled(order: Order) -> None:
    shipment = ready(order)
    mug = order.lines.get(sku="MUG")
    with pytest.raises(NotCancellable):
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={mug.public_id: 3}, by=PACKER)
    shipment.refresh_from_db()
    assert shipment.status == "ready"


def test_after_dispatch_the_order_cant_be_cancelled(order: Order) -> None:
    shipment = ready(order)
    dispatch_shipment(shipment.pk, by=PACKER)
    events = OrderEvent.objects.count()
    with pytest.raises(NotCancellable):
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=PACKER)
    assert OrderEvent.objects.count() == events
    shipment.refresh_from_db()
    assert shipment.status == "shipped"


def test_opening_a_parcel_stops_its_shipment_and_the_next_seal_makes_another(order: Order) -> None:
    shipment = ready(order)
    void_package(Package.objects.get().pk, by=PACKER)
    shipment.refresh_from_db()
    assert (shipment.status, shipment.is_void_owed) == ("cancelled", True)
    assert statuses() == ["cancelled"]


def test_nobody_is_asked_for_a_shipment_of_a_cancelled_order(order: Order) -> None:
    cancel_shipment(ready(order).pk, by=PACKER)
    assert ProcessException.objects.get().category == "parcels_without_shipment"

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=PACKER)

    question = ProcessException.objects.get()
    assert (question.status, question.resolution) == ("resolved", "Nothing of it is left to send.")
