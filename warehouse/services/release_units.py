"""Release: units of an order were called off, so everything done for them is undone."""

from collections.abc import Mapping, Sequence

from orders.errors import NotCancellable
from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_lines
from orders.models import OrderLine
from warehouse.events import UnitsReleased
from warehouse.models import Backorder, PackageLine
from warehouse.services.call_off import CallOff
from warehouse.services.void_package import void_package
from warehouse.states import BackorderStatus, PackageStatus


def release_units(order_id: int, units: Mapping[int, int], *, restock: bool = True, by: Actor) -> None:
    """Undo allocations, backorders, picks and packages of ``units`` (by line pk), the least progress first.

    Picked units become put-back tasks; packages they lie in are voided. Without ``restock`` the goods leave the
    books instead of going back on sale. The caller holds the order's lock. Raises ``NotCancellable`` when some
    of the units have left.
    """
    with work(by=by):
        lines = [line for line in locked_lines(order_id) if units.get(line.pk)]
        for line in lines:
            if units[line.pk] > line.open:
                raise NotCancellable("Some of these units have left already.")
        for line in lines:
            _unpack(line, _from_packages(line, units[line.pk]), by=by)
        call_off = CallOff(lines, restock=restock)
        for line in lines:
            left = units[line.pk] - min(units[line.pk], line.unsourced)
            left -= call_off.waiting(line, left)
            left -= call_off.unpicked(line, left)
            left -= call_off.picked(line, left)
            if left:
                raise NotCancellable("Some of these units are about to leave; void their package first.")
        call_off.write()
        _end_backorders([line for line in lines if units[line.pk] == line.open])
        emit(
            UnitsReleased(
                order_id=order_id,
                lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=units[line.pk]) for line in lines),
            )
        )


def _end_backorders(lines: Sequence[OrderLine]) -> None:
    """Of these lines nothing is left to send: what had come in for them is no longer waited for."""
    for row in Backorder.objects.filter(line__in=lines, status=BackorderStatus.ALLOCATED).select_related("line"):
        row.fulfill() if row.line.shipped else row.cancel()
        row.save(update_fields=["status"])


def _from_packages(line: OrderLine, units: int) -> int:
    """How many of the units can only come out of packages."""
    in_packages = sum(row.quantity for row in _packed(line))
    return max(0, units - (line.open - in_packages))


def _unpack(line: OrderLine, units: int, *, by: Actor) -> None:
    """Void packages with this line, the youngest first, until enough of its units are free."""
    for row in _packed(line) if units else ():
        if units > 0:
            void_package(row.package_id, by=by)
            units -= row.quantity


def _packed(line: OrderLine) -> list[PackageLine]:
    """What of the line lies in packages that are still here."""
    here = [PackageStatus.OPEN, PackageStatus.SEALED, PackageStatus.LABELLED]
    rows = PackageLine.objects.filter(fulfillment_line__line=line, package__status__in=here)
    return list(rows.order_by("-package_id"))
