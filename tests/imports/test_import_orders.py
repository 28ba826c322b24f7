"""The command: real lines in, orders out; once, to the penny, and nothing of it when it only rehearses."""

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from config.imports.invoice import SERVICE_CODES
from config.imports.rules import Note, Rule
from config.imports.sample import SAMPLE_INVOICES
from orders.models import (
    Channel,
    Customer,
    Notification,
    Order,
    OrderEvent,
    OrderLine,
    Partner,
    Payment,
    PaymentTransaction,
    Product,
)
from tests.imports.lines import HEADER, line
from tests.imports.test_sample import AMOUNTS, LINES

pytestmark = pytest.mark.django_db

RESULT = {
    "lines": LINES,
    "accepted": 4_050,
    "rejected": 212,
    "created": 265,
    "updated": 0,
    "unchanged": 0,
    "amount": "89097.01",
}
NOTHING = {"lines": 0, "accepted": 0, "rejected": 0, "created": 0, "updated": 0, "unchanged": 0, "amount": "0.00"}
TABLES = [Channel, Partner, Customer, Product, Order, OrderLine, Payment, PaymentTransaction, OrderEvent, Notification]

Write = Callable[..., Path]


def run(file: Path = SAMPLE_INVOICES, **options: Any) -> tuple[dict[str, Any], str]:
    """The result and all that was printed."""
    out = io.StringIO()
    call_command("import_orders", file, format="online-retail", json=True, stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1]), out.getvalue()


def rows() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in TABLES}


def test_the_sample_becomes_orders_whose_money_is_that_of_its_lines() -> None:
    result, printed = run()

    assert result == RESULT
    months = Order.objects.annotate(month=TruncMonth("placed_at")).values_list("month").annotate(Sum("total"))
    assert {f"{month:%Y-%m}": total for month, total in months} == AMOUNTS
    assert "265 orders created, 0 were there before" in printed
    assert "lines/s" in printed


def test_an_imported_order_is_over_and_nothing_else_was_set_in_motion() -> None:
    run()

    assert set(Order.objects.values_list("status", "payment_status", "fulfillment_status", "return_status")) == {
        ("completed", "paid", "delivered", "none")
    }
    assert not Order.objects.filter(imported_at=None).exists()
    assert all(order.balance == 0 for order in Order.objects.all())
    assert Payment.objects.count() == PaymentTransaction.objects.filter(kind="charge", status="success").count() == 265
    assert Counter(OrderEvent.objects.values_list("type", "seq")) == {("order.imported", 1): 265}
    assert Notification.objects.count() == 0
    assert Product.objects.filter(is_active=True).count() == 0


def test_orders_lines_and_money_agree() -> None:
    run()

    for order in Order.objects.annotate(sum=Sum("lines__amount"), count=Count("lines")):
        assert order.items_total == sum(x.ordered * x.unit_price for x in order.lines.all())
        assert order.sum == order.items_total - order.discount_total
        assert order.total == order.sum + order.shipping_total
        assert order.count >= 1
    assert OrderLine.objects.count() == 3_962 + 15 + 1  # one invoice is for postage alone


def test_customers_are_known_by_number_and_guests_are_one() -> None:
    run()

    guest = Customer.objects.get(reference="online-retail:guest")
    assert (guest.name, guest.email, guest.orders.count()) == ("Guest", None, 36)
    order = Order.objects.get(external_ref="542601")
    assert order.customer.reference == f"online-retail:{order.customer.name.removeprefix('Customer ')}"
    assert order.shipping_address["country"] == "GB"
    assert order.created_at == order.placed_at


def test_running_again_changes_nothing() -> None:
    run()
    before = rows()

    result, printed = run()

    assert result == RESULT | {"created": 0, "unchanged": 265}
    assert rows() == before
    assert "0 orders created, 265 were there before" in printed


def test_a_dry_run_tells_the_same_and_writes_nothing() -> None:
    before = rows()

    result, printed = run(dry_run=True)

    assert result == RESULT
    assert rows() == before
    assert "265 orders would be created" in printed


def test_the_rejects_file_names_line_rule_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"

    run(rejects=path)

    with path.open(newline="") as file:
        rejects = list(csv.DictReader(file))
    assert Counter(reject["rule"] for reject in rejects) == {
        "zero_price": 88,
        "credit_invoice": 76,
        "exact_duplicate": 42,
        "negative_quantity": 5,
        "bookkeeping": 1,
    }
    with gzip.open(SAMPLE_INVOICES, "rt", newline="") as file:
        lines = file.read().splitlines()
    assert all(reject["text"] == lines[int(reject["line"]) - 1] for reject in rejects)
    assert all(reject["reason"] for reject in rejects)


