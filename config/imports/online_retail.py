"""Streams a file in the Online Retail format: every line gets one verdict, and lines become invoices.

Pure: no database, no clock. Memory holds the invoices of the last 5,000 lines: an invoice's lines nearly
always stand together, but not quite (see 542806), so it stays open for that long after its latest one.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from config.imports.invoice import Invoice, Judged, judge_invoice
from config.imports.line import COLUMNS, Line, Verdict, read_line
from config.imports.rules import Rule
from config.imports.source import UnreadableFile, physical_lines

WINDOW = 5_000
LARGEST_INVOICE = 10_000
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def read_invoices(path: Path) -> Iterator[Invoice]:
    """The invoices of a file that have at least one accepted line, in the order in which they end."""
    return (judged.invoice for judged in judge(path) if judged.invoice)


def judge(path: Path, *, until: datetime = END_OF_TIME) -> Iterator[Judged]:
    """Every line after the header in exactly one verdict; lines dated after `until` are rejected.

    Raises UnreadableFile, also in the middle of a broken file: an invoice that is open then isn't given.
    """
    lines = physical_lines(path)
    order = _order_of_columns(path, lines)
    window = _Window()
    for number, raw in lines:
        yield from window.closed_before(number - WINDOW)
        line = read_line(number, raw, order=order, until=until)
        if isinstance(line, Verdict):
            yield Judged((line,), None)
        elif rule := window.refuses(line):
            yield Judged((Verdict(number, line.text, rule, rule.sentence, line.amount),), None)
        else:
            window.add(line)
    yield from window.closed_before(number=None)


def _order_of_columns(path: Path, lines: Iterator[tuple[int, bytes]]) -> Sequence[int]:
    _, header = next(lines, (0, b""))
    names = [name.strip().strip('"') for name in header.decode("utf-8", "replace").split(",")]
    if sorted(names) != sorted(COLUMNS):
        raise UnreadableFile(f"{path}: the first line must name the columns {','.join(COLUMNS)}")
    return [names.index(name) for name in COLUMNS]


@dataclass(slots=True)
class _OpenInvoice:
    lines: list[Line] = field(default_factory=list)
    is_interleaved: bool = False


@dataclass(slots=True)
class _Window:
    """The invoices whose lines may still come, longest untouched first, and the numbers of those closed."""

    invoices: OrderedDict[str, _OpenInvoice] = field(default_factory=OrderedDict)
    closed: set[str] = field(default_factory=set)
    latest: str = ""

    def refuses(self, line: Line) -> Rule | None:
        if line.invoice in self.closed:
            return Rule.LATE_LINE
        invoice = self.invoices.get(line.invoice)
        return Rule.OVERLONG_INVOICE if invoice and len(invoice.lines) >= LARGEST_INVOICE else None

    def add(self, line: Line) -> None:
        invoice = self.invoices.setdefault(line.invoice, _OpenInvoice())
        invoice.is_interleaved |= bool(invoice.lines) and line.invoice != self.latest
        invoice.lines.append(line)
        self.invoices.move_to_end(line.invoice)
        self.latest = line.invoice

    def closed_before(self, number: int | None) -> Iterator[Judged]:
        """Close and judge the invoices whose latest line stands before `number`; all of them without one."""
        while self.invoices:
            oldest = next(iter(self.invoices.values()))
            if number is not None and oldest.lines[-1].number >= number:
                return
            self.invoices.popitem(last=False)
            self.closed.add(oldest.lines[0].invoice)
            yield judge_invoice(oldest.lines, is_interleaved=oldest.is_interleaved)
