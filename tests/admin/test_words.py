"""Staff read words: every event has a title, every fact a name, every code its meaning."""

from dataclasses import fields
from decimal import Decimal as D

import pytest
from django.test import Client

from orders.admin.column_words import column_words
from orders.admin.event_words import NAMES, SIGNS, facts_in_words, title_of, who_did
from orders.admin.message_words import message_words
from orders.admin.records import currency_of
from orders.exception_words import category_words
from orders.models import InvoiceLine, Order, OrderEvent, PaymentTransaction, Product
from orders.timeline_words import event_classes
from returns.models import Return
from tests.admin.rows import a_row, models_of_the_house
from tests.factories.orders import ProductFactory
from tests.factories.shipping import confirmed_order, stocked
from warehouse.models import StockLevel

# What staff have no use for: it stands elsewhere on the page, or is for machines.
UNSAID = {
    "access_code",
    "actions",
    "at",
    "change",
    "contact",
    "currency",
    "customer",
    "delivered_at",
    "draft",
    "fields",
    "hold",
    "line",
    "lines",
    "notify",
    "number",
    "occurred_at",
    "payment",
    "proposal",
    "refund",
    "return_",
    "tracking_url",
    "whole",
}


def test_every_event_has_a_title_and_every_fact_a_name_or_none_on_purpose() -> None:
    assert [name for name, event in event_classes().items() if not event.title] == []
    facts = {
        f.name for event in event_classes().values() for f in fields(event) if not f.name.endswith(("_id", "_ids"))
    }
    assert facts - NAMES.keys() - SIGNS.keys() == UNSAID
    assert {name for event in event_classes().values() for name in event.codes} <= facts


def told(type_: str, **data: object) -> tuple[str, list[str]]:
    row = OrderEvent(type=type_, data=data)
    return title_of(row), facts_in_words(row)


@pytest.mark.parametrize(
    ("type_", "data", "title", "facts"),
    [
        (
            "order.held",
            {"number": "1", "hold": "hl_1", "reason": "fraud_review"},
            "Order held",
            ["Reason: Fraud review"],
        ),
        ("package.sealed", {"package": "pk_1", "is_last": True}, "Package sealed", ["Package: pk_1", "all is packed"]),
        ("package.sealed", {"package": "pk_1", "is_last": False}, "Package sealed", ["Package: pk_1"]),
        (
            "units.packed",
            {"package": "pk_1", "line": {"sku": "MUG", "quantity": -1, "line": "ol_1"}},
            "Units taken out of a package",
            ["1 × MUG", "Package: pk_1"],
        ),
        (
            "return.requested",
            {"return": "rt_1", "is_auto_approved": True, "refund_estimate": "59.00", "currency": "EUR", "lines": []},
            "Return requested",
            ["Return: rt_1", "Worth: €59.00", "approved at once"],
        ),
        (
            "payment.refund_granted",
            {"number": "1", "refund": "rf_1", "amount": "5.00", "currency": "EUR", "reason": "inventory"},
            "Refund granted",
            ["Amount: €5.00", "Reason: Inventory"],
        ),
        (
            "exception.opened",
            {"category": "low_rating", "severity": "medium", "summary": "Rated 1 of 5."},
            "Exception opened",
            ["About: The customer is unhappy", "Severity: Medium", "What happened: Rated 1 of 5."],
        ),
        (
            "stock.returned",
            {"warehouse": "BER", "disposition": "restock", "line": {"sku": "MUG", "quantity": 1}},
            "Goods back in the warehouse",
            ["1 × MUG", "Warehouse: BER", "Goes to: Restock"],
        ),
        (
            "payment.link_sent",
            {"number": "1", "amount": "5.00", "currency": "EUR", "expires_at": "2026-12-08T11:00:00Z"},
            "Payment link sent",
            ["Amount: €5.00", "Expires: Dec 8, 2026, 11:00\u202fAM"],
        ),
        ("order.cancelled", {"whole": False, "reason": "staff"}, "Part of the order cancelled", ["Reason: Staff"]),
        ("news.from_tomorrow", {"lines": [{"sku": "MUG", "quantity": 2}]}, "news.from_tomorrow", ["2 × MUG"]),
    ],
)
def test_an_event_in_words(type_: str, data: dict[str, object], title: str, facts: list[str]) -> None:
    assert told(type_, **data) == (title, facts)


def test_who_did_it() -> None:
    assert who_did(OrderEvent(actor_kind="staff", actor_name="sam")) == "sam"
    assert who_did(OrderEvent(actor_kind="system", actor_name="system")) == "by itself"
    assert who_did(OrderEvent(actor_kind="customer", actor_name="")) == "Customer"


def test_messages_and_exceptions_have_names() -> None:
    assert message_words("orders/mail/placed") == "Order received"
    assert message_words("orders/mail/something_new") == "Something new"
    assert category_words("stuck_label") == "The carrier gives no label"


def test_columns_are_called_in_the_language_of_the_reader() -> None:
    assert [str(column_words(name)) for name in ("created_at", "line__order", "label_cost")] == [
        "Created at",
        "Order",
        "Label cost",
    ]
    for model in models_of_the_house():
        assert [field.name for field in model._meta.concrete_fields if isinstance(field.verbose_name, str)] == []


def test_the_way_to_a_currency() -> None:
    ways = [currency_of(model) for model in (Order, InvoiceLine, PaymentTransaction)]
    assert ways == ["currency", "invoice__currency", "payment__currency"]


@pytest.mark.django_db
def test_pages_show_no_inside_words(boss: Client) -> None:
    returning = a_row(Return, refund_estimate=D("37.000"), currency="EUR")
    page = boss.get(f"/admin/returns/return/{returning.pk}/change/").content.decode()
    assert "€37.00" in page
    assert "37.000" not in page
    mug: Product = stocked(ProductFactory(sku="MUG", name="Blue mug"), 10)
    level = StockLevel.objects.get()
    assert str(level) == f"MUG in {level.warehouse.code}"
    order = confirmed_order([(mug, 2)])
    assert str(order.lines.get()) == "MUG Blue mug"
    page = boss.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert "2 reserved" in page
    assert "Order received" in page
    assert "orders/mail" not in boss.get("/admin/orders/notification/").content.decode()
