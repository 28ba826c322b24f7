"""The catalogue over HTTP."""

from typing import Any
from urllib.parse import quote

import pytest

from orders.models import Partner as PartnerRow
from orders.models import Product
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.factories.orders import ProductFactory

pytestmark = pytest.mark.django_db

MUG: dict[str, Any] = {
    "name": "Blue mug",
    "description": "Stoneware.\nDishwasher safe.",
    "gtin": "4006381333931",
    "price": "12.50",
    "currency": "EUR",
    "tax_rate": "0.19",
    "weight_g": 300,
    "length_mm": 100,
    "width_mm": 80,
    "height_mm": 60,
    "fragility": "fragile",
    "is_active": True,
    "out_of_stock_policy": ["substitute", "backorder", "dropship", "cancel"],
    "metadata": {"shelf": 7},
}


def test_a_new_product_is_made_and_told_in_full(api: Partner) -> None:
    response = api.put("/products/MUG-BLUE", MUG)

    assert response.status_code == 201, response.content
    told = response.json()
    product = Product.objects.get()
    assert told == MUG | {
        "sku": "MUG-BLUE",
        "image_url": "",
        "is_hazmat": False,
        "ships_alone": False,
        "preorder_ships_on": None,
        "preorder_cap": None,
        "preorder_taken": 0,
        "is_digital": False,
        "components": [],
        "version": 1,
        "created_at": product.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": product.updated_at.isoformat().replace("+00:00", "Z"),
    }
    read = api.get("/products/MUG-BLUE")
    assert (read.json(), read["ETag"]) == (told, response["ETag"])
    assert api.get("/products/MUG-BLUE", headers={"If-None-Match": read["ETag"]}).status_code == 304


def test_the_same_again_changes_nothing(api: Partner) -> None:
    first = api.put("/products/MUG-BLUE", MUG)
    with nothing_changes():
        second = api.put("/products/MUG-BLUE", MUG)

    assert (second.status_code, second.content) == (200, first.content)


def test_a_product_is_replaced_as_a_whole(api: Partner) -> None:
    api.put("/products/MUG-BLUE", MUG)
    told = api.put("/products/MUG-BLUE", {"name": "Mug", "price": "13.00", "currency": "EUR"}).json()

    assert (told["version"], told["name"], told["price"]) == (2, "Mug", "13.00")
    assert (told["description"], told["gtin"], told["weight_g"]) == ("", "", 0)
    assert (told["out_of_stock_policy"], told["fragility"], told["tax_rate"]) == ([], "none", "0")
    assert Product.objects.count() == 1


def test_if_match_is_honoured_when_sent(api: Partner) -> None:
    with nothing_changes():
        response = api.put("/products/MUG-BLUE", MUG, {"If-Match": '"1"'})
    assert (response.status_code, response.json()["current_version"]) == (412, None)
    with nothing_changes():
        response = api.put("/products/MUG-BLUE", MUG, {"If-Match": "*"})
    assert (response.status_code, response.json()["code"], response.json()["current_version"]) == (412, "stale", None)

    tag = api.put("/products/MUG-BLUE", MUG)["ETag"]
    assert api.put("/products/MUG-BLUE", MUG | {"price": "13.00"}, {"If-Match": tag}).json()["version"] == 2
    with nothing_changes():
        response = api.put("/products/MUG-BLUE", MUG | {"price": "14.00"}, {"If-Match": tag})
    assert (response.status_code, response.json()["code"], response.json()["current_version"]) == (412, "stale", 2)
    assert api.put("/products/MUG-BLUE", MUG | {"price": "14.00"}, {"If-Match": "*"}).json()["version"] == 3


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "blank"),
        ("name", "a\x00b", "control_character"),
        ("name", "a\nb", "control_character"),
        ("description", "a\x00b", "control_character"),
        ("gtin", "123", "format"),
        ("price", "12.505", "too_precise"),
        ("price", "-1.00", "format"),
        ("price", 12.5, "type"),
        ("currency", "EURO", "format"),
        ("currency", "XYZ", "format"),
        ("currency", "XAU", "format"),
        ("currency", "eur", "format"),
        ("tax_rate", "19", "format"),
        ("weight_g", -1, "too_small"),
        ("weight_g", 2**31, "too_large"),
        ("fragility", "glass", "choice"),
        ("out_of_stock_policy", ["pray"], "choice"),
        ("out_of_stock_policy", ["backorder", "backorder"], "repeated"),
        ("preorder_ships_on", "2026-02-30", "date"),
        ("preorder_ships_on", "2026-W10-1", "date"),
        ("preorder_ships_on", "2026-060", "date"),
        ("preorder_ships_on", "20260301", "date"),
        ("preorder_ships_on", "2026-3-1", "date"),
        ("image_url", "javascript:alert(1)", "format"),
        ("is_active", "true", "type"),
        ("sku", "MUG-BLUE", "unknown_field"),
    ],
)
def test_bad_fields_are_pointed_at(api: Partner, field: str, value: Any, code: str) -> None:
    with nothing_changes():
        response = api.put("/products/MUG-BLUE", MUG | {field: value})

    assert response.status_code == 400
    error = response.json()["errors"][0]
    assert (error["pointer"].split("/")[1], error["code"]) == (field, code)


def test_a_price_has_the_digits_of_its_currency(api: Partner) -> None:
    assert api.put("/products/A", MUG | {"price": "1300", "currency": "JPY"}).json()["price"] == "1300"
    assert api.put("/products/B", MUG | {"price": "1.234", "currency": "KWD"}).json()["price"] == "1.234"
    assert api.put("/products/C", MUG | {"price": "13.5", "currency": "JPY"}).status_code == 400


@pytest.mark.parametrize("sku", ["A", "85123A", "MUG BLUE", "Tasse-ä", "x" * 64, "a.b_c+d"])
def test_skus_of_all_kinds(api: Partner, sku: str) -> None:
    assert api.put(f"/products/{quote(sku)}", MUG).status_code == 201
    assert api.get(f"/products/{quote(sku)}").json()["sku"] == sku


@pytest.mark.parametrize("sku", ["x" * 65, "a,b", " a", "a ", "..", "a\nb", "a\x00"])
def test_odd_skus_are_refused(api: Partner, sku: str) -> None:
    with nothing_changes():
        response = api.put(f"/products/{quote(sku, safe='')}", MUG)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "sku")


def test_an_unknown_product_is_not_found(api: Partner) -> None:
    assert api.get("/products/NOPE").status_code == 404


def test_the_catalogue_is_shared_and_listed_newest_first(api: Partner, stranger: Partner) -> None:
    for sku in ("A-1", "A-2", "B-1"):
        ProductFactory(sku=sku, is_active=sku != "A-1", gtin="")

    def listed(**query: str) -> list[str]:
        return [product["sku"] for product in stranger.get("/products", **query).json()["data"]]

    assert listed() == ["B-1", "A-2", "A-1"]
    assert listed(sort="created_at", limit="2") == ["A-1", "A-2"]
    assert listed(is_active="true") == ["B-1", "A-2"]
    assert listed(q="A-") == ["A-2", "A-1"]
    assert listed(gtin="4006381333931") == []


def test_an_order_keeps_what_it_bought(api: Partner, mug: Product, wanted: dict[str, Any], shop: PartnerRow) -> None:
    number = api.post("/orders", wanted).json()["number"]
    api.put("/products/MUG-BLUE", MUG | {"name": "Red mug", "price": "99.00"})

    line = api.get(f"/orders/{number}").json()["lines"][0]
    assert (line["name"], line["unit_price"]) == ("Blue mug", "12.50")
