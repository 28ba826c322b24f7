"""What `manage.py export` writes comes back as it was, into an empty house and into the one it came from."""

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from config.exports.orders import NAMES
from config.imports.sample import SHOPIFY_ORDERS
from orders.kernel.actor import SYSTEM
from orders.models import BundleComponent, Job, Order, Product
from orders.requests import WantedLine
from orders.services.place import place_order
from tests.factories.orders import OrderFactory, ProductFactory, ShippingMethodFactory, a_bundle
from tests.factories.shipping import confirmed_order, stocked
from tests.factories.warehouse import StockLevelFactory
from tests.imports.shops import rejects, rows, run
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db(transaction=True)

FORMATS = ("csv", "ndjson")


def export(subject: str, path: Path, format: str, *filters: str) -> bytes:
    call_command("export", subject, format=format, output=path, filter=list(filters), stderr=io.StringIO())
    return path.read_bytes()


def flush() -> None:
    with connection.cursor() as cursor:
        tables = "orders_order, orders_product, orders_customer, orders_partner, orders_channel, orders_job"
        cursor.execute(f"TRUNCATE {tables} CASCADE")


@pytest.mark.parametrize("format", FORMATS)
def test_products_come_back_as_they_were(tmp_path: Path, format: str) -> None:
    ProductFactory(
        sku="=A",
        name="'=odd, name",
        description="Two\nlines\tand “quotes”",
        gtin="4006381333931",
        out_of_stock_policy=["backorder", "cancel"],
        preorder_ships_on="2027-01-02",
        metadata={"a": [1, {"b": "ü"}]},
        price=Decimal("0.10"),
        is_active=False,
    )
    ProductFactory(sku="B", currency="JPY", price=Decimal(1200), metadata={}, fragility="fragile", is_hazmat=True)
    first = export("products", tmp_path / f"a.{format}", format)
    before = list(Product.objects.order_by("sku").values())
    flush()

    result, _ = run("import_products", tmp_path / f"a.{format}", f"oms-{format}")

    assert (result["created"], result["rejected"]) == (2, 0)
    assert export("products", tmp_path / f"b.{format}", format) == first
    own = {"id", "version", "created_at", "updated_at"}
    for old, new in zip(before, Product.objects.order_by("sku").values(), strict=True):
        assert {k: v for k, v in new.items() if k not in own} == {k: v for k, v in old.items() if k not in own}
    assert run("import_products", tmp_path / f"b.{format}", f"oms-{format}")[0]["unchanged"] == 2


@pytest.mark.parametrize("format", FORMATS)
def test_orders_come_back_as_they_were(tmp_path: Path, format: str) -> None:
    run("import_orders", SHOPIFY_ORDERS, "shopify-orders")
    first = export("orders", tmp_path / f"a.{format}", format)
    before = list(Order.objects.order_by("number").values())
    flush()

    result, _ = run("import_orders", tmp_path / f"a.{format}", f"oms-{format}", rejects=tmp_path / "rejects.csv")

    assert (result["created"], result["rejected"]) == (4, 0), rejects(tmp_path / "rejects.csv")
    assert export("orders", tmp_path / f"b.{format}", format) == first
    call_command("audit", verbosity=0)
    for old, new in zip(before, Order.objects.order_by("number").values(), strict=True):
        for name in ("total", "tax_total", "captured_total", "refunded_total", "status", "payment_status", "tags"):
            assert new[name] == old[name], (old["number"], name)


@pytest.mark.parametrize("format", FORMATS)
def test_orders_that_never_left_are_known(tmp_path: Path, format: str) -> None:
    run("import_orders", SHOPIFY_ORDERS, "shopify-orders")
    export("orders", tmp_path / f"a.{format}", format)
    before = rows()

    result, _ = run("import_orders", tmp_path / f"a.{format}", f"oms-{format}")

    assert (result["created"], result["unchanged"], result["rejected"]) == (0, 4, 0)
    assert rows() == before


def test_an_order_without_a_partner_is_known_by_its_number(tmp_path: Path) -> None:
    order = confirmed_order([(stocked(ProductFactory(), 5), 1)])
    export("orders", tmp_path / "a.ndjson", "ndjson")
    before = rows()

    result, _ = run("import_orders", tmp_path / "a.ndjson", "oms-ndjson", open=True, rejects=tmp_path / "rejects.csv")

    assert result["created"] == 0, rejects(tmp_path / "rejects.csv")
    assert rows() == before
    assert Order.objects.get().number == order.number


def test_the_file_of_orders_has_a_row_a_line_and_the_documented_columns(tmp_path: Path) -> None:
    run("import_orders", SHOPIFY_ORDERS, "shopify-orders")
    lines = export("orders", tmp_path / "a.csv", "csv", "external_ref=#1001").decode().splitlines()
    assert (lines[0].split(","), len(lines)) == (list(NAMES), 3)


