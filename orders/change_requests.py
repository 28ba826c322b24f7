"""What may be changed of a placed order, as staff or a shop ask for it: parsed and typed, not yet believed.

Lines are named by their public id. Amounts are in the order's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.kernel.money import ZERO


@dataclass(frozen=True, kw_only=True)
class AddLine:
    """Another product; what is None comes from it. ``discount`` is for the whole line.

    ``reason``: why it doesn't cost what its product costs; staff must say it. ``replaces`` names the line whose units
    it is sent instead of.
    """

    sku: str
    quantity: int
    unit_price: Decimal | None = None
    tax_rate: Decimal | None = None
    discount: Decimal = ZERO
    reason: str = ""
    external_ref: str = ""
    accepts_substitutes: bool = True
    replaces: str = ""


@dataclass(frozen=True, kw_only=True)
class SetQuantity:
    """So many units of the line shall be ordered and not cancelled; 0 removes it."""

    line: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class SetPrice:
    """Another price per unit, and why."""

    line: str
    unit_price: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class SetDiscount:
    """The discount on what isn't billed yet: of the line, or of the whole order where ``line`` is empty."""

    discount: Decimal
    reason: str
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class SetShippingAddress:
    """Where it goes."""

    address: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SetBillingAddress:
    """Who is billed; None: whoever it goes to."""

    address: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class SetShippingMethod:
    """How it goes; ``price`` None: as the method costs."""

    method: str
    price: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class SetContact:
    """Where the customer is reached about this order; None: as before."""

    email: str | None = None
    phone: str | None = None


ChangeAction = (
    AddLine
    | SetQuantity
    | SetPrice
    | SetDiscount
    | SetShippingAddress
    | SetBillingAddress
    | SetShippingMethod
    | SetContact
)

# How the API, and the rows of changes, name them.
TYPES: dict[type, str] = {
    AddLine: "add_line",
    SetQuantity: "set_quantity",
    SetPrice: "set_price",
    SetDiscount: "set_discount",
    SetShippingAddress: "set_shipping_address",
    SetBillingAddress: "set_billing_address",
    SetShippingMethod: "set_shipping_method",
    SetContact: "set_contact",
}

_BY_NAME: dict[str, Any] = {name: action for action, name in TYPES.items()}
_AMOUNTS = {"unit_price", "tax_rate", "discount", "price"}


def as_parsed(kept: Mapping[str, Any]) -> ChangeAction:
    """An action as a change's row keeps it (see ``orders.changes.as_asked``)."""
    values: dict[str, Any] = {
        name: Decimal(value) if name in _AMOUNTS and value is not None else value for name, value in kept.items()
    }
    action: ChangeAction = _BY_NAME[values.pop("type")](**values)
    return action
