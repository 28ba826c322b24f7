"""Note that a customer is going to send money by bank: it is recorded when it is there."""

from decimal import Decimal

from orders.errors import AmountChanged, PaymentLinkClosed
from orders.kernel.actor import Actor
from orders.kernel.money import text
from orders.kernel.work import work
from orders.locks import locked_order, locked_payments
from orders.models import Payment
from orders.selectors import due_by_link, open_link
from orders.services.give_up_payment import give_up_unmade
from orders.states import PaymentStatus

MANUAL = "manual"


def announce_transfer(order_id: int, *, link_id: int, expected: Decimal, by: Actor) -> Payment:
    """A pending payment of what is due by the link; said twice it is one.

    ``orders.services.record_payment`` finds it again when that amount comes in. Raises ``PaymentLinkClosed`` and
    ``AmountChanged``.
    """
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        link = open_link(order.pk)
        if link is None or link.pk != link_id:
            raise PaymentLinkClosed("Nothing can be paid by this link any more.")
        due = due_by_link(order, link)
        if due != expected:
            raise AmountChanged(f"Now {text(due, order.currency)} {order.currency} are to be paid.")
        for payment in payments:
            if (payment.gateway, payment.status, payment.amount) == (MANUAL, PaymentStatus.PENDING, due):
                return payment
        give_up_unmade(order, [payment for payment in payments if payment.link_id == link.pk])
        return Payment.objects.create(order=order, link=link, gateway=MANUAL, currency=order.currency, amount=due)
