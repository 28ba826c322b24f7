"""Picking by scan: what each code does, and that a wrong one moves nothing."""

import pytest

from tests.factories.warehouse import BinFactory
from tests.warehouse.scenes import PICKER, on_a_list, ordered, picked, shelves, stocked, task_of, user, work_of
from warehouse.errors import NotUndoable, TakenByAnother, WrongScan
from warehouse.models import PackageLine, PickList, PickTask, ScanEvent, StockMovement
from warehouse.planning.codes import as_quantity, names_product
from warehouse.services.scan_pack import scan_pack
from warehouse.services.scan_pick import scan_pick, undo_last_pick, undo_task
from warehouse.services.skip_task import skip_task
from warehouse.services.start_pick_list import start_pick_list

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


class Picker:
    """Somebody with a scanner in front of a list."""

    def __init__(self, pick_list: PickList, name: str = "petra") -> None:
        self.pick_list = pick_list
        self.user = user(name)
        self.scans = 0

    def scan(self, code: str, client_id: str = "") -> str:
        self.scans += 1
        client_id = client_id or f"{self.user.username}-{self.scans}"
        return scan_pick(self.pick_list.pk, code=code, client_id=client_id, user_id=self.user.pk, by=PICKER).message

    def undo(self) -> str:
        self.scans += 1
        client_id = f"{self.user.username}-{self.scans}"
        return undo_last_pick(self.pick_list.pk, client_id=client_id, user_id=self.user.pk, by=PICKER).message


def tasks() -> list[tuple[int, int, str]]:
    return list(PickTask.objects.order_by("pk").values_list("quantity", "picked", "status"))


def test_bin_item_item() -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG", gtin="4006381333931")
    picker = Picker(on_a_list(ordered((mug, 2))))

    said = [picker.scan("a-01"), picker.scan("mug"), picker.scan("04006381333931")]

    assert said == ["Bin A-01.", "1 of 2: MUG.", "2 of 2: MUG."]
    assert tasks() == [(2, 2, "picked")]
    assert PickList.objects.get().status == "picked"
    assert PickList.objects.get().picker == picker.user
    events = ScanEvent.objects.order_by("pk").values_list("kind", "quantity", "is_accepted")
    assert list(events) == [("bin", 0, True), ("item", 1, True), ("item", 1, True)]


def test_the_number_in_all_after_the_first() -> None:
    mug = stocked(50, bin=BinFactory(code="A-01"), sku="MUG")
    picker = Picker(on_a_list(ordered((mug, 40))))
    picker.scan("A-01")

    with pytest.raises(WrongScan):
        picker.scan("12")  # no item was scanned yet
    picker.scan("MUG")
    assert picker.scan("12") == "12 of 40: MUG."
    for number in ("41", "12", "0"):
        with pytest.raises(WrongScan):
            picker.scan(number)
    assert tasks() == [(40, 12, "open")]


@pytest.mark.parametrize(
    ("scans", "why"),
    [
        (["MUG"], "Scan the bin first: A-01."),
        (["B-02"], "Wrong bin: B-02. Go to bin A-01."),
        (["4711"], "Unknown code: 4711. Scan bin A-01."),
        (["A-01", "CUP"], "Wrong item: CUP. Take MUG from bin A-01."),
        (["A-01", "B-02"], "Wrong item: B-02. Take MUG from bin A-01."),
    ],
)
def test_a_wrong_scan_says_what_is_wanted_and_moves_nothing(scans: list[str], why: str) -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    stocked(5, bin=BinFactory(code="B-02"), sku="CUP")
    picker = Picker(on_a_list(ordered((mug, 2))))
    for code in scans[:-1]:
        picker.scan(code)
    moved = StockMovement.objects.count()

    with pytest.raises(WrongScan) as refusal:
        picker.scan(scans[-1])

    assert refusal.value.detail == why
    assert StockMovement.objects.count() == moved
    assert tasks() == [(2, 0, "open")]
    last = ScanEvent.objects.latest("pk")
    assert (last.is_accepted, last.message, last.code) == (False, why, scans[-1])


def test_a_scan_sent_twice_counts_once() -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    picker = Picker(on_a_list(ordered((mug, 3))))
    picker.scan("A-01")

    assert picker.scan("MUG", "same") == picker.scan("MUG", "same") == "1 of 3: MUG."
    assert tasks() == [(3, 1, "open")]
    for _ in range(2):
        with pytest.raises(WrongScan, match="Wrong item: CUP"):
            picker.scan("CUP", "wrong")
    assert ScanEvent.objects.count() == 3


