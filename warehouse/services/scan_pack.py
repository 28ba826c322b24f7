"""Pack by scan: each scanned item goes into the open package."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from warehouse.errors import WrongScan
from warehouse.locks import locked_with_order
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine
from warehouse.planning.codes import names_product
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units
from warehouse.services.record_scan import Scan, Scanned, record_scan
from warehouse.states import PackageStatus, ScanKind


def scan_pack(fulfillment_order_id: int, *, code: str, client_id: str, user_id: int, by: Actor) -> Scanned:
    """Put one unit of the scanned product (SKU or GTIN) into the open package, or into a new one when none is open.

    Raises ``WrongScan`` when it isn't part of the order or all of it is packed, ``OnHold``, ``NotPackable``.
    """
    open_now = FulfillmentOrder.objects.get(pk=fulfillment_order_id).packages.filter(status=PackageStatus.OPEN).first()

    def act() -> Scanned:
        _order, row = locked_with_order(fulfillment_order_id)
        line = _wanted(list(row.lines.select_related("line__product").order_by("pk")), code)
        package = open_package(fulfillment_order_id, user_id=user_id, by=by)
        pack_units(package.pk, fulfillment_line_id=line.pk, quantity=1, by=by)
        message = _("{packed} of {quantity}: {sku}.").format(
            packed=line.packed + 1, quantity=line.quantity, sku=line.line.sku
        )
        return Scanned(kind=ScanKind.PACK, quantity=1, message=message)

    return record_scan(Scan(code=code, client_id=client_id, user_id=user_id, package=open_now), act=act, by=by)


def _wanted(lines: list[FulfillmentOrderLine], code: str) -> FulfillmentOrderLine:
    """The line that the code means and that still has units to pack."""
    named = [ln for ln in lines if names_product(code, sku=ln.line.product.sku, gtin=ln.line.product.gtin)]
    if not named:
        raise WrongScan(_("Wrong item: {code}. It isn't part of this order.").format(code=code[:40]))
    for line in named:
        if line.picked > line.packed:
            return line
    raise WrongScan(_("All of {sku} that was picked is packed already.").format(sku=named[0].line.sku))
