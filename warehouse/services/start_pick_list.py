"""A picker takes a list: from then on it is theirs alone."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import work
from warehouse.errors import NotPickable, TakenByAnother
from warehouse.locks import locked_walk
from warehouse.models import PickList
from warehouse.states import PickListStatus


def start_pick_list(pick_list_id: int, *, user_id: int, by: Actor) -> PickList:
    """Give a released list to a picker; taking one's own again changes nothing.

    A scan goes on to its task's order, so the orders of the whole walk are locked before the list.
    Raises ``TakenByAnother``, ``NotPickable`` when nothing is left to fetch.
    """
    with work(by=by):
        pick_list = locked_walk(pick_list_id)
        refuse_if_anothers(pick_list, user_id)
        if pick_list.status == PickListStatus.RELEASED:
            pick_list.start()
            pick_list.picker_id = user_id
            pick_list.save(update_fields=["status", "picker"])
        elif pick_list.status != PickListStatus.IN_PROGRESS:
            raise NotPickable(_("Nothing is left to fetch on this list."))
        return pick_list


def refuse_if_anothers(pick_list: PickList, user_id: int | None) -> None:
    """Raises ``TakenByAnother`` when somebody else has the list; None is nobody who walks."""
    if user_id is not None and pick_list.picker_id not in (None, user_id) and pick_list.picker is not None:
        raise TakenByAnother(_("{name} works on this list.").format(name=pick_list.picker.get_username()))
