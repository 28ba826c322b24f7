"""The shipped sample: real invoices with all their dirt, counted to the line and summed to the penny."""

import csv
import gzip
from collections import Counter
from decimal import Decimal

from config.imports.catalogue import Catalogue
from config.imports.dimensions import read_dimensions
from config.imports.online_retail import judge, read_invoices
from config.imports.rules import Note, Rule
from config.imports.sample import SAMPLE_DIMENSIONS, SAMPLE_INVOICES

LINES = 4_262
AMOUNTS = {
    "2010-12": Decimal("28068.21"),
    "2011-01": Decimal("16632.72"),
    "2011-02": Decimal("12626.25"),
    "2011-03": Decimal("31769.83"),
}


def test_every_line_has_exactly_one_verdict() -> None:
    verdicts = [verdict for judged in judge(SAMPLE_INVOICES) for verdict in judged.verdicts]

    assert sorted(verdict.number for verdict in verdicts) == list(range(2, LINES + 2))
    assert Counter(verdict.rule for verdict in verdicts) == {
        Rule.GOODS: 3_962,
        Rule.SHIPPING: 73,
        Rule.CHARGE: 15,
        Rule.ZERO_PRICE: 88,
        Rule.CREDIT_INVOICE: 76,
        Rule.EXACT_DUPLICATE: 42,
        Rule.NEGATIVE_QUANTITY: 5,
        Rule.BOOKKEEPING: 1,
    }


def test_the_money_of_each_month_is_the_plain_sum_of_the_accepted_lines() -> None:
    with gzip.open(SAMPLE_INVOICES, "rt", encoding="utf-8", newline="") as file:
        rows = dict(enumerate(csv.DictReader(file), start=2))
    plain: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    for judged in judge(SAMPLE_INVOICES):
        for row in (rows[verdict.number] for verdict in judged.verdicts if verdict.rule.accepts):
            plain[row["InvoiceDate"][:7]] += int(row["Quantity"]) * Decimal(row["UnitPrice"])
        if judged.invoice:
            orders[f"{judged.invoice.invoiced_at:%Y-%m}"] += judged.invoice.amount

    assert plain == orders == AMOUNTS


def test_what_is_noted_about_its_invoices() -> None:
    invoices = list(read_invoices(SAMPLE_INVOICES))

    assert len(invoices) == 265
    assert Counter(note for invoice in invoices for note in invoice.notes) == {
        Note.GUEST: 36,
        Note.MONEY_ONLY: 11,
        Note.TWO_TIMESTAMPS: 5,
        Note.LONG: 2,
        Note.INTERLEAVED: 1,
    }


def test_one_invoice_has_thirty_lines_of_thirty_articles() -> None:
    (invoice,) = (invoice for invoice in read_invoices(SAMPLE_INVOICES) if invoice.number == "542601")

    assert len(invoice.lines) == len({line.sku for line in invoice.lines}) == 30
    assert (invoice.amount, invoice.notes) == (Decimal("213.03"), frozenset())


def test_an_article_is_called_what_most_lines_call_it() -> None:
    catalogue = Catalogue()
    for invoice in read_invoices(SAMPLE_INVOICES):
        catalogue.add(invoice.lines)

    assert catalogue.name("85123A") == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert catalogue.price("85123A") == Decimal("2.95")


def test_the_sizes_are_all_known() -> None:
    sizes = read_dimensions(SAMPLE_DIMENSIONS)

    assert len(sizes) == 300
    assert all(min(size.weight_g, size.length_mm, size.width_mm, size.height_mm) > 0 for size in sizes)
