"""Batches over HTTP: each item is answered as if it were sent alone, and a bad one never spoils the others."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.gift_codes import code_of
from orders.models import Channel, Customer, GiftCard, IdempotencyKey, Notification, Order, OrderEvent, Payment, Product
from orders.models import Partner as PartnerRow
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.factories.orders import ProductFactory
from tests.factories.value import a_card
from tests.factories.warehouse import StockLevelFactory
from tests.orders.rules import above
from warehouse.models import Allocation, StockLevel

pytestmark = pytest.mark.django_db


def batch(wanted: dict[str, Any], *changes: dict[str, Any]) -> dict[str, Any]:
    """An order for each of ``changes``, with a reference of its own unless it is given."""
    return {"orders": [{**deepcopy(wanted), "external_ref": f"web-{i}", **change} for i, change in enumerate(changes)]}


def of(sku: str, quantity: int) -> dict[str, Any]:
    return {"lines": [{"sku": sku, "quantity": quantity}]}


def without(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in names}


def test_orders_are_placed_together_and_told_as_single_calls_would_be(
    api: Partner, mug: Product, wanted: dict[str, Any]
) -> None:
    response = api.post(
        "/orders/batch", batch(wanted, of("MUG-BLUE", 2), of("MUG-BLUE", 3), {"payment": {"gateway": "manual"}})
    )

    assert response.status_code == 200, response.content
    told = response.json()["data"]
    assert [item["status"] for item in told] == [201, 201, 201]
    assert [item["body"]["lines"][0]["quantity"] for item in told] == [2, 3, 2]
    for item in told:
        number = item["body"]["number"]
        assert item["body"] == api.get(f"/orders/{number}").json()
    assert list(Order.objects.order_by("id").values_list("external_ref", "status")) == [
        ("web-0", "placed"),
        ("web-1", "placed"),
        ("web-2", "placed"),
    ]
    assert Customer.objects.count() == 1
    assert Payment.objects.get().order.external_ref == "web-2"
    assert StockLevel.objects.get().allocated == 7
    assert OrderEvent.objects.filter(type="order.placed", seq=1).count() == Notification.objects.count() == 3


def test_the_answers_are_those_of_single_calls(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    alone = api.post("/orders", {**wanted, "external_ref": "alone"}).json()
    (together,) = api.post("/orders/batch", batch(wanted, {})).json()["data"]

    passing = ("number", "external_ref", "status_url", "placed_at", "created_at", "updated_at", "lines")
    assert without(together["body"], *passing) == without(alone, *passing)
    assert without(together["body"]["lines"][0], "id") == without(alone["lines"][0], "id")


def test_a_bad_order_never_spoils_the_others(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    api.post("/orders", {**wanted, "external_ref": "known"})
    changes = [
        of("MUG-BLUE", 2),
        of("NOBODY", 1),
        of("MUG-BLUE", 7),
        {"channel": ""},
        {"external_ref": "known"},
        {"external_ref": "web-0"},
        {"discount": "1000.00"},
        of("MUG-BLUE", 6),
    ]

    told = api.post("/orders/batch", batch(wanted, *changes)).json()["data"]

    assert [(item["status"], item["body"].get("code")) for item in told] == [
        (201, None),
        (400, "unknown_product"),
        (409, "out_of_stock"),
        (400, "invalid"),
        (409, "duplicate_external_ref"),
        (409, "duplicate_external_ref"),
        (400, "invalid"),
        (201, None),
    ]
    assert told[1]["body"]["errors"][0]["pointer"] == "#/lines/0/sku"
    assert told[2]["body"]["errors"][0]["detail"] == "MUG-BLUE: 0 available."
    assert told[4]["body"]["order_url"].startswith("/api/v1/orders/")
    assert StockLevel.objects.get().allocated == 10
    assert set(Order.objects.values_list("external_ref", flat=True)) == {"known", "web-0", "web-7"}


def test_an_item_that_is_no_order_at_all_is_answered_by_itself(
    api: Partner, mug: Product, wanted: dict[str, Any]
) -> None:
    told = api.post("/orders/batch", {"orders": ["mug", None, wanted]}).json()["data"]

    assert [item["status"] for item in told] == [400, 400, 201]
    assert told[0]["body"]["errors"] == [{"pointer": "#", "code": "type", "detail": "Must be an object."}]


def test_gateways_decide_one_by_one(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    paid, declined = ({"payment": {"gateway": "sandbox", "token": token}} for token in ("tok_ok", "tok_decline"))

    told = api.post("/orders/batch", batch(wanted, paid, declined, {})).json()["data"]

    assert [(item["status"], item["body"].get("status")) for item in told] == [
        (201, "confirmed"),
        (402, 402),
        (201, "placed"),
    ]
    assert StockLevel.objects.get().allocated == 4


def test_a_batch_acts_once(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    body = batch(wanted, {}, of("NOBODY", 1), {"payment": {"gateway": "sandbox", "token": "tok_ok"}})
    first = api.post("/orders/batch", body, once="b-1")
    numbers = set(Order.objects.values_list("number", flat=True))
    ProductFactory(sku="NOBODY")
    StockLevelFactory(product=Product.objects.get(sku="NOBODY"), on_hand=1)

    again = api.post("/orders/batch", body, once="b-1")

    assert [item["status"] for item in again.json()["data"]] == [201, 201, 201]
    assert [again.json()["data"][i] for i in (0, 2)] == [first.json()["data"][i] for i in (0, 2)]
    assert len(numbers) == 2
    assert Order.objects.count() == 3  # what was refused for a mistake may be mended
    other = api.post("/orders/batch", batch(wanted, {}), once="b-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")
    alone = api.post("/orders", wanted, once="b-1")
    assert (alone.status_code, alone.json()["code"]) == (422, "idempotency_conflict")


def test_a_batch_that_broke_off_goes_on(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    body = batch(wanted, {}, {})
    api.post("/orders/batch", body, once="b-1")
    second = Order.objects.get(external_ref="web-1")
    IdempotencyKey.objects.filter(order=second).update(status=None, body="")

    told = api.post("/orders/batch", body, once="b-1").json()["data"]

    assert [item["status"] for item in told] == [201, 201]
    assert told[1]["body"]["number"] == second.number
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"orders": []}, "#/orders", "too_few"),
        ({"orders": [{}] * 501}, "#/orders", "too_many"),
        ({}, "#/orders", "required"),
        ({"orders": [{}], "x": 1}, "#/x", "unknown_field"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(
    api: Partner, mug: Product, body: dict[str, Any], pointer: str, code: str
) -> None:
    with nothing_changes():
        response = api.post("/orders/batch", body)

    assert response.status_code == 400
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [(pointer, code)]


@pytest.mark.django_db(transaction=True)
def test_statements_do_not_grow_with_the_orders(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    StockLevel.objects.update(on_hand=1000)
    buyer = wanted["customer"]

    def statements(n: int, ref: str) -> int:
        changes = [
            {"external_ref": f"{ref}-{i}", "customer": {**buyer, "email": f"{ref}{i}@example.com"}} for i in range(n)
        ]
        with CaptureQueriesContext(connection) as captured:
            response = api.post("/orders/batch", batch(wanted, *changes))
        assert {item["status"] for item in response.json()["data"]} == {201}
        return len(captured)

    statements(1, "warm")
    assert statements(100, "many") == statements(2, "few")
    assert Allocation.objects.count() == 103


@pytest.mark.parametrize("payment", [{"gateway": "sandbox", "token": "tok_ok"}, None])
def test_a_digital_order_is_told_as_it_is(api: Partner, wanted: dict[str, Any], payment: dict[str, str] | None) -> None:
    ProductFactory(sku="SONG", is_digital=True, price=0 if payment is None else "1.99")
    order = {
        **wanted,
        **of("SONG", 1),
        "payment": payment,
        "shipping_address": {"country": "DE"},
        "shipping_price": "0.00",
    }

    told = api.post("/orders", order).json()

    assert (told["fulfillment_status"], told["lines"][0]["quantities"]["delivered"]) == ("delivered", 1)
    assert told == api.get(f"/orders/{told['number']}").json()


# --- products


def test_products_are_made_and_replaced_one_by_one(api: Partner, shop: PartnerRow) -> None:
    ProductFactory(sku="OLD", name="Old")
    product = {"name": "Cup", "price": "8.00", "currency": "EUR"}
    body = {
        "products": [
            {"sku": "CUP", **product},
            {"sku": "OLD", **product},
            {"sku": "BAD/SKU", **product},
            {"sku": "POT", **product, "price": "1.234"},
            {"sku": "GIFT", **product, "components": [{"sku": "CUP", "quantity": 2}, {"sku": "OLD", "quantity": 1}]},
        ]
    }

    told = api.post("/products/batch", body).json()["data"]

    assert [item["status"] for item in told] == [201, 200, 400, 400, 201]
    assert [item["body"]["errors"][0]["pointer"] for item in told[2:4]] == ["#/sku", "#/price"]
    assert told[4]["body"] == api.get("/products/GIFT").json()
    assert told[4]["body"]["components"] == [{"sku": "CUP", "quantity": 2}, {"sku": "OLD", "quantity": 1}]
    assert set(Product.objects.values_list("sku", "is_bundle")) == {("CUP", False), ("OLD", False), ("GIFT", True)}


def put(api: Partner, sku: str, **more: Any) -> Any:
    return api.put(f"/products/{sku}", {"name": sku, "price": "5.00", "currency": "EUR", **more})


def test_a_bundle_loses_its_components_and_is_a_product_like_any_other(api: Partner, shop: PartnerRow) -> None:
    put(api, "CUP")
    assert put(api, "GIFT", components=[{"sku": "CUP", "quantity": 3}]).status_code == 201

    same = put(api, "GIFT", components=[{"sku": "CUP", "quantity": 3}])
    assert (same.status_code, same.json()["version"]) == (200, 1)
    alone = put(api, "GIFT")

    assert (alone.json()["components"], alone.json()["version"]) == ([], 2)
    assert not Product.objects.get(sku="GIFT").is_bundle


@pytest.mark.parametrize(
    ("sku", "more", "pointer", "code"),
    [
        ("SET", {"components": [{"sku": "NOBODY", "quantity": 1}]}, "#/components/0/sku", "unknown_product"),
        ("SET", {"components": [{"sku": "SET", "quantity": 1}]}, "#/components/0/sku", "unknown_product"),
        ("SET", {"components": [{"sku": "CUP", "quantity": 1}] * 2}, "#/components/1/sku", "repeated"),
        ("SET", {"components": [{"sku": "GIFT", "quantity": 1}]}, "#/components/0/sku", "not_a_component"),
        ("SET", {"components": [{"sku": "SONG", "quantity": 1}]}, "#/components/0/sku", "not_a_component"),
        ("SET", {"components": [{"sku": "DOLLAR", "quantity": 1}]}, "#/components/0/sku", "not_a_component"),
        ("SET", {"components": [{"sku": "CUP", "quantity": 0}]}, "#/components/0/quantity", "too_small"),
        ("SET", {"components": [{"sku": "CUP", "quantity": 1}], "is_digital": True}, "#/is_digital", "is_bundle"),
        ("SET", {"is_digital": True, "preorder_ships_on": "2999-01-01"}, "#/preorder_ships_on", "not_goods"),
        ("CUP", {"components": [{"sku": "POT", "quantity": 1}]}, "#/components", "is_component"),
        ("CUP", {"is_digital": True}, "#/is_digital", "is_component"),
        ("CUP", {"currency": "USD"}, "#/currency", "is_component"),
    ],
)
def test_what_no_bundle_can_be(
    api: Partner, shop: PartnerRow, sku: str, more: dict[str, Any], pointer: str, code: str
) -> None:
    for name in ("CUP", "POT"):
        put(api, name)
    put(api, "GIFT", components=[{"sku": "CUP", "quantity": 2}])
    put(api, "SONG", is_digital=True)
    put(api, "DOLLAR", currency="USD")
    before = list(Product.objects.order_by("sku").values("sku", "version", "is_bundle", "is_digital", "currency"))

    response = put(api, sku, **more)

    assert response.status_code == 400
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [(pointer, code)]
    assert (
        list(Product.objects.order_by("sku").values("sku", "version", "is_bundle", "is_digital", "currency")) == before
    )


def test_a_batch_knows_people_rules_and_expiry(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    Channel.objects.update(unpaid_expires_after_hours=48)
    above("30.00")
    known = Customer.objects.create(email="old@example.com", name="Old")
    Customer.objects.create(email="former@example.com", merged_into=known)
    wanted["shipping_address"]["phone"] = ""
    changes = [
        of("MUG-BLUE", 1),
        of("MUG-BLUE", 3),
        {"customer": {"email": "former@example.com", "name": "Former", "phone": "030 1234567"}},
        {"customer": {"email": "new@example.com", "phone": "none"}},
        {"shipping_address": {**wanted["shipping_address"], "city": ""}},
    ]

    told = api.post("/orders/batch", batch(wanted, *changes)).json()["data"]

    assert [(item["status"], item["body"].get("code")) for item in told] == [
        (201, None),
        (201, None),
        (201, None),
        (400, "address_incomplete"),
        (400, "address_incomplete"),
    ]
    one, held, merged = Order.objects.order_by("id")
    assert [hold["reason"] for hold in told[1]["body"]["holds"]] == [held.holds.get().reason]
    assert (one.holds.count(), told[1]["body"]["fulfillment_status"]) == (0, "on_hold")
    assert (merged.customer, merged.phone_e164) == (known, "+49301234567")
    assert known.addresses.count() == one.customer.addresses.count() == 1
    assert {order.expires_at is not None for order in (one, held, merged)} == {True}
    assert not Customer.objects.filter(email="new@example.com").exists()


def test_value_is_taken_one_by_one_and_money_by_hand_together(
    api: Partner, mug: Product, wanted: dict[str, Any]
) -> None:
    card = a_card("5.00")
    by_hand = [{"gateway": "manual", "amount": "2.00"}, {"gateway": "manual"}]
    by_card = [{"gateway": "gift_card", "token": code_of(card)}, {"gateway": "manual"}]

    told = api.post("/orders/batch", batch(wanted, {"payments": by_hand}, {"payments": by_card})).json()["data"]

    assert [item["status"] for item in told] == [201, 201]
    total = Decimal(told[0]["body"]["totals"]["total"])
    assert [[each["amount"] for each in item["body"]["payments"]] for item in told] == [
        ["2.00", str(total - 2)],
        ["5.00", str(total - 5)],
    ]
    assert GiftCard.objects.get().balance == 0
