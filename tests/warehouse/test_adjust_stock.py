"""Counts, losses and finds: the books follow the shelf, and reservations follow the books."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.audit import checks
from orders.errors import GatewayUnavailable, UnknownProduct
from orders.gateways.protocol import NoAnswer
from orders.gateways.sandbox import Sandbox
from orders.kernel.actor import SYSTEM
from orders.models import (
    DeliveryPromise,
    Notification,
    Order,
    OrderEvent,
    OrderHold,
    PaymentTransaction,
    ProcessException,
    Product,
)
from orders.requests import WantedLine
from orders.services.place import place_order
from orders.services.settle import settle_payments
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import BinFactory, SupplierProductFactory, WarehouseFactory
from tests.orders.requests import PAID, an_order
from tests.warehouse.clock import at
from tests.warehouse.scenes import (
    counters,
    level,
    line_of,
    on_a_list,
    ordered,
    picked,
    shelves,
    stocked,
    told,
    work_of,
)
from warehouse.errors import InvalidAdjustment, StockChanged, StockTooLow, UnknownBin, UnknownWarehouse
from warehouse.models import Backorder, Bin, FulfillmentOrder, StockLevel, StockMovement
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.source_missing import source_missing
from warehouse.states import AdjustmentReason, BinKind
from warehouse.tasks import source_missing_units

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]

R = AdjustmentReason


class TestMore:
    def test_opening_stock_goes_to_the_first_empty_shelf(self) -> None:
        mug = ProductFactory()
        far, near = BinFactory(walk_sequence=2), BinFactory(walk_sequence=1)

        row = adjust_stock(mug.sku, warehouse="BER", delta=5, reason=R.INITIAL, by=SYSTEM)

        assert (row.on_hand, row.available) == (5, 5)
        assert list(Bin.objects.filter(stock__on_hand=5)) == [near]
        movement = StockMovement.objects.get()
        assert (movement.kind, movement.on_hand_delta, movement.bin_delta, movement.reason) == (
            "adjusted",
            5,
            5,
            "initial",
        )
        assert OrderEvent.objects.get().data == {
            "sku": mug.sku,
            "warehouse": "BER",
            "delta": 5,
            "on_hand": 5,
            "reason": "initial",
        }
        adjust_stock(mug.sku, warehouse="BER", delta=1, reason=R.FOUND, by=SYSTEM)
        assert not far.stock.exists()

    def test_a_warehouse_without_shelves_takes_goods_at_receiving(self) -> None:
        mug = ProductFactory()
        WarehouseFactory()

        adjust_stock(mug.sku, warehouse="BER", delta=5, reason=R.INITIAL, by=SYSTEM)

        assert shelves(mug) == {"receiving": (5, 0)}

    def test_a_count_says_how_many_there_are(self) -> None:
        mug = stocked(10)

        assert adjust_stock(mug.sku, warehouse="BER", counted=12, reason=R.COUNT, by=SYSTEM).on_hand == 12
        assert adjust_stock(mug.sku, warehouse="BER", counted=12, reason=R.COUNT, by=SYSTEM).on_hand == 12
        assert [m.on_hand_delta for m in StockMovement.objects.order_by("pk")] == [10, 2]

    def test_goods_fill_the_oldest_backorder_first(self) -> None:
        mug = stocked(1, out_of_stock_policy=["backorder"])
        SupplierProductFactory(product=mug)
        old, young, unpaid = ordered((mug, 3)), ordered((mug, 2)), ordered((mug, 2), confirmed=False)
        assert counters(line_of(old)) == {"allocated": 1, "backordered": 2}

        adjust_stock(mug.sku, warehouse="BER", delta=3, reason=R.FOUND, by=SYSTEM)

        assert counters(line_of(old)) == {"allocated": 3}
        assert counters(line_of(young)) == {"allocated": 1, "backordered": 1}
        assert counters(line_of(unpaid)) == {"backordered": 2}
        assert list(Backorder.objects.order_by("pk").values_list("quantity", "status")) == [
            (0, "allocated"),
            (1, "waiting"),
            (2, "waiting"),
        ]
        assert [row.lines.get().quantity for row in FulfillmentOrder.objects.filter(order=old)] == [3]
        assert "backorder.allocated" in told(old)
        assert level(mug) == {"on_hand": 4, "allocated": 4}

    def test_the_customer_hears_of_the_new_date(self) -> None:
        mug = stocked(1, out_of_stock_policy=["backorder"])
        SupplierProductFactory(product=mug)
        with at("2026-11-23T12:00:00+01:00"):
            order = ordered((mug, 2))
        assert line_of(order).promised_on == date(2026, 12, 4)

        with at("2026-11-25T12:00:00+01:00"):
            adjust_stock(mug.sku, warehouse="BER", delta=3, reason=R.FOUND, by=SYSTEM)

        assert line_of(order).promised_on == date(2026, 11, 30)
        assert DeliveryPromise.objects.filter(line=line_of(order), kind="promise").count() == 2


class TestLess:
    def test_free_goods_may_go(self) -> None:
        mug = stocked(10)
        order = ordered((mug, 2))

        adjust_stock(mug.sku, warehouse="BER", delta=-8, reason=R.LOSS, by=SYSTEM)

        assert level(mug) == {"on_hand": 2, "allocated": 2}
        assert counters(line_of(order)) == {"allocated": 2}

    def test_the_youngest_reservation_is_given_up_and_found_elsewhere(self) -> None:
        mug = stocked(5, warehouse="BER")
        stocked(5, warehouse="HAM", sku=mug.sku)
        old, young = ordered((mug, 2)), ordered((mug, 3))

        adjust_stock(mug.sku, warehouse="BER", counted=3, reason=R.COUNT, by=SYSTEM)
        assert source_missing_units() == 1

        assert (level(mug, "BER"), level(mug, "HAM")) == (
            {"on_hand": 3, "allocated": 3},
            {"on_hand": 5, "allocated": 2},
        )
        assert counters(line_of(old)) == {"allocated": 2}
        assert counters(line_of(young)) == {"allocated": 3}
        assert {row.warehouse.code: row.lines.get().quantity for row in young.fulfillment_orders.all()} == {
            "BER": 1,
            "HAM": 2,
        }
        assert told(young)[-2:] == ["fulfillment_order.opened", "stock.reallocated"]

    def test_it_waits_where_its_policy_lets_it(self) -> None:
        mug = stocked(5, out_of_stock_policy=["backorder"])
        order = ordered((mug, 3))
        on_a_list(order)

        adjust_stock(mug.sku, warehouse="BER", delta=-3, reason=R.DAMAGE, by=SYSTEM)
        assert source_missing_units() == 1

        assert level(mug) == {"on_hand": 2, "allocated": 2}
        assert counters(line_of(order)) == {"allocated": 2, "backordered": 1}
        assert shelves(mug) == {"pick": (2, 2)}
        assert work_of(order).lines.get().quantity == 2
        assert "promise.changed" in told(order)

    def test_else_it_is_held_and_a_person_is_asked(self) -> None:
        mug = stocked(3)
        order = ordered((mug, 3))

        adjust_stock(mug.sku, warehouse="BER", counted=0, reason=R.COUNT, by=SYSTEM)
        assert (source_missing_units(), source_missing_units()) == (1, 0)

        assert counters(line_of(order)) == {}
        assert work_of(order).status == "cancelled"
        assert OrderHold.objects.get().reason == "out_of_stock"
        assert ProcessException.objects.get().category == "out_of_stock"
        assert level(mug) == {}

    def test_reservations_end_with_the_count_and_the_tick_sources_them_order_by_order(self) -> None:
        mug = stocked(6, out_of_stock_policy=["backorder"])
        orders = [ordered((mug, 2)) for _ in range(3)]
        pick_list = on_a_list(*orders)

        adjust_stock(mug.sku, warehouse="BER", counted=1, reason=R.COUNT, by=SYSTEM)

        assert level(mug) == {"on_hand": 1, "allocated": 1}
        assert [counters(line_of(order)) for order in orders] == [{"allocated": 1}, {}, {}]
        assert [line_of(order).unsourced for order in orders] == [1, 2, 2]
        assert list(pick_list.tasks.order_by("pk").values_list("quantity", "status")) == [
            (1, "open"),
            (2, "cancelled"),
            (2, "cancelled"),
        ]
        assert [work_of(order).status for order in orders] == ["open", "cancelled", "cancelled"]
        assert shelves(mug) == {"pick": (1, 1)}
        assert "backorder.waiting" not in told(orders[2])
        assert [check.name for check in checks() if check.find(1).wrong] == []

        assert source_missing_units() == 3
        assert [counters(line_of(order)) for order in orders] == [
            {"allocated": 1, "backordered": 1},
            {"backordered": 2},
            {"backordered": 2},
        ]

    def test_one_order_that_refuses_leaves_the_others_theirs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        mug = stocked(4, out_of_stock_policy=["backorder"])
        first, second = ordered((mug, 2)), ordered((mug, 2))
        adjust_stock(mug.sku, warehouse="BER", counted=0, reason=R.COUNT, by=SYSTEM)

        def outrun(order_id: int, **more: Any) -> None:
            if order_id == first.pk:
                raise StockChanged("Somebody was faster.")
            source_missing(order_id, **more)

        monkeypatch.setattr("warehouse.tasks.source_missing", outrun)
        assert source_missing_units() == 1
        monkeypatch.undo()

        assert (counters(line_of(first)), counters(line_of(second))) == ({}, {"backordered": 2})
        assert source_missing_units() == 1
        assert counters(line_of(first)) == {"backordered": 2}

    @pytest.mark.parametrize("bin_", ["warehouse", "bin"])
    def test_its_statements_do_not_grow_with_the_orders(self, bin_: str) -> None:
        spent = []
        for n in (2, 12):
            shelf = BinFactory()
            mug = stocked(2 * n, bin=shelf)
            for _ in range(n):
                on_a_list(ordered((mug, 2)))
            with CaptureQueriesContext(connection) as queries:
                adjust_stock(
                    mug.sku,
                    warehouse="BER",
                    counted=0,
                    bin=shelf.code if bin_ == "bin" else None,
                    reason=R.COUNT,
                    by=SYSTEM,
                )
            spent.append(len(queries))
            assert level(mug) == {}
        assert spent[0] == spent[1] <= 47

    def test_picked_goods_can_not_vanish(self) -> None:
        mug = stocked(3)
        picked(ordered((mug, 2)))

        with pytest.raises(StockTooLow):
            adjust_stock(mug.sku, warehouse="BER", counted=1, reason=R.COUNT, by=SYSTEM)

        assert level(mug) == {"on_hand": 3, "allocated": 2}
        assert StockMovement.objects.filter(kind="adjusted").count() == 1

    def test_more_than_there_is_can_not_go(self) -> None:
        mug = stocked(3)

        with pytest.raises(StockTooLow):
            adjust_stock(mug.sku, warehouse="BER", delta=-4, reason=R.LOSS, by=SYSTEM)

        assert level(mug) == {"on_hand": 3}


class TestOnlySubmitted:
    """The gateway was asked for an order's payment and hasn't answered: nobody may hear of the order."""

    @staticmethod
    def submitted(mug: Product, units: int, monkeypatch: pytest.MonkeyPatch) -> Order:
        def silent(*_args: Any) -> None:
            raise NoAnswer

        ShippingMethodFactory()
        with monkeypatch.context() as patch, pytest.raises(GatewayUnavailable):
            patch.setattr(Sandbox, "authorize", silent)
            place_order(an_order(WantedLine(sku=mug.sku, quantity=units), payment=PAID), by=SYSTEM)
        order = Order.objects.get()
        assert order.status == "submitted"
        return order

    def test_its_reservation_is_given_up_and_sourced_once_it_is_placed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        mug = stocked(3)
        order = self.submitted(mug, 3, monkeypatch)

        adjust_stock(mug.sku, warehouse="BER", counted=1, reason=R.LOSS, by=SYSTEM)

        assert level(mug) == {"on_hand": 1, "allocated": 1}
        assert source_missing_units() == 0
        assert (counters(line_of(order)), told(order)) == ({"allocated": 1}, [])
        assert not ProcessException.objects.exists()
        assert not Notification.objects.exists()
        assert [check.name for check in checks() if check.find(1).wrong] == []

        PaymentTransaction.objects.update(due_at=timezone.now())
        settle_payments(order.pk)
        assert Order.objects.get().status == "confirmed"
        assert source_missing_units() == 1
        assert OrderHold.objects.get().note == f"2 of {mug.sku} are nowhere to be found."

    def test_its_backorder_is_filled_silently_and_its_first_promise_is_the_new_date(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mug = stocked(1, out_of_stock_policy=["backorder"])
        SupplierProductFactory(product=mug)
        order = self.submitted(mug, 3, monkeypatch)
        before = line_of(order).promised_on

        adjust_stock(mug.sku, warehouse="BER", delta=5, reason=R.FOUND, by=SYSTEM)

        assert (counters(line_of(order)), told(order)) == ({"allocated": 3}, [])
        assert before > line_of(order).promised_on
        assert not Notification.objects.exists()
        assert not DeliveryPromise.objects.exists()

        PaymentTransaction.objects.update(due_at=timezone.now())
        settle_payments(order.pk)
        assert list(DeliveryPromise.objects.order_by("pk").values_list("kind", "promised_on")) == [
            ("promise", line_of(order).promised_on),
            ("notice", line_of(order).promised_on),
        ]


class TestOneBin:
    def test_tasks_of_a_bin_that_was_emptied_leave_their_list(self) -> None:
        near = BinFactory(walk_sequence=1)
        mug = stocked(3, bin=near)
        stocked(5, sku=mug.sku, bin=BinFactory(walk_sequence=2))
        order = ordered((mug, 2))
        pick_list = on_a_list(order)
        assert pick_list.tasks.get().bin == near

        adjust_stock(mug.sku, warehouse="BER", counted=0, bin=near.code, reason=R.COUNT, by=SYSTEM)

        pick_list.refresh_from_db()
        assert (pick_list.status, pick_list.tasks.get().status) == ("cancelled", "cancelled")
        assert counters(line_of(order)) == {"allocated": 2}
        assert on_a_list(order).tasks.get().bin != near

    def test_goods_in_quarantine_are_not_on_sale(self) -> None:
        mug = stocked(3)
        aside = BinFactory(kind=BinKind.QUARANTINE)

        adjust_stock(mug.sku, warehouse="BER", delta=2, bin=aside.code, reason=R.FOUND, by=SYSTEM)
        assert level(mug) == {"on_hand": 5, "unavailable": 2}
        adjust_stock(mug.sku, warehouse="BER", counted=0, bin=aside.code, reason=R.DAMAGE, by=SYSTEM)
        assert level(mug) == {"on_hand": 3}

    def test_the_packing_station_is_nobodys_shelf(self) -> None:
        mug = stocked(3)
        BinFactory(code="PACKING", kind=BinKind.PACKING)

        with pytest.raises(InvalidAdjustment):
            adjust_stock(mug.sku, warehouse="BER", delta=1, bin="PACKING", reason=R.FOUND, by=SYSTEM)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sku": "nothing"}, UnknownProduct),
        ({"warehouse": "XXX"}, UnknownWarehouse),
        ({"bin": "Z-99"}, UnknownBin),
        ({"delta": 0}, InvalidAdjustment),
        ({"delta": None}, InvalidAdjustment),
        ({"counted": 3}, InvalidAdjustment),
        ({"delta": None, "counted": -1}, InvalidAdjustment),
        ({"delta": 10**12}, InvalidAdjustment),
    ],
)
def test_nonsense_is_refused(changes: dict[str, object], error: type[Exception]) -> None:
    mug = stocked(3)
    asked = {"sku": mug.sku, "warehouse": "BER", "delta": 1, "reason": R.FOUND, "by": SYSTEM} | changes

    with pytest.raises(error):
        adjust_stock(asked.pop("sku"), **asked)

    assert (StockLevel.objects.get().on_hand, StockMovement.objects.count()) == (3, 1)
