"""Note that a customer is going to send money by bank: it is recorded when it is there."""

from decimal import Decimal

from orders.gateways.manual import MANUAL
from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_order, locked_payments
from orders.models import Payment
from orders.services.give_up_payment import give_up_unmade
from orders.services.use_link import use_link
from orders.states import PaymentStatus


def announce_transfer(order_id: int, *, link_id: int | None, expected: Decimal, by: Actor) -> Payment:
    """A pending payment of what is due by the link, or (none) on the order's own page; said twice it is one.

    ``orders.services.record_payment`` finds it again when that amount comes in. Raises ``PaymentLinkClosed`` and
    ``AmountChanged``.
    """
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        link, due = use_link(order, link_id, payments, expected=expected, by=by)
        for payment in payments:
            if (payment.gateway, payment.status, payment.amount) == (MANUAL, PaymentStatus.PENDING, due):
                return payment
        give_up_unmade(order, [payment for payment in payments if payment.link_id == link.pk])
        return Payment.objects.create(order=order, link=link, gateway=MANUAL, currency=order.currency, amount=due)
