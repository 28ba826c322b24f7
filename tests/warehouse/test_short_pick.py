"""Short: the bin had less than the books said."""

import pytest

from config.audit import checks
from orders.exception_words import summary
from orders.models import OrderHold, ProcessException
from orders.services.exception import resolve_exception
from tests.factories.warehouse import BinFactory
from tests.warehouse.scenes import (
    PICKER,
    counters,
    level,
    line_of,
    on_a_list,
    ordered,
    shelves,
    stocked,
    task_of,
    told,
    user,
    work_of,
)
from warehouse.errors import NotPickable, TakenByAnother
from warehouse.models import PickList, PickTask, StockMovement
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.pick import pick_units
from warehouse.services.release_pick_list import release_pick_list
from warehouse.services.short_pick import short_pick
from warehouse.services.skip_task import skip_task
from warehouse.services.start_pick_list import start_pick_list
from warehouse.states import AdjustmentReason, ShortReason
from warehouse.tasks import fill_waiting_backorders, source_missing_units

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def test_another_bin_on_the_same_walk() -> None:
    mug = stocked(3, bin=BinFactory(walk_sequence=1))
    stocked(5, sku=mug.sku, bin=BinFactory(walk_sequence=2))
    order = ordered((mug, 3))
    pick_list = on_a_list(order)
    first = task_of(pick_list)
    pick_units(first.pk, quantity=1, by=PICKER)

    short_pick(first.pk, reason=ShortReason.NOT_FOUND, by=PICKER)

    tasks = list(pick_list.tasks.values_list("quantity", "picked", "status", "short_reason"))
    assert tasks == [(3, 1, "short", "not_found"), (2, 0, "open", "")]
    assert level(mug) == {"on_hand": 6, "allocated": 3}
    assert counters(line_of(order)) == {"allocated": 3, "picked": 1}
    row = work_of(order)
    assert (row.status, row.lines.get().quantity) == ("in_progress", 3)
    movement = StockMovement.objects.get(reason="not_found", kind="adjusted")
    assert (movement.on_hand_delta, movement.bin_delta, movement.bin) == (-2, -2, first.bin)
    assert told(order)[-2:] == ["units.pick_short", "stock.reallocated"]
    assert PickList.objects.get().status == "in_progress"


@pytest.mark.parametrize("reason", [ShortReason.NOT_FOUND, ShortReason.WRONG_ITEM])
def test_nobody_is_sent_to_the_same_bin_again_until_it_was_counted(reason: ShortReason) -> None:
    near = BinFactory(code="A-01", walk_sequence=1)
    mug = stocked(10, bin=near, sku="MUG")
    stocked(4, sku=mug.sku, bin=BinFactory(walk_sequence=2))
    first, second, third = ordered((mug, 3)), ordered((mug, 2)), ordered((mug, 1))
    pick_list = on_a_list(first, second)
    assert {task.bin for task in pick_list.tasks.all()} == {near}

    short_pick(pick_list.tasks.get(line__order=first).pk, reason=reason, by=PICKER)

    open_tasks = pick_list.tasks.filter(status="open").order_by("pk")
    assert [(task.line.order, task.bin == near, task.quantity) for task in open_tasks] == [
        (first, False, 1),
        (second, False, 2),
    ]
    assert pick_list.tasks.filter(bin=near).exclude(status="short").get().status == "cancelled"
    # Three are gone and seven in doubt: of the four in the other bin others have reserved three.
    assert level(mug) == {"on_hand": 11, "allocated": 4, "unavailable": 7}
    assert counters(line_of(first)) == {"allocated": 1}
    doubt = ProcessException.objects.get(category="bin_doubted")
    assert (doubt.status, doubt.order) == ("open", None)
    assert summary(doubt) == "Bin A-01: a picker did not find the 7 of MUG that should be there."
    assert on_a_list(third).tasks.get().bin != near
    assert [check.name for check in checks() if check.find(1).wrong] == []

    adjust_stock(mug.sku, warehouse="BER", counted=7, bin=near.code, reason=AdjustmentReason.COUNT, by=PICKER)

    assert level(mug) == {"on_hand": 11, "allocated": 4}
    assert source_missing_units() == 1
    assert counters(line_of(first)) == {"allocated": 3}
    assert not ProcessException.objects.filter(status="open").exists()
    assert [task.bin == near for task in on_a_list(first).tasks.all()] == [True]


def test_what_is_in_doubt_is_not_counted_on_and_its_policy_helps() -> None:
    mug = stocked(10, out_of_stock_policy=["backorder"])
    order = ordered((mug, 3))
    pick_list = on_a_list(order)

    short_pick(task_of(pick_list).pk, reason=ShortReason.NOT_FOUND, by=PICKER)

    assert counters(line_of(order)) == {"backordered": 3}
    assert level(mug) == {"on_hand": 7, "unavailable": 7}
    resolve_exception(ProcessException.objects.get().pk, resolution="They lay behind it.", by=PICKER)
    assert level(mug) == {"on_hand": 7}
    assert fill_waiting_backorders() == 3
    assert counters(line_of(order)) == {"allocated": 3}


