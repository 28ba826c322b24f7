"""What happens on the returns floor."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.events import LineQuantity
from orders.kernel.event import Codes, Event
from returns.states import Condition, Disposition


@dataclass(frozen=True, kw_only=True)
class ReturnEvent(Event):
    """What they all tell: the order's number and the return's public id."""

    return_id: int
    number: str
    return_: str

    def data(self) -> dict[str, Any]:
        """``return`` is no name in Python."""
        told = super().data()
        return {"return": told.pop("return_"), **told}


@dataclass(frozen=True, kw_only=True)
class ReturnRequested(ReturnEvent):
    """The customer wants to send something back."""

    type: ClassVar[str] = "return.requested"
    title: ClassVar[str | Promise] = _("Return requested")
    words: ClassVar[str | Promise] = _("You asked to return something.")

    is_auto_approved: bool
    refund_estimate: Decimal
    currency: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class ReturnExpected(ReturnEvent):
    """A shipment came back undelivered: its goods are awaited, and nobody has to ask for it or send anything."""

    type: ClassVar[str] = "return.expected"
    title: ClassVar[str | Promise] = _("Return of undelivered goods expected")

    refund_estimate: Decimal
    currency: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class ReturnApproved(ReturnEvent):
    """They may; it must be on its way by ``expires_on``."""

    type: ClassVar[str] = "return.approved"
    title: ClassVar[str | Promise] = _("Return approved")
    words: ClassVar[str | Promise] = _("Your return is approved.")

    expires_on: date


@dataclass(frozen=True, kw_only=True)
class ReturnDeclined(ReturnEvent):
    """They may not."""

    type: ClassVar[str] = "return.declined"
    title: ClassVar[str | Promise] = _("Return declined")
    words: ClassVar[str | Promise] = _("We could not accept your return.")

    reason: str


@dataclass(frozen=True, kw_only=True)
class ReturnCancelled(ReturnEvent):
    """The customer keeps it after all."""

    type: ClassVar[str] = "return.cancelled"
    title: ClassVar[str | Promise] = _("Return cancelled")
    words: ClassVar[str | Promise] = _("Your return was cancelled.")


@dataclass(frozen=True, kw_only=True)
class ReturnExpired(ReturnEvent):
    """Nothing was sent back in time."""

    type: ClassVar[str] = "return.expired"
    title: ClassVar[str | Promise] = _("Return expired")
    words: ClassVar[str | Promise] = _("Your return expired because nothing was sent back.")


@dataclass(frozen=True, kw_only=True)
class ReturnSent(ReturnEvent):
    """The customer handed it to a carrier."""

    type: ClassVar[str] = "return.in_transit"
    title: ClassVar[str | Promise] = _("Return on its way")
    words: ClassVar[str | Promise] = _("You sent your return.")

    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class ReturnReceived(ReturnEvent):
    """Goods came back; ``is_complete`` when nothing more will come."""

    type: ClassVar[str] = "return.received"
    title: ClassVar[str | Promise] = _("Return received")

    is_complete: bool
    lines: tuple[LineQuantity, ...]

    @classmethod
    def in_words(cls, data: dict[str, Any]) -> str | Promise:
        return _("Your return has arrived.") if data["is_complete"] else _("Part of your return has arrived.")


@dataclass(frozen=True, kw_only=True)
class ReturnInspected(ReturnEvent):
    """Somebody looked at what came back of one line, and decided what becomes of it."""

    type: ClassVar[str] = "return.inspected"
    title: ClassVar[str | Promise] = _("Return inspected")
    codes: ClassVar[Codes] = {"condition": (Condition,), "disposition": (Disposition,)}
    public: ClassVar[bool] = False

    line: str
    sku: str
    received: int
    accepted: int
    condition: str
    disposition: str


@dataclass(frozen=True, kw_only=True)
class ReturnClosed(ReturnEvent):
    """Everything is inspected, and what was accepted is refunded."""

    type: ClassVar[str] = "return.closed"
    title: ClassVar[str | Promise] = _("Return closed")
    words: ClassVar[str | Promise] = _("Your return is complete.")

    refund: str
    amount: Decimal
    currency: str
    lines: tuple[LineQuantity, ...]
