"""Releasing work: what is fetched where, and what is not."""

import pytest

from orders.errors import OnHold
from orders.services.hold import hold_order
from orders.states import HoldReason
from tests.factories.warehouse import BinFactory
from tests.warehouse.scenes import (
    PICKER,
    line_of,
    on_a_list,
    ordered,
    picked,
    shelves,
    stocked,
    told,
    work_of,
)
from warehouse.errors import NotReleasable
from warehouse.models import PickList
from warehouse.services.release_pick_list import release_pick_list
from warehouse.states import BinKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def test_tasks_are_in_walk_order() -> None:
    far, near = BinFactory(walk_sequence=9), BinFactory(walk_sequence=1)
    mug, cup = stocked(5, bin=far), stocked(5, bin=near)

    pick_list = on_a_list(ordered((mug, 1), (cup, 2)))

    assert list(pick_list.tasks.values_list("sequence", "bin__code", "quantity")) == [
        (1, near.code, 2),
        (2, far.code, 1),
    ]


def test_one_bin_that_has_all_is_better_than_two_on_the_way() -> None:
    near, far = BinFactory(walk_sequence=1), BinFactory(walk_sequence=9)
    mug = stocked(2, bin=near)
    stocked(5, sku=mug.sku, bin=far)

    assert [t.bin for t in on_a_list(ordered((mug, 3))).tasks.all()] == [far]
    assert [(t.bin, t.quantity) for t in on_a_list(ordered((mug, 4))).tasks.all()] == [(near, 2), (far, 2)]


def test_picking_shelves_come_before_bulk() -> None:
    bulk, shelf = BinFactory(walk_sequence=1, kind=BinKind.BULK), BinFactory(walk_sequence=9)
    mug = stocked(5, bin=bulk)
    stocked(5, sku=mug.sku, bin=shelf)

    assert on_a_list(ordered((mug, 3))).tasks.get().bin == shelf


def test_several_orders_on_one_walk() -> None:
    mug = stocked(5)
    first, second = ordered((mug, 2)), ordered((mug, 1))

    pick_list = on_a_list(first, second)

    assert [task.quantity for task in pick_list.tasks.all()] == [2, 1]
    assert shelves(mug) == {"pick": (5, 3)}
    assert told(first)[-1] == told(second)[-1] == "pick_list.released"


def test_nothing_is_released_twice() -> None:
    order = ordered((stocked(5), 2))
    on_a_list(order)

    with pytest.raises(NotReleasable):
        on_a_list(order)

    assert PickList.objects.count() == 1


def test_a_hold_stops_it_and_says_why() -> None:
    mug = stocked(5)
    order = ordered((mug, 2))
    hold_order(order.pk, reason=HoldReason.ADDRESS, by=PICKER)

    with pytest.raises(OnHold, match=f"Order {order.number} is on hold: Address"):
        on_a_list(order)

    assert shelves(mug) == {"pick": (5, 0)}
    assert not PickList.objects.exists()


def test_a_held_line_stays_behind() -> None:
    mug, cup = stocked(5), stocked(5)
    order = ordered((mug, 2), (cup, 1))
    hold_order(order.pk, reason=HoldReason.OTHER, lines=[line_of(order, mug).public_id], by=PICKER)

    assert [task.product for task in on_a_list(order).tasks.all()] == [cup]


def test_a_list_is_one_walk_through_one_warehouse() -> None:
    mug, cup = stocked(5, warehouse="BER"), stocked(5, warehouse="HAM")
    order = ordered((mug, 1), (cup, 1))

    with pytest.raises(NotReleasable):
        on_a_list(order)


def test_finished_and_unknown_work_is_refused() -> None:
    order = ordered((stocked(5), 2))
    picked(order)

    for chosen in ([work_of(order).pk], [], [0]):
        with pytest.raises(NotReleasable):
            release_pick_list(chosen, by=PICKER)