def test_two_products_in_one_bin_need_its_scan_once() -> None:
    shelf = BinFactory(code="A-01")
    mug, cup = stocked(5, bin=shelf, sku="MUG"), stocked(5, bin=shelf, sku="CUP")
    picker = Picker(on_a_list(ordered((mug, 1), (cup, 1))))

    picker.scan("A-01")
    picker.scan("CUP")
    picker.scan("MUG")

    assert tasks() == [(1, 1, "picked"), (1, 1, "picked")]


def test_the_walk_may_be_walked_in_any_order() -> None:
    mug = stocked(5, bin=BinFactory(code="A-01", walk_sequence=1), sku="MUG")
    cup = stocked(5, bin=BinFactory(code="B-02", walk_sequence=2), sku="CUP")
    picker = Picker(on_a_list(ordered((mug, 1), (cup, 1))))

    picker.scan("B-02")
    assert picker.scan("CUP") == "1 of 1: CUP."
    with pytest.raises(WrongScan, match="Scan the bin first"):
        picker.scan("MUG")


def test_undo_takes_back_the_last_scan_once() -> None:
    mug = stocked(50, bin=BinFactory(code="A-01"), sku="MUG")
    picker = Picker(on_a_list(ordered((mug, 40))))
    for code in ("A-01", "MUG", "40"):
        picker.scan(code)

    assert picker.undo() == "39 x MUG back in bin A-01."
    with pytest.raises(NotUndoable):
        picker.undo()

    assert tasks() == [(40, 1, "open")]
    assert PickList.objects.get().status == "in_progress"
    assert shelves(mug) == {"pick": (49, 39), "packing": (1, 0)}
    assert picker.scan("3") == "3 of 40: MUG."


def test_a_task_is_put_back_as_a_whole() -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    pick_list = picked(ordered((mug, 3)))

    done = undo_task(task_of(pick_list).pk, client_id="u", user_id=user().pk, by=PICKER)

    assert done.message == "3 x MUG back in bin A-01."
    assert tasks() == [(3, 0, "open")]


def test_a_list_belongs_to_one_picker() -> None:
    mug = stocked(5, bin=BinFactory(code="A-01"), sku="MUG")
    pick_list = on_a_list(ordered((mug, 1)))
    start_pick_list(pick_list.pk, user_id=user("paul").pk, by=PICKER)

    with pytest.raises(TakenByAnother, match="paul works on this list"):
        Picker(pick_list).scan("A-01")

    assert start_pick_list(pick_list.pk, user_id=user("paul").pk, by=PICKER).status == "in_progress"


def test_a_skipped_task_comes_last() -> None:
    mug = stocked(5, bin=BinFactory(code="A-01", walk_sequence=1), sku="MUG")
    cup = stocked(5, bin=BinFactory(code="B-02", walk_sequence=2), sku="CUP")
    pick_list = on_a_list(ordered((mug, 1), (cup, 1)))
    skip_task(pick_list.tasks.get(product=mug).pk, by=PICKER)

    with pytest.raises(WrongScan, match="Scan bin B-02"):
        Picker(pick_list).scan("?")
    assert PickTask.objects.get(product=mug).status == "skipped"


def test_packing_by_scan() -> None:
    mug, cup = stocked(5, sku="MUG"), stocked(5, sku="CUP")
    order = ordered((mug, 2))
    picked(order)

    def scan(code: str, client_id: str) -> str:
        return scan_pack(work_of(order).pk, code=code, client_id=client_id, user_id=user().pk, by=PICKER).message

    assert (scan("MUG", "1"), scan("MUG", "1"), scan(mug.gtin, "2")) == ("1 of 2: MUG.", "1 of 2: MUG.", "2 of 2: MUG.")
    assert PackageLine.objects.get().quantity == 2
    with pytest.raises(WrongScan, match="All of MUG that was picked is packed already"):
        scan("MUG", "3")
    with pytest.raises(WrongScan, match="It isn't part of this order"):
        scan(cup.sku, "4")
    assert list(ScanEvent.objects.order_by("pk").values_list("kind", "is_accepted")) == [
        ("pack", True),
        ("pack", True),
        ("", False),
        ("", False),
    ]


def test_codes() -> None:
    assert names_product(" mug ", sku="MUG", gtin="")
    assert names_product("00012345678905", sku="X", gtin="012345678905")
    assert not names_product("", sku="", gtin="")
    assert not names_product("000", sku="X", gtin="")
    assert (as_quantity("12"), as_quantity("12345"), as_quantity("-1"), as_quantity("x"), as_quantity("")) == (
        12,
        None,
        None,
        None,
        None,
    )
