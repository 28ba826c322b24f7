"""Send a customer a new link to their order; asked for on the page that says a link has expired."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from orders.events import OrderLinkRequested
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.selectors import visible_orders

QUIET = timedelta(minutes=5)


def send_link(public_id: str, *, email: str, by: Actor) -> None:
    """Owe the order's customer a link, if ``email`` is theirs; otherwise nothing, and nobody can tell.

    Not again within five minutes: nobody shall fill another one's mailbox.
    """
    address = email.strip().lower()
    orders = visible_orders().filter(public_id=public_id)
    order_id = orders.filter(Q(email__iexact=address) | Q(customer__email=address)).values_list("pk", flat=True).first()
    if order_id is None or not address:
        return
    with work(by=by):
        order = locked_order(order_id)
        since = timezone.now() - QUIET
        if not order.events.filter(type=OrderLinkRequested.type, occurred_at__gt=since).exists():
            emit(OrderLinkRequested(order_id=order.pk, number=order.number))
