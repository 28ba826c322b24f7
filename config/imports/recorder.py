"""Takes a file into the database: judged lines in, orders out, in batches that are each one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import reset_queries

from config.imports.catalogue import Catalogue
from config.imports.invoice import Invoice, Judged
from config.imports.online_retail import judge
from config.imports.progress import Progress
from config.imports.rules import Rule
from orders.history import PastLine, PastOrder, PastProduct, Source
from orders.kernel.actor import Actor
from orders.services.record_history import Recorded, record_history

LINES_PER_BATCH = 2_000


def survey(path: Path, *, until: datetime, progress: Progress) -> tuple[int, Catalogue]:
    """How many lines the file has, and what its articles are called. Known only at its end: it is read twice."""
    lines = 0
    catalogue = Catalogue()
    for judged in judge(path, until=until):
        lines += len(judged.verdicts)
        progress.advance(len(judged.verdicts))
        if judged.invoice:
            catalogue.add(judged.invoice.lines)
    return lines, catalogue


def record_file(
    path: Path, *, until: datetime, source: Source, catalogue: Catalogue, by: Actor, rehearse: bool
) -> Iterator[tuple[list[Judged], Recorded]]:
    """Record the file's invoices batch by batch; gives each batch's final verdicts and what became of its orders.

    Every batch is committed by itself: should the file break off or the machine stop, running again does the rest.
    """
    for batch in _batches(judge(path, until=until)):
        invoices = [judged.invoice for judged in batch if judged.invoice]
        recorded = record_history(
            [_order(invoice, catalogue, source) for invoice in invoices],
            source=source,
            products=_products(invoices, catalogue),
            by=by,
            rehearse=rehearse,
        )
        reset_queries()  # with DEBUG on, Django keeps every statement; ours are long
        yield [_final(judged, recorded) for judged in batch], recorded


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
