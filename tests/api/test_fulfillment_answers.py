"""A location answers its work over HTTP, and an order says whether it ships complete."""

from typing import Any

import pytest

from orders.kernel.actor import SYSTEM
from orders.models import Order, Product
from orders.models import Partner as PartnerRow
from orders.scopes import Scope
from orders.services.key import issue_key
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.factories.warehouse import BinFactory, WarehouseFactory
from warehouse.models import FulfillmentOrder, StockLevel, Warehouse
from warehouse.services.adjust_stock import adjust_stock
from warehouse.states import AdjustmentReason

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(api: Partner, stranger: Partner, mug: Product, paid: dict[str, Any]) -> str:
    """Two mugs at a location that the stranger's partner runs; the same goods lie in Hamburg."""
    for code in ("BER", "HAM"):
        place = WarehouseFactory(code=code)
        adjust_stock(
            "MUG-BLUE",
            warehouse=code,
            delta=5,
            reason=AdjustmentReason.FOUND,
            bin=BinFactory(warehouse=place).code,
            by=SYSTEM,
        )
    Warehouse.objects.filter(code="BER").update(run_by=PartnerRow.objects.get(code="other"))
    api.post("/orders", paid)
    return FulfillmentOrder.objects.get().public_id


def test_who_runs_a_location_is_asked_and_says_yes(stranger: Partner, work: str) -> None:
    assert stranger.get(f"/fulfillment-orders/{work}").json()["request_status"] == "submitted"
    first = stranger.post(f"/fulfillment-orders/{work}/accept", once="k-1")
    again = stranger.post(f"/fulfillment-orders/{work}/accept", once="k-1")
    assert (first.status_code, first.json()["request_status"], first.json()["version"]) == (200, "accepted", 2)
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert stranger.post(f"/fulfillment-orders/{work}/accept").status_code == 200
    assert FulfillmentOrder.objects.get().version == 2


def test_it_says_no_and_the_books_follow(api: Partner, stranger: Partner, work: str) -> None:
    line = stranger.get(f"/fulfillment-orders/{work}").json()["lines"][0]["id"]
    body = {"reason": "out_of_stock", "lines": [{"id": line, "missing": 1}]}
    answer = stranger.post(f"/fulfillment-orders/{work}/reject", body)

    assert (answer.status_code, answer.json()["status"], answer.json()["request_status"]) == (
        200,
        "cancelled",
        "rejected",
    )
    levels = {
        row.warehouse.code: (row.on_hand, row.allocated) for row in StockLevel.objects.select_related("warehouse")
    }
    assert levels == {"BER": (14, 0), "HAM": (5, 2)}
    mine = api.get("/fulfillment-orders", status="open").json()["data"]
    assert [(row["location"]["code"], row["lines"][0]["quantity"]) for row in mine] == [("HAM", 2)]
    assert [row["id"] for row in stranger.get("/fulfillment-orders").json()["data"]] == [work]
    late = stranger.post(f"/fulfillment-orders/{work}/accept")
    assert (late.status_code, late.json()["code"]) == (409, "not_answerable")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/reason"),
        ({"reason": "no_mood"}, "#/reason"),
        ({"reason": "closed", "why": "x"}, "#/why"),
        ({"reason": "damaged", "lines": []}, "#/lines"),
        ({"reason": "damaged", "lines": [{"id": "fl_x", "missing": 0}]}, "#/lines/0/missing"),
        ({"reason": "damaged", "lines": [{"id": "fl_x", "missing": 1}]}, "#/lines/0/id"),
        ({"reason": "closed", "lines": [{"id": "fl_x", "missing": 1}]}, "#/lines"),
    ],
)
def test_a_no_that_makes_no_sense(stranger: Partner, work: str, body: dict[str, Any], pointer: str) -> None:
    with nothing_changes():
        answer = stranger.post(f"/fulfillment-orders/{work}/reject", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


def test_the_same_line_twice_is_refused(stranger: Partner, work: str) -> None:
    line = stranger.get(f"/fulfillment-orders/{work}").json()["lines"][0]["id"]
    with nothing_changes():
        body = {"reason": "damaged", "lines": [{"id": line, "missing": 1}, {"id": line, "missing": 1}]}
        answer = stranger.post(f"/fulfillment-orders/{work}/reject", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/lines/1/id")


def test_only_who_runs_it_answers(api: Partner, stranger: Partner, work: str) -> None:
    """The shop sees its order's work and may not answer it; who neither sells nor runs it sees nothing."""
    third = PartnerRow.objects.create(code="third", name="Third")
    _, secret = issue_key(third, name="all", scopes=Scope.values, by=SYSTEM)
    _, reading = issue_key(PartnerRow.objects.get(code="other"), name="r", scopes=["fulfillment:read"], by=SYSTEM)
    with nothing_changes():
        for ending, body in (("accept", None), ("reject", {"reason": "closed"})):
            url = f"/fulfillment-orders/{work}/{ending}"
            theirs = api.post(url, body)
            assert (theirs.status_code, theirs.json()["code"]) == (403, "not_your_location")
            assert Partner(secret).post(url, body).status_code == 404
            assert Partner(reading).post(url, body).json()["code"] == "insufficient_scope"
            assert stranger.post(f"/fulfillment-orders/fo_none/{ending}", body).status_code == 404


def test_the_policy_of_an_order(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    usual = api.post("/orders", wanted).json()
    whole = api.post("/orders", wanted | {"external_ref": "2", "shipping_policy": "ship_complete"}).json()
    assert (usual["shipping_policy"], whole["shipping_policy"]) == ("ship_as_available", "ship_complete")
    bad = api.post("/orders", wanted | {"external_ref": "3", "shipping_policy": "maybe"})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "#/shipping_policy")

    url = f"/orders/{whole['number']}"
    tag = {"If-Match": api.get(url)["ETag"]}
    changed = api.patch(url, {"shipping_policy": "ship_as_available"}, headers=tag)
    assert (changed.status_code, changed.json()["shipping_policy"], changed.json()["version"]) == (
        200,
        "ship_as_available",
        whole["version"] + 1,
    )
    with nothing_changes():
        assert api.patch(url, {"shipping_policy": "ship_complete"}, headers=tag).status_code == 412
    api.post(f"{url}/cancel", {"reason": "customer"})
    tag = {"If-Match": api.get(url)["ETag"]}
    with nothing_changes():
        over = api.patch(url, {"shipping_policy": "ship_complete"}, headers=tag)
    assert (over.status_code, over.json()["code"], over.json()["errors"][0]["pointer"]) == (
        409,
        "not_changeable",
        "#/shipping_policy",
    )
    assert Order.objects.get(number=whole["number"]).shipping_policy == "ship_as_available"
