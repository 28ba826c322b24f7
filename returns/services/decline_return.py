"""Say no to a return that doesn't fit the rules; support does."""

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from returns.errors import WrongReturnStatus
from returns.events import ReturnDeclined
from returns.locks import locked_return
from returns.models import Return
from returns.selectors import about
from returns.services.end_return import end_return
from returns.states import ReturnStatus


def decline_return(return_id: int, *, reason: str, by: Actor) -> Return:
    """Decline a requested return; the customer reads the reason. Raises ``WrongReturnStatus``."""
    with work(by=by):
        order, returning = locked_return(return_id)
        if returning.status != ReturnStatus.REQUESTED:
            raise WrongReturnStatus(f"This return is {returning.status}; only a requested one can be declined.")
        returning.decline()
        returning.decline_reason = reason[:255]
        end_return(order, returning)
        emit(ReturnDeclined(**about(order, returning), reason=returning.decline_reason))
        return returning
