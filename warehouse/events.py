"""What happens on the warehouse floor. Names ending in ``_id`` are for handlers; the rest is told outside."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.events import LineQuantity
from orders.kernel.event import Codes, Event
from orders.states import PromiseReason
from warehouse.states import (
    AdjustmentReason,
    AnswerBy,
    BackorderStatus,
    FulfillmentOrderStatus,
    PurchasePurpose,
    RejectReason,
    ShortReason,
    WaveStatus,
)


@dataclass(frozen=True, kw_only=True)
class StockAdjusted(Event):
    """Somebody counted, lost, found or threw away goods; ``on_hand`` is what the warehouse holds now."""

    type: ClassVar[str] = "stock.adjusted"
    title: ClassVar[str | Promise] = _("Stock adjusted")
    codes: ClassVar[Codes] = {"reason": (AdjustmentReason,)}
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
    title: ClassVar[str | Promise] = _("Goods back in the warehouse")
    public: ClassVar[bool] = False

    warehouse: str
    disposition: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class UnitsReallocated(Event):
    """Units that one shelf could not give were found elsewhere."""

    type: ClassVar[str] = "stock.reallocated"
    title: ClassVar[str | Promise] = _("Units found elsewhere")
    codes: ClassVar[Codes] = {"reason": (ShortReason, AdjustmentReason, RejectReason)}
    public: ClassVar[bool] = False

    reason: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class UnitsBackordered(Event):
    """Units that no shelf could give wait for goods; ``expected_on`` is None when nobody can tell."""

    type: ClassVar[str] = "backorder.waiting"
    title: ClassVar[str | Promise] = _("Units wait for goods")
    codes: ClassVar[Codes] = {"reason": (ShortReason, PromiseReason)}

    reason: str
    lines: tuple[LineQuantity, ...]
    expected_on: date | None


@dataclass(frozen=True, kw_only=True)
class BackordersFilled(Event):
    """Goods came in for units that waited."""

    type: ClassVar[str] = "backorder.allocated"
    title: ClassVar[str | Promise] = _("Goods came in")

    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class UnitsReleased(Event):
    """Units were called off: nobody fetches, packs or waits for them any more."""

    type: ClassVar[str] = "stock.released"
    title: ClassVar[str | Promise] = _("Units called off")
    public: ClassVar[bool] = False

    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class FulfillmentOrderOpened(Event):
    """A warehouse has work to do for an order."""

    type: ClassVar[str] = "fulfillment_order.opened"
    title: ClassVar[str | Promise] = _("Fulfillment order opened")

    fulfillment_order_id: int
    fulfillment_order: str
    warehouse: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class FulfillmentOrderAccepted(Event):
    """The location will do its work."""

    type: ClassVar[str] = "fulfillment_order.accepted"
    title: ClassVar[str | Promise] = _("Fulfillment order accepted")

    fulfillment_order_id: int
    fulfillment_order: str
    location: str


@dataclass(frozen=True, kw_only=True)
class FulfillmentOrderRejected(Event):
    """The location can't do its work; the units of ``lines`` are sourced elsewhere."""

    type: ClassVar[str] = "fulfillment_order.rejected"
    title: ClassVar[str | Promise] = _("Fulfillment order rejected")
    codes: ClassVar[Codes] = {"reason": (RejectReason,)}

    fulfillment_order_id: int
    fulfillment_order: str
    location: str
    reason: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class FulfillmentOrderClosed(Event):
    """All that a warehouse was asked for has left; ``status`` is ``cancelled`` when nothing was wanted any more."""

    type: ClassVar[str] = "fulfillment_order.closed"
    title: ClassVar[str | Promise] = _("Fulfillment order closed")
    codes: ClassVar[Codes] = {"status": (FulfillmentOrderStatus,)}

    fulfillment_order_id: int
    fulfillment_order: str
    status: str


@dataclass(frozen=True, kw_only=True)
class PickListReleased(Event):
    """A picker may fetch the goods."""

    type: ClassVar[str] = "pick_list.released"
    title: ClassVar[str | Promise] = _("Pick list released")
    public: ClassVar[bool] = False

    pick_list: str
    fulfillment_order: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class WavePlanned(Event):
    """Somebody, or a schedule, chose orders to be fetched together."""

    type: ClassVar[str] = "wave.planned"
    title: ClassVar[str | Promise] = _("Wave planned")
    public: ClassVar[bool] = False

    wave: str
    warehouse: str
    order_count: int
    units: int
    aisles: int


