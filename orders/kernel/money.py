"""Money is a Decimal in the currency's minor unit, and every cent has exactly one home.

Three functions do all the splitting of this house. ``rounded`` is the only rounding (half up).
``spread`` gives each of several parts its share of one amount, by largest remainder, so the parts
add up. ``share`` takes the next part of what is left, so that documents issued one after the other
(partial invoices, refunds) add up whatever their order.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

ZERO = Decimal(0)

# ISO 4217 list one: currencies whose minor unit isn't a hundredth.
_NO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def decimals(currency: str) -> int:
    """How many digits the currency has after the point (ISO 4217)."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of the currency: ``Decimal("0.01")`` for EUR, ``Decimal("1")`` for JPY."""
    return Decimal(1).scaleb(-decimals(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """``amount`` to the minor unit, half up."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def is_exact(amount: Decimal, currency: str) -> bool:
    """Whether ``amount`` has no more digits than the currency, nor more than can be reckoned with."""
    try:
        return amount == amount.quantize(minor_unit(currency), rounding=ROUND_DOWN)
    except InvalidOperation:
        return False


def text(amount: Decimal, currency: str) -> str:
    """The amount as the API writes it: a plain decimal string with the currency's digits."""
    return format(rounded(amount, currency), "f")


def spread(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split ``amount`` over ``weights`` by largest remainder; the parts add up to ``amount`` exactly.

    O(n log n). Equal remainders go to the earlier part. Weights that are all zero share evenly.
    """
    if not weights:
        return []
    total = sum(weights, ZERO)
    if total == ZERO:
        weights, total = [Decimal(1)] * len(weights), Decimal(len(weights))
    unit = minor_unit(currency)
    exact = [amount * weight / total for weight in weights]
    parts = [part.quantize(unit, rounding=ROUND_DOWN) for part in exact]
    missing = int((amount - sum(parts, ZERO)) / unit)
    step = unit if missing >= 0 else -unit
    by_remainder = sorted(range(len(parts)), key=lambda i: (-abs(exact[i] - parts[i]), i))
    for i in by_remainder[: abs(missing)]:
        parts[i] += step
    return parts


def share(remaining: Decimal, part: int, whole: int, currency: str) -> Decimal:
    """The money of ``part`` units when ``whole`` units still hold ``remaining``; the last part takes the rest.

    Always in the currency's digits, also when ``remaining`` comes from a column with more of them.
    """
    if part == whole:
        return rounded(remaining, currency)
    return rounded(remaining * part / whole, currency)
