"""The straight way: work order, list, pick, pack, seal, label, ship; every counter at every step."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
    sealed,
    shelves,
    stocked,
    told,
    work_of,
)
from warehouse.errors import NotShippable
from warehouse.models import Allocation, MaterialStock, Package, StockMovement
from warehouse.services.ship_packages import ship_packages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def test_a_confirmed_order_becomes_work() -> None:
    mug = stocked(10)

    order = ordered((mug, 2))

    row = work_of(order)
    assert (row.status, row.warehouse.code, row.promised_on) == ("open", "BER", line_of(order).promised_on)
    assert list(row.lines.values_list("line__sku", "quantity", "picked")) == [(mug.sku, 2, 0)]
    assert told(order)[-2:] == ["order.confirmed", "fulfillment_order.opened"]


def test_one_work_order_per_warehouse() -> None:
    mug, cup = stocked(10, warehouse="BER"), stocked(10, warehouse="HAM")

    order = ordered((mug, 1), (cup, 1))

    assert {row.warehouse.code for row in order.fulfillment_orders.all()} == {"BER", "HAM"}


def test_a_list_reserves_the_bins() -> None:
    mug = stocked(10)
    order = ordered((mug, 2))

    pick_list = on_a_list(order)

    assert pick_list.status == "released"
    assert list(pick_list.tasks.values_list("line__sku", "quantity", "status")) == [(mug.sku, 2, "open")]
    assert shelves(mug) == {"pick": (10, 2)}
    assert work_of(order).status == "open"


def test_picked_units_wait_at_the_packing_station() -> None:
    mug = stocked(10)
    order = ordered((mug, 2))

    pick_list = picked(order)

    assert (pick_list.status, work_of(order).status) == ("picked", "in_progress")
    assert shelves(mug) == {"pick": (8, 0), "packing": (2, 0)}
    assert level(mug) == {"on_hand": 10, "allocated": 2}
    assert counters(line_of(order)) == {"allocated": 2, "picked": 2}
    order.refresh_from_db()
    assert order.fulfillment_status == "in_progress"


def test_packed_units_count() -> None:
    order = ordered((stocked(10), 2))

    package = packed(order)

    assert (package.status, package.expected_weight_g) == ("open", 600)
    assert counters(line_of(order)) == {"allocated": 2, "picked": 2, "packed": 2}


def test_a_seal_weighs_uses_up_and_tells() -> None:
    order = ordered((stocked(10), 2))

    package = sealed(order)

    assert (package.status, package.box.code, package.weight_g, package.advised_box.code) == ("sealed", "m", 760, "m")
    assert MaterialStock.objects.get().on_hand == -1
    event = order.events.get(type="package.sealed")
    assert event.data == {"package": package.public_id, "is_last": True}


def test_shipped_units_leave_the_books() -> None:
    mug = stocked(10)
    order = ordered((mug, 2))
    package = labelled(order)

    ship_packages([package.pk], by=PICKER)

    package.refresh_from_db()
    assert (package.status, work_of(order).status) == ("shipped", "closed")
    assert level(mug) == {"on_hand": 8}
    assert shelves(mug) == {"pick": (8, 0)}
    assert counters(line_of(order)) == {"picked": 2, "packed": 2, "shipped": 2}
    assert list(Allocation.objects.values_list("quantity", "status")) == [(0, "consumed")]
    movement = StockMovement.objects.get(kind="shipped")
    assert (movement.on_hand_delta, movement.allocated_delta, movement.package) == (-2, -2, package)
    assert told(order)[-2:] == ["package.shipped", "fulfillment_order.closed"]


def test_all_packages_leave_in_one_stock_statement() -> None:
    mugs = [stocked(10) for _ in range(5)]
    package = labelled(ordered(*((mug, 1) for mug in mugs)))

    with CaptureQueriesContext(connection) as captured:
        ship_packages([package.pk], by=PICKER)

    touching_stock = [q["sql"] for q in captured if "UPDATE warehouse_stocklevel" in q["sql"]]
    assert len(touching_stock) == 1


def test_only_a_labelled_package_leaves_and_only_once() -> None:
    mug = stocked(10)
    order = ordered((mug, 2))
    package = sealed(order)

    with pytest.raises(NotShippable):
        ship_packages([package.pk], by=PICKER)

    assert level(mug) == {"on_hand": 10, "allocated": 2}
    assert Package.objects.get().status == "sealed"
