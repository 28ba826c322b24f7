"""What waits, on the customer's page: when it comes, and to wait or to call it off; over HTTP, without JavaScript."""

import pytest
from django.test import Client

from orders.codes import proof_for
from orders.links import status_path
from orders.models import Notification, Order
from orders.services.render import render_message
from tests.factories.orders import ShippingMethodFactory
from tests.warehouse.purchases import BUYER, acknowledged, in_days, offered, the, waiting
from tests.warehouse.scenes import counters, line_of, ordered, stocked
from warehouse.models import Backorder
from warehouse.services.acknowledge_purchase import move_expected_date
from warehouse.services.receive_goods import Arrived, receive_goods

pytestmark = pytest.mark.django_db


def opened(order: Order) -> Client:
    """A browser that followed the order's link."""
    client = Client()
    client.get(status_path(order))
    return client


def at(order: Order, path: str = "") -> str:
    return f"/o/{order.public_id}{path}"


def words(client: Client, order: Order, path: str = "") -> str:
    return client.get(at(order, path)).content.decode()


def test_the_page_says_when_and_lets_the_customer_wait() -> None:
    rare = offered("RARE", name="Seltene Lampe")
    backorder = waiting(rare, 2)
    order = backorder.line.order
    client = opened(order)
    assert "Wir bestellen nach." in words(client, order)

    row = acknowledged((rare, 2), days=4)
    page = words(client, order)
    assert "Es ist auf dem Weg zu uns" in page
    assert "Ich warte" in page
    agree = at(order, f"/waiting/{backorder.line.public_id}/agree")
    assert client.get(agree).status_code == 405
    answer = client.post(agree)
    assert (answer.status_code, answer["Location"]) == (302, at(order))
    page = words(client, order)
    assert "Sie warten darauf. Danke!" in page
    assert "Ich warte" not in page

    move_expected_date(row.pk, dates={"RARE": in_days(20)}, by=BUYER)  # a later day is a new question
    assert "Ich warte" in words(client, order)
    receive_goods(row.pk, arrived=[Arrived(sku="RARE", accepted=2)], by=BUYER)
    assert "Wartet auf Ware" not in words(client, order)
    assert client.post(agree).status_code == 409


def test_calling_off_asks_for_a_code_first() -> None:
    ShippingMethodFactory()
    rare, mug = offered("RARE"), stocked(5, sku="MUG")
    order = ordered((rare, 2), (mug, 1))
    line = line_of(order, rare)
    client = opened(order)
    assert at(order, "/waiting") in words(client, order)

    for answer in (client.get(at(order, "/waiting")), client.post(at(order, "/waiting"), {"line": line.public_id})):
        assert (answer.status_code, answer["Location"]) == (302, at(order, "/prove?next=waiting"))
    assert counters(line) == {"backordered": 2}

    client.cookies["order_proof"] = proof_for(order)
    assert "Worauf möchten Sie nicht warten?" in words(client, order, "/waiting")
    refused = client.post(at(order, "/waiting"), {"line": line_of(order, mug).public_id})
    assert refused.status_code == 409
    assert "Das wartet nicht mehr auf Ware." in refused.content.decode()
    answer = client.post(at(order, "/waiting"), {"line": line.public_id})
    assert (answer.status_code, answer["Location"]) == (302, at(order))
    assert counters(line) == {"cancelled": 2}
    assert (the(order).status, Backorder.objects.get().status) == ("confirmed", "cancelled")
    assert "Hier gibt es nichts abzubestellen." in words(client, order, "/waiting")


def test_a_stranger_sees_nothing() -> None:
    backorder = waiting(offered("RARE"), 2)
    order = backorder.line.order
    for path in ("/waiting", f"/waiting/{backorder.line.public_id}/agree"):
        assert Client().post(at(order, path)).status_code == 404
    assert the(backorder).agreed_on is None
    assert counters(backorder.line) == {"backordered": 2}


def test_the_mail_about_a_new_day_says_what_can_be_done() -> None:
    rare = offered("RARE")
    backorder = waiting(rare, 1)
    acknowledged((rare, 1), days=30)
    mail = Notification.objects.get(order=backorder.line.order, template="orders/mail/promise_changed")
    text = render_message(mail).text
    assert "Sie können warten oder es abbestellen" in text
    assert "#waiting-for-goods" in text
