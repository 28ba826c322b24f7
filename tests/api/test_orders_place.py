"""Placing an order over HTTP."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from orders.kernel.actor import SYSTEM
from orders.links import status_url
from orders.models import Notification, Order, OrderEvent, Product, ShippingMethod
from orders.models import Partner as PartnerRow
from orders.services.merge import merge_customers
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.factories.orders import ADDRESS, CustomerFactory, ProductFactory
from warehouse.models import StockLevel

pytestmark = pytest.mark.django_db


def z(at: Any) -> str:
    return at.isoformat().replace("+00:00", "Z")


def test_an_unpaid_order_is_placed_and_told_in_full(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    response = api.post("/orders", wanted)

    order = Order.objects.get()
    line = order.lines.get()
    assert response.status_code == 201, response.content
    assert response["Location"] == f"/api/v1/orders/{order.number}"
    assert response["ETag"].startswith('"1-')
    assert response.json() == {
        "number": order.number,
        "external_ref": "web-10023",
        "channel": "web",
        "version": 1,
        "status": "placed",
        "payment_status": "unpaid",
        "fulfillment_status": "unfulfilled",
        "return_status": "none",
        "currency": "EUR",
        "prices_include_tax": True,
        "shipping_tax_rate": "0.19",
        "tax_exemption": "",
        "buyer_reference": "",
        "totals": {
            "items": "25.00",
            "discount": "0.00",
            "shipping": "4.90",
            "tax": "4.77",
            "total": "29.90",
            "authorized": "0.00",
            "captured": "0.00",
            "refunded": "0.00",
            "balance": "29.90",
        },
        "customer": {
            "email": "ada@example.com",
            "name": "Ada Byron",
            "phone": "+4915112345678",
            "language": "de",
        },
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "shipping_method": "standard",
        "shipping_policy": "ship_as_available",
        "lines": [
            {
                "id": line.public_id,
                "sku": "MUG-BLUE",
                "name": "Blue mug",
                "quantity": 2,
                "unit_price": "12.50",
                "tax_rate": "0.19",
                "discount": "0.00",
                "total": "25.00",
                "external_ref": "1",
                "accepts_substitutes": True,
                "promised_on": line.promised_on.isoformat() if line.promised_on else None,
                "kind": "goods",
                "ships_on": None,
                "components": [],
                "quantities": {
                    "ordered": 2,
                    "cancelled": 0,
                    "allocated": 2,
                    "backordered": 0,
                    "picked": 0,
                    "packed": 0,
                    "shipped": 0,
                    "delivered": 0,
                    "return_requested": 0,
                    "returned": 0,
                    "written_off": 0,
                },
            }
        ],
        "payments": [],
        "holds": [],
        "status_url": status_url(order),
        "tags": ["gift"],
        "note": "Ring twice.\nThank you.",
        "metadata": {"cart": 7},
        "expires_at": None,
        "placed_at": z(order.placed_at),
        "created_at": z(order.created_at),
        "updated_at": z(order.updated_at),
    }
    assert StockLevel.objects.get().allocated == 2


def test_reading_it_gives_the_same(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    placed = api.post("/orders", wanted)
    read = api.get(f"/orders/{placed.json()['number']}")

    assert read.content == placed.content
    assert read["ETag"] == placed["ETag"]


def test_the_partner_signs_what_it_does(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    api.post("/orders", wanted, headers={"X-Request-Id": "r-17"})

    event = OrderEvent.objects.get()
    assert (event.type, event.actor_kind, event.actor_name, event.request_id) == (
        "order.placed",
        "partner",
        "Shop",
        "r-17",
    )
    assert event.actor_id == PartnerRow.objects.get().pk


def test_what_is_left_out_comes_from_product_method_and_channel(api: Partner, mug: Product) -> None:
    body = {
        "channel": "web",
        "currency": "EUR",
        "customer": {"email": "ada@example.com"},
        "shipping_address": {"name": "Ada", "line1": "Hauptstr. 1", "city": "Berlin", "country": "DE"},
        "shipping_method": "standard",
        "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
    }
    told = api.post("/orders", body).json()

    assert (told["totals"]["items"], told["totals"]["shipping"]) == ("12.50", "4.90")
    assert (told["lines"][0]["unit_price"], told["lines"][0]["tax_rate"]) == ("12.50", "0.19")
    assert (told["external_ref"], told["note"], told["tags"], told["metadata"]) == ("", "", [], {})
    assert told["customer"] == {"email": "ada@example.com", "name": "", "phone": "", "language": "en"}
    assert told["shipping_address"]["postal_code"] == ""


def test_a_paid_order_is_confirmed(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    told = api.post("/orders", paid).json()

    assert (told["status"], told["payment_status"]) == ("confirmed", "authorized")
    assert (told["totals"]["authorized"], told["totals"]["balance"]) == ("29.90", "0.00")
    assert [(p["gateway"], p["status"], p["amount"], p["action_url"]) for p in told["payments"]] == [
        ("sandbox", "authorized", "29.90", None)
    ]
    assert api.get(f"/orders/{told['number']}").json()["payments"] == told["payments"]


def test_a_payment_that_needs_the_customer_says_where(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    paid["payment"]["token"] = "tok_requires_action"
    told = api.post("/orders", paid).json()

    assert (told["status"], told["payments"][0]["status"]) == ("placed", "requires_action")
    assert told["payments"][0]["action_url"]


def test_a_declined_payment_keeps_nothing(api: Partner, mug: Product, paid: dict[str, Any]) -> None:
    paid["payment"]["token"] = "tok_decline"
    response = api.post("/orders", paid)

    assert response.status_code == 402
    assert response.json()["code"] == "payment_declined"
    assert api.get("/orders").json()["data"] == []
    assert not OrderEvent.objects.filter(public=True).exists()
    assert not Notification.objects.exists()
    assert StockLevel.objects.get().allocated == 0

    paid["payment"]["token"] = "tok_ok"
    assert api.post("/orders", paid).status_code == 201


# --- bad input


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set one value deep inside the body."""

    def apply(body: dict[str, Any]) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        found: Any = body
        for part in parents:
            found = found[part]
        found[last] = value

    return apply


