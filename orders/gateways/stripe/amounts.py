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
    digits, units = _digits(currency), _units(amount, currency)
    step = 100 if currency in _WHOLE_ONLY else 10 if digits == 3 else 1
    if units % step:
        raise Unpayable(f"{amount} {currency}")
    return int(units)


def noted(amount: Decimal, currency: str) -> str:
    """The amount in Stripe's units, for a note: no money moves, so it may be any, and is kept to the last digit."""
    return format(_units(amount, currency).normalize(), "f")


def from_units(units: int | str, currency: str) -> Decimal:
    """1250 is ``Decimal("12.50")`` EUR; also of what was ``noted``."""
    return Decimal(units).scaleb(-_digits(currency))


def _units(amount: Decimal, currency: str) -> Decimal:
    return amount.scaleb(_digits(currency))


def _digits(currency: str) -> int:
    return _DIGITS.get(currency, decimals(currency))