def test_filters_narrow_and_wrong_ones_are_named(tmp_path: Path) -> None:
    for number in range(3):
        OrderFactory(external_ref=f"r{number}", payment_status="paid" if number else "unpaid")
    found = export("orders", tmp_path / "a.ndjson", "ndjson", "external_ref__in=r0,r1", "payment_status=paid")
    assert [json.loads(line)["external_ref"] for line in found.splitlines()] == ["r1"]
    for wrong in ("nonsense=1", "created_at__gte=yesterday", "status"):
        with pytest.raises(CommandError, match=wrong.partition("=")[0]):
            export("orders", tmp_path / "b.ndjson", "ndjson", wrong)
    assert not (tmp_path / "b.ndjson").exists()


def test_who_exported_is_known_and_no_value_of_a_filter(tmp_path: Path) -> None:
    ProductFactory()
    export("products", tmp_path / "a.xlsx", "xlsx", "name__startswith=Blue")
    job = Job.objects.get()
    assert (job.requested_by, job.subject, job.format, job.status, job.is_personal) == (
        "export", "products", "xlsx", "done", False,
    )  # fmt: skip
    assert job.options == {"filters": ["name__startswith"]}


def test_the_columns_of_a_file_that_we_dont_know_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sku,name,price,currency,colour\nA,A,1,EUR,red\n")
    result: dict[str, Any] = run("import_products", path, "oms-csv", rejects=tmp_path / "rejects.csv")[0]
    assert (result["created"], rejects(tmp_path / "rejects.csv")[0][1]) == (0, "bad_value")
    assert "colour: there is no such column" in rejects(tmp_path / "rejects.csv")[0][2]


def test_a_list_of_products_exported_by_the_back_office_can_be_imported(tmp_path: Path) -> None:
    from django.contrib.auth.models import User
    from django.test import Client

    ProductFactory(sku="A", name="-mug", price=Decimal("5.50"))
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    answer: Any = client.post("/admin/orders/product/export/", {"format": "csv"})
    path = tmp_path / "list.csv"
    path.write_bytes(b"".join(answer.streaming_content))
    assert run("import_products", path, "oms-csv")[0]["unchanged"] == 1


@pytest.mark.parametrize("format", FORMATS)
def test_bundles_preorders_and_digital_goods_come_back(tmp_path: Path, format: str) -> None:
    cup, pot = ProductFactory(sku="CUP"), ProductFactory(sku="POT")
    a_bundle("A-GIFT", price="40.00", parts={pot: 1, cup: 2})
    ProductFactory(sku="NOVEL", preorder_ships_on=date(2031, 5, 1), preorder_cap=10)
    ProductFactory(sku="SONG", is_digital=True)
    kept = ("sku", "is_bundle", "is_digital", "preorder_cap", "preorder_ships_on", "preorder_taken")
    before = sorted(Product.objects.values_list(*kept))
    path = tmp_path / f"products.{format}"
    export("products", path, format)
    assert run("import_products", path, f"oms-{format}")[0]["unchanged"] == 5
    flush()

    result: dict[str, Any] = run("import_products", path, f"oms-{format}")[0]

    assert result["created"] == 5
    assert list(Product.objects.order_by("pk").values_list("sku", flat=True))[-1] == "A-GIFT"  # after its parts
    assert sorted(Product.objects.values_list(*kept)) == before
    parts = BundleComponent.objects.order_by("pk").values_list("bundle__sku", "component__sku", "quantity")
    assert list(parts) == [("A-GIFT", "POT", 1), ("A-GIFT", "CUP", 2)]


def test_what_cant_be_sold_so_is_rejected_and_the_rest_is_in(tmp_path: Path) -> None:
    path = tmp_path / "products.ndjson"
    plain = {"price": "9.00", "currency": "EUR"}
    told = [
        {"sku": "GIFT", "name": "Gift", "components": [{"sku": "NIX", "quantity": 1}], **plain},
        {"sku": "SET", "name": "Set", "components": "cups", **plain},
        {"sku": "MUG", "name": "Mug", "components": [], **plain},
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in told))
    result: dict[str, Any] = run("import_products", path, "oms-ndjson", rejects=tmp_path / "rejects.csv")[0]
    assert result["created"] == 1
    found = {row[1]: row[2] for row in rejects(tmp_path / "rejects.csv")}
    assert found["not_sold_so"] == "The product can't be sold in this way. (No product has this SKU.)"
    assert "components: “cups” is no list such as" in found["bad_value"]
    assert list(Product.objects.values_list("sku", flat=True)) == ["MUG"]


def test_a_bundle_is_one_line_of_the_orders_file(tmp_path: Path) -> None:
    cup = ProductFactory(sku="CUP")
    a_bundle("GIFT", price="40.00", parts={cup: 2})
    ShippingMethodFactory()
    StockLevelFactory(product=cup, on_hand=10)
    place_order(an_order(WantedLine(sku="GIFT", quantity=2)), by=SYSTEM)
    (told,) = [json.loads(line) for line in export("orders", tmp_path / "a.ndjson", "ndjson").splitlines()]
    assert [(line["sku"], line["quantity"], line["unit_price"]) for line in told["lines"]] == [("GIFT", 2, "40.00")]
