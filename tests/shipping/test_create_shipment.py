"""The last seal makes a shipment, which finds its carrier or asks a person."""

import pytest

from orders.models import Order, OrderEvent, ProcessException
from orders.services.cancel import cancel_order
from orders.states import CancelReason
from shipping.errors import NoCarrierService, NotPacked, ShipmentNotReady
from shipping.models import CarrierService, Shipment, ShipmentLine
from shipping.services.create_shipment import create_shipment
from shipping.services.want_label import want_label
from tests.factories.orders import ProductFactory
from tests.factories.shipping import PACKER, CarrierServiceFactory, confirmed_order, packed, picked, stocked
from tests.factories.warehouse import BoxTypeFactory
from warehouse.models import FulfillmentOrder
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units
from warehouse.services.seal_package import seal_package

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Two mugs and a pot, 300 g each."""
    return confirmed_order([(stocked(ProductFactory(sku="MUG")), 2), (stocked(ProductFactory(sku="POT")), 1)])


def test_the_last_seal_makes_one_shipment_of_all_parcels(order: Order) -> None:
    service = CarrierServiceFactory()

    packages = packed(order, parcels=2)

    shipment = Shipment.objects.get()
    assert (shipment.status, shipment.service, shipment.carrier) == ("label_wanted", service, service.carrier)
    assert shipment.label_key == shipment.public_id
    assert shipment.ship_to == order.shipping_address
    assert shipment.language == "de"
    assert [parcel.package for parcel in shipment.parcels.all()] == packages
    assert list(ShipmentLine.objects.order_by("pk").values_list("line__sku", "quantity")) == [("MUG", 2), ("POT", 1)]
    told = OrderEvent.objects.filter(order=order, type__startswith="shipment.").order_by("seq")
    assert [event.type for event in told] == ["shipment.created", "shipment.label_wanted"]
    assert told[0].data == {
        "number": order.number,
        "shipment": shipment.public_id,
        "packages": [package.public_id for package in packages],
    }


def test_an_early_request_is_refused_and_changes_nothing(order: Order) -> None:
    asked = picked(order)
    with pytest.raises(NotPacked):
        create_shipment(asked.pk, by=PACKER)
    assert not Shipment.objects.exists()


def test_a_second_request_is_refused(order: Order) -> None:
    CarrierServiceFactory()
    packed(order)
    with pytest.raises(NotPacked):
        create_shipment(FulfillmentOrder.objects.get().pk, by=PACKER)
    assert Shipment.objects.count() == 1


def test_the_first_fitting_service_by_priority_is_chosen(order: Order) -> None:
    CarrierServiceFactory(code="light", max_weight_g=1_000, priority=1)
    CarrierServiceFactory(code="france", countries=["FR"], priority=2)
    right = CarrierServiceFactory(code="right", countries=["AT", "DE"], max_weight_g=1_050, priority=3)
    CarrierServiceFactory(code="later", priority=4)

    packed(order)  # 3 x 300 g and a box of 150 g

    assert Shipment.objects.get().service == right


def test_without_a_service_a_person_is_asked_and_can_repeat_it(order: Order) -> None:
    packed(order)

    shipment = Shipment.objects.get()
    assert (shipment.status, shipment.service) == ("pending", None)
    asked = ProcessException.objects.get()
    assert (asked.category, asked.status, asked.subject_id) == ("no_carrier_service", "open", shipment.public_id)
    with pytest.raises(NoCarrierService):
        want_label(shipment.pk, by=PACKER)

    CarrierServiceFactory()
    want_label(shipment.pk, by=PACKER)

    shipment.refresh_from_db()
    asked.refresh_from_db()
    assert (shipment.status, asked.status) == ("label_wanted", "resolved")


def test_an_inactive_carrier_gets_nothing(order: Order) -> None:
    service = CarrierServiceFactory(carrier__is_active=False)
    packed(order)
    assert Shipment.objects.get().status == "pending"
    assert CarrierService.objects.get() == service


def test_a_label_is_wanted_only_while_there_is_none(order: Order) -> None:
    CarrierServiceFactory()
    packed(order)
    shipment = Shipment.objects.get()
    want_label(shipment.pk, by=PACKER)  # asks again, at once
    Shipment.objects.filter(pk=shipment.pk).update(due_at="2099-01-01T00:00:00Z")
    want_label(shipment.pk, by=PACKER)
    shipment.refresh_from_db()
    assert shipment.due_at == shipment.created_at

    shipment.cancel()
    shipment.save()
    with pytest.raises(ShipmentNotReady):
        want_label(shipment.pk, by=PACKER)


def test_an_open_parcel_isnt_left_behind_when_the_rest_is_called_off() -> None:
    """The last line is cancelled while a parcel is still open: everything is packed, but not sealed."""
    mug, pot, cup = (stocked(ProductFactory(sku=sku)) for sku in ("MUG", "POT", "CUP"))
    order, box = confirmed_order([(mug, 1), (pot, 1), (cup, 1)]), BoxTypeFactory()
    CarrierServiceFactory()
    asked = picked(order)
    lines = {line.line.sku: line for line in asked.lines.select_related("line")}
    packages = []
    for sku in ("MUG", "POT"):
        package = open_package(asked.pk, by=PACKER)
        pack_units(package.pk, fulfillment_line_id=lines[sku].pk, quantity=1, by=PACKER)
        packages.append(package)
        if sku == "MUG":
            seal_package(package.pk, box=box.code, weight_g=box.weight_g + 300, by=PACKER)

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={order.lines.get(sku="CUP").public_id: 1}, by=PACKER)
    assert not Shipment.objects.exists()
    with pytest.raises(NotPacked):
        create_shipment(asked.pk, by=PACKER)

    seal_package(packages[1].pk, box=box.code, weight_g=box.weight_g + 300, by=PACKER)
    assert [parcel.package for parcel in Shipment.objects.get().parcels.all()] == packages
