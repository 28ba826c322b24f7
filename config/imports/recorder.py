"""Takes an Online Retail file into the database: judged lines in, orders out, in batches of one transaction each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import reset_queries

from config.imports.catalogue import Catalogue
from config.imports.engine import Batch
from config.imports.invoice import Invoice, Judged
from config.imports.online_retail import judge
from config.imports.rejects import Reject
from config.imports.rules import Rule
from config.imports.tally import Tally
from orders.history import PastLine, PastOrder, PastProduct, Source
from orders.kernel.actor import Actor
from orders.services.record_history import Recorded, record_history

LINES_PER_BATCH = 2_000


CURRENCY = "GBP"  # the Online Retail files are in pounds


@dataclass
class OnlineRetailImport:
    """An ``Importer`` of invoices. The articles' names are known only at the file's end: it is read twice."""

    path: Path
    source: Source
    until: datetime
    by: Actor
    is_rehearsal: bool = False
    noun: str = "orders"
    tally: Tally = field(default_factory=Tally)
    _catalogue: Catalogue = field(default_factory=Catalogue)

    def survey(self, advance: Callable[[int], None]) -> int:
        lines = 0
        for judged in judge(self.path, until=self.until):
            lines += len(judged.verdicts)
            advance(len(judged.verdicts))
            if judged.invoice:
                self._catalogue.add(judged.invoice.lines)
        return lines

    def batches(self) -> Iterator[Batch]:
        """Every batch is committed by itself: should the machine stop, running again does the rest."""
        for batch in _batches(judge(self.path, until=self.until)):
            invoices = [judged.invoice for judged in batch if judged.invoice]
            recorded = record_history(
                [_order(invoice, self._catalogue, self.source) for invoice in invoices],
                source=self.source,
                products=_products(invoices, self._catalogue),
                by=self.by,
                rehearse=self.is_rehearsal,
            )
            reset_queries()  # with DEBUG on, Django keeps every statement; ours are long
            yield self._told([_final(judged, recorded) for judged in batch], recorded)

    def table(self) -> Iterator[str]:
        return self.tally.table()

    def _told(self, batch: list[Judged], recorded: Recorded) -> Batch:
        for judged in batch:
            self.tally.add(judged)
        verdicts = [verdict for judged in batch for verdict in judged.verdicts]
        return Batch(
            rows=len(verdicts),
            created=len(recorded.created),
            unchanged=len(recorded.unchanged),
            amount=sum((v.amount for v in verdicts if v.rule.accepts), Decimal("0.00")),
            rejects=[
                Reject(number=v.number, rule=v.rule.code, reason=v.reason, text=v.text)
                for v in verdicts
                if not v.rule.accepts
            ],
        )


def _batches(judgements: Iterable[Judged]) -> Iterator[list[Judged]]:
    batch: list[Judged] = []
    lines = 0
    for judged in judgements:
        batch.append(judged)
        lines += len(judged.verdicts)
        if lines >= LINES_PER_BATCH:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch


def _order(invoice: Invoice, catalogue: Catalogue, source: Source) -> PastOrder:
    return PastOrder(
        external_ref=invoice.number,
        placed_at=invoice.invoiced_at,
        customer=invoice.customer,
        country=invoice.country,
        lines=[
            PastLine(
                sku=line.sku,
                name=line.description or catalogue.name(line.sku),
                quantity=line.quantity,
                unit_price=line.unit_price,
                external_ref=str(line.number),
            )
            for line in invoice.lines
        ],
        shipping=invoice.shipping,
        discount=invoice.discount,
        metadata=_metadata(invoice, source),
    )


def _metadata(invoice: Invoice, source: Source) -> dict[str, Any]:
    return {"imported_from": source.code, "notes": sorted(note.code for note in invoice.notes)}


def _products(invoices: Iterable[Invoice], catalogue: Catalogue) -> dict[str, PastProduct]:
    skus = {line.sku for invoice in invoices for line in invoice.lines}
    return {sku: PastProduct(name=catalogue.name(sku), price=catalogue.price(sku)) for sku in skus}


def _final(judged: Judged, recorded: Recorded) -> Judged:
    """An invoice that is known with another total takes its accepted lines back: their money isn't in the order."""
    if judged.invoice is None or judged.invoice.number not in recorded.differing:
        return judged
    rule = Rule.RECORDED_DIFFERENTLY
    verdicts = (
        replace(verdict, rule=rule, reason=rule.sentence) if verdict.rule.accepts else verdict
        for verdict in judged.verdicts
    )
    return Judged(tuple(verdicts), None)
