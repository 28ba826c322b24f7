"""Stock, availability and work orders over HTTP."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Partner as PartnerRow
from orders.models import Product
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.factories.orders import ProductFactory, a_bundle
from tests.factories.warehouse import StockLevelFactory, WarehouseFactory, on_its_way
from warehouse.models import FulfillmentOrder, StockLevel, StockMovement, Warehouse

pytestmark = pytest.mark.django_db

NOTHING = {"allocated": 0, "unavailable": 0, "safety_stock": 0, "incoming": 0}


def test_stock_is_told_by_warehouse(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    StockLevelFactory(
        product=mug, warehouse=WarehouseFactory(code="HAM"), on_hand=5, unavailable=1, safety_stock=2, incoming=20
    )
    StockLevelFactory(product=ProductFactory(sku="OTHER"), on_hand=1)
    api.post("/orders", wanted)

    assert api.get("/stock", sku="MUG-BLUE").json() == {
        "data": [
            NOTHING | {"sku": "MUG-BLUE", "warehouse": "BER", "on_hand": 10, "allocated": 2, "available": 8},
            NOTHING
            | {
                "sku": "MUG-BLUE",
                "warehouse": "HAM",
                "on_hand": 5,
                "unavailable": 1,
                "safety_stock": 2,
                "available": 2,
                "incoming": 20,
            },
        ],
        "has_more": False,
        "next_cursor": None,
    }
    assert len(api.get("/stock").json()["data"]) == 3
    assert [level["warehouse"] for level in api.get("/stock", warehouse="HAM").json()["data"]] == ["HAM"]
    first = api.get("/stock", limit=2).json()
    rest = api.get("/stock", limit=2, cursor=first["next_cursor"]).json()
    assert [len(first["data"]), len(rest["data"]), rest["has_more"]] == [2, 1, False]


def test_stock_is_adjusted_by_a_difference_or_to_a_count(api: Partner, shop: object) -> None:
    ProductFactory(sku="MUG-BLUE")
    WarehouseFactory()
    wanted = {"sku": "MUG-BLUE", "warehouse": "BER", "delta": 50, "reason": "count"}
    first = api.post("/stock/adjustments", wanted, once="k-1")
    again = api.post("/stock/adjustments", wanted, once="k-1")

    level = NOTHING | {"sku": "MUG-BLUE", "warehouse": "BER", "on_hand": 50, "available": 50}
    assert (first.status_code, first.json()) == (201, level)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")

    counted = {"sku": "MUG-BLUE", "warehouse": "BER", "counted": 47, "reason": "loss"}
    assert api.post("/stock/adjustments", counted, once=None).json()["on_hand"] == 47
    assert sum(StockMovement.objects.values_list("on_hand_delta", flat=True)) == 47


@pytest.mark.parametrize(
    ("change", "code", "pointers"),
    [
        ({"sku": "NOPE"}, "unknown_product", ["#/sku"]),
        ({"warehouse": "MOON"}, "unknown_warehouse", ["#/warehouse"]),
        ({"bin": "Z-99"}, "unknown_bin", ["#/bin"]),
        ({"delta": None}, "invalid_adjustment", ["#/delta", "#/counted"]),
        ({"counted": 3}, "invalid_adjustment", ["#/delta", "#/counted"]),
        ({"delta": 0}, "invalid_adjustment", ["#/delta"]),
        ({"delta": 10**12}, "invalid", ["#/delta"]),
        ({"delta": None, "counted": -1}, "invalid", ["#/counted"]),
        ({"reason": "bored"}, "invalid", ["#/reason"]),
        ({"reason": None}, "invalid", ["#/reason"]),
    ],
)
def test_bad_adjustments_are_refused(
    api: Partner, mug: Product, change: dict[str, Any], code: str, pointers: list[str]
) -> None:
    wanted = {"sku": "MUG-BLUE", "warehouse": "BER", "delta": 1, "reason": "count"} | change
    with nothing_changes():
        response = api.post("/stock/adjustments", wanted)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert [error["pointer"] for error in response.json()["errors"]] == pointers


def test_more_than_there_is_cannot_go(api: Partner, mug: Product) -> None:
    wanted = {"sku": "MUG-BLUE", "warehouse": "BER", "delta": -11, "reason": "damage"}
    with nothing_changes():
        response = api.post("/stock/adjustments", wanted)
    assert (response.status_code, response.json()["code"]) == (409, "stock_too_low")
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("#/delta", "stock_too_low")]


def test_the_api_speaks_english_to_everybody(api: Partner, mug: Product) -> None:
    wanted = {"sku": "MUG-BLUE", "warehouse": "BER", "delta": -11, "reason": "damage"}
    response = api.post("/stock/adjustments", wanted, headers={"Accept-Language": "de"})

    assert response.json()["detail"] == "The books say 10."
    assert response["Content-Language"] == "en"
    assert "Accept-Language" not in response.get("Vary", "")


def test_more_than_can_be_counted_cannot_come(api: Partner, mug: Product) -> None:
    StockLevel.objects.update(on_hand=2_147_483_000)
    wanted = {"sku": "MUG-BLUE", "warehouse": "BER", "delta": 1000, "reason": "found"}
    with nothing_changes():
        response = api.post("/stock/adjustments", wanted)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("#/delta", "too_large")]


# --- availability


def test_availability_says_how_many_and_when(api: Partner, mug: Product) -> None:
    ProductFactory(sku="GONE")
    day = timezone.localdate() + timedelta(days=5)
    on_its_way(mug, 40, on=day)
    body = api.get("/availability", sku="MUG-BLUE,GONE", country="DE", quantity=2).json()

    mug_told, gone = body["data"]
    assert (mug_told["sku"], mug_told["available"]) == ("MUG-BLUE", 10)
    assert mug_told["incoming"] == [{"quantity": 40, "on": day.isoformat()}]
    assert date.fromisoformat(mug_told["promise"]["from"]) <= date.fromisoformat(mug_told["promise"]["to"])
    assert gone == {"sku": "GONE", "available": 0, "incoming": [], "promise": None}


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ({}, ["?sku", "?country"]),
        ({"sku": "MUG-BLUE", "country": "XX"}, ["?country"]),
        ({"sku": "MUG-BLUE", "country": "DE", "quantity": "0"}, ["?quantity"]),
        ({"sku": "MUG-BLUE", "country": "DE", "quantity": "1000001"}, ["?quantity"]),
        ({"sku": "MUG-BLUE", "country": "DE", "quantity": "two"}, ["?quantity"]),
        ({"sku": "MUG-BLUE,NOPE", "country": "DE"}, ["?sku"]),
        ({"sku": ",".join(str(i) for i in range(101)), "country": "DE"}, ["?sku"]),
    ],
)
def test_odd_questions_are_refused(api: Partner, mug: Product, query: dict[str, str], pointers: list[str]) -> None:
    response = api.get("/availability", **query)
    assert response.status_code == 400
    assert [e["pointer"] for e in response.json()["errors"]] == pointers


# --- work orders


def test_work_orders_of_your_orders_can_be_read(
    api: Partner, stranger: Partner, mug: Product, paid: dict[str, Any]
) -> None:
    order = api.post("/orders", paid).json()
    row = FulfillmentOrder.objects.get()
    body = api.get("/fulfillment-orders").json()

    assert body["data"] == [
        {
            "id": row.public_id,
            "order": order["number"],
            "status": "open",
            "request_status": "unsubmitted",
            "location": {"kind": "warehouse", "code": "BER"},
            "promised_on": order["lines"][0]["promised_on"],
            "lines": [
                {
                    "id": row.lines.get().public_id,
                    "order_line": order["lines"][0]["id"],
                    "sku": "MUG-BLUE",
                    "quantity": 2,
                    "picked": 0,
                    "packed": 0,
                    "shipped": 0,
                }
            ],
            "version": 1,
            "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
            "updated_at": row.updated_at.isoformat().replace("+00:00", "Z"),
            "closed_at": None,
        }
    ]
    assert api.get(f"/fulfillment-orders/{row.public_id}").json() == body["data"][0]
    for query in ({"order": order["number"]}, {"warehouse": "BER"}, {"status__in": "open,closed"}):
        assert len(api.get("/fulfillment-orders", **query).json()["data"]) == 1
    assert api.get("/fulfillment-orders", status="closed").json()["data"] == []
    assert stranger.get("/fulfillment-orders").json()["data"] == []
    assert stranger.get(f"/fulfillment-orders/{row.public_id}").status_code == 404


def test_who_runs_a_location_sees_its_work_orders_and_nothing_else(
    api: Partner, stranger: Partner, mug: Product, paid: dict[str, Any]
) -> None:
    order = api.post("/orders", paid).json()
    Warehouse.objects.update(run_by=PartnerRow.objects.get(code="other"))

    body = stranger.get("/fulfillment-orders").json()
    assert [row["order"] for row in body["data"]] == [order["number"]]
    assert stranger.get(f"/fulfillment-orders/{body['data'][0]['id']}").status_code == 200
    assert stranger.get(f"/orders/{order['number']}").status_code == 404
    assert len(api.get("/fulfillment-orders").json()["data"]) == 1


def test_availability_of_what_is_no_plain_product(api: Partner, mug: Product) -> None:
    pot = ProductFactory(sku="POT")
    StockLevelFactory(product=pot, on_hand=3)
    a_bundle("GIFT", price="40.00", parts={mug: 4, pot: 1})
    ProductFactory(sku="NOVEL", preorder_ships_on="2999-01-01", preorder_cap=10, preorder_taken=4)
    ProductFactory(sku="SONG", is_digital=True)

    told = api.get("/availability", sku="GIFT,NOVEL,SONG", country="DE").json()["data"]

    assert [(entry["sku"], entry["available"]) for entry in told] == [("GIFT", 2), ("NOVEL", 6), ("SONG", 1_000_000)]
    assert told[1]["promise"]["from"] > "2999-01-01"
    assert told[2]["promise"] == {"from": str(timezone.localdate()), "to": str(timezone.localdate())}
