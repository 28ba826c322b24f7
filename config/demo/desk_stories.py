"""What the demo's support does at the desk: phone orders, a change, an order begun again, and calls."""

from datetime import timedelta

from django.utils import timezone

from config.demo.teller import Storyteller
from orders.change_requests import AddLine, ChangeAction, SetQuantity
from orders.drafts import DraftBuyer, DraftLine
from orders.kernel.actor import CUSTOMER, Actor, ActorKind
from orders.models import Order, Product
from orders.requests import OrderRequest, PayBy
from orders.services.cancel import cancel_order
from orders.services.change import change_order
from orders.services.draft import create_draft
from orders.services.log_contact import log_contact
from orders.services.place_draft import place_draft
from orders.services.reorder import reorder
from orders.services.request_change import request_change
from orders.services.settle import settle_payments
from orders.states import CancelReason, ContactChannel, ContactDirection, ContactReason

SUPPORT = Actor(kind=ActorKind.STAFF, name="support")


def phoned(t: Storyteller) -> None:
    """Two phone orders: one placed with a link to pay it, one that is paid by transfer."""
    first = t.place({"HONEY": 1}, payment=PayBy(gateway="manual"))
    by_link = create_draft(_again(first, DraftLine(sku="CANDLE", quantity=2)), by=SUPPORT)
    place_draft(by_link.pk, by_link=True, by=SUPPORT)
    line = DraftLine(
        sku="THROW", quantity=1, unit_price=Product.objects.get(sku="THROW").price - 5, reason="Promised on the phone"
    )
    by_hand = create_draft(_again(first, line), by=SUPPORT)
    place_draft(by_hand.pk, payment=PayBy(gateway="manual"), by=SUPPORT)
    talk(first, ContactReason.ORDERING, note="Wants more candles; sent her a link.")


def thinking(t: Storyteller) -> None:
    """A draft whose goods are kept until tomorrow, when its customer is called."""
    tomorrow = timezone.now() + timedelta(days=1)
    known = t.place({"NOTEBOOK": 1})
    line = DraftLine(sku="LAMP", quantity=1)
    create_draft(_again(known, line), reserve_until=tomorrow, call_back_at=tomorrow, is_frozen=True, by=SUPPORT)


def changed(t: Storyteller) -> None:
    """An order that got one thing more and one less."""
    order = t.place({"MUG-BLUE": 2, "HONEY": 1})
    line = order.lines.get(sku="MUG-BLUE")
    actions: list[ChangeAction] = [SetQuantity(line=line.public_id, quantity=1), AddLine(sku="CANDLE", quantity=1)]
    change_order(order.pk, actions, note="On the phone", by=SUPPORT)
    settle_payments(order.pk)
    talk(order, ContactReason.CHANGE, note="One mug less, a candle instead.")


def wished(t: Storyteller) -> None:
    """A customer asks for less, and waits for an answer."""
    order = t.place({"TEA-EARL": 3})
    request_change(order.pk, [SetQuantity(line=order.lines.get().public_id, quantity=2)], by=CUSTOMER)


def begun_again(t: Storyteller) -> None:
    """A cancelled order, begun again in a draft."""
    order = t.place({"PEN-SET": 2})
    cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=SUPPORT)
    settle_payments(order.pk)
    reorder(order.pk, by=SUPPORT)
    talk(order, ContactReason.ORDERING, channel=ContactChannel.MAIL, note="Does want it after all.")


def talk(order: Order, reason: ContactReason, *, note: str, channel: ContactChannel = ContactChannel.PHONE) -> None:
    """Log a contact that the customer began."""
    log_contact(
        customer_id=order.customer_id,
        order_id=order.pk,
        direction=ContactDirection.INBOUND,
        channel=channel,
        reason=reason,
        note=note,
        by=SUPPORT,
    )


def _again(order: Order, line: DraftLine) -> OrderRequest:
    """What the customer of ``order`` wants now, to where that one goes."""
    return OrderRequest(
        channel=order.channel.code,
        currency=order.currency,
        customer=DraftBuyer(
            customer_id=order.customer_id, email=order.email, name=order.customer_name, language=order.language
        ),
        shipping_address=order.shipping_address,
        shipping_method=order.shipping_method.code if order.shipping_method else "",
        lines=(line,),
    )


DESK_STORIES = (phoned, thinking, changed, wished, begun_again)
