"""Send a customer a one-time code; asked for on their page before anything that can't be undone."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.errors import NoAddress, TooManyCodes
from orders.events import AccessCodeRequested
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import AccessCode
from orders.selectors import usable_code

LIFETIME = timedelta(minutes=15)
QUIET = timedelta(minutes=1)
MOST_AN_HOUR = 5


def send_code(order_id: int, *, by: Actor) -> AccessCode:
    """Owe the customer a new code, which replaces an earlier one; asked twice within a minute, the first one holds.

    Raises ``NoAddress`` when there is no mailbox to send it to, ``TooManyCodes`` after five in an hour.
    """
    with work(by=by):
        order = locked_order(order_id)
        if not order.email:
            raise NoAddress(_("There is no e-mail address that we could send a code to."))
        now = timezone.now()
        fresh = usable_code(order_id)
        if fresh is not None and fresh.created_at > now - QUIET:
            return fresh
        if AccessCode.objects.filter(order=order, created_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
            raise TooManyCodes(_("Too many codes were asked for. Try again in an hour."))
        code = AccessCode.objects.create(order=order, expires_at=now + LIFETIME)
        emit(AccessCodeRequested(order_id=order.pk, number=order.number, access_code=code.public_id))
        return code
