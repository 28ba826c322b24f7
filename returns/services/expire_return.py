"""Let returns expire that nobody sent in time; the clock does, once an hour."""

from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import emit, work
from returns.events import ReturnExpired
from returns.locks import locked_return
from returns.selectors import about, today_at
from returns.services.end_return import end_return
from returns.states import ReturnStatus


def expire_return(return_id: int, *, by: Actor = SYSTEM) -> bool:
    """Expire an approved return whose day is over; False when it was sent, ended or is still in time."""
    with work(by=by):
        order, returning = locked_return(return_id)
        is_over = returning.expires_on is not None and returning.expires_on < today_at(returning.warehouse)
        if returning.status != ReturnStatus.APPROVED or not is_over:
            return False
        returning.expire()
        end_return(order, returning)
        emit(ReturnExpired(**about(order, returning)))
        return True
