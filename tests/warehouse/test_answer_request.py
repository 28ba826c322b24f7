"""A location says yes, or no: then its books follow what it says, and its units come from elsewhere."""

import pytest

from orders.errors import InvalidRequest
from orders.models import OrderHold, ProcessException, Product
from tests.api.changes import nothing_changes
from tests.warehouse.scenes import PICKER, counters, level, line_of, on_a_list, ordered, stocked, task_of, told, work_of
from warehouse.errors import NotAnswerable
from warehouse.models import Backorder, FulfillmentOrder, PickList, SourcingDecision, StockLevel, StockMovement
from warehouse.services.answer_request import accept_fulfillment_order, reject_fulfillment_order
from warehouse.services.pick import pick_units
from warehouse.states import RejectReason

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


@pytest.fixture
def mug() -> Product:
    """Five in Berlin and five in Hamburg, which comes after it."""
    return stocked(5, warehouse="HAM", sku=stocked(5, sku="MUG").sku)


def here(product: Product, warehouse: str) -> tuple[int, int]:
    row = StockLevel.objects.get(product=product, warehouse__code=warehouse)
    return row.on_hand, row.allocated


def work() -> list[tuple[str, str, str, int]]:
    rows = FulfillmentOrder.objects.order_by("pk").prefetch_related("lines").select_related("warehouse")
    return [
        (row.warehouse.code if row.warehouse else "", row.status, row.request_status, row.lines.get().quantity)
        for row in rows
    ]


def test_a_yes_counts_once(mug: Product) -> None:
    row = work_of(ordered((mug, 2)))
    assert accept_fulfillment_order(row.pk, by=PICKER).request_status == "accepted"
    with nothing_changes():
        accept_fulfillment_order(row.pk, by=PICKER)
    assert told(row.order)[-1] == "fulfillment_order.accepted"
    assert work() == [("BER", "open", "accepted", 2)]


def test_a_no_sends_the_units_elsewhere_and_says_why(mug: Product) -> None:
    order = ordered((mug, 2))

    reject_fulfillment_order(work_of(order).pk, reason=RejectReason.NO_CAPACITY, by=PICKER)

    assert work() == [("BER", "cancelled", "rejected", 0), ("HAM", "open", "unsubmitted", 2)]
    assert (here(mug, "BER"), here(mug, "HAM")) == ((5, 0), (5, 2))
    assert counters(line_of(order)) == {"allocated": 2}
    assert told(order)[-4:] == [
        "fulfillment_order.rejected",
        "fulfillment_order.closed",
        "fulfillment_order.opened",
        "stock.reallocated",
    ]
    decision = SourcingDecision.objects.filter(order=order).order_by("-pk")[0]
    assert (decision.cause, decision.reason["chosen"]["from"], decision.reason["avoided"]) == (
        "rejection",
        ["HAM"],
        ["BER"],
    )


def test_a_no_after_a_yes(mug: Product) -> None:
    row = work_of(ordered((mug, 2)))
    accept_fulfillment_order(row.pk, by=PICKER)
    assert reject_fulfillment_order(row.pk, reason=RejectReason.CLOSED, by=PICKER).request_status == "rejected"


@pytest.mark.parametrize(("reason", "missing", "left"), [("out_of_stock", None, 3), ("damaged", 1, 4)])
def test_goods_that_are_not_there_leave_the_books(mug: Product, reason: str, missing: int | None, left: int) -> None:
    order = ordered((mug, 2))
    row = work_of(order)
    named = None if missing is None else {row.lines.get().public_id: missing}

    reject_fulfillment_order(row.pk, reason=RejectReason(reason), missing=named, by=PICKER)

    assert (here(mug, "BER"), here(mug, "HAM")) == ((left, 0), (5, 2))
    lost = StockMovement.objects.get(kind="adjusted", reason=reason)
    assert (lost.on_hand_delta, lost.bin_delta) == (left - 5, left - 5)


def test_what_nobody_else_has_waits_or_is_a_persons_question() -> None:
    waits = stocked(2, sku="WAITS", out_of_stock_policy=["backorder"])
    refused = stocked(2, sku="NOT")
    one, two = ordered((waits, 2)), ordered((refused, 2))
    for order in (one, two):
        reject_fulfillment_order(work_of(order).pk, reason=RejectReason.OUT_OF_STOCK, by=PICKER)

    assert (level(waits), Backorder.objects.get().quantity) == ({}, 2)
    assert counters(line_of(one)) == {"backordered": 2}
    assert OrderHold.objects.get().order == two
    assert ProcessException.objects.get(order=two).category == "out_of_stock"


def test_a_task_on_a_list_is_taken_off_it(mug: Product) -> None:
    order = ordered((mug, 2))
    on_a_list(order)
    reject_fulfillment_order(work_of(order).pk, reason=RejectReason.OTHER, by=PICKER)
    assert PickList.objects.get().status == "cancelled"


def test_too_late_once_something_is_picked_or_it_was_answered(mug: Product) -> None:
    order = ordered((mug, 2))
    row = work_of(order)
    pick_units(task_of(on_a_list(order)).pk, quantity=1, by=PICKER)
    with nothing_changes(), pytest.raises(NotAnswerable, match="picked already"):
        reject_fulfillment_order(row.pk, reason=RejectReason.OTHER, by=PICKER)

    other = work_of(ordered((mug, 1)))
    reject_fulfillment_order(other.pk, reason=RejectReason.OTHER, by=PICKER)
    with nothing_changes():
        for answer in (
            lambda: accept_fulfillment_order(other.pk, by=PICKER),
            lambda: reject_fulfillment_order(other.pk, reason=RejectReason.OTHER, by=PICKER),
        ):
            with pytest.raises(NotAnswerable):
                answer()


@pytest.mark.parametrize(
    ("reason", "missing", "pointer"),
    [
        ("no_capacity", {"mine": 1}, "#/lines"),
        ("out_of_stock", {"mine": 3}, "#/lines/0/missing"),
        ("out_of_stock", {"mine": 0}, "#/lines/0/missing"),
        ("damaged", {"mine": 1, "fl_nobodys": 1}, "#/lines/1/id"),
    ],
)
def test_lines_that_make_no_sense(mug: Product, reason: str, missing: dict[str, int], pointer: str) -> None:
    row = work_of(ordered((mug, 2)))
    named = {row.lines.get().public_id if pk == "mine" else pk: n for pk, n in missing.items()}
    with nothing_changes(), pytest.raises(InvalidRequest) as refused:
        reject_fulfillment_order(row.pk, reason=RejectReason(reason), missing=named, by=PICKER)
    assert refused.value.errors[0].pointer == pointer