LONG = "x" * 5001
BAD = [
    ("lines/0/sku", "NOPE", "unknown_product"),
    ("lines/0/sku", "", "blank"),
    ("lines/0/sku", None, "type"),
    ("lines/0/sku", "MUG\x00BLUE", "control_character"),
    ("lines/0/sku", "\ud800", "control_character"),
    ("lines/0/quantity", 0, "too_small"),
    ("lines/0/quantity", -1, "too_small"),
    ("lines/0/quantity", 1_000_001, "too_large"),
    ("lines/0/quantity", 10**30, "too_large"),
    ("lines/0/quantity", "2", "type"),
    ("lines/0/quantity", 2.0, "type"),
    ("lines/0/quantity", True, "type"),
    ("lines/0/unit_price", 12.5, "type"),
    ("lines/0/unit_price", "12,50", "format"),
    ("lines/0/unit_price", "-1", "format"),
    ("lines/0/unit_price", "1e3", "format"),
    ("lines/0/unit_price", "NaN", "format"),
    ("lines/0/unit_price", "1234567890123", "format"),
    ("lines/0/unit_price", "12.501", "too_precise"),
    ("lines/0/unit_price", "١٢", "format"),
    ("lines/0/tax_rate", "19", "format"),
    ("lines/0/tax_rate", "1.0", "format"),
    ("lines/0/discount", "25.01", "too_large"),
    ("lines/0/colour", "blue", "unknown_field"),
    ("lines", [], "too_few"),
    ("lines", [{"sku": "MUG-BLUE", "quantity": 1}] * 201, "too_many"),
    ("lines", {}, "type"),
    ("discount", "25.01", "too_large"),
    ("shipping_price", "4.901", "too_precise"),
    ("shipping_price", "999999999999.99", "too_large"),
    ("currency", "USD", "wrong_currency"),
    ("currency", "euro", "format"),
    ("currency", "ZZZ", "format"),
    ("channel", "shop2", "unknown_channel"),
    ("shipping_method", "drone", "unknown_shipping_method"),
    ("customer/email", "ada", "email"),
    ("customer/email", "ada\n@example.com", "control_character"),
    ("customer/email", "a" * 250 + "@example.com", "too_long"),
    ("customer/language", "german", "format"),
    ("shipping_address/country", "de", "format"),
    ("shipping_address/country", "ZZ", "format"),
    ("shipping_address/name", "Ada\tByron", "control_character"),
    ("shipping_address/name", "   ", "blank"),
    ("shipping_address/line1", "x" * 201, "too_long"),
    ("shipping_address/line1", "  ", "required"),
    ("shipping_address/city", "", "required"),
    ("shipping_address/phone", "call me", "phone"),
    ("customer/phone", "-", "phone"),
    ("billing_address", {}, "required"),
    ("payment/gateway", "paypal", "choice"),
    ("tags", ["a", ""], "blank"),
    ("tags", "gift", "type"),
    ("note", LONG, "too_long"),
    ("note", "bell\x07", "control_character"),
    ("metadata", [], "type"),
    ("metadata", {"a": {"b": ["c\x00"]}}, "control_character"),
    ("metadata", {"a\x00": 1}, "control_character"),
    ("metadata", {"a": [[[[[[[[[[1]]]]]]]]]]}, "too_deep"),
    ("prices_include_tax", "yes", "type"),
    ("number", "7K3M-92QX-H", "unknown_field"),
]
POINTERS = {
    "lines/0/colour": "#/lines/0/colour",
    "tags": "#/tags",
}


