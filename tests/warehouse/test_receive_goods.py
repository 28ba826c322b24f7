"""Receiving: what came is booked in, goes to who waits, and belongs into a bin; what differs asks a person."""

import pytest

from orders.errors import Stale
from orders.models import OrderEvent, ProcessException
from tests.factories.warehouse import BinFactory
from tests.warehouse.purchases import BUYER, acknowledged, bought, drafted, incoming, line_of, offered, the, waiting
from tests.warehouse.scenes import level, on_a_list, shelves
from tests.warehouse.test_purchase import nothing_changes
from warehouse.errors import InvalidPurchase, NotPutAway, PurchaseNotOpen, UnknownBin
from warehouse.models import Bin, BinStock, PutAwayTask, Receipt, ReceiptLine, StockMovement
from warehouse.services.cancel_purchase import cancel_purchase_order
from warehouse.services.put_away import put_away
from warehouse.services.receive_goods import Arrived, receive_goods
from warehouse.states import BinKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def came(row, *arrived: Arrived, **more: object) -> Receipt:  # type: ignore[no-untyped-def]
    return receive_goods(row.pk, arrived=arrived, by=BUYER, **more)  # type: ignore[arg-type]


def differences() -> list[dict[str, int]]:
    rows = ProcessException.objects.filter(category="receipt_differs").order_by("pk")
    return [{k: v for k, v in row.facts.items() if k != "number" and v} for row in rows]


