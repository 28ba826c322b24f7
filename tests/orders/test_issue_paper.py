"""Legal papers: their day is the seller's, their series the channel's, and their taxes add up."""

from decimal import Decimal as D
from unittest.mock import patch

import pytest
from django.utils import timezone

from orders.errors import NotBillable, SeriesConflict
from orders.kernel.actor import SYSTEM
from orders.models import Channel, CreditNote, Invoice, InvoiceSeries, OrderEvent, PaperFile, PaymentTransaction
from orders.requests import WantedLine
from orders.services.invoice import issue_invoice
from orders.services.refund import credit_units, grant_refund
from orders.services.settle import settle_payments
from tests.orders.papers import NEW_YEARS_EVE, a_shop, billed, bought

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("zone", "number", "day"),
    [
        ("Europe/Berlin", "INV-2027-000001", "2027-01-01"),
        ("UTC", "INV-2026-000001", "2026-12-31"),
        ("America/New_York", "INV-2026-000001", "2026-12-31"),
        ("Pacific/Kiritimati", "INV-2027-000001", "2027-01-01"),
    ],
)
def test_the_year_of_a_series_is_the_sellers(zone: str, number: str, day: str) -> None:
    a_shop(timezone=zone)
    order = bought()

    with patch.object(timezone, "now", return_value=NEW_YEARS_EVE):
        invoice = billed(order)

    assert (invoice.number, invoice.issued_on.isoformat(), invoice.series.year) == (number, day, int(day[:4]))
    assert (invoice.snapshot["issued_on"], invoice.snapshot["supplied_on"]) == (day, day)


def test_a_new_year_counts_from_one_again_and_the_old_one_goes_on_where_it_is_still_old() -> None:
    a_shop(timezone="Europe/Berlin")
    first = billed(bought())
    with patch.object(timezone, "now", return_value=NEW_YEARS_EVE):
        second = billed(bought())
        Channel.objects.update(timezone="UTC")
        third = billed(bought())

    assert [i.number for i in (first, second, third)] == [
        f"INV-{first.issued_on.year}-000001",
        "INV-2027-000001",
        "INV-2026-000002",
    ]


def test_a_channel_has_series_and_prefixes_of_its_own() -> None:
    a_shop(invoice_series="shop", invoice_prefix="RE-", credit_note_series="shop-back", credit_note_prefix="RK-")
    order = bought()
    invoice = billed(order)
    settle_payments(order.pk)
    credit_units(
        order.pk,
        {order.lines.get(sku="MUG").pk: 1},
        reason="return",
        cause_kind="return",
        cause_id="rt_1",
        by=SYSTEM,
    )

    year = invoice.issued_on.year
    assert (invoice.number, CreditNote.objects.get().number) == (f"RE-{year}-000001", f"RK-{year}-000001")
    assert dict(InvoiceSeries.objects.values_list("code", "next_number")) == {"shop": 2, "shop-back": 2}


def test_a_series_keeps_the_prefix_that_its_year_began_with() -> None:
    a_shop()
    first = billed(bought())
    Channel.objects.update(invoice_prefix="RE-")

    second = billed(bought())

    assert second.number == f"INV-{first.issued_on.year}-000002"


def test_a_prefix_of_another_series_is_refused_and_nothing_changes() -> None:
    a_shop()
    billed(bought())
    order = bought()
    Channel.objects.update(invoice_series="other")
    before = (OrderEvent.objects.count(), PaperFile.objects.count(), PaymentTransaction.objects.count())

    with pytest.raises(SeriesConflict, match="Another series of"):
        issue_invoice(order.pk, units={order.lines.get(sku="MUG").pk: 1}, by=SYSTEM)

    assert Invoice.objects.count() == InvoiceSeries.objects.count() == 1
    assert (OrderEvent.objects.count(), PaperFile.objects.count(), PaymentTransaction.objects.count()) == before


def test_taxes_stand_by_rate_and_add_up() -> None:
    a_shop()
    invoice = billed(bought(discount=D("1.00")))

    rows = [(t.category, t.tax_rate.normalize(), t.net + t.tax) for t in invoice.taxes.all()]
    assert [(category, rate) for category, rate, _ in rows] == [("S", D("0.19")), ("S", D("0.07"))]
    assert sum(gross for _, _, gross in rows) == invoice.total == D("58.87")
    assert sum(t.tax for t in invoice.taxes.all()) == invoice.tax
    assert (invoice.country, invoice.file.status) == ("DE", "owed")


def test_goodwill_has_the_rates_of_its_bill() -> None:
    a_shop()
    order = bought()
    billed(order)
    settle_payments(order.pk)

    grant_refund(order.pk, amount=D("10.01"), reason="staff", by=SYSTEM)

    note = CreditNote.objects.get()
    assert [t.tax_rate.normalize() for t in note.taxes.all()] == [D("0.19"), D("0.07")]
    assert (sum(t.net for t in note.taxes.all()), sum(t.tax for t in note.taxes.all())) == (note.net, note.tax)
    assert note.net + note.tax == note.total == D("10.01")


def test_a_credit_note_names_the_bills_that_it_corrects() -> None:
    a_shop()
    order = bought()
    first, second = billed(order, MUG=2), billed(order, cause="sh_2", BOOK=3)
    settle_payments(order.pk)

    for sku in ("MUG", "BOOK"):
        line = order.lines.get(sku=sku)
        credit_units(order.pk, {line.pk: 1}, reason="return", cause_kind="return", cause_id=f"rt_{sku}", by=SYSTEM)

    notes = CreditNote.objects.order_by("pk")
    assert [note.invoice for note in notes] == [first, second]
    assert [[each["number"] for each in note.snapshot["invoices"]] for note in notes] == [
        [first.number],
        [second.number],
    ]


def test_what_needs_no_shipment_is_billed_without_one() -> None:
    a_shop()
    order = bought()
    mugs, books = order.lines.get(sku="MUG"), order.lines.get(sku="BOOK")

    first = issue_invoice(order.pk, units={mugs.pk: 1}, by=SYSTEM)
    second = issue_invoice(order.pk, units={mugs.pk: 1, books.pk: 3}, by=SYSTEM)

    assert first is not None
    assert second is not None
    assert (first.cause_id, first.total + second.total) == ("", order.total)
    assert issue_invoice(order.pk, units={mugs.pk: 2}, cause_id="sh_1", by=SYSTEM) is None  # billed before it left
    assert Invoice.objects.count() == 2


@pytest.mark.parametrize("units", [{"MUG": 3}, {}])
def test_what_was_not_bought_is_not_billed(units: dict[str, int]) -> None:
    a_shop()
    order = bought(lines=(WantedLine(sku="MUG", quantity=2),))
    events = OrderEvent.objects.count()

    with pytest.raises(NotBillable, match="lines: "):
        issue_invoice(order.pk, units={order.lines.get(sku=sku).pk: n for sku, n in units.items()}, by=SYSTEM)

    assert (Invoice.objects.count(), InvoiceSeries.objects.count(), OrderEvent.objects.count()) == (0, 0, events)


@pytest.mark.parametrize(("payment", "told"), [("card", ("online", "59.87", "0.00")), ("none", ("", "0.00", "59.87"))])
def test_a_bill_says_how_it_is_paid(payment: str, told: tuple[str, str, str]) -> None:
    a_shop()
    invoice = billed(bought() if payment == "card" else bought(payment=None))

    assert tuple(invoice.snapshot["payment"].values()) == told
