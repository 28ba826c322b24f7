"""Cancelling and refunding over HTTP."""

from decimal import Decimal
from typing import Any

import pytest

from orders.models import IdempotencyKey, OrderCancellation, OrderEvent, Product, Refund
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.api.stories import bought, on_its_way, with_label
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db

WHOLE = {"reason": "customer", "note": "Changed my mind", "restock": True, "refund": True, "notify": True}


def test_a_whole_order_is_cancelled_and_its_money_freed(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    number = api.post("/orders", paid).json()["number"]
    first = api.post(f"/orders/{number}/cancel", WHOLE, once="k-1")
    with nothing_changes():
        again = api.post(f"/orders/{number}/cancel", WHOLE, once="k-1")

    assert first.status_code == 200, first.content
    told = first.json()
    assert (told["status"], told["payment_status"], told["fulfillment_status"]) == (
        "cancelled",
        "voided",
        "not_required",
    )
    assert (told["totals"]["total"], told["totals"]["authorized"], told["totals"]["balance"]) == ("0.00",) * 3
    assert (told["lines"][0]["quantities"]["cancelled"], told["lines"][0]["quantities"]["allocated"]) == (2, 0)
    assert told["payments"][0]["status"] == "voided"
    assert (again.status_code, again.content, again["Idempotent-Replayed"]) == (200, first.content, "true")
    assert api.get(f"/orders/{number}").content == first.content
    assert StockLevel.objects.get().allocated == 0
    assert OrderCancellation.objects.get().note == "Changed my mind"


def test_a_second_cancel_is_refused(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    number = api.post("/orders", wanted).json()["number"]
    assert api.post(f"/orders/{number}/cancel", WHOLE).status_code == 200
    with nothing_changes():
        second = api.post(f"/orders/{number}/cancel", WHOLE, once="k-2")
        again = api.post(f"/orders/{number}/cancel", WHOLE, once="k-2")

    assert (second.status_code, second.json()["code"]) == (409, "not_cancellable")
    assert (again.content, again["Idempotent-Replayed"]) == (second.content, "true")


def test_units_of_a_line_are_cancelled(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    placed = api.post("/orders", wanted).json()
    part = {"reason": "inventory", "lines": [{"id": placed["lines"][0]["id"], "quantity": 1}]}
    told = api.post(f"/orders/{placed['number']}/cancel", part).json()

    assert (told["status"], told["totals"]["items"], told["totals"]["total"]) == ("placed", "12.50", "17.40")
    assert (told["lines"][0]["quantity"], told["lines"][0]["quantities"]["cancelled"]) == (2, 1)
    assert StockLevel.objects.get().allocated == 1


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"reason": "bored"}, 400, "#/reason"),
        ({"reason": None}, 400, "#/reason"),
        ({"lines": []}, 400, "#/lines"),
        ({"lines": [{"id": "ol_0000000000000000", "quantity": 1}]}, 400, "#/lines/0/id"),
        ({"lines": [{"id": "LINE", "quantity": 0}]}, 400, "#/lines/0/quantity"),
        ({"lines": [{"id": "LINE", "quantity": 3}]}, 409, "#/lines/0"),
        ({"lines": [{"id": "LINE", "quantity": 1}, {"id": "LINE", "quantity": 1}]}, 400, "#/lines/1/id"),
        ({"refund": "yes"}, 400, "#/refund"),
        ({"why": "x"}, 400, "#/why"),
    ],
)
def test_bad_cancels_change_nothing(
    api: Partner, mug: Product, wanted: dict[str, Any], change: dict[str, Any], status: int, pointer: str
) -> None:
    placed = api.post("/orders", wanted).json()
    for line in change.get("lines") or []:
        line["id"] = line["id"].replace("LINE", placed["lines"][0]["id"])
    with nothing_changes():
        response = api.post(f"/orders/{placed['number']}/cancel", WHOLE | change)
    assert response.status_code == status, response.content
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_cancel_and_refund_need_a_key(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    number = api.post("/orders", wanted).json()["number"]
    with nothing_changes():
        for path, body in (("cancel", WHOLE), ("refunds", {"amount": "1.00", "reason": "staff"})):
            response = api.post(f"/orders/{number}/{path}", body, once=None)
            assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")


def test_what_has_left_cannot_be_cancelled(api: Partner, paid: dict[str, Any], shop: object) -> None:
    order, _ = on_its_way(api, paid)
    with nothing_changes():
        response = api.post(f"/orders/{order.number}/cancel", WHOLE)
    assert (response.status_code, response.json()["code"]) == (409, "not_cancellable")


def test_what_is_packed_can(api: Partner, paid: dict[str, Any], shop: object) -> None:
    order, shipment = with_label(api, paid)
    assert api.post(f"/orders/{order.number}/cancel", WHOLE).json()["status"] == "cancelled"
    assert api.get(f"/shipments/{shipment.public_id}").json()["status"] == "cancelled"


# --- refunds


def test_money_is_given_back(api: Partner, paid: dict[str, Any], shop: object) -> None:
    order, _ = on_its_way(api, paid)
    wanted = {"amount": "5.00", "reason": "staff", "note": "A scratch"}
    first = api.post(f"/orders/{order.number}/refunds", wanted, once="k-1")
    again = api.post(f"/orders/{order.number}/refunds", wanted, once="k-1")

    refund = Refund.objects.get()
    assert first.status_code == 201, first.content
    assert {k: v for k, v in first.json().items() if not k.endswith("_at")} == {
        "id": refund.public_id,
        "status": "succeeded",
        "amount": "5.00",
        "currency": "EUR",
        "refund_to": "original",
        "reason": "staff",
        "note": "A scratch",
    }
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    totals = api.get(f"/orders/{order.number}").json()["totals"]
    assert (totals["refunded"], totals["balance"]) == ("5.00", "0.00")


@pytest.mark.parametrize(
    ("amount", "status", "code"),
    [
        ("0.00", 400, "too_small"),
        ("1000.00", 409, "not_refundable"),
        ("5.001", 400, "too_precise"),
        ("-1.00", 400, "format"),
        (5, 400, "type"),
    ],
)
def test_more_than_was_paid_is_not_given_back(
    api: Partner, paid: dict[str, Any], shop: object, amount: Any, status: int, code: str
) -> None:
    order, _ = on_its_way(api, paid)
    with nothing_changes():
        response = api.post(f"/orders/{order.number}/refunds", {"amount": amount, "reason": "staff"})
    assert response.status_code == status, response.content
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("#/amount", code)]


