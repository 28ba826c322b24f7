"""What the ground floor asks the floors above; the switchboard's ANSWERS name who answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from orders.kernel.event import Question


@dataclass(frozen=True, kw_only=True)
class Need:
    """Units of a product that an order wants; ``policy`` is the product's, in order of preference.

    Those of a preorder leave from the day ``not_before`` on, and wait for goods whatever the policy.
    """

    product_id: int
    quantity: int
    policy: tuple[str, ...] = ()
    not_before: date | None = None


@dataclass(frozen=True, kw_only=True)
class Take:
    """Units to reserve in one warehouse."""

    warehouse_id: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why units come from where they come from, for the record: what it was decided for, and what decided."""

    cause: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How a need can be met: from which warehouses, what must wait, and when the customer has it.

    ``available`` is what could be promised of the product in all. ``short`` units have no way out:
    nothing on the shelf and no policy that helps. ``why`` is the same for all that was planned together.
    """

    takes: tuple[Take, ...]
    backordered: int
    short: int
    available: int
    promised_on: date | None
    why: Why | None = field(default=None, compare=False)

    @property
    def allocated(self) -> int:
        return sum(take.quantity for take in self.takes)


@dataclass(frozen=True, kw_only=True)
class PlanStock(Question[tuple[Filled, ...]]):
    """Where would these needs be filled from? Reads without locking; the answer keeps the needs' order.

    ``transit_days`` is how long the chosen shipping method takes at most, in working days. ``ships_complete``: one
    parcel before all else. ``avoids`` are warehouses (pks) that have said no. ``cause`` is kept with the decision.
    """

    needs: tuple[Need, ...]
    country: str
    transit_days: int
    postal_code: str = ""
    channel_id: int | None = None
    ships_complete: bool = False
    avoids: frozenset[int] = frozenset()
    cause: str = "placement"


@dataclass(frozen=True, kw_only=True)
class PlanManyStocks(Question[tuple[tuple[Filled, ...], ...]]):
    """As ``PlanStock`` for several orders, one after the other: what an earlier one takes, a later one lacks.

    One that can't be filled takes nothing.
    """

    plans: tuple[PlanStock, ...]


@dataclass(frozen=True, kw_only=True)
class TakeUnits:
    """Units of an order line to reserve in a warehouse."""

    line_id: int
    product_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class WaitingUnits:
    """Units of an order line that wait for goods."""

    line_id: int
    product_id: int
    quantity: int
    expected_on: date | None


@dataclass(frozen=True, kw_only=True)
class TakeStock(Question[bool]):
    """Reserve as planned, in one guarded statement, and write down what waits.

    False: somebody else was faster, nothing was taken, plan again. Line counters are not touched. ``whys`` are kept
    with what is taken, by order.
    """

    order_id: int
    takes: tuple[TakeUnits, ...]
    whys: Mapping[int, Why] = field(default_factory=dict)
    waiting: tuple[WaitingUnits, ...] = ()
    is_draft: bool = False  # lines of drafts may vanish, so the stock's books don't name them


@dataclass(frozen=True, kw_only=True)
class PromiseDates(Question[Mapping[int, date | None]]):
    """When would the units of an order that are still here arrive, sent to ``country`` in ``transit_days``?

    By line pk, those lines only that have such units; None: nobody knows.
    """

    order_id: int
    country: str
    transit_days: int


@dataclass(frozen=True, kw_only=True)
class ReleaseUnits(Question[None]):
    """Undo whatever the floors above did for these units (allocations, backorders, picks, packages, labels).

    The caller holds the order's lock. Line counters (allocated, backordered, picked, packed) are lowered by
    the answerer. Raises ``NotCancellable`` when any of them has left already.
    """

    order_id: int
    units: Mapping[int, int] = field(default_factory=dict)  # order line pk -> units
    restock: bool = True


@dataclass(frozen=True, kw_only=True)
class Unreserve(Question[None]):
    """Give back all that is reserved for these lines of a draft, or waits for goods, as if it never was.

    The caller holds the order's lock and sets the line counters itself; no work was made of these units yet.
    """

    line_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ProductAvailability:
    """What can be promised of one product to one country; no days where the shop doesn't ship to."""

    sku: str
    available: int
    incoming: tuple[tuple[int, date | None], ...]
    promise_from: date | None
    promise_to: date | None


@dataclass(frozen=True, kw_only=True)
class Availability(Question[tuple[ProductAvailability, ...]]):
    """What could be sold now, product by product; ``product_ids`` in the order of the answer."""

    product_ids: tuple[int, ...]
    country: str
    quantity: int = 1


@dataclass(frozen=True, kw_only=True)
class PrintEnclosure(Question[tuple[str, bytes]]):
    """The paper of a floor above, by its number, that goes along with a message: the file's name and the PDF."""

    number: str
