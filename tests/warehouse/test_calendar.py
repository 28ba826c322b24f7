"""Cut-off, working days and transit."""

from datetime import UTC, date, datetime, time

import pytest

from warehouse.planning.calendar import Hours, arrives_on, ships_on, working_day_after

BERLIN = Hours(timezone="Europe/Berlin", cutoff_time=time(15), working_days="12345")


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (datetime(2026, 11, 23, 13, 59, tzinfo=UTC), date(2026, 11, 23)),  # Monday, 14:59 in Berlin
        (datetime(2026, 11, 23, 14, 0, tzinfo=UTC), date(2026, 11, 23)),  # the cut-off itself still counts
        (datetime(2026, 11, 23, 14, 1, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 27, 14, 1, tzinfo=UTC), date(2026, 11, 30)),  # Friday evening: Monday
        (datetime(2026, 11, 28, 9, 0, tzinfo=UTC), date(2026, 11, 30)),  # Saturday
        (datetime(2026, 7, 6, 13, 1, tzinfo=UTC), date(2026, 7, 7)),  # summer time: 15:01 in Berlin
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), date(2026, 11, 23)),  # Sunday in UTC is Monday in Berlin
    ],
)
def test_orders_before_the_cut_off_leave_on_the_same_working_day(now: datetime, leaves: date) -> None:
    assert ships_on(now, BERLIN) == leaves


def test_carriers_rest_at_the_weekend() -> None:
    assert arrives_on(date(2026, 11, 26), 3) == date(2026, 12, 1)  # Thursday: Friday, Monday, Tuesday
    assert arrives_on(date(2026, 11, 26), 0) == date(2026, 11, 26)


def test_a_warehouse_may_work_on_saturday() -> None:
    assert working_day_after(date(2026, 11, 27), "123456") == date(2026, 11, 28)
    assert working_day_after(date(2026, 11, 27), "") == date(2026, 11, 28)