@dataclass(frozen=True, kw_only=True)
class WaveReleased(Event):
    """A wave's lists are on the floor; ``order_count`` are the orders that could still be fetched."""

    type: ClassVar[str] = "wave.released"
    title: ClassVar[str | Promise] = _("Wave released")
    public: ClassVar[bool] = False

    wave: str
    warehouse: str
    order_count: int
    pick_lists: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WaveFinished(Event):
    """All of a wave was fetched, or it was called off: ``status`` tells."""

    type: ClassVar[str] = "wave.finished"
    title: ClassVar[str | Promise] = _("Wave finished")
    codes: ClassVar[Codes] = {"status": (WaveStatus,)}
    public: ClassVar[bool] = False

    wave: str
    status: str


@dataclass(frozen=True, kw_only=True)
class UnitsPicked(Event):
    """Units were taken from a bin."""

    type: ClassVar[str] = "units.picked"
    title: ClassVar[str | Promise] = _("Units picked")
    public: ClassVar[bool] = False

    pick_list: str
    bin: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class PickUndone(Event):
    """Units went back to their bin."""

    type: ClassVar[str] = "units.pick_undone"
    title: ClassVar[str | Promise] = _("Pick undone")
    public: ClassVar[bool] = False

    pick_list: str
    bin: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class PickShort(Event):
    """A bin had less than the books said."""

    type: ClassVar[str] = "units.pick_short"
    title: ClassVar[str | Promise] = _("Too few in the bin")
    codes: ClassVar[Codes] = {"reason": (ShortReason,)}
    public: ClassVar[bool] = False

    pick_list: str
    bin: str
    reason: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class UnitsPutBack(Event):
    """Units that nobody wants any more lie on their shelf again."""

    type: ClassVar[str] = "units.put_back"
    title: ClassVar[str | Promise] = _("Units put back on the shelf")
    public: ClassVar[bool] = False

    bin: str
    line: LineQuantity


@dataclass(frozen=True, kw_only=True)
class PackageOpened(Event):
    """Somebody starts to pack."""

    type: ClassVar[str] = "package.opened"
    title: ClassVar[str | Promise] = _("Packing started")
    public: ClassVar[bool] = False

    package: str
    fulfillment_order: str


@dataclass(frozen=True, kw_only=True)
class UnitsPacked(Event):
    """Units lie in a package; a negative quantity was taken out again."""

    type: ClassVar[str] = "units.packed"
    title: ClassVar[str | Promise] = _("Units packed")
    public: ClassVar[bool] = False

    package: str
    line: LineQuantity

    @classmethod
    def titled(cls, data: dict[str, Any]) -> str | Promise:
        return cls.title if data["line"]["quantity"] > 0 else _("Units taken out of a package")


@dataclass(frozen=True, kw_only=True)
class PackageSealed(Event):
    """A package is closed and weighed. ``is_last``: everything its fulfillment order asks for is in sealed packages.

    Should units be called off after the last seal, and so make it the last, it is told again, with ``is_last``.
    """

    type: ClassVar[str] = "package.sealed"
    title: ClassVar[str | Promise] = _("Package sealed")

    fulfillment_order_id: int
    package_id: int
    package: str
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class PackageVoided(Event):
    """A package was opened again; its contents are packed anew or put back."""

    type: ClassVar[str] = "package.voided"
    title: ClassVar[str | Promise] = _("Package opened again")
    public: ClassVar[bool] = False

    fulfillment_order_id: int
    package_id: int
    package: str


@dataclass(frozen=True, kw_only=True)
class PackagesShipped(Event):
    """Packages left the building, and their goods the books."""

    type: ClassVar[str] = "package.shipped"
    title: ClassVar[str | Promise] = _("Packages left the building")
    public: ClassVar[bool] = False

    packages: tuple[str, ...]
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class SubstitutionEvent(Event):
    """What they all tell: ``quantity`` of a ``substitute`` (its SKU) for ``units`` of a line."""

    number: str
    proposal: str
    line: str
    sku: str
    units: int
    substitute: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class SubstitutionProposed(SubstitutionEvent):
    """Something similar is kept; the customer is asked, unless they had said before that it may be sent.

    ``difference`` is what the order would cost more, or less below 0.
    """

    type: ClassVar[str] = "substitution.proposed"
    title: ClassVar[str | Promise] = _("Substitute proposed")
    words: ClassVar[str | Promise] = _(
        "Something is missing, and we found something like it: {quantity} × {substitute}."
    )

    difference: Decimal
    currency: str
    answer_until: datetime
    asks: bool


@dataclass(frozen=True, kw_only=True)
class SubstitutionAccepted(SubstitutionEvent):
    """It is sent instead: the order was changed."""

    type: ClassVar[str] = "substitution.accepted"
    title: ClassVar[str | Promise] = _("Substitute accepted")
    codes: ClassVar[Codes] = {"answered_by": (AnswerBy,)}
    words: ClassVar[str | Promise] = _("We send {quantity} × {substitute} instead of {units} × {sku}.")

    answered_by: str


