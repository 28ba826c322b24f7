"""A person is told everything that is held about them, and nothing about anybody else."""

import json
import tracemalloc
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from orders.errors import NotFound
from orders.kernel.actor import SYSTEM
from orders.models import Customer, Notification, Order, OrderEvent
from orders.personal_data import everything_held
from orders.services.export import export_customer
from orders.services.merge import merge_customers
from tests.factories.orders import ChannelFactory, CustomerFactory, OrderFactory, ProductFactory
from tests.factories.returns import ReturnRuleFactory, received, requested
from tests.factories.shipping import confirmed_order, stocked
from tests.orders.people import EMAIL, MARK, PHONE, customers_draft, customers_order, read

pytestmark = pytest.mark.django_db(transaction=True)


def test_everything_is_told() -> None:
    ReturnRuleFactory()
    order = customers_order()
    sku = order.lines.get().sku
    received(requested(order, {sku: 1}))
    confirmed_order([(stocked(ProductFactory(sku="STRANGE")), 1)])

    told = read(export_customer(order.customer_id, by=SYSTEM))

    assert (told["format"], told["version"], told["customer_ids"]) == ("oms.personal-data", 1, [order.customer_id])
    assert list(told)[4:] == [held.section for held in everything_held() if held.section]
    (person,) = told["customer"]
    assert (person["email"], person["name"], person["phone"]) == (EMAIL, f"{MARK} Byron", PHONE)
    assert {row["address"]["line1"] for row in told["addresses"]} == {f"{MARK} line1", f"{MARK} other"}
    (bought,) = told["orders"]
    assert (bought["number"], bought["total"], bought["note"]) == (order.number, "29.900", f"For {MARK}")
    assert bought["shipping_address"]["phone"] == PHONE
    assert [(row["order_number"], row["sku"], row["ordered"]) for row in told["lines"]] == [(order.number, sku, 2)]
    assert [row["gateway"] for row in told["payments"]] == ["sandbox"]
    assert told["invoices"][0]["snapshot"]["buyer"]["name"] == f"{MARK} name"
    assert told["feedback"][0]["comment"] == f"{MARK} was happy"
    assert told["contacts"][0]["note"] == f"{MARK} called"
    assert told["refunds"][0]["note"] == f"{MARK} asked"
    assert told["shipments"][0]["ship_to"]["line1"] == f"{MARK} line1"
    assert [row["status"] for row in told["tracking"]] == ["delivered"]
    assert [row["status"] for row in told["returns"]] == ["received"]
    assert [row["line_sku"] for row in told["return_lines"]] == [sku]
    sent = {row["template"] for row in told["messages"] if row["sent_to"] == EMAIL and MARK in row["text"]}
    assert {"orders/mail/placed", "shipping/mail/delivered"} <= sent
    assert told["events"][0]["type"] == "order.placed"
    whole = json.dumps(told)
    assert "STRANGE" not in whole
    assert "tok_ok" not in whole  # a means of payment is a secret, even from its owner
    assert OrderEvent.objects.get(type="customer.exported").data == {"customer": order.customer_id}


def test_a_draft_is_told_with_why_nothing_came_of_it() -> None:
    draft = customers_draft()
    told = read(export_customer(draft.order.customer_id, by=SYSTEM))
    assert [row["end_reason"] for row in told["drafts"]] == [f"{MARK} thinks about it"]
    assert [row["reason"] for row in told["prices_given"]] == [f"{MARK} haggled"]


def test_what_was_merged_is_told_too() -> None:
    survivor, gone = CustomerFactory(), CustomerFactory(email=EMAIL)
    merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)
    told = read(export_customer(survivor.pk, by=SYSTEM))
    assert told["customer_ids"] == [survivor.pk, gone.pk]
    assert [row["email"] for row in told["customer"]] == [survivor.email, EMAIL]


def test_nobody_has_no_data() -> None:
    with pytest.raises(NotFound):
        export_customer(10**9, by=SYSTEM)
    assert OrderEvent.objects.count() == 0


def test_memory_stays_flat() -> None:
    customer = CustomerFactory()
    template = OrderFactory(customer=customer)
    rows = [
        Notification(order=template, template="x", recipient=f"r{i}", change_set=f"{i:032x}", text="x" * 2000)
        for i in range(4000)
    ]
    Notification.objects.bulk_create(rows)
    del rows
    chunks = export_customer(customer.pk, by=SYSTEM)
    tracemalloc.start()
    size = sum(len(chunk) for chunk in chunks)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 8_000_000
    assert peak < 6_000_000


def test_the_command(tmp_path: Path) -> None:
    ChannelFactory()
    survivor, gone = CustomerFactory(), CustomerFactory(email=EMAIL)
    merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)
    out = StringIO()
    call_command("export_customer", EMAIL.upper(), stdout=out)
    assert json.loads(out.getvalue())["customer_ids"] == [survivor.pk, gone.pk]
    file = tmp_path / "told.json"
    call_command("export_customer", str(survivor.pk), output=str(file))
    assert json.loads(file.read_text())["customer_ids"] == [survivor.pk, gone.pk]
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_customer", str(survivor.pk), output=str(file))
    with pytest.raises(CommandError, match="No customer has this"):
        call_command("export_customer", "nobody@example.com")
    assert OrderEvent.objects.filter(type="customer.exported").count() == 2


def test_models_and_rows_are_read_only(django_assert_max_num_queries: Any) -> None:
    order = OrderFactory()
    before = list(Order.objects.values()), list(Customer.objects.values())
    with django_assert_max_num_queries(60):
        "".join(export_customer(order.customer_id, by=SYSTEM))
    assert (list(Order.objects.values()), list(Customer.objects.values())) == before
