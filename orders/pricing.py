"""What an order costs: pure arithmetic, so that every sum agrees to the cent.

The order's discount is spread over its lines by their value. Tax is one amount per rate on the whole order,
rounded half up, then spread over lines and shipping by largest remainder; shipping bears the highest line rate,
unless a rate of its own is said.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.kernel.money import ZERO, rounded, spread

# A thousandth of what the columns hold: two hundred such lines, shipping and the tax on top of them still fit.
TOO_MUCH = Decimal(10) ** 9


@dataclass(frozen=True, kw_only=True)
class LinePrice:
    """What is known of a line: price per unit, units, discount on the whole line, tax rate as a fraction."""

    unit_price: Decimal
    quantity: int
    discount: Decimal
    tax_rate: Decimal

    @property
    def value(self) -> Decimal:
        """Price of all units less the line's discount."""
        return self.unit_price * self.quantity - self.discount


@dataclass(frozen=True, kw_only=True)
class LineAmounts:
    """A line's part of the order: its share of the order's discount, what is left, and the tax in (or on) it."""

    order_discount: Decimal
    amount: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The order's sums: ``total = items - discount + shipping`` (``+ tax`` where prices exclude it)."""

    items: Decimal
    discount: Decimal
    shipping: Decimal
    shipping_tax_rate: Decimal
    shipping_tax: Decimal
    tax: Decimal
    total: Decimal


def price(
    lines: Sequence[LinePrice],
    *,
    discount: Decimal,
    shipping: Decimal,
    includes_tax: bool,
    currency: str,
    shipping_rate: Decimal | None = None,
) -> tuple[list[LineAmounts], Totals]:
    """Price an order. ``discount`` may not exceed the lines' value; without ``shipping_rate`` it is their highest."""
    values = [line.value for line in lines]
    discounts = spread(discount, values, currency)
    amounts = [value - part for value, part in zip(values, discounts, strict=True)]
    rates = [line.tax_rate for line in lines]
    if shipping_rate is None:
        shipping_rate = max(rates, default=ZERO)
    shares = taxes([*amounts, shipping], [*rates, shipping_rate], includes_tax=includes_tax, currency=currency)
    priced = [
        LineAmounts(order_discount=part, amount=amount, tax=tax)
        for part, amount, tax in zip(discounts, amounts, shares[:-1], strict=True)
    ]
    items = sum((line.unit_price * line.quantity for line in lines), ZERO)
    goods, tax = sum(amounts, ZERO), sum(shares, ZERO)
    totals = Totals(
        items=items,
        discount=items - goods,
        shipping=shipping,
        shipping_tax_rate=shipping_rate,
        shipping_tax=shares[-1],
        tax=tax,
        total=goods + shipping + (ZERO if includes_tax else tax),
    )
    return priced, totals


def taxes(amounts: Sequence[Decimal], rates: Sequence[Decimal], *, includes_tax: bool, currency: str) -> list[Decimal]:
    """The tax in (or on) each amount: one rounded sum per rate, spread over its amounts by largest remainder."""
    by_rate: defaultdict[Decimal, list[int]] = defaultdict(list)
    for i, rate in enumerate(rates):
        by_rate[rate].append(i)
    found = [ZERO] * len(amounts)
    for rate, members in by_rate.items():
        base = sum((amounts[i] for i in members), ZERO)
        exact = base * rate / (1 + rate) if includes_tax else base * rate
        parts = spread(rounded(exact, currency), [amounts[i] for i in members], currency)
        for i, part in zip(members, parts, strict=True):
            found[i] = part
    return found
