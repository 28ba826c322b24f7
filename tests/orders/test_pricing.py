"""What an order costs."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from orders.pricing import LinePrice, price


def line(unit_price: str, quantity: int = 1, discount: str = "0", tax_rate: str = "0.19") -> LinePrice:
    return LinePrice(unit_price=D(unit_price), quantity=quantity, discount=D(discount), tax_rate=D(tax_rate))


def test_the_example_of_the_contract() -> None:
    lines, totals = price([line("12.50", 2)], discount=D(0), shipping=D("4.90"), includes_tax=True, currency="EUR")
    assert (totals.items, totals.discount, totals.shipping) == (D("25.00"), D(0), D("4.90"))
    assert totals.tax == D("4.77")
    assert totals.total == D("29.90")
    assert lines[0].tax + totals.shipping_tax == D("4.77")


def test_tax_on_top() -> None:
    _, totals = price([line("10.00")], discount=D(0), shipping=D("5.00"), includes_tax=False, currency="EUR")
    assert totals.tax == D("2.85")
    assert totals.total == D("17.85")


def test_shipping_bears_the_highest_rate() -> None:
    _, totals = price(
        [line("10.00", tax_rate="0.07"), line("10.00", tax_rate="0.19")],
        discount=D(0),
        shipping=D("11.90"),
        includes_tax=True,
        currency="EUR",
    )
    assert totals.shipping_tax_rate == D("0.19")
    assert totals.tax == D("0.65") + D("3.50")


def test_shipping_may_bear_a_rate_of_its_own() -> None:
    _, totals = price(
        [line("10.00", tax_rate="0.19")],
        discount=D(0),
        shipping=D("10.70"),
        shipping_rate=D("0.07"),
        includes_tax=True,
        currency="EUR",
    )
    assert (totals.shipping_tax_rate, totals.shipping_tax) == (D("0.07"), D("0.70"))
    assert totals.tax == D("1.60") + D("0.70")


def test_the_orders_discount_is_spread_by_value() -> None:
    lines, totals = price(
        [line("10.00"), line("20.00", discount="5.00")],
        discount=D("1.00"),
        shipping=D(0),
        includes_tax=True,
        currency="EUR",
    )
    assert [part.order_discount for part in lines] == [D("0.40"), D("0.60")]
    assert [part.amount for part in lines] == [D("9.60"), D("14.40")]
    assert (totals.items, totals.discount, totals.total) == (D("30.00"), D("6.00"), D("24.00"))


def test_everything_free() -> None:
    _, totals = price([line("10.00")], discount=D("10.00"), shipping=D(0), includes_tax=True, currency="EUR")
    assert (totals.total, totals.tax) == (D(0), D(0))


rates = st.sampled_from(["0", "0.07", "0.19", "0.255"])
prices = st.decimals(min_value=0, max_value=500, places=2)


@given(
    lines=st.lists(st.tuples(prices, st.integers(1, 50), rates), min_size=1, max_size=30),
    shipping=prices,
    part=st.integers(0, 100),
    includes_tax=st.booleans(),
)
def test_the_parts_always_add_up(lines: list[tuple[D, int, str]], shipping: D, part: int, includes_tax: bool) -> None:
    wanted = [LinePrice(unit_price=p, quantity=q, discount=D(0), tax_rate=D(r)) for p, q, r in lines]
    goods = sum(w.value for w in wanted)
    discount = (goods * part / 100).quantize(D("0.01"))
    amounts, totals = price(wanted, discount=discount, shipping=shipping, includes_tax=includes_tax, currency="EUR")
    assert sum(a.order_discount for a in amounts) == discount
    assert sum(a.amount for a in amounts) == goods - discount
    assert sum(a.tax for a in amounts) + totals.shipping_tax == totals.tax
    assert totals.total == goods - discount + shipping + (0 if includes_tax else totals.tax)
    assert all(a.amount >= 0 and a.tax >= 0 for a in amounts)
