"""Acknowledge a purchase order: the supplier says when the goods come, and says so again when that changes."""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import emit, work
from warehouse.errors import InvalidPurchase
from warehouse.events import BoughtUnits, PurchaseDateMoved, PurchaseOrderAcknowledged
from warehouse.locks import locked_purchase
from warehouse.models import PurchaseOrder, PurchaseOrderLine
from warehouse.services.draft_purchase import refuse_unless
from warehouse.services.follow_supply import follow_supply
from warehouse.services.settle_purchase import settle_purchase
from warehouse.states import COMING, PurchaseOrderStatus


def acknowledge_purchase_order(
    purchase_order_id: int,
    *,
    dates: Mapping[str, date] | None = None,
    supplier_ref: str = "",
    version: int | None = None,
    by: Actor,
) -> PurchaseOrder:
    """Write down the supplier's days (by SKU); lines without one come when they were expected.

    What waits for them is promised to customers now. Raises ``PurchaseNotOpen``, ``InvalidPurchase`` for a day that
    has passed or goods that aren't on order, ``Stale``.
    """
    with work(by=by):
        row, lines = locked_purchase(purchase_order_id)
        refuse_unless(row, [PurchaseOrderStatus.PLACED], version=version)
        _check(lines, dates or {})
        for line in lines:
            line.expected_on = line.promised_on = (dates or {}).get(line.product.sku, line.expected_on)
        PurchaseOrderLine.objects.bulk_update(lines, ["expected_on", "promised_on"])
        row.acknowledge()
        row.acknowledged_at = timezone.now()
        row.supplier_ref = supplier_ref or row.supplier_ref
        settle_purchase(row, lines, by=by)
        emit(
            PurchaseOrderAcknowledged(
                order_id=None,
                purchase_order=row.number,
                supplier=row.supplier.code,
                lines=tuple(
                    BoughtUnits(sku=line.product.sku, quantity=line.open, expected_on=line.expected_on)
                    for line in lines
                ),
            )
        )
        follow_supply({line.product_id for line in lines}, by=by)
        return row


def move_expected_date(
    purchase_order_id: int, *, dates: Mapping[str, date], reason: str = "", version: int | None = None, by: Actor
) -> PurchaseOrder:
    """Goods (by SKU) come on another day than was said; whoever waits for them is told at once.

    The same day again changes nothing. Raises ``PurchaseNotOpen``, ``InvalidPurchase``, ``Stale``.
    """
    with work(by=by):
        row, lines = locked_purchase(purchase_order_id)
        refuse_unless(row, COMING, version=version)
        _check([line for line in lines if line.open], dates)
        moved = [line for line in lines if dates.get(line.product.sku, line.expected_on) != line.expected_on]
        if not moved:
            return row
        for line in moved:
            before, line.expected_on = line.expected_on, dates[line.product.sku]
            line.promised_on = line.promised_on or line.expected_on
            emit(
                PurchaseDateMoved(
                    order_id=None,
                    purchase_order=row.number,
                    supplier=row.supplier.code,
                    sku=line.product.sku,
                    expected_before=before,
                    expected_on=line.expected_on,
                    reason=reason,
                )
            )
        PurchaseOrderLine.objects.bulk_update(moved, ["expected_on", "promised_on"])
        settle_purchase(row, lines, by=by)
        follow_supply({line.product_id for line in moved}, by=by)
        return row


def _check(lines: list[PurchaseOrderLine], dates: Mapping[str, date]) -> None:
    known = {line.product.sku for line in lines}
    today = timezone.localdate()
    errors = [
        at(f"#/dates/{sku}", "unknown_line", _("Nothing of {sku} is to come.").format(sku=sku))
        for sku in dates
        if sku not in known
    ]
    errors += [
        at(f"#/dates/{sku}", "passed", _("{sku}: give a day that is still to come.").format(sku=sku))
        for sku, day in dates.items()
        if sku in known and day < today
    ]
    if errors:
        raise InvalidPurchase("dates: " + " ".join(error.detail for error in errors), errors=errors)
