"""Amounts as Stripe counts them: whole numbers of its smallest unit, which isn't always that of ISO 4217."""

from decimal import Decimal

from orders.kernel.money import decimals

# Where Stripe counts otherwise than the standard: the ariary has no fifths there, and króna and shilling keep two
# digits that must be zeros.
_DIGITS = {"MGA": 0, "ISK": 2, "UGX": 2}
_WHOLE_ONLY = frozenset(["ISK", "UGX"])


class Unpayable(Exception):
    """An amount that Stripe can't move in this currency."""


def to_units(amount: Decimal, currency: str) -> int:
    """``Decimal("12.50")`` EUR is 1250. Raises ``Unpayable``.

    The last digit of currencies with three must be zero, since the card networks know only two.
    """
    digits = _DIGITS.get(currency, decimals(currency))
    units = amount.scaleb(digits)
    step = 100 if currency in _WHOLE_ONLY else 10 if digits == 3 else 1
    if units % step:
        raise Unpayable(f"{amount} {currency}")
    return int(units)


def from_units(units: int, currency: str) -> Decimal:
    """1250 is ``Decimal("12.50")`` EUR."""
    return Decimal(units).scaleb(-_DIGITS.get(currency, decimals(currency)))
