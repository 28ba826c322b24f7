"""What the warehouse answers to the ground floor: plan, take, availability."""

from datetime import date

import pytest

from orders.kernel.actor import SYSTEM
from orders.kernel.work import ask, work
from orders.models import OrderLine, Product
from orders.questions import Availability, Filled, Need, PlanStock, Take, TakeStock, TakeUnits, WaitingUnits
from tests.factories.orders import OrderFactory, OrderLineFactory, ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory, SupplierProductFactory, WarehouseFactory, on_its_way
from tests.warehouse.clock import at
from warehouse.models import Allocation, Backorder, StockLevel, StockMovement, Warehouse

pytestmark = pytest.mark.django_db

MONDAY_NOON = "2026-11-23T12:00:00+01:00"


def plan(*needs: Need, country: str = "DE", transit_days: int = 3) -> tuple[Filled, ...]:
    with at(MONDAY_NOON):
        return ask(PlanStock(needs=needs, country=country, transit_days=transit_days))


def take(*takes: tuple[OrderLine, Warehouse, int], waiting: tuple[WaitingUnits, ...] = ()) -> bool:
    units = tuple(
        TakeUnits(line_id=line.pk, product_id=line.product_id, warehouse_id=warehouse.pk, quantity=n)
        for line, warehouse, n in takes
    )
    with work(by=SYSTEM):
        return ask(TakeStock(order_id=takes[0][0].order_id, takes=units, waiting=waiting))


def level(product: Product) -> tuple[int, int]:
    row = StockLevel.objects.get(product=product)
    return row.on_hand, row.allocated


class TestPlan:
    def test_needs_are_answered_in_order_from_one_statement(self, django_assert_num_queries) -> None:
        mugs = [ProductFactory() for _ in range(30)]
        ber = WarehouseFactory()
        for mug in mugs:
            StockLevelFactory(product=mug, warehouse=ber, on_hand=10)

        with django_assert_num_queries(1):
            filled = plan(*(Need(product_id=mug.pk, quantity=i) for i, mug in enumerate(mugs, start=1)))

        assert filled[4] == Filled(
            takes=(Take(warehouse_id=ber.pk, quantity=5),),
            backordered=0,
            short=0,
            available=10,
            promised_on=date(2026, 11, 26),
        )
        assert (filled[29].allocated, filled[29].short) == (10, 20)

    def test_safety_stock_stays_and_the_backorder_limit_may_be_sold(self) -> None:
        kept, lent = ProductFactory(), ProductFactory()
        StockLevelFactory(product=kept, on_hand=10, safety_stock=8)
        StockLevelFactory(product=lent, on_hand=1, backorder_limit=2)

        filled = plan(Need(product_id=kept.pk, quantity=3), Need(product_id=lent.pk, quantity=3))

        assert [(f.allocated, f.short, f.available) for f in filled] == [(2, 1, 2), (3, 0, 3)]

    def test_a_line_that_may_wait_is_allocated_as_far_as_stock_goes(self) -> None:
        mug = ProductFactory()
        StockLevelFactory(product=mug, on_hand=2)
        SupplierProductFactory(product=mug)

        (filled,) = plan(Need(product_id=mug.pk, quantity=5, policy=("substitute", "backorder")))

        assert (filled.allocated, filled.backordered, filled.short) == (2, 3, 0)
        assert filled.promised_on == date(2026, 12, 4)  # bought today, here in 7 days, leaves on Tuesday, + 3

    def test_without_a_supplier_nobody_knows_when(self) -> None:
        mug = ProductFactory()

        (filled,) = plan(Need(product_id=mug.pk, quantity=5, policy=("backorder",)))

        assert filled == Filled(takes=(), backordered=5, short=0, available=0, promised_on=None)

    def test_a_policy_that_neither_waits_nor_drops_refuses(self) -> None:
        mug = ProductFactory()

        (filled,) = plan(Need(product_id=mug.pk, quantity=5, policy=("substitute", "cancel")))

        assert (filled.backordered, filled.short) == (0, 5)

    def test_an_inactive_warehouse_has_nothing(self) -> None:
        mug = ProductFactory()
        StockLevelFactory(product=mug, warehouse=WarehouseFactory(is_active=False))

        assert plan(Need(product_id=mug.pk, quantity=1))[0].short == 1

    def test_among_equals_the_warehouse_in_the_customers_country(self) -> None:
        mug = ProductFactory()
        StockLevelFactory(product=mug, warehouse=WarehouseFactory(code="BER"))
        vie = WarehouseFactory(code="VIE", country="AT")
        StockLevelFactory(product=mug, warehouse=vie)

        (filled,) = plan(Need(product_id=mug.pk, quantity=1), country="AT")

        assert filled.takes == (Take(warehouse_id=vie.pk, quantity=1),)


