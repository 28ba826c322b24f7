"""Check the one-time code that a customer typed in."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.codes import is_right
from orders.errors import WrongCode
from orders.events import AccessCodeUsed
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import AccessCode
from orders.selectors import usable_code


def use_code(order_id: int, typed: str, *, by: Actor) -> AccessCode:
    """Take the newest code, once, if ``typed`` are its digits. Raises ``WrongCode``; every guess counts.

    A wrong guess is committed before it is refused, so it can't be taken back by whoever guesses.
    """
    with work(by=by):
        order = locked_order(order_id)
        code = usable_code(order_id)
        taken = code is not None and is_right(code.public_id, typed)
        if code is not None:
            code.attempts += 1
            code.used_at = timezone.now() if taken else None
            code.save(update_fields=["attempts", "used_at"])
        if taken:
            emit(AccessCodeUsed(order_id=order.pk, number=order.number))
    if code is None:
        raise WrongCode(_("This code no longer works. Ask for a new one."))
    if not taken:
        raise WrongCode(_("That is not the code that we sent you. Look again, or ask for a new one."))
    return code
