"""A parcel that nobody took comes back: the customer is told, a return takes over, and the order can end."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from config.audit import checks
from orders.models import CreditNote, Notification, Order, OrderEvent, ProcessException
from orders.services.render import render_message
from orders.services.settle import settle_payments
from returns.models import Return
from returns.services.inspect_return import Finding, inspect_return
from returns.states import Condition, Disposition
from shipping.errors import NotOnItsWay
from shipping.models import Shipment
from shipping.selectors import shipments_panel
from shipping.services.return_shipment import return_shipment
from tests.factories.orders import ProductFactory
from tests.factories.returns import ReturnRuleFactory, line_ids, received, requested
from tests.factories.shipping import (
    PACKER,
    confirmed_order,
    delivered,
    dispatched,
    dispatched_at,
    ready,
    stocked,
    tell,
)
from warehouse.models import FulfillmentOrder, StockLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Two mugs of ten, 29.90 EUR with shipping, authorised."""
    return confirmed_order([(stocked(ProductFactory(sku="MUG")), 2)])


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def counters(order: Order) -> tuple[int, int, int, int, int]:
    line = order.lines.get()
    return line.shipped, line.delivered, line.written_off, line.return_requested, line.returned


def broken() -> list[str]:
    return [check.name for check in checks() if check.find(1).wrong]


def inspected(returning: Return, accepted: int = 2) -> None:
    finding = Finding(
        line=next(iter(line_ids(returning).values())),
        accepted=accepted,
        condition=Condition.NEW,
        disposition=Disposition.RESTOCK if accepted else Disposition.NONE,
    )
    inspect_return(returning.pk, findings=[finding], by=PACKER)


def test_it_is_back_the_customer_is_told_and_a_return_awaits_its_goods(order: Order) -> None:
    shipment = dispatched(order)
    tell(shipment, "return_to_sender")
    assert ProcessException.objects.get().status == "open"

    return_shipment(shipment.pk, by=PACKER)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.version) == ("returned_to_sender", 5)
    assert counters(order) == (2, 0, 2, 2, 0)
    came_back = OrderEvent.objects.get(order=order, type="shipment.returned_to_sender")
    assert came_back.public
    assert came_back.data == {
        "number": order.number,
        "shipment": shipment.public_id,
        "lines": [{"line": order.lines.get().public_id, "sku": "MUG", "quantity": 2}],
    }
    mail = Notification.objects.get(template="shipping/mail/returned")
    assert (mail.context["lines"], mail.context["tracking_number"]) == (
        [{"name": "Mug", "sku": "MUG", "quantity": 2}],
        shipment.tracking_number,
    )
    returning = Return.objects.get()
    assert (returning.status, returning.warehouse, returning.expires_on) == ("in_transit", shipment.warehouse, None)
    assert returning.refund_estimate == Decimal("29.90")
    assert list(returning.lines.values_list("quantity", "reason")) == [(2, "undeliverable")]
    assert (fresh(order).fulfillment_status, fresh(order).return_status) == ("not_required", "in_return")
    assert fresh(order).status == "confirmed"
    assert (ProcessException.objects.get().status, ProcessException.objects.get().resolution) == (
        "resolved",
        "It came back.",
    )
    assert shipments_panel(order)["parcels"][0].words == "Your parcel came back to us."
    assert broken() == []


def test_its_goods_are_restocked_and_refunded_and_the_order_completes(order: Order) -> None:
    return_shipment(dispatched(order).pk, by=PACKER)
    returning = received(Return.objects.get())
    inspected(returning)
    settle_payments(order.pk)

    done = fresh(order)
    assert counters(order) == (2, 0, 2, 0, 2)
    assert StockLevel.objects.get().on_hand == 10
    assert (CreditNote.objects.get().total, done.refunded_total) == (Decimal("29.90"), Decimal("29.90"))
    assert (done.status, done.fulfillment_status, done.return_status) == ("completed", "not_required", "returned")
    assert broken() == []


def test_the_rest_of_the_order_still_has_to_arrive() -> None:
    cup, pot = stocked(ProductFactory(sku="CUP")), stocked(ProductFactory(sku="POT"), warehouse="HAM")
    split = confirmed_order([(cup, 2), (pot, 2)])
    first, second = (dispatched_at(asked) for asked in FulfillmentOrder.objects.order_by("pk"))

    return_shipment(first.pk, by=PACKER)
    returning = received(Return.objects.get())
    inspected(returning)
    settle_payments(split.pk)
    assert (fresh(split).status, fresh(split).fulfillment_status) == ("confirmed", "shipped")

    tell(second, "delivered")
    assert (fresh(split).status, fresh(split).fulfillment_status) == ("completed", "delivered")
    assert broken() == []


def test_what_the_customer_asked_to_return_is_awaited_already(order: Order) -> None:
    ReturnRuleFactory()
    shipment = dispatched(order)
    asked = requested(order, {"MUG": 1})

    return_shipment(shipment.pk, by=PACKER)

    assert list(Return.objects.order_by("pk").values_list("status", "lines__quantity", "lines__reason")) == [
        ("approved", 1, "too_small"),
        ("in_transit", 1, "undeliverable"),
    ]
    assert counters(order) == (2, 0, 2, 2, 0)
    inspected(received(asked), 1)
    inspected(received(Return.objects.get(status="in_transit")), 1)
    settle_payments(order.pk)
    assert (fresh(order).status, fresh(order).refunded_total) == ("completed", Decimal("29.90"))
    assert broken() == []


def test_late_news_of_the_carrier_moves_nothing_any_more(order: Order) -> None:
    shipment = return_shipment(dispatched(order).pk, by=PACKER)

    tell(shipment, "return_to_sender")
    tell(shipment, "delivered")

    shipment.refresh_from_db()
    assert (shipment.status, shipment.delivered_at) == ("returned_to_sender", None)
    assert counters(order) == (2, 0, 2, 2, 0)
    assert not ProcessException.objects.exists()
    assert list(order.events.filter(type__startswith="shipment.").order_by("-seq").values_list("type", "public"))[
        :2
    ] == [
        ("shipment.tracked", False),
        ("shipment.tracked", False),
    ]
    assert broken() == []


@pytest.mark.parametrize("scene", [ready, delivered])
def test_only_what_is_on_its_way_can_come_back(order: Order, scene: Callable[[Order], Shipment]) -> None:
    shipment = scene(order)
    counts = [model.objects.count() for model in (OrderEvent, Notification, Return)]
    before = (shipment.status, shipment.version, counters(order))

    with pytest.raises(NotOnItsWay):
        return_shipment(shipment.pk, by=PACKER)

    shipment.refresh_from_db()
    assert (shipment.status, shipment.version, counters(order)) == before
    assert [model.objects.count() for model in (OrderEvent, Notification, Return)] == counts


def test_the_mail_says_what_happens_now_in_both_forms(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(language="en")
    shipment = return_shipment(dispatched(order).pk, by=PACKER)

    mail = render_message(Notification.objects.get(template="shipping/mail/returned"))

    assert mail.subject == f"Order {order.number} came back to us"
    for body in (mail.text, mail.html):
        assert "The carrier could not hand over your parcel and brought it back to us. We are sorry." in body
        assert "2 × Mug" in body
        assert shipment.tracking_number in body
