"""Note that the customer handed a return to a carrier; they say so on their page, or on the phone."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from returns.errors import WrongReturnStatus
from returns.events import ReturnSent
from returns.locks import locked_return
from returns.models import Return
from returns.selectors import about
from returns.states import ReturnStatus


def send_return(return_id: int, *, tracking_number: str = "", by: Actor) -> Return:
    """An approved return is on its way; from now on it neither expires nor can be cancelled.

    Raises ``WrongReturnStatus``.
    """
    with work(by=by):
        order, returning = locked_return(return_id)
        if returning.status != ReturnStatus.APPROVED:
            raise WrongReturnStatus(_("Only an approved return can be sent."))
        returning.travel()
        returning.tracking_number = tracking_number[:64]
        returning.version += 1
        returning.save()
        emit(ReturnSent(**about(order, returning), tracking_number=returning.tracking_number))
        return returning
