"""Which supplier to buy from: the soonest for customers who wait, the cheapest for the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What one supplier asks for a product."""

    supplier_id: int
    product_id: int
    cost: Decimal
    currency: str
    lead_time_days: int
    minimum: int

    def units(self, wanted: int) -> int:
        """How many have to be bought to get ``wanted``."""
        return max(wanted, self.minimum)

    def outlay(self, wanted: int) -> Decimal:
        """What ``wanted`` units cost, with all that has to be bought besides."""
        return self.cost * self.units(wanted)


def choose_offer(offers: Sequence[Offer], wanted: int, *, is_urgent: bool) -> Offer | None:
    """The best of ``offers`` of one product for ``wanted`` units; None when nobody sells it.

    Urgent: the shortest lead time, then the lowest outlay. Else the lowest outlay, then the lead time. Minimum order
    quantities are part of the outlay. Offers in several currencies can't be compared by money, so only time counts.
    """
    is_comparable = len({offer.currency for offer in offers}) <= 1

    def rank(offer: Offer) -> tuple[Decimal, Decimal, int]:
        days = Decimal(offer.lead_time_days)
        outlay = offer.outlay(wanted) if is_comparable else Decimal(0)
        first, second = (days, outlay) if is_urgent else (outlay, days)
        return first, second, offer.supplier_id

    return min(offers, key=rank, default=None)
