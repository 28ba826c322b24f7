"""Bookkeepers see the sums of a period and take its papers with them; nobody else does."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.models import Channel, Invoice
from orders.roles import Role
from orders.services.file_paper import open_paper
from orders.services.refund import grant_refund
from orders.services.settle import settle_payments
from tests.admin.browsing import browsed
from tests.orders.papers import NEW_YEARS_EVE, a_shop, billed, bought

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/invoice/"


@pytest.fixture
def two_bills() -> list[Invoice]:
    """One of today, one of the last day of the year."""
    a_shop()
    address = {"name": "=cmd()", "line1": "1 rue X", "city": "Paris", "country": "FR"}
    with patch.object(timezone, "now", return_value=NEW_YEARS_EVE):
        late = billed(bought(shipping_address=address))
    return [billed(bought()), late]


def test_the_sums_of_a_period_by_rate(signed_in: Callable[[Role], Client], two_bills: list[Invoice]) -> None:
    client = signed_in(Role.FINANCE)
    whole: Any = client.get(LIST, {"issued_on_from": "2026-12-31", "issued_on_to": "2026-12-31"})
    none: Any = client.get(LIST, {"issued_on_from": "2031-01-01", "issued_on_to": "2031-01-02"})
    unasked: Any = client.get(LIST)

    assert [(s["rate"], s["gross"]) for s in whole.context["sums"]] == [("19%", "€29.90"), ("7%", "€29.97")]
    assert [(s["net"], s["tax"]) for s in whole.context["sums"]] == [("€25.13", "€4.77"), ("€28.01", "€1.96")]
    assert (none.context["sums"], unasked.context["sums"]) == ([], [])
    assert "Nothing was issued in this period." in none.content.decode()


def test_the_csv_has_a_row_for_each_rate_and_no_formula(
    signed_in: Callable[[Role], Client], two_bills: list[Invoice]
) -> None:
    answer: Any = signed_in(Role.FINANCE).get(f"{LIST}export.csv", {"country": "FR"})

    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(r["number"], r["buyer"], r["country"], r["tax_rate"], r["net"], r["tax"], r["gross"]) for r in rows] == [
        ("INV-2026-000001", "'=cmd()", "FR", "0.19", "25.13", "4.77", "29.90"),
        ("INV-2026-000001", "'=cmd()", "FR", "0.07", "28.01", "1.96", "29.97"),
    ]


def test_credit_notes_count_in_minus(signed_in: Callable[[Role], Client]) -> None:
    a_shop()
    order = bought()
    billed(order)
    settle_payments(order.pk)
    grant_refund(order.pk, amount=order.total, reason="staff", by=SYSTEM)

    answer: Any = signed_in(Role.FINANCE).get("/admin/orders/creditnote/export.csv")

    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["gross"] for row in rows] == ["-29.90", "-29.97"]


def test_the_zip_holds_the_files_that_were_issued(
    signed_in: Callable[[Role], Client], two_bills: list[Invoice]
) -> None:
    before = {f"{invoice.number}.pdf": open_paper(invoice) for invoice in two_bills}
    Channel.objects.update(seller_name="Others")

    answer: Any = signed_in(Role.FINANCE).get(f"{LIST}export.zip")

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == before


def test_too_many_papers_are_refused(signed_in: Callable[[Role], Client], two_bills: list[Invoice]) -> None:
    with patch("orders.admin.paper_exports.MOST_IN_A_ZIP", 1):
        answer = signed_in(Role.FINANCE).get(f"{LIST}export.zip", follow=True)
    assert "More than 1 papers: narrow the period." in answer.content.decode()


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_only_bookkeepers_export(signed_in: Callable[[Role], Client], role: Role) -> None:
    client = signed_in(role)
    expected = 200 if role in {Role.FINANCE, Role.ADMIN} else 403
    for model in ("invoice", "creditnote"):
        for kind in ("csv", "zip"):
            assert client.get(f"/admin/orders/{model}/export.{kind}").status_code == expected, (model, kind)


def save(boss: Client, channel: Channel, changes: dict[str, str]) -> Any:
    """Open the channel, change these fields, save."""
    url = f"/admin/orders/channel/{channel.pk}/change/"
    return boss.post(url, browsed(boss.get(url), "channel_form") | changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"invoice_prefix": "RE-"}, "invoice_prefix"),  # the year began with another
        ({"invoice_series": "mine"}, "invoice_prefix"),  # another series has the prefix
        ({"credit_note_prefix": "INV-"}, "credit_note_prefix"),
        ({"invoice_prefix": "RE 1"}, "invoice_prefix"),
        ({"seller_country": "Germany"}, "seller_country"),
        ({"e_invoice": "en16931"}, "seller_vat_id"),
    ],
)
def test_a_channel_is_refused_what_would_break_its_papers(boss: Client, changes: dict[str, str], field: str) -> None:
    channel = a_shop(seller_vat_id="")
    billed(bought())
    before = Channel.objects.values().get()

    page = save(boss, channel, changes)

    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors
    assert Channel.objects.values().get() == before


def test_a_new_series_may_have_a_new_prefix(boss: Client) -> None:
    channel = a_shop()
    billed(bought())

    page = save(boss, channel, {"invoice_series": "shop", "invoice_prefix": "RE-"})

    assert page.status_code == 302
    assert Channel.objects.get().invoice_prefix == "RE-"
