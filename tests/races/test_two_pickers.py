"""Several people and devices at the same shelf at the same moment."""

from functools import partial
from time import sleep
from types import ModuleType
from typing import Any

import pytest
from django.db import DatabaseError

from orders.kernel.actor import SYSTEM
from orders.kernel.errors import DomainError
from orders.models import Order
from orders.services.cancel import cancel_order
from orders.states import CancelReason
from tests.factories.warehouse import BinFactory
from tests.races.runners import at_once
from tests.warehouse.scenes import assert_books_agree, on_a_list, ordered, stocked, user, work_of
from warehouse.models import PickList, PickTask, ScanEvent, StockLevel
from warehouse.services import call_off
from warehouse.services import scan_pick as scan_picks
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.pick import pick_units
from warehouse.services.release_pick_list import release_pick_list
from warehouse.services.scan_pick import scan_pick
from warehouse.services.start_pick_list import start_pick_list
from warehouse.states import AdjustmentReason

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_list_has_one_picker() -> None:
    pick_list = on_a_list(ordered((stocked(5), 1)))
    people = [user(f"picker-{i}") for i in range(6)]

    outcomes = at_once([partial(start_pick_list, pick_list.pk, user_id=one.pk, by=SYSTEM) for one in people])

    winners = [one for one, outcome in zip(people, outcomes, strict=True) if not isinstance(outcome, Exception)]
    assert [PickList.objects.get().picker] == winners
    assert all(isinstance(o, DomainError) for o in outcomes if isinstance(o, Exception))


def test_the_last_units_of_a_task_are_picked_once() -> None:
    task = on_a_list(ordered((stocked(5), 3))).tasks.get()

    outcomes = at_once([partial(pick_units, task.pk, quantity=1, by=SYSTEM) for _ in range(8)])

    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 3
    assert PickTask.objects.get().picked == 3
    assert_books_agree()


def test_a_scan_that_arrives_twice_at_once_counts_once() -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    pick_list, petra = on_a_list(ordered((mug, 4))), user()
    scan_pick(pick_list.pk, code="A-01", client_id="bin", user_id=petra.pk, by=SYSTEM)

    outcomes = at_once(
        [partial(scan_pick, pick_list.pk, code="MUG", client_id="same", user_id=petra.pk, by=SYSTEM)] * 6
    )

    assert {getattr(outcome, "message", outcome) for outcome in outcomes} == {"1 of 4: MUG."}
    assert PickTask.objects.get().picked == 1
    assert ScanEvent.objects.filter(client_id="same").count() == 1


def test_two_lists_never_count_on_the_same_unit() -> None:
    mug = stocked(4)
    orders = [ordered((mug, 1)) for _ in range(4)]
    work = [work_of(order).pk for order in orders] * 2

    outcomes = at_once([partial(release_pick_list, [pk], by=SYSTEM) for pk in work])

    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 4
    assert PickTask.objects.count() == 4
    assert_books_agree()


def test_a_scan_and_a_cancellation_take_their_locks_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rests after its first lock: a scan that took its list before the order would meet the cancellation there."""
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    order, petra = ordered((mug, 2)), user()
    pick_list = on_a_list(order)
    scan_pick(pick_list.pk, code="A-01", client_id="bin", user_id=petra.pk, by=SYSTEM)
    _rest_after(monkeypatch, scan_picks, "start_pick_list")
    _rest_after(monkeypatch, call_off, "locked_fulfillment_orders")

    outcomes = at_once(
        [
            partial(scan_pick, pick_list.pk, code="MUG", client_id="mug", user_id=petra.pk, by=SYSTEM),
            partial(cancel_order, order.pk, reason=CancelReason.CUSTOMER, by=SYSTEM),
        ]
    )

    assert [outcome for outcome in outcomes if isinstance(outcome, DatabaseError)] == []
    assert Order.objects.get().status == "cancelled"
    assert_books_agree()


def _rest_after(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
    lock = getattr(module, name)

    def locked(*args: Any, **more: Any) -> Any:
        held = lock(*args, **more)
        sleep(0.5)
        return held

    monkeypatch.setattr(module, name, locked)


def test_counts_and_picks_at_once_keep_the_books_straight() -> None:
    mug = stocked(12, out_of_stock_policy=["backorder"])
    orders = [ordered((mug, 1)) for _ in range(6)]
    lists = [on_a_list(order) for order in orders]
    jobs = [partial(pick_units, row.tasks.get().pk, quantity=1, by=SYSTEM) for row in lists]
    losses = [
        partial(adjust_stock, mug.sku, warehouse="BER", delta=-2, reason=AdjustmentReason.LOSS, by=SYSTEM)
        for _ in range(5)
    ]

    outcomes = at_once([*jobs, *losses])

    assert {type(o) for o in outcomes if isinstance(o, Exception)} <= set(DomainError.__subclasses__())
    assert StockLevel.objects.get().on_hand == 12 - 2 * sum(isinstance(o, StockLevel) for o in outcomes)
    assert_books_agree()
