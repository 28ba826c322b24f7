"""Units called off: whatever was done for them is undone, the least progress first."""

from collections.abc import Mapping

import pytest

from orders.errors import NotCancellable
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import Order, OrderHold, ProcessException, Product
from orders.services.cancel import cancel_order
from orders.services.count import Change, count
from orders.services.hold import hold_order
from orders.states import CancelReason, HoldReason
from tests.factories.warehouse import BinFactory, BoxTypeFactory
from tests.warehouse.scenes import (
    PICKER,
    counters,
    labelled,
    level,
    line_of,
    on_a_list,
    ordered,
    packed,
    picked,
    shelves,
    stocked,
    told,
    work_of,
)
from warehouse.models import Allocation, Backorder, FulfillmentOrder, Package, PickList, PutBackTask
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.finish_put_back import finish_put_back
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units
from warehouse.services.pick import pick_units
from warehouse.services.release_units import release_units
from warehouse.services.seal_package import seal_package
from warehouse.services.ship_packages import ship_packages
from warehouse.states import AdjustmentReason
from warehouse.tasks import source_missing_units

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def cancel(order: Order, units: Mapping[int, int], *, restock: bool = True) -> None:
    """What the ground floor does: release, then count as cancelled."""
    with work(by=PICKER):
        locked_order(order.pk)
        release_units(order.pk, units, restock=restock, by=PICKER)
        count(order.pk, {pk: Change(cancelled=n) for pk, n in units.items()})


def test_a_reservation_alone() -> None:
    mug = stocked(5)
    order = ordered((mug, 3), confirmed=False)

    cancel(order, {line_of(order).pk: 3})

    assert level(mug) == {"on_hand": 5}
    assert list(Allocation.objects.values_list("quantity", "status")) == [(0, "released")]
    assert counters(line_of(order)) == {"cancelled": 3}


def test_waiting_units_go_before_reserved_ones() -> None:
    mug = stocked(2, out_of_stock_policy=["backorder"])
    order = ordered((mug, 5))

    cancel(order, {line_of(order).pk: 4})

    assert counters(line_of(order)) == {"cancelled": 4, "allocated": 1}
    assert list(Backorder.objects.values_list("quantity", "status")) == [(0, "cancelled")]
    assert work_of(order).lines.get().quantity == 1


def test_work_that_nobody_started_is_cancelled() -> None:
    mug = stocked(5)
    order = ordered((mug, 3))
    pick_list = on_a_list(order)

    cancel(order, {line_of(order).pk: 3})

    pick_list.refresh_from_db()
    assert (pick_list.status, pick_list.tasks.get().status, work_of(order).status) == (
        "cancelled",
        "cancelled",
        "cancelled",
    )
    assert shelves(mug) == {"pick": (5, 0)}
    assert level(mug) == {"on_hand": 5}
    assert told(order)[-2:] == ["fulfillment_order.closed", "stock.released"]


def test_part_of_a_task() -> None:
    mug = stocked(5)
    order = ordered((mug, 3))
    pick_list = on_a_list(order)

    cancel(order, {line_of(order).pk: 1})

    task = pick_list.tasks.get()
    assert (task.quantity, task.status) == (2, "open")
    assert shelves(mug) == {"pick": (5, 2)}
    assert work_of(order).lines.get().quantity == 2


def test_picked_units_are_put_back() -> None:
    shelf = BinFactory()
    mug = stocked(5, bin=shelf)
    order = ordered((mug, 3))
    picked(order)

    cancel(order, {line_of(order).pk: 2})

    task = PutBackTask.objects.get()
    assert (task.quantity, task.bin, task.status) == (2, shelf, "open")
    assert counters(line_of(order)) == {"cancelled": 2, "allocated": 1, "picked": 1}
    assert level(mug) == {"on_hand": 5, "allocated": 1}
    assert shelves(mug) == {"pick": (2, 0), "packing": (3, 0)}

    finish_put_back(task.pk, by=PICKER)
    assert shelves(mug) == {"pick": (4, 0), "packing": (1, 0)}


def test_packages_are_voided() -> None:
    mug, cup = stocked(5), stocked(5)
    order = ordered((mug, 2), (cup, 1))
    package = labelled(order)

    cancel(order, {line_of(order, mug).pk: 1})

    package.refresh_from_db()
    assert package.status == "voided"
    assert counters(line_of(order, mug)) == {"cancelled": 1, "allocated": 1, "picked": 1}
    assert counters(line_of(order, cup)) == {"allocated": 1, "picked": 1}
    assert PutBackTask.objects.get().quantity == 1