def test_a_refund_that_the_gateway_refuses_stays_owed(api: Partner, paid: dict[str, Any], shop: object) -> None:
    paid["payment"]["token"] = "tok_refund_fails"
    order, _ = on_its_way(api, paid)
    response = api.post(f"/orders/{order.number}/refunds", {"amount": "5.00", "reason": "staff"}, once="k-1")

    assert (response.status_code, response.json()["status"]) == (201, "pending")
    assert Refund.objects.get().amount == Decimal("5.00")
    assert OrderEvent.objects.filter(type="payment.failed").count() == 1
    assert IdempotencyKey.objects.get(key="k-1").status == 201


def test_an_unpaid_order_has_nothing_to_refund(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    number = api.post("/orders", wanted).json()["number"]
    with nothing_changes():
        response = api.post(f"/orders/{number}/refunds", {"amount": "1.00", "reason": "staff"})
    assert (response.status_code, response.json()["code"]) == (409, "not_refundable")


def test_a_bought_order_stays_cancellable_until_it_leaves(api: Partner, paid: dict[str, Any], shop: object) -> None:
    order = bought(api, paid, "MUG")
    assert api.post(f"/orders/{order.number}/cancel", WHOLE).json()["payment_status"] == "voided"


# --- payments by hand


def test_money_that_came_in_confirms_the_order(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    number = api.post("/orders", wanted).json()["number"]
    path = f"/orders/{number}/payments"
    first = api.post(path, {"gateway": "manual", "amount": "20.00", "note": "IBAN ...42"}, once="k-1")
    again = api.post(path, {"gateway": "manual", "amount": "20.00", "note": "IBAN ...42"}, once="k-1")
    assert (first.status_code, first.json()["status"], first.json()["amount"]) == (201, "captured", "20.00")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    shown = api.get(f"/orders/{number}").json()
    assert (shown["status"], shown["payment_status"], shown["totals"]["balance"]) == (
        "placed",
        "partially_paid",
        "9.90",
    )

    with nothing_changes():
        for amount, status in (("9.91", 409), ("0.00", 400), ("1.001", 400), ("-1", 400)):
            refused = api.post(path, {"gateway": "manual", "amount": amount})
            assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (status, ["#/amount"])
        assert api.post(path, {"gateway": "gift_card", "amount": "9.90"}).status_code == 400

    api.post(path, {"gateway": "manual", "amount": "9.90"})
    shown = api.get(f"/orders/{number}").json()
    assert (shown["status"], shown["payment_status"], shown["totals"]["captured"]) == ("confirmed", "paid", "29.90")
    assert [payment["amount"] for payment in shown["payments"]] == ["20.00", "9.90"]
