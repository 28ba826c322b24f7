"""A finished parcel on the packer's screen: where its label is, its papers, and the way out of the house."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from orders.models import Order
from shipping.models import Carrier, Shipment, ShippingDocument
from shipping.services.buy_label import buy_label
from tests.factories.orders import ProductFactory
from tests.factories.shipping import CarrierServiceFactory, confirmed_order, packed, ready, stocked
from tests.factories.warehouse import WarehouseFactory
from tests.warehouse.scenes import user

pytestmark = pytest.mark.django_db

RIGHTS = ("pack", "dispatch_shipment", "buy_label")


@pytest.fixture
def order() -> Order:
    return confirmed_order([(stocked(ProductFactory(sku="MUG")), 2)])


def packer(*rights: str) -> Client:
    """A member of staff with these rights, logged in."""
    person, client = user("paula"), Client()
    person.is_staff = True
    person.save()
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(person)
    return client


def screen(order: Order) -> str:
    return f"/wh/pack/{order.fulfillment_orders.get().public_id}"


def shown(order: Order, *rights: str) -> str:
    return packer(*rights).get(screen(order)).content.decode()


def test_the_screen_waits_for_the_label_and_leads_to_the_next_scan(order: Order) -> None:
    CarrierServiceFactory()
    packed(order)
    shipment = Shipment.objects.get()
    html, part = shown(order, *RIGHTS), f"/wh/shipments/{shipment.public_id}"

    assert "The label is on its way." in html
    assert f'hx-get="{part}"' in html
    assert "Look again" in html
    assert "Dispatch" not in html
    assert 'action="/wh/find"' in html
    assert "The label is on its way." in packer("pack").get(part).content.decode()
    assert buy_label()
    part_now = packer(*RIGHTS).get(part).content.decode()
    assert "The label is there." in part_now
    assert "hx-get" not in part_now
    assert "<html" not in part_now


def test_papers_are_printed_from_the_screen(order: Order) -> None:
    ready(order, parcels=1)
    client = packer("pack")
    html = client.get(screen(order)).content.decode()

    kinds = {}
    for paper in ShippingDocument.objects.all():
        url = f"/wh/papers/{paper.public_id}"
        assert f'href="{url}"' in html
        answer = client.get(url)
        assert answer.content == bytes(paper.content)
        kinds[paper.kind] = answer["Content-Type"]
    assert kinds == {
        "label": "application/pdf",
        "label_zpl": "application/zpl",
        "packing_slip": "application/pdf",
    }
    assert packer("pick").get(url).status_code == 403


def test_whoever_may_dispatches_from_the_screen(order: Order) -> None:
    shipment = ready(order)
    dispatch = f"/wh/shipments/{shipment.public_id}/dispatch"
    assert dispatch not in shown(order, "pack")
    assert packer("pack").post(dispatch).status_code == 403
    assert dispatch in shown(order, *RIGHTS)

    answer = packer(*RIGHTS).post(dispatch, follow=True)

    assert answer.redirect_chain == [(screen(order), 302)]
    assert [str(message) for message in answer.context["messages"]] == ["Dispatched. The customer is told."]
    assert Shipment.objects.get().status == "shipped"
    html = answer.content.decode()
    assert "Dispatched." in html
    assert dispatch not in html
    again = packer(*RIGHTS).post(dispatch, follow=True)
    assert "dispatched before" in str(next(iter(again.context["messages"])))


def test_a_parcel_that_no_carrier_takes_is_put_aside_and_asked_for_again(order: Order) -> None:
    packed(order)
    shipment = Shipment.objects.get()
    ask = f"/wh/shipments/{shipment.public_id}/label"
    assert "No carrier takes this parcel." in shown(order, *RIGHTS)
    assert ask not in shown(order, "pack")
    CarrierServiceFactory()

    packer(*RIGHTS).post(ask)

    assert "The label is on its way." in shown(order, *RIGHTS)
    assert Shipment.objects.get().carrier == Carrier.objects.get()


def test_the_screen_shows_no_parcel_of_another_warehouse_and_no_cancelled_one(order: Order) -> None:
    shipment = ready(order)
    assert shipment.public_id in shown(order, *RIGHTS)
    Shipment.objects.update(warehouse=WarehouseFactory(code="HAM"))
    assert shipment.public_id not in shown(order, *RIGHTS)
    Shipment.objects.update(warehouse=shipment.warehouse, status="cancelled")
    assert shipment.public_id not in shown(order, *RIGHTS)
