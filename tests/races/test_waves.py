"""Two people at one wave, two waves at one order, two carts at one tote, two beats at one schedule."""

from functools import partial

import pytest
from django.db import DatabaseError
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.kernel.errors import DomainError
from tests.factories.warehouse import WarehouseFactory
from tests.races.runners import at_once
from tests.warehouse.scenes import assert_books_agree, ordered, stocked, user, work_of
from tests.warehouse.test_waves import a_bin, a_schedule, planned
from warehouse.models import FulfillmentOrderLine, PickList, PickTask, Tote, Wave
from warehouse.services.cancel_wave import cancel_wave
from warehouse.services.pick import pick_units
from warehouse.services.release_pick_list import release_pick_list
from warehouse.services.release_wave import release_wave
from warehouse.services.run_schedule import run_schedule
from warehouse.services.scan_pick import scan_pick
from warehouse.states import PickKind

pytestmark = pytest.mark.django_db(transaction=True)


def successes(outcomes: list[object]) -> int:
    assert [outcome for outcome in outcomes if isinstance(outcome, DatabaseError)] == []
    assert all(isinstance(outcome, DomainError) for outcome in outcomes if isinstance(outcome, Exception)), outcomes
    return sum(not isinstance(outcome, Exception) for outcome in outcomes)


def assert_no_unit_on_two_lists() -> None:
    wanted = {(line.fulfillment_order_id, line.line_id): line.quantity for line in FulfillmentOrderLine.objects.all()}
    listed: dict[tuple[int, int], int] = {}
    for task in PickTask.objects.filter(status="open"):
        key = task.fulfillment_order_id, task.line_id
        listed[key] = listed.get(key, 0) + task.quantity
    assert all(units <= wanted[key] for key, units in listed.items())
    assert_books_agree()


def test_a_wave_is_released_once() -> None:
    mug = stocked(20, bin=a_bin(1))
    for _ in range(4):
        ordered((mug, 1))
    wave = planned(kind=PickKind.SINGLE)

    outcomes = at_once([partial(release_wave, wave.pk, by=SYSTEM)] * 6)

    assert successes(outcomes) == 1
    assert PickList.objects.count() == PickTask.objects.count() == 4
    assert_no_unit_on_two_lists()


def test_two_waves_and_a_hand_never_list_one_order_twice() -> None:
    mug, pot = stocked(40, bin=a_bin(1)), stocked(40, bin=a_bin(2))
    orders = [ordered((mug, 1), (pot, 2)) for _ in range(6)]
    waves = [planned(kind=kind) for kind in (PickKind.SINGLE, PickKind.BATCH, PickKind.ZONE)]
    by_hand = [partial(release_pick_list, [work_of(order).pk], by=SYSTEM) for order in orders[:3]]

    outcomes = at_once([*(partial(release_wave, wave.pk, by=SYSTEM) for wave in waves), *by_hand])

    successes(outcomes)
    assert sum(task.quantity for task in PickTask.objects.all()) == 6 * 3
    assert_no_unit_on_two_lists()


def test_released_or_cancelled_but_not_both() -> None:
    mug = stocked(20, bin=a_bin(1))
    for _ in range(3):
        ordered((mug, 1))
    wave = planned(kind=PickKind.SINGLE)

    successes(at_once([partial(release_wave, wave.pk, by=SYSTEM), partial(cancel_wave, wave.pk, by=SYSTEM)] * 3))

    wave.refresh_from_db()
    assert wave.status == "cancelled", "whoever came second saw the first: a released wave is called back"
    assert not PickTask.objects.filter(status="open").exists()
    assert_no_unit_on_two_lists()


def test_the_last_two_lists_end_their_wave() -> None:
    mug = stocked(20, bin=a_bin(1))
    for _ in range(4):
        ordered((mug, 1))
    wave = planned(kind=PickKind.SINGLE)
    release_wave(wave.pk, by=SYSTEM)

    outcomes = at_once([partial(pick_units, task.pk, quantity=1, by=SYSTEM) for task in PickTask.objects.all()])

    assert successes(outcomes) == 4
    wave.refresh_from_db()
    assert wave.status == "done"


def test_a_tote_is_on_one_cart() -> None:
    mug = stocked(20, bin=a_bin(1))
    for _ in range(4):
        ordered((mug, 1))
    for n in range(4):
        Tote.objects.create(warehouse=WarehouseFactory(), code=f"T-{n}")
    release_wave(planned(kind=PickKind.CLUSTER, orders_per_list=1).pk, by=SYSTEM)
    people = [user(f"picker-{i}") for i in range(4)]
    lists = list(PickList.objects.order_by("pk"))

    outcomes = at_once(
        [
            partial(scan_pick, row.pk, code="T-1", client_id=f"s{row.pk}", user_id=one.pk, by=SYSTEM)
            for row, one in zip(lists, people, strict=True)
        ]
    )

    assert successes(outcomes) == 1
    assert PickTask.objects.filter(tote__code="T-1").count() == 1


def test_a_schedule_runs_once_whatever_beats() -> None:
    ordered((stocked(20, bin=a_bin(1)), 1))
    schedule, now = a_schedule(), timezone.now()

    outcomes = at_once([partial(run_schedule, schedule.pk, slot=now, by=SYSTEM)] * 5)

    assert sum(outcome is not None for outcome in outcomes) == 1
    assert Wave.objects.get().status == "released"