def test_open_packages_are_opened_up_too() -> None:
    mug = stocked(5)
    order = ordered((mug, 2))
    packed(order)

    cancel(order, {line_of(order).pk: 2})

    assert Package.objects.get().status == "voided"
    assert work_of(order).status == "cancelled"
    assert level(mug) == {"on_hand": 5}


def test_what_is_left_is_all_sealed_and_says_so() -> None:
    mug, cup = stocked(5), stocked(1, out_of_stock_policy=["backorder"])
    order = ordered((mug, 2), (cup, 1))
    pick_list = on_a_list(order)

    BoxTypeFactory()
    pick_units(pick_list.tasks.get(product=mug).pk, quantity=2, by=PICKER)
    row = work_of(order)
    package = open_package(row.pk, by=PICKER)
    pack_units(package.pk, fulfillment_line_id=row.lines.get(line__product=mug).pk, quantity=2, by=PICKER)
    seal_package(package.pk, box="m", weight_g=750, by=PICKER)
    assert order.events.last().data["is_last"] is False

    cancel(order, {line_of(order, cup).pk: 1})

    assert [e.data["is_last"] for e in order.events.filter(type="package.sealed").order_by("seq")] == [False, True]


def test_without_restock_the_goods_leave_the_books() -> None:
    mug = stocked(5)
    order = ordered((mug, 4))
    pick_list = on_a_list(order)

    pick_units(pick_list.tasks.get().pk, quantity=2, by=PICKER)

    cancel(order, {line_of(order).pk: 4}, restock=False)

    assert level(mug) == {"on_hand": 1}
    assert shelves(mug) == {"pick": (1, 0)}
    assert not PutBackTask.objects.exists()


def test_what_has_left_stays() -> None:
    mug = stocked(5)
    order = ordered((mug, 3))
    ship_packages([labelled(order).pk], by=PICKER)

    with pytest.raises(NotCancellable):
        cancel(order, {line_of(order).pk: 1})

    assert level(mug) == {"on_hand": 2}
    assert FulfillmentOrder.objects.get().status == "closed"


def test_two_orders_on_one_list() -> None:
    mug = stocked(5)
    first, second = ordered((mug, 2)), ordered((mug, 1))
    pick_list = on_a_list(first, second)

    cancel(first, {line_of(first).pk: 2})

    pick_list.refresh_from_db()
    assert pick_list.status == "released"
    assert set(pick_list.tasks.values_list("line__order__number", "status")) == {
        (first.number, "cancelled"),
        (second.number, "open"),
    }
    assert PickList.objects.count() == 1


class TestShortUnits:
    """Nowhere to be found, then called off: nobody has to look for them any more."""

    @staticmethod
    def shorted(units: int) -> tuple[Order, Product]:
        mug, cup = stocked(units), stocked(5)
        order = ordered((mug, units), (cup, 1))
        adjust_stock(mug.sku, warehouse="BER", counted=0, reason=AdjustmentReason.LOSS, by=PICKER)
        source_missing_units()
        assert (open_holds(), open_questions()) == (1, ["out_of_stock"])
        return order, mug

    def test_hold_and_question_end_with_the_cancellation(self) -> None:
        order, mug = self.shorted(2)
        lines = {line_of(order, mug).public_id: 2}

        cancel_order(order.pk, reason=CancelReason.INVENTORY, lines=lines, by=PICKER)

        assert (open_holds(), open_questions()) == (0, [])
        assert ProcessException.objects.get().resolution == "cancelled"
        order.refresh_from_db()
        assert order.fulfillment_status == "unfulfilled"

    def test_they_stay_as_long_as_a_unit_is_missing(self) -> None:
        order, mug = self.shorted(2)
        lines = {line_of(order, mug).public_id: 1}

        cancel_order(order.pk, reason=CancelReason.INVENTORY, lines=lines, by=PICKER)

        assert (open_holds(), open_questions()) == (1, ["out_of_stock"])
        order.refresh_from_db()
        assert order.fulfillment_status == "on_hold"

    def test_a_hold_that_another_line_needs_stays(self) -> None:
        order, mug = self.shorted(2)
        cup = order.lines.exclude(product=mug).get()
        hold_order(order.pk, reason=HoldReason.CUSTOMER_REQUEST, by=PICKER)

        cancel_order(order.pk, reason=CancelReason.CUSTOMER, lines={cup.public_id: 1}, by=PICKER)

        assert (open_holds(), open_questions()) == (2, ["out_of_stock"])

    def test_the_whole_order(self) -> None:
        order, _mug = self.shorted(2)

        cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=PICKER)

        assert (open_holds(), open_questions()) == (0, [])


def open_holds() -> int:
    return OrderHold.objects.filter(released_at=None).count()


def open_questions() -> list[str]:
    return list(ProcessException.objects.filter(status="open").values_list("category", flat=True))