@pytest.mark.parametrize(("path", "value", "code"), BAD, ids=[f"{p}-{c}-{i}" for i, (p, _, c) in enumerate(BAD)])
def test_bad_input_is_pointed_at_and_changes_nothing(
    api: Partner, mug: Product, paid: dict[str, Any], path: str, value: Any, code: str
) -> None:
    change(path, value)(paid)
    with nothing_changes():
        response = api.post("/orders", paid)

    assert response.status_code == 400, response.content
    first = response.json()["errors"][0]
    assert first["code"] == code
    assert first["pointer"].startswith(f"#/{path}")


def test_what_is_refused_of_an_address_says_how_to_mend_it(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    wanted["billing_address"] = {"name": "Ada", "country": "FR"}
    with nothing_changes():
        response = api.post("/orders", wanted)

    assert (response.status_code, response.json()["code"]) == (400, "address_incomplete")
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [
        ("#/billing_address/line1", "required"),
        ("#/billing_address/city", "required"),
    ]


@pytest.mark.parametrize(
    "messy",
    [
        {"postal_code": "1011"},
        {"country": "US", "region": "Bavaria", "postal_code": ""},
        {"country": "SG", "city": "", "postal_code": "238823"},
        {"phone": "12 (please ring)"},
    ],
)
def test_no_order_is_lost_for_a_messy_address(
    api: Partner, mug: Product, wanted: dict[str, Any], messy: dict[str, str]
) -> None:
    ShippingMethod.objects.update(countries=[])
    wanted["shipping_address"] |= messy
    response = api.post("/orders", wanted)
    assert response.status_code == 201, response.content
    kept = Order.objects.get(number=response.json()["number"])
    assert kept.shipping_address | messy == kept.shipping_address
    book = kept.customer.addresses.get()
    assert (book.address, book.last_used_at is not None) == (kept.shipping_address, True)


def test_the_phone_is_kept_as_given_and_in_its_normal_form(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    wanted["customer"]["phone"] = "(0151) 123 45678"
    number = api.post("/orders", wanted).json()["number"]
    kept = Order.objects.get(number=number)
    assert (kept.phone, kept.phone_e164) == ("(0151) 123 45678", "+4915112345678")
    assert (kept.customer.phone, kept.customer.phone_e164) == ("(0151) 123 45678", "+4915112345678")
    for asked in ("+49 151 12345678", "0049151/12345678", "0151 12345678", "(0151) 123 45678", "0151 12345678 ext. 3"):
        assert [row["number"] for row in api.get("/orders", q=asked).json()["data"]] == [number], asked
    assert api.get("/orders", q="0171 12345678").json()["data"] == []


def test_orders_are_found_by_mail_after_a_merge(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    number = api.post("/orders", wanted).json()["number"]
    mine = Order.objects.get(number=number)
    survivor = CustomerFactory(email="survivor@example.com")
    merge_customers(survivor.pk, absorbed=mine.customer_id, by=SYSTEM)
    mine.refresh_from_db()
    assert mine.customer_id == survivor.pk
    for query in ({"customer_email": wanted["customer"]["email"]}, {"q": wanted["customer"]["email"]}):
        assert [row["number"] for row in api.get("/orders", **query).json()["data"]] == [number]
    assert api.get(f"/orders/{number}").json()["customer"]["email"] == wanted["customer"]["email"].lower()


def test_all_mistakes_are_told_at_once(api: Partner, mug: Product) -> None:
    response = api.post("/orders", {"lines": [{"sku": "A"}, {"quantity": 0}], "a/b~c": 1})

    assert response.json()["code"] == "invalid"
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [
        ("#/lines/0/quantity", "required"),
        ("#/lines/1/quantity", "too_small"),
        ("#/lines/1/sku", "required"),
        ("#/a~1b~0c", "unknown_field"),
        ("#/channel", "required"),
        ("#/currency", "required"),
        ("#/customer", "required"),
        ("#/shipping_address", "required"),
    ]


def test_amounts_that_overflow_together_are_refused(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    ProductFactory(sku="GOLD", out_of_stock_policy=["backorder"])
    wanted["lines"] = [{"sku": "GOLD", "quantity": 1_000_000, "unit_price": "999999999999.99"}]
    with nothing_changes():
        response = api.post("/orders", wanted)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("#/lines/0/quantity", "too_large")]


def test_a_discount_does_not_make_a_line_smaller_than_can_be_kept(
    api: Partner, mug: Product, wanted: dict[str, Any]
) -> None:
    wanted["lines"][0] |= {"unit_price": "999999999999.00", "quantity": 1, "discount": "999999999998.00"}
    with nothing_changes():
        response = api.post("/orders", wanted)

    assert response.status_code == 400
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("#/lines/0/quantity", "too_large")]


def test_a_product_priced_in_another_currency_needs_a_price(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    ProductFactory(sku="HAT", currency="USD", out_of_stock_policy=["backorder"])
    wanted["lines"].append({"sku": "HAT", "quantity": 1})
    with nothing_changes():
        response = api.post("/orders", wanted)

    assert (response.status_code, response.json()["code"]) == (400, "wrong_currency")
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [
        ("#/lines/1/unit_price", "wrong_currency")
    ]
    wanted["lines"][1]["unit_price"] = "3.00"
    assert api.post("/orders", wanted).status_code == 201


def test_out_of_stock_names_each_line_and_what_is_there(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    wanted["lines"] = [{"sku": "MUG-BLUE", "quantity": 11}]
    with nothing_changes():
        response = api.post("/orders", wanted)

    assert (response.status_code, response.json()["code"]) == (409, "out_of_stock")
    assert response.json()["errors"] == [
        {"pointer": "#/lines/0/quantity", "code": "out_of_stock", "detail": "MUG-BLUE: 10 available."}
    ]


def test_a_channel_of_others_does_not_exist(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    PartnerRow.objects.get(code="shop").channels.clear()
    with nothing_changes():
        response = api.post("/orders", wanted)

    assert (response.status_code, response.json()["code"]) == (400, "unknown_channel")


def test_an_external_ref_is_used_once_and_names_the_order_that_has_it(
    api: Partner, stranger: Partner, mug: Product, wanted: dict[str, Any]
) -> None:
    first = api.post("/orders", wanted).json()
    with nothing_changes():
        second = api.post("/orders", wanted)

    assert (second.status_code, second.json()["code"]) == (409, "duplicate_external_ref")
    assert second.json()["order_url"] == f"/api/v1/orders/{first['number']}"

    for path, value in (("lines/0/quantity", 9), ("lines/0/sku", "NOPE"), ("shipping_method", "drone")):
        again = deepcopy(wanted)
        change(path, value)(again)
        with nothing_changes():
            refused = api.post("/orders", again)
        assert (refused.json()["code"], refused.json()["order_url"]) == (
            "duplicate_external_ref",
            f"/api/v1/orders/{first['number']}",
        )
    assert stranger.post("/orders", wanted).status_code == 201
