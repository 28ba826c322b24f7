"""Undo: possible until the unit lies in a package."""

import pytest

from tests.warehouse.scenes import (
    PICKER,
    counters,
    level,
    line_of,
    on_a_list,
    ordered,
    packed,
    picked,
    shelves,
    stocked,
    task_of,
    told,
    user,
    work_of,
)
from warehouse.errors import NotUndoable, TakenByAnother
from warehouse.models import Package, PickList
from warehouse.services.pack import unpack_units
from warehouse.services.pick import pick_units
from warehouse.services.scan_pick import undo_task
from warehouse.services.start_pick_list import start_pick_list
from warehouse.services.undo_pick import undo_pick

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def test_units_go_back_to_their_bin_and_the_list_is_open_again() -> None:
    mug = stocked(3)
    order = ordered((mug, 2))
    pick_list = picked(order)

    undo_pick(task_of(pick_list).pk, quantity=1, by=PICKER)

    pick_list.refresh_from_db()
    task = task_of(pick_list)
    assert (pick_list.status, pick_list.finished_at, task.status, task.picked) == ("in_progress", None, "open", 1)
    assert shelves(mug) == {"pick": (2, 1), "packing": (1, 0)}
    assert counters(line_of(order)) == {"allocated": 2, "picked": 1}
    assert told(order)[-1] == "units.pick_undone"


def test_packed_units_are_unpacked_first() -> None:
    mug = stocked(3)
    order = ordered((mug, 2))
    package = packed(order)
    task = task_of(PickList.objects.get())

    with pytest.raises(NotUndoable):
        undo_pick(task.pk, by=PICKER)
    assert shelves(mug) == {"pick": (1, 0), "packing": (2, 0)}

    unpack_units(package.pk, fulfillment_line_id=work_of(order).lines.get().pk, quantity=2, by=PICKER)
    undo_pick(task.pk, by=PICKER)

    assert shelves(mug) == {"pick": (3, 2)}
    assert level(mug) == {"on_hand": 3, "allocated": 2}
    assert counters(line_of(order)) == {"allocated": 2}
    assert Package.objects.get().expected_weight_g == 0


def test_nothing_picked_is_nothing_to_undo() -> None:
    mug = stocked(3)
    pick_list = picked(ordered((mug, 2)))
    undo_pick(task_of(pick_list).pk, by=PICKER)

    with pytest.raises(NotUndoable):
        undo_pick(task_of(pick_list).pk, by=PICKER)


def test_another_picker_can_not_take_it_back() -> None:
    mug = stocked(3)
    order = ordered((mug, 2))
    pick_list = on_a_list(order)
    start_pick_list(pick_list.pk, user_id=user("anna").pk, by=PICKER)
    task = pick_units(task_of(pick_list).pk, quantity=1, by=PICKER)

    with pytest.raises(TakenByAnother):
        undo_task(task.pk, client_id="u", user_id=user("bob").pk, by=PICKER)

    assert (task_of(pick_list).picked, counters(line_of(order))) == (1, {"allocated": 2, "picked": 1})
    undo_task(task.pk, client_id="v", user_id=user("anna").pk, by=PICKER)
    assert task_of(pick_list).picked == 0
