"""An order as a shop sends it: parsed and typed, not yet believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from orders.kernel.errors import DomainError
from orders.kernel.money import ZERO
from orders.models import Order
from orders.services.idempotency import Answer, Once, Replay


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """Who buys, as the shop tells it."""

    email: str
    name: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class WantedLine:
    """One line as the shop sends it; what is None comes from the product. ``discount`` is for the whole line."""

    sku: str
    quantity: int
    unit_price: Decimal | None = None
    tax_rate: Decimal | None = None
    discount: Decimal = ZERO
    external_ref: str = ""
    accepts_substitutes: bool = True


@dataclass(frozen=True, kw_only=True)
class PayBy:
    """One way to pay: a gateway's code, the gateway's token for the customer's means of payment, and how much.

    ``token`` is the code of a gift card. Without an amount it pays what is left, or as much of it as there is.
    """

    gateway: str
    token: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class OrderRequest:
    """An order as the shop sends it; amounts in ``currency``, addresses as in the API."""

    channel: str
    currency: str
    customer: Buyer
    shipping_address: Mapping[str, Any]
    lines: tuple[WantedLine, ...]
    external_ref: str = ""
    billing_address: Mapping[str, Any] | None = None
    prices_include_tax: bool | None = None
    shipping_method: str = ""
    shipping_policy: str = ""
    shipping_price: Decimal | None = None
    shipping_tax_rate: Decimal | None = None
    discount: Decimal = ZERO
    tax_exemption: str = ""
    buyer_reference: str = ""
    payment: PayBy | None = None
    payments: tuple[PayBy, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ways(self) -> tuple[PayBy, ...]:
        """How it is paid, in the order in which money is taken."""
        return (self.payment,) if self.payment else self.payments

    @property
    def pointers(self) -> tuple[str, ...]:
        """Where each of ``ways`` stands in the request."""
        return ("#/payment",) if self.payment else tuple(f"#/payments/{i}" for i in range(len(self.payments)))


@dataclass(frozen=True, kw_only=True)
class Repeatable:
    """A placement that may be sent twice: its key, and how its two outcomes are told."""

    once: Once
    told: Callable[[Order], Answer]
    refused: Callable[[DomainError], Answer]


class Replayed(Exception):
    """This request was answered, or got as far as an order, before; nothing was done now."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        super().__init__("replayed")
