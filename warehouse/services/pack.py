"""Pack: picked units go into an open package, and out of it again."""

from django.utils.translation import gettext as _

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.models import Order
from orders.services.count import Change, count
from warehouse.errors import NotPackable
from warehouse.events import UnitsPacked
from warehouse.locks import locked_package
from warehouse.models import FulfillmentOrderLine, Package, PackageLine
from warehouse.services.respect_holds import refuse_if_held
from warehouse.states import PackageStatus


def pack_units(package_id: int, *, fulfillment_line_id: int, quantity: int, by: Actor) -> Package:
    """Put picked units into an open package. Raises ``OnHold``, ``NotPackable``."""
    with work(by=by):
        order, line, package = _locked(package_id, fulfillment_line_id)
        refuse_if_held(order, [line.line_id])
        left = line.picked - line.packed
        if not 1 <= quantity <= left:
            raise NotPackable(_("Picked and not packed yet: {left}.").format(left=left))
        _keep_alone(package, line)
        _move(order, line, package, quantity)
        return package


def unpack_units(package_id: int, *, fulfillment_line_id: int, quantity: int, by: Actor) -> Package:
    """Take units out of an open package again. Raises ``NotPackable``."""
    with work(by=by):
        order, line, package = _locked(package_id, fulfillment_line_id)
        inside = sum(row.quantity for row in package.lines.filter(fulfillment_line=line))
        if not 1 <= quantity <= inside:
            raise NotPackable(_("In the package: {inside}.").format(inside=inside))
        _move(order, line, package, -quantity)
        return package


def _locked(package_id: int, fulfillment_line_id: int) -> tuple[Order, FulfillmentOrderLine, Package]:
    order, row, package = locked_package(package_id)
    if package.status != PackageStatus.OPEN:
        raise NotPackable(_("This package is closed."))
    line = row.lines.select_related("line__product").filter(pk=fulfillment_line_id).first()
    if line is None:
        raise NotPackable(_("This isn't part of the order."))
    return order, line, package


def _keep_alone(package: Package, line: FulfillmentOrderLine) -> None:
    """Products that ship alone share their box with no other product."""
    others = package.lines.exclude(fulfillment_line=line).select_related("fulfillment_line__line__product")
    inside = [row.fulfillment_line.line.product for row in others]
    if inside and (line.line.product.ships_alone or any(product.ships_alone for product in inside)):
        raise NotPackable(_("{sku} needs a box of its own.").format(sku=line.line.sku))


def _move(order: Order, line: FulfillmentOrderLine, package: Package, units: int) -> None:
    """Units into the package, or out of it when negative."""
    row = PackageLine.objects.filter(package=package, fulfillment_line=line).first()
    inside = (row.quantity if row else 0) + units
    if row is None:
        PackageLine.objects.create(package=package, fulfillment_line=line, quantity=inside)
    elif inside:
        row.quantity = inside
        row.save(update_fields=["quantity"])
    else:
        row.delete()
    line.packed += units
    line.save(update_fields=["packed"])
    package.expected_weight_g += units * line.line.product.weight_g
    package.save(update_fields=["expected_weight_g"])
    count(order.pk, {line.line_id: Change(packed=units)})
    emit(
        UnitsPacked(
            order_id=order.pk,
            package=package.public_id,
            line=LineQuantity(line=line.line.public_id, sku=line.line.sku, quantity=units),
        )
    )
