"""What staff do to get orders paid, and with gift cards and credit: each button calls its service."""

from decimal import Decimal as D

import pytest
from django.test import Client
from django.urls import reverse

from orders.admin.value import GRANT_CREDIT
from orders.gift_codes import code_of, found_card
from orders.kernel.actor import SYSTEM
from orders.models import BalanceMovement, Channel, GiftCard, Notification, Order, PaymentLink, Product, StoreCredit
from orders.requests import WantedLine
from orders.services.merge import merge_customers
from orders.services.place import place_order
from orders.services.send_payment_link import send_payment_link
from orders.services.settle import settle_payments
from tests.admin.acting import act, action_url, done, form_of, refusals
from tests.factories.orders import ChannelFactory, CustomerFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import confirmed_order, dispatched, stocked
from tests.factories.value import ANN, a_card, credit_of
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return stocked(ProductFactory(sku="MUG"), 10)


@pytest.fixture
def unpaid(mug: Product) -> Order:
    ShippingMethodFactory()
    return place_order(an_order(WantedLine(sku=mug.sku, quantity=2)), by=SYSTEM)


def test_a_payment_link_is_sent_and_taken_back(boss: Client, unpaid: Order) -> None:
    assert done(act(boss, unpaid, "send_payment_link", amount="10.00", note="phoned"))
    link = PaymentLink.objects.get()
    assert (link.amount, link.note, link.sent_by) == (D("10.00"), "phoned", "boss")
    assert Notification.objects.filter(template="orders/mail/payment_link").count() == 1
    page = boss.get(reverse("admin:orders_order_change", args=[unpaid.pk])).content.decode()
    assert "Payment links" in page
    assert "phoned" in page
    assert done(act(boss, link, "cancel"))
    link.refresh_from_db()
    assert link.status == "cancelled"


def test_a_link_that_nobody_could_pay_by_is_refused(boss: Client, unpaid: Order) -> None:
    Channel.objects.update(link_gateways=["manual"])
    said = refusals(act(boss, unpaid, "send_payment_link"))
    (words,) = said["__all__"]
    assert words.startswith("Customers of Web shop have no way to pay by a link. Give the channel a bank account")
    assert not PaymentLink.objects.exists()


def test_a_link_for_too_much_is_refused_at_its_field(boss: Client, unpaid: Order) -> None:
    said = refusals(act(boss, unpaid, "send_payment_link", amount="30"))
    assert said == {"amount": ["At most 29.90 EUR is owed."]}
    said = refusals(act(boss, unpaid, "send_payment_link", expires_at="2020-01-01T10:00"))
    assert said == {"expires_at": ["Give a time that is still to come."]}
    assert not PaymentLink.objects.exists()


def test_a_gift_card_is_taken(boss: Client, unpaid: Order) -> None:
    gift = a_card("10.00")
    assert done(act(boss, unpaid, "take_payment", gateway="gift_card", token=code_of(gift)))
    unpaid.refresh_from_db()
    assert (unpaid.balance, GiftCard.objects.get().balance) == (D("19.90"), D(0))


def test_credit_is_shown_and_taken(boss: Client, unpaid: Order) -> None:
    credit_of("ada@example.com", "40.00")
    assert "€40.00" in boss.get(action_url(unpaid, "take_payment")).content.decode()
    assert done(act(boss, unpaid, "take_payment", gateway="store_credit", amount="29.90"))
    unpaid.refresh_from_db()
    assert (unpaid.status, StoreCredit.objects.get().balance) == ("confirmed", D("10.10"))


def test_what_can_not_be_taken_is_said_at_its_field(boss: Client, unpaid: Order) -> None:
    said = refusals(act(boss, unpaid, "take_payment", gateway="gift_card", token="0"))
    assert said == {"token": ["This is no code of a gift card."]}
    assert "token" in refusals(act(boss, unpaid, "take_payment", gateway="gift_card", token=""))
    gift = a_card("10.00")
    said = refusals(act(boss, unpaid, "take_payment", gateway="gift_card", token=code_of(gift), amount="29.91"))
    assert said == {"amount": ["At most 29.90 EUR is owed."]}
    assert BalanceMovement.objects.count() == 1
    assert not unpaid.payments.exists()