class TestTake:
    def test_all_lines_in_one_statement(self, django_assert_num_queries) -> None:
        ber, order = WarehouseFactory(), OrderFactory()
        lines = [OrderLineFactory(order=order, ordered=2) for _ in range(30)]
        for line in lines:
            StockLevelFactory(product=line.product, warehouse=ber)

        with django_assert_num_queries(3):  # BEGIN, one statement, COMMIT
            assert take(*((line, ber, 2) for line in lines)) is True

        assert {level(line.product) for line in lines} == {(10, 2)}
        assert set(Allocation.objects.values_list("line_id", "quantity")) == {(line.pk, 2) for line in lines}
        assert set(StockMovement.objects.values_list("kind", "allocated_delta", "on_hand_delta")) == {
            ("allocated", 2, 0)
        }
        assert StockMovement.objects.count() == 30

    def test_one_short_line_and_nothing_is_taken(self) -> None:
        ber, order = WarehouseFactory(), OrderFactory()
        mug, cup = OrderLineFactory(order=order), OrderLineFactory(order=order)
        StockLevelFactory(product=mug.product, warehouse=ber, on_hand=10)
        StockLevelFactory(product=cup.product, warehouse=ber, on_hand=1)
        waiting = (WaitingUnits(line_id=cup.pk, product_id=cup.product_id, quantity=1, expected_on=None),)

        assert take((mug, ber, 1), (cup, ber, 2), waiting=waiting) is False

        assert (level(mug.product), level(cup.product)) == ((10, 0), (1, 0))
        assert not Allocation.objects.exists()
        assert not StockMovement.objects.exists()
        assert not Backorder.objects.exists()

    def test_a_product_that_the_warehouse_never_had_is_refused(self) -> None:
        ber, order = WarehouseFactory(), OrderFactory()
        mug, cup = OrderLineFactory(order=order), OrderLineFactory(order=order)
        StockLevelFactory(product=mug.product, warehouse=ber)

        assert take((mug, ber, 1), (cup, ber, 1)) is False
        assert level(mug.product) == (10, 0)

    def test_two_lines_of_one_product_count_together(self) -> None:
        ber, order, mug = WarehouseFactory(), OrderFactory(), ProductFactory()
        first, second = (OrderLineFactory(order=order, product=mug) for _ in range(2))
        StockLevelFactory(product=mug, warehouse=ber, on_hand=5)

        assert take((first, ber, 3), (second, ber, 3)) is False
        assert level(mug) == (5, 0)
        assert take((first, ber, 3), (second, ber, 2)) is True
        assert level(mug) == (5, 5)
        assert list(Allocation.objects.order_by("line_id").values_list("quantity", flat=True)) == [3, 2]

    def test_safety_stock_and_backorder_limit(self) -> None:
        ber, line = WarehouseFactory(), OrderLineFactory()
        StockLevelFactory(product=line.product, warehouse=ber, on_hand=5, safety_stock=3, backorder_limit=1)

        assert take((line, ber, 4)) is False
        assert take((line, ber, 3)) is True

    def test_units_sourced_again_join_the_open_allocation(self) -> None:
        ber, line = WarehouseFactory(), OrderLineFactory(ordered=5)
        StockLevelFactory(product=line.product, warehouse=ber)

        take((line, ber, 2))
        take((line, ber, 3))

        assert Allocation.objects.get().quantity == 5
        assert level(line.product) == (10, 5)

    def test_what_waits_is_written_down_and_more_joins_it(self) -> None:
        ber, line = WarehouseFactory(), OrderLineFactory(ordered=5)
        StockLevelFactory(product=line.product, warehouse=ber)
        waiting = WaitingUnits(line_id=line.pk, product_id=line.product_id, quantity=2, expected_on=date(2026, 12, 1))

        assert take((line, ber, 1), waiting=(waiting,)) is True
        assert take((line, ber, 1), waiting=(waiting,)) is True

        row = Backorder.objects.get()
        assert (row.quantity, row.status, row.expected_on) == (4, "waiting", date(2026, 12, 1))


