"""The last euro of a card is spent once, and an order is paid once, whoever asks at the same time."""

from decimal import Decimal as D
from functools import partial

import pytest
from django.core.management import call_command
from django.db.models import Sum

from orders.errors import NotPayable, PaymentDeclined, PaymentInFlight, PaymentLinkClosed
from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import BalanceMovement, Channel, GiftCard, Order, OrderEvent, Payment, PaymentLink, StoreCredit
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.complete_action import complete_action
from orders.services.place import place_order
from orders.services.record_answer import Settled
from orders.services.send_payment_link import cancel_payment_link, send_payment_link
from orders.services.settle import settle_payments
from orders.services.take_payment import pay_by_link, take_payment
from orders.states import CancelReason
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.shipping import stocked
from tests.factories.value import ANN, a_card, credit_of
from tests.orders.requests import an_order
from tests.races.runners import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LINK_ENDS = {"payment.link_paid", "payment.link_cancelled"}


@pytest.fixture(autouse=True)
def shop() -> None:
    ShippingMethodFactory()
    stocked(ProductFactory(sku="MUG"), 100)


def wanted(*payments: PayBy):
    return an_order(WantedLine(sku="MUG", quantity=1), payments=payments)


def test_two_orders_and_the_last_euro_of_a_card() -> None:
    for _ in range(3):
        gift = a_card("17.40")  # one mug with shipping
        by_gift = PayBy(gateway="gift_card", token=code_of(gift), amount=D("17.40"))

        outcomes = at_once([partial(place_order, wanted(by_gift), by=SYSTEM)] * 4)

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Order"] + ["PaymentDeclined"] * 3
        gift.refresh_from_db()
        assert gift.balance == 0
        assert gift.movements.aggregate(sum=Sum("amount"))["sum"] == 0
    assert Order.objects.filter(status="confirmed").count() == Order.objects.count() == 3


def test_cards_in_any_order_never_wait_in_a_ring() -> None:
    one, other = a_card("100.00"), a_card("100.00")
    ways = [PayBy(gateway="gift_card", token=code_of(gift), amount=D("5.00")) for gift in (one, other)]

    outcomes = at_once([partial(place_order, wanted(*(ways if i % 2 else ways[::-1])), by=SYSTEM) for i in range(8)])

    assert all(isinstance(outcome, Order) for outcome in outcomes), outcomes
    assert list(GiftCard.objects.values_list("balance", flat=True)) == [D("60.00"), D("60.00")]


def test_credit_that_comes_back_while_it_is_spent() -> None:
    credit_of("ada@example.com", "17.40")
    order = place_order(wanted(PayBy(gateway="store_credit")), by=SYSTEM)

    def give_back() -> object:
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
        return settle_payments(order.pk)

    again = place_order(wanted(), by=SYSTEM)
    outcomes = at_once([give_back, partial(take_payment, again.pk, PayBy(gateway="store_credit"), by=ANN)])

    taken = isinstance(outcomes[1], Payment)
    assert taken or isinstance(outcomes[1], PaymentDeclined)
    assert StoreCredit.objects.get().balance == (0 if taken else D("17.40"))
    assert BalanceMovement.objects.aggregate(sum=Sum("amount"))["sum"] == StoreCredit.objects.get().balance


def test_one_order_is_paid_once() -> None:
    for _ in range(3):
        order = place_order(wanted(), by=SYSTEM)
        by_card = PayBy(gateway="sandbox", token="tok_ok")

        outcomes = at_once([partial(take_payment, order.pk, by_card, by=ANN)] * 4)

        refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert len(refused) == 3
        assert {type(refusal) for refusal in refused} <= {PaymentInFlight, NotPayable}
        order.refresh_from_db()
        assert (order.authorized_total, order.balance, order.payments.count()) == (D("17.40"), D(0), 1)


@pytest.mark.parametrize("is_sent", [True, False])
def test_two_tabs_begin_one_payment(is_sent: bool) -> None:
    """By a link that was sent, and from the order's own page, where the first click opens one."""
    Channel.objects.update(unpaid_expires_after_hours=48)
    order = place_order(wanted(), by=SYSTEM)
    link = send_payment_link(order.pk, by=ANN) if is_sent else None
    pay = partial(
        pay_by_link,
        order.pk,
        PayBy(gateway="sandbox"),
        link_id=link.pk if link else None,
        expected=D("17.40"),
        by=CUSTOMER,
    )

    outcomes = at_once([pay] * 4)

    assert {type(outcome) for outcome in outcomes} <= {Payment, PaymentInFlight}
    assert (Payment.objects.count(), PaymentLink.objects.count()) == (1, 1)
    assert pay().action_url


def test_a_link_is_taken_back_while_it_is_paid() -> None:
    """Paid with a card of ours, it is paid in that moment: then there is no link to take back; or none to pay by."""
    for _ in range(3):
        gift = a_card("17.40")
        order = place_order(wanted(), by=SYSTEM)
        link = send_payment_link(order.pk, by=ANN)
        by_gift = PayBy(gateway="gift_card", token=code_of(gift))

        paid, cancelled = at_once(
            [
                partial(pay_by_link, order.pk, by_gift, link_id=link.pk, expected=D("17.40"), by=CUSTOMER),
                partial(cancel_payment_link, link.pk, by=ANN),
            ]
        )

        for row in (order, link, gift):
            row.refresh_from_db()
        told = set(OrderEvent.objects.filter(order=order).values_list("type", flat=True))
        if isinstance(paid, Payment):
            assert isinstance(cancelled, PaymentLinkClosed)
            assert (order.status, order.balance, link.status, gift.balance) == ("confirmed", D(0), "paid", D(0))
            assert told & LINK_ENDS == {"payment.link_paid"}
        else:
            assert isinstance(paid, PaymentLinkClosed)
            assert isinstance(cancelled, PaymentLink)
            assert (order.status, order.balance, link.status) == ("placed", D("17.40"), "cancelled")
            assert (gift.balance, order.payments.count()) == (D("17.40"), 0)
            assert told & LINK_ENDS == {"payment.link_cancelled"}
    call_command("audit", verbosity=0)


def test_a_link_is_taken_back_while_its_customer_approves_at_the_gateway() -> None:
    """Who is at the gateway's page has left ours: what they approve is money for the order, whatever the link says."""
    for _ in range(3):
        order = place_order(wanted(), by=SYSTEM)
        link = send_payment_link(order.pk, by=ANN)
        begun = pay_by_link(order.pk, PayBy(gateway="sandbox"), link_id=link.pk, expected=D("17.40"), by=CUSTOMER)

        approved, cancelled = at_once(
            [
                partial(complete_action, begun.public_id, approved=True, token="tok_ok", by=CUSTOMER),
                partial(cancel_payment_link, link.pk, by=ANN),
            ]
        )

        assert isinstance(approved, Settled)
        for row in (order, link):
            row.refresh_from_db()
        assert (order.status, order.authorized_total, order.balance) == ("confirmed", D("17.40"), D(0))
        told = set(OrderEvent.objects.filter(order=order).values_list("type", flat=True)) & LINK_ENDS
        if isinstance(cancelled, PaymentLinkClosed):
            assert (link.status, told) == ("paid", {"payment.link_paid"})
        else:
            assert isinstance(cancelled, PaymentLink)
            assert (link.status, told) == ("cancelled", {"payment.link_cancelled"})
    call_command("audit", verbosity=0)
