"""Give the orders of a cluster list their totes, one scan each, before the walk begins."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import work
from warehouse.errors import NotUndoable, WrongTote
from warehouse.locks import locked_tote, locked_totes, locked_walk
from warehouse.models import PickTask, Tote
from warehouse.states import TO_DO


def assign_tote(pick_list_id: int, *, fulfillment_order_id: int, code: str, by: Actor) -> Tote:
    """Let a free tote hold this order's units of the list. Raises ``WrongTote``."""
    with work(by=by):
        pick_list = locked_walk(pick_list_id)
        tote = locked_tote(pick_list.warehouse_id, code)
        if tote is None:
            raise WrongTote(_("No tote is called {code}. Scan an empty one.").format(code=code[:40]))
        if tote.fulfillment_order is not None:
            number = tote.fulfillment_order.order.number
            raise WrongTote(_("Tote {tote} holds order {number}. Scan an empty one.").format(tote=tote, number=number))
        tote.pick_list, tote.fulfillment_order_id = pick_list, fulfillment_order_id
        tote.save(update_fields=["pick_list", "fulfillment_order"])
        tasks = PickTask.objects.filter(pick_list=pick_list, fulfillment_order=fulfillment_order_id)
        tasks.filter(status__in=TO_DO).update(tote=tote)
        return tote


def take_tote_back(pick_list_id: int, *, code: str, by: Actor) -> Tote:
    """Undo ``assign_tote`` as long as the tote is empty. Raises ``NotUndoable``."""
    with work(by=by):
        pick_list = locked_walk(pick_list_id)
        held = Tote.objects.filter(pick_list=pick_list).values_list("fulfillment_order", flat=True)
        totes = [tote for tote in locked_totes(held) if tote.code.casefold() == code.strip().casefold()]
        tasks = PickTask.objects.filter(tote__in=totes, pick_list=pick_list)
        if not totes or tasks.filter(picked__gt=0).exists():
            raise NotUndoable(_("The last scan took nothing. Put units back at their task."))
        tasks.update(tote=None)
        tote = totes[0]
        tote.pick_list = tote.fulfillment_order = None
        tote.save(update_fields=["pick_list", "fulfillment_order"])
        return tote