def test_a_bin_that_held_no_more_is_not_in_doubt() -> None:
    mug = stocked(3, out_of_stock_policy=["backorder"])

    short_pick(task_of(on_a_list(ordered((mug, 3)))).pk, reason=ShortReason.NOT_FOUND, by=PICKER)

    assert level(mug) == {}
    assert not ProcessException.objects.exists()


def test_another_picker_can_not_close_it() -> None:
    mug = stocked(5)
    pick_list = on_a_list(ordered((mug, 3)))
    start_pick_list(pick_list.pk, user_id=user("anna").pk, by=PICKER)
    before = StockMovement.objects.count()

    with pytest.raises(TakenByAnother):
        short_pick(task_of(pick_list).pk, reason=ShortReason.NOT_FOUND, user_id=user("bob").pk, by=PICKER)
    with pytest.raises(TakenByAnother):
        skip_task(task_of(pick_list).pk, user_id=user("bob").pk, by=PICKER)

    assert (task_of(pick_list).status, StockMovement.objects.count()) == ("open", before)
    assert skip_task(task_of(pick_list).pk, user_id=user("anna").pk, by=PICKER).status == "skipped"


def test_another_warehouse() -> None:
    mug = stocked(3, warehouse="BER")
    stocked(5, warehouse="HAM", sku=mug.sku)
    order = ordered((mug, 3))
    pick_list = release_pick_list([work_of(order).pk], by=PICKER)

    short_pick(task_of(pick_list).pk, reason=ShortReason.NOT_FOUND, by=PICKER)

    assert {row.warehouse.code: row.status for row in order.fulfillment_orders.all()} == {
        "BER": "cancelled",
        "HAM": "open",
    }
    assert (level(mug, "BER"), level(mug, "HAM")) == ({}, {"on_hand": 5, "allocated": 3})
    assert PickList.objects.get().status == "picked"


def test_units_that_others_reserved_are_not_taken_from_them() -> None:
    mug = stocked(3, bin=BinFactory(walk_sequence=1), out_of_stock_policy=["backorder"])
    stocked(3, sku=mug.sku, bin=BinFactory(walk_sequence=2))
    first, second = ordered((mug, 3)), ordered((mug, 3))
    pick_list = on_a_list(first)

    short_pick(task_of(pick_list).pk, reason=ShortReason.WRONG_ITEM, by=PICKER)

    assert counters(line_of(first)) == {"backordered": 3}
    assert counters(line_of(second)) == {"allocated": 3}
    assert level(mug) == {"on_hand": 3, "allocated": 3}
    assert "backorder.waiting" in told(first)


def test_damaged_goods_go_to_quarantine() -> None:
    mug = stocked(3, out_of_stock_policy=["backorder"])
    order = ordered((mug, 2))

    short_pick(task_of(on_a_list(order)).pk, reason=ShortReason.DAMAGED, by=PICKER)

    assert level(mug) == {"on_hand": 3, "allocated": 1, "unavailable": 2}
    assert shelves(mug) == {"pick": (1, 1), "quarantine": (2, 0)}
    assert counters(line_of(order)) == {"allocated": 1, "backordered": 1}


def test_no_goods_and_no_policy_ask_a_person_until_goods_come_in() -> None:
    mug, cup = stocked(3), stocked(3)
    order = ordered((mug, 3), (cup, 1))
    pick_list = on_a_list(order)

    short_pick(pick_list.tasks.get(product=mug).pk, reason=ShortReason.NOT_FOUND, by=PICKER)

    hold = OrderHold.objects.get()
    assert (hold.reason, list(hold.lines.all())) == ("out_of_stock", [line_of(order, mug)])
    assert ProcessException.objects.get().status == "open"
    pick_units(pick_list.tasks.get(product=cup).pk, quantity=1, by=PICKER)  # the other line goes on

    assert source_missing_units() == 0
    adjust_stock(mug.sku, warehouse="BER", delta=5, reason=AdjustmentReason.FOUND, by=PICKER)
    assert source_missing_units() == 1
    assert source_missing_units() == 0

    assert counters(line_of(order, mug)) == {"allocated": 3}
    assert ProcessException.objects.get().status == "resolved"
    assert not OrderHold.objects.filter(released_at=None).exists()


def test_a_done_task_can_not_be_short() -> None:
    mug = stocked(3)
    task = task_of(on_a_list(ordered((mug, 3))))
    pick_units(task.pk, quantity=3, by=PICKER)

    with pytest.raises(NotPickable):
        short_pick(task.pk, reason=ShortReason.NOT_FOUND, by=PICKER)

    assert level(mug) == {"on_hand": 3, "allocated": 3}
    assert PickTask.objects.get().status == "picked"
