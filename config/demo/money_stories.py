"""Orders paid in more ways than one: links, gift cards, credit, and payments that share one order."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from config.demo.teller import PAID, Storyteller
from orders.gift_codes import code_of
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import Channel, GiftCard, Order
from orders.requests import PayBy
from orders.services.announce_transfer import announce_transfer
from orders.services.complete_action import complete_action
from orders.services.gift_card import issue_gift_card
from orders.services.grant_credit import grant_credit
from orders.services.refund import grant_refund
from orders.services.send_payment_link import send_payment_link
from orders.services.settle import settle_payments
from orders.services.take_payment import pay_by_link
from orders.states import RefundTarget


def _card(amount: str, email: str = "") -> GiftCard:
    channel = Channel.objects.get(code="web")
    until = timezone.now() + timedelta(days=3 * 365)
    return issue_gift_card(
        channel.pk, amount=Decimal(amount), email=email, expires_at=until, note="Contest at the fair", by=SYSTEM
    )


def _unpaid(t: Storyteller, lines: dict[str, int]) -> Order:
    return t.place(lines, payment=None)


def card_by_mail(_t: Storyteller) -> None:
    _card("50.00", email="mia@example.com")


def split(t: Storyteller) -> None:
    """A gift card pays what it has, a card the rest; all of it has arrived."""
    by_gift = PayBy(gateway="gift_card", token=code_of(_card("25.00", email="eva@example.com")))
    t.deliver(t.place({"TEAPOT": 1, "TEA-EARL": 2}, payment=None, payments=(by_gift, PAID)))


def half_paid(t: Storyteller) -> None:
    """A gift card pays a part; the link for the rest is open."""
    by_gift = PayBy(gateway="gift_card", token=code_of(_card("10.00")))
    order = t.place({"LANTERN": 1}, payment=by_gift)
    send_payment_link(order.pk, note="Asked for it on the phone", by=SYSTEM)


def asked_to_pay(t: Storyteller) -> None:
    send_payment_link(_unpaid(t, {"CANDLE": 4, "HONEY": 1}).pk, by=SYSTEM)


def paid_by_link(t: Storyteller) -> None:
    order = _unpaid(t, {"CUSHION": 2})
    link = send_payment_link(order.pk, by=SYSTEM)
    payment = pay_by_link(order.pk, PayBy(gateway="sandbox"), link_id=link.pk, expected=order.total, by=CUSTOMER)
    complete_action(payment.public_id, approved=True, token="tok_ok", by=CUSTOMER)  # noqa: S106


def transfer_announced(t: Storyteller) -> None:
    order = _unpaid(t, {"CLOCK": 1})
    link = send_payment_link(order.pk, by=SYSTEM)
    announce_transfer(order.pk, link_id=link.pk, expected=order.total, by=CUSTOMER)


def goodwill(t: Storyteller) -> None:
    """A refund became credit, there is some more as an apology, and the customer is asked to pay another order."""
    order = t.place({"PLATE-4": 1, "CANDLE": 1})
    t.deliver(order)
    grant_refund(order.pk, amount=Decimal("5.00"), reason="damaged", to=RefundTarget.STORE_CREDIT, by=SYSTEM)
    settle_payments(order.pk)
    grant_credit(
        order.customer_id,
        channel_id=order.channel_id,
        amount=Decimal("10.00"),
        reason="damaged",
        note="One plate was chipped",
        by=SYSTEM,
    )


MONEY_STORIES: tuple[Callable[[Storyteller], object], ...] = (
    card_by_mail,
    split,
    half_paid,
    goodwill,
    paid_by_link,
    transfer_announced,
    asked_to_pay,
)
