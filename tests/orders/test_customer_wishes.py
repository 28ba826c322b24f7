"""What customers ask for on their page: changes behind a one-time code, taken back by a click, the same once more."""

from typing import Any

import pytest

from orders.models import Channel, Draft, Order, OrderChange, OrderLine
from orders.services.decide_change import decline_change
from tests.orders.test_customer_page import opened, page, placed, proven, shop
from tests.orders.test_draft import AGENT

__all__ = ["shop"]
pytestmark = pytest.mark.django_db(transaction=True)
BONN = {"name": "Ada", "line1": "Am Markt 2", "city": "Bonn", "postal_code": "53111"}
BONN |= {"country": "DE", "fields_of": "DE"}


def units(order: Order, n: int) -> dict[str, Any]:
    return {order.lines.get().public_id: n}


def test_a_link_alone_changes_nothing(shop: None) -> None:
    order = placed()
    client = opened(order)
    for answer in (client.get(page(order, "/change")), client.post(page(order, "/change"), units(order, 1))):
        assert (answer.status_code, answer["Location"]) == (302, page(order, "/prove?next=change"))
    assert not OrderChange.objects.exists()


def test_a_wish_is_sent_shown_and_taken_back(shop: None) -> None:
    order = placed()
    client = proven(order)
    shown = client.get(page(order, "/change")).content.decode()
    assert "Hauptstr. 1" not in shown
    answer = client.post(page(order, "/change"), units(order, 1) | BONN)
    assert (answer.status_code, answer["Location"]) == (302, page(order))
    change = OrderChange.objects.get()
    assert (change.status, [action["type"] for action in change.actions]) == (
        "requested",
        ["set_quantity", "set_shipping_address"],
    )
    assert change.actions[1]["address"]["country"] == "DE"
    assert 'id="wish"' in client.get(page(order)).content.decode()
    assert client.post(page(order, "/withdraw-change")).status_code == 302
    assert OrderChange.objects.get().status == "cancelled"
    assert client.post(page(order, "/withdraw-change")).status_code == 409


def test_what_is_wrong_with_a_wish_stands_at_its_field(shop: None) -> None:
    order = placed()
    client = proven(order)
    nowhere = {"country": "XX", "fields_of": "DE"}
    answer: Any = client.post(page(order, "/change"), units(order, 3) | nowhere)
    assert answer.status_code == 422
    wrong = {order.lines.get().public_id, "name", "line1", "city", "postal_code", "country"}
    assert set(answer.context["form"].errors) == wrong
    answer = client.post(page(order, "/change"), units(order, 2) | BONN | {"postal_code": "531"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"postal_code"})
    answer = client.post(page(order, "/change"), units(order, 2))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"__all__"})
    answer = client.post(page(order, "/change"), units(order, 0))
    assert answer.status_code == 409
    assert not OrderChange.objects.exists()


def test_another_country_asks_again_with_its_fields(shop: None) -> None:
    order = placed()
    client = proven(order)
    answer: Any = client.post(page(order, "/change"), units(order, 2) | BONN | {"country": "US"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'name="fields_of" value="US"' in shown
    assert '<option value="CA">California</option>' in shown
    assert 'value="Am Markt 2"' in shown
    assert not OrderChange.objects.exists()


def test_fewer_units_need_no_address(shop: None) -> None:
    order = placed()
    blank = {"name": "", "line1": "", "city": "", "postal_code": "", "country": "DE", "fields_of": "DE"}
    assert proven(order).post(page(order, "/change"), units(order, 1) | blank).status_code == 302
    assert [action["type"] for action in OrderChange.objects.get().actions] == ["set_quantity"]


def test_a_refusal_of_staff_is_read_on_the_page(shop: None) -> None:
    order = placed()
    client = proven(order)
    client.post(page(order, "/change"), units(order, 1))
    decline_change(OrderChange.objects.get().pk, answer="Schon <gepackt>.", by=AGENT)
    assert "Schon &lt;gepackt&gt;." in client.get(page(order)).content.decode()


def test_at_once_where_the_channel_says_so(shop: None) -> None:
    Channel.objects.update(customers_change_at_once=True)
    order = placed()
    proven(order).post(page(order, "/change"), units(order, 1))
    order.refresh_from_db()
    assert (OrderLine.objects.get().active, OrderChange.objects.get().status) == (1, "confirmed")
    assert order.balance == 0


def test_again_only_where_the_channel_says_so(shop: None) -> None:
    order = placed()
    client = proven(order)
    client.post(page(order, "/cancel"))
    assert page(order, "/again") not in client.get(page(order)).content.decode()
    assert client.post(page(order, "/again")).status_code == 409
    assert not Draft.objects.exists()
    Channel.objects.update(customers_reorder=True)
    assert page(order, "/again") in client.get(page(order)).content.decode()
    assert client.get(page(order, "/again")).status_code == 405
    assert client.post(page(order, "/again")).status_code == 200
    assert (Draft.objects.get().reorder_of_id, Draft.objects.get().made_by) == (order.pk, "customer")
