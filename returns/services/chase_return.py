"""Chase returns that don't move: the clock asks a person, and whatever moves them takes the question back."""

from django.utils import timezone

from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import work
from orders.services.exception import open_exception, resolve_exceptions
from returns.locks import locked_return
from returns.selectors import PATIENCE
from returns.states import RETURN_WAITS


def chase_return(return_id: int, *, by: Actor = SYSTEM) -> bool:
    """Ask a person about a return that has waited too long; False when it has moved meanwhile."""
    with work(by=by):
        order, returning = locked_return(return_id)
        patience = PATIENCE.get(returning.status)
        if patience is None or returning.updated_at > timezone.now() - patience:
            return False
        open_exception(
            order_id=order.pk,
            category=RETURN_WAITS,
            subject_kind="return",
            subject_id=returning.public_id,
            facts={"status": returning.status, "days": patience.days},
            by=by,
        )
        return True


def stop_chasing(return_id: str, *, by: Actor) -> None:
    """It moved (public id): nobody has to ask for it any more."""
    resolve_exceptions(
        category=RETURN_WAITS, subject_kind="return", subject_id=return_id, resolution="It moved on.", by=by
    )
