"""What happens on the warehouse floor. Names ending in ``_id`` are for handlers; the rest is told outside."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from orders.events import LineQuantity
from orders.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class StockAdjusted(Event):
    """Somebody counted, lost, found or threw away goods; ``on_hand`` is what the warehouse holds now."""

    type: ClassVar[str] = "stock.adjusted"
    public: ClassVar[bool] = False

    sku: str
    warehouse: str
    delta: int
    on_hand: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class StockReturned(Event):
    """Goods came back from a customer and lie on a shelf, or aside, again."""

    type: ClassVar[str] = "stock.returned"
    public: ClassVar[bool] = False

    warehouse: str
    disposition: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class UnitsReallocated(Event):
    """Units that one shelf could not give were found elsewhere."""

    type: ClassVar[str] = "stock.reallocated"
    public: ClassVar[bool] = False

    reason: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class UnitsBackordered(Event):
    """Units that no shelf could give wait for goods; ``expected_on`` is None when nobody can tell."""

    type: ClassVar[str] = "backorder.waiting"

    reason: str
    lines: tuple[LineQuantity, ...]
    expected_on: date | None


@dataclass(frozen=True, kw_only=True)
class BackordersFilled(Event):
    """Goods came in for units that waited."""

    type: ClassVar[str] = "backorder.allocated"

    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class UnitsReleased(Event):
    """Units were called off: nobody fetches, packs or waits for them any more."""

    type: ClassVar[str] = "stock.released"
    public: ClassVar[bool] = False

    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class FulfillmentOrderOpened(Event):
    """A warehouse has work to do for an order."""

    type: ClassVar[str] = "fulfillment_order.opened"

    fulfillment_order_id: int
    fulfillment_order: str
    warehouse: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class FulfillmentOrderClosed(Event):
    """All that a warehouse was asked for has left; ``status`` is ``cancelled`` when nothing was wanted any more."""

    type: ClassVar[str] = "fulfillment_order.closed"

    fulfillment_order_id: int
    fulfillment_order: str
    status: str


@dataclass(frozen=True, kw_only=True)
class PickListReleased(Event):
    """A picker may fetch the goods."""

    type: ClassVar[str] = "pick_list.released"
    public: ClassVar[bool] = False

    pick_list: str
    fulfillment_order: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class UnitsPicked(Event):
    """Units were taken from a bin."""

    type: ClassVar[str] = "units.picked"
    public: ClassVar[bool] = False

    pick_list: str
    bin: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class PickUndone(Event):
    """Units went back to their bin."""

    type: ClassVar[str] = "units.pick_undone"
    public: ClassVar[bool] = False

    pick_list: str
    bin: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class PickShort(Event):
    """A bin had less than the books said."""

    type: ClassVar[str] = "units.pick_short"
    public: ClassVar[bool] = False

    pick_list: str
    bin: str
    reason: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class UnitsPutBack(Event):
    """Units that nobody wants any more lie on their shelf again."""

    type: ClassVar[str] = "units.put_back"
    public: ClassVar[bool] = False

    bin: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class PackageOpened(Event):
    """Somebody starts to pack."""

    type: ClassVar[str] = "package.opened"
    public: ClassVar[bool] = False

    package: str
    fulfillment_order: str


@dataclass(frozen=True, kw_only=True)
class UnitsPacked(Event):
    """Units lie in a package; a negative quantity was taken out again."""

    type: ClassVar[str] = "units.packed"
    public: ClassVar[bool] = False

    package: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class PackageSealed(Event):
    """A package is closed and weighed. ``is_last``: everything its fulfillment order asks for is in sealed packages.

    Should units be called off after the last seal, and so make it the last, it is told again, with ``is_last``.
    """

    type: ClassVar[str] = "package.sealed"

    fulfillment_order_id: int
    package_id: int
    package: str
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class PackageVoided(Event):
    """A package was opened again; its contents are packed anew or put back."""

    type: ClassVar[str] = "package.voided"
    public: ClassVar[bool] = False

    fulfillment_order_id: int
    package_id: int
    package: str


@dataclass(frozen=True, kw_only=True)
class PackagesShipped(Event):
    """Packages left the building, and their goods the books."""

    type: ClassVar[str] = "package.shipped"
    public: ClassVar[bool] = False

    packages: tuple[str, ...]
    lines: tuple[LineQuantity, ...]
