"""Cancel a purchase order, or units of its lines, as far as they haven't come."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import emit, work
from warehouse.errors import InvalidPurchase
from warehouse.events import BoughtUnits, PurchaseOrderCancelled
from warehouse.locks import locked_purchase
from warehouse.models import PurchaseOrder, PurchaseOrderLine
from warehouse.services.draft_purchase import refuse_unless
from warehouse.services.expect_units import expect_units
from warehouse.services.follow_supply import follow_supply
from warehouse.services.place_purchase import tell_supplier
from warehouse.services.settle_purchase import settle_purchase
from warehouse.states import COMING, PurchaseOrderStatus


def cancel_purchase_order(
    purchase_order_id: int, *, units: Mapping[str, int] | None = None, version: int | None = None, by: Actor
) -> PurchaseOrder:
    """Call off all that is still to come, or ``units`` (by SKU); the supplier is told, and whoever waited for them.

    A draft is cancelled as a whole; nobody outside has heard of it. Raises ``PurchaseNotOpen``, ``InvalidPurchase``,
    ``Stale``.
    """
    with work(by=by):
        row, lines = locked_purchase(purchase_order_id)
        was_draft = row.status == PurchaseOrderStatus.DRAFT
        refuse_unless(row, [PurchaseOrderStatus.DRAFT, *COMING] if units is None else COMING, version=version)
        off = {line.pk: line.open for line in lines if line.open} if units is None else _units(lines, units)
        for line in lines:
            line.cancelled += off.get(line.pk, 0)
        PurchaseOrderLine.objects.bulk_update(lines, ["cancelled"])
        told = tuple(
            BoughtUnits(sku=line.product.sku, quantity=off[line.pk], expected_on=line.expected_on)
            for line in lines
            if line.pk in off
        )
        settle_purchase(row, lines, by=by)
        emit(
            PurchaseOrderCancelled(
                order_id=None,
                purchase_order=row.number,
                supplier=row.supplier.code,
                whole=not any(line.open for line in lines),
                lines=told,
            )
        )
        if not was_draft:
            tell_supplier(row, "warehouse/mail/purchase_cancelled", lines=told)
            follow_supply({line.product_id for line in lines if line.pk in off}, by=by)
            expect_units((line.product_id, row.warehouse_id, -off.get(line.pk, 0)) for line in lines)
        return row


def _units(lines: Sequence[PurchaseOrderLine], units: Mapping[str, int]) -> dict[int, int]:
    known = {line.product.sku: line for line in lines}
    errors = [
        at(
            f"#/units/{sku}",
            "out_of_range",
            _("{sku}: {n} units can be cancelled.").format(sku=sku, n=known[sku].open if sku in known else 0),
        )
        for sku, n in units.items()
        if not 1 <= n <= (known[sku].open if sku in known else 0)
    ]
    if errors or not units:
        said = " ".join(error.detail for error in errors) or _("say what is to be cancelled.")
        raise InvalidPurchase(f"units: {said}", errors=errors)
    return {known[sku].pk: n for sku, n in units.items()}
