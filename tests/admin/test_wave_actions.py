"""Waves in the back office: planned on a form, looked at, released or cancelled; refusals stand at their field."""

import pytest
from django.test import Client

from tests.admin.acting import act, action_url, done, refusal, refusals
from tests.factories.warehouse import WarehouseFactory
from tests.warehouse.scenes import on_a_list, ordered, stocked, work_of
from tests.warehouse.test_waves import a_bin
from warehouse.models import PickList, Tote, Warehouse, Wave, WaveSchedule

pytestmark = pytest.mark.django_db


def page(boss: Client, row: object) -> str:
    name = type(row)._meta.model_name  # type: ignore[attr-defined]
    return boss.get(f"/admin/warehouse/{name}/{row.pk}/change/").content.decode()  # type: ignore[attr-defined]


def buttons(boss: Client, wave: Wave) -> list[str]:
    shown = boss.get(f"/admin/warehouse/wave/{wave.pk}/change/").context["actions_detail"]
    return [str(button["title"]) for button in shown]


def test_a_wave_is_planned_looked_at_and_released(boss: Client) -> None:
    mug, cup = stocked(20, bin=a_bin(1), sku="MUG"), stocked(20, bin=a_bin(9), sku="CUP")
    near, far = ordered((mug, 8)), ordered((cup, 1))
    berlin = Warehouse.objects.get()

    answer = act(boss, berlin, "plan_wave", kind="single", lead_minutes="0")

    wave = Wave.objects.get()
    figures = {str(name): value for name, value in answer.context["figures"]}
    assert figures["Orders"] == figures["Lines"] == figures["Aisles"] == figures["Lists"] == figures["Left out"] == 1
    assert (figures["Units"], figures["Oldest left out"]) == (8, far.number)
    assert f'href="/admin/warehouse/wave/{wave.pk}/change/"' in answer.content.decode()
    assert not PickList.objects.exists()
    shown = page(boss, wave)
    assert near.number in shown
    assert far.number in shown
    assert "1: A 1" in shown
    assert buttons(boss, wave) == ["Release", "Cancel"]

    assert done(act(boss, wave, "release"))

    pick_list = PickList.objects.get()
    assert (pick_list.wave, pick_list.kind) == (wave, "single")
    assert str(pick_list) in page(boss, wave)
    assert str(wave) in page(boss, pick_list)
    assert buttons(boss, wave) == ["Cancel"]
    assert done(act(boss, wave, "cancel"))
    assert buttons(boss, wave) == []


def test_what_makes_no_sense_is_refused_at_its_field(boss: Client) -> None:
    ordered((stocked(20, bin=a_bin(1)), 8))
    berlin = Warehouse.objects.get()
    said = refusals(act(boss, berlin, "plan_wave", max_units="5", min_units="6"))
    assert said == {"min_units": ["At most as many as the wave may have."]}
    said = refusals(act(boss, berlin, "plan_wave", zone="X"))
    assert said == {"zone": ["Warehouse BER has no zone of this name."]}
    said = refusals(act(boss, berlin, "plan_wave", kind="cluster"))
    assert said == {"kind": ["Warehouse BER has no empty totes."]}
    for name, value in (("max_orders", "0"), ("orders_per_list", "x"), ("kind", "nonsense"), ("seed", "-1")):
        assert refusals(act(boss, berlin, "plan_wave", **{name: value})).keys() == {name}
    assert "No order can join a wave now" in refusal(act(boss, berlin, "plan_wave", max_units="1"))
    assert not Wave.objects.exists()


def test_a_release_that_comes_too_late_is_refused(boss: Client) -> None:
    order = ordered((stocked(20, bin=a_bin(1)), 8))
    act(boss, Warehouse.objects.get(), "plan_wave")
    wave = Wave.objects.get()
    on_a_list(order)
    assert refusal(act(boss, wave, "release")).startswith("Nothing of this wave is left to fetch")
    wave.refresh_from_db()
    assert wave.status == "planned"


def test_the_way_to_a_plan_stands_above_the_list(boss: Client) -> None:
    berlin = WarehouseFactory()
    shown = boss.get("/admin/warehouse/wave/").content.decode()
    assert action_url(berlin, "plan_wave") in shown
    assert "Plan a wave in BER" in shown


def test_a_schedule_is_edited(boss: Client) -> None:
    berlin = WarehouseFactory()
    a_bin(1, zone="Z")
    sent = {
        "name": "Noon", "warehouse": berlin.pk, "is_active": "on", "days": "135", "starts_at": "12:00",
        "every_minutes": "",
        "ends_at": "", "priority": "1", "kind": "cluster", "orders_per_list": "6", "max_orders": "60", "max_units": "",
        "min_units": "0", "zone": "Z", "min_age_minutes": "0", "lead_minutes": "60", "max_age_hours": "",
    }  # fmt: skip
    url = "/admin/warehouse/waveschedule/add/"
    assert boss.post(url, sent).status_code == 302
    assert WaveSchedule.objects.get().days == "135"
    wrong = {"days": "118", "zone": "Q", "ends_at": "11:00", "every_minutes": "1", "max_orders": "0", "max_units": "0"}
    for name, value in wrong.items():
        answer = boss.post(url, {**sent, "name": f"Other {name}", name: value})
        assert answer.status_code == 200, name
        errors = answer.context["adminform"].form.errors
        assert errors.keys() <= {name, "__all__"}, errors
        assert errors
    assert WaveSchedule.objects.count() == 1


def test_the_layout_is_edited_and_has_to_make_sense(boss: Client) -> None:
    berlin = WarehouseFactory()
    url = f"/admin/warehouse/warehouse/{berlin.pk}/change/"
    form = boss.get(url).context["adminform"].form
    sent = {bound.html_name: bound.value() if bound.value() is not None else "" for bound in form}
    sent |= {"aisle_length_m": "31.5"}
    boss.post(url, {**sent, "aisle_distance_m": "0"})
    berlin.refresh_from_db()
    assert float(berlin.aisle_length_m) == 20


def test_a_tote_tells_what_it_holds(boss: Client) -> None:
    mug = stocked(20, bin=a_bin(1))
    order = ordered((mug, 1))
    pick_list = on_a_list(order)
    tote = Tote.objects.create(
        warehouse=Warehouse.objects.get(), code="T-1", pick_list=pick_list, fulfillment_order=work_of(order)
    )
    listed = boss.get("/admin/warehouse/tote/").content.decode()
    assert order.number in listed
    assert str(pick_list) in listed
    assert order.number in page(boss, tote)
