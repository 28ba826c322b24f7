"""Tables as files, in constant memory: CSV and NDJSON piece by piece, XLSX through a temporary file."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from orders.errors import NotExportable
from orders.exports.cells import harmless
from orders.exports.rows import Cell

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for something else
_PIECE = 64 * 1024
_MOST_ROWS = 1_048_576  # of a sheet, its header among them
_LONGEST_CELL = 32_767
_CUT = "…"


def table_pieces(
    format: str, names: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str, marked: bool = False
) -> Iterator[bytes]:
    """The table as a ``csv`` or ``xlsx`` file, piece by piece; a sheet's first piece comes when its last row is in."""
    if format == "csv":
        yield from csv_pieces(names, rows, marked=marked)
        return
    with tempfile.TemporaryFile() as file:
        write_xlsx(names, rows, file, title=title)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def csv_pieces(names: Sequence[str], rows: Iterable[Sequence[Cell]], *, marked: bool = False) -> Iterator[bytes]:
    """The table as CSV (RFC 4180, UTF-8) in pieces of some 64 KiB; ``marked`` begins with a byte order mark."""
    buffer = io.StringIO(newline="")
    write = csv.writer(buffer).writerow
    if marked:
        yield BYTE_ORDER_MARK
    write(names)
    for row in rows:
        write([_csv_cell(cell) for cell in row])
        if buffer.tell() >= _PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def ndjson_pieces(objects: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """One JSON object a line; amounts are strings, as in the API."""
    for each in objects:
        yield json.dumps(each, ensure_ascii=False, separators=(",", ":"), default=str).encode() + b"\n"


def write_xlsx(names: Sequence[str], rows: Iterable[Sequence[Cell]], file: IO[bytes], *, title: str) -> None:
    """The table as one sheet. Numbers are numbers; text is text, whatever it looks like: nothing becomes a formula.

    Raises ``NotExportable`` for more rows than a sheet has.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False})
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for at, name in enumerate(names):
        sheet.write_string(0, at, name, head)
    for line, row in enumerate(rows, start=1):
        if line >= _MOST_ROWS:
            raise NotExportable("A sheet has room for 1,048,575 rows: narrow the list, or export it as CSV.")
        for at, cell in enumerate(row):
            match cell:
                case None:
                    continue
                case int() | Decimal():
                    sheet.write_number(line, at, cell)
                case _:
                    sheet.write_string(line, at, _fitting(cell))
    book.close()


def _csv_cell(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:f}"
        case str():
            return harmless(cell)
    return cell


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + _CUT
