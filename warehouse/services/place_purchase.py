"""Place a purchase order: the supplier is asked for the goods, and they are expected."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.models import Product
from orders.services.notify import owe_message
from warehouse.errors import InvalidPurchase
from warehouse.events import BoughtUnits, PurchaseOrderPlaced
from warehouse.locks import locked_purchase
from warehouse.models import PurchaseOrder, PurchaseOrderLine, SupplierProduct
from warehouse.planning.calendar import received_on
from warehouse.services.draft_purchase import refuse_unless
from warehouse.services.expect_units import expect_units
from warehouse.services.follow_supply import follow_supply
from warehouse.states import PurchaseOrderStatus


def place_purchase_order(purchase_order_id: int, *, version: int | None = None, by: Actor) -> PurchaseOrder:
    """Buy what a draft says: the supplier gets it by mail as PDF, and its units are on their way.

    Until the supplier says otherwise they are expected after its lead time. 1 lock 2 guard 3 save 4 owe the mail
    5 tell 6 tie what waits to it 7 expect the units. Raises ``PurchaseNotOpen``, ``InvalidPurchase``, ``Stale``.
    """
    with work(by=by):
        row, lines = locked_purchase(purchase_order_id)
        refuse_unless(row, [PurchaseOrderStatus.DRAFT], version=version)
        if not lines:
            raise InvalidPurchase(_("lines: nothing is to be bought yet."))
        if not row.supplier.is_active or not row.warehouse.is_active:
            raise InvalidPurchase(_("supplier, warehouse: one of them is no longer active."))
        _expect(row, lines)
        row.place()
        row.placed_at = timezone.now()
        row.is_proposed = False
        row.version += 1
        row.save()
        told = tuple(
            BoughtUnits(sku=line.product.sku, quantity=line.quantity, expected_on=line.expected_on) for line in lines
        )
        tell_supplier(row, "warehouse/mail/purchase_order", lines=told, enclosure=True)
        emit(
            PurchaseOrderPlaced(
                order_id=None,
                purchase_order=row.number,
                supplier=row.supplier.code,
                warehouse=row.warehouse.code,
                lines=told,
            )
        )
        follow_supply({line.product_id for line in lines}, by=by)
        expect_units((line.product_id, row.warehouse_id, line.open) for line in lines)
        return row


def tell_supplier(
    row: PurchaseOrder, template: str, *, lines: tuple[BoughtUnits, ...], enclosure: bool = False
) -> None:
    """Owe the supplier a mail about the order; one without an address is told by a person. Joins the open work."""
    if not row.supplier.email:
        return
    names = dict(Product.objects.filter(sku__in=[line.sku for line in lines]).values_list("sku", "name"))
    theirs = dict(row.lines.values_list("product__sku", "supplier_sku"))
    told = [
        {"sku": theirs.get(line.sku) or line.sku, "name": names[line.sku], "quantity": line.quantity} for line in lines
    ]
    context = {"purchase_order": row.number, "supplier": row.supplier.name, "goods": told}
    if enclosure:
        context["enclosure"] = row.number
    owe_message(order_id=None, template=template, context=context, recipient=f"mailto:{row.supplier.email}")


def _expect(row: PurchaseOrder, lines: list[PurchaseOrderLine]) -> None:
    """Each line by its offer's lead time."""
    offers = SupplierProduct.objects.filter(supplier=row.supplier, product__in=[line.product_id for line in lines])
    days = dict(offers.values_list("product_id", "lead_time_days"))
    today = timezone.localdate()
    for line in lines:
        lead_time = days.get(line.product_id)
        line.expected_on = received_on(today, row.supplier.lead_time_days if lead_time is None else lead_time)
    PurchaseOrderLine.objects.bulk_update(lines, ["expected_on"])