def test_the_rejects_file_holds_no_formulas_and_no_nul(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"

    run(write("=1+1", "-1", "@x", "\0"), rejects=path)

    with path.open(newline="") as file:
        assert [reject["text"] for reject in csv.DictReader(file)] == ["'=1+1", "'-1", "'@x", "\\x00"]


def test_accepted_and_rejected_add_up_when_every_line_is_bad(write: Write) -> None:
    result, _ = run(write("", "x", line(price="0")))

    assert result == NOTHING | {"lines": 3, "rejected": 3}
    assert Order.objects.count() == 0


def test_an_invoice_that_is_known_with_another_total_is_rejected_by_name(write: Write, tmp_path: Path) -> None:
    run(write(line()))
    path = tmp_path / "rejects.csv"

    result, _ = run(write(line(), line(code="X"), line(price="0"), line(invoice="9"), name="more.csv"), rejects=path)

    assert result == NOTHING | {"lines": 4, "accepted": 1, "rejected": 3, "created": 1, "amount": "15.30"}
    with path.open(newline="") as file:
        rejects = [(row["line"], row["rule"]) for row in csv.DictReader(file)]
    assert rejects == [("2", "recorded_differently"), ("3", "recorded_differently"), ("4", "zero_price")]
    assert Order.objects.get(external_ref="536365").total == Decimal("15.30")


def test_service_money_counts_and_charges_are_lines(write: Write) -> None:
    run(
        write(
            line(price="1.00", quantity="3"),
            line(code="22423", price="1.00", quantity="1"),
            line(code="POST", price="18", quantity="2"),
            line(code="M", description="Manual", price="6", quantity="1"),
            line(code="D", description="Discount", price="0.10", quantity="-1"),
        )
    )

    order = Order.objects.get()
    assert (order.items_total, order.shipping_total, order.discount_total) == (10, 36, Decimal("0.10"))
    assert order.total == Decimal("45.90")
    assert [(x.sku, x.amount) for x in order.lines.all()] == [
        ("85123A", Decimal("2.97")),
        ("22423", Decimal("0.99")),
        ("M", Decimal("5.94")),
    ]


def test_an_order_without_money_has_no_payment(write: Write) -> None:
    run(write(line(quantity="1", price="5"), line(code="D", quantity="-1", price="5")))

    assert (Order.objects.get().total, Payment.objects.count()) == (0, 0)


def test_the_catalogue_is_completed_and_never_changed(write: Write) -> None:
    Product.objects.create(sku="85123A", name="Ours", price=9, currency="EUR")
    lines = [line(invoice=str(i), code="22423", description=name) for i, name in enumerate(["", "B", "CAKESTAND"])]

    run(write(line(), *lines, line(invoice="9", code="22423", description="CAKESTAND", price="3")))

    assert list(Product.objects.values_list("sku", "name", "price", "currency", "is_active")) == [
        ("22423", "CAKESTAND", Decimal("2.55"), "GBP", False),
        ("85123A", "Ours", Decimal(9), "EUR", True),
    ]
    assert OrderLine.objects.get(order__external_ref="0").name == "CAKESTAND"


def test_the_channel_can_be_named_and_must_be_in_pounds(write: Write) -> None:
    Channel.objects.create(code="shop", name="Shop", brand_name="Shop", currency="GBP")
    Channel.objects.create(code="web", name="Web", brand_name="Web", currency="EUR")

    run(write(line()), channel="shop")
    with pytest.raises(CommandError, match="in EUR"):
        run(write(line()), channel="web")

    assert (Order.objects.get().channel.name, Channel.objects.count()) == ("Shop", 2)
    assert Partner.objects.get().code == "shop"


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n", HEADER + b"\n", gzip.compress(HEADER + b"\n" + line().encode())[:-9]]
)
def test_a_file_that_is_no_such_file_records_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    if content == HEADER + b"\n":
        assert run(path)[0] == NOTHING
    else:
        with pytest.raises(CommandError, match=r"file\.csv"):
            run(path)
    assert Order.objects.count() == Channel.objects.count() == 0


def test_the_rejects_file_is_never_the_imported_file(write: Write) -> None:
    path = write(line())
    before = path.read_bytes()

    for rejects in (path, path.parent / "." / path.name, path.parent / "missing" / "x.csv"):
        with pytest.raises(CommandError):
            run(path, rejects=rejects)

    assert path.read_bytes() == before
    assert Order.objects.count() == 0


@pytest.mark.parametrize("channel", ["", "Upper", "a b", "x" * 33])
def test_a_bad_channel_code_is_refused(write: Write, channel: str) -> None:
    with pytest.raises(CommandError, match="small letters"):
        call_command("import_orders", str(write(line())), "--format", "online-retail", f"--channel={channel}")


def test_the_docs_explain_every_rule_note_and_service_code() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "import.md").read_text()

    for named in (*Rule, *Note):
        assert f"| `{named.code}` | {named.sentence} |" in docs
    for code, (rule, meaning) in SERVICE_CODES.items():
        assert f"| `{code}` | {meaning} | `{rule.code}` |" in docs
