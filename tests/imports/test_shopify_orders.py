"""Shopify's orders: what is over is history, to the cent; what is paid and unsent becomes work, once."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.imports.sample import SHOPIFY_ORDERS
from orders.models import Channel, Customer, Notification, Order, OrderEvent, Payment, Product, Refund
from tests.factories.orders import ChannelFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import stocked
from tests.imports.shops import changed, rejects, rows, run
from warehouse.models import Allocation, FulfillmentOrder

pytestmark = pytest.mark.django_db(transaction=True)

HISTORY = {
    "lines": 9, "accepted": 5, "rejected": 4, "created": 4, "updated": 0, "unchanged": 0, "amount": "169.90",
}  # fmt: skip


def imported(file: Path = SHOPIFY_ORDERS, **options: Any) -> dict[str, Any]:
    return run("import_orders", file, "shopify-orders", **options)[0]


def order(name: str) -> Order:
    return Order.objects.get(external_ref=name)


def axes(name: str) -> tuple[str, str, str]:
    found = order(name)
    return found.status, found.payment_status, found.fulfillment_status


def audit() -> None:
    call_command("audit", verbosity=0)


def test_what_is_over_is_history() -> None:
    assert imported() == HISTORY

    assert axes("#1001") == ("completed", "paid", "delivered")
    assert axes("#1002") == ("completed", "paid", "delivered")
    assert axes("#1003") == ("completed", "partially_refunded", "delivered")
    assert axes("#1004") == ("cancelled", "refunded", "not_required")
    assert Order.objects.count() == 4
    assert not Order.objects.filter(imported_at=None).exists()
    assert set(OrderEvent.objects.values_list("type", flat=True)) == {"order.imported"}
    assert Notification.objects.count() == Allocation.objects.count() == 0
    assert all(found.balance == 0 for found in Order.objects.all())
    audit()


def test_an_order_arrives_with_all_that_is_known_of_it() -> None:
    imported()

    found = order("#1001")
    assert (found.items_total, found.discount_total, found.shipping_total) == (84, 5, Decimal("4.90"))
    assert (found.total, found.tax_total, found.prices_include_tax) == (Decimal("83.90"), Decimal("13.40"), True)
    assert (found.email, found.customer_name, found.phone) == ("ada@example.com", "Ada Byron", "+4930123456")
    assert (found.shipping_address["postal_code"], found.shipping_address["phone"]) == ("10115", "+49 30 123456")
    assert (found.tags, found.note) == (["vip", "spring"], "Please ring twice")
    assert found.placed_at == datetime(2026, 5, 4, 8, 21, 33, tzinfo=UTC)
    assert found.completed_at == datetime(2026, 5, 5, 14, tzinfo=UTC)
    assert found.metadata == {
        "imported_from": "shopify",
        "shopify_id": "5001001",
        "discount_code": "SPRING5",
        "payment_method": "Shopify Payments",
        "payment_reference": "c1001.1",
        "notes": [],
    }
    assert [(x.sku, x.ordered, x.amount, x.tax_rate) for x in found.lines.all()] == [
        ("MUG-BLUE", 2, Decimal("23.51"), Decimal("0.19")),
        ("SHIRT-W-M", 1, Decimal("55.49"), Decimal("0.19")),
    ]
    assert sum(x.tax for x in found.lines.all()) + found.shipping_tax == Decimal("13.40")


def test_taxes_on_top_and_discounted_lines() -> None:
    imported()

    found = order("#1002")
    assert (found.prices_include_tax, found.tax_total, found.total) == (False, 2, 27)
    line = found.lines.get()
    assert (line.discount, line.order_discount, line.amount, line.tax_rate) == (5, 0, 20, Decimal("0.08"))
    assert (found.email, found.customer.reference, found.customer_name) == ("", "shopify:guest", "Grace Hopper")
    assert found.metadata["notes"] == ["no_email"]


def test_money_that_went_back() -> None:
    imported()

    assert (order("#1003").refunded_total, order("#1004").refunded_total) == (10, Decimal("17.40"))
    assert list(Refund.objects.values_list("order__external_ref", "amount", "status")) == [
        ("#1003", 10, "succeeded"),
        ("#1004", Decimal("17.40"), "succeeded"),
    ]
    off = order("#1004")
    assert (off.total, off.cancelled_at, off.cancellations.get().amount) == (
        0,
        datetime(2026, 5, 10, 7, 30, tzinfo=UTC),
        Decimal("17.40"),
    )


def test_what_isnt_over_is_named_with_the_way_out(tmp_path: Path) -> None:
    imported(rejects=tmp_path / "rejects.csv")

    found = rejects(tmp_path / "rejects.csv")
    assert [(line, rule) for line, rule, _why in found] == [
        (7, "still_open"), (8, "not_paid"), (9, "partly_sent"), (10, "partly_sent"),
    ]  # fmt: skip
    assert "--open" in found[0][2]
    assert "0.00 of 17.40" in found[1][2]


def test_again_nothing_is_made() -> None:
    imported()
    before = rows()

    assert imported() == HISTORY | {"created": 0, "unchanged": 4}
    assert rows() == before


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    before = rows()
    assert imported(dry_run=True) == HISTORY
    assert rows() == before


def test_other_money_than_before_is_said_and_stays_as_it_is(tmp_path: Path) -> None:
    imported()
    before = rows()
    file = changed(SHOPIFY_ORDERS, tmp_path / "later.csv", ("Name", "#1003", "Refunded Amount", "20.00"))

    assert imported(file, rejects=tmp_path / "rejects.csv") == HISTORY | {
        "accepted": 4, "rejected": 5, "created": 0, "unchanged": 3, "amount": "110.90",
    }  # fmt: skip

    assert (5, "recorded_differently") in [(line, rule) for line, rule, _ in rejects(tmp_path / "rejects.csv")]
    assert rows() == before
    assert order("#1003").refunded_total == 10


@pytest.fixture
def shop() -> None:
    """A catalogue and stock for what is still to be sent."""
    channel = ChannelFactory(code="shopify", name="Shopify", currency="EUR")
    ShippingMethodFactory(channels=[channel])
    stocked(ProductFactory(sku="MUG-BLUE", tax_rate=Decimal("0.19")), 10)


@pytest.mark.usefixtures("shop")
def test_open_orders_become_work_and_their_payment_is_recorded() -> None:
    result = imported(open=True)

    assert result == HISTORY | {"accepted": 6, "rejected": 3, "created": 5, "amount": "212.30"}
    found = order("#1005")
    assert axes("#1005") == ("confirmed", "paid", "unfulfilled")
    assert (found.imported_at, found.partner.code, found.shipping_method.code) == (None, "shopify", "standard")  # type: ignore[union-attr]
    assert (found.total, found.tax_total, found.captured_total) == (
        Decimal("42.40"), Decimal("6.77"), Decimal("42.40"),
    )  # fmt: skip
    assert Payment.objects.get(order=found).gateway == "manual"
    assert Allocation.objects.get(line__order=found).quantity == 3
    assert FulfillmentOrder.objects.get(order=found).status == "open"
    assert [event.type for event in found.events.order_by("seq")][:1] == ["order.placed"]
    assert found.metadata["taken_over_from"] == "shopify"
    audit()


@pytest.mark.usefixtures("shop")
def test_work_is_made_once_and_what_was_cut_off_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("orders.services.take_over.record_payment", die)  # the process is killed between its two steps
        with pytest.raises(KeyboardInterrupt):
            imported(open=True)
    assert axes("#1005")[:2] == ("placed", "unpaid")

    assert imported(open=True)["created"] == 0
    assert axes("#1005")[:2] == ("confirmed", "paid")
    before = rows()
    assert imported(open=True)["unchanged"] == 5
    assert rows() == before


@pytest.mark.usefixtures("shop")
def test_once_it_was_sent_there_it_is_known_here(tmp_path: Path) -> None:
    imported(open=True)
    before = rows()
    file = changed(SHOPIFY_ORDERS, tmp_path / "later.csv", ("Name", "#1005", "Fulfillment Status", "fulfilled"))

    assert imported(file)["unchanged"] == 5
    assert rows() == before


@pytest.mark.usefixtures("shop")
def test_a_dry_run_of_open_orders_writes_nothing() -> None:
    before = rows()
    assert imported(open=True, dry_run=True)["created"] == 5
    assert rows() == before


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("change", "rule", "why"),
    [
        (("Shipping Method", "By owl"), "unknown_shipping_method", "By owl"),
        (("Email", ""), "refused", "no mail address"),
        (("Shipping Country", "Atlantis"), "refused", "no country"),
        (("Lineitem sku", "NONE"), "refused", "No product has this SKU"),
        (("Lineitem quantity", "2000"), "refused", "10 available"),
        (("Lineitem quantity", "1"), "sums_differ", "less than the Subtotal"),
    ],
)
def test_an_open_order_that_cant_be_placed_is_refused_by_name(
    tmp_path: Path, change: tuple[str, str], rule: str, why: str
) -> None:
    file = changed(SHOPIFY_ORDERS, tmp_path / "file.csv", ("Name", "#1005", *change))
    imported(file, open=True, rejects=tmp_path / "rejects.csv")

    ((found, said),) = [(r, reason) for line, r, reason in rejects(tmp_path / "rejects.csv") if line == 7]
    assert (found, why in said) == (rule, True), said
    assert not Order.objects.filter(external_ref="#1005").exists()
    assert Allocation.objects.count() == 0


@pytest.mark.usefixtures("shop")
def test_a_tax_rate_that_the_file_doesnt_name_must_be_said(tmp_path: Path) -> None:
    on_top = [("Taxes", "8.06"), ("Total", "50.46"), ("Tax 1 Name", "VAT"), ("Tax 1 Value", "8.06")]
    file = changed(SHOPIFY_ORDERS, tmp_path / "file.csv", *(("Name", "#1005", *change) for change in on_top))

    imported(file, open=True, rejects=tmp_path / "rejects.csv")
    (why,) = [reason for line, _rule, reason in rejects(tmp_path / "rejects.csv") if line == 7]
    assert "it comes to 42.40 EUR here, but to 50.46 there; most likely a tax rate is missing" in why
    assert not Order.objects.filter(external_ref="#1005").exists()

    assert imported(file, open=True, tax_rate=[("standard", Decimal("0.19"))])["created"] == 1
    assert (order("#1005").total, order("#1005").prices_include_tax) == (Decimal("50.46"), False)


@pytest.mark.usefixtures("shop")
def test_a_shipping_method_can_be_named_for_all() -> None:
    ShippingMethodFactory._meta.model.objects.update(name="Parcel", code="parcel")
    assert imported(open=True)["created"] == 4
    assert imported(open=True, shipping_method="parcel")["created"] == 1


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("Total", "1,234.56", "bad_value"),
        ("Total", "84.90", "sums_differ"),
        ("Subtotal", "790.00", "sums_differ"),
        ("Currency", "Euro", "bad_value"),
        ("Currency", "USD", "other_currency"),
        ("Created at", "04.05.2026", "bad_value"),
        ("Created at", "", "no_first_row"),
        ("Financial Status", "mostly paid", "bad_value"),
        ("Fulfillment Status", "maybe", "bad_value"),
        ("Email", "nobody", "bad_value"),
        ("Duties", "1.00", "sums_differ"),
        ("Phone", "4.9301E+11", "mangled_number"),
        ("Notes", "a\x07b", "control_character"),
        ("Name", "", "missing_value"),
    ],
)
def test_a_row_that_cant_be_right_is_rejected(tmp_path: Path, column: str, value: str, rule: str) -> None:
    ChannelFactory(code="shopify", currency="EUR")
    file = changed(SHOPIFY_ORDERS, tmp_path / "file.csv", ("Id", "5001001", column, value))

    imported(file, rejects=tmp_path / "rejects.csv")

    assert rule in {r for line, r, _why in rejects(tmp_path / "rejects.csv") if line <= 3}
    assert not Order.objects.filter(external_ref="#1001").exists()
    assert Order.objects.filter(external_ref="#1002").exists()


def test_products_of_history_are_inactive_and_customers_are_found_again() -> None:
    Customer.objects.create(email="ada@example.com", name="Augusta Ada")
    imported()

    assert not Product.objects.filter(is_active=True).exists()
    assert Customer.objects.get(email="ada@example.com").name == "Augusta Ada"
    assert order("#1001").customer.email == "ada@example.com"


def test_a_channel_in_another_currency_takes_none_of_it(tmp_path: Path) -> None:
    Channel.objects.create(code="shopify", name="S", brand_name="S", currency="GBP")
    assert imported()["created"] == 0
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Shopify orders"),
        (b"Handle,Title\nx,y\n", r"no Shopify orders file; its first line must name .* Financial Status"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xff\xfeN\x00a\x00", "UTF-16"),
        (b"<!DOCTYPE html>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x01\x02\x03", "isn't a text file"),
    ],
)
def test_a_file_that_is_something_else_says_what(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    before = rows()
    with pytest.raises(CommandError, match=sentence):
        imported(path)
    assert rows() == before


def test_semicolons_a_byte_order_mark_and_line_breaks_in_notes_are_fine(tmp_path: Path) -> None:
    import csv

    with SHOPIFY_ORDERS.open(newline="") as file:
        lines = list(csv.reader(file))
    lines[1][lines[0].index("Notes")] = "Ring twice,\nthen wait"
    path = tmp_path / "excel.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines)

    assert imported(path) == HISTORY
    assert order("#1001").note == "Ring twice,\nthen wait"


def test_a_row_that_isnt_utf_8_takes_only_its_order_away(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(SHOPIFY_ORDERS.read_bytes().replace(b"Please ring twice", "Bitte zweimal läuten".encode("cp1252")))

    result = imported(path, rejects=tmp_path / "rejects.csv")

    assert (2, "bad_encoding") in [(line, rule) for line, rule, _ in rejects(tmp_path / "rejects.csv")]
    assert result["created"] == 3


def test_a_quotation_mark_that_isnt_closed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_bytes(SHOPIFY_ORDERS.read_bytes().replace(b"Please ring twice", b'"Please ring twice', 1))
    with pytest.raises(CommandError, match="quotation mark that opens at line 2"):
        imported(path)
    assert Order.objects.count() == 0