@dataclass(frozen=True, kw_only=True)
class SubstitutionDeclined(SubstitutionEvent):
    """It isn't sent: what is missing takes its product's next way out."""

    type: ClassVar[str] = "substitution.declined"
    title: ClassVar[str | Promise] = _("Substitute declined")
    codes: ClassVar[Codes] = {"answered_by": (AnswerBy,)}
    words: ClassVar[str | Promise] = _("We send nothing else instead of {units} × {sku}.")

    answered_by: str


@dataclass(frozen=True, kw_only=True)
class SubstitutionWithdrawn(SubstitutionEvent):
    """The question is settled otherwise: what was missing was cancelled, or the substitute is gone too."""

    type: ClassVar[str] = "substitution.withdrawn"
    title: ClassVar[str | Promise] = _("Substitute withdrawn")
    words: ClassVar[str | Promise] = _("Our question about {quantity} × {substitute} is settled: you need not answer.")


@dataclass(frozen=True, kw_only=True)
class BackorderFollowed(Event):
    """What units wait for has changed: bought, a day named, or not coming any more."""

    type: ClassVar[str] = "backorder.followed"
    title: ClassVar[str | Promise] = _("What units wait for")
    codes: ClassVar[Codes] = {"status": (BackorderStatus,)}
    public: ClassVar[bool] = False

    status: str
    lines: tuple[LineQuantity, ...]
    purchase_orders: tuple[str, ...]
    expected_on: date | None


@dataclass(frozen=True, kw_only=True)
class BackorderAgreed(Event):
    """The customer would rather wait than call units off."""

    type: ClassVar[str] = "backorder.agreed"
    title: ClassVar[str | Promise] = _("The customer waits")
    words: ClassVar[str | Promise] = _("You said that you will wait.")

    lines: tuple[LineQuantity, ...]
    expected_on: date | None


@dataclass(frozen=True, kw_only=True)
class BoughtUnits:
    """Units of a product on a purchase order, and when they are expected."""

    sku: str
    quantity: int
    expected_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderDrafted(Event):
    """Somebody, or the planner, thinks of buying."""

    type: ClassVar[str] = "purchase_order.drafted"
    title: ClassVar[str | Promise] = _("Purchase order drafted")
    codes: ClassVar[Codes] = {"purpose": (PurchasePurpose,)}
    public: ClassVar[bool] = False

    purchase_order: str
    supplier: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderPlaced(Event):
    """The supplier is asked for goods."""

    type: ClassVar[str] = "purchase_order.placed"
    title: ClassVar[str | Promise] = _("Purchase order placed")
    public: ClassVar[bool] = False

    purchase_order: str
    supplier: str
    warehouse: str
    lines: tuple[BoughtUnits, ...]


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderAcknowledged(Event):
    """The supplier said when the goods come."""

    type: ClassVar[str] = "purchase_order.acknowledged"
    title: ClassVar[str | Promise] = _("Purchase order acknowledged")
    public: ClassVar[bool] = False

    purchase_order: str
    supplier: str
    lines: tuple[BoughtUnits, ...]


@dataclass(frozen=True, kw_only=True)
class PurchaseDateMoved(Event):
    """Goods come on another day than was expected."""

    type: ClassVar[str] = "purchase_order.date_moved"
    title: ClassVar[str | Promise] = _("Expected day moved")
    public: ClassVar[bool] = False

    purchase_order: str
    supplier: str
    sku: str
    expected_before: date | None
    expected_on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderCancelled(Event):
    """Goods are not wanted any more: all that was still to come, or units of some lines."""

    type: ClassVar[str] = "purchase_order.cancelled"
    title: ClassVar[str | Promise] = _("Purchase order cancelled")
    public: ClassVar[bool] = False

    purchase_order: str
    supplier: str
    whole: bool
    lines: tuple[BoughtUnits, ...]


@dataclass(frozen=True, kw_only=True)
class GoodsReceived(Event):
    """A delivery arrived and was counted; ``is_complete``: nothing more of the purchase order is to come."""

    type: ClassVar[str] = "purchase_order.received"
    title: ClassVar[str | Promise] = _("Goods received")
    public: ClassVar[bool] = False

    purchase_order: str
    supplier: str
    warehouse: str
    receipt: str
    is_complete: bool
    lines: tuple[BoughtUnits, ...]


@dataclass(frozen=True, kw_only=True)
class GoodsPutAway(Event):
    """Received goods lie in their bin."""

    type: ClassVar[str] = "stock.put_away"
    title: ClassVar[str | Promise] = _("Goods put away")
    public: ClassVar[bool] = False

    warehouse: str
    bin: str
    sku: str
    units: int
