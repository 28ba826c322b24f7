"""From stock to a delivery date: what leaves when, from which warehouse, after which wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from warehouse.planning.calendar import CARRIER_DAYS, Hours, received_on, ships_on, working_day_after
from warehouse.planning.supply import Delivery, arrival_of


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """One moment's view: the warehouses' hours, best warehouse first, and the suppliers' days by product.

    ``arrivals`` is what is on its way of a product and nobody waits for yet.
    """

    now: datetime
    ranked: Sequence[int]
    hours: Mapping[int, Hours]
    lead_times: Mapping[int, int]
    arrivals: Mapping[int, Sequence[Delivery]] = field(default_factory=dict)

    def leaves_on(self, warehouse_id: int) -> date:
        """When goods on that warehouse's shelf leave it."""
        return ships_on(self.now, self.hours[warehouse_id])

    def waiting_leaves_on(self, product_id: int, units: int = 1) -> date | None:
        """When goods that aren't here leave: what is on its way comes first, the rest must be bought.

        None: nobody supplies them, so nobody knows.
        """
        coming = arrival_of(units, self.arrivals.get(product_id, ()))
        if coming is not None:
            return working_day_after(coming, self.hours[self.ranked[0]].working_days if self.ranked else CARRIER_DAYS)
        days = self.lead_times.get(product_id)
        if days is None:
            return None
        if not self.ranked:
            return working_day_after(received_on(self.now.date(), days), CARRIER_DAYS)
        best = self.hours[self.ranked[0]]
        today = self.now.astimezone(ZoneInfo(best.timezone)).date()
        return working_day_after(received_on(today, days), best.working_days)
