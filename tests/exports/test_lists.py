"""Every list of the back office can be exported: with its filters, whole, by who may, and without a query per row."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db import InternalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.roles import GRANTS
from orders.admin.export import streamed
from orders.exports.columns import can_be_read
from orders.exports.rows import reading, rows_of
from orders.kernel.actor import SYSTEM
from orders.models import Job, Order
from orders.roles import Role
from orders.services.job import open_job
from orders.states import JobKind
from tests.admin.rows import models_of_the_house
from tests.factories.orders import OrderFactory, ProductFactory

pytestmark = pytest.mark.django_db

MODELS = models_of_the_house()
# Columns of lists that only say in other words, or link to, what other columns of the file hold.
WORDS = {
    "__str__", "about", "age", "aside", "because", "days", "do_it", "inside", "kind_", "pdf", "pool", "preorders",
    "progress", "reason_given", "says", "shown_price", "standing", "stars", "state", "used", "what", "what_now",
    "who",
}  # fmt: skip


def url(model: Any, **filters: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export", query=filters or None)


def exported(client: Client, model: Any, format: str = "csv", **filters: str) -> bytes:
    answer = client.post(url(model, **filters), {"format": format})
    assert answer.status_code == 200, (model, answer)
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_list_and_every_column_of_it_is_exported(boss: Client, furnished: dict[type, Any]) -> None:
    for model in MODELS:
        rows = table(exported(boss, model))
        assert len(rows) == model._default_manager.count(), model
        page: Any = admin.site._registry[model]
        for each in page.list_display:
            name = each if isinstance(each, str) else each.__name__
            is_told = name in page.exports or can_be_read(model, name) or name in WORDS
            assert is_told, f"{model._meta.label}: nothing of the column {name} is exported"


def test_no_list_exports_a_secret(boss: Client, furnished: dict[type, Any]) -> None:
    for model in MODELS:
        page: Any = admin.site._registry[model]
        names = {column.name for column in page.export_columns()}
        assert not names & {"password", "key_hash", "code_hash", "token", "lease_token", "content", "context"}, model


def test_an_order_is_written_plainly(boss: Client) -> None:
    order = OrderFactory(
        total=Decimal("29.900"), tags=["vip", "b2b"], metadata={"a": 1}, note="=1+1", phone="+49 30 1", currency="EUR"
    )
    Order.objects.filter(pk=order.pk).update(placed_at=datetime(2026, 11, 22, 10, tzinfo=UTC))

    (row,) = table(exported(boss, Order))

    assert (row["number"], row["channel"], row["total"], row["currency"]) == (order.number, "web", "29.90", "EUR")
    assert (row["placed_at"], row["tags"], row["metadata"]) == ("2026-11-22T10:00:00Z", "vip,b2b", '{"a":1}')
    assert (row["note"], row["phone"]) == ("'=1+1", "'+49 30 1")
    assert (row["prices_include_tax"], row["completed_at"]) == ("true", "")
    assert row["shipping_address_city"] == order.shipping_address["city"]
    assert list(row)[:4] == ["number", "external_ref", "channel", "placed_at"]


def test_the_file_has_what_the_list_has_and_all_of_it(boss: Client) -> None:
    wanted = OrderFactory.create_batch(60, tags=["vip"], currency="EUR")  # more than a page
    OrderFactory.create_batch(3, currency="USD", payment_status="paid")

    rows = table(exported(boss, Order, payment_status__exact="unpaid"))
    found = table(exported(boss, Order, q=wanted[0].number))

    assert [row["number"] for row in rows] == list(
        Order.objects.filter(payment_status="unpaid").order_by("-created_at", "-id").values_list("number", flat=True)
    )
    assert len(rows) == 60
    assert [row["number"] for row in found] == [wanted[0].number]


def test_numbers_are_numbers_and_text_is_text_in_a_workbook(boss: Client) -> None:
    from openpyxl import load_workbook

    ProductFactory(sku="A", name="=HYPERLINK(1)", price=Decimal("12.500"), weight_g=300)

    content = exported(boss, ProductFactory._meta.model, "xlsx")

    sheet = load_workbook(io.BytesIO(content)).active
    head, row = [[cell.value for cell in line] for line in sheet.iter_rows()]
    values = dict(zip(head, row, strict=True))
    assert (values["name"], values["price"], values["weight_g"]) == ("=HYPERLINK(1)", 12.5, 300)
    kinds = dict(zip(head, [cell.data_type for cell in list(sheet.iter_rows())[1]], strict=True))
    assert (kinds["name"], kinds["price"], kinds["sku"]) == ("s", "n", "s")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_statements_dont_grow_with_rows(boss: Client, furnished: dict[type, Any]) -> None:
    def statements(model: Any) -> int:
        exported(boss, model)  # warm
        with CaptureQueriesContext(connection) as taken:
            exported(boss, model)
        return len(taken.captured_queries)

    few = {model: statements(model) for model in MODELS}
    OrderFactory.create_batch(10)
    assert statements(Order) == few[Order]
    assert max(few.values()) <= 22, max(few, key=lambda model: few[model])


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_a_role_takes_away_only_what_it_may(
    signed_in: Callable[[Role], Client], role: Role, furnished: dict[type, Any]
) -> None:
    client = signed_in(role)
    for model in MODELS:
        page: Any = admin.site._registry[model]
        right = "orders.export_personal_data" if page.is_personal() else "orders.export_records"
        sees = f"{model._meta.app_label}.view_{model._meta.model_name}" in GRANTS[role]
        may = sees and right in GRANTS[role]
        before = Job.objects.count()
        assert client.get(url(model)).status_code == (200 if may else 403), model
        answer = client.post(url(model), {"format": "csv"})
        assert answer.status_code == (200 if may else 403), model
        if may:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert Job.objects.count() == before + may
        if sees:
            listed: Any = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
            titles = [str(button["title"]) for button in listed.context["actions_list"]]
            assert ("Export" in titles) is may, model


def test_which_lists_name_people() -> None:
    personal = {model._meta.label for model in MODELS if admin.site._registry[model].is_personal()}  # type: ignore[attr-defined]
    assert {"orders.Order", "orders.Customer", "orders.CustomerAddress", "shipping.Shipment"} <= personal
    assert {"orders.Notification", "orders.Payment", "orders.PaymentTransaction", "orders.GiftCard"} <= personal
    assert not personal & {"orders.Product", "orders.OrderLine", "warehouse.StockLevel", "orders.Invoice"}


def test_who_exported_what_is_known_and_what_they_searched_for_is_not(boss: Client) -> None:
    order = OrderFactory(email="ada@example.com")

    exported(boss, Order, q="ada@example.com", payment_status__exact="unpaid")

    job = Job.objects.get()
    assert (job.kind, job.subject, job.format, job.status) == ("export", "orders.order", "csv", "done")
    assert (job.requested_by, job.is_streamed, job.is_personal, job.done) == ("boss", True, True, 1)
    assert job.options == {"payment_status__exact": "unpaid", "searched": True}
    assert (job.request, job.report, job.file) == ({}, {"rows": 1}, "")
    assert order.email not in str(job.__dict__)


def test_a_download_that_breaks_off_is_known_as_such() -> None:
    OrderFactory.create_batch(3)
    page: Any = admin.site._registry[Order]
    job = open_job(JobKind.EXPORT, subject="orders.order", format="csv", options={}, is_streamed=True, by=SYSTEM)

    columns = page.export_columns()
    pieces = streamed(job, [column.name for column in columns], rows_of(Order.objects.all(), columns))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # as the server does when the browser is gone

    job = Job.objects.get()
    assert (job.status, job.error) == ("failed", "The download broke off.")


def test_a_wrong_filter_leads_back_to_the_list(boss: Client) -> None:
    answer = boss.get(url(Order, nonsense="1"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:orders_order_changelist"))
    assert Job.objects.count() == 0


def test_the_page_says_what_will_be_in_the_file(boss: Client) -> None:
    OrderFactory.create_batch(2)
    words = boss.get(url(Order, payment_status__exact="unpaid")).content.decode()
    assert "2 rows." in words
    assert "filters and search hold for the file too" in words
    assert "names people" in words
    assert "shipping_address_city" in words


@pytest.mark.django_db(transaction=True)
def test_an_export_reads_and_can_do_nothing_else() -> None:
    with pytest.raises(InternalError, match="read-only"), reading():
        Order.objects.update(note="x")
    with reading(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    OrderFactory()  # and afterwards everything is as before
