"""Orders paid in several ways: placed whole or not at all, charged in order, given back from the last."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.errors import GatewayUnavailable, InvalidRequest, PaymentDeclined
from orders.gateways.protocol import Answer, Call, NoAnswer, Outcome
from orders.gateways.sandbox import Sandbox
from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import (
    BalanceMovement,
    Channel,
    GiftCard,
    Notification,
    Order,
    OrderEvent,
    Payment,
    PaymentTransaction,
    StoreCredit,
)
from orders.requests import PayBy, WantedLine
from orders.services.cancel import cancel_order
from orders.services.complete_action import complete_action
from orders.services.gift_card import disable_gift_card
from orders.services.place import place_order
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from orders.states import CancelReason
from tests.factories.orders import ProductFactory
from tests.factories.shipping import CarrierServiceFactory, dispatched, stocked
from tests.factories.value import ANN, a_card, credit_of
from tests.orders.requests import an_order
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shop() -> None:
    """Mugs at 12.50; shipping is 4.90: two mugs cost 29.90."""
    CarrierServiceFactory()
    stocked(ProductFactory(sku="MUG"), 50)


def card(token: str = "tok_ok", amount: str | None = None) -> PayBy:
    return PayBy(gateway="sandbox", token=token, amount=None if amount is None else D(amount))


def by_gift(value: GiftCard, amount: str | None = None) -> PayBy:
    return PayBy(gateway="gift_card", token=code_of(value), amount=None if amount is None else D(amount))


CREDIT = PayBy(gateway="store_credit")


def bought(*payments: PayBy, **more: Any) -> Order:
    return place_order(an_order(WantedLine(sku="MUG", quantity=2), payments=payments, **more), by=SYSTEM)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def kept() -> list[Any]:
    """What a refused placement must leave as it was."""
    balances = [*GiftCard.objects.values_list("balance", flat=True), *StoreCredit.objects.values_list("balance")]
    counts = [Notification.objects.count(), OrderEvent.objects.exclude(type="stock.released").count()]
    visible = Order.objects.exclude(status="declined").count()
    return [balances, counts, visible, StockLevel.objects.get().allocated]


def money(order: Order) -> tuple[D, D, D, D]:
    """Reserved in all, charged, given back, still owed."""
    row = now(order)
    return row.authorized_total, row.captured_total, row.refunded_total, row.balance


def audited() -> None:
    call_command("audit", verbosity=0)


def test_two_cards_pay_one_order() -> None:
    order = bought(card(amount="10.00"), card())

    assert now(order).status == "confirmed"
    assert money(order) == (D("29.90"), D(0), D(0), D(0))
    assert list(order.payments.values_list("amount", "status")) == [
        (D("10.00"), "authorized"),
        (D("19.90"), "authorized"),
    ]
    assert list(order.events.values_list("type", flat=True))[:4] == [
        "order.placed",
        "payment.authorized",
        "payment.authorized",
        "order.confirmed",
    ]
    audited()


def test_a_gift_card_pays_as_much_as_it_has_and_a_card_the_rest() -> None:
    gift = a_card("10.00")
    order = bought(by_gift(gift), card())

    assert now(order).status == "confirmed"
    assert list(order.payments.values_list("gateway", "amount", "token")) == [
        ("gift_card", D("10.00"), ""),
        ("sandbox", D("19.90"), "tok_ok"),
    ]
    gift.refresh_from_db()
    assert gift.balance == 0
    assert list(gift.movements.values_list("kind", "amount", "payment__order")) == [
        ("issued", D("10.00"), None),
        ("reserved", D("-10.00"), order.pk),
    ]
    audited()


def test_value_alone_pays_an_order_in_one_transaction() -> None:
    credit_of("ada@example.com", "10.00")
    gift = a_card("50.00")
    order = bought(CREDIT, by_gift(gift), card())

    assert now(order).status == "confirmed"
    assert list(order.payments.values_list("gateway", "amount")) == [
        ("store_credit", D("10.00")),
        ("gift_card", D("19.90")),
    ]
    assert GiftCard.objects.get().balance == D("30.10")
    assert now(order).payment_status == "authorized"
    audited()


def test_what_is_not_paid_waits() -> None:
    order = bought(card(amount="10.00"))
    assert (now(order).status, now(order).payment_status) == ("placed", "partially_paid")
    assert money(order) == (D("10.00"), D(0), D(0), D("19.90"))
    order = bought(by_gift(a_card("5.00")))
    assert (now(order).status, now(order).payment_status) == ("placed", "partially_paid")
    audited()


@pytest.mark.parametrize("declining", [0, 1, 2])
def test_one_no_and_nothing_is_kept(declining: int) -> None:
    credit_of("ada@example.com", "3.00")
    gift = a_card("5.00")
    tokens = ["tok_ok"] * 3
    tokens[declining] = "tok_decline"
    before = kept()

    with pytest.raises(PaymentDeclined):
        bought(CREDIT, by_gift(gift), *(card(token, "7.00") for token in tokens))

    assert kept() == before
    order = Order.objects.get()
    assert (order.status, order.authorized_total) == ("declined", D(0))
    assert not order.payments.exclude(status__in=["voided", "failed"]).exists()
    asked = PaymentTransaction.objects.filter(payment__gateway="sandbox", kind="authorization", status="success")
    voided = PaymentTransaction.objects.filter(payment__gateway="sandbox", kind="void", status="success")
    assert (asked.count(), voided.count()) == (declining, declining)
    audited()


def test_a_declined_order_may_be_sent_again_and_paid_with_the_same_card() -> None:
    gift = a_card("5.00")
    with pytest.raises(PaymentDeclined):
        bought(by_gift(gift), card("tok_decline"), external_ref="web-1")
    order = bought(by_gift(gift), card(), external_ref="web-1")
    assert now(order).status == "confirmed"
    assert GiftCard.objects.get().balance == 0


def test_one_that_needs_approval_lets_the_order_wait_for_it() -> None:
    order = bought(card("tok_requires_action", "10.00"), card())
    assert (now(order).status, now(order).payment_status) == ("placed", "partially_paid")
    assert list(order.events.values_list("type", flat=True)) == [
        "order.placed",
        "payment.authorized",
        "payment.action_required",
    ]

    complete_action(order.payments.get(status="requires_action").public_id, approved=True, by=CUSTOMER)

    assert (now(order).status, now(order).payment_status) == ("confirmed", "authorized")
    audited()


def test_a_silent_gateway_is_asked_again_and_the_order_placed_then(monkeypatch: pytest.MonkeyPatch) -> None:
    gift, real, asked = a_card("5.00"), Sandbox.authorize, []

    def silent_once(self: Sandbox, call: Call) -> Answer:
        asked.append(call.amount)
        if len(asked) == 2:
            raise NoAnswer
        return real(self, call)

    monkeypatch.setattr(Sandbox, "authorize", silent_once)
    with pytest.raises(GatewayUnavailable):
        bought(by_gift(gift), card(amount="10.00"), card())
    order = Order.objects.get()
    assert (order.status, order.events.count()) == ("submitted", 0)
    PaymentTransaction.objects.filter(status="pending").update(due_at=timezone.now())

    settle_payments()

    assert now(order).status == "confirmed"
    assert asked == [D("10.00"), D("14.90"), D("14.90")]
    assert order.events.filter(type="payment.authorized").count() == 3
    audited()


def test_a_yes_that_comes_after_anothers_no_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house burnt down while the second gateway was asked; the completer hears its answers in any order."""
    real = Sandbox.authorize

    def silent(_self: Sandbox, _call: Call) -> Answer:
        raise NoAnswer

    monkeypatch.setattr(Sandbox, "authorize", silent)
    with pytest.raises(GatewayUnavailable):
        bought(card("tok_decline", "10.00"), card())
    second = PaymentTransaction.objects.get(payment__token="tok_ok")
    PaymentTransaction.objects.filter(pk=second.pk).update(attempts=1)
    monkeypatch.setattr(Sandbox, "authorize", real)
    PaymentTransaction.objects.exclude(pk=second.pk).update(due_at=timezone.now())
    settle_payments()
    order = Order.objects.get()
    assert order.status == "declined"
    PaymentTransaction.objects.filter(pk=second.pk).update(due_at=timezone.now())
    settle_payments()
    settle_payments(order.pk)

    assert (now(order).authorized_total, [row.type for row in order.events.all()]) == (D(0), ["stock.released"])
    assert order.payments.get(token="tok_ok").status == "voided"
    audited()


