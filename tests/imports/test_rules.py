"""Each rule with a planted line: one thing is wrong with it, and it is rejected by that name."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from config.imports.online_retail import LARGEST_INVOICE, WINDOW, judge, read_invoices
from config.imports.rules import Note, Rule
from config.imports.source import LONGEST_LINE, UnreadableFile
from tests.imports.lines import GOOD, HEADER, line

Write = Callable[..., Path]


def rules(path: Path) -> dict[int, Rule]:
    return {verdict.number: verdict.rule for judged in judge(path) for verdict in judged.verdicts}


UNREADABLE = [
    (Rule.BLANK_LINE, ""),
    (Rule.BLANK_LINE, "   "),
    (Rule.TOO_LONG, "x" * (LONGEST_LINE + 1)),
    (Rule.TOO_LONG, "x" * (3 * LONGEST_LINE)),
    (Rule.TOO_LONG, line(description="x" * 201)),
    (Rule.TOO_LONG, line(code="x" * 65)),
    (Rule.BAD_ENCODING, line(description="GIFT VOUCHER £40").encode("cp1252")),
    (Rule.CONTROL_CHARACTER, line(description="WHITE\0HEART")),
    (Rule.CONTROL_CHARACTER, line(description="WHITE\tHEART")),
    (Rule.BAD_COLUMNS, GOOD.rpartition(",")[0]),
    (Rule.BAD_COLUMNS, GOOD + ",more"),
    (Rule.BAD_COLUMNS, line(description='"WHITE HEART')),
    (Rule.BAD_COLUMNS, line(description='"WHITE" HEART')),
    (Rule.BAD_INVOICE_NUMBER, line(invoice="")),
    (Rule.BAD_INVOICE_NUMBER, line(invoice="12-34")),
    (Rule.BAD_INVOICE_NUMBER, line(invoice="=1+1")),
    (Rule.BAD_STOCK_CODE, line(code="")),
    (Rule.BAD_QUANTITY, line(quantity="")),
    (Rule.BAD_QUANTITY, line(quantity="0")),
    (Rule.BAD_QUANTITY, line(quantity="1.5")),
    (Rule.BAD_QUANTITY, line(quantity="six")),
    (Rule.BAD_QUANTITY, line(quantity="1_000")),
    (Rule.BAD_QUANTITY, line(quantity="٣")),
    (Rule.BAD_QUANTITY, line(quantity="1000001")),
    (Rule.BAD_DATE, line(date="")),
    (Rule.BAD_DATE, line(date="2010-13-01 08:26:00")),
    (Rule.BAD_DATE, line(date="12/1/2010 8:26")),
    (Rule.BAD_DATE, line(date="1969-12-31 23:59:59")),
    (Rule.BAD_DATE, line(date="0000-00-00 00:00:00")),
    (Rule.BAD_PRICE, line(price="")),
    (Rule.BAD_PRICE, line(price="two")),
    (Rule.BAD_PRICE, line(price="NaN")),
    (Rule.BAD_PRICE, line(price="1e3")),
    (Rule.BAD_PRICE, line(price='"2,55"')),
    (Rule.BAD_PRICE, line(price="1000000")),
    (Rule.SUB_PENNY_PRICE, line(price="2.555")),
    (Rule.HUGE_AMOUNT, line(quantity="1000000", price="10")),
    (Rule.BAD_CUSTOMER, line(customer="17850.0")),
    (Rule.CREDIT_INVOICE, line(invoice="C536365", quantity="-6")),
    (Rule.CREDIT_INVOICE, line(invoice="c536365")),
    (Rule.BOOKKEEPING, line(invoice="A536365", code="B")),
    (Rule.BOOKKEEPING, line(code="AMAZONFEE")),
    (Rule.BOOKKEEPING, line(code="s")),
    (Rule.NEGATIVE_QUANTITY, line(quantity="-6")),
    (Rule.NEGATIVE_QUANTITY, line(code="POST", quantity="-1")),
    (Rule.NEGATIVE_PRICE, line(price="-2.55")),
    (Rule.ZERO_PRICE, line(price="0.0")),
    (Rule.ZERO_PRICE, line(code="M", price="0")),
    (Rule.UNMATCHED_DISCOUNT, line(code="D", quantity="1")),
    (Rule.UNMATCHED_DISCOUNT, line(code="D", quantity="-1")),
]


@pytest.mark.parametrize(("rule", "planted"), UNREADABLE)
def test_a_bad_line_is_rejected_by_name_and_the_lines_around_it_stand(
    write: Write, rule: Rule, planted: str | bytes
) -> None:
    path = write(line(invoice="1"), planted, line(invoice="2"))

    assert rules(path) == {2: Rule.GOODS, 3: rule, 4: Rule.GOODS}
    assert [invoice.number for invoice in read_invoices(path)] == ["1", "2"]


def test_a_date_in_the_future_is_rejected(write: Write) -> None:
    path = write(line(date="2010-12-01 08:26:00"), line(date="2010-12-01 08:26:01"))

    (bad, good) = judge(path, until=datetime(2010, 12, 1, 8, 26, tzinfo=UTC))

    assert [verdict.rule for verdict in bad.verdicts + good.verdicts] == [Rule.BAD_DATE, Rule.GOODS]


def test_an_exact_duplicate_counts_once_and_another_quantity_is_no_duplicate(write: Write) -> None:
    path = write(GOOD, GOOD, line(quantity="7"), GOOD)

    assert list(rules(path).values()) == [Rule.GOODS, Rule.EXACT_DUPLICATE, Rule.GOODS, Rule.EXACT_DUPLICATE]
    (invoice,) = read_invoices(path)
    assert invoice.amount == Decimal("33.15")


def test_a_line_for_another_customer_or_country_is_not_put_on_the_first_ones_order(write: Write) -> None:
    path = write(GOOD, line(code="A", customer="17851"), line(code="B1", country="France"), line(code="C", customer=""))

    assert list(rules(path).values()) == [Rule.GOODS] + 3 * [Rule.MIXED_INVOICE]


def test_service_codes_become_shipping_charges_and_discount(write: Write) -> None:
    path = write(
        line(code="D", quantity="-2", price="5.01"),
        GOOD,
        line(code="POST", quantity="2", price="18"),
        line(code="dot", quantity="1", price="3.29"),
        line(code="C2", quantity="1", price="50"),
        line(code="m", description="Manual", quantity="1", price="12.5"),
        line(code="BANK CHARGES", quantity="1", price="15"),
    )

    (invoice,) = read_invoices(path)

    assert set(rules(path).values()) == {Rule.GOODS, Rule.SHIPPING, Rule.CHARGE, Rule.DISCOUNT}
    assert [x.sku for x in invoice.lines] == ["85123A", "M", "BANK CHARGES"]
    assert (invoice.shipping, invoice.discount) == (Decimal("89.29"), Decimal("10.02"))
    assert invoice.amount == Decimal("15.30") + Decimal("89.29") + Decimal("27.50") - Decimal("10.02")


def test_discounts_are_taken_while_they_fit_into_the_goods(write: Write) -> None:
    path = write(
        GOOD,
        line(code="D", quantity="-1", price="15"),
        line(code="D", quantity="-1", price="0.31"),
        line(code="D", quantity="-1", price="0.30"),
    )

    assert list(rules(path).values()) == [Rule.GOODS, Rule.DISCOUNT, Rule.UNMATCHED_DISCOUNT, Rule.DISCOUNT]
    (invoice,) = read_invoices(path)
    assert invoice.amount == 0


def test_postage_alone_becomes_the_line_of_an_order(write: Write) -> None:
    path = write(line(code="POST", quantity="21", price="18.0"))

    (invoice,) = read_invoices(path)

    assert [x.sku for x in invoice.lines] == ["POST"]
    assert (invoice.shipping, invoice.amount) == (Decimal(0), Decimal("378.00"))
    assert Note.MONEY_ONLY in invoice.notes


def test_what_is_noted_rejects_nothing(write: Write) -> None:
    path = write(
        line(invoice="1", customer="", country="Unspecified", date="2010-12-01 08:27:00"),
        line(invoice="2"),
        line(invoice="1", customer="", country="Unspecified", code="X"),
    )

    invoices = {invoice.number: invoice for invoice in read_invoices(path)}

    assert invoices["1"].notes == {Note.GUEST, Note.UNKNOWN_COUNTRY, Note.TWO_TIMESTAMPS, Note.INTERLEAVED}
    assert invoices["1"].invoiced_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert (invoices["1"].country, invoices["2"].country) == ("", "GB")
    assert invoices["2"].notes == frozenset()


def test_more_than_200_lines_are_history(write: Write) -> None:
    short, long = (next(iter(read_invoices(write(*(line(code=f"A{i}") for i in range(n)))))) for n in (200, 201))

    assert (len(short.lines), short.notes) == (200, frozenset())
    assert (len(long.lines), long.notes) == (201, frozenset({Note.LONG}))


def test_a_line_that_comes_too_late_is_rejected_and_one_just_in_time_is_not(write: Write) -> None:
    others = [line(invoice="9", code=f"A{i}") for i in range(WINDOW)]
    in_time = write(line(invoice="1"), *others[:-1], line(invoice="1", code="X"))
    too_late = write(line(invoice="1"), *others, line(invoice="1", code="X"), name="late.csv")

    assert rules(in_time)[WINDOW + 2] is Rule.GOODS
    assert rules(too_late)[WINDOW + 3] is Rule.LATE_LINE


def test_an_invoice_without_end_is_cut_off(write: Write) -> None:
    path = write(*(line(code=f"A{i}") for i in range(LARGEST_INVOICE + 1)))

    assert rules(path)[LARGEST_INVOICE + 1] is Rule.GOODS
    assert rules(path)[LARGEST_INVOICE + 2] is Rule.OVERLONG_INVOICE


def test_a_file_read_twice_over_is_rejected_the_second_time(write: Write) -> None:
    once = [line(invoice=str(i)) for i in range(WINDOW + 2)]

    found = rules(write(*once, *once))

    assert list(found.values()).count(Rule.GOODS) == len(once)
    assert Rule.LATE_LINE in found.values()


def test_columns_may_stand_in_any_order_and_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(
        b"\xef\xbb\xbfCountry,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\n"
        b'France,12681,0.42,2011-03-01 09:00,12,"CARD, ""FOLK ART""",gift_0001_10,550000\n'
    )

    (invoice,) = read_invoices(path)

    (only,) = invoice.lines
    assert (only.sku, only.description, only.amount) == ("GIFT_0001_10", 'CARD, "FOLK ART"', Decimal("5.04"))
    assert (invoice.country, invoice.customer) == ("FR", "12681")


@pytest.mark.parametrize("first", [b"", b"\n", b"a,b,c\n", HEADER.decode().encode("utf-16"), HEADER + b",More\n"])
def test_a_file_of_another_format_is_refused(tmp_path: Path, first: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(first)

    with pytest.raises(UnreadableFile, match="InvoiceNo"):
        list(judge(path))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(UnreadableFile):
            list(judge(path))


def test_a_gzip_file_that_breaks_off_never_gives_half_an_invoice(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv.gz"
    lines = [line(invoice=str(i // 2), code=f"A{i}") for i in range(40_000)]
    path.write_bytes(gzip.compress("\n".join([HEADER.decode(), *lines]).encode())[:-40])

    seen: list[int] = []
    with pytest.raises(UnreadableFile):
        seen.extend(len(invoice.lines) for invoice in read_invoices(path))

    assert set(seen) == {2}
