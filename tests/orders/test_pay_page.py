"""The page of a payment link over HTTP: who gets in, what it offers, what each button does, what it refuses."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.links import payment_token, return_path, status_path
from orders.models import Channel, GiftCard, Order, Payment, PaymentLink
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.complete_action import complete_action
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.revoke_links import revoke_links
from orders.services.send_payment_link import cancel_payment_link, expire_payment_links, send_payment_link
from orders.services.take_payment import take_payment
from orders.states import CancelReason
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.value import ANN, a_card, credit_of
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    """Two mugs in English: 29.90, unpaid, with a link."""
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG"), on_hand=10)
    Channel.objects.filter(pk=ChannelFactory().pk).update(
        seller_name="Blue Mug GmbH", seller_iban="DE02120300000000202051"
    )
    placed = place_order(an_order(WantedLine(sku="MUG", quantity=2)), by=SYSTEM)
    Order.objects.filter(pk=placed.pk).update(language="en")
    send_payment_link(placed.pk, by=ANN)
    return Order.objects.get(pk=placed.pk)


@pytest.fixture
def link(order: Order) -> PaymentLink:
    return PaymentLink.objects.get(order=order)


@pytest.fixture
def payer(order: Order, link: PaymentLink) -> Client:
    """A browser that followed the payment link, and no other."""
    client = Client()
    opened = client.get(page(order), {"link": link.public_id, "t": payment_token(link)})
    assert (opened.status_code, opened["Location"]) == (302, page(order))
    return client


def page(order: Order) -> str:
    return f"/o/{order.public_id}/pay"


def shown(client: Client, order: Order) -> str:
    return client.get(page(order)).content.decode()


def pay(client: Client, order: Order, do: str = "pay", due: str = "29.90", **more: str) -> Any:
    return client.post(page(order), {"do": do, "due": due, **more})


def test_the_link_opens_its_page_and_nothing_else(order: Order, payer: Client) -> None:
    html = shown(payer, order)
    assert "Please pay €29.90" in html
    assert "Card (sandbox" in html
    assert "Bank transfer" in html
    assert "Do you have a gift card?" in html
    assert "Your credit" not in html
    assert "Hauptstr" not in html
    assert payer.get(f"/o/{order.public_id}").status_code == 404
    assert payer.get(f"/o/{order.public_id}/cancel").status_code == 404
    assert payer.cookies["pay_access"]["path"] == page(order)
    assert payer.get(page(order))["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_nobody_else_gets_in(order: Order, link: PaymentLink) -> None:
    client = Client()
    assert client.get(page(order)).status_code == 404
    client.get(page(order), {"link": link.public_id, "t": "wrong"})
    assert client.get(page(order)).status_code == 404
    assert pay(client, order, way="sandbox").status_code == 404
    assert not Payment.objects.exists()


def test_a_revoked_link_is_shut(order: Order, payer: Client) -> None:
    revoke_links(order.pk, by=ANN)
    assert payer.get(page(order)).status_code == 404
    assert pay(payer, order, way="sandbox").status_code == 404
    assert not Payment.objects.exists()


def test_the_orders_own_page_leads_there_while_a_link_is_open(order: Order, link: PaymentLink) -> None:
    client = Client()
    client.get(status_path(order))
    assert f'href="{page(order)}"' in client.get(f"/o/{order.public_id}").content.decode()
    assert "Please pay €29.90" in shown(client, order)
    cancel_payment_link(link.pk, by=ANN)
    assert f'href="{page(order)}"' not in client.get(f"/o/{order.public_id}").content.decode()


def test_a_card_pays_on_the_sandboxs_page_and_leads_back(order: Order, payer: Client) -> None:
    sent = pay(payer, order, way="sandbox")
    payment = Payment.objects.get()
    assert sent.status_code == 302
    gateway = sent["Location"].removeprefix("http://127.0.0.1:8000")
    assert gateway == f"/sandbox/pay/{payment.public_id}"
    html = payer.get(gateway).content.decode()
    for words in ("Choose a test card", "no real money moves", "the bank says no", "€29.90"):
        assert words in html

    back = payer.post(gateway, {"card": "tok_ok", "decision": "choose"})

    assert back["Location"] == return_path(payment)
    assert payer.get(back["Location"])["Location"] == page(order)
    assert "Thank you. Everything is paid." in shown(payer, order)
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status, payment.token) == ("confirmed", "authorized", "tok_ok")


def test_a_card_that_needs_approval_is_asked_for_it(order: Order, payer: Client) -> None:
    gateway = pay(payer, order, way="sandbox")["Location"].removeprefix("http://127.0.0.1:8000")
    asked = payer.post(gateway, {"card": "tok_requires_action", "decision": "choose"})
    assert (asked.status_code, "Approve your payment" in asked.content.decode()) == (200, True)
    assert Payment.objects.get().status == "requires_action"
    payer.post(gateway, {"card": "tok_requires_action", "decision": "approve"})
    assert (Payment.objects.get().status, Payment.objects.get().token) == ("authorized", "tok_ok")


@pytest.mark.parametrize("sent", [{"card": "tok_decline", "decision": "choose"}, {"decision": "decline"}])
def test_a_declined_card_says_so_and_may_be_followed_by_another(order: Order, payer: Client, sent: Any) -> None:
    gateway = pay(payer, order, way="sandbox")["Location"].removeprefix("http://127.0.0.1:8000")
    payer.post(gateway, sent)
    html = shown(payer, order)
    assert "Your last payment did not go through, and nothing was charged." in html
    assert "Please pay €29.90" in html
    gateway = pay(payer, order, way="sandbox")["Location"].removeprefix("http://127.0.0.1:8000")
    payer.post(gateway, {"card": "tok_ok", "decision": "choose"})
    assert list(Payment.objects.values_list("status", flat=True)) == ["failed", "authorized"]


def test_a_gift_card_pays_its_part(order: Order, payer: Client) -> None:
    gift = a_card("10.00")
    assert pay(payer, order, do="gift_card", code=code_of(gift).lower()).status_code == 302
    assert "Please pay €19.90" in shown(payer, order)
    assert GiftCard.objects.get().balance == 0


@pytest.mark.parametrize("again", range(2))
def test_a_wrong_code_says_so(order: Order, payer: Client, again: int) -> None:
    said = pay(payer, order, do="gift_card", code="0000-0000-0000-0000")
    assert said.status_code == 402
    assert "We know no gift card with this code." in said.content.decode()
    assert not Payment.objects.exists()


def test_after_ten_wrong_codes_the_right_one_waits(order: Order, payer: Client) -> None:
    gift = a_card("10.00")
    for _ in range(10):
        pay(payer, order, do="gift_card", code="0000-0000-0000-0000")
    said = pay(payer, order, do="gift_card", code=code_of(gift))
    assert (said.status_code, "Too many wrong codes" in said.content.decode()) == (429, True)
    assert GiftCard.objects.get().balance == 10


def test_credit_is_offered_as_far_as_it_pays_this_order(order: Order, payer: Client) -> None:
    credit_of("ada@example.com", "100.00")
    assert "Use €29.90 of your credit" in shown(payer, order)
    pay(payer, order, do="credit")
    assert "Thank you. Everything is paid." in shown(payer, order)


def test_a_transfer_shows_where_to_send_it(order: Order, payer: Client) -> None:
    for _ in range(2):
        assert pay(payer, order, way="manual").status_code == 302
    html = shown(payer, order)
    assert "DE02 1203 0000 0000 2020 51" in html
    assert f"<dd>{order.number}</dd>" in html
    assert Payment.objects.count() == 1


def test_only_what_the_channel_offers_is_taken(order: Order, payer: Client) -> None:
    Channel.objects.update(link_gateways=["sandbox"])
    assert "Bank transfer" not in shown(payer, order)
    for way in ("manual", "stripe", "", "gift_card"):
        assert pay(payer, order, way=way)["Location"] == page(order)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("due", ["", "nonsense", "NaN", "1e9999", "29.89", "-1"])
def test_an_amount_that_was_not_shown_takes_nothing(order: Order, payer: Client, due: str) -> None:
    said = pay(payer, order, due=due, way="sandbox")
    assert (said.status_code, "The amount has changed meanwhile." in said.content.decode()) == (409, True)
    assert not Payment.objects.exists()


def test_a_page_without_any_way_says_so(order: Order, payer: Client, settings: Any) -> None:
    settings.PAYMENT_GATEWAYS = {"manual": settings.PAYMENT_GATEWAYS["manual"]}
    assert "Please pay €29.90" in shown(payer, order)
    Channel.objects.update(seller_iban="")
    html = shown(payer, order)
    assert "We can&#x27;t take your payment here right now." in html
    assert "Please pay" not in html


def cancelled(order: Order, _link: PaymentLink) -> str:
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
    return "This order was cancelled. There is nothing to pay."


def paid(order: Order, _link: PaymentLink) -> str:
    record_payment(order.pk, amount=D("29.90"), by=ANN)
    return "Thank you. Everything is paid."


def run_out(_order: Order, _link: PaymentLink) -> str:
    PaymentLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return "This link has expired."


def expired(order: Order, link: PaymentLink) -> str:
    run_out(order, link)
    expire_payment_links()
    return "This link has expired."


def taken_back(_order: Order, link: PaymentLink) -> str:
    cancel_payment_link(link.pk, by=ANN)
    return "This link is no longer used."


def replaced(order: Order, _link: PaymentLink) -> str:
    send_payment_link(order.pk, by=ANN)
    return "This link is no longer used."


@pytest.mark.parametrize("happens", [cancelled, paid, run_out, expired, taken_back, replaced])
def test_meanwhile(order: Order, link: PaymentLink, payer: Client, happens: Any) -> None:
    """The page is open when something happens: it says what, in one sentence, and takes nothing."""
    words = happens(order, link)
    before = Payment.objects.count()
    said = pay(payer, order, way="sandbox")
    assert said.status_code == 409
    assert words in said.content.decode()
    assert words in shown(payer, order)
    assert Payment.objects.count() == before


def test_approved_in_one_tab_the_other_hears_of_it(order: Order, payer: Client) -> None:
    gateway = pay(payer, order, way="sandbox")["Location"].removeprefix("http://127.0.0.1:8000")
    complete_action(Payment.objects.get().public_id, approved=True, token="tok_ok", by=CUSTOMER)
    said = payer.post(gateway, {"card": "tok_ok", "decision": "choose"})
    assert (said.status_code, "This payment was settled already." in said.content.decode()) == (409, True)
    assert Order.objects.get(pk=order.pk).authorized_total == D("29.90")


def test_another_sites_gateway_is_reached_by_a_page(
    order: Order, payer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.gateways.sandbox._page", lambda _call: "https://pay.example/session")
    said = pay(payer, order, way="sandbox")
    assert said.status_code == 200
    assert 'href="https://pay.example/session"' in said.content.decode()
    assert 'content="0; url=https://pay.example/session"' in said.content.decode()


def test_a_payment_made_by_a_partner_shows_as_paid(order: Order, payer: Client) -> None:
    take_payment(order.pk, PayBy(gateway="sandbox", token="tok_ok"), by=ANN)
    assert "Thank you. Everything is paid." in shown(payer, order)
