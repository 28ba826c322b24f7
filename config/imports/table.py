"""The rows of a CSV file as shops write them: whatever the delimiter, with line breaks in quotes, one at a time."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.imports.faults import Fault, Refused
from config.imports.source import BYTE_ORDER_MARK, UnreadableFile

LONGEST_CELL = 1024 * 1024
LONGEST_HEADER = 256 * 1024
_DELIMITERS = ",;\t|"
_GZIP_MAGIC = b"\x1f\x8b"
# How the files begin that people upload instead: what they are, and the way out.
_OTHERS: Mapping[bytes, str] = {
    b"PK\x03\x04": "it is an Excel workbook or a ZIP file: save it as CSV UTF-8, or unpack it",
    b"\xd0\xcf\x11\xe0": "it is an old Excel workbook: save it as CSV UTF-8",
    b"%PDF": "it is a PDF: export CSV instead",
    b"\xff\xfe": "it is UTF-16: save it as CSV UTF-8",
    b"\xfe\xff": "it is UTF-16: save it as CSV UTF-8",
    b"<!DO": "it is a web page: sign in and download the export again",
    b"<htm": "it is a web page: sign in and download the export again",
}
# Line breaks and tabs are fine in descriptions and notes.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BROKEN = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file: where it begins, and its cells by the header's names, as they stand."""

    number: int
    cells: Mapping[str, str]
    text: str

    def get(self, *names: str) -> str:
        """The first of these columns that says something, without blanks around it."""
        return next((value for name in names if (value := self.cells.get(name, "").strip())), "")


def rows(path: Path, *, required: Sequence[Sequence[str]], format: str) -> Iterator[Row | tuple[int, str, Refused]]:
    """Every record after the header, or where one stands that can't be read, its text, and why.

    ``required`` are columns that the format can't do without, each with its other names. Names are compared without
    regard to case. Raises UnreadableFile, which says in one sentence what the file is instead.
    """
    with opened(path) as file:
        reader, names = _header(path, file, required, format)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise UnreadableFile(
                    f"{path.name}: a quotation mark that opens at line {number} isn't closed, or a cell is longer "
                    f"than {LONGEST_CELL:,} characters."
                ) from error
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield _row(number, cells, names)


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """The file as text, unpacked, without a byte order mark; bytes that aren't UTF-8 come as surrogates."""
    try:
        with path.open("rb") as raw:
            is_gzipped = raw.read(2) == _GZIP_MAGIC
        with gzip.open(path) if is_gzipped else path.open("rb") as file:
            check_magic(path.name, file.peek(4)[:4])
            with io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
                yield text
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path.name}: {error}") from error


def check_magic(name: str, head: bytes) -> None:
    """Raises UnreadableFile for what is no text at all, saying what it is."""
    for magic, sentence in _OTHERS.items():
        if head.lower().startswith(magic.lower()):
            raise UnreadableFile(f"{name}: {sentence}.")
    if b"\0" in head.removeprefix(BYTE_ORDER_MARK):
        raise UnreadableFile(f"{name}: it isn't a text file.")


def _header(path: Path, file: IO[str], required: Sequence[Sequence[str]], format: str) -> "tuple[_Numbered, list[str]]":
    csv.field_size_limit(LONGEST_CELL)
    first = file.readline(LONGEST_HEADER)
    best: list[str] = []
    delimiter = ","
    for candidate in _DELIMITERS:
        names = [name.strip().casefold() for name in next(csv.reader([first], delimiter=candidate), [])]
        if len(names) > len(best):
            best, delimiter = names, candidate
    missing = [names[0] for names in required if not any(name.casefold() in best for name in names)]
    if missing:
        raise UnreadableFile(
            f"{path.name}: this is no {format} file; its first line must name the columns "
            f"{', '.join(names[0] for names in required)}; of these {', '.join(missing)} can't be found."
        )
    repeated = {name for name in best if name and best.count(name) > 1}
    if repeated:
        raise UnreadableFile(f"{path.name}: the first line names {', '.join(sorted(repeated))} more than once.")
    return _Numbered(csv.reader(file, delimiter=delimiter, strict=True)), best


class _Numbered:
    """A CSV reader that counts the header, which was read before it began."""

    def __init__(self, reader: Iterator[list[str]]) -> None:
        self._reader = reader

    def __iter__(self) -> "Iterator[list[str]]":
        return self

    def __next__(self) -> list[str]:
        return next(self._reader)

    @property
    def line_num(self) -> int:
        return int(self._reader.line_num) + 1  # type: ignore[attr-defined]


def _row(number: int, cells: list[str], names: list[str]) -> Row | tuple[int, str, Refused]:
    text = ",".join(cells)
    if len(cells) != len(names):
        return number, text, Refused(Fault.BAD_COLUMNS, f"{len(cells)} instead of {len(names)}")
    if _BROKEN.search(text):
        return (
            number,
            text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
            Refused(Fault.BAD_ENCODING, "save the file as CSV UTF-8"),
        )
    if _CONTROL.search(text):
        where = next(name for name, cell in zip(names, cells, strict=True) if _CONTROL.search(cell))
        return number, text, Refused(Fault.CONTROL_CHARACTER, where)
    return Row(number, dict(zip(names, cells, strict=True)), text)
