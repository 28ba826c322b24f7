"""Rounding, spreading and sharing: every cent has one home."""

from decimal import Decimal as D

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from orders.currencies import CURRENCIES
from orders.kernel.money import decimals, is_exact, rounded, share, spread, text


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "EUR", "0.01"),
        ("0.015", "EUR", "0.02"),
        ("-0.005", "EUR", "-0.01"),
        ("0.5", "JPY", "1"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_rounds_half_up(amount: str, currency: str, expected: str) -> None:
    assert rounded(D(amount), currency) == D(expected)


def test_digits_follow_the_currency() -> None:
    assert [decimals(c) for c in ("EUR", "JPY", "KWD", "GBP")] == [2, 0, 3, 2]
    assert text(D("12.5"), "EUR") == "12.50"
    assert text(D("1200.000"), "JPY") == "1200"
    assert is_exact(D("1.23"), "EUR")
    assert not is_exact(D("1.234"), "EUR")


def test_spreads_by_largest_remainder() -> None:
    assert spread(D("1.00"), [D(1), D(1), D(1)], "EUR") == [D("0.34"), D("0.33"), D("0.33")]
    assert spread(D("0.02"), [D(0), D(0), D(0)], "EUR") == [D("0.01"), D("0.01"), D("0.00")]
    assert spread(D("5.00"), [], "EUR") == []


cents = st.decimals(min_value=0, max_value=10_000, places=2)


@given(amount=cents, weights=st.lists(cents, min_size=1, max_size=40))
def test_a_spread_adds_up_and_no_part_is_off_by_a_cent(amount: D, weights: list[D]) -> None:
    parts = spread(amount, weights, "EUR")
    assert sum(parts) == amount
    total = sum(weights) or D(len(weights))
    for part, weight in zip(parts, weights if sum(weights) else [D(1)] * len(weights), strict=True):
        assert abs(part - amount * weight / total) < D("0.01")


@given(amount=cents, units=st.integers(1, 200), data=st.data())
def test_shares_taken_one_after_the_other_add_up(amount: D, units: int, data: st.DataObject) -> None:
    left, amount_left, taken = units, amount, []
    while left:
        part = data.draw(st.integers(1, left))
        taken.append(share(amount_left, part, left, "EUR"))
        amount_left -= taken[-1]
        left -= part
    assert sum(taken) == amount
    assert all(t >= 0 for t in taken)


def test_every_currency_that_is_paid_with_is_known() -> None:
    paid_with = {
        code
        for rows in get_global("territory_currencies").values()
        for code, _start, end, is_tender in rows
        if is_tender and end is None
    }
    assert paid_with <= CURRENCIES
    assert {decimals(code) for code in CURRENCIES} == {0, 2, 3}


@pytest.mark.parametrize("amount", ["1" * 29, "1e999999", "-1e30", "Infinity", "NaN"])
def test_what_cant_be_reckoned_with_is_not_exact(amount: str) -> None:
    assert not is_exact(D(amount), "EUR")
