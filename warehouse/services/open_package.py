"""Open a package: a packer takes a box for what was picked."""

from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from warehouse.errors import NotPackable
from warehouse.events import PackageOpened
from warehouse.locks import locked_with_order
from warehouse.models import Package
from warehouse.services.respect_holds import refuse_if_all_held
from warehouse.states import PackageStatus


def open_package(fulfillment_order_id: int, *, user_id: int | None = None, by: Actor) -> Package:
    """The package that is being packed for a fulfillment order, a new one when none is open.

    Raises ``OnHold``, ``NotPackable`` when nothing picked is left to pack.
    """
    with work(by=by):
        order, row = locked_with_order(fulfillment_order_id)
        open_now = row.packages.filter(status=PackageStatus.OPEN).first()
        if open_now is not None:
            return open_now
        unpacked = [line for line in row.lines.all() if line.picked > line.packed]
        if not unpacked:
            raise NotPackable(_("Nothing picked is left to pack."))
        refuse_if_all_held(order, [line.line_id for line in unpacked])
        package = Package.objects.create(fulfillment_order=row, packed_by_id=user_id)
        emit(PackageOpened(order_id=order.pk, package=package.public_id, fulfillment_order=row.public_id))
        return package
