"""Waves: planned with their figures, released to lists of their kind, called back, and run by their schedules."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.models import Order, OrderEvent, ShippingMethod
from orders.services.hold import hold_order
from orders.states import HoldReason, ShippingPolicy
from tests.factories.orders import ShippingMethodFactory
from tests.factories.warehouse import BinFactory, WarehouseFactory
from tests.warehouse.scenes import PICKER, line_of, on_a_list, ordered, stocked, user, work_of
from warehouse.errors import InvalidWave, NotReleasable, WaveUnderway
from warehouse.models import Bin, BinStock, PickList, PickTask, StockMovement, Tote, Wave, WaveSchedule
from warehouse.planning.urgency import Slots, last_slot, leaves_by, must_go
from warehouse.selectors.waves import due_schedules
from warehouse.services.cancel_wave import cancel_wave
from warehouse.services.pick import pick_units
from warehouse.services.plan_wave import plan_wave
from warehouse.services.release_wave import release_wave
from warehouse.services.run_schedule import run_schedule
from warehouse.services.start_pick_list import start_pick_list
from warehouse.services.undo_pick import undo_pick
from warehouse.states import PickKind
from warehouse.tasks import release_due_waves

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def a_bin(aisle: int, bay: int = 1, zone: str = "A") -> Bin:
    return BinFactory(
        code=f"{zone}{aisle}-{bay}", zone=zone, aisle=aisle, bay=bay, walk_sequence=aisle * 100 + bay, level=1
    )


def planned(methods: tuple[int, ...] = (), **terms: object) -> Wave:
    """Planned by these terms; nothing is urgent unless they say so."""
    wave = Wave(warehouse=WarehouseFactory(), **{"lead_minutes": 0, **terms})
    return plan_wave(wave, methods=methods, seed=1, by=PICKER)


def lists(wave: Wave) -> list[tuple[str, str, int, int]]:
    """Kind, zone, orders and tasks of each of its lists."""
    rows = wave.pick_lists.order_by("pk")
    return [(row.kind, row.zone, row.fulfillment_orders.count(), row.tasks.count()) for row in rows]


class TestPlanning:
    def test_it_takes_what_gives_most_units_per_aisle(self) -> None:
        mug, pot, cup = (stocked(20, bin=a_bin(aisle)) for aisle in (1, 2, 9))
        one, two, far = ordered((mug, 4)), ordered((mug, 3), (pot, 5)), ordered((cup, 2))

        wave = planned()

        assert set(wave.fulfillment_orders.all()) == {work_of(one), work_of(two)}
        figures = (wave.orders, wave.lines, wave.units, wave.aisles, wave.lists, wave.left_out, wave.oldest_left)
        assert figures == (2, 3, 12, ["A 1", "A 2"], 1, 1, far.number)
        assert wave.metres == Decimal("12.8"), "to the second aisle and back, and a bay deep into each: 2 x (4 + 2.4)"
        assert wave.aisles_by_age == 2
        assert wave.status == "planned"
        assert not PickList.objects.exists(), "nothing is reserved by a plan"
        assert [e.type for e in OrderEvent.objects.filter(order=None)][-1] == "wave.planned"

    def test_the_same_seed_plans_the_same(self) -> None:
        products = [stocked(9, bin=a_bin(aisle)) for aisle in range(1, 7)]
        for i in range(12):
            ordered((products[i % 6], 1 + i % 3), (products[i * i % 6], 1)) if i % 6 != i * i % 6 else None

        first, second = planned(max_units=9), planned(max_units=9)

        for name in ("aisles", "units", "metres", "iterations", "seed", "orders"):
            assert getattr(first, name) == getattr(second, name)
        assert set(first.fulfillment_orders.all()) == set(second.fulfillment_orders.all())

    def test_what_must_go_is_in_however_far(self) -> None:
        mug, cup = stocked(20, bin=a_bin(1)), stocked(20, bin=a_bin(9))
        ordered((mug, 9))
        late = ordered((cup, 1))
        Order.objects.filter(pk=late.pk).update(confirmed_at=timezone.now() - timedelta(hours=30))

        wave = planned(max_age_hours=24, max_units=5)

        assert list(wave.fulfillment_orders.all()) == [work_of(late)]
        assert (wave.must_go, wave.must_go_left) == (1, 0)

    def test_held_listed_young_and_foreign_orders_stay_out(self) -> None:
        mug, pot = stocked(50, bin=a_bin(1)), stocked(50, bin=a_bin(1, 2))
        held, listed, young, slow = (ordered((mug, 1)) for _ in range(4))
        going, in_part = ordered((mug, 2)), ordered((mug, 1), (pot, 3))
        hold_order(held.pk, reason=HoldReason.ADDRESS, by=PICKER)
        hold_order(in_part.pk, reason=HoldReason.OTHER, lines=[line_of(in_part, mug).public_id], by=PICKER)
        on_a_list(listed)
        express = ShippingMethodFactory(code="express")
        Order.objects.filter(pk=slow.pk).update(shipping_method=express)
        hour_ago = timezone.now() - timedelta(hours=1)
        Order.objects.exclude(pk=young.pk).update(confirmed_at=hour_ago)
        standard = ShippingMethod.objects.exclude(pk=express.pk).get()

        wave = planned((standard.pk,), min_age_minutes=30)

        assert set(wave.fulfillment_orders.all()) == {work_of(going), work_of(in_part)}
        assert wave.units == 2 + 3
        whole = planned((standard.pk,), min_age_minutes=30, complete_only=True)
        assert list(whole.fulfillment_orders.all()) == [work_of(going)]

    def test_a_zone_takes_what_it_can_give_alone(self) -> None:
        mug, cup = stocked(9, bin=a_bin(1)), stocked(9, bin=a_bin(1, zone="B"))
        ordered((mug, 1), (cup, 1))
        alone = ordered((cup, 2))

        wave = planned(zone="B")

        assert (list(wave.fulfillment_orders.all()), wave.aisles) == ([work_of(alone)], ["B 1"])

    @pytest.mark.parametrize(
        ("terms", "why"),
        [
            ({"max_orders": 0}, "max_orders: At least 1"),
            ({"orders_per_list": 0}, "orders_per_list: At least 1"),
            ({"max_units": 3, "min_units": 4}, "min_units: At most"),
            ({"zone": "X"}, "zone: Warehouse BER has no zone"),
            ({"kind": PickKind.CLUSTER}, "kind: Warehouse BER has no empty totes"),
        ],
    )
    def test_terms_that_make_no_sense_are_refused(self, terms: dict[str, object], why: str) -> None:
        ordered((stocked(5, bin=a_bin(1)), 1))
        with pytest.raises(InvalidWave, match=why):
            planned(**terms)
        assert not Wave.objects.exists()

    def test_nothing_to_fetch_is_no_wave(self) -> None:
        with pytest.raises(NotReleasable, match="No order can join a wave now"):
            planned()
        ordered((stocked(5, bin=a_bin(1)), 3))
        with pytest.raises(NotReleasable):
            planned(max_units=2)
        assert not Wave.objects.exists()


class TestRelease:
    @pytest.mark.parametrize(
        ("kind", "made"),
        [
            (PickKind.SINGLE, [("single", "", 1, 2), ("single", "", 1, 1), ("single", "", 1, 1)]),
            (PickKind.BATCH, [("batch", "", 2, 3), ("batch", "", 1, 1)]),
            (PickKind.CLUSTER, [("cluster", "", 2, 3), ("cluster", "", 1, 1)]),
            (PickKind.ZONE, [("zone", "A", 2, 2), ("zone", "B", 2, 2)]),
        ],
    )
    def test_each_kind_has_its_lists(self, kind: PickKind, made: list[tuple[str, str, int, int]]) -> None:
        mug, cup = stocked(20, bin=a_bin(1)), stocked(20, bin=a_bin(1, zone="B"))
        for wanted in (((mug, 1), (cup, 1)), ((mug, 2),), ((cup, 3),)):
            ordered(*wanted)
        Tote.objects.bulk_create(Tote(warehouse=WarehouseFactory(), code=f"T-{n}") for n in range(3))
        wave = planned(kind=kind, orders_per_list=2, min_units=7)

        release_wave(wave.pk, by=PICKER)

        wave.refresh_from_db()
        assert (wave.status, lists(wave), wave.lists) == ("released", made, len(made))
        assert PickTask.objects.count() == 4
        assert {row.status for row in PickList.objects.all()} == {"released"}

    def test_tasks_are_in_the_order_of_the_shortest_walk(self) -> None:
        products = [stocked(9, bin=a_bin(aisle, bay)) for aisle, bay in ((1, 16), (2, 16), (1, 2), (2, 2))]
        ordered(*((product, 1) for product in products))

        release_wave(planned().pk, by=PICKER)

        pick_list = PickList.objects.get()
        walked = list(pick_list.tasks.order_by("sequence").values_list("bin__code", flat=True))
        assert walked in (["A1-2", "A1-16", "A2-16", "A2-2"], ["A2-2", "A2-16", "A1-16", "A1-2"])
        assert pick_list.planned_metres == 2 * 20 + 2 * 4

    def test_goods_come_from_the_aisles_of_the_plan(self) -> None:
        near, far = a_bin(1), a_bin(5)
        mug = stocked(2, bin=near)
        stocked(9, sku=mug.sku, bin=far)
        pot = stocked(9, bin=a_bin(1, 3))
        ordered((mug, 1), (pot, 6))
        ordered((mug, 1))

        wave = planned()
        release_wave(wave.pk, by=PICKER)

        assert wave.aisles == ["A 1"]
        assert set(PickTask.objects.values_list("bin__aisle", flat=True)) == {1}

    def test_what_changed_since_the_plan_stays_behind(self) -> None:
        mug, pot = stocked(50, bin=a_bin(1)), stocked(50, bin=a_bin(1, 2))
        held, listed, going, part = (ordered((mug, 1), (pot, 1)) for _ in range(4))
        wave = planned()
        hold_order(held.pk, reason=HoldReason.ADDRESS, by=PICKER)
        hold_order(part.pk, reason=HoldReason.OTHER, lines=[line_of(part, mug).public_id], by=PICKER)
        on_a_list(listed)

        release_wave(wave.pk, by=PICKER)

        tasks = PickTask.objects.filter(pick_list__wave=wave)
        units = sorted(tasks.values_list("fulfillment_order__order", "product__sku"))
        assert units == sorted([(going.pk, mug.sku), (going.pk, pot.sku), (part.pk, pot.sku)])

    def test_complete_orders_only_or_none_of_it(self) -> None:
        mug, pot = stocked(50, bin=a_bin(1)), stocked(50, bin=a_bin(1, 2))
        part, going = ordered((mug, 1), (pot, 1)), ordered((mug, 1))
        wave = planned(complete_only=True)
        hold_order(part.pk, reason=HoldReason.OTHER, lines=[line_of(part, mug).public_id], by=PICKER)

        release_wave(wave.pk, by=PICKER)

        assert [task.fulfillment_order.order for task in PickTask.objects.all()] == [going]

    def test_an_order_that_ships_complete_waits_for_all_of_it(self) -> None:
        mug, pot = stocked(50, bin=a_bin(1)), stocked(3, bin=a_bin(1, 2), out_of_stock_policy=["backorder"])
        whole, short = ordered((mug, 1), (pot, 1)), ordered((mug, 1), (pot, 5))
        assert planned().orders == 2
        wave = planned()
        Order.objects.update(shipping_policy=ShippingPolicy.SHIP_COMPLETE)

        release_wave(wave.pk, by=PICKER)

        assert {task.fulfillment_order.order for task in PickTask.objects.all()} == {whole}
        assert line_of(short, pot).backordered == 3
        with pytest.raises(NotReleasable):
            planned()

    def test_it_is_released_once(self) -> None:
        ordered((stocked(5, bin=a_bin(1)), 1))
        wave = planned()
        release_wave(wave.pk, by=PICKER)
        for again in (release_wave,):
            with pytest.raises(NotReleasable, match="released or cancelled before"):
                again(wave.pk, by=PICKER)
        assert PickList.objects.count() == 1

    def test_nothing_left_is_refused_and_changes_nothing(self) -> None:
        order = ordered((stocked(5, bin=a_bin(1)), 1))
        wave = planned()
        on_a_list(order)

        with pytest.raises(NotReleasable, match="Nothing of this wave is left"):
            release_wave(wave.pk, by=PICKER)

        wave.refresh_from_db()
        assert (wave.status, wave.pick_lists.count()) == ("planned", 0)

    def test_a_wave_ends_with_its_last_list_and_goes_on_when_one_is_opened_again(self) -> None:
        mug = stocked(9, bin=a_bin(1))
        for _ in range(2):
            ordered((mug, 1))
        wave = planned(kind=PickKind.SINGLE)
        release_wave(wave.pk, by=PICKER)
        seen = []
        for task in PickTask.objects.order_by("pk"):
            pick_units(task.pk, quantity=1, by=PICKER)
            wave.refresh_from_db()
            seen.append(wave.status)
        undo_pick(task.pk, by=PICKER)
        wave.refresh_from_db()
        assert (seen, wave.status, wave.finished_at) == (["released", "done"], "released", None)


class TestCancel:
    def test_a_plan_is_given_up(self) -> None:
        ordered((stocked(5, bin=a_bin(1)), 1))
        wave = planned()
        cancel_wave(wave.pk, by=PICKER)
        wave.refresh_from_db()
        assert wave.status == "cancelled"
        for service in (cancel_wave, release_wave):
            with pytest.raises(NotReleasable):
                service(wave.pk, by=PICKER)

    def test_lists_that_nobody_took_are_called_back(self) -> None:
        mug = stocked(9, bin=a_bin(1))
        orders = [ordered((mug, 1)) for _ in range(2)]
        wave = planned(kind=PickKind.SINGLE)
        release_wave(wave.pk, by=PICKER)

        cancel_wave(wave.pk, by=PICKER)

        wave.refresh_from_db()
        assert wave.status == "cancelled"
        assert {row.status for row in PickList.objects.all()} == {"cancelled"}
        assert BinStock.objects.get(bin__kind="pick").picking == 0
        assert planned().orders == len(orders), "its orders are free for another"

    def test_it_isnt_while_somebody_walks(self) -> None:
        mug = stocked(9, bin=a_bin(1))
        for _ in range(2):
            ordered((mug, 1))
        wave = planned(kind=PickKind.SINGLE)
        release_wave(wave.pk, by=PICKER)
        taken = PickList.objects.order_by("pk")[0]
        start_pick_list(taken.pk, user_id=user().pk, by=PICKER)
        moved = StockMovement.objects.count()

        with pytest.raises(WaveUnderway, match=f"petra works on list {taken.public_id}"):
            cancel_wave(wave.pk, by=PICKER)

        assert StockMovement.objects.count() == moved
        assert sorted(PickList.objects.values_list("status", flat=True)) == ["in_progress", "released"]


BERLIN = ZoneInfo("Europe/Berlin")


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """A moment in the first week of December 2026, which begins on a Tuesday."""
    return datetime(2026, 12, day, hour, minute, tzinfo=BERLIN)


class TestSchedules:
    @pytest.mark.parametrize(
        ("now", "slot"),
        [
            (at(7, 59), None),
            (at(8), at(8)),
            (at(9, 44), at(9, 30)),
            (at(12), at(11)),
            (at(10, day=5), None),
        ],
    )
    def test_when_it_is_due(self, now: datetime, slot: datetime | None) -> None:
        slots = Slots(days="12345", starts_at=time(8), every=timedelta(minutes=30), ends_at=time(11))
        assert last_slot(now, slots, "Europe/Berlin") == slot

    def test_without_a_repetition_it_runs_once_a_day(self) -> None:
        slots = Slots(days="3", starts_at=time(8), every=None, ends_at=None)
        assert [last_slot(at(hour), slots, "Europe/Berlin") for hour in (7, 8, 23)] == [None, at(8), at(8)]

    def test_when_work_must_go(self) -> None:
        hours = WarehouseFactory(cutoff_time=time(15)).hours
        today = at(0).date()
        assert leaves_by(at(10), None, 3, hours) == today
        assert leaves_by(at(16), None, 3, hours) == at(0, day=3).date()
        assert leaves_by(at(10), at(0, day=8).date(), 3, hours) == at(0, day=3).date(), "three working days before"
        lead = timedelta(hours=2)
        due = [must_go(today, at(hour), hours, lead=lead) for hour in (9, 12, 13, 16)]
        assert due == [False, False, True, True]
        assert must_go(at(0, day=1).date(), at(6), hours, lead=lead)
        assert not must_go(at(0, day=3).date(), at(14), hours, lead=lead)

    def test_it_plans_and_releases_once_for_its_time(self) -> None:
        mug = stocked(9, bin=a_bin(1))
        order = ordered((mug, 2))
        schedule = a_schedule()
        schedule.methods.add(ShippingMethod.objects.get())

        assert release_due_waves() == 1
        assert release_due_waves() == 0

        wave = Wave.objects.get()
        assert (wave.status, wave.schedule, wave.kind) == ("released", schedule, "single")
        assert list(wave.methods.all()) == [ShippingMethod.objects.get()]
        assert PickTask.objects.get().fulfillment_order.order == order
        schedule.refresh_from_db()
        assert schedule.last_outcome == wave.public_id
        assert run_schedule(schedule.pk, slot=schedule.last_run_at, by=SYSTEM) is None

    def test_without_orders_it_says_so_and_waits_for_its_next_time(self) -> None:
        schedule = a_schedule()
        assert release_due_waves() == 0
        schedule.refresh_from_db()
        assert schedule.last_outcome.startswith("No order can join a wave now")
        assert due_schedules(timezone.now()) == []
        a_schedule(name="totes", kind=PickKind.CLUSTER)
        ordered((stocked(9, bin=a_bin(1)), 2))
        assert release_due_waves() == 0
        assert WaveSchedule.objects.get(name="totes").last_outcome == "kind: Warehouse BER has no empty totes."

    def test_the_first_in_rank_gets_the_orders(self) -> None:
        ordered((stocked(9, bin=a_bin(1)), 2))
        a_schedule(name="later", priority=5)
        first = a_schedule(name="first", priority=1)
        off = a_schedule(name="off", priority=0, is_active=False)

        assert release_due_waves() == 1

        assert Wave.objects.get().schedule == first
        off.refresh_from_db()
        assert off.last_outcome == ""


def a_schedule(**terms: object) -> WaveSchedule:
    """One that was due a moment ago, every day."""
    values = {
        "name": "morning",
        "kind": PickKind.SINGLE,
        "days": "1234567",
        "starts_at": time(0),
        "every_minutes": 5,
        "last_run_at": timezone.now() - timedelta(days=1),
        **terms,
    }
    return WaveSchedule.objects.create(warehouse=WarehouseFactory(), **values)


def test_statements_of_plan_and_release_do_not_grow_with_the_orders() -> None:
    mug, pot = stocked(90, bin=a_bin(1)), stocked(90, bin=a_bin(2))
    spent = []
    for orders in (2, 12):
        for _ in range(orders):
            ordered((mug, 1), (pot, 1))
        with CaptureQueriesContext(connection) as queries:
            wave = planned()
            release_wave(wave.pk, by=PICKER)
        assert wave.orders == orders
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 60
