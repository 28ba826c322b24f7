"""Draft a purchase order: by hand, or changed before it is placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from orders.errors import Stale
from orders.kernel.actor import Actor
from orders.kernel.errors import FieldError, at
from orders.kernel.work import emit, work
from orders.models import Product
from orders.states import LineKind
from warehouse.errors import InvalidPurchase, PurchaseNotOpen, UnknownSupplier, UnknownWarehouse
from warehouse.events import PurchaseOrderDrafted
from warehouse.locks import locked_purchase
from warehouse.models import PurchaseOrder, PurchaseOrderLine, Supplier, SupplierProduct, Warehouse
from warehouse.states import PurchaseOrderStatus, PurchasePurpose

MOST_UNITS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class WantedGoods:
    """Units of a product to buy; without a ``cost`` at what the supplier offers."""

    sku: str
    quantity: int
    cost: Decimal | None = None


def draft_purchase_order(
    supplier: str,
    *,
    warehouse: str,
    lines: Sequence[WantedGoods],
    purpose: PurchasePurpose = PurchasePurpose.STOCK,
    note: str = "",
    by: Actor,
) -> PurchaseOrder:
    """Write a draft for a supplier and a warehouse (codes); nothing is bought yet.

    Raises ``UnknownSupplier``, ``UnknownWarehouse``, and ``InvalidPurchase`` for goods that the supplier doesn't
    offer, or not in such a quantity.
    """
    seller = Supplier.objects.filter(code=supplier, is_active=True).first()
    if seller is None:
        raise UnknownSupplier(_("supplier: no active supplier has this code."))
    place = Warehouse.objects.filter(code=warehouse, is_active=True).first()
    if place is None:
        raise UnknownWarehouse(_("warehouse: no active warehouse has this code."))
    if purpose == PurchasePurpose.DROPSHIP:
        raise InvalidPurchase(_("purpose: what a supplier sends itself is bought with its order, not by hand."))
    offers = _offers(seller, lines)
    with work(by=by):
        row = open_draft(seller, place, purpose=purpose, note=note)
        PurchaseOrderLine.objects.bulk_create(
            line_of(row, offers[wanted.sku], wanted.quantity, cost=wanted.cost) for wanted in lines
        )
        return row


def revise_purchase_order(
    purchase_order_id: int, *, quantities: Mapping[str, int], version: int | None = None, by: Actor
) -> PurchaseOrder:
    """Set how many units (by SKU) a draft is about, 0: none; goods that it hasn't yet are added.

    From then on it is a person's: the planner leaves it alone and counts what it brings. Raises ``PurchaseNotOpen``
    when it is placed already, ``InvalidPurchase``, ``Stale``.
    """
    with work(by=by):
        row, lines = locked_purchase(purchase_order_id)
        refuse_unless(row, [PurchaseOrderStatus.DRAFT], version=version)
        offers = _offers(row.supplier, [WantedGoods(sku=sku, quantity=n) for sku, n in quantities.items() if n])
        known = {line.product.sku: line for line in lines}
        for sku, units in quantities.items():
            line = known.get(sku)
            if line is not None and not units:
                line.delete()
            elif line is not None and line.quantity != units:
                line.quantity, line.figures = units, {}
                line.save(update_fields=["quantity", "figures"])
            elif line is None and units:
                line_of(row, offers[sku], units).save()
        row.is_proposed = False
        row.version += 1
        row.save(update_fields=["is_proposed", "version"])
        return row


def open_draft(
    supplier: Supplier,
    warehouse: Warehouse,
    *,
    purpose: PurchasePurpose,
    note: str = "",
    is_proposed: bool = False,
) -> PurchaseOrder:
    """An empty draft with its number; joins the open work."""
    with connection.cursor() as cursor:  # its key names it, so that numbers need no lock of their own
        cursor.execute("SELECT nextval(pg_get_serial_sequence('warehouse_purchaseorder', 'id'))")
        (pk,) = cursor.fetchone()
    row = PurchaseOrder(
        pk=pk,
        number=f"PO-{pk:05d}",
        supplier=supplier,
        warehouse=warehouse,
        purpose=purpose,
        currency=supplier.currency,
        is_proposed=is_proposed,
        note=note,
    )
    row.save(force_insert=True)
    emit(PurchaseOrderDrafted(order_id=None, purchase_order=row.number, supplier=supplier.code, purpose=purpose))
    return row


def line_of(
    row: PurchaseOrder,
    offer: SupplierProduct,
    quantity: int,
    *,
    cost: Decimal | None = None,
    figures: Mapping[str, object] | None = None,
) -> PurchaseOrderLine:
    """A line for ``quantity`` units of what is offered; not saved."""
    return PurchaseOrderLine(
        purchase_order=row,
        product_id=offer.product_id,
        supplier_sku=offer.supplier_sku,
        quantity=quantity,
        cost=offer.cost if cost is None else cost,
        figures=dict(figures or {}),
    )


def refuse_unless(row: PurchaseOrder, statuses: Sequence[PurchaseOrderStatus], *, version: int | None = None) -> None:
    """Raises ``Stale`` when it isn't at ``version`` any more, ``PurchaseNotOpen`` when it is in no such status."""
    if version is not None and row.version != version:
        raise Stale(_("Somebody changed {number} meanwhile. Look again.").format(number=row.number))
    if row.status not in statuses:
        raise PurchaseNotOpen(
            _("{number} is in the status «{status}».").format(number=row.number, status=row.get_status_display())
        )


def _offers(supplier: Supplier, lines: Sequence[WantedGoods]) -> dict[str, SupplierProduct]:
    """What the supplier offers of ``lines``, by SKU. Raises ``InvalidPurchase`` naming each line that can't be."""
    skus = [line.sku for line in lines]
    products = {product.sku: product for product in Product.objects.filter(sku__in=skus)}
    rows = SupplierProduct.objects.filter(supplier=supplier, product__sku__in=skus).select_related("product")
    offers = {row.product.sku: row for row in rows}
    errors = [error for i, line in enumerate(lines) for error in _faults(i, line, products, offers)]
    errors += [
        at(f"#/lines/{i}/sku", "repeated", _("{sku} stands there twice.").format(sku=sku))
        for i, sku in enumerate(skus)
        if sku in skus[:i]
    ]
    if errors:
        raise InvalidPurchase("lines: " + " ".join(error.detail for error in errors), errors=errors)
    return offers


def _faults(
    i: int, line: WantedGoods, products: Mapping[str, Product], offers: Mapping[str, SupplierProduct]
) -> list[FieldError]:
    product, offer = products.get(line.sku), offers.get(line.sku)
    if product is None:
        return [at(f"#/lines/{i}/sku", "unknown_product", _("No product has the SKU {sku}.").format(sku=line.sku))]
    if product.kind != LineKind.GOODS:
        return [at(f"#/lines/{i}/sku", "no_goods", _("{sku} is no single good.").format(sku=line.sku))]
    if offer is None:
        said = _("The supplier doesn't offer {sku}.").format(sku=line.sku)
        return [at(f"#/lines/{i}/sku", "not_offered", said)]
    if not offer.minimum_order_quantity <= line.quantity <= MOST_UNITS:
        said = _("{sku}: from {least} to {most} units.").format(
            sku=line.sku, least=offer.minimum_order_quantity, most=MOST_UNITS
        )
        return [at(f"#/lines/{i}/quantity", "out_of_range", said)]
    if line.cost is not None and line.cost < 0:
        return [at(f"#/lines/{i}/cost", "negative", _("{sku}: a cost is never negative.").format(sku=line.sku))]
    return []
