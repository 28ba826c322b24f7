"""Orders from a file, whatever shop wrote it: what is over becomes history, what is paid and unsent becomes work."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from django.db import reset_queries

from config.imports.engine import Batch
from config.imports.faults import Fault, Refused
from config.imports.foreign import ForeignOrder, Work, judge, remarks_of
from config.imports.rejects import Reject
from orders.errors import WrongCurrency
from orders.history import PastOrder, PastProduct, Source
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.models import Channel, ShippingMethod
from orders.services.record_history import Recorded, record_history
from orders.services.take_over import take_over_order

ROWS_PER_BATCH = 1_000
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class OrderOptions:
    """Whose orders they are (empty: the file says it), whether open ones become work, and what the file doesn't say."""

    channel: str = ""
    is_open_taken: bool = False
    shipping_method: str = ""
    tax_rates: Sequence[Decimal] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """The rows of one order in the file, as (number, text), and the way to read them, which raises ``Refused``."""

    rows: Sequence[tuple[int, str]]
    read: Callable[[], ForeignOrder]


Read = Told | tuple[int, str, Refused]
Reader = Callable[[Path, OrderOptions], Iterator[Read]]


@dataclass(frozen=True)
class _Judged:
    told: Told
    order: ForeignOrder
    verdict: PastOrder | Work
    channel: str


@dataclass
class OrderImport:
    """An ``Importer`` of orders. The first order's currency is that of a channel that has to be made."""

    path: Path
    read: Reader
    options: OrderOptions
    by: Actor
    is_rehearsal: bool = False
    noun: str = "orders"
    _currencies: dict[str, str] = field(default_factory=dict)
    _methods: dict[tuple[str, str], str] = field(default_factory=dict)

    def survey(self, advance: Callable[[int], None]) -> int:
        self._currencies = dict(Channel.objects.values_list("code", "currency"))
        offers = ShippingMethod.objects.filter(is_active=True).values_list("channels__code", "code", "name")
        self._methods = {(ch, word.casefold()): code for ch, code, name in offers for word in (name, code)}
        n = 0
        for read in self.read(self.path, self.options):
            rows = 1 if isinstance(read, tuple) else len(read.rows)
            n += rows
            advance(rows)
        return n

    def batches(self) -> Iterator[Batch]:
        seen: set[str] = set()
        batch, judged = Batch(), list[_Judged]()
        for read in self.read(self.path, self.options):
            if isinstance(read, tuple):
                batch.rows += 1
                batch.rejects.append(_reject(read[0], read[1], read[2]))
            else:
                batch.rows += len(read.rows)
                try:
                    judged.append(self._judged(read, seen))
                except Refused as refused:
                    batch.rejects += _rejects(read, refused)
            if batch.rows >= ROWS_PER_BATCH:
                self._take(judged, batch)
                yield batch
                batch, judged = Batch(), []
        if batch.rows:
            self._take(judged, batch)
            yield batch

    def table(self) -> Iterator[str]:
        return iter(())

    def _judged(self, told: Told, seen: set[str]) -> _Judged:
        order = told.read()
        if order.external_ref in seen:
            raise Refused(Fault.REPEATED, order.external_ref)
        seen.add(order.external_ref)
        channel = self._channel(order)
        currency = self._currencies.setdefault(channel, order.currency)
        if order.currency != currency:
            raise Refused(Fault.OTHER_CURRENCY, f"{order.currency} instead of {currency}")
        verdict = judge(
            order,
            is_open_taken=self.options.is_open_taken,
            shipping_method=self._methods.get(
                (channel, order.shipping_method.casefold()), self.options.shipping_method
            ),
            channel=channel,
        )
        if isinstance(verdict, Work) and order.shipping_method and not verdict.request.shipping_method:
            raise Refused(Fault.UNKNOWN_SHIPPING_METHOD, order.shipping_method)
        return _Judged(told, order, verdict, channel)

    def _channel(self, order: ForeignOrder) -> str:
        channel = self.options.channel or order.channel
        if not _CODE.fullmatch(channel):
            raise Refused(Fault.BAD_VALUE, f"channel: “{channel[:40]}” is up to 32 small letters, digits, - and _")
        return channel

    def _take(self, judged: Sequence[_Judged], batch: Batch) -> None:
        past = sorted((each for each in judged if isinstance(each.verdict, PastOrder)), key=_channel_of)
        for channel, some in groupby(past, key=_channel_of):
            self._record(list(some), channel, batch)
        for each in judged:
            if isinstance(each.verdict, Work):
                self._place(each, each.verdict, batch)
        reset_queries()  # with DEBUG on, Django keeps every statement; ours are long

    def _record(self, past: Sequence[_Judged], channel: str, batch: Batch) -> None:
        history = [each.verdict for each in past if isinstance(each.verdict, PastOrder)]
        products = {
            line.sku: PastProduct(name=line.name, price=line.unit_price) for order in history for line in order.lines
        }
        recorded = record_history(
            history, source=self._source(channel), products=products, by=self.by, rehearse=self.is_rehearsal
        )
        self._count(past, recorded, batch)

    def _count(self, past: Sequence[_Judged], recorded: Recorded, batch: Batch) -> None:
        batch.created += len(recorded.created)
        batch.unchanged += len(recorded.unchanged)
        for each in past:
            if each.order.external_ref in recorded.differing:
                batch.rejects += _rejects(each.told, Refused(Fault.RECORDED_DIFFERENTLY, each.order.external_ref))
                continue
            if isinstance(each.verdict, PastOrder):
                batch.amount += each.verdict.total
            batch.counts.update(remark.code for remark in remarks_of(each.order))

    def _place(self, each: _Judged, work: Work, batch: Batch) -> None:
        try:
            taken = take_over_order(
                work.request,
                source=self._source(each.channel),
                total=work.total,
                by=self.by,
                rehearse=self.is_rehearsal,
            )
        except WrongCurrency:
            raise
        except DomainError as refusal:
            said = "; ".join([refusal.detail, *(f"{e.pointer}: {e.detail}" for e in refusal.errors)])
            batch.rejects += _rejects(each.told, Refused(Fault.REFUSED, said))
            return
        batch.created += taken.is_new
        batch.unchanged += not taken.is_new
        batch.amount += work.total
        batch.counts["taken_over"] += taken.is_new
        batch.counts.update(remark.code for remark in each.order.remarks)

    def _source(self, channel: str) -> Source:
        name = channel.replace("-", " ").capitalize()
        return Source(code=channel, name=name, currency=self._currencies[channel])


def _channel_of(judged: _Judged) -> str:
    return judged.channel


def _rejects(told: Told, refused: Refused) -> list[Reject]:
    return [_reject(number, text, refused) for number, text in told.rows]


def _reject(number: int, text: str, refused: Refused) -> Reject:
    return Reject(number=number, rule=refused.fault.code, reason=refused.reason, text=text)
