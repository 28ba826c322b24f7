"""Who looks after a question of the queue: a person takes what nobody has, or is given it on purpose."""

from django.utils.translation import gettext as _

from orders.errors import AlreadyTaken, NotAssignable
from orders.events import ExceptionAssigned
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_exception
from orders.models import ProcessException
from orders.states import ExceptionStatus


def take_exception(exception_id: int, *, by: Actor) -> None:
    """``by`` looks after it from now on; taking twice what is one's own changes nothing.

    Raises ``AlreadyTaken`` naming the colleague who has it, ``NotAssignable`` when it is resolved.
    """
    with work(by=by):
        row = _open(exception_id)
        if row.owner_id not in (None, by.id):
            raise AlreadyTaken(_("%(owner)s looks after it already.") % {"owner": row.owner})
        _give(row, by.id)


def assign_exception(exception_id: int, *, owner_id: int | None, by: Actor) -> None:
    """Say on purpose who looks after it, whoever did before; None: nobody. Raises ``NotAssignable``."""
    with work(by=by):
        _give(_open(exception_id), owner_id)


def _open(exception_id: int) -> ProcessException:
    row = locked_exception(exception_id)
    if row.status != ExceptionStatus.OPEN:
        raise NotAssignable(_("This is resolved already."))
    return row


def _give(row: ProcessException, owner_id: int | None) -> None:
    if row.owner_id == owner_id:
        return
    row.owner_id = owner_id
    row.save(update_fields=["owner"])
    owner = str(row.owner or "")
    emit(ExceptionAssigned(order_id=row.order_id, category=row.category, subject_id=row.subject_id, owner=owner))
