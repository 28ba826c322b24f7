"""Ask the customer of an order that a change made dearer to pay what is owed now: they get a link to where they can."""

from orders.gateways import online
from orders.kernel.actor import Actor
from orders.locks import locked_order
from orders.models import OrderChange, Payment, PaymentLink
from orders.services.await_payment import ask_a_person
from orders.services.send_payment_link import send_payment_link
from orders.states import Difference, PaymentStatus, PaymentTrouble
from orders.ways_to_pay import ways_of


def ask_to_pay(change: OrderChange, *, by: Actor) -> PaymentLink | None:
    """Send a link for all that is owed; it takes the place of one that is open. Joins the open work.

    None: nothing more is owed, it is paid by hand as announced, or nobody knows a mail address; the goods wait anyway.
    Where the channel offers no way to pay, a person is asked to get the money.
    """
    order = locked_order(change.order_id)
    if change.difference != Difference.OWED or order.balance <= 0 or not order.email:
        return None
    announced = Payment.objects.filter(order=order, status=PaymentStatus.PENDING).exclude(gateway__in=online())
    if announced.exists():
        return None
    if not ways_of(order):
        ask_a_person(order, why=PaymentTrouble.CHANGED, amount=order.balance, by=by)
        return None
    return send_payment_link(order.pk, by=by)