class TestReceive:
    def test_a_part_then_the_rest(self) -> None:
        mug = offered("MUG")
        row = acknowledged((mug, 20))

        receipt = came(row, Arrived(sku="MUG", accepted=12), delivery_note="DN-1")

        assert (the(row).status, incoming(mug), level(mug)) == ("partially_received", 8, {"on_hand": 12})
        assert shelves(mug) == {"receiving": (12, 0)}
        movement = StockMovement.objects.get()
        assert (movement.kind, movement.on_hand_delta, movement.reason) == ("received", 12, receipt.public_id)
        assert (receipt.delivery_note, receipt.received_by) == ("DN-1", "bea")

        came(row, Arrived(sku="MUG", accepted=8))
        assert (the(row).status, incoming(mug), level(mug)) == ("received", 0, {"on_hand": 20})
        assert the(row).closed_at is not None
        told = OrderEvent.objects.filter(type="purchase_order.received").order_by("pk")
        assert [event.data["is_complete"] for event in told] == [False, True]
        assert differences() == []

    def test_too_many_are_taken_in_and_asked_about(self) -> None:
        mug = offered("MUG")
        row = bought((mug, 5))
        came(row, Arrived(sku="MUG", accepted=8))
        assert (the(row).status, incoming(mug), level(mug)) == ("received", 0, {"on_hand": 8})
        assert ReceiptLine.objects.get().over == 3
        assert differences() == [{"over": 3}]

    def test_damaged_ones_are_set_aside(self) -> None:
        mug = offered("MUG")
        row = bought((mug, 5))
        came(row, Arrived(sku="MUG", accepted=3, damaged=2))
        assert (the(row).status, level(mug)) == ("received", {"on_hand": 5, "unavailable": 2})
        assert shelves(mug) == {"receiving": (3, 0), "quarantine": (2, 0)}
        assert differences() == [{"damaged": 2}]
        assert PutAwayTask.objects.get().quantity == 3

    def test_what_is_short_wont_come(self) -> None:
        mug, cup = offered("MUG"), offered("CUP")
        row = bought((mug, 5), (cup, 2))
        came(row, Arrived(sku="MUG", accepted=3, is_all=True))
        assert (the(row).status, incoming(mug), incoming(cup)) == ("partially_received", 0, 2)
        assert differences() == [{"short": 2}]

    def test_something_else_is_not_in_our_books(self) -> None:
        mug = offered("MUG")
        row = bought((mug, 5))
        came(row, Arrived(sku="MUG", wrong_item=5))
        assert (the(row).status, incoming(mug)) == ("placed", 5)
        assert not StockMovement.objects.exists()
        assert differences() == [{"wrong": 5}]

    def test_nothing_at_all_came_and_nothing_will(self) -> None:
        mug = offered("MUG")
        row = bought((mug, 5))
        came(row, Arrived(sku="MUG", is_all=True))
        assert (the(row).status, incoming(mug)) == ("cancelled", 0)

    @pytest.mark.parametrize(
        ("arrived", "pointer"),
        [
            ([], "#/arrived"),
            ([Arrived(sku="MUG")], "#/arrived"),
            ([Arrived(sku="CUP", accepted=1)], "#/arrived/0/sku"),
            ([Arrived(sku="MUG", accepted=-1)], "#/arrived/0/accepted"),
            ([Arrived(sku="MUG", damaged=1_000_001)], "#/arrived/0/damaged"),
            ([Arrived(sku="MUG", accepted=1), Arrived(sku="MUG", accepted=1)], "#/arrived"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, arrived: list[Arrived], pointer: str) -> None:
        row = bought((offered("MUG"), 5))
        offered("CUP")
        with nothing_changes(), pytest.raises(InvalidPurchase) as refusal:
            receive_goods(row.pk, arrived=arrived, by=BUYER)
        assert [error.pointer for error in refusal.value.errors] == [pointer]
        assert not Receipt.objects.exists()

    def test_what_isnt_on_its_way_cant_come(self) -> None:
        mug = offered("MUG")
        done = bought((mug, 1))
        came(done, Arrived(sku="MUG", accepted=1))
        gone = bought((mug, 1))
        cancel_purchase_order(gone.pk, by=BUYER)
        for row in (drafted((mug, 1)), done, gone):
            with nothing_changes(), pytest.raises(PurchaseNotOpen):
                came(row, Arrived(sku="MUG", accepted=1))

    def test_nobody_counts_in_what_somebody_else_has(self) -> None:
        mug = offered("MUG")
        row = bought((mug, 5))
        came(row, Arrived(sku="MUG", accepted=2), version=row.version)
        with nothing_changes(), pytest.raises(Stale):
            came(row, Arrived(sku="MUG", accepted=2), version=row.version)
        assert level(mug) == {"on_hand": 2}


class TestPutAway:
    def received(self, units: int = 10) -> PutAwayTask:
        mug = offered("MUG")
        came(bought((mug, units)), Arrived(sku="MUG", accepted=units))
        return PutAwayTask.objects.get()

    def test_into_the_suggested_bin(self) -> None:
        task = self.received()
        done = put_away(task.pk, by=BUYER)
        assert (done.status, done.moved, done.bin) == ("done", 10, Bin.objects.get(kind=BinKind.PICK))
        assert shelves(task.product) == {"pick": (10, 0)}
        event = OrderEvent.objects.get(type="stock.put_away")
        assert (event.data["sku"], event.data["units"], event.data["bin"]) == ("MUG", 10, done.bin.code)
        with pytest.raises(NotPutAway):
            put_away(task.pk, by=BUYER)

    def test_a_part_into_another_bin_leaves_the_rest(self) -> None:
        task = self.received()
        bulk = BinFactory(kind=BinKind.BULK, code="B-1")
        put_away(task.pk, bin="b-1", units=4, by=BUYER)
        assert BinStock.objects.get(bin=bulk).on_hand == 4
        rest = PutAwayTask.objects.get(status="open")
        assert (rest.quantity, rest.bin) == (6, task.bin)
        put_away(rest.pk, by=BUYER)
        assert shelves(task.product) == {"pick": (6, 0), "bulk": (4, 0)}

    def test_what_pickers_took_isnt_there_any_more(self) -> None:
        mug = offered("MUG")
        backorder = waiting(mug, 6)
        came(bought((mug, 10)), Arrived(sku="MUG", accepted=10))
        on_a_list(backorder.line.order)
        task = PutAwayTask.objects.get()
        done = put_away(task.pk, by=BUYER)
        assert (done.status, done.moved) == ("done", 4)
        assert shelves(mug) == {"receiving": (6, 6), "pick": (4, 0)}

    def test_nothing_is_left_to_put_away(self) -> None:
        mug = offered("MUG")
        backorder = waiting(mug, 10)
        came(bought((mug, 10)), Arrived(sku="MUG", accepted=10))
        on_a_list(backorder.line.order)
        assert put_away(PutAwayTask.objects.get().pk, by=BUYER).status == "cancelled"
        assert shelves(mug) == {"receiving": (10, 10)}

    def test_a_bin_that_isnt_one_is_refused(self) -> None:
        task = self.received()
        Bin.objects.create(warehouse=task.warehouse, code="PACK", kind=BinKind.PACKING)
        for code, refusal in (("NOPE", UnknownBin), ("PACK", NotPutAway)):
            with nothing_changes(), pytest.raises(refusal):
                put_away(task.pk, bin=code, by=BUYER)
        for units in (0, 11):
            with nothing_changes(), pytest.raises(NotPutAway):
                put_away(task.pk, units=units, by=BUYER)
        assert PutAwayTask.objects.get().status == "open"

    def test_with_what_lies_there_already(self) -> None:
        task = self.received()
        home = BinFactory(code="HOME")
        put_away(task.pk, bin="HOME", by=BUYER)
        came(bought((task.product, 5)), Arrived(sku="MUG", accepted=5))
        assert PutAwayTask.objects.get(status="open").bin == home


def test_a_line_knows_what_is_open() -> None:
    mug = offered("MUG")
    row = bought((mug, 5))
    came(row, Arrived(sku="MUG", accepted=8))
    assert line_of(row, mug).open == 0
