"""How many to buy for stock: reorder point and safety stock from demand and lead time.

The textbook's continuous review: demand of a day has mean m and deviation s, the supplier needs L days. Until goods
ordered now are here, m x L units are sold, give or take s x sqrt(L). Safety stock is that deviation times the normal
quantile of the service level (the share of cycles without running out); the reorder point is both together. Days
without a sale count. See ADR 24.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist, fmean, pstdev

# A float's dust must not buy one more unit.
_DUST = 1e-9


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a shelf should hold: buy when no more than ``reorder_point`` is there or coming, up to ``order_up_to``."""

    mean: float
    deviation: float
    safety_stock: int
    reorder_point: int
    order_up_to: int


def target(demand: Sequence[int], *, lead_time_days: int, service_level: float, cover_days: int) -> Target:
    """The target for a product that sold ``demand`` units, day by day; ``cover_days`` is how long a purchase lasts."""
    mean = fmean(demand) if demand else 0.0
    deviation = pstdev(demand) if demand else 0.0
    safety = _up(NormalDist().inv_cdf(service_level) * deviation * sqrt(lead_time_days)) if deviation else 0
    safety = max(0, safety)
    reorder_point = _up(mean * lead_time_days) + safety
    return Target(
        mean=mean,
        deviation=deviation,
        safety_stock=safety,
        reorder_point=reorder_point,
        order_up_to=reorder_point + _up(mean * cover_days),
    )


def to_buy(aim: Target, *, position: int, minimum: int) -> int:
    """How many to buy when ``position`` units are free or coming, less those that wait; at least ``minimum``, or none.

    What never sells is not bought for stock.
    """
    if not aim.mean or position > aim.reorder_point:
        return 0
    return max(minimum, aim.order_up_to - position)


def _up(units: float) -> int:
    return ceil(units - _DUST)
