"""Staff and the gateways: comparing a payment, what the page says of it, and news that wait for a person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.models import Channel, GatewayNotice, Order
from orders.requests import PayBy, WantedLine
from orders.services.place import place_order
from tests.admin.acting import act, act_on, action_url, done, refusal
from tests.admin.test_settings import sent
from tests.factories.orders import ChannelFactory, ProductFactory
from tests.factories.shipping import CarrierServiceFactory, dispatched, stocked
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db


def paid_with(token: str) -> Order:
    CarrierServiceFactory()
    stocked(ProductFactory(sku="MUG"), 10)
    wanted = an_order(WantedLine(sku="MUG", quantity=2), payment=PayBy(gateway="sandbox", token=token))
    order = place_order(wanted, by=SYSTEM)
    dispatched(order)
    return Order.objects.get(pk=order.pk)


def page_of(client: Client, order: Order) -> str:
    return client.get(f"/admin/orders/payment/{order.payments.get().pk}/change/").content.decode()


def test_a_payment_that_differs_says_so(boss: Client) -> None:
    order = paid_with("tok_lost_capture")
    assert "the gateway&#x27;s" not in page_of(boss, order)

    assert done(act(boss, order.payments.get(), "compare"))

    page_of(boss, order)  # the action's own message is read by now
    said = "Our books and the gateway&#x27;s differ: captured: ours 29.90, the gateway&#x27;s 0.00"
    assert said in page_of(boss, order)
    assert said in boss.get(f"/admin/orders/customer/{order.customer_id}/change/").content.decode()
    assert order.exceptions.get().category == "reconciliation_difference"


def test_a_payment_that_agrees(boss: Client) -> None:
    order = paid_with("tok_ok")
    page = boss.post(action_url(order.payments.get(), "compare"), {"once": "1"}, follow=True).content.decode()
    assert "The gateway says the same as we do." in page
    assert order.exceptions.count() == 0
    order.payments.update(expires_at=timezone.now() + timedelta(days=3))
    assert "Expires at" in page_of(boss, order)


def test_money_moved_by_hand_has_nobody_to_ask(boss: Client) -> None:
    CarrierServiceFactory()
    stocked(ProductFactory(sku="MUG"), 10)
    wanted = an_order(WantedLine(sku="MUG", quantity=2), payment=PayBy(gateway="manual"))
    order = place_order(wanted, by=SYSTEM)
    assert action_url(order.payments.get(), "compare") not in page_of(boss, order)


def test_parked_news_are_processed_again(boss: Client) -> None:
    rows = [GatewayNotice.objects.create(gateway="stripe", event_id=f"evt_{n}", type="x") for n in range(3)]
    for row in rows[:2]:
        row.park()
        row.attempts, row.error = 3, "It is about no payment of ours."
        row.save()

    assert done(act(boss, rows[0], "process_again"))
    act_on(boss, [rows[1]], "process_again")

    assert set(GatewayNotice.objects.values_list("status", "attempts", "error")) == {("pending", 0, "")}
    assert "Only parked or failed news" in refusal(act(boss, rows[2], "process_again"))


def test_a_channel_says_when_money_is_taken(boss: Client) -> None:
    channel = ChannelFactory()
    assert channel.capture_at == "dispatch"
    url = f"/admin/orders/channel/{channel.pk}/change/"
    assert boss.post(url, sent(boss, url, capture_at="confirmation")).status_code == 302
    assert Channel.objects.get().capture_at == "confirmation"
    assert boss.post(url, sent(boss, url, capture_at="never")).status_code == 200
    assert Channel.objects.get().capture_at == "confirmation"
