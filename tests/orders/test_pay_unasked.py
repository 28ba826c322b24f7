"""Who owes money is told where to pay it, also when nobody sent a link: mails, the order's page, and paying there."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.change_requests import SetQuantity
from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.links import order_payment_url, return_path, status_path
from orders.models import Channel, Notification, Order, OrderEvent, Payment, PaymentLink
from orders.requests import PayBy, WantedLine
from orders.services.change import change_order
from orders.services.extend import extend_order
from orders.services.hold import hold_order, release_hold
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.remind import remind_due_customers
from orders.services.render import render_message
from orders.services.send_payment_link import expire_payment_links, send_payment_link
from orders.services.take_payment import pay_by_link
from orders.states import HoldReason
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.value import ANN, a_card
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order

pytestmark = pytest.mark.django_db(transaction=True)

IBAN = "IBAN DE02 1203 0000 0000 2020 51"
BY_HAND = PayBy(gateway="manual", token="")
APPROVE = PayBy(gateway="sandbox", token="tok_requires_action")


@pytest.fixture(autouse=True)
def shop() -> None:
    """Two days to pay, a reminder after one, and an account for transfers."""
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=100)
    Channel.objects.filter(pk=ChannelFactory().pk).update(
        seller_name="Blue Mug GmbH",
        seller_iban="DE02120300000000202051",
        seller_bic="BYLADEM1001",
        unpaid_expires_after_hours=48,
        reminder_hours_before_expiry=24,
    )


def bought(payment: PayBy | None = BY_HAND) -> Order:
    """Two mugs in English: 29.90."""
    placed = place_order(an_order(WantedLine(sku="MUG", quantity=2), payment=payment), by=SYSTEM)
    Order.objects.filter(pk=placed.pk).update(language="en")
    return Order.objects.get(pk=placed.pk)


def customer(order: Order) -> Client:
    """A browser that followed the order's own link."""
    client = Client()
    client.get(status_path(order))
    return client


def page(order: Order) -> str:
    return f"/o/{order.public_id}/pay"


def html_of(order: Order, path: str = "") -> str:
    return customer(order).get(f"/o/{order.public_id}{path}").content.decode()


def pay(client: Client, order: Order, due: str = "29.90", **more: str) -> Any:
    return client.post(page(order), {"do": "pay", "due": due, **more})


def mail(template: str) -> Any:
    return render_message(Notification.objects.get(template=f"orders/mail/{template}"))


def says_how(written: Any, order: Order, due: str = "€29.90") -> None:
    """Both parts of a mail name the account, the reference and the page."""
    account = ["Blue Mug GmbH", IBAN, "BIC BYLADEM1001", f"Reference: {order.number}", f"Amount: {due}"]
    for text in (written.text, written.html):
        assert [line for line in account if line not in text] == []
    assert written.text.count(order_payment_url(order)) == 1
    assert f'href="{order_payment_url(order)}"' in written.html
    assert f"Pay {due}" in written.html


@pytest.mark.parametrize("payment", [BY_HAND, None])
def test_the_first_mail_and_the_reminder_say_where_to_pay(payment: PayBy | None) -> None:
    order = bought(payment)
    says_how(mail("placed"), order)
    extend_order(order.pk, expires_at=timezone.now() + timedelta(hours=20), by=ANN)
    assert remind_due_customers() == 1
    says_how(mail("payment_reminder"), order)


def test_a_mail_is_in_the_customers_language() -> None:
    order = bought()
    Order.objects.update(language="de")
    text = mail("placed").text
    assert f"29,90\xa0€ bezahlen:\n{order_payment_url(order)}" in text
    assert f"Verwendungszweck: {order.number}\nBlue Mug GmbH\n{IBAN}\nBIC BYLADEM1001\n" in text


def test_the_orders_page_shows_the_account_and_leads_to_the_payment() -> None:
    order = bought()
    html = html_of(order)
    assert f'href="{page(order)}">Pay €29.90</a>' in html
    assert f"<dd>{order.number}</dd>" in html
    assert IBAN in html
    paying = html_of(order, "/pay")
    assert "Please pay €29.90" in paying
    assert IBAN in paying
    assert 'value="sandbox"' in paying
    assert 'value="manual"' not in paying  # announced already
    assert not PaymentLink.objects.exists()


def test_the_mails_link_opens_the_page() -> None:
    order = bought()
    opened = Client().get(order_payment_url(order).removeprefix("http://127.0.0.1:8000"), follow=True)
    assert (opened.status_code, "Please pay €29.90" in opened.content.decode()) == (200, True)


def test_a_card_pays_it_by_a_link_that_nobody_was_sent() -> None:
    order = bought(None)
    client = customer(order)
    sent = [pay(client, order, way="sandbox") for _click in range(2)]
    payment, link = Payment.objects.get(), PaymentLink.objects.get()
    assert {answer["Location"] for answer in sent} == {f"http://127.0.0.1:8000/sandbox/pay/{payment.public_id}"}
    assert (payment.link_id, link.status, link.amount, link.sent_by) == (link.pk, "open", None, "customer")
    event = OrderEvent.objects.get(type="payment.link_opened")
    assert (event.public, event.data["payment_link"]) == (False, link.public_id)
    assert not Notification.objects.filter(template="orders/mail/payment_link").exists()

    back = client.post(f"/sandbox/pay/{payment.public_id}", {"card": "tok_ok", "decision": "choose"})

    assert back["Location"] == return_path(payment)
    assert "Thank you. Everything is paid." in html_of(order, "/pay")
    assert Order.objects.get().status == "confirmed"
    assert PaymentLink.objects.get().status == "paid"
    assert "/pay" not in html_of(order)


