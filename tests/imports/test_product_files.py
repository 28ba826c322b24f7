"""Products of Shopify, WooCommerce and our own: every variant once, in our units; again nothing, changes by name."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from config.imports.sample import SHOPIFY_PRODUCTS, WOOCOMMERCE_PRODUCTS
from orders.models import Product
from tests.factories.warehouse import WarehouseFactory
from tests.imports.shops import changed, rejects, rows, run
from warehouse.models import StockLevel, StockMovement

pytestmark = pytest.mark.django_db(transaction=True)

RATES = [("standard", Decimal("0.19")), ("reduced-rate", Decimal("0.07"))]
SHOPIFY = {"lines": 8, "accepted": 7, "rejected": 1, "created": 6, "updated": 0, "unchanged": 0, "amount": "0.00"}
WOO = {"lines": 9, "accepted": 7, "rejected": 2, "created": 6, "updated": 0, "unchanged": 0, "amount": "0.00"}


def shopify(file: Path = SHOPIFY_PRODUCTS, **options: Any) -> dict[str, Any]:
    wanted = {"currency": "EUR", "tax_rate": RATES[:1], **options}
    return run("import_products", file, "shopify-products", **wanted)[0]


def woocommerce(file: Path = WOOCOMMERCE_PRODUCTS, **options: Any) -> dict[str, Any]:
    wanted = {"currency": "EUR", "tax_rate": RATES, **options}
    return run("import_products", file, "woocommerce-products", **wanted)[0]


def product(sku: str) -> Product:
    return Product.objects.get(sku=sku)


# --- Shopify


def test_each_variant_is_a_product() -> None:
    assert shopify() == SHOPIFY

    assert list(Product.objects.values_list("sku", "name", "price", "weight_g", "is_active")) == [
        ("GIFT-50", "Gift card – 50", 50, 0, True),
        ("LINEN-SHIRT-ECRU-M", "Linen shirt – Ecru, M", 55, 220, True),
        ("MUG-BLUE", "Blue mug", Decimal("12.50"), 300, True),
        ("POSTER", "Old poster", Decimal("19.90"), 80, False),
        ("SHIRT-W-L", "Linen shirt – White, L", 59, 240, True),
        ("SHIRT-W-M", "Linen shirt – White, M", 59, 220, True),
    ]


def test_a_product_says_what_the_shop_says() -> None:
    shopify()

    mug, large, card = product("MUG-BLUE"), product("SHIRT-W-L"), product("GIFT-50")
    assert (mug.gtin, mug.currency, mug.tax_rate) == ("4006381333931", "EUR", Decimal("0.19"))
    assert mug.description == "Stoneware, dishwasher safe.\n\n0.3 l\nMade in Bunzlau"
    assert mug.image_url == "https://cdn.example.com/mug-1.jpg"
    assert mug.metadata == {"shopify_handle": "blue-mug"}
    assert (large.gtin, large.metadata["barcode"], large.image_url) == (
        "", "ABC-123", "https://cdn.example.com/shirt-l.jpg",
    )  # fmt: skip
    assert (large.out_of_stock_policy, mug.out_of_stock_policy) == (["backorder"], [])
    assert card.tax_rate == 0


def test_what_excel_has_mangled_is_refused(tmp_path: Path) -> None:
    shopify(rejects=tmp_path / "rejects.csv")
    ((line, rule, why),) = rejects(tmp_path / "rejects.csv")
    assert (line, rule) == (10, "mangled_number")
    assert "don't open the file" in why
    assert not Product.objects.filter(sku="TIN").exists()


def test_again_nothing_is_made_and_changes_are_named(tmp_path: Path) -> None:
    shopify()
    before = rows()
    assert shopify() == SHOPIFY | {"created": 0, "unchanged": 6}
    assert (rows(), product("MUG-BLUE").version) == (before, 1)

    file = changed(
        SHOPIFY_PRODUCTS,
        tmp_path / "later.csv",
        ("Variant SKU", "MUG-BLUE", "Variant Price", "13.00"),
        ("Variant SKU", "MUG-BLUE", "Variant Grams", "310"),
    )
    result, printed = run("import_products", file, "shopify-products", currency="EUR", tax_rate=RATES[:1])

    assert result == SHOPIFY | {"created": 0, "updated": 1, "unchanged": 5}
    assert "1 changed price" in printed
    assert "1 changed weight_g" in printed
    assert "1 updated, 5 were there before" in printed
    mug = product("MUG-BLUE")
    assert (mug.price, mug.weight_g, mug.version, rows()) == (13, 310, 2, before)


def test_what_the_file_doesnt_say_stays() -> None:
    shopify()
    Product.objects.filter(sku="MUG-BLUE").update(
        length_mm=100, fragility="fragile", metadata={"ours": 1, "shopify_handle": "blue-mug"}
    )
    assert shopify(tax_rate=[])["unchanged"] == 6
    mug = product("MUG-BLUE")
    assert (mug.length_mm, mug.fragility, mug.tax_rate) == (100, "fragile", Decimal("0.19"))
    assert mug.metadata == {"ours": 1, "shopify_handle": "blue-mug"}


def test_without_a_rate_it_is_said() -> None:
    _result, printed = run("import_products", SHOPIFY_PRODUCTS, "shopify-products", currency="EUR")
    assert "5 no_tax_rate" in printed


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    WarehouseFactory(code="BER")
    before = rows()
    assert shopify(dry_run=True, stock="BER") == SHOPIFY
    assert rows() == before


def test_opening_stock_is_booked_once() -> None:
    WarehouseFactory(code="BER")
    result, printed = run(
        "import_products", SHOPIFY_PRODUCTS, "shopify-products", currency="EUR", tax_rate=RATES[:1], stock="BER"
    )
    assert result == SHOPIFY
    assert "3 stock_set" in printed
    assert list(StockLevel.objects.order_by("product__sku").values_list("product__sku", "on_hand")) == [
        ("LINEN-SHIRT-ECRU-M", 3), ("MUG-BLUE", 40), ("SHIRT-W-M", 7),
    ]  # fmt: skip
    assert set(StockMovement.objects.values_list("kind", "reason")) == {("adjusted", "initial")}

    StockLevel.objects.filter(product__sku="MUG-BLUE").update(on_hand=39)
    assert shopify(stock="BER")["unchanged"] == 6
    assert (StockMovement.objects.count(), StockLevel.objects.get(product__sku="MUG-BLUE").on_hand) == (3, 39)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"currency": ""}, "currency: the file doesn't say"),
        ({"currency": "Euro"}, "currency: the file doesn't say"),
        ({"stock": "MOON"}, "no warehouse has the code MOON"),
    ],
)
def test_what_must_be_said_is_asked_before_anything_is_written(options: dict[str, Any], sentence: str) -> None:
    before = rows()
    with pytest.raises(CommandError, match=sentence):
        shopify(**options)
    assert rows() == before


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("Variant Price", "12,345", "bad_value"),
        ("Variant Price", "-1", "bad_value"),
        ("Variant Price", "1.005", "bad_value"),
        ("Variant Price", "$12.50", "bad_value"),
        ("Variant Grams", "-1", "bad_value"),
        ("Variant SKU", "1.23E+15", "mangled_number"),
        ("Variant SKU", "S" * 65, "bad_value"),
        ("Variant SKU", "SHIRT-W-M", "repeated"),
        ("Image Src", "javascript:alert(1)", "bad_value"),
        ("Status", "perhaps", "bad_value"),
        ("Title", "a\x00b", "control_character"),
        ("Handle", "", "missing_value"),
        ("Variant Inventory Qty", "many", "bad_value"),
    ],
)
def test_a_row_that_cant_be_right_is_rejected(tmp_path: Path, column: str, value: str, rule: str) -> None:
    file = changed(SHOPIFY_PRODUCTS, tmp_path / "file.csv", ("Variant SKU", "MUG-BLUE", column, value))

    result = shopify(file, rejects=tmp_path / "rejects.csv")

    assert rule in {r for _line, r, _why in rejects(tmp_path / "rejects.csv")}
    assert result["accepted"] + result["rejected"] == 8
    assert Product.objects.filter(sku="POSTER").exists()
    assert not Product.objects.filter(sku="MUG-BLUE").exists()


def test_the_newer_template_is_known_too(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text(
        "Title,URL handle,Description,Status,SKU,Barcode,Option1 name,Option1 value,Price,Charge tax,"
        "Inventory quantity,Continue selling when out of stock,Weight value (grams),Product image URL\n"
        "Bowl,bowl,Deep,Active,BOWL-S,4006381333931,Size,S,9.90,TRUE,4,DENY,500,https://x.example/bowl.jpg\n"
    )
    assert shopify(path)["created"] == 1
    bowl = product("BOWL-S")
    assert (bowl.name, bowl.price, bowl.weight_g, bowl.gtin) == ("Bowl – S", Decimal("9.90"), 500, "4006381333931")


# --- WooCommerce


def test_simple_products_and_variations() -> None:
    assert woocommerce() == WOO

    assert list(Product.objects.values_list("sku", "name", "price", "tax_rate", "is_active")) == [
        ("ADVENT", "Advent calendar", 29, Decimal("0.19"), True),
        ("COURSE", "Tea course", 80, 0, False),
        ("CUP-BLACK", "Cup - Black", 15, Decimal("0.19"), True),
        ("CUP-RED", "Cup - Red", 14, Decimal("0.19"), True),
        ("GREEN-TEA", "Green tea, 100 g", Decimal("6.90"), Decimal("0.07"), True),
        ("TEAPOT", "Teapot", Decimal("49.90"), Decimal("0.19"), True),
    ]


def test_units_are_ours_and_variations_have_what_their_parent_has() -> None:
    woocommerce()

    teapot, red, black, tea = product("TEAPOT"), product("CUP-RED"), product("CUP-BLACK"), product("GREEN-TEA")
    assert (teapot.weight_g, teapot.length_mm, teapot.width_mm, teapot.height_mm) == (1588, 203, 165, 127)
    assert (red.weight_g, red.length_mm, red.description) == (181, 76, "Thin walls.")
    assert red.image_url == "https://shop.example.com/cup.jpg"
    assert (black.weight_g, black.metadata) == (227, {"woocommerce_id": "22"})
    assert (tea.metadata["regular_price"], tea.out_of_stock_policy) == ("8.50", ["backorder"])


def test_woocommerce_again_is_nothing() -> None:
    woocommerce()
    before = rows()
    assert woocommerce() == WOO | {"created": 0, "unchanged": 6}
    assert rows() == before


def test_what_can_lie_on_no_shelf_is_named(tmp_path: Path) -> None:
    woocommerce(rejects=tmp_path / "rejects.csv")
    assert [(line, rule) for line, rule, _why in rejects(tmp_path / "rejects.csv")] == [
        (8, "unknown_parent"),
        (9, "not_stockable"),
    ]


def test_a_tax_class_without_a_rate_is_refused(tmp_path: Path) -> None:
    woocommerce(tax_rate=RATES[:1], rejects=tmp_path / "rejects.csv")
    assert (3, "unknown_tax_class") in [(line, rule) for line, rule, _ in rejects(tmp_path / "rejects.csv")]


def test_kilograms_centimetres_and_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "de.csv"
    path.write_text(
        "ID;Type;SKU;Name;Published;Regular price;Sale price;Weight (kg);Length (cm)\n"
        "1;simple;A;Vase;1;19,90;;1,25;30,5\n"
        "2;simple;B;Vase;1;1.234,50;;1;1\n"
    )
    assert woocommerce(path, rejects=tmp_path / "rejects.csv")["created"] == 1
    vase = product("A")
    assert (vase.price, vase.weight_g, vase.length_mm) == (Decimal("19.90"), 1250, 305)
    assert [(line, rule) for line, rule, _ in rejects(tmp_path / "rejects.csv")] == [(3, "bad_value")]


def test_an_unknown_unit_is_named(tmp_path: Path) -> None:
    path = tmp_path / "stone.csv"
    path.write_text("ID,Type,SKU,Name,Published,Regular price,Sale price,Weight (st)\n1,simple,A,Vase,1,1,,1\n")
    woocommerce(path, rejects=tmp_path / "rejects.csv")
    assert "weight (st)" in rejects(tmp_path / "rejects.csv")[0][2]


# --- our own


def test_our_own_json_says_what_is_wrong_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "p.ndjson"
    good = {"sku": "A", "name": "A", "price": "1.50", "currency": "EUR", "weight_g": 5, "is_active": False}
    lines = [
        good,
        {**good, "sku": "B", "price": "1.505"},
        {**good, "sku": "C", "colour": "red"},
        {**good, "sku": ""},
        {**good, "sku": "D", "currency": "XXX"},
        {**good, "sku": "E", "name": "a\u0007"},
        [1],
        {**good, "sku": "F", "out_of_stock_policy": ["backorder", "cancel"], "metadata": {"a": [1.5]}},
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\nnonsense\n")

    result, _ = run("import_products", path, "oms-ndjson", rejects=tmp_path / "rejects.csv")

    assert (result["created"], result["rejected"]) == (2, 7)
    assert [(line, rule) for line, rule, _ in rejects(tmp_path / "rejects.csv")] == [
        (2, "bad_value"), (3, "bad_value"), (4, "no_sku"), (5, "bad_value"), (6, "control_character"),
        (7, "bad_json"), (9, "bad_json"),
    ]  # fmt: skip
    assert (product("A").price, product("A").is_active) == (Decimal("1.50"), False)
    assert (product("F").out_of_stock_policy, product("F").metadata) == (["backorder", "cancel"], {"a": [1.5]})


def test_a_csv_isnt_ndjson(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no NDJSON file"):
        run("import_products", SHOPIFY_PRODUCTS, "oms-ndjson")
