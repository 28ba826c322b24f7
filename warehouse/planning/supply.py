"""Who waits for which delivery, and who gets goods that came in.

Idea: units of one product are all alike, so who has waited longest is served by what comes first. That is optimal in
the only sense that customers see: nobody waits for a later delivery than somebody who came after them, and as many
units as possible are covered. O(n log n).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Units that are on their way; ``on`` is None when nobody knows when they come."""

    key: int
    units: int
    on: date | None


@dataclass(frozen=True, kw_only=True)
class Waiter:
    """Units that wait; ``speed`` is how fast the customer's shipping method is, in days: the lowest is the fastest.

    ``is_last``: nothing else is missing of its order.
    """

    key: int
    quantity: int
    since: datetime
    speed: int = 0
    is_last: bool = True


def cover(quantities: Sequence[int], deliveries: Iterable[Delivery]) -> list[list[tuple[int, int]]]:
    """For each of ``quantities``, in the order of the queue, its (delivery, units): what comes first goes first.

    What is missing from a sum is not on its way. Deliveries without a day come last.
    """
    coming = sorted(deliveries, key=lambda each: (each.on is None, each.on or date.min, each.key))
    left = {each.key: each.units for each in coming}
    covered = []
    for quantity in quantities:
        mine: list[tuple[int, int]] = []
        missing = quantity
        for each in coming:
            units = min(missing, left[each.key])
            if units > 0:
                left[each.key] -= units
                missing -= units
                mine.append((each.key, units))
        covered.append(mine)
    return covered


def arrival_of(units: int, deliveries: Iterable[Delivery]) -> date | None:
    """The day on which ``units`` have come; None when they never do, or nobody knows when."""
    days = {each.key: each.on for each in deliveries}
    (mine,) = cover([units], deliveries)
    known = [day for key, _units in mine if (day := days[key]) is not None]
    is_all = sum(n for _key, n in mine) == units and len(known) == len(mine)
    return max(known) if known and is_all else None


def oldest(waiters: Iterable[Waiter]) -> list[Waiter]:
    """Who has waited longest comes first."""
    return sorted(waiters, key=lambda each: (each.since, each.key))


def fastest(waiters: Iterable[Waiter]) -> list[Waiter]:
    """Who paid for the fastest shipping comes first; among equals who has waited longest."""
    return sorted(waiters, key=lambda each: (each.speed, each.since, each.key))


def complete_most(waiters: Iterable[Waiter], *, free: int) -> list[Waiter]:
    """So that ``free`` units complete as many orders as possible: the smallest of what is their order's last wait.

    To take the smallest first is exact, since every order counts alike. What no order is completed by goes to who has
    waited longest.
    """
    by_age = oldest(waiters)
    first: list[Waiter] = []
    for each in sorted((w for w in by_age if w.is_last), key=lambda w: w.quantity):  # stable: by age among equals
        if each.quantity > free:
            break
        free -= each.quantity
        first.append(each)
    chosen = {each.key for each in first}
    return first + [each for each in by_age if each.key not in chosen]
