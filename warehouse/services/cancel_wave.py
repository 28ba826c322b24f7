"""Cancel a wave: nothing of it is fetched, and its orders are free for others."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.errors import NotFound
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_orders
from warehouse.errors import NotReleasable, WaveUnderway
from warehouse.events import WaveFinished
from warehouse.locks import locked_pick_lists, locked_waves
from warehouse.models import PickList, PickTask, Wave
from warehouse.services.pick import finish_if_done
from warehouse.services.take_off_lists import take_off_lists
from warehouse.states import TO_DO, PickListStatus, WaveStatus


def cancel_wave(wave_id: int, *, by: Actor) -> Wave:
    """Give a plan up, or call the lists of a released wave back before anybody takes one.

    Raises ``WaveUnderway`` when somebody works on one of them, ``NotReleasable`` when the wave is over.
    """
    with work(by=by):
        tasks = PickTask.objects.filter(pick_list__wave=wave_id)
        locked_orders(tasks.values_list("fulfillment_order__order_id", flat=True))
        lists = locked_pick_lists(PickList.objects.filter(wave=wave_id).values_list("pk", flat=True))
        wave = _open_wave(wave_id)
        for row in lists.values():
            if row.status in (PickListStatus.IN_PROGRESS, PickListStatus.PICKED):
                name = row.picker.get_username() if row.picker else _("Somebody")
                raise WaveUnderway(_("{name} works on list {list} already.").format(name=name, list=row.public_id))
        if wave.status == WaveStatus.RELEASED:
            take_off_lists(list(tasks.filter(status__in=TO_DO).select_related("pick_list").order_by("pk")))
            finish_if_done(lists.values())
            wave.refresh_from_db()
            return wave
        wave.cancel()
        wave.finished_at = timezone.now()
        wave.save(update_fields=["status", "finished_at"])
        emit(WaveFinished(order_id=None, wave=wave.public_id, status=wave.status))
        return wave


def _open_wave(wave_id: int) -> Wave:
    found = locked_waves([wave_id])
    if not found:
        raise NotFound("There is no such wave.")
    if found[0].status not in (WaveStatus.PLANNED, WaveStatus.RELEASED):
        raise NotReleasable(_("This wave is over."))
    return found[0]