@pytest.mark.parametrize(
    ("payments", "pointer"),
    [
        ((card(amount="30.00"),), "#/payments/0"),
        ((card(amount="20.00"), card(amount="10.00")), "#/payments/1"),
        ((card(amount="0"),), "#/payments/0/amount"),
        ((card(amount="1.001"),), "#/payments/0/amount"),
        ((PayBy(gateway="gift_card"),), "#/payments/0/token"),
        ((card(), PayBy(gateway="gift_card")), "#/payments/1/token"),
    ],
)
def test_amounts_that_can_not_be_are_refused_with_their_place(payments: tuple[PayBy, ...], pointer: str) -> None:
    before = kept()
    with pytest.raises(InvalidRequest) as refused:
        bought(*payments)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert kept() == before
    assert not Payment.objects.exists()


def test_payment_and_payments_are_not_both_meant() -> None:
    with pytest.raises(InvalidRequest) as refused:
        bought(card(), payment=card())
    assert [error.pointer for error in refused.value.errors] == ["#/payments"]
    assert not Order.objects.exists()


def expired() -> GiftCard:
    value = a_card()
    GiftCard.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return value


def disabled() -> GiftCard:
    return disable_gift_card(a_card().pk, by=ANN)


@pytest.mark.parametrize(
    ("make", "amount", "code"),
    [
        (expired, None, "card_unusable"),
        (disabled, None, "card_unusable"),
        (a_card, "10.01", "insufficient_balance"),
    ],
)
def test_a_card_that_can_not_pay_refuses_the_order(make: Any, amount: str | None, code: str) -> None:
    value = make()
    before = kept()
    with pytest.raises(PaymentDeclined) as refused:
        bought(by_gift(value, amount))
    assert refused.value.extra["gateway_code"] == code
    assert kept() == before
    assert BalanceMovement.objects.count() == 1
    assert not Order.objects.exists()