def test_a_card_is_issued_and_its_code_shown_once(boss: Client) -> None:
    channel = ChannelFactory()
    answer = act(boss, channel, "issue_gift_card", amount="25.00")
    card = GiftCard.objects.get()
    assert (answer.status_code, code_of(card) in answer.content.decode()) == (200, True)
    assert (card.balance, card.issued_by) == (D("25.00"), "boss")
    page = boss.get(reverse("admin:orders_giftcard_change", args=[card.pk])).content.decode()
    assert code_of(card) not in page
    assert card.code_hash not in page
    assert "boss" in page


def test_a_card_is_issued_by_mail(boss: Client) -> None:
    assert done(act(boss, ChannelFactory(), "issue_gift_card", amount="25.00", email="Ada@example.com"))
    assert Notification.objects.get().context == {"gift_card": GiftCard.objects.get().public_id}


def test_a_card_is_topped_up_sent_and_disabled(boss: Client) -> None:
    card = a_card("10.00", email="ada@example.com")
    old = code_of(card)
    assert done(act(boss, card, "top_up", amount="5.00"))
    assert form_of(boss, action_url(card, "send"))["email"] == "ada@example.com"
    assert done(act(boss, card, "send", with_new_code="on"))
    assert found_card(old, tries_of="test") is None
    assert done(act(boss, card, "disable"))
    card.refresh_from_db()
    assert (card.balance, card.is_usable) == (D("15.00"), False)
    assert refusals(act(boss, card, "top_up", amount="5.00"))
    assert GiftCard.objects.get().balance == D("15.00")


def test_goodwill_for_a_customer(boss: Client) -> None:
    customer, channel = CustomerFactory(), ChannelFactory()
    assert done(act(boss, customer, "grant_credit", channel=channel.pk, amount="5.00", reason="late"))
    credit = StoreCredit.objects.get()
    assert (credit.customer, credit.balance, credit.movements.get().reason) == (customer, D("5.00"), "late")
    assert refusals(act(boss, customer, "grant_credit", channel=channel.pk, amount="5.001")) == {
        "amount": ["Give a positive amount in EUR."]
    }
    assert StoreCredit.objects.get().balance == D("5.00")


def test_goodwill_is_for_who_is_there(boss: Client) -> None:
    ann, gone = CustomerFactory(), CustomerFactory()
    merge_customers(ann.pk, absorbed=gone.pk, by=SYSTEM)
    gone.refresh_from_db()
    offered = {row.pk: GRANT_CREDIT.fits(row) for row in (ann, gone, CustomerFactory(email=None, reference="guest"))}
    assert list(offered.values()) == [True, False, False]


def test_a_refund_as_credit(boss: Client, mug: Product) -> None:
    order = confirmed_order([(mug, 2)])
    dispatched(order)
    settle_payments(order.pk)
    assert done(act(boss, order, "refund", amount="5.00", to="store_credit", reason="late"))
    assert StoreCredit.objects.get().balance == D("5.00")
    order.refresh_from_db()
    assert order.refunded_total == D("5.00")


def test_a_channel_offers_only_gateways_that_there_are(boss: Client) -> None:
    channel = ChannelFactory()
    url = reverse("admin:orders_channel_change", args=[channel.pk])
    values = boss.get(url).context["adminform"].form.initial
    sent = {name: value for name, value in values.items() if value not in (None, False, [])}
    said = boss.post(url, sent | {"link_gateways": "sandbox,paypal"})
    assert said.context["adminform"].form.errors == {"link_gateways": ["There is no gateway paypal."]}
    assert boss.post(url, sent | {"link_gateways": "sandbox"}).status_code == 302
    channel.refresh_from_db()
    assert channel.link_gateways == ["sandbox"]


def test_links_of_an_order_are_listed_with_their_state(boss: Client, unpaid: Order) -> None:
    link = send_payment_link(unpaid.pk, by=ANN)
    listed = boss.get(reverse("admin:orders_paymentlink_changelist")).content.decode()
    assert link.public_id in listed
    assert "Open" in listed
