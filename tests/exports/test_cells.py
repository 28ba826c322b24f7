"""What a spreadsheet could take for a formula is text, the way back is exact, and numbers stay numbers."""

import csv
import io
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.exports.cells import as_it_was, harmless, joined, money, parted, plain
from orders.exports.writers import csv_pieces, table_pieces


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'="])
def test_a_formula_is_shown_not_worked_out(beginning: str) -> None:
    text = f'{beginning}cmd|"/c calc"!A1'
    assert harmless(text) == f"'{text}"
    assert as_it_was(harmless(text)) == text


@pytest.mark.parametrize("text", ["", "a=b", "5", "'", "'plain", "O'Brien", " =1"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert harmless(text) == text
    assert as_it_was(text) == text


@given(st.text(alphabet="'=+-@\t\r\n＝ab "))
def test_the_way_back_is_exact(text: str) -> None:
    assert as_it_was(harmless(text)) == text


@given(st.lists(st.text(min_size=1)))
def test_lists_come_back(words: list[str]) -> None:
    assert parted(joined(words)) == words


def test_values_are_written_plainly() -> None:
    berlin = timezone(timedelta(hours=1))
    assert plain(datetime(2026, 11, 22, 11, 0, 5, tzinfo=berlin)) == "2026-11-22T10:00:05Z"
    assert plain(date(2026, 11, 22)) == "2026-11-22"
    assert (plain(True), plain(False), plain(None), plain("")) == ("true", "false", None, None)
    assert (f"{plain(Decimal('0.19000'))}", f"{plain(Decimal('100.000'))}", plain(-3)) == ("0.19", "100", -3)
    assert (plain(["a", "b"]), plain(["a,b"]), plain([])) == ("a,b", '["a,b"]', None)
    assert (plain({"ä": 1}), plain({})) == ('{"ä":1}', None)
    assert [money(Decimal("12.500"), code) for code in ("EUR", "JPY", "TND")] == [
        Decimal("12.50"), Decimal("12.5"), Decimal("12.500"),
    ]  # fmt: skip


def test_negative_numbers_stay_numbers_in_csv() -> None:
    content = b"".join(csv_pieces(["a", "b", "c"], [(Decimal("-12.50"), -3, "-3")])).decode()
    assert list(csv.reader(io.StringIO(content))) == [["a", "b", "c"], ["-12.50", "-3", "'-3"]]


def test_a_cell_that_no_workbook_can_hold_is_cut_and_says_so() -> None:
    from openpyxl import load_workbook

    content = b"".join(table_pieces("xlsx", ["a", "b"], [("x" * 40_000, Decimal("-1.5"))], title="t"))
    row = next(load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, values_only=True))
    assert row == ("x" * 32_766 + "…", -1.5)
