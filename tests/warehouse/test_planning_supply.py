"""The pure planners of buying: who waits for what, how many to buy, from whom, and where it is put."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import many
from warehouse.planning.put_away import Spot, suggest_bin
from warehouse.planning.replenishment import target, to_buy
from warehouse.planning.suppliers import Offer, choose_offer
from warehouse.planning.supply import Delivery, Waiter, arrival_of, complete_most, cover, fastest, oldest

DAY = date(2026, 12, 1)
DAYS = st.none() | st.integers(0, 5).map(lambda n: DAY + timedelta(days=n))
DELIVERIES = st.lists(st.tuples(st.integers(0, 5), DAYS), max_size=6).map(
    lambda rows: [Delivery(key=key, units=units, on=on) for key, (units, on) in enumerate(rows)]
)
QUANTITIES = st.lists(st.integers(1, 5), max_size=6)


class TestCover:
    def test_first_come_first_served(self) -> None:
        late, early = (
            Delivery(key=1, units=2, on=DAY + timedelta(days=3)),
            Delivery(key=2, units=5, on=DAY),
        )
        unknown = Delivery(key=3, units=9, on=None)
        assert cover([3, 4, 1], [late, unknown, early]) == [[(2, 3)], [(2, 2), (1, 2)], [(3, 1)]]

    @many(300)
    @given(QUANTITIES, DELIVERIES)
    def test_it_gives_out_what_there_is_and_nobody_is_overtaken(
        self, quantities: list[int], deliveries: list[Delivery]
    ) -> None:
        shares = cover(quantities, deliveries)

        given_out = {each.key: 0 for each in deliveries}
        for quantity, share in zip(quantities, shares, strict=True):
            assert sum(n for _key, n in share) <= quantity
            for key, units in share:
                assert units > 0
                given_out[key] += units
        assert all(given_out[each.key] <= each.units for each in deliveries)
        there, wanted = sum(each.units for each in deliveries), sum(quantities)
        assert sum(given_out.values()) == min(there, wanted)
        days = {each.key: each.on or date.max for each in deliveries}
        told = [days[key] for share in shares for key, _units in share]
        assert told == sorted(told)
        full = [sum(n for _key, n in share) == q for q, share in zip(quantities, shares, strict=True)]
        assert full == sorted(full, reverse=True)  # only the last in the queue go without

    @many(200)
    @given(st.integers(1, 12), DELIVERIES)
    def test_the_day_of_so_many_units_is_the_earliest_possible(self, units: int, deliveries: list[Delivery]) -> None:
        known = sorted({each.on for each in deliveries if each.on})
        by = [day for day in known if sum(e.units for e in deliveries if e.on and e.on <= day) >= units]
        assert arrival_of(units, deliveries) == (by[0] if by else None)


def a_waiter(key: int, quantity: int, *, speed: int = 3, is_last: bool = True) -> Waiter:
    since = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=key)
    return Waiter(key=key, quantity=quantity, since=since, speed=speed, is_last=is_last)


WAITERS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3), st.booleans()), max_size=6).map(
    lambda rows: [a_waiter(k, q, speed=s, is_last=last) for k, (q, s, last) in enumerate(rows)]
)


def completed(ranked: Sequence[Waiter], free: int) -> int:
    """How many orders are complete when ``free`` units are shared out in that order."""
    done = 0
    for each in ranked:
        units = min(free, each.quantity)
        free -= units
        done += each.is_last and units == each.quantity
    return done


class TestPolicies:
    def test_age_and_speed(self) -> None:
        slow_old, fast_new, slow_new = a_waiter(1, 5, speed=3), a_waiter(2, 1, speed=1), a_waiter(3, 1, speed=3)
        assert oldest([fast_new, slow_new, slow_old]) == [slow_old, fast_new, slow_new]
        assert fastest([slow_new, slow_old, fast_new]) == [fast_new, slow_old, slow_new]

    @many(150)
    @given(WAITERS, st.integers(0, 15))
    def test_no_order_of_the_queue_completes_more(self, waiters: list[Waiter], free: int) -> None:
        ranked = complete_most(waiters, free=free)
        assert sorted(each.key for each in ranked) == [each.key for each in waiters]
        best = max((completed(ways, free) for ways in permutations(waiters)), default=0)
        assert completed(ranked, free) == best


class TestTarget:
    def test_steady_demand_needs_no_safety(self) -> None:
        aim = target([2] * 30, lead_time_days=7, service_level=0.95, cover_days=14)
        assert (aim.safety_stock, aim.reorder_point, aim.order_up_to) == (0, 14, 42)

    def test_the_textbook(self) -> None:
        # mean 4, deviation 2: 1.645 x 2 x sqrt(9) = 9.87
        aim = target([2, 6] * 15, lead_time_days=9, service_level=0.95, cover_days=10)
        assert (aim.mean, aim.deviation) == (4.0, 2.0)
        assert (aim.safety_stock, aim.reorder_point, aim.order_up_to) == (10, 46, 86)

    def test_more_service_costs_more_stock(self) -> None:
        points = [
            target([0, 9, 3], lead_time_days=4, service_level=level, cover_days=5).safety_stock
            for level in (0.5, 0.8, 0.95, 0.99)
        ]
        assert points == sorted(points)
        assert points[0] == 0 < points[-1]

    @pytest.mark.parametrize(("position", "least", "units"), [(15, 1, 0), (14, 1, 28), (-3, 1, 45), (14, 60, 60)])
    def test_bought_at_the_point_up_to_the_target_and_never_less_than_the_minimum(
        self, position: int, least: int, units: int
    ) -> None:
        aim = target([2] * 30, lead_time_days=7, service_level=0.95, cover_days=14)
        assert to_buy(aim, position=position, minimum=least) == units

    def test_what_never_sells_is_never_bought(self) -> None:
        for demand in ([], [0] * 30):
            aim = target(demand, lead_time_days=7, service_level=0.95, cover_days=14)
            assert to_buy(aim, position=0, minimum=10) == 0

    @many(200)
    @given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(0, 60), st.integers(-20, 500))
    def test_after_buying_there_is_enough(self, demand: list[int], days: int, position: int) -> None:
        aim = target(demand, lead_time_days=days, service_level=0.95, cover_days=14)
        units = to_buy(aim, position=position, minimum=1)
        assert (units > 0) == (position <= aim.reorder_point and any(demand))
        if units:
            assert position + units >= aim.reorder_point
            assert position + units == max(aim.order_up_to, position + 1)


def an_offer(supplier: int, cost: str, days: int, least: int = 1, currency: str = "EUR") -> Offer:
    return Offer(
        supplier_id=supplier, product_id=1, cost=Decimal(cost), currency=currency, lead_time_days=days, minimum=least
    )


class TestSuppliers:
    def test_the_soonest_for_who_waits_the_cheapest_for_the_shelf(self) -> None:
        near, far = an_offer(1, "5.00", 2), an_offer(2, "4.00", 30)
        assert choose_offer([near, far], 10, is_urgent=True) == near
        assert choose_offer([near, far], 10, is_urgent=False) == far

    def test_a_minimum_is_part_of_what_it_costs(self) -> None:
        few, crate = an_offer(1, "5.00", 7), an_offer(2, "1.00", 7, least=100)
        assert choose_offer([few, crate], 3, is_urgent=False) == few
        assert choose_offer([few, crate], 30, is_urgent=False) == crate
        assert choose_offer([few, crate], 30, is_urgent=True) == crate  # as soon, and cheaper

    def test_money_of_two_currencies_isnt_compared(self) -> None:
        euro, yen = an_offer(1, "5.00", 7), an_offer(2, "4.00", 9, currency="JPY")
        assert choose_offer([euro, yen], 1, is_urgent=False) == euro

    def test_nobody_sells_it(self) -> None:
        assert choose_offer([], 1, is_urgent=True) is None


def a_spot(pk: int, *, walk: int, is_pick: bool = True, mine: int = 0, others: int = 0) -> Spot:
    return Spot(bin_id=pk, is_pick=is_pick, walk=(walk, str(pk)), mine=mine, others=others)


class TestPutAway:
    @pytest.mark.parametrize(
        ("spots", "best"),
        [
            ([], None),
            ([a_spot(1, walk=1), a_spot(2, walk=5, mine=3), a_spot(3, walk=9, mine=8)], 3),
            ([a_spot(1, walk=1), a_spot(2, walk=8), a_spot(3, walk=9, is_pick=False, mine=8)], 2),
            ([a_spot(1, walk=4, others=2), a_spot(2, walk=8), a_spot(3, walk=7)], 3),
            ([a_spot(1, walk=1, others=2), a_spot(2, walk=8, is_pick=False, others=1)], 2),
            (
                [
                    a_spot(1, walk=1, others=2),
                    a_spot(2, walk=8, is_pick=False, others=1),
                    a_spot(3, walk=9, is_pick=False),
                ],
                3,
            ),
            ([a_spot(1, walk=6, others=2), a_spot(2, walk=2, others=9)], 2),
        ],
    )
    def test_home_then_empty_then_bulk(self, spots: list[Spot], best: int | None) -> None:
        assert suggest_bin(spots) == best