class TestAvailability:
    def test_units_and_dates_by_product(self) -> None:
        ShippingMethodFactory(days_min=1, days_max=3)
        mug, cup = ProductFactory(), ProductFactory()
        StockLevelFactory(product=mug, on_hand=5)
        for units, on in ((40, date(2026, 12, 1)), (7, None), (2, date(2026, 12, 1)), (5, date(2026, 11, 20))):
            on_its_way(mug, units, on=on)
        SupplierProductFactory(product=cup)

        with at(MONDAY_NOON):
            answers = ask(Availability(product_ids=(cup.pk, mug.pk, 0), country="DE", quantity=2))

        assert [(a.sku, a.available, a.incoming, a.promise_from, a.promise_to) for a in answers] == [
            (cup.sku, 0, (), date(2026, 12, 2), date(2026, 12, 4)),
            (mug.sku, 5, ((42, date(2026, 12, 1)), (12, None)), date(2026, 11, 24), date(2026, 11, 26)),
        ]

    def test_what_is_on_its_way_comes_before_what_must_be_bought(self) -> None:
        ShippingMethodFactory(days_min=1, days_max=1)
        mug = ProductFactory()
        StockLevelFactory(product=mug, on_hand=1)
        SupplierProductFactory(product=mug, lead_time_days=30)
        line = on_its_way(mug, 4, on=date(2026, 11, 25))

        def promised(units: int) -> date | None:
            with at(MONDAY_NOON):
                (answer,) = ask(Availability(product_ids=(mug.pk,), country="DE", quantity=units))
            return answer.promise_from

        # Here on Wednesday it leaves on Thursday; the sixth unit must be bought first.
        assert [promised(n) for n in (1, 5, 6)] == [date(2026, 11, 24), date(2026, 11, 27), date(2026, 12, 25)]
        line.received = 2
        line.save()
        assert [promised(n) for n in (3, 4)] == [date(2026, 11, 27), date(2026, 12, 25)]

    def test_more_than_there_is_has_no_date(self) -> None:
        mug = ProductFactory()
        StockLevelFactory(product=mug, on_hand=5)

        (answer,) = ask(Availability(product_ids=(mug.pk,), country="DE", quantity=6))

        assert (answer.available, answer.promise_from, answer.promise_to) == (5, None, None)

    def test_nothing_is_promised_where_no_method_ships_to(self) -> None:
        ShippingMethodFactory(countries=["DE", "AT"])
        mug = ProductFactory()
        StockLevelFactory(product=mug, on_hand=5)

        with at(MONDAY_NOON):
            here, there = (
                ask(Availability(product_ids=(mug.pk,), country=country, quantity=1))[0] for country in ("AT", "US")
            )

        assert (here.available, here.promise_from, here.promise_to) == (5, date(2026, 11, 24), date(2026, 11, 26))
        assert (there.available, there.promise_from, there.promise_to) == (5, None, None)

    def test_a_supplier_is_asked_on_the_day_of_the_warehouse(self) -> None:
        ShippingMethodFactory(days_min=1, days_max=1)
        mug = ProductFactory()
        StockLevelFactory(product=mug, on_hand=0)
        SupplierProductFactory(product=mug)

        # Half past eleven on a Sunday in Greenwich is Monday in Berlin: it comes in on a Monday, and leaves on Tuesday.
        with at("2026-11-22T23:30:00+00:00"):
            (answer,) = ask(Availability(product_ids=(mug.pk,), country="DE", quantity=1))

        assert answer.promise_from == date(2026, 12, 2)
