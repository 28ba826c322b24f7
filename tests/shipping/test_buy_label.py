"""Labels are bought once, whatever happens in between; failures wait longer and longer, and call a person."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from orders.exception_words import summary
from orders.models import Notification, Order, OrderEvent, ProcessException
from shipping.carriers.house import tracking_number
from shipping.models import Shipment, ShippingDocument
from shipping.services import lease
from shipping.services.buy_label import STUCK_AFTER, buy_label
from shipping.services.want_label import want_label
from shipping.states import DocumentKind
from shipping.tasks import buy_labels
from tests.factories.orders import ProductFactory
from tests.factories.shipping import PACKER, CarrierServiceFactory, confirmed_order, packed, stocked
from tests.papers import codes_of, text_of
from tests.shipping.carriers import Moody, carrier

__all__ = ["carrier"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Two mugs and a pot, packed in two parcels."""
    CarrierServiceFactory()
    order = confirmed_order([(stocked(ProductFactory(sku="MUG")), 2), (stocked(ProductFactory(sku="POT")), 1)])
    packed(order, parcels=2)
    return order


def due_now() -> None:
    Shipment.objects.update(due_at=Now() - timedelta(seconds=1))


def test_labels_and_slips_are_kept_and_the_parcels_are_ready(order: Order) -> None:
    assert buy_label()
    assert not buy_label()

    shipment = Shipment.objects.get()
    first, second = (tracking_number(shipment.public_id, i) for i in (1, 2))
    assert (shipment.status, shipment.tracking_status, shipment.attempts) == ("ready", "pre_transit", 1)
    assert (shipment.tracking_number, shipment.label_error) == (first, "")
    assert shipment.tracking_url == f"https://vans.example.com/{first}"
    assert (shipment.label_cost, shipment.label_currency) == (Decimal("7.80"), "EUR")
    assert (shipment.lease_token, shipment.leased_until) == (None, None)
    assert [parcel.tracking_number for parcel in shipment.parcels.all()] == [first, second]
    assert [parcel.package.status for parcel in shipment.parcels.all()] == ["labelled", "labelled"]
    papers = ShippingDocument.objects.order_by("pk").values_list("kind", "content_type")
    per_parcel = [
        ("label", "application/pdf"),
        ("label_zpl", "application/zpl"),
        ("packing_slip", "application/pdf"),
    ]
    assert list(papers) == per_parcel * 2
    told = OrderEvent.objects.get(order=order, type="shipment.ready")
    assert told.public
    assert told.data == {
        "number": order.number,
        "shipment": shipment.public_id,
        "carrier": "house",
        "tracking_number": first,
    }


def test_the_label_can_be_scanned_and_the_slip_lists_its_own_parcel(order: Order) -> None:
    buy_labels()
    shipment = Shipment.objects.get()
    papers = {kind: [bytes(p.content) for p in shipment.documents.filter(kind=kind)] for kind in DocumentKind.values}
    for i in (1, 2):
        number = tracking_number(shipment.public_id, i)
        assert ("]C0", number) in codes_of(papers["label"][i - 1])
        assert number in papers["label_zpl"][i - 1].decode()
        assert ("]C0", order.number) in codes_of(papers["packing_slip"][i - 1])
    first, second = map(text_of, papers["packing_slip"])
    assert ("MUG" in first, "POT" in first) == (True, False)
    assert ("MUG" in second, "POT" in second) == (False, True)
    assert "Packzettel" in first


def test_a_crash_after_the_purchase_repeats_it_with_the_same_key_and_gets_the_same_label(
    order: Order, carrier: Moody
) -> None:
    class PowerCut(BaseException):
        """Not even an ``except Exception`` sees it."""

    def die() -> None:
        raise PowerCut

    carrier.afterwards = die
    with pytest.raises(PowerCut):
        buy_label()
    shipment = Shipment.objects.get()
    assert (shipment.status, shipment.tracking_number, shipment.attempts) == ("label_wanted", "", 1)
    assert not buy_label()  # leased: nobody else asks meanwhile

    Shipment.objects.update(leased_until=Now() - timedelta(seconds=1))
    carrier.afterwards = lambda: None
    assert buy_label()

    shipment.refresh_from_db()
    assert carrier.bought == [shipment.public_id] * 2
    assert (shipment.status, shipment.attempts) == ("ready", 2)
    assert shipment.tracking_number == tracking_number(shipment.public_id, 1)
    assert ShippingDocument.objects.count() == 6


def test_an_answer_that_comes_after_the_lease_ran_out_is_dropped(order: Order, carrier: Moody) -> None:
    def another_worker() -> None:
        carrier.afterwards = lambda: None
        Shipment.objects.update(leased_until=Now() - timedelta(seconds=1))
        assert buy_label()

    carrier.afterwards = another_worker
    assert buy_label()

    assert Shipment.objects.get().status == "ready"
    assert ShippingDocument.objects.count() == 6
    assert OrderEvent.objects.filter(type="shipment.ready").count() == 1


def test_failures_wait_longer_and_then_call_a_person(
    order: Order, carrier: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease.random, "random", lambda: 1.0)
    carrier.refuses = True
    waits = []
    for attempt in range(1, STUCK_AFTER + 1):
        before = timezone.now()
        assert buy_label()
        shipment = Shipment.objects.get()
        waits.append(round((shipment.due_at - before).total_seconds()))
        assert (shipment.status, shipment.attempts) == ("label_wanted", attempt)
        assert shipment.label_error == "closed for today"
        assert not buy_label()
        assert ProcessException.objects.count() == (attempt == STUCK_AFTER)
        due_now()
    assert waits == [10, 20, 40, 80, 160]
    stuck = ProcessException.objects.get()
    assert (stuck.category, stuck.severity, stuck.subject_id) == ("stuck_label", "high", shipment.public_id)
    assert summary(stuck) == "No label after 5 attempts: closed for today"

    carrier.refuses = False
    Shipment.objects.update(due_at=Now() + timedelta(hours=1))
    want_label(shipment.pk, by=PACKER)
    assert buy_label()

    stuck.refresh_from_db()
    assert stuck.status == "resolved"
    assert Shipment.objects.get().label_error == ""
    assert not Notification.objects.filter(template__startswith="shipping/").exists()


def test_a_mistake_of_ours_is_raised_and_put_off_too(order: Order, carrier: Moody) -> None:
    def stumble() -> None:
        raise ValueError("no such font")

    carrier.afterwards = stumble
    with pytest.raises(ValueError, match="font"):
        buy_label()
    shipment = Shipment.objects.get()
    assert (shipment.status, shipment.lease_token) == ("label_wanted", None)
    assert shipment.label_error == "ValueError: no such font"
