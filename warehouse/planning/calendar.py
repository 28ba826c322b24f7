"""When goods leave and when they arrive: cut-off times, working days and transit, on plain dates."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Carriers drive from Monday to Friday, whatever days a warehouse works.
CARRIER_DAYS = "12345"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When a warehouse works; ``working_days`` are ISO weekdays such as ``12345``."""

    timezone: str
    cutoff_time: time
    working_days: str


def ships_on(now: datetime, hours: Hours) -> date:
    """The day on which an order of ``now`` leaves: today before the cut-off of a working day, else the next one."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    today = local.date()
    if _works(today, hours.working_days) and local.time() <= hours.cutoff_time:
        return today
    return working_day_after(today, hours.working_days)


def leaves_not_before(day: date | None, earliest: date) -> date:
    """When a preorder leaves: never before its day, and on one that carriers drive; it is here by then, we say."""
    first = working_day_after(earliest - timedelta(days=1), CARRIER_DAYS)
    return max(day or first, first)


def arrives_on(leaves_on: date, transit_days: int) -> date:
    """The day of delivery, ``transit_days`` of the carrier's working days after goods left."""
    day = leaves_on
    for _ in range(transit_days):
        day = working_day_after(day, CARRIER_DAYS)
    return day


def working_day_after(day: date, working_days: str) -> date:
    """The next working day, never ``day`` itself. A warehouse with no working day at all works every day."""
    for ahead in range(1, 8):
        later = day + timedelta(days=ahead)
        if _works(later, working_days):
            return later
    return day + timedelta(days=1)


def received_on(ordered_on: date, lead_time_days: int) -> date:
    """The day on which goods ordered from a supplier come in; lead times count every day."""
    return ordered_on + timedelta(days=lead_time_days)


def _works(day: date, working_days: str) -> bool:
    return str(day.isoweekday()) in working_days