def test_what_a_gift_card_pays_is_off_the_transfer() -> None:
    order = bought()
    client = customer(order)
    client.post(page(order), {"do": "gift_card", "due": "29.90", "code": code_of(a_card("10.00"))})
    html = html_of(order)
    assert "Pay €19.90" in html
    assert IBAN in html
    record_payment(order.pk, amount=D("19.90"), by=ANN)
    assert Order.objects.get().status == "confirmed"
    assert set(Payment.objects.values_list("gateway", "status")) == {
        ("gift_card", "authorized"),
        ("manual", "captured"),
        ("manual", "voided"),
    }


def test_a_transfer_is_announced_once() -> None:
    order = bought(None)
    client = customer(order)
    for _click in range(2):
        assert pay(client, order, way="manual")["Location"] == page(order)
    assert list(Payment.objects.values_list("gateway", "status", "amount")) == [("manual", "pending", D("29.90"))]
    assert PaymentLink.objects.count() == 1


def test_a_link_that_was_sent_is_used_and_one_that_ran_out_replaced() -> None:
    order = bought(None)
    sent = send_payment_link(order.pk, amount=D("10.00"), by=ANN)
    assert "Pay €10.00" in html_of(order)
    pay(customer(order), order, "10.00", way="manual")
    assert Payment.objects.get().link_id == sent.pk
    PaymentLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "Pay €29.90" in html_of(order)
    pay_by_link(order.pk, PayBy(gateway="sandbox"), link_id=None, expected=D("29.90"), by=CUSTOMER)
    assert list(PaymentLink.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "open"]
    PaymentLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert expire_payment_links() == 1


def dearer() -> Order:
    """Confirmed by a card; then a third mug is owed, and the shop sends no link."""
    order = bought(PAID)
    line = order.lines.get()
    change_order(order.pk, [SetQuantity(line=line.public_id, quantity=3)], send_link=False, by=SYSTEM)
    return Order.objects.get()


def test_what_a_change_made_dearer_is_paid_there_too() -> None:
    order = dearer()
    assert (order.status, order.balance) == ("confirmed", D("12.50"))
    says_how(mail("changed"), order, "€12.50")
    assert "Pay €12.50" in html_of(order)


def test_the_shop_asks_for_it_where_nothing_expires() -> None:
    Channel.objects.update(unpaid_expires_after_hours=None, reminder_hours_before_expiry=None)
    order = dearer()
    assert order.holds.get().reason == "awaiting_payment"
    assert order_payment_url(order) not in mail("changed").text
    assert "Pay €12.50" not in html_of(order)


def at_the_door() -> Order:
    Channel.objects.update(confirms_manual_at_once=True)
    return bought()


def collected_elsewhere() -> Order:
    Channel.objects.update(unpaid_expires_after_hours=None, reminder_hours_before_expiry=None)
    return bought(None)


def checked() -> Order:
    order = bought()
    hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, by=ANN)
    return order


def by_no_way() -> Order:
    Channel.objects.update(seller_iban="", link_gateways=["manual"])
    return bought(None)


def to_be_approved() -> Order:
    return bought(APPROVE)


def too_late() -> Order:
    order = bought(None)
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return order


NOT_NOW = [at_the_door, collected_elsewhere, checked, by_no_way, to_be_approved, too_late]


@pytest.mark.parametrize("make", NOT_NOW)
def test_nobody_is_asked_for_money_where_none_is_due_here(make: Callable[[], Order]) -> None:
    order = make()
    before = list(Payment.objects.values_list("status", "link"))
    written = mail("placed")
    assert order_payment_url(order) not in written.text + written.html or make in (checked, too_late)
    for text in (html_of(order), html_of(order, "/pay")):
        assert "Pay €29.90" not in text
        assert IBAN not in text
    assert "There is nothing that you need to pay here right now." in html_of(order, "/pay")
    assert pay(customer(order), order, way="sandbox").status_code == (302 if make is by_no_way else 409)
    assert not PaymentLink.objects.exists()
    assert list(Payment.objects.values_list("status", "link")) == before


def test_once_nothing_is_checked_any_more_it_is_their_turn() -> None:
    order = checked()
    release_hold(order.holds.get().public_id, by=ANN)
    assert "Pay €29.90" in html_of(order)
    says_how(mail("released"), order)


def test_without_an_account_there_is_a_page_and_no_account() -> None:
    Channel.objects.update(seller_iban="")
    order = bought(None)
    text = mail("placed").text
    assert order_payment_url(order) in text
    assert "IBAN" not in text
    assert "Bank transfer" not in html_of(order)
