"""Payment links: sent, replaced, taken back, run out, and followed by the money, whoever pays."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.errors import (
    AmountChanged,
    InvalidRequest,
    NoAddress,
    NotPayable,
    NoWayToPay,
    PaymentDeclined,
    PaymentLinkClosed,
)
from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.links import opened_link, payment_token
from orders.models import Channel, GiftCard, Notification, Order, OrderEvent, Payment, PaymentLink
from orders.requests import PayBy, WantedLine
from orders.services.announce_transfer import announce_transfer
from orders.services.cancel import cancel_order
from orders.services.complete_action import complete_action
from orders.services.confirm import confirm_order
from orders.services.place import place_order
from orders.services.record_payment import record_payment
from orders.services.render import render_message
from orders.services.revoke_links import revoke_links
from orders.services.send_payment_link import cancel_payment_link, expire_payment_links, send_payment_link
from orders.services.settle import settle_payments
from orders.services.take_payment import pay_by_link, take_payment
from orders.states import CancelReason
from tests.factories.orders import ProductFactory
from tests.factories.shipping import CarrierServiceFactory, dispatched, stocked
from tests.factories.value import ANN, a_card, credit_of
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db(transaction=True)
SANDBOX = PayBy(gateway="sandbox")


@pytest.fixture(autouse=True)
def shop() -> None:
    CarrierServiceFactory()
    stocked(ProductFactory(sku="MUG"), 50)


def unpaid(**more: Any) -> Order:
    """Two mugs: 29.90."""
    return place_order(an_order(WantedLine(sku="MUG", quantity=2), **more), by=SYSTEM)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def sent(order: Order, **more: Any) -> PaymentLink:
    return send_payment_link(order.pk, by=ANN, **more)


def status(link: PaymentLink) -> str:
    return PaymentLink.objects.get(pk=link.pk).status


def paid_at_the_gateway(order: Order, link: PaymentLink, due: str = "29.90", *, approved: bool = True) -> Payment:
    """The customer chooses the gateway, and pays on its page."""
    payment = pay_by_link(order.pk, SANDBOX, link_id=link.pk, expected=D(due), by=CUSTOMER)
    complete_action(payment.public_id, approved=approved, token="tok_ok" if approved else "", by=CUSTOMER)
    return Payment.objects.get(pk=payment.pk)


def unchanged(order: Order) -> list[Any]:
    return [
        PaymentLink.objects.count(),
        Payment.objects.count(),
        Notification.objects.count(),
        OrderEvent.objects.count(),
        now(order).version,
    ]


def test_a_link_is_sent_by_mail_and_told() -> None:
    order = unpaid()
    link = sent(order, note="on the phone")

    assert (link.status, link.amount, link.sent_by, link.note) == ("open", None, "ann", "on the phone")
    assert link.expires_at - timezone.now() < timedelta(days=7)
    event = order.events.get(type="payment.link_sent")
    assert (event.public, event.data["amount"], event.data["payment_link"]) == (True, "29.90", link.public_id)
    written = render_message(Notification.objects.get(template="orders/mail/payment_link"))
    url = f"http://127.0.0.1:8000/o/{order.public_id}/pay?link={link.public_id}&t={payment_token(link)}"
    assert url in written.text
    assert f'href="{url.replace("&", "&amp;")}"' in written.html
    assert payment_token(link) not in str(PaymentLink.objects.values().get())


def test_its_token_opens_its_link_until_links_are_revoked() -> None:
    order = unpaid()
    link = sent(order)
    other = sent(unpaid())
    token = payment_token(link)
    assert opened_link(order.public_id, link.public_id, token) == link
    assert opened_link(order.public_id, link.public_id, payment_token(other)) is None
    assert opened_link(order.public_id, other.public_id, payment_token(other)) is None
    revoke_links(order.pk, by=ANN)
    assert opened_link(order.public_id, link.public_id, token) is None


def test_a_newer_link_replaces_an_open_one() -> None:
    order = unpaid()
    first = sent(order)
    second = sent(order, amount=D("10.00"))
    assert (status(first), status(second)) == ("cancelled", "open")
    assert order.events.filter(type="payment.link_cancelled").count() == 1


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"amount": D("29.91")}, NotPayable),
        ({"amount": D(0)}, NotPayable),
        ({"amount": D("1.005")}, NotPayable),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, InvalidRequest),
        ({"expires_at": timezone.now() + timedelta(days=400)}, InvalidRequest),
    ],
)
def test_a_link_that_makes_no_sense_is_refused(asked: dict[str, Any], error: type[Exception]) -> None:
    order = unpaid()
    before = unchanged(order)
    with pytest.raises(error):
        sent(order, **asked)
    assert unchanged(order) == before


def test_what_is_paid_cancelled_or_without_address_gets_no_link() -> None:
    paid = unpaid(payment=PayBy(gateway="sandbox", token="tok_ok"))
    cancelled = unpaid()
    cancel_order(cancelled.pk, reason=CancelReason.STAFF, by=ANN)
    nobody = unpaid()
    Order.objects.filter(pk=nobody.pk).update(email="")
    for order, error in ((paid, NotPayable), (cancelled, NotPayable), (nobody, NoAddress)):
        before = unchanged(order)
        with pytest.raises(error):
            sent(order)
        assert unchanged(order) == before


def test_no_link_leads_to_a_page_without_a_way_to_pay() -> None:
    order = unpaid()
    Channel.objects.update(link_gateways=["manual"])
    before = unchanged(order)
    with pytest.raises(NoWayToPay) as refused:
        sent(order)
    assert str(refused.value) == (
        "Customers of Web shop have no way to pay by a link. Give the channel a bank account (its seller's IBAN), "
        "or allow a gateway in its link gateways."
    )
    assert unchanged(order) == before
    Channel.objects.update(seller_iban="DE02120300000000202051")
    assert status(sent(order)) == "open"


# --- paying


def test_paid_by_the_link_the_order_goes_on() -> None:
    order = unpaid()
    link = sent(order)

    payment = paid_at_the_gateway(order, link)

    assert (payment.status, payment.token, payment.link_id) == ("authorized", "tok_ok", link.pk)
    assert (now(order).status, now(order).balance, status(link)) == ("confirmed", D(0), "paid")
    assert not Notification.objects.filter(template="orders/mail/payment_action").exists()
    call_command("audit", verbosity=0)


def test_a_decline_leaves_the_link_open_and_asks_nobody() -> None:
    order = unpaid()
    link = sent(order)

    payment = paid_at_the_gateway(order, link, approved=False)

    assert (payment.status, status(link)) == ("failed", "open")
    assert not order.holds.exists()
    assert not order.exceptions.exists()
    paid_at_the_gateway(order, link)
    assert (now(order).status, status(link)) == ("confirmed", "paid")


def test_two_clicks_or_two_tabs_are_one_payment() -> None:
    order = unpaid()
    link = sent(order)
    ask = {"link_id": link.pk, "expected": D("29.90"), "by": CUSTOMER}
    first = pay_by_link(order.pk, SANDBOX, **ask)
    assert pay_by_link(order.pk, SANDBOX, **ask) == first
    assert Payment.objects.count() == 1


def test_another_way_gives_up_the_one_that_waits() -> None:
    order = unpaid()
    link = sent(order)
    ask = {"link_id": link.pk, "by": CUSTOMER}
    waiting = pay_by_link(order.pk, SANDBOX, expected=D("29.90"), **ask)
    gift = a_card("10.00")

    pay_by_link(order.pk, PayBy(gateway="gift_card", token=code_of(gift)), expected=D("29.90"), **ask)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.action_url) == ("voided", None)
    with pytest.raises(NotPayable):
        complete_action(waiting.public_id, approved=True, by=CUSTOMER)
    assert (now(order).status, now(order).payment_status, status(link)) == ("placed", "partially_paid", "open")
    paid_at_the_gateway(order, link, "19.90")
    assert (now(order).status, status(link)) == ("confirmed", "paid")
    call_command("audit", verbosity=0)


def test_what_the_page_said_must_still_be_true() -> None:
    order = unpaid()
    link = sent(order)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={order.lines.get().public_id: 1}, by=CUSTOMER)
    before = unchanged(order)
    with pytest.raises(AmountChanged, match=r"Now 17\.40 EUR"):
        pay_by_link(order.pk, SANDBOX, link_id=link.pk, expected=D("29.90"), by=CUSTOMER)
    assert unchanged(order) == before
    paid_at_the_gateway(order, link, "17.40")
    assert now(order).status == "confirmed"


def test_a_wrong_code_changes_nothing() -> None:
    order = unpaid()
    link = sent(order)
    before = unchanged(order)
    with pytest.raises(PaymentDeclined):
        pay_by_link(
            order.pk,
            PayBy(gateway="gift_card", token="0"),
            link_id=link.pk,
            expected=D("29.90"),
            by=CUSTOMER,
        )
    assert unchanged(order) == before


def test_a_link_for_a_part_is_paid_with_that_part() -> None:
    order = unpaid()
    link = sent(order, amount=D("10.00"))
    paid_at_the_gateway(order, link, "10.00")
    assert (status(link), now(order).status, now(order).balance) == ("paid", "placed", D("19.90"))
    paid_at_the_gateway(order, sent(order), "19.90")
    assert now(order).status == "confirmed"


def test_the_customers_credit_pays_by_the_link() -> None:
    order = unpaid()
    credit_of("ada@example.com", "40.00")
    link = sent(order)
    ask = {"link_id": link.pk, "expected": D("29.90"), "by": CUSTOMER}
    payment = pay_by_link(order.pk, PayBy(gateway="store_credit"), **ask)
    assert (payment.amount, payment.store_credit.balance) == (D("29.90"), D("10.10"))
    assert (now(order).status, status(link)) == ("confirmed", "paid")


def test_an_announced_transfer_is_one_and_is_found_when_it_arrives() -> None:
    order = unpaid()
    link = sent(order)
    for _ in range(2):
        payment = announce_transfer(order.pk, link_id=link.pk, expected=D("29.90"), by=CUSTOMER)
    assert (Payment.objects.count(), payment.status, payment.amount) == (1, "pending", D("29.90"))

    recorded = record_payment(order.pk, amount=D("29.90"), note="bank", by=ANN)

    assert (recorded.pk, recorded.status) == (payment.pk, "captured")
    assert (now(order).status, status(link)) == ("confirmed", "paid")


def test_paid_in_another_way_the_link_is_not_wanted_any_more() -> None:
    order = unpaid()
    link = sent(order)
    record_payment(order.pk, amount=D("29.90"), by=ANN)
    assert status(link) == "cancelled"
    with pytest.raises(PaymentLinkClosed):
        pay_by_link(order.pk, SANDBOX, link_id=link.pk, expected=D(0), by=CUSTOMER)


def test_a_late_payment_of_what_was_sent_already_is_charged_at_once() -> None:
    order = unpaid()
    confirm_order(order.pk, by=ANN)
    link = sent(order)
    dispatched(now(order))

    paid_at_the_gateway(order, link)
    settle_payments(order.pk)

    assert (now(order).captured_total, now(order).payment_status) == (D("29.90"), "paid")
    call_command("audit", verbosity=0)


# --- its end


def test_cancelled_with_its_order_or_by_staff() -> None:
    order = unpaid()
    link = sent(order)
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
    assert status(link) == "cancelled"
    other = sent(unpaid())
    cancel_payment_link(other.pk, by=ANN)
    assert status(other) == "cancelled"
    with pytest.raises(PaymentLinkClosed):
        cancel_payment_link(other.pk, by=ANN)


def test_a_link_runs_out_and_a_person_is_asked_only_where_the_order_waits() -> None:
    waits, goes_on = unpaid(), unpaid()
    confirm_order(goes_on.pk, by=ANN)
    links = [sent(waits), sent(goes_on)]
    still = sent(unpaid())
    PaymentLink.objects.exclude(pk=still.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(PaymentLinkClosed):  # before the beat says so, too
        pay_by_link(waits.pk, SANDBOX, link_id=links[0].pk, expected=D("29.90"), by=CUSTOMER)

    assert expire_payment_links() == 2
    assert expire_payment_links() == 0

    assert [status(link) for link in (*links, still)] == ["expired", "expired", "open"]
    assert [row.category for row in waits.exceptions.all()] == ["payment_link_expired"]
    assert not goes_on.exceptions.exists()
    sent(waits)
    assert waits.exceptions.get().status == "resolved"


def test_who_pays_at_the_gateway_after_the_link_ran_out_has_paid() -> None:
    order = unpaid()
    link = sent(order)
    payment = pay_by_link(order.pk, SANDBOX, link_id=link.pk, expected=D("29.90"), by=CUSTOMER)
    PaymentLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_payment_links()

    complete_action(payment.public_id, approved=True, by=CUSTOMER)

    assert (now(order).status, status(link)) == ("confirmed", "expired")
    assert order.exceptions.get().status == "resolved"


# --- one payment more, by staff


def test_staff_take_a_gift_card_for_a_part() -> None:
    order = unpaid()
    gift = a_card("50.00")
    payment = take_payment(order.pk, PayBy(gateway="gift_card", token=code_of(gift), amount=D("9.90")), by=ANN)
    assert (payment.status, payment.authorized_amount) == ("authorized", D("9.90"))
    assert (now(order).balance, GiftCard.objects.get().balance) == (D("20.00"), D("40.10"))


def test_a_card_that_is_declined_leaves_only_its_payment() -> None:
    order = unpaid()
    version = now(order).version
    with pytest.raises(PaymentDeclined):
        take_payment(order.pk, PayBy(gateway="sandbox", token="tok_decline"), by=ANN)
    assert (order.payments.get().status, now(order).version, now(order).status) == ("failed", version, "placed")
    assert not order.holds.exists()
    assert not order.exceptions.exists()


def test_no_more_than_is_owed_is_taken() -> None:
    order = unpaid()
    before = unchanged(order)
    for amount in ("29.91", "0", "1.001"):
        with pytest.raises(NotPayable, match="amount"):
            take_payment(order.pk, PayBy(gateway="sandbox", token="tok_ok", amount=D(amount)), by=ANN)
    with pytest.raises(InvalidRequest, match="recorded"):
        take_payment(order.pk, PayBy(gateway="manual"), by=ANN)
    assert unchanged(order) == before
    take_payment(order.pk, PayBy(gateway="sandbox", token="tok_ok"), by=ANN)
    with pytest.raises(NotPayable, match="Nothing is owed"):
        take_payment(order.pk, PayBy(gateway="sandbox", token="tok_ok"), by=ANN)
