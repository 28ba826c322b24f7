"""Products from a file into the catalogue, whatever shop wrote it: read, made or changed in batches, stock booked."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import reset_queries

from config.imports.engine import Batch
from config.imports.faults import Fault, Refused, Remark
from config.imports.rejects import Reject
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.kernel.work import work
from orders.services.take_products import Taken, take_product, take_products
from warehouse.errors import UnknownWarehouse
from warehouse.models import Warehouse
from warehouse.selectors.stock import known_in
from warehouse.services.adjust_stock import adjust_stock
from warehouse.states import AdjustmentReason

ROWS_PER_BATCH = 500
STANDARD = "standard"


@dataclass(frozen=True, kw_only=True)
class ProductOptions:
    """What a shop's file doesn't say: the currency of its prices, the rates of its tax classes; whose stock it is."""

    currency: str = ""
    tax_rates: Mapping[str, Decimal] = field(default_factory=dict)
    warehouse: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One product as the file tells it; what it doesn't tell isn't in ``values``. ``stock`` None: not told."""

    number: int
    text: str
    sku: str
    values: Mapping[str, Any]
    stock: int | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A row that is no product by itself: another picture, the roof over variations."""

    number: int


Read = Wanted | Passed | tuple[int, str, Refused]
Reader = Callable[[Path, ProductOptions], Iterator[Read]]


class _Rehearsed(Exception):
    """All went well, and nothing of it shall stay."""


@dataclass
class ProductImport:
    """An ``Importer`` of products."""

    path: Path
    read: Reader
    options: ProductOptions
    by: Actor
    is_rehearsal: bool = False
    noun: str = "products"

    def survey(self, advance: Callable[[int], None]) -> int:
        if self.options.warehouse and not Warehouse.objects.filter(code=self.options.warehouse).exists():
            raise UnknownWarehouse(f"stock: no warehouse has the code {self.options.warehouse}.")
        n = 0
        for n, _read in enumerate(self.read(self.path, self.options), start=1):  # noqa: B007
            advance(1)
        return n

    def batches(self) -> Iterator[Batch]:
        seen: set[str] = set()
        for rows in _packed(self.read(self.path, self.options), ROWS_PER_BATCH):
            batch = Batch(rows=len(rows))
            wanted: dict[str, Wanted] = {}
            for row in rows:
                match row:
                    case (number, text, refused):
                        batch.rejects.append(_reject(number, text, refused))
                    case Wanted() if row.sku in seen:
                        batch.rejects.append(_reject(row.number, row.text, Refused(Fault.REPEATED, row.sku)))
                    case Wanted():
                        seen.add(row.sku)
                        wanted[row.sku] = row
            self._take(wanted, batch)
            reset_queries()
            yield batch

    def table(self) -> Iterator[str]:
        return iter(())

    def _take(self, wanted: Mapping[str, Wanted], batch: Batch) -> None:
        if not self.is_rehearsal:
            self._put(wanted, batch)
            return
        try:
            with work(by=self.by):
                self._put(wanted, batch)
                raise _Rehearsed
        except _Rehearsed:
            pass

    def _put(self, wanted: Mapping[str, Wanted], batch: Batch) -> None:
        """The many first: what a bundle is made of may stand below it."""
        taken = take_products({sku: row.values for sku, row in wanted.items()}, by=self.by)
        _count(taken, wanted, batch)
        refused = set()
        for sku in sorted(taken.single, key=list(wanted).index):
            row = wanted[sku]
            try:
                _count(take_product(sku, row.values, by=self.by), {sku: row}, batch)
            except DomainError as refusal:
                refused.add(sku)
                said = refusal.errors[0].detail if refusal.errors else refusal.detail
                batch.rejects.append(_reject(row.number, row.text, Refused(Fault.NOT_SOLD_SO, said)))
        self._book({sku: row for sku, row in wanted.items() if sku not in refused}, batch)

    def _book(self, wanted: Mapping[str, Wanted], batch: Batch) -> None:
        """The opening stock, of products that the warehouse has never heard of; so doing it again books nothing."""
        if not self.options.warehouse:
            return
        told = {sku: row for sku, row in wanted.items() if row.stock}
        known = known_in(self.options.warehouse, told)
        for sku, row in told.items():
            if sku in known:
                batch.counts[Remark.STOCK_KNOWN.code] += 1
                continue
            try:
                adjust_stock(
                    sku,
                    warehouse=self.options.warehouse,
                    counted=row.stock,
                    reason=AdjustmentReason.INITIAL,
                    by=self.by,
                )
            except DomainError as refusal:
                batch.rejects.append(_reject(row.number, row.text, Refused(Fault.STOCK_REFUSED, refusal.detail)))
            else:
                batch.counts[Remark.STOCK_SET.code] += 1


def _count(taken: Taken, wanted: Mapping[str, Wanted], batch: Batch) -> None:
    batch.created += len(taken.created)
    batch.updated += len(taken.updated)
    batch.unchanged += len(taken.unchanged)
    for fields in taken.updated.values():
        batch.counts.update(f"changed {name}" for name in fields)
    for row in wanted.values():
        if row.sku in taken.single:
            continue
        remarks = set(row.remarks)
        if row.sku in taken.created and "tax_rate" not in row.values:
            remarks.add(Remark.NO_TAX_RATE)
        batch.counts.update(remark.code for remark in remarks)


def _reject(number: int, text: str, refused: Refused) -> Reject:
    return Reject(number=number, rule=refused.fault.code, reason=refused.reason, text=text)


def _packed(rows: Iterable[Read], size: int) -> Iterator[list[Read]]:
    pack: list[Read] = []
    for row in rows:
        pack.append(row)
        if len(pack) >= size:
            yield pack
            pack = []
    if pack:
        yield pack


def checked(row_number: int, text: str, make: Callable[[], Wanted | Passed]) -> Read:
    """What ``make`` makes of the row, or why it can't."""
    try:
        return make()
    except Refused as refused:
        return row_number, text, refused


def with_remarks(wanted: Wanted, *remarks: Remark) -> Wanted:
    """The same with more to say."""
    return dataclasses.replace(wanted, remarks=(*wanted.remarks, *remarks))
