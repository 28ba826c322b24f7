"""How a supplier delivers: in time, in full, in what time, and how often something is wrong."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from django.utils import timezone

from warehouse.models import PurchaseOrderLine, ReceiptLine, Supplier
from warehouse.states import PurchaseOrderStatus

_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class Performance:
    """One supplier's last year. Shares are of units, None where nothing can be said yet.

    ``on_time``: came no later than the first day that the supplier named (or its lead time, while it named none).
    ``fill_rate``: came, of what was bought and has come, is overdue, or won't come any more.
    """

    deliveries: int
    on_time: float | None
    fill_rate: float | None
    lead_time_days: float | None
    promised_days: float | None
    damaged: int
    wrong_item: int
    short: int
    over: int


def performance_of(supplier_id: int) -> Performance:
    """Read from its purchase orders and receipts of a year; three statements."""
    supplier = Supplier.objects.get(pk=supplier_id)
    since = timezone.now() - timedelta(days=_DAYS)
    came = list(
        ReceiptLine.objects.filter(receipt__purchase_order__supplier=supplier, receipt__created_at__gte=since)
        .select_related("receipt", "purchase_line__purchase_order")
        .order_by("pk")
    )
    units = [(row, row.accepted + row.damaged) for row in came]
    arrived = [(_waited(row), n) for row, n in units if n]
    in_time = sum(n for row, n in units if n and timezone.localdate(row.receipt.created_at) <= _due(row, supplier))
    all_units = sum(n for _row, n in units)
    promised = [_promised_days(row, supplier) for row, n in units if n]
    return Performance(
        deliveries=len({row.receipt_id for row in came}),
        on_time=in_time / all_units if all_units else None,
        fill_rate=_fill_rate(supplier_id, since=since),
        lead_time_days=sum(days * n for days, n in arrived) / all_units if all_units else None,
        promised_days=fmean(promised) if promised else None,
        damaged=sum(row.damaged for row in came),
        wrong_item=sum(row.wrong_item for row in came),
        short=sum(row.short for row in came),
        over=sum(row.over for row in came),
    )


def _placed_on(row: ReceiptLine) -> date:
    order = row.purchase_line.purchase_order
    return timezone.localdate(order.placed_at or order.created_at)


def _waited(row: ReceiptLine) -> int:
    return (timezone.localdate(row.receipt.created_at) - _placed_on(row)).days


def _due(row: ReceiptLine, supplier: Supplier) -> date:
    return row.purchase_line.promised_on or _placed_on(row) + timedelta(days=supplier.lead_time_days)


def _promised_days(row: ReceiptLine, supplier: Supplier) -> int:
    return (_due(row, supplier) - _placed_on(row)).days


def _fill_rate(supplier_id: int, *, since: Any) -> float | None:
    """What we called off ourselves doesn't count against the supplier; what was short does."""
    today = timezone.localdate()
    lines = PurchaseOrderLine.objects.filter(
        purchase_order__supplier=supplier_id, purchase_order__placed_at__gte=since
    ).exclude(purchase_order__status=PurchaseOrderStatus.CANCELLED, received=0)
    wanted = came = 0
    for line in lines.prefetch_related("receipt_lines"):
        short = sum(each.short for each in line.receipt_lines.all())
        late = line.open if line.expected_on and line.expected_on < today else 0
        good = min(line.received, line.quantity)
        came += good
        wanted += good + short + late
    return came / wanted if wanted else None
