"""Chase returns that don't move: the clock asks a person, and whatever moves them takes the question back."""

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import work
from orders.services.exception import open_exception, resolve_exceptions
from orders.states import Severity
from returns.locks import locked_return
from returns.selectors import PATIENCE
from returns.states import RETURN_WAITS, ReturnStatus

NEXT_ACTION: dict[str, Promise] = {
    ReturnStatus.REQUESTED: gettext_lazy("Approve or decline it."),
    ReturnStatus.IN_TRANSIT: gettext_lazy("Look for it at goods-in and ask the customer; what won't come is missing."),
    ReturnStatus.PARTIALLY_RECEIVED: gettext_lazy("Ask the customer for the rest; what won't come is missing."),
    ReturnStatus.RECEIVED: gettext_lazy("Inspect it, so that the customer gets the refund."),
}


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
            severity=Severity.MEDIUM,
            subject_kind="return",
            subject_id=returning.public_id,
            summary=_("A return is {status} for more than {days} days.").format(
                status=returning.get_status_display().lower(), days=patience.days
            ),
            next_action=str(NEXT_ACTION[returning.status]),
            by=by,
        )
        return True


def stop_chasing(return_id: str, *, by: Actor) -> None:
    """It moved (public id): nobody has to ask for it any more."""
    resolve_exceptions(
        category=RETURN_WAITS, subject_kind="return", subject_id=return_id, resolution="It moved on.", by=by
    )
