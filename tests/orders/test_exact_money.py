"""One rounding in the whole house, and what an order costs against an oracle in fractions."""

import ast
from collections import defaultdict
from decimal import Decimal as D
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from orders.kernel.money import decimals
from orders.pricing import LinePrice, price
from orders.taxes import taxes_of
from tests.house.sources import sources

# What is rounded here is no money: seconds of a report, grams of a parcel.
NO_MONEY = {
    "config/imports/values.py",
    "config/management/commands/audit.py",
    "orders/admin/customer_page.py",
    "orders/templatetags/desk.py",
    "warehouse/documents/printing.py",
    "warehouse/planning/distance.py",
    "warehouse/selectors/replenishment.py",
    "warehouse/services/assign_tasks.py",
    "warehouse/services/plan_wave.py",
    "warehouse/services/seal_package.py",
}


def test_money_is_rounded_in_one_place() -> None:
    rounding = set()
    for source in sources():
        for node in ast.walk(source.tree):
            is_quantize = isinstance(node, ast.Attribute) and node.attr in {"quantize", "to_integral_value"}
            is_round = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "round"
            if is_quantize or is_round:
                rounding.add(source.name)
    assert rounding - NO_MONEY == {"orders/kernel/money.py"}


def half_up(amount: Fraction, digits: int) -> Fraction:
    """The oracle's own rounding, for amounts that aren't negative."""
    scaled = amount * 10**digits
    return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**digits)


rates = st.sampled_from(["0", "0.055", "0.07", "0.19", "0.255"])


@given(data=st.data())
def test_an_order_costs_what_fractions_say(data: st.DataObject) -> None:
    currency = data.draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    digits, includes_tax = decimals(currency), data.draw(st.booleans())
    money = st.decimals(min_value=0, max_value=500, places=digits)
    lines = []
    for _ in range(data.draw(st.integers(1, 12))):
        unit_price, quantity = data.draw(money), data.draw(st.integers(1, 20))
        most = int(unit_price * quantity * 10**digits)
        off = D(data.draw(st.integers(0, most))).scaleb(-digits)
        lines.append(LinePrice(unit_price=unit_price, quantity=quantity, discount=off, tax_rate=D(data.draw(rates))))
    goods = sum((line.value for line in lines), D(0))
    discount = D(data.draw(st.integers(0, int(goods * 10**digits)))).scaleb(-digits)
    shipping = data.draw(money)

    parts, totals = price(lines, discount=discount, shipping=shipping, includes_tax=includes_tax, currency=currency)

    unit = Fraction(1, 10**digits)
    by_rate: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
    for line, part in zip(lines, parts, strict=True):
        exact = Fraction(line.value) - (Fraction(discount) * Fraction(line.value) / Fraction(goods) if goods else 0)
        assert abs(Fraction(part.amount) - exact) < unit
        by_rate[Fraction(line.tax_rate)] += Fraction(part.amount)
    by_rate[max(by_rate)] += Fraction(shipping)
    taxes = {
        rate: half_up(base * rate / (1 + rate) if includes_tax else base * rate, digits)
        for rate, base in by_rate.items()
    }
    assert Fraction(totals.tax) == sum(taxes.values())
    gross = Fraction(goods - discount + shipping) + (0 if includes_tax else sum(taxes.values()))
    assert Fraction(totals.total) == gross
    shown = [(line.tax_rate, part.amount, part.tax) for line, part in zip(lines, parts, strict=True)]
    shown.append((totals.shipping_tax_rate, totals.shipping, totals.shipping_tax))
    told = taxes_of(shown, includes_tax=includes_tax, exemption="")
    assert {Fraction(share.rate): Fraction(share.tax) for share in told} == taxes
    assert sum(Fraction(share.gross) for share in told) == gross
    for _rate, amount, tax in shown:
        assert amount >= 0
        assert tax >= 0
        assert Fraction(tax) % unit == 0
