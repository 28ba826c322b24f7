"""From stock to a delivery date: what leaves when, from which warehouse, after which wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from warehouse.planning.calendar import CARRIER_DAYS, Hours, received_on, ships_on, working_day_after


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """One moment's view: the warehouses' hours, best warehouse first, and the suppliers' days by product."""

    now: datetime
    ranked: Sequence[int]
    hours: Mapping[int, Hours]
    lead_times: Mapping[int, int]

    def leaves_on(self, warehouse_id: int) -> date:
        """When goods on that warehouse's shelf leave it."""
        return ships_on(self.now, self.hours[warehouse_id])

    def waiting_leaves_on(self, product_id: int) -> date | None:
        """When goods that must be bought first leave; None: nobody supplies them, so nobody knows."""
        days = self.lead_times.get(product_id)
        if days is None:
            return None
        if not self.ranked:
            return working_day_after(received_on(self.now.date(), days), CARRIER_DAYS)
        best = self.hours[self.ranked[0]]
        today = self.now.astimezone(ZoneInfo(best.timezone)).date()
        return working_day_after(received_on(today, days), best.working_days)
