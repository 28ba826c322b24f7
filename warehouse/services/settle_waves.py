"""Waves end with the last of their lists, and go on when one is opened again."""

from collections.abc import Iterable

from django.utils import timezone

from orders.kernel.work import emit
from warehouse.events import WaveFinished
from warehouse.locks import locked_waves
from warehouse.models import PickList
from warehouse.services.save_rows import save_rows
from warehouse.states import PickListStatus, WaveStatus

_OVER = (PickListStatus.PICKED, PickListStatus.CANCELLED)


def settle_waves(pick_lists: Iterable[PickList]) -> None:
    """Finish the waves of lists that have just ended, as far as no other list of theirs is open; joins the open work.

    A wave of which nobody fetched anything is cancelled. The wave is locked before its lists are looked at, so of
    two last lists the second sees the first.
    """
    ended = {row.wave_id for row in pick_lists if row.wave_id is not None}
    if not ended:
        return
    waves = [wave for wave in locked_waves(ended) if wave.status == WaveStatus.RELEASED]
    lists = PickList.objects.filter(wave__in=waves)
    going_on = set(lists.exclude(status__in=_OVER).values_list("wave", flat=True))
    walked = set(lists.filter(status=PickListStatus.PICKED).values_list("wave", flat=True))
    done = [wave for wave in waves if wave.pk not in going_on]
    for wave in done:
        if wave.pk in walked:
            wave.finish()
        else:
            wave.cancel()
        wave.finished_at = timezone.now()
    save_rows(done, ["status", "finished_at"])
    for wave in done:
        emit(WaveFinished(order_id=None, wave=wave.public_id, status=wave.status))


def reopen_wave(pick_list: PickList) -> None:
    """A list that was done is open again, and with it its wave; joins the open work."""
    if pick_list.wave_id is None:
        return
    for wave in locked_waves([pick_list.wave_id]):
        if wave.status == WaveStatus.DONE:
            wave.reopen()
            wave.finished_at = None
            wave.save(update_fields=["status", "finished_at"])
