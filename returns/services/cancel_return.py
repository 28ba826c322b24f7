"""Call a return off: the customer keeps the goods after all."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from returns.errors import WrongReturnStatus
from returns.events import ReturnCancelled
from returns.locks import locked_return
from returns.models import Return
from returns.selectors import CANCELLABLE, about
from returns.services.end_return import end_return


def cancel_return(return_id: int, *, by: Actor) -> Return:
    """Cancel a return that isn't on its way yet. Raises ``WrongReturnStatus``."""
    with work(by=by):
        order, returning = locked_return(return_id)
        if returning.status not in CANCELLABLE:
            raise WrongReturnStatus(_("This return can no longer be cancelled."))
        returning.cancel()
        end_return(order, returning)
        emit(ReturnCancelled(**about(order, returning)))
        return returning
