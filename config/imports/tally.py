"""What an import comes to: lines and money by rule and by month, as objects and as tables for a terminal."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from config.imports.invoice import Judged
from config.imports.rules import Note, Rule


@dataclass(slots=True)
class Sum:
    """Some lines and their money; for a month also the orders."""

    lines: int = 0
    amount: Decimal = Decimal("0.00")
    orders: int = 0

    def add(self, *, lines: int, amount: Decimal, orders: int = 0) -> None:
        self.lines += lines
        self.amount += amount
        self.orders += orders


@dataclass(slots=True)
class Tally:
    """Counts final verdicts. A month is that of the invoice, which its earliest accepted line dates."""

    rules: defaultdict[Rule, Sum] = field(default_factory=lambda: defaultdict(Sum))
    months: defaultdict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    notes: Counter[Note] = field(default_factory=Counter)

    def add(self, judged: Judged) -> None:
        for verdict in judged.verdicts:
            self.rules[verdict.rule].add(lines=1, amount=verdict.amount)
        if invoice := judged.invoice:
            accepted = sum(verdict.rule.accepts for verdict in judged.verdicts)
            self.months[f"{invoice.invoiced_at:%Y-%m}"].add(lines=accepted, amount=invoice.amount, orders=1)
            self.notes.update(invoice.notes)

    @property
    def accepted(self) -> int:
        return sum(total.lines for rule, total in self.rules.items() if rule.accepts)

    @property
    def rejected(self) -> int:
        return sum(total.lines for rule, total in self.rules.items() if not rule.accepts)

    @property
    def amount(self) -> Decimal:
        """The money of the accepted lines."""
        return sum((total.amount for rule, total in self.rules.items() if rule.accepts), Decimal("0.00"))

    def table(self) -> Iterator[str]:
        """The whole summary, line by line, in the order of the rules."""
        for title, accepts in (("accepted", True), ("rejected", False)):
            rules = [rule for rule in Rule if rule.accepts is accepts and rule in self.rules]
            yield _row(title, "lines", "amount")
            yield from (
                _row(f"  {rule.code}", f"{self.rules[rule].lines:,}", f"{self.rules[rule].amount:,}") for rule in rules
            )
            lines = self.accepted if accepts else self.rejected
            yield _row(
                "  total", f"{lines:,}", f"{sum((self.rules[rule].amount for rule in rules), Decimal('0.00')):,}"
            )
            yield ""
        yield _row("month", "lines", "amount", "orders")
        for month, total in sorted(self.months.items()):
            yield _row(f"  {month}", f"{total.lines:,}", f"{total.amount:,}", f"{total.orders:,}")
        yield ""
        yield _row("noted", "orders")
        yield from (_row(f"  {note.code}", f"{self.notes[note]:,}") for note in Note if self.notes[note])


def _row(title: str, *columns: str) -> str:
    return f"{title:<24}" + "".join(f"{column:>16}" for column in columns)