def test_an_unknown_code_and_no_credit_refuse_the_order() -> None:
    with pytest.raises(PaymentDeclined, match="no code"):
        bought(PayBy(gateway="gift_card", token="0000-0000"))
    with pytest.raises(PaymentDeclined, match="no store credit"):
        bought(CREDIT)
    credit_of("somebody.else@example.com")
    with pytest.raises(PaymentDeclined, match="no store credit"):
        bought(CREDIT)
    assert not Order.objects.exists()


def test_a_cancelled_order_gives_everything_back_where_it_came_from() -> None:
    credit_of("ada@example.com", "3.00")
    gift = a_card("10.00")
    order = bought(CREDIT, by_gift(gift), card())

    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
    settle_payments(order.pk)

    assert money(order)[:3] == (D(0), D(0), D(0))
    assert (GiftCard.objects.get().balance, StoreCredit.objects.get().balance) == (D("10.00"), D("3.00"))
    assert list(gift.movements.values_list("kind", flat=True)) == ["issued", "reserved", "released"]
    audited()


def paid_and_sent() -> tuple[Order, GiftCard]:
    """Charged: 3.00 of credit, 10.00 of a gift card, 16.90 of a card."""
    credit_of("ada@example.com", "3.00")
    gift = a_card("10.00")
    order = bought(CREDIT, by_gift(gift), card())
    dispatched(order)
    settle_payments(order.pk)
    assert money(order) == (D("29.90"), D("29.90"), D(0), D(0))
    return order, gift


def test_a_refund_begins_with_what_was_paid_last() -> None:
    order, gift = paid_and_sent()

    for amount in ("16.90", "5.00", "8.00"):
        grant_refund(order.pk, amount=D(amount), reason="goodwill", by=ANN)
        settle_payments(order.pk)

    parts = PaymentTransaction.objects.filter(kind="refund").order_by("pk")
    assert list(parts.values_list("payment__gateway", "amount", "status")) == [
        ("sandbox", D("16.90"), "success"),
        ("gift_card", D("5.00"), "success"),
        ("gift_card", D("5.00"), "success"),
        ("store_credit", D("3.00"), "success"),
    ]
    gift.refresh_from_db()
    assert (gift.balance, StoreCredit.objects.get().balance) == (D("10.00"), D("3.00"))
    assert money(order) == (D("29.90"), D("29.90"), D("29.90"), D(0))
    audited()


def test_a_refund_may_become_store_credit_at_once() -> None:
    order, gift = paid_and_sent()

    refund = grant_refund(order.pk, amount=D("20.00"), reason="late", to="store_credit", by=ANN)

    refund.refresh_from_db()
    assert (refund.status, refund.to) == ("succeeded", "store_credit")
    assert StoreCredit.objects.get().balance == D("20.00")
    gift.refresh_from_db()
    assert gift.balance == 0  # what came from the card is credit now, not both
    assert money(order)[2] == D("20.00")
    parts = PaymentTransaction.objects.filter(kind="refund").order_by("pk").values_list("payment__gateway", "amount")
    assert list(parts) == [("sandbox", D("16.90")), ("gift_card", D("3.10"))]
    told = Notification.objects.get(template="orders/mail/refunded")
    assert told.context["to"] == "store_credit"
    assert not order.exceptions.exists()
    assert settle_payments(order.pk) == 0  # no gateway is asked
    audited()


def test_money_that_goes_back_to_a_dead_card_asks_a_person() -> None:
    order, gift = paid_and_sent()
    disable_gift_card(gift.pk, by=ANN)
    grant_refund(order.pk, amount=D("20.00"), reason="goodwill", by=ANN)
    settle_payments(order.pk)
    gift.refresh_from_db()
    assert gift.balance == D("3.10")
    assert [(row.category, row.subject_id) for row in order.exceptions.all()] == [
        ("gift_card_unusable", gift.public_id)
    ]


def test_a_gateway_that_says_what_nobody_knows_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Answer(outcome=Outcome.REFUSED, error_code="strange")
    monkeypatch.setattr(Sandbox, "authorize", lambda _self, _call: refused)
    gift = a_card("5.00")
    with pytest.raises(PaymentDeclined) as told:
        bought(by_gift(gift), card())
    assert told.value.extra == {"gateway_code": "strange"}
    assert GiftCard.objects.get().balance == D("5.00")


def test_the_rest_at_the_door_confirms_where_the_channel_says_so() -> None:
    Channel.objects.update(confirms_manual_at_once=True)
    order = bought(card(amount="10.00"), PayBy(gateway="manual"))
    assert (now(order).status, now(order).payment_status) == ("confirmed", "partially_paid")
    assert list(order.payments.values_list("gateway", "amount", "status")) == [
        ("sandbox", D("10.00"), "authorized"),
        ("manual", D("19.90"), "pending"),
    ]
    audited()
