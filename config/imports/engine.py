"""What every import has in common: batches that are each committed, a report, a file of rejects, progress."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from config.imports.rejects import Reject, Rejects


@dataclass(kw_only=True)
class Batch:
    """What became of some rows of the file; ``counts`` are rules, remarks and changed fields by name."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    amount: Decimal = Decimal("0.00")
    rejects: list[Reject] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Importer(Protocol):
    """One file in one format. Memory doesn't grow with the file, and doing it again changes nothing."""

    noun: str

    def survey(self, advance: Callable[[int], None]) -> int:
        """Read it once, so that a wrong file is noticed before anything is written; returns how many rows it has."""
        ...

    def batches(self) -> Iterator[Batch]:
        """Import it, batch by batch."""
        ...

    def table(self) -> Iterator[str]:
        """What there is to say in the end beside the report."""
        ...


@dataclass(kw_only=True)
class Report:
    """What an import comes to."""

    noun: str
    rows: int = 0
    rejected: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    amount: Decimal = Decimal("0.00")
    counts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected

    def add(self, batch: Batch) -> None:
        self.rows += batch.rows
        self.rejected += len(batch.rejects)
        self.created += batch.created
        self.updated += batch.updated
        self.unchanged += batch.unchanged
        self.amount += batch.amount
        self.counts.update(batch.counts)
        self.rules.update(reject.rule for reject in batch.rejects)

    def as_json(self) -> dict[str, Any]:
        """The figures, for programs and for the job's row."""
        return {
            "lines": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "amount": f"{self.amount:f}",
        }

    def details(self) -> dict[str, dict[str, int]]:
        """Rejected rows by rule, and what was noted or changed."""
        return {"rules": dict(sorted(self.rules.items())), "counts": dict(sorted(self.counts.items()))}

    def table(self) -> Iterator[str]:
        """The same for people."""
        yield f"{self.accepted:>12,} lines accepted"
        yield f"{self.rejected:>12,} lines rejected"
        yield from (f"{n:>16,} {rule}" for rule, n in sorted(self.rules.items()))
        if self.counts:
            yield ""
            yield "noted and changed"
            yield from (f"{n:>16,} {name}" for name, n in sorted(self.counts.items()))

    def outcome(self, *, is_rehearsal: bool) -> str:
        """One sentence."""
        created = "would be created (dry run: nothing was written)" if is_rehearsal else "created"
        updated = f" {self.updated:,} {'would be ' if is_rehearsal else ''}updated," if self.updated else ""
        return f"{self.created:,} {self.noun} {created},{updated} {self.unchanged:,} were there before"


def carry_out(importer: Importer, rejects: Rejects, advance: Callable[[int], None]) -> Iterator[Report]:
    """Import the file; gives the report so far after each batch."""
    report = Report(noun=importer.noun)
    for batch in importer.batches():
        report.add(batch)
        rejects.write(batch.rejects)
        advance(batch.rows)
        yield report


def last(reports: Iterable[Report], noun: str) -> Report:
    """The whole report."""
    report = Report(noun=noun)
    for report in reports:  # noqa: B007 - the last one is wanted
        pass
    return report
