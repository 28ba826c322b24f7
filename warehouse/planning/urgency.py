"""When work must leave, and when a schedule is due: plain dates and clocks of one warehouse."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from warehouse.planning.calendar import Hours, arrives_on, ships_on


@dataclass(frozen=True, kw_only=True)
class Slots:
    """The times of a schedule: its ISO weekdays, the first time of a day, and every so many minutes until the end."""

    days: str
    starts_at: time
    every: timedelta | None
    ends_at: time | None


def leaves_by(since: datetime, promised_on: date | None, transit_days: int, hours: Hours) -> date:
    """The last day on which an order can leave and keep its promise; without one, the day that its cut-off gives."""
    if promised_on is None:
        return ships_on(since, hours)
    day = promised_on
    for _ in range(31):
        if arrives_on(day, transit_days) <= promised_on:
            return day
        day -= timedelta(days=1)
    return day


def must_go(leaving: date, now: datetime, hours: Hours, *, lead: timedelta) -> bool:
    """Whether work that leaves on ``leaving`` is late, or due today with less than ``lead`` until the cut-off."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    if leaving != local.date():
        return leaving < local.date()
    cutoff = datetime.combine(leaving, hours.cutoff_time, tzinfo=local.tzinfo)
    return local >= cutoff - lead


def last_slot(now: datetime, slots: Slots, timezone: str) -> datetime | None:
    """The newest time of today at which a schedule is due, up to now; None: not yet, or not today."""
    local = now.astimezone(ZoneInfo(timezone))
    first = datetime.combine(local.date(), slots.starts_at, tzinfo=local.tzinfo)
    if str(local.isoweekday()) not in slots.days or local < first:
        return None
    if not slots.every:
        return first
    end = datetime.combine(local.date(), slots.ends_at, tzinfo=local.tzinfo) if slots.ends_at else local
    return first + ((min(local, end) - first) // slots.every) * slots.every
