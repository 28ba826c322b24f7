"""Cluster lists by scan: a tote for each order, then bin, item, quantity, tote; a wrong tote moves nothing."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from orders.services.cancel import cancel_order
from orders.states import CancelReason
from tests.factories.warehouse import BoxTypeFactory, WarehouseFactory
from tests.papers import text_of
from tests.warehouse.scenes import PICKER, ordered, shelves, stocked, user, work_of
from tests.warehouse.test_scan_pick import Picker
from tests.warehouse.test_waves import a_bin, planned
from warehouse.documents.printing import print_pick_list
from warehouse.errors import NotUndoable, WrongScan, WrongTote
from warehouse.models import PickList, PickTask, ScanEvent, StockMovement, Tote
from warehouse.selectors.find import find_work
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units
from warehouse.services.release_wave import release_wave
from warehouse.services.seal_package import seal_package
from warehouse.services.short_pick import short_pick
from warehouse.states import PickKind, ScanKind, ShortReason

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


@pytest.fixture(autouse=True)
def totes() -> list[Tote]:
    return [Tote.objects.create(warehouse=WarehouseFactory(), code=f"T-{n}") for n in range(1, 5)]


def a_cluster(*units: int) -> PickList:
    """A released cluster list: an order of so many mugs each, from one bin."""
    mug = stocked(50, bin=a_bin(1), sku="MUG")
    for n in units:
        ordered((mug, n))
    release_wave(planned(kind=PickKind.CLUSTER).pk, by=PICKER)
    return PickList.objects.get()


def in_totes() -> list[tuple[str | None, int, int]]:
    return list(PickTask.objects.order_by("pk").values_list("tote__code", "quantity", "picked"))


def test_each_order_gets_its_tote_then_its_goods() -> None:
    picker = Picker(a_cluster(3, 1))
    one, two = (task.line.order.number for task in PickTask.objects.order_by("sequence"))

    said = [picker.scan(code) for code in ("t-1", "T-2", "A1-1", "MUG", "MUG", "3", "T-1", "MUG", "T-2")]

    assert said == [
        f"Tote T-1 is for order {one}.",
        f"Tote T-2 is for order {two}.",
        "Bin A1-1.",
        "1 of 3: MUG. Now tote T-1.",
        "2 of 3: MUG. Now tote T-1.",
        "3 of 3: MUG. Now tote T-1.",
        "3 of 3: MUG in tote T-1.",
        "1 of 1: MUG. Now tote T-2.",
        "1 of 1: MUG in tote T-2.",
    ]
    assert in_totes() == [("T-1", 3, 3), ("T-2", 1, 1)]
    assert PickList.objects.get().status == "picked"
    assert list(Tote.objects.filter(pick_list__isnull=False).values_list("code", flat=True)) == ["T-1", "T-2"]
    kinds = ScanEvent.objects.order_by("pk").values_list("kind", "quantity")
    assert list(kinds)[-4:] == [("quantity", 0), ("tote", 3), ("item", 0), ("tote", 1)]


@pytest.mark.parametrize(
    ("scans", "why"),
    [
        (["A1-1"], "No tote is called A1-1. Scan an empty one."),
        (["T-1", "T-1"], r"Tote T-1 holds order .*\. Scan an empty one\."),
        (["T-1", "T-2", "A1-1", "MUG", "T-2"], "Wrong: T-2. Put 1 x MUG into tote T-1."),
        (["T-1", "T-2", "A1-1", "MUG", "T-9"], "Wrong: T-9. Put 1 x MUG into tote T-1."),
        (["T-1", "T-2", "A1-1", "MUG", "A1-1"], "Wrong: A1-1. Put 1 x MUG into tote T-1."),
    ],
)
def test_a_wrong_tote_is_refused_and_nothing_moves(scans: list[str], why: str) -> None:
    picker = Picker(a_cluster(3, 1))
    for code in scans[:-1]:
        picker.scan(code)
    before = (StockMovement.objects.count(), in_totes(), list(Tote.objects.values()))

    with pytest.raises(WrongTote, match=why):
        picker.scan(scans[-1])

    assert (StockMovement.objects.count(), in_totes(), list(Tote.objects.values())) == before
    last = ScanEvent.objects.latest("pk")
    assert (last.is_accepted, last.code) == (False, scans[-1])


def test_more_than_wanted_is_refused() -> None:
    picker = Picker(a_cluster(2))
    for code in ("T-1", "A1-1", "MUG"):
        picker.scan(code)
    for code in ("3", "0"):
        with pytest.raises(WrongScan):
            picker.scan(code)
    picker.scan("MUG")
    with pytest.raises(WrongScan, match="Only 2 are wanted here"):
        picker.scan("MUG")
    assert in_totes() == [("T-1", 2, 0)]
    assert picker.scan("T-1") == "2 of 2: MUG in tote T-1."


def test_in_two_handfuls() -> None:
    picker = Picker(a_cluster(5))
    for code in ("T-1", "A1-1", "MUG", "2", "T-1"):
        picker.scan(code)
    assert in_totes() == [("T-1", 5, 2)]
    picker.scan("MUG")
    with pytest.raises(WrongScan, match="2 are taken already"):
        picker.scan("2")
    assert picker.scan("5") == "5 of 5: MUG. Now tote T-1."
    assert picker.scan("T-1") == "5 of 5: MUG in tote T-1."


def test_undo_takes_back_the_hand_the_tote_and_what_is_in_it() -> None:
    picker = Picker(a_cluster(3))
    order = PickTask.objects.get().line.order
    picker.scan("T-1")
    assert picker.undo() == "Tote T-1 is free again."
    assert not Tote.objects.filter(pick_list__isnull=False).exists()
    with pytest.raises(NotUndoable):
        picker.undo()
    assert picker.scan("T-2") == f"Tote T-2 is for order {order.number}."
    for code in ("A1-1", "MUG", "MUG"):
        picker.scan(code)
    assert picker.undo() == "Put 2 x MUG back: nothing was taken."
    with pytest.raises(NotUndoable):
        picker.undo()
    with pytest.raises(WrongScan, match="Take MUG from bin A1-1"):
        picker.scan("T-2")
    for code in ("MUG", "2", "T-2"):
        picker.scan(code)
    assert in_totes() == [("T-2", 3, 2)]
    assert picker.undo() == "2 x MUG back in bin A1-1."
    assert in_totes() == [("T-2", 3, 0)]


def test_a_scan_sent_twice_counts_once() -> None:
    picker = Picker(a_cluster(3))
    for code in ("T-1", "A1-1", "MUG"):
        picker.scan(code)
    assert picker.scan("MUG", "same") == picker.scan("MUG", "same") == "2 of 3: MUG. Now tote T-1."
    assert picker.scan("T-1", "tote") == picker.scan("T-1", "tote") == "2 of 3: MUG in tote T-1."
    assert in_totes() == [("T-1", 3, 2)]


def test_what_comes_from_another_bin_goes_into_the_same_tote() -> None:
    pick_list = a_cluster(3)
    stocked(9, sku="MUG", bin=a_bin(2))
    picker = Picker(pick_list)
    picker.scan("T-1")

    short_pick(pick_list.tasks.get().pk, reason=ShortReason.NOT_FOUND, user_id=user().pk, by=PICKER)

    assert in_totes() == [("T-1", 3, 0), ("T-1", 3, 0)]
    for code in ("A2-1", "MUG", "3", "T-1"):
        picker.scan(code)
    assert PickList.objects.get().status == "picked"


def test_a_tote_is_free_when_all_of_it_is_packed() -> None:
    picker = Picker(a_cluster(2))
    for code in ("T-1", "A1-1", "MUG", "2", "T-1"):
        picker.scan(code)
    task = PickTask.objects.get()
    row = work_of(task.line.order)
    assert find_work("t-1", picks=True, packs=True) == row
    BoxTypeFactory()
    for left in (1, 0):
        package = open_package(row.pk, by=PICKER)
        pack_units(package.pk, fulfillment_line_id=row.lines.get().pk, quantity=1, by=PICKER)
        weight = package.expected_weight_g + 150 + task.product.weight_g
        seal_package(package.pk, box="m", materials={}, weight_g=weight, by=PICKER)
        assert Tote.objects.filter(pick_list__isnull=False).count() == left
    with pytest.raises(Exception, match="Tote t-1 is empty"):
        find_work("t-1", picks=True, packs=True)


def test_a_tote_is_free_when_its_order_is_called_off() -> None:
    picker = Picker(a_cluster(2, 1))
    for code in ("T-1", "T-2", "A1-1", "MUG", "T-1"):
        picker.scan(code)
    first = PickTask.objects.get(tote__code="T-1").line.order

    cancel_order(first.pk, reason=CancelReason.CUSTOMER, by=PICKER)

    assert [tote.code for tote in Tote.objects.filter(pick_list__isnull=False)] == ["T-2"]
    assert shelves(PickTask.objects.all()[0].product) == {"pick": (49, 1), "packing": (1, 0)}


def test_other_lists_stay_as_they_are() -> None:
    mug = stocked(50, bin=a_bin(1), sku="MUG")
    ordered((mug, 2))
    release_wave(planned(kind=PickKind.BATCH).pk, by=PICKER)
    picker = Picker(PickList.objects.get())
    assert [picker.scan(code) for code in ("A1-1", "MUG", "MUG")] == ["Bin A1-1.", "1 of 2: MUG.", "2 of 2: MUG."]
    assert ScanKind.TOTE not in ScanEvent.objects.values_list("kind", flat=True)


def test_it_is_printed_with_its_totes() -> None:
    pick_list = a_cluster(1, 2)
    numbers = [task.line.order.number for task in pick_list.tasks.order_by("sequence")]
    text = text_of(print_pick_list(pick_list))
    assert "Kind Cluster with totes Metres 2" in text
    assert "Quantity Tote" in text
    Picker(pick_list).scan("T-3")
    text = text_of(print_pick_list(pick_list))
    assert "T-3" in text
    assert numbers[1] in text.split("Quantity Tote")[1]


def test_the_screen_asks_for_totes_and_shows_them(client: Client) -> None:
    pick_list = a_cluster(2, 1)
    person = user()
    person.is_staff = True
    person.save()
    person.user_permissions.set(Permission.objects.filter(codename="pick", content_type__app_label="warehouse"))
    client.force_login(person)
    url = f"/wh/lists/{pick_list.public_id}"
    first, second = (task.line.order.number for task in pick_list.tasks.order_by("sequence"))

    def scan(code: str) -> str:
        sent = {"code": code, "client_id": f"c {code} {ScanEvent.objects.count()}"}
        return client.post(f"{url}/scan", sent, follow=True).content.decode()

    assert f"Scan an empty tote for order {first} to start" in client.get(url).content.decode()
    assert f"Scan a tote for order {second}" in scan("T-1")
    assert "Scan bin A1-1" in scan("T-2")
    scan("A1-1")
    assert "Put 1 into tote" in scan("MUG")
    assert "Wrong: T-2. Put 1 x MUG into tote T-1." in scan("T-2")
    assert "1 of 2: MUG in tote T-1." in scan("T-1")
    assert in_totes() == [("T-1", 2, 1), ("T-2", 1, 0)]
