"""Returned goods by disposition, and who gets them next."""

import pytest

from tests.warehouse.scenes import PICKER, counters, labelled, level, line_of, ordered, shelves, stocked, told
from warehouse.models import StockMovement, Warehouse
from warehouse.services.return_stock import return_stock
from warehouse.services.ship_packages import ship_packages
from warehouse.tasks import fill_waiting_backorders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


@pytest.mark.parametrize(
    ("disposition", "books", "places"),
    [
        ("restock", {"on_hand": 4}, {"pick": (3, 0), "returns": (1, 0)}),
        ("quarantine", {"on_hand": 4, "unavailable": 1}, {"pick": (3, 0), "quarantine": (1, 0)}),
        ("refurbish", {"on_hand": 4, "unavailable": 1}, {"pick": (3, 0), "quarantine": (1, 0)}),
        ("return_to_vendor", {"on_hand": 4, "unavailable": 1}, {"pick": (3, 0), "quarantine": (1, 0)}),
        ("dispose", {"on_hand": 3}, {"pick": (3, 0)}),
        ("keep", {"on_hand": 3}, {"pick": (3, 0)}),
    ],
)
def test_where_they_go(disposition: str, books: dict[str, int], places: dict[str, tuple[int, int]]) -> None:
    mug = stocked(5)
    order = ordered((mug, 2))
    ship_packages([labelled(order).pk], by=PICKER)

    return_stock(
        line_of(order).pk,
        quantity=1,
        warehouse_id=Warehouse.objects.get().pk,
        disposition=disposition,
        by=PICKER,
    )

    assert (level(mug), shelves(mug)) == (books, places)
    assert told(order)[-1] == "stock.returned"
    assert StockMovement.objects.filter(kind="returned").count() == len(places) - 1


def test_the_next_tick_gives_them_to_who_waits() -> None:
    mug = stocked(2, out_of_stock_policy=["backorder"])
    first = ordered((mug, 2))
    waiting = ordered((mug, 1))
    ship_packages([labelled(first).pk], by=PICKER)
    assert fill_waiting_backorders() == 0
    return_stock(
        line_of(first).pk, quantity=1, warehouse_id=Warehouse.objects.get().pk, disposition="restock", by=PICKER
    )

    assert fill_waiting_backorders() == 1

    assert counters(line_of(waiting)) == {"allocated": 1}
    assert level(mug) == {"on_hand": 1, "allocated": 1}
