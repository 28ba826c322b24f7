"""Run a schedule whose time has come: plan its wave and release it."""

from datetime import datetime

from orders.kernel.actor import Actor
from orders.kernel.work import work
from warehouse.errors import InvalidWave, NotReleasable
from warehouse.locks import locked_schedule
from warehouse.models import Wave, WaveSchedule
from warehouse.models.wave import WaveTerms
from warehouse.services.plan_wave import plan_wave
from warehouse.services.release_wave import release_wave


def run_schedule(schedule_id: int, *, slot: datetime, by: Actor) -> Wave | None:
    """Release the wave that a schedule owes for the time ``slot``, once, whoever asks; None: there was none to release.

    Plan and release are one transaction with the note that it was done; why there was no wave stands in the schedule.
    Raises ``NotReleasable`` when others were faster with all of it, so that it is tried again.
    """
    with work(by=by):
        schedule = locked_schedule(schedule_id)
        if schedule is None or not schedule.is_active or schedule.last_run_at >= slot:
            return None
        methods = list(schedule.methods.values_list("pk", flat=True))
        schedule.last_run_at = slot
        wave = None
        try:
            wave = plan_wave(_wave_of(schedule), methods=methods, by=by)
            schedule.last_outcome = wave.public_id
        except (NotReleasable, InvalidWave) as refusal:  # raised before anything was written
            schedule.last_outcome = refusal.detail[:255]
        schedule.save(update_fields=["last_run_at", "last_outcome"])
        return release_wave(wave.pk, by=by) if wave else None


def _wave_of(schedule: WaveSchedule) -> Wave:
    terms = {field.name: getattr(schedule, field.name) for field in WaveTerms._meta.concrete_fields}
    return Wave(schedule=schedule, **terms)
