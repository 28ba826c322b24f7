"""Skip: a picker leaves a task for the end of the walk."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import work
from warehouse.errors import NotPickable
from warehouse.locks import locked_task
from warehouse.models import PickTask
from warehouse.services.start_pick_list import refuse_if_anothers
from warehouse.states import PickTaskStatus


def skip_task(task_id: int, *, user_id: int | None = None, by: Actor) -> PickTask:
    """Put a task behind all others of its list; ``user_id``: the picker.

    Raises ``TakenByAnother``, and ``NotPickable`` when it is done or waits there already.
    """
    with work(by=by):
        _order, _fulfillment_order, pick_list, task = locked_task(task_id)
        refuse_if_anothers(pick_list, user_id)
        if task.status != PickTaskStatus.OPEN:
            raise NotPickable(_("This task can't be left for later."))
        task.skip()
        task.save(update_fields=["status"])
        return task
